using System.Buffers;
using System.Runtime.InteropServices;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Aio.IoUring;

/// <summary>One request on its way through the ring, an operation at a time: what the kernel leaves undone is asked for again. Kept per slot and
/// used again.</summary>
internal sealed unsafe class Transfer : IDisposable
{
    private const int MaxVectors = 1024;
    private const long MaxOperationLength = 0x7ffff000;
    private const uint WriteAndSyncData = 0x2;

    private ScatterGatherList _data;
    private long _offset;
    private long _length;
    private MemoryHandle _pin;
    private MemoryHandle[] _pins = [];
    private IoVector* _vectors;
    private int _vectorCapacity;

    /// <summary>The request; null while the slot is free.</summary>
    public AioRequest? Request { get; private set; }

    /// <summary>True when the client or a close wants it given up: nothing is asked for again.</summary>
    public bool IsCancelled { get; set; }

    /// <summary>True while the kernel has an operation of it.</summary>
    public bool IsInKernel { get; set; }

    /// <summary>How it ended, once <see cref="Advance"/> has said that it did.</summary>
    public AioResult Result { get; private set; }

    /// <summary>Bytes read or written so far.</summary>
    public long Done { get; private set; }

    /// <summary>Where its bytes pass through when memory or range do not suit a direct transfer; null otherwise.</summary>
    public Bounce? Bounce { get; private set; }

    /// <summary>True when nothing is to be done.</summary>
    public bool IsEmpty => _length == 0 && Request is not AioFlush;

    /// <summary>True for a request that changes the storage, or secures a change.</summary>
    public bool IsWrite => Request is not AioRead;

    /// <summary>Takes a request and pins its memory.</summary>
    public void Begin(AioRequest request)
    {
        Invariant.Holds(Request is null, "a slot is used again only after its completion");
        Request = request;
        IsCancelled = false;
        Done = 0;
        (_offset, _length, _data) = request switch
        {
            AioRead read => (read.Offset, read.Data.Length, read.Data),
            AioWrite write => (write.Offset, write.Data.Length, write.Data),
            AioUnmap unmap => (unmap.Offset, unmap.Length, default),
            _ => (0, 0, default),
        };
        if (request is not (AioRead or AioWrite))
            return;
        if (_data.Count == 1)
        {
            _pin = _data[0].Pin();
            return;
        }
        if (_pins.Length < _data.Count)
            _pins = new MemoryHandle[_data.Count];
        for (var i = 0; i < _data.Count; i++)
            _pins[i] = _data[i].Pin();
    }

    /// <summary>True when a direct transfer cannot use the client's memory or range as they are.</summary>
    public bool NeedsBounce(DiskFile file)
    {
        if (file.OffsetAlignment == 1 || Request is not (AioRead or AioWrite))
            return false;
        if (!IsRangeAligned(file.OffsetAlignment))
            return true;
        if (_data.Count == 1)
            return ((nint)_pin.Pointer & file.MemoryAlignment - 1) != 0;
        for (var i = 0; i < _data.Count; i++)
        {
            if (((nint)_pins[i].Pointer & file.MemoryAlignment - 1) != 0 || _data[i].Length % file.OffsetAlignment != 0)
                return true;
        }
        return false;
    }

    /// <summary>True when offset and length are multiples of <paramref name="alignment"/>, a power of two.</summary>
    public bool IsRangeAligned(int alignment) => ((_offset | _length) & alignment - 1) == 0;

    /// <summary>Sends the bytes by way of a bounce buffer.</summary>
    public void Use(Bounce bounce)
    {
        Bounce = bounce;
        bounce.Begin(Request is AioWrite, _offset, _length, _data);
    }

    /// <summary>Writes the next operation.</summary>
    /// <param name="entry">A cleared entry.</param>
    public void Fill(SubmissionEntry* entry)
    {
        switch (Request)
        {
            case AioFlush:
                entry->Operation = RingOperation.FileSync;
                break;
            case AioUnmap:
                entry->Operation = RingOperation.FileAllocate;
                entry->Offset = (ulong)_offset;
                entry->Address = (ulong)_length;
                entry->Length = LinuxIo.PunchHoleMode;
                break;
            case AioWrite { WriteThrough: true }:
                entry->OperationFlags = WriteAndSyncData;
                FillTransfer(entry);
                break;
            default:
                FillTransfer(entry);
                break;
        }
    }

    /// <summary>Takes the result of an operation; true when the request has come to its end.</summary>
    /// <param name="result">Bytes moved, or the errno as a negative number.</param>
    public bool Advance(int result)
    {
        if (result < 0)
        {
            // The kernel also gives up what a thread had submitted that has since come to its end.
            var isPassing = result is -Errno.Interrupted or -Errno.TryAgain or -Errno.Cancelled;
            Result = isPassing ? AioResult.Cancelled : Errno.ToResult(-result, IsWrite);
            return !isPassing || IsCancelled;
        }
        Result = AioResult.Ok;
        if (Request is not (AioRead or AioWrite))
            return true;
        if (result == 0)
        {
            // The end of the file, within the length it had when it was opened.
            Result = IsWrite ? AioResult.WriteError : AioResult.ReadError;
            return true;
        }
        Done = Bounce is null ? Done + result : Bounce.Advance(result);
        if (Done == _length)
            return true;
        if (!IsCancelled)
            return false;
        Result = AioResult.Cancelled;
        return true;
    }

    /// <summary>Lets go of the client's memory and frees the slot; answers the bounce buffer, if there was one.</summary>
    public Bounce? End()
    {
        if (_data.Count == 1)
            _pin.Dispose();
        for (var i = 0; _data.Count > 1 && i < _data.Count; i++)
            _pins[i].Dispose();
        var bounce = Bounce;
        bounce?.End();
        Request = null;
        Bounce = null;
        _data = default;
        _pin = default;
        return bounce;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_vectors);
        _vectors = null;
    }

    private void FillTransfer(SubmissionEntry* entry)
    {
        if (Bounce is not null)
        {
            Bounce.Fill(entry);
            return;
        }
        entry->Offset = (ulong)(_offset + Done);
        if (_data.Count == 1)
        {
            entry->Operation = IsWrite ? RingOperation.Write : RingOperation.Read;
            entry->Address = (ulong)((byte*)_pin.Pointer + Done);
            entry->Length = (uint)Math.Min(_length - Done, MaxOperationLength);
            return;
        }
        entry->Operation = IsWrite ? RingOperation.WriteVector : RingOperation.ReadVector;
        entry->Length = FillVectors();
        entry->Address = (ulong)_vectors;
    }

    private uint FillVectors()
    {
        var capacity = Math.Min(_data.Count, MaxVectors);
        if (_vectorCapacity < capacity)
        {
            _vectors = (IoVector*)NativeMemory.Realloc(_vectors, (nuint)(capacity * sizeof(IoVector)));
            _vectorCapacity = capacity;
        }
        var count = 0;
        var skip = Done;
        for (var i = 0; i < _data.Count && count < capacity; i++)
        {
            var length = _data[i].Length;
            if (skip < length)
            {
                _vectors[count].Address = (ulong)((byte*)_pins[i].Pointer + skip);
                _vectors[count++].Length = (ulong)(length - skip);
                skip = 0;
            }
            else
                skip -= length;
        }
        return (uint)count;
    }
}
