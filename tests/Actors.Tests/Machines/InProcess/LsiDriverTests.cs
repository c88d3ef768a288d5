using ScsiActors.FrontEnds.InProcess;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi;
using ScsiActors.Scsi.Bus;
using Xunit;

namespace ScsiActors.Tests.Machines.InProcess;

public sealed class LsiDriverTests
{
    private const int BlockLength = DriverRig.BlockLength;

    private ulong _id;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_write_is_read_back_through_driver_chip_bus_and_logical_unit(bool polled)
    {
        var rig = Ready(1, polled: polled);
        var data = Pattern(8 * BlockLength, 3);

        Assert.True(rig.ExecuteAndWait(Write(64, data)).IsGood);
        var read = new byte[data.Length];
        var executed = rig.ExecuteAndWait(Read(64, read));

        Assert.Equal((true, 0L), (executed.IsGood, executed.Residual));
        Assert.Equal(data, read);
        Assert.Equal(data, rig.UnitAt(0, 0).Disk.AsSpan(64 * BlockLength, data.Length).ToArray());
        rig.AssertAtRest();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_short_answer_leaves_its_residual(bool polled)
    {
        var rig = Ready(2, polled: polled);
        var data = new byte[polled ? 36 : 255];

        var executed = rig.ExecuteAndWait(Command([0x12, 0, 0, 0, (byte)data.Length, 0], DataDirection.In, data));

        Assert.True(executed.IsGood, executed.ToString());
        // ADDITIONAL LENGTH says how much there was to send: less than 255 bytes, more than the 36 that firmware asks for.
        Assert.Equal(Math.Max(0, data.Length - (5 + data[4])), executed.Residual);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_CHECK_CONDITION_comes_with_the_sense_data_that_the_driver_asked_for(bool polled)
    {
        var rig = Ready(3, polled: polled);

        var executed = rig.ExecuteAndWait(Read(1_000_000, new byte[BlockLength]));

        Assert.Equal(ScsiStatus.CheckCondition, executed.Status);
        Assert.Equal("05/21/00", executed.Sense?.ToString());
        Assert.True(rig.ExecuteAndWait(Read(0, new byte[BlockLength])).IsGood);
        rig.AssertAtRest();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_command_to_an_absent_target_is_a_delivery_failure_and_the_next_is_served(bool polled)
    {
        var rig = Ready(4, polled: polled);

        Assert.Equal(CommandOutcome.DeliveryFailure, rig.ExecuteAndWait(Read(0, new byte[512]) with { Target = 5 }).Outcome);

        Assert.True(rig.ExecuteAndWait(Read(0, new byte[BlockLength])).IsGood);
    }

    [Fact]
    public void Sixteen_tagged_writes_reach_the_disk_together()
    {
        var rig = Ready(5);
        rig.HoldDisk = true;
        for (uint i = 0; i < 16; i++)
            rig.Execute(Write(i * 8, Pattern(8 * BlockLength, (int)i)));
        rig.Run();
        Assert.Equal(16, rig.AtDisk);

        rig.HoldDisk = false;
        rig.Run();

        Assert.All(rig.Executed.TakeLast(16), static executed => Assert.True(executed.IsGood));
        rig.AssertAtRest();
    }

    [Fact]
    public void Without_the_patches_writes_reach_the_disk_one_at_a_time_and_reads_still_queue()
    {
        var rig = Ready(6, parameters: BusParameters.NoPatch);
        for (uint i = 0; i < 16; i++)
            rig.Execute(Write(i * 8, Pattern(8 * BlockLength, (int)i)));
        rig.Run();
        Assert.Equal(1, rig.MostAtDisk);

        rig.HoldDisk = true;
        for (uint i = 0; i < 16; i++)
            rig.Execute(Read(i * 8, new byte[8 * BlockLength]));
        rig.Run();
        Assert.Equal(16, rig.AtDisk);
        rig.HoldDisk = false;
        rig.Run();
        rig.AssertAtRest();
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 3)]
    public void A_large_write_goes_to_the_disk_whole_or_in_buffers(bool grow, int requests)
    {
        var rig = Ready(7, configure: settings => settings with { GrowTransferBuffer = grow, TransferBuffer = 131072 });
        var before = rig.UnitAt(0, 0).Requests;
        var data = Pattern(300 * 1024, 9);

        Assert.True(rig.ExecuteAndWait(Write(0, data)).IsGood);

        Assert.Equal(requests, rig.UnitAt(0, 0).Requests - before);
        Assert.Equal(data, rig.UnitAt(0, 0).Disk.AsSpan(0, data.Length).ToArray());
    }

    [Fact]
    public void A_target_with_more_data_than_the_client_has_room_for_is_cut_off()
    {
        var rig = Ready(8);
        var data = new byte[BlockLength];

        var executed = rig.ExecuteAndWait(Command([0x28, 0, 0, 0, 0, 0, 0, 0, 40, 0], DataDirection.In, data));

        Assert.Equal((true, 0L), (executed.IsGood, executed.Residual));
        rig.AssertAtRest();
    }

    [Fact]
    public void A_target_that_wants_more_data_than_the_client_has_ends_in_a_bus_reset_and_nothing_is_made_up()
    {
        var rig = Ready(9);
        var before = rig.UnitAt(0, 0).Disk.ToArray();

        var executed = rig.ExecuteAndWait(Command([0x2A, 0, 0, 0, 0, 0, 0, 0, 40, 0], DataDirection.Out, Pattern(BlockLength, 1)));

        Assert.Equal(CommandOutcome.Aborted, executed.Outcome);
        Assert.Equal(before, rig.UnitAt(0, 0).Disk);
        SettleAttention(rig);
        Assert.True(rig.ExecuteAndWait(Read(0, new byte[BlockLength])).IsGood);
        rig.AssertAtRest();
    }

    [Fact]
    public void ABORT_TASK_ends_the_one_command_and_no_other()
    {
        var rig = Ready(10);
        rig.HoldDisk = true;
        rig.Execute(Read(0, new byte[BlockLength]));
        var aborted = _id;
        rig.Execute(Read(8, new byte[BlockLength]));
        rig.Run();

        rig.Driver!.Handle("client", new ExecuteTaskManagement(77, 0, Lun.Zero, TaskManagementFunction.AbortTask, aborted));
        rig.HoldDisk = false;
        rig.Run();

        Assert.Equal(new TaskManagementExecuted(77, ServiceResponse.FunctionComplete), rig.Functions.Single());
        var first = rig.Executed.Single(executed => executed.Id == aborted);
        Assert.True(first.Outcome == CommandOutcome.Aborted || first.IsGood);
        Assert.True(rig.Executed.Single(executed => executed.Id == aborted + 1).IsGood);
        rig.AssertAtRest();
    }

    [Fact]
    public void A_bus_reset_ends_every_command_and_those_after_it_use_the_same_tags_while_storage_still_has_the_old_ones()
    {
        var rig = Ready(12);
        rig.HoldDisk = true;
        for (uint i = 0; i < 20; i++)
            rig.Execute(Read(i, new byte[BlockLength]));
        rig.Run();

        rig.Driver!.Handle("client", new ExecuteBusReset(77));
        rig.Driver!.Handle("client", new ExecuteBusReset(78));
        var first = _id + 1;
        for (uint i = 0; i < 20; i++)
            rig.Execute(Read(i, new byte[BlockLength]));
        rig.Run();
        Assert.Equal([new BusResetExecuted(77), new BusResetExecuted(78)], rig.BusResets);
        Assert.Equal(20, rig.Executed.Count(executed => executed.Id < first && executed.Outcome == CommandOutcome.Aborted));
        rig.HoldDisk = false;
        rig.Run();

        // One of them is told of the reset.
        var later = rig.Executed.Where(executed => executed.Id >= first).ToList();
        Assert.Equal((20, 19), (later.Count, later.Count(static executed => executed.IsGood)));
        Assert.Equal("06/29/02", later.Single(static executed => !executed.IsGood).Sense?.ToString());
        rig.AssertAtRest();
    }

    [Fact]
    public void A_second_bus_reset_ends_commands_that_wait_for_their_nexus_to_become_free()
    {
        var rig = Ready(13);
        rig.HoldDisk = true;
        for (uint i = 0; i < 8; i++)
            rig.Execute(Read(i, new byte[BlockLength]));
        rig.Run();
        for (var round = 0; round < 3; round++)
        {
            rig.Driver!.Handle("client", new ExecuteBusReset(77));
            for (uint i = 0; i < 8; i++)
                rig.Execute(Read(i, new byte[BlockLength]));
            rig.Run();
        }
        rig.HoldDisk = false;
        rig.Run();

        Assert.Equal(24, rig.Executed.Count(static executed => executed.Outcome == CommandOutcome.Aborted));
        Assert.Equal(7, rig.Executed.TakeLast(8).Count(static executed => executed.IsGood));
        rig.AssertAtRest();
    }

    [Theory]
    [InlineData(TaskManagementFunction.AbortTaskSet)]
    [InlineData(TaskManagementFunction.ClearTaskSet)]
    [InlineData(TaskManagementFunction.LogicalUnitReset)]
    [InlineData(TaskManagementFunction.TargetReset)]
    public void A_function_ends_what_it_is_meant_for(TaskManagementFunction function)
    {
        var rig = Ready(11);
        rig.HoldDisk = true;
        for (uint i = 0; i < 20; i++)
            rig.Execute(i % 2 == 0 ? Read(i, new byte[BlockLength]) : Write(i, new byte[BlockLength]) with { Lun = new Lun(1) });
        rig.Execute(Read(0, new byte[BlockLength]) with { Target = 3 });
        rig.Run();

        rig.Driver!.Handle("client", new ExecuteTaskManagement(77, 0, Lun.Zero, function));
        rig.Run();
        Assert.Empty(rig.Functions);
        rig.HoldDisk = false;
        rig.Run();
        Assert.Equal(ServiceResponse.FunctionComplete, rig.Functions.Single().Response);
        Assert.Equal(function == TaskManagementFunction.TargetReset ? 20 : 10, rig.Executed.Count(static executed => executed.Outcome == CommandOutcome.Aborted));
        rig.AssertAtRest();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_commands_with_reordered_completions_leave_the_disk_as_a_model_says(int presetOrSeed)
    {
        var preset = presetOrSeed switch
        {
            1 => BusParameters.NoPatch,
            2 => BusParameters.Patches1To3,
            _ => BusParameters.Default,
        };
        for (var seed = 0; seed < 8; seed++)
        {
            var rig = Ready(1000 * presetOrSeed + seed, parameters: preset, settings: new LsiDriverSettings(QueueDepth: 16, SegmentBytes: 4096));
            RunRandomCommands(rig, new Random(seed), 300);
            rig.AssertAtRest();
        }
    }

    // Each slot of the disk has one command at a time, so that the model needs no ordering.
    private void RunRandomCommands(DriverRig rig, Random random, int commands)
    {
        const int slots = 40;
        const int slotBlocks = 200;
        var model = new byte[slots * slotBlocks * BlockLength];
        var before = rig.Executed.Count;
        for (var left = commands; left > 0;)
        {
            var reads = new List<(ulong Id, int Start, byte[] Data)>();
            foreach (var slot in Enumerable.Range(0, slots).OrderBy(_ => random.Next()).Take(random.Next(1, slots)))
            {
                var blocks = random.Next(1, slotBlocks + 1);
                var start = slot * slotBlocks * BlockLength;
                var data = new byte[blocks * BlockLength];
                var attribute = (TaskAttribute)random.Next(3);
                if (random.Next(20) == 0)
                    attribute = TaskAttribute.Untagged;
                if (random.Next(2) == 0)
                {
                    random.NextBytes(data);
                    data.CopyTo(model, start);
                    rig.Execute(Write((uint)(slot * slotBlocks), data) with { Attribute = attribute });
                }
                else
                {
                    rig.Execute(Read((uint)(slot * slotBlocks), data) with { Attribute = attribute });
                    reads.Add((_id, start, data));
                }
                left--;
            }
            rig.Run();
            foreach (var (id, start, data) in reads)
            {
                Assert.True(rig.Executed.Single(executed => executed.Id == id).IsGood);
                Assert.True(model.AsSpan(start, data.Length).SequenceEqual(data), $"read {id}");
            }
        }
        Assert.All(rig.Executed.Skip(before), static executed => Assert.True(executed.IsGood, executed.ToString()));
        Assert.True(model.AsSpan().SequenceEqual(rig.UnitAt(0, 0).Disk.AsSpan(0, model.Length)));
    }

    private DriverRig Ready(int seed, LsiDriverSettings? settings = null, BusParameters? parameters = null, bool polled = false,
        Func<LogicalUnitSettings, LogicalUnitSettings>? configure = null)
    {
        var rig = new DriverRig(seed, settings, parameters, polled, configure);
        SettleAttention(rig);
        return rig;
    }

    // The first command of a nexus is told of the power-on or of the reset.
    private void SettleAttention(DriverRig rig)
    {
        foreach (var (target, lun) in new[] { (0, 0), (0, 1), (3, 0) })
        {
            while (!rig.ExecuteAndWait(Command(new byte[6]) with { Target = target, Lun = new Lun((ushort)lun) }).IsGood)
                Assert.Equal(SenseKey.UnitAttention, rig.Executed[^1].Sense?.Key);
        }
    }

    private static byte[] Pattern(int length, int seed)
    {
        var data = new byte[length];
        new Random(seed).NextBytes(data);
        return data;
    }

    private ExecuteCommand Command(byte[] cdb, DataDirection direction = DataDirection.None, byte[]? data = null) =>
        new(++_id, 0, Lun.Zero, Cdb.Parse(cdb), direction, data);

    private ExecuteCommand Read(uint block, byte[] data) => Command(ReadOrWrite(0x28, block, data), DataDirection.In, data);

    private ExecuteCommand Write(uint block, byte[] data) => Command(ReadOrWrite(0x2A, block, data), DataDirection.Out, data);

    private static byte[] ReadOrWrite(byte operationCode, uint block, byte[] data)
    {
        var blocks = data.Length / BlockLength;
        return [operationCode, 0, (byte)(block >> 24), (byte)(block >> 16), (byte)(block >> 8), (byte)block, 0, (byte)(blocks >> 8), (byte)blocks, 0];
    }
}
