using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ScsiActors.Messages;

/// <summary>The memory of an initiator as a bus master sees it: 64-bit addresses, some of them mapped. Every access is checked against what is
/// mapped; an access that is not mapped in full moves nothing.</summary>
public abstract class InitiatorMemory
{
    /// <summary>The mapped bytes from <paramref name="address"/> on that lie together, at most <paramref name="wanted"/>; empty where nothing is
    /// mapped. What it returns stays valid until the memory is unmapped, which its owner does between two messages.</summary>
    protected abstract Span<byte> Window(ulong address, int wanted);

    /// <summary>The same bytes as whoever reads them gets them. Memory that shows a reader something else than what it holds overrides it.</summary>
    protected virtual ReadOnlySpan<byte> ReadWindow(ulong address, int wanted) => Window(address, wanted);

    /// <summary><see cref="Window"/> of the memory behind this one.</summary>
    protected static Span<byte> WindowOf(InitiatorMemory behind, ulong address, int wanted) => behind.Window(address, wanted);

    /// <summary><see cref="ReadWindow"/> of the memory behind this one.</summary>
    protected static ReadOnlySpan<byte> ReadWindowOf(InitiatorMemory behind, ulong address, int wanted) => behind.ReadWindow(address, wanted);

    /// <summary>The mapped bytes from <paramref name="address"/> on that lie together, at most <paramref name="wanted"/>, as memory that storage can be
    /// given, so that they need not be copied; empty where nothing is mapped, or where the memory cannot be lent at all. Its owner unmaps nothing
    /// before all that was lent has come back: a device that has been reset has everything back.</summary>
    public virtual Memory<byte> Lend(ulong address, int wanted) => default;

    /// <summary>Everything written before is seen by others before anything is read after it.</summary>
    public static void Fence() => Interlocked.MemoryBarrier();

    /// <summary>Copies memory to <paramref name="destination"/>; false, and nothing copied, when not all of it is mapped.</summary>
    public bool TryRead(ulong address, Span<byte> destination)
    {
        var window = ReadWindow(address, destination.Length);
        if (window.Length == destination.Length)
        {
            window.CopyTo(destination);
            return true;
        }
        if (!IsMapped(address, destination.Length))
            return false;
        while (!destination.IsEmpty)
        {
            window = ReadWindow(address, destination.Length);
            window.CopyTo(destination);
            destination = destination[window.Length..];
            address += (uint)window.Length;
        }
        return true;
    }

    /// <summary>Copies <paramref name="source"/> to memory; false, and nothing copied, when not all of it is mapped.</summary>
    public bool TryWrite(ulong address, ReadOnlySpan<byte> source)
    {
        var window = Window(address, source.Length);
        if (window.Length == source.Length)
        {
            source.CopyTo(window);
            return true;
        }
        if (!IsMapped(address, source.Length))
            return false;
        while (!source.IsEmpty)
        {
            window = Window(address, source.Length);
            source[..window.Length].CopyTo(window);
            source = source[window.Length..];
            address += (uint)window.Length;
        }
        return true;
    }

    /// <summary>Reads a little-endian dword; false when it is not mapped.</summary>
    public bool TryReadUInt32(ulong address, out uint value)
    {
        var window = ReadWindow(address, sizeof(uint));
        if (window.Length == sizeof(uint))
        {
            value = BinaryPrimitives.ReadUInt32LittleEndian(window);
            return true;
        }
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        var mapped = TryRead(address, bytes);
        value = mapped ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : 0;
        return mapped;
    }

    /// <summary>Writes a little-endian dword; false, and nothing written, when it is not mapped in full.</summary>
    public bool TryWriteUInt32(ulong address, uint value)
    {
        var window = Window(address, sizeof(uint));
        if (window.Length == sizeof(uint))
        {
            BinaryPrimitives.WriteUInt32LittleEndian(window, value);
            return true;
        }
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return TryWrite(address, bytes);
    }

    /// <summary>Reads a little-endian word that somebody else may be writing; what is read afterwards is no older. False when it is not mapped.</summary>
    public bool TryReadUInt16(ulong address, out ushort value)
    {
        var window = Window(address, sizeof(ushort));
        if (window.Length == sizeof(ushort) && BitConverter.IsLittleEndian)
        {
            value = Volatile.Read(ref MemoryMarshal.AsRef<ushort>(window));
            return true;
        }
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        var mapped = TryRead(address, bytes);
        value = mapped ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : (ushort)0;
        Fence();
        return mapped;
    }

    /// <summary>Writes a little-endian word that somebody else may be reading; who sees it sees all that was written before. False, and nothing
    /// written, when it is not mapped in full.</summary>
    public bool TryWriteUInt16(ulong address, ushort value)
    {
        var window = Window(address, sizeof(ushort));
        if (window.Length == sizeof(ushort) && BitConverter.IsLittleEndian)
        {
            Volatile.Write(ref MemoryMarshal.AsRef<ushort>(window), value);
            return true;
        }
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        Fence();
        return TryWrite(address, bytes);
    }

    /// <summary>True when all of the range is mapped; an empty range always is. A range that passes the end of the address space is not.</summary>
    public bool IsMapped(ulong address, int length)
    {
        while (length > 0)
        {
            var window = Window(address, length);
            if (window.IsEmpty)
                return false;
            length -= window.Length;
            if (length > 0 && address > ulong.MaxValue - (uint)window.Length)
                return false;
            address += (uint)window.Length;
        }
        return true;
    }
}

/// <summary>Initiator memory that is one array: what an initiator in this process uses.</summary>
/// <param name="bytes">The memory.</param>
/// <param name="start">The address of its first byte.</param>
public sealed class ArrayInitiatorMemory(byte[] bytes, ulong start = 0) : InitiatorMemory
{
    /// <summary>All of it, for the initiator itself.</summary>
    public Span<byte> Bytes => bytes;

    /// <inheritdoc/>
    protected override Span<byte> Window(ulong address, int wanted)
    {
        var offset = address - start;
        return offset >= (ulong)bytes.Length
            ? default
            : bytes.AsSpan((int)offset, (int)Math.Min((ulong)wanted, (ulong)bytes.Length - offset));
    }

    /// <inheritdoc/>
    protected override ReadOnlySpan<byte> ReadWindow(ulong address, int wanted) => Window(address, wanted);

    /// <inheritdoc/>
    public override Memory<byte> Lend(ulong address, int wanted)
    {
        var offset = address - start;
        return offset >= (ulong)bytes.Length
            ? default
            : bytes.AsMemory((int)offset, (int)Math.Min((ulong)wanted, (ulong)bytes.Length - offset));
    }
}
