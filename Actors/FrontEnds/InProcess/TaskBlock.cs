using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.FrontEnds.InProcess;

/// <summary>What the adapter needs for one command: 256 bytes to which DSA points while the command is on the bus. The tag is the block's number,
/// so that a reselection finds it with one byte.</summary>
/// <param name="memory">The driver's memory.</param>
/// <param name="number">0 to <see cref="Count"/> - 1.</param>
internal readonly struct TaskBlock(DriverMemory memory, int number)
{
    /// <summary>Blocks there are: one a tag, and one for messages without a command.</summary>
    public const int Count = DriverMemory.Windows + 1;

    /// <summary>Data entries: count and address of each run of the client's buffer, filled from the end.</summary>
    public const int Entries = 20;

    /// <summary>Offset: what SELECT takes (SCNTL3, ID, SXFER).</summary>
    public const int Select = 0x00;

    /// <summary>Offset: count and address of the outgoing message.</summary>
    public const int MessageOut = 0x08;

    /// <summary>Offset: count and address of the CDB.</summary>
    public const int Command = 0x10;

    /// <summary>Offset: the instruction at which the data transfer begins or goes on.</summary>
    public const int DataPointer = 0x18;

    /// <summary>Offset: the status byte; <see cref="Pending"/> until there is one.</summary>
    public const int Status = 0x1C;

    /// <summary>Offset: 1 when the target had more data than the client had room.</summary>
    public const int OverrunFlag = 0x1D;

    /// <summary>Offset: count and address of what an interrupted block move has left.</summary>
    public const int ContinuationEntry = 0x20;

    /// <summary>Offset: the instruction after that block move.</summary>
    public const int ContinuationReturn = 0x28;

    /// <summary>The status of a command that has none yet.</summary>
    public const byte Pending = 0xFF;

    /// <summary>The longest message, in bytes.</summary>
    public const int MaximumMessageLength = 8;

    private const uint BaseAddress = DriverMemory.StructuresAddress + 0x1_0000;
    private const uint SenseAddress = DriverMemory.StructuresAddress + 0x8000;
    private const int Length = 0x100;
    private const int MessageBytes = 0x30;
    private const int CommandBytes = 0x38;
    private const int FirstEntry = 0x50;
    private const uint CountMask = 0x00FF_FFFF;
    private const int Page = 4096;

    /// <summary>The address of block 0: its low 16 bits are zero.</summary>
    public static uint BaseOfAll => BaseAddress;

    /// <summary>The address of this block.</summary>
    public uint Address => BaseAddress + (uint)(number * Length);

    /// <summary>The status byte.</summary>
    public byte StatusByte => memory.Byte(Address + Status);

    /// <summary>Where this block's sense data goes.</summary>
    public Span<byte> SenseBytes => memory.Bytes(SenseAddress + (uint)(number * Length), Length);

    /// <summary>The offset of a data entry.</summary>
    public static int EntryOffset(int entry) => FirstEntry + entry * 8;

    /// <summary>The number of the block at an address; false when there is none.</summary>
    public static bool TryNumberOf(uint address, out int number)
    {
        number = (int)((address - BaseAddress) / Length);
        return address >= BaseAddress && number < Count && address % Length == 0;
    }

    /// <summary>Fills the block for a command.</summary>
    /// <param name="target">The target's SCSI ID.</param>
    /// <param name="message">IDENTIFY and what follows it, at most <see cref="MaximumMessageLength"/> bytes.</param>
    /// <param name="cdb">The command, at most 16 bytes.</param>
    /// <param name="isIn">True for DATA IN; without meaning when there is no data.</param>
    /// <param name="data">The bus address of the data.</param>
    /// <param name="length">Bytes of data.</param>
    /// <param name="segment">Bytes an entry should have; more when there would be too many entries.</param>
    public void Prepare(int target, ReadOnlySpan<byte> message, in Cdb cdb, bool isIn, uint data, int length, int segment)
    {
        PrepareMessage(target, message);
        cdb.Bytes.CopyTo(memory.Bytes(Address + CommandBytes, 16));
        WriteEntry(Command, cdb.Length, Address + CommandBytes);
        segment = Math.Max(segment, (length / Entries + Page) & -Page);
        var entries = (length + segment - 1) / segment;
        for (var i = 0; i < entries; i++)
        {
            var offset = i * segment;
            WriteEntry(EntryOffset(Entries - entries + i), Math.Min(segment, length - offset), data + (uint)offset);
        }
        memory.WriteUInt32(Address + DataPointer, length == 0 ? DriverScripts.Exhausted : DriverScripts.ListAt(isIn, Entries - entries));
    }

    /// <summary>Fills the block for a message without a command.</summary>
    public void PrepareMessage(int target, ReadOnlySpan<byte> message)
    {
        memory.WriteUInt32(Address + Select, (uint)target << 16);
        message.CopyTo(memory.Bytes(Address + MessageBytes, MaximumMessageLength));
        WriteEntry(MessageOut, message.Length, Address + MessageBytes);
        memory.WriteUInt32(Address + Status, Pending);
    }

    /// <summary>Fills the block for a REQUEST SENSE to this block's sense bytes.</summary>
    public void PrepareRequestSense(int target, ReadOnlySpan<byte> message, in Cdb requestSense, int length)
    {
        SenseBytes[..length].Clear();
        Prepare(target, message, requestSense, isIn: true, SenseAddress + (uint)(number * Length), length, length);
    }

    /// <summary>Bytes of the data that were not moved.</summary>
    public int Residual()
    {
        if (memory.Byte(Address + OverrunFlag) != 0)
            return 0;
        var pointer = memory.ReadUInt32(Address + DataPointer);
        if (pointer == DriverScripts.Exhausted)
            return 0;
        var residual = 0;
        if (pointer == DriverScripts.ContinueIn || pointer == DriverScripts.ContinueOut)
        {
            residual = CountAt(ContinuationEntry);
            pointer = memory.ReadUInt32(Address + ContinuationReturn);
        }
        for (var entry = DriverScripts.EntryAt(pointer); entry < Entries; entry++)
            residual += CountAt(EntryOffset(entry));
        return residual;
    }

    private int CountAt(int offset) => (int)(memory.ReadUInt32(Address + (uint)offset) & CountMask);

    private void WriteEntry(int offset, int count, uint address)
    {
        memory.WriteUInt32(Address + (uint)offset, (uint)count);
        memory.WriteUInt32(Address + (uint)offset + 4, address);
    }
}
