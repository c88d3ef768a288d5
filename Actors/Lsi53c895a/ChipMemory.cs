using System.Buffers.Binary;
using ScsiActors.Messages;

namespace ScsiActors.Lsi53c895a;

/// <summary>Memory as the chip addresses it: its own SCRIPTS RAM and registers where BAR2 and BAR1 put them, the initiator's memory elsewhere.
/// An access to the chip itself stays inside and never starts SCRIPTS.</summary>
internal sealed class ChipMemory(InitiatorMemory memory, PciConfiguration pci, RegisterFile registers)
{
    private readonly byte[] _ram = new byte[PciConfiguration.ScriptsRamSize];
    private readonly byte[] _bounce = new byte[4096];

    /// <summary>The SCRIPTS RAM.</summary>
    public Span<byte> Ram => _ram;

    /// <summary>From now on what <paramref name="before"/> gives stands before the initiator's memory.</summary>
    public void Interpose(Func<InitiatorMemory, InitiatorMemory> before) => memory = before(memory);

    /// <summary>True when the address lies in the chip's own register window.</summary>
    public bool IsRegister(ulong address) => pci.RegistersBase != 0 && address - pci.RegistersBase < PciConfiguration.RegistersSize;

    /// <summary>True when the address lies in the SCRIPTS RAM window.</summary>
    public bool IsRam(ulong address, out int offset)
    {
        var relative = address - pci.RamBase;
        offset = (int)relative;
        return pci.RamBase != 0 && relative < PciConfiguration.ScriptsRamSize;
    }

    /// <summary>Reads an instruction's or a table's bytes; false is a bus fault.</summary>
    public bool TryRead(ulong address, Span<byte> destination)
    {
        if (IsRam(address, out var offset))
        {
            if (offset > PciConfiguration.ScriptsRamSize - destination.Length)
                return false;
            _ram.AsSpan(offset, destination.Length).CopyTo(destination);
            return true;
        }
        return pci.IsBusMaster && !IsRegister(address) && memory.TryRead(address, destination);
    }

    /// <summary>Writes bytes; false is a bus fault.</summary>
    public bool TryWrite(ulong address, ReadOnlySpan<byte> source)
    {
        if (IsRam(address, out var offset))
        {
            if (offset > PciConfiguration.ScriptsRamSize - source.Length)
                return false;
            source.CopyTo(_ram.AsSpan(offset));
            return true;
        }
        return pci.IsBusMaster && !IsRegister(address) && memory.TryWrite(address, source);
    }

    public bool TryReadUInt32(ulong address, out uint value)
    {
        if (IsRam(address, out var offset) && offset <= PciConfiguration.ScriptsRamSize - sizeof(uint))
        {
            value = BinaryPrimitives.ReadUInt32LittleEndian(_ram.AsSpan(offset));
            return true;
        }
        value = 0;
        return pci.IsBusMaster && !IsRegister(address) && memory.TryReadUInt32(address, out value);
    }

    /// <summary>Reads an instruction: the first dword in the low half.</summary>
    public bool TryReadUInt64(ulong address, out ulong value)
    {
        if (IsRam(address, out var offset) && offset <= PciConfiguration.ScriptsRamSize - sizeof(ulong))
        {
            value = BinaryPrimitives.ReadUInt64LittleEndian(_ram.AsSpan(offset));
            return true;
        }
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        var mapped = TryRead(address, bytes);
        value = mapped ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : 0;
        return mapped;
    }

    /// <summary>Writes a dword; false is a bus fault.</summary>
    public bool TryWriteUInt32(ulong address, uint value)
    {
        if (IsRam(address, out var offset) && offset <= PciConfiguration.ScriptsRamSize - sizeof(uint))
        {
            BinaryPrimitives.WriteUInt32LittleEndian(_ram.AsSpan(offset), value);
            return true;
        }
        return pci.IsBusMaster && !IsRegister(address) && memory.TryWriteUInt32(address, value);
    }

    /// <summary>A data phase into memory. Data aimed at the chip's own registers is dropped, so that no target can write them.</summary>
    public bool TryWriteData(ulong address, ReadOnlySpan<byte> source) => IsRegister(address) || TryWrite(address, source);

    /// <summary>A data phase out of memory; the chip's own registers supply zeroes.</summary>
    public bool TryReadData(ulong address, Span<byte> destination)
    {
        if (!IsRegister(address))
            return TryRead(address, destination);
        destination.Clear();
        return true;
    }

    /// <summary>A memory move; registers take part as one access of at most a dword. False is a bus fault, with the bytes before it moved.</summary>
    public bool TryMove(in MoveEnd source, in MoveEnd destination, int count)
    {
        for (var done = 0; done < count;)
        {
            var chunk = _bounce.AsSpan(0, Math.Min(count - done, _bounce.Length));
            if (!TryRead(source, done, chunk, count) || !TryWrite(destination, done, chunk, count))
                return false;
            done += chunk.Length;
        }
        return true;
    }

    private bool TryRead(in MoveEnd end, int done, Span<byte> chunk, int count)
    {
        if (!TryRegister(end, count, out var register))
            return !end.IsIo && TryRead(end.Address + (uint)done, chunk);
        registers.Read(register, chunk);
        return true;
    }

    private bool TryWrite(in MoveEnd end, int done, ReadOnlySpan<byte> chunk, int count)
    {
        if (!TryRegister(end, count, out var register))
            return !end.IsIo && TryWrite(end.Address + (uint)done, chunk);
        registers.Write(register, chunk, fromScripts: true);
        return true;
    }

    private bool TryRegister(in MoveEnd end, int count, out int register)
    {
        register = (int)end.Address & RegisterMap.Size - 1;
        if (register % sizeof(uint) + count > sizeof(uint))
            return false;
        return end.IsIo
            ? pci.IoBase != 0 && end.Address - pci.IoBase < RegisterMap.Size
            : IsRegister(end.Address);
    }
}

/// <summary>One side of a memory move.</summary>
/// <param name="Address">Where it starts.</param>
/// <param name="IsIo">In I/O space (DMODE.SIOM or DIOM), where only the chip's own registers answer.</param>
internal readonly record struct MoveEnd(ulong Address, bool IsIo);
