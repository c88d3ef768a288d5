using System.Runtime.InteropServices;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Aio.IoUring;

/// <summary>Aligned memory that a direct transfer passes through, a piece at a time, when the client's memory or range is not aligned. A write that
/// covers blocks only in part reads them first; nothing else may be in flight meanwhile.</summary>
internal sealed unsafe class Bounce : IDisposable
{
    private readonly byte* _memory;
    private readonly int _capacity;
    private readonly int _alignment;

    private bool _isWrite;
    private long _offset;
    private long _length;
    private ScatterGatherList _data;
    private long _done;

    // The piece: aligned, its first wanted byte, how many are wanted, and how far the operation has come.
    private long _pieceOffset;
    private int _pieceLength;
    private int _skip;
    private int _count;
    private int _pieceDone;
    private bool _isWriting;

    /// <summary>Allocates the memory.</summary>
    /// <param name="capacity">Bytes, a multiple of <paramref name="alignment"/>.</param>
    /// <param name="alignment">Of offsets, lengths and memory; a power of two.</param>
    public Bounce(int capacity, int alignment)
    {
        _capacity = capacity;
        _alignment = alignment;
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)capacity, (nuint)Messages.DataBuffer.Alignment);
    }

    /// <summary>Starts with the first piece of a request.</summary>
    public void Begin(bool isWrite, long offset, long length, ScatterGatherList data)
    {
        _isWrite = isWrite;
        _offset = offset;
        _length = length;
        _data = data;
        _done = 0;
        BeginPiece();
    }

    /// <summary>Writes the next operation, but for what depends on the request alone.</summary>
    public void Fill(SubmissionEntry* entry)
    {
        entry->Operation = _isWriting ? RingOperation.Write : RingOperation.Read;
        entry->Offset = (ulong)(_pieceOffset + _pieceDone);
        entry->Address = (ulong)(_memory + _pieceDone);
        entry->Length = (uint)(_pieceLength - _pieceDone);
        if (!_isWriting)
            entry->OperationFlags = 0;
    }

    /// <summary>Takes the positive result of an operation; answers how many bytes of the request are done.</summary>
    public long Advance(int result)
    {
        _pieceDone += result;
        if (_pieceDone < _pieceLength)
            return _done;
        if (_isWrite && !_isWriting)
        {
            StartWriting();
            return _done;
        }
        if (!_isWrite)
            Copy(_done, new Span<byte>(_memory + _skip, _count), toBounce: false);
        _done += _count;
        if (_done < _length)
            BeginPiece();
        return _done;
    }

    /// <summary>Forgets the request.</summary>
    public void End() => _data = default;

    /// <inheritdoc/>
    public void Dispose() => NativeMemory.AlignedFree(_memory);

    private void BeginPiece()
    {
        var start = _offset + _done;
        _pieceOffset = start & -(long)_alignment;
        var end = Math.Min(_offset + _length, _pieceOffset + _capacity);
        _skip = (int)(start - _pieceOffset);
        _count = (int)(end - start);
        _pieceLength = _skip + _count + _alignment - 1 & -_alignment;
        _pieceDone = 0;
        _isWriting = false;
        if (_isWrite && _count == _pieceLength)
            StartWriting();
    }

    private void StartWriting()
    {
        Copy(_done, new Span<byte>(_memory + _skip, _count), toBounce: true);
        _isWriting = true;
        _pieceDone = 0;
    }

    private void Copy(long from, Span<byte> bounce, bool toBounce)
    {
        for (var i = 0; bounce.Length > 0; i++)
        {
            var segment = _data[i].Span;
            if (from >= segment.Length)
            {
                from -= segment.Length;
                continue;
            }
            segment = segment[(int)from..];
            from = 0;
            var count = Math.Min(segment.Length, bounce.Length);
            if (toBounce)
                segment[..count].CopyTo(bounce);
            else
                bounce[..count].CopyTo(segment);
            bounce = bounce[count..];
        }
    }
}
