using Akka.Actor;
using ScsiActors.Dispatch;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Simulation.Campaign;
using Xunit;

namespace ScsiActors.Tests.Simulation;

/// <summary>WRITE SAME and UNMAP: what oracles make of them, and what a run finds when a logical unit gets them wrong.</summary>
public sealed class SameBlocksTests : OracleRig
{
    private const string Disk = "target-0-lun-0-aio";
    private const int Size = 512;

    private readonly ContentsOracle _oracle;

    public SameBlocksTests() => _oracle = new ContentsOracle(Context);

    [Fact]
    public void Every_block_of_a_write_same_holds_the_block_that_was_sent()
    {
        WriteSame(1, lba: 4, count: 3, Pattern(1, 4));
        Read(2, 4, Pattern(1, 4));
        Read(3, 6, Pattern(1, 4));
        Read(4, 7, new byte[Size]);
        Assert.Empty(Context.Findings);
        Read(5, 6, Pattern(1, 6));
        Assert.Contains("got block 6 as step 1", Assert.Single(Context.Findings).Sentence);
    }

    [Fact]
    public void A_write_same_that_misses_its_last_block_is_found()
    {
        Write(_oracle, 1, CommandOutcome.Complete);
        WriteSame(2, lba: 4, count: 2, Pattern(2, 4));
        Read(3, 4, Pattern(2, 4));
        Assert.Empty(Context.Findings);
        Read(4, 5, Pattern(1, 5));
        Assert.Equal("contents", Assert.Single(Context.Findings).Oracle);
    }

    [Fact]
    public void A_write_same_of_no_number_of_blocks_goes_to_the_end_of_the_medium()
    {
        WriteSame(1, lba: 60, count: 0, Pattern(1, 60));
        Read(2, 63, Pattern(1, 60));
        Assert.Empty(Context.Findings);
        Read(3, 62, new byte[Size]);
        Assert.Single(Context.Findings);
    }

    [Fact]
    public void A_write_same_without_data_leaves_zeroes()
    {
        Write(_oracle, 1, CommandOutcome.Complete);
        Begin(2, Cdb.Parse([0x93, 0x01, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0]), []);
        See(_oracle, Port, Client, Good(2));
        Read(3, 5, new byte[Size]);
        Assert.Empty(Context.Findings);
        Read(4, 5, Pattern(1, 5));
        Assert.Single(Context.Findings);
    }

    [Fact]
    public void Unmapped_blocks_read_as_zeroes_and_others_do_not()
    {
        Write(_oracle, 1, CommandOutcome.Complete);
        Unmap(2, (8, 4), (6, 1));
        Read(3, 5, Pattern(1, 5));
        Unmap(4, (6, 4), (4, 3));
        Read(5, 5, new byte[Size]);
        Assert.Empty(Context.Findings);
        Read(6, 5, Pattern(1, 5));
        Assert.Single(Context.Findings);
    }

    [Fact]
    public void An_unmap_with_a_range_behind_the_end_does_nothing()
    {
        Write(_oracle, 1, CommandOutcome.Complete);
        Begin(2, UnmapCdb(2), List((5, 1), (63, 2)));
        See(_oracle, Port, Client, new CommandExecuted(2, CommandOutcome.Complete, ScsiStatus.CheckCondition, new SenseData(SenseKey.IllegalRequest, new AdditionalSense(0x21, 0)), 0));
        Read(3, 5, Pattern(1, 5));
        Assert.Empty(Context.Findings);
    }

    [Fact]
    public void A_unit_that_does_not_promise_zeroes_may_return_anything_for_unmapped_blocks_until_they_are_written()
    {
        SayCapacity(1, provisioning: 0x80);
        Unmap(2, (5, 1));
        Read(3, 5, Pattern(77, 9));
        Write(_oracle, 4, CommandOutcome.Complete);
        Read(5, 5, Pattern(4, 5));
        Assert.Empty(Context.Findings);
        Read(6, 5, Pattern(77, 9));
        Assert.Single(Context.Findings);
    }

    [Fact]
    public void A_unit_that_promises_zeroes_keeps_to_it()
    {
        SayCapacity(1, provisioning: 0xC0);
        Unmap(2, (5, 1));
        Read(3, 5, Pattern(77, 9));
        Assert.Single(Context.Findings);
    }

    [Fact]
    public void Blocks_that_were_unmapped_in_the_cache_may_be_back_after_a_power_cut_and_not_after_a_flush()
    {
        Write(_oracle, 1, CommandOutcome.Complete);
        Flush(2);
        Unmap(3, (5, 1));
        CutPower();
        Read(4, 5, Pattern(1, 5));
        WriteSame(5, lba: 4, count: 2, Pattern(5, 4));
        Flush(6);
        CutPower();
        Read(7, 5, Pattern(5, 4));
        Assert.Empty(Context.Findings);
        Read(8, 5, Pattern(1, 5));
        Assert.Single(Context.Findings);
    }

    [Fact]
    public void A_comparison_with_a_block_of_a_write_same_ends_with_miscompare_but_for_the_first()
    {
        WriteSame(1, lba: 5, count: 2, Pattern(1, 5));
        Begin(2, CompareAndWrite(6), [.. Pattern(1, 6), .. Pattern(2, 6)]);
        See(_oracle, Port, Client, new CommandExecuted(2, CommandOutcome.Complete, ScsiStatus.CheckCondition, new SenseData(SenseKey.Miscompare, new AdditionalSense(0x1D, 0)), 0));
        Begin(3, CompareAndWrite(5), [.. Pattern(1, 5), .. Pattern(3, 5)]);
        See(_oracle, Port, Client, Good(3));
        Assert.Empty(Context.Findings);
        Begin(4, CompareAndWrite(6), [.. Pattern(1, 6), .. Pattern(4, 6)]);
        See(_oracle, Port, Client, Good(4));
        Assert.Single(Context.Findings);
    }

    [Theory]
    [InlineData("93 00 00 00 00 00 00 00 00 08 00 00 00 08 00 00")]
    [InlineData("41 00 00 00 00 08 00 00 08 00")]
    [InlineData("41 08 00 00 00 08 00 00 08 00")]
    public void A_logical_unit_that_misses_the_last_block_is_found_in_a_run(string cdb)
    {
        var scenario = ScenarioBuilder.WithSeed(2).Command("00 00 00 00 00 00").At(2000).Write(8, 8).At(4000).Command(cdb, dataOut: Size).At(6000).Read(8, 8);
        Assert.Empty(scenario.Run().Findings);
        Assert.Contains(scenario.Run(new LastBlockMissing()).Findings, static finding => finding.Oracle == "contents");
    }

    private void WriteSame(int id, int lba, int count, byte[] block)
    {
        Begin(id, Cdb.Parse([0x41, 0, 0, 0, 0, (byte)lba, 0, 0, (byte)count, 0]), block);
        See(_oracle, Port, Client, Good((ulong)id));
    }

    private void Unmap(int id, params (int Lba, int Count)[] ranges)
    {
        Begin(id, UnmapCdb(ranges.Length), List(ranges));
        See(_oracle, Port, Client, Good((ulong)id));
    }

    private void Flush(int id)
    {
        Begin(id, Cdb.Parse([0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0]), []);
        See(_oracle, Port, Client, Good((ulong)id));
    }

    private void SayCapacity(int id, byte provisioning)
    {
        var command = new ExecuteCommand((ulong)id, 0, Lun.Zero, Cdb.Parse([0x9E, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 32, 0, 0]), DataDirection.In, new byte[32]);
        See(_oracle, Client, Port, command);
        command.Data.Span[14] = provisioning;
        See(_oracle, Port, Client, Good((ulong)id));
    }

    private void CutPower()
    {
        See(_oracle, Queue, Disk, new PowerOff());
        See(_oracle, Queue, Disk, new PowerOn());
    }

    private void Read(int id, int lba, byte[] found)
    {
        var command = BlockCommand("28", id, lba);
        See(_oracle, Client, Port, command);
        found.CopyTo(command.Data.Span);
        See(_oracle, Port, Client, Good((ulong)id));
    }

    private void Begin(int id, Cdb cdb, byte[] data) => See(_oracle, Client, Port, new ExecuteCommand(
        (ulong)id, 0, Lun.Zero, cdb, data.Length == 0 ? DataDirection.None : DataDirection.Out, data));

    private static byte[] Pattern(int writer, long lba)
    {
        var block = new byte[Size];
        BlockPattern.Fill(block, lba, Size, writer);
        return block;
    }

    private static Cdb UnmapCdb(int ranges) => Cdb.Parse([0x42, 0, 0, 0, 0, 0, 0, 0, (byte)(8 + 16 * ranges), 0]);

    private static byte[] List(params (int Lba, int Count)[] ranges) =>
    [
        0, (byte)(6 + 16 * ranges.Length), 0, (byte)(16 * ranges.Length), 0, 0, 0, 0,
        .. ranges.SelectMany(static range => new byte[] { 0, 0, 0, 0, 0, 0, 0, (byte)range.Lba, 0, 0, 0, (byte)range.Count, 0, 0, 0, 0 }),
    ];

    private static Cdb CompareAndWrite(int lba) => Cdb.Parse([0x89, 0, 0, 0, 0, 0, 0, 0, 0, (byte)lba, 0, 0, 0, 1, 0, 0]);

    /// <summary>A logical unit that takes each WRITE SAME for one of a block less; those who watch the messages do not see it.</summary>
    private sealed class LastBlockMissing : IPartFilter
    {
        public bool MayPass(IActorRef from, IActorRef to, ref object message) => true;

        public bool MayEnter(IActorRef from, IActorRef to, ref object message)
        {
            if (to.Path.Name != Unit || message is not ScsiCommandReceived { Cdb.OperationCode: 0x41 or 0x93 } command)
                return true;
            var bytes = new byte[command.Cdb.Length];
            for (var i = 0; i < bytes.Length; i++)
                bytes[i] = command.Cdb[i];
            bytes[bytes[0] == 0x41 ? 8 : 13]--;
            message = command with { Cdb = Cdb.Parse(bytes) };
            return true;
        }
    }
}
