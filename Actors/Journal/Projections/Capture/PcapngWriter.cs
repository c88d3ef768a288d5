using System.Buffers.Binary;
using System.Text;

namespace ScsiActors.Journal;

/// <summary>Writes pcapng blocks (draft-ietf-opsawg-pcapng): one section, one interface with nanosecond timestamps, packets with comments.</summary>
internal sealed class PcapngWriter
{
    private const uint SectionHeader = 0x0A0D0D0A;
    private const uint InterfaceDescription = 1;
    private const uint EnhancedPacket = 6;
    private const uint ByteOrder = 0x1A2B3C4D;
    // LINKTYPE_WIRESHARK_UPPER_PDU: tags that name the dissector and the addresses, then the bare PDU.
    private const ushort UpperPdu = 252;
    private const ushort CommentOption = 1;
    private const ushort NameOption = 2;
    private const ushort ApplicationOption = 4;
    private const ushort ResolutionOption = 9;
    private const byte Nanoseconds = 9;

    private readonly Stream _stream;
    private readonly MemoryStream _block = new();

    /// <summary>Begins a capture.</summary>
    public PcapngWriter(Stream stream, string comment, string interfaceName)
    {
        _stream = stream;
        Number(ByteOrder);
        Short(1);
        Short(0);
        Number(uint.MaxValue);
        Number(uint.MaxValue);
        Option(CommentOption, Encoding.UTF8.GetBytes(comment));
        Option(ApplicationOption, "ScsiActors"u8);
        EndBlock(SectionHeader);
        Short(UpperPdu);
        Short(0);
        Number(0);
        Option(NameOption, Encoding.UTF8.GetBytes(interfaceName));
        Option(ResolutionOption, [Nanoseconds]);
        EndBlock(InterfaceDescription);
    }

    /// <summary>One packet.</summary>
    /// <param name="time">Nanoseconds since 1970.</param>
    /// <param name="captured">Its bytes.</param>
    /// <param name="missing">How many more it had, of which nothing is known.</param>
    /// <param name="comments">What is said of it.</param>
    public void Packet(long time, ReadOnlySpan<byte> captured, long missing, IEnumerable<string> comments)
    {
        Number(0);
        Number((uint)(time >> 32));
        Number((uint)time);
        Number((uint)captured.Length);
        Number((uint)(captured.Length + missing));
        Padded(captured);
        foreach (var comment in comments)
            Option(CommentOption, Encoding.UTF8.GetBytes(comment));
        EndBlock(EnhancedPacket);
    }

    private void Option(ushort code, ReadOnlySpan<byte> value)
    {
        value = value[..Math.Min(value.Length, ushort.MaxValue)];
        Short(code);
        Short((ushort)value.Length);
        Padded(value);
    }

    private void Padded(ReadOnlySpan<byte> bytes)
    {
        _block.Write(bytes);
        for (var i = bytes.Length; i % 4 != 0; i++)
            _block.WriteByte(0);
    }

    private void Short(ushort value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        _block.Write(bytes);
    }

    private void Number(uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        _block.Write(bytes);
    }

    // Every block here ends with its options; its length stands at both ends.
    private void EndBlock(uint type)
    {
        Number(0);
        Span<byte> ends = stackalloc byte[8];
        var length = (uint)_block.Length + 12;
        BinaryPrimitives.WriteUInt32LittleEndian(ends, type);
        BinaryPrimitives.WriteUInt32LittleEndian(ends[4..], length);
        _stream.Write(ends);
        _block.WriteTo(_stream);
        _stream.Write(ends[4..]);
        _block.SetLength(0);
    }
}
