using Akka.TestKit.Xunit2;
using ScsiActors.Messages;
using ScsiActors.Scsi;
using Xunit;

namespace ScsiActors.Tests.Sequences.Direct;

/// <summary>The message sequences of READ(10) and WRITE(10) between a port and a request queue.</summary>
public sealed class ReadAndWriteSequenceTests : TestKit
{
    private const string Read = "28 00 00 00 00 10 00 00 08 00";
    private const string Write = "2A 00 00 00 00 10 00 00 08 00";

    private static readonly LogicalUnitSettings InPieces = new() { GrowTransferBuffer = false, TransferBuffer = 2048 };

    [Fact]
    public void READ_10_reads_from_storage_and_sends_to_the_port() => GoldenFile.Check("READ_10", ReadSequence(null));

    [Fact]
    public void WRITE_10_receives_from_the_port_and_writes_to_storage() => GoldenFile.Check("WRITE_10", WriteSequence(null));

    [Fact]
    public void READ_10_with_a_fixed_buffer_goes_in_pieces() => GoldenFile.Check("READ_10_in_pieces", ReadSequence(InPieces));

    [Fact]
    public void WRITE_10_with_a_fixed_buffer_goes_in_pieces() => GoldenFile.Check("WRITE_10_in_pieces", WriteSequence(InPieces));

    /// <summary>Mirrored means: what is read from storage and sent to the port on the one side is received from the port and written to
    /// storage on the other, in the opposite order within each piece; the command before and the status after are the same.</summary>
    [Theory]
    [InlineData("READ_10", "WRITE_10")]
    [InlineData("READ_10_in_pieces", "WRITE_10_in_pieces")]
    public void Read_and_write_are_the_same_sequence_mirrored(string read, string write)
    {
        var reading = GoldenFile.Read(read);
        var writing = GoldenFile.Read(write);
        Assert.Equal(reading.Length, writing.Length);
        Assert.Equal(reading[0].Replace(Read, Write), writing[0]);
        Assert.Equal(reading[^1], writing[^1]);
        for (var at = 1; at < reading.Length - 1; at += 4)
        {
            var (fromStorage, toPort) = (reading[at..(at + 2)], reading[(at + 2)..(at + 4)]);
            var (fromPort, toStorage) = (writing[at..(at + 2)], writing[(at + 2)..(at + 4)]);
            Assert.Equal(fromStorage.Select(Mirrored), toStorage);
            Assert.Equal(toPort.Select(Mirrored), fromPort);
        }
    }

    private static string Mirrored(string line) => line
        .Replace("AioRead", "AioWrite")
        .Replace("SendDataIn", "ReceiveDataOut")
        .Replace("DataInDelivered", "DataOutReceived");

    private IReadOnlyList<string> ReadSequence(LogicalUnitSettings? settings)
    {
        var probes = new LogicalUnitProbes(this, settings);
        probes.Send(Read);
        for (long moved = 0; moved < 4096;)
        {
            var read = probes.QueueGets<AioRead>();
            probes.QueueSays(new AioCompleted(read.Id, AioResult.Ok, read.Data.Length));
            var sent = probes.PortGets<SendDataIn>();
            probes.PortSays(new DataInDelivered(sent.Nexus, sent.Task));
            moved += sent.Count;
        }
        probes.PortGets<SendCommandComplete>();
        return probes.Lines;
    }

    private IReadOnlyList<string> WriteSequence(LogicalUnitSettings? settings)
    {
        var probes = new LogicalUnitProbes(this, settings);
        probes.Send(Write);
        for (long moved = 0; moved < 4096;)
        {
            var asked = probes.PortGets<ReceiveDataOut>();
            probes.PortSays(new DataOutReceived(asked.Nexus, asked.Task));
            var written = probes.QueueGets<AioWrite>();
            probes.QueueSays(new AioCompleted(written.Id, AioResult.Ok, written.Data.Length));
            moved += asked.Count;
        }
        probes.PortGets<SendCommandComplete>();
        return probes.Lines;
    }
}
