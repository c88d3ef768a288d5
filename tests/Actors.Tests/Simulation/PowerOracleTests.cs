using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Simulation.Campaign;
using Xunit;

namespace ScsiActors.Tests.Simulation;

/// <summary>What the contents oracle holds for durable and for atomic.</summary>
public sealed class PowerOracleTests : OracleRig
{
    private const string Disk = "target-0-lun-0-aio";
    private const int Size = 512;

    private readonly ContentsOracle _oracle;

    public PowerOracleTests() => _oracle = new ContentsOracle(Context);

    [Fact]
    public void A_write_that_was_only_in_the_cache_may_be_gone_after_a_power_cut()
    {
        Write(1);
        Write(2);
        CutPower();
        Read(_oracle, 3, writer: 0);
        Read(_oracle, 4, writer: 0);
        Assert.Empty(Context.Findings);
        Read(_oracle, 5, writer: 2);
        Assert.Single(Context.Findings);
    }

    [Fact]
    public void A_write_with_fua_that_is_gone_after_a_power_cut_is_found()
    {
        Write(1, flags: 0x08);
        CutPower();
        Read(_oracle, 2, writer: 1);
        Assert.Empty(Context.Findings);
        CutPower();
        Read(_oracle, 3, writer: 0);
        Assert.Single(Context.Findings);
    }

    [Fact]
    public void A_write_that_a_flush_has_covered_stays()
    {
        Write(1);
        Synchronize(2);
        Write(3);
        CutPower();
        Read(_oracle, 4, writer: 1);
        Assert.Empty(Context.Findings);
        Read(_oracle, 5, writer: 0);
        Assert.Single(Context.Findings);
    }

    [Fact]
    public void A_flush_of_other_blocks_or_with_an_early_answer_promises_nothing()
    {
        Write(1);
        Synchronize(2, lba: 6, count: 2);
        Synchronize(3, flags: 0x02);
        CutPower();
        Read(_oracle, 4, writer: 0);
        Assert.Empty(Context.Findings);
    }

    [Fact]
    public void What_was_read_after_a_power_cut_survives_the_next_one()
    {
        Write(1);
        CutPower();
        Read(_oracle, 2, writer: 1);
        CutPower();
        Read(_oracle, 3, writer: 1);
        Assert.Empty(Context.Findings);
        Read(_oracle, 4, writer: 0);
        Assert.Single(Context.Findings);
    }

    [Fact]
    public void A_write_to_a_protected_unit_does_not_happen()
    {
        Begin(1, Ten(0x2A, 5, 1), Pattern(1, 5));
        See(_oracle, Port, Client, new CommandExecuted(1, CommandOutcome.Complete, ScsiStatus.CheckCondition, new SenseData(SenseKey.DataProtect, new AdditionalSense(0x27, 0)), Size));
        Read(_oracle, 2, writer: 0);
        Assert.Empty(Context.Findings);
        Read(_oracle, 3, writer: 1);
        Assert.Single(Context.Findings);
    }

    [Fact]
    public void Two_compare_and_writes_that_replace_the_same_version_are_found()
    {
        Write(1);
        Begin(2, CompareAndWrite(5), [.. Pattern(1, 5), .. Pattern(2, 5)]);
        Begin(3, CompareAndWrite(5), [.. Pattern(1, 5), .. Pattern(3, 5)]);
        See(_oracle, Port, Client, Good(2));
        Assert.Empty(Context.Findings);
        See(_oracle, Port, Client, Good(3));
        Assert.Equal("atomicity", Assert.Single(Context.Findings).Oracle);
    }

    [Fact]
    public void A_compare_and_write_that_succeeds_on_something_else_is_found()
    {
        Write(1);
        Begin(2, CompareAndWrite(5), [.. Pattern(1, 5), .. Pattern(2, 5)]);
        See(_oracle, Port, Client, Good(2));
        Begin(3, CompareAndWrite(5), [.. Pattern(1, 5), .. Pattern(3, 5)]);
        See(_oracle, Port, Client, new CommandExecuted(3, CommandOutcome.Complete, ScsiStatus.CheckCondition, new SenseData(SenseKey.Miscompare, new AdditionalSense(0x1D, 0)), 0));
        Read(_oracle, 4, writer: 2);
        Assert.Empty(Context.Findings);
        Begin(5, CompareAndWrite(5), [.. Pattern(1, 5), .. Pattern(5, 5)]);
        See(_oracle, Port, Client, Good(5));
        Assert.Equal("atomicity", Assert.Single(Context.Findings).Oracle);
    }

    [Fact]
    public void A_part_of_an_atomic_write_is_found()
    {
        Begin(1, WriteAtomic(5, 2), [.. Pattern(1, 5), .. Pattern(1, 6)]);
        ReadTwo(2, 0, 0);
        ReadTwo(3, 1, 1);
        Assert.Empty(Context.Findings);
        CutPower();
        See(_oracle, Port, Client, new CommandExecuted(1, CommandOutcome.Aborted, default, null, 0));
        ReadTwo(4, 1, 0);
        Assert.Equal("atomicity", Assert.Single(Context.Findings).Oracle);
    }

    [Fact]
    public void A_block_whose_sectors_a_power_cut_has_left_at_different_versions_is_legal()
    {
        var context = new OracleContext(new Scenario { Blocks = 64, BlockSize = 1024 });
        var oracle = new ContentsOracle(context);
        var written = new byte[1024];
        BlockPattern.Fill(written, 5, 1024, 1);
        var read = new byte[1024];
        written.AsSpan(512).CopyTo(read.AsSpan(512));
        var time = 0;
        Show(Client, Port, new ExecuteCommand(1, 0, Lun.Zero, Ten(0x2A, 5, 1), DataDirection.Out, written));
        Show(Port, Client, Good(1));
        Show(Queue, Disk, new PowerOff());
        Show(Queue, Disk, new PowerOn());
        Show(Client, Port, new ExecuteCommand(2, 0, Lun.Zero, Ten(0x28, 5, 1), DataDirection.In, read));
        Show(Port, Client, Good(2));
        Assert.Empty(context.Findings);

        void Show(string from, string to, object message)
        {
            var seen = new Observed(new TimeSpan(++time), from, to, message);
            context.Watch.Observe(seen);
            oracle.Observe(seen);
        }
    }

    private void Write(int id, byte flags = 0)
    {
        Begin(id, Ten(0x2A, 5, 1, flags), Pattern(id, 5));
        See(_oracle, Port, Client, Good((ulong)id));
    }

    private void Synchronize(int id, int lba = 0, int count = 0, byte flags = 0)
    {
        Begin(id, Ten(0x35, lba, count, flags), []);
        See(_oracle, Port, Client, Good((ulong)id));
    }

    private void CutPower()
    {
        See(_oracle, Queue, Disk, new PowerOff());
        See(_oracle, Queue, Disk, new PowerOn());
    }

    private void ReadTwo(int id, int first, int second)
    {
        var command = new ExecuteCommand((ulong)id, 0, Lun.Zero, Ten(0x28, 5, 2), DataDirection.In, new byte[2 * Size]);
        See(_oracle, Client, Port, command);
        Pattern(first, 5).CopyTo(command.Data.Span);
        Pattern(second, 6).CopyTo(command.Data.Span[Size..]);
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

    private static Cdb Ten(byte code, int lba, int count, byte flags = 0) => Cdb.Parse([code, flags, 0, 0, 0, (byte)lba, 0, 0, (byte)count, 0]);

    private static Cdb CompareAndWrite(int lba) => Cdb.Parse([0x89, 0, 0, 0, 0, 0, 0, 0, 0, (byte)lba, 0, 0, 0, 1, 0, 0]);

    private static Cdb WriteAtomic(int lba, int count) => Cdb.Parse([0x9C, 0, 0, 0, 0, 0, 0, 0, 0, (byte)lba, 0, 0, 0, (byte)count, 0, 0]);
}
