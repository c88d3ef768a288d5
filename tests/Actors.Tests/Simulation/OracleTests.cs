using Akka.Event;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Simulation.Campaign;
using Xunit;

namespace ScsiActors.Tests.Simulation;

/// <summary>Each oracle finds what it is there for, and nothing in the same messages done right.</summary>
public sealed class OracleTests : OracleRig
{
    [Fact]
    public void A_read_that_returns_an_overwritten_version_is_found() => FindsOnly(new ContentsOracle(Context), "contents",
        oracle => ReadAfterTwoWrites(oracle, returned: 2), oracle => ReadAfterTwoWrites(oracle, returned: 1));

    [Fact]
    public void A_read_that_returns_another_block_is_found() => FindsOnly(new ContentsOracle(Context), "contents",
        oracle => WriteAndRead(oracle, returnedLba: 5), oracle => WriteAndRead(oracle, returnedLba: 6));

    [Fact]
    public void A_read_whose_residual_cannot_be_is_judged_by_what_its_buffer_holds()
    {
        var contents = new ContentsOracle(Context);
        var command = BlockCommand("28", 1);
        See(contents, Client, Port, command);
        BlockPattern.Fill(command.Data.Span, 6, 512, 9);
        See(contents, Port, Client, Good(1) with { Residual = -4096 });
        Assert.Equal("contents", Assert.Single(Context.Findings).Oracle);
    }

    [Fact]
    public void An_aborted_write_may_have_happened_or_not_but_does_not_happen_later()
    {
        var oracle = new ContentsOracle(Context);
        Write(oracle, 1, CommandOutcome.Complete);
        Write(oracle, 2, CommandOutcome.Aborted);
        Read(oracle, 3, writer: 1);
        Assert.Empty(Context.Findings);
        Read(oracle, 4, writer: 2);
        Assert.Single(Context.Findings);
    }

    [Theory]
    [InlineData(512, 1, true)]
    [InlineData(512, 2, false)]
    [InlineData(0, 1, true)]
    [InlineData(0, 2, true)]
    public void A_unit_attention_says_that_nothing_was_written_only_when_no_data_went_over(long residual, int read, bool isLegal)
    {
        var oracle = new ContentsOracle(Context);
        Write(oracle, 1, CommandOutcome.Complete);
        See(oracle, Client, Port, BlockCommand("2A", 2));
        See(oracle, Port, Client, new CommandExecuted(2, CommandOutcome.Complete, ScsiStatus.CheckCondition,
            new SenseData(SenseKey.UnitAttention, new AdditionalSense(0x29, 3)), residual));
        Read(oracle, 3, writer: read);
        Assert.Equal(isLegal, Context.Findings.Count == 0);
    }

    [Fact]
    public void Concurrent_writes_may_end_in_either_order()
    {
        var oracle = new ContentsOracle(Context);
        var (first, second) = (BlockCommand("2A", 1), BlockCommand("2A", 2));
        See(oracle, Client, Port, first);
        See(oracle, Client, Port, second);
        See(oracle, Port, Client, Good(2));
        See(oracle, Port, Client, Good(1));
        Read(oracle, 3, writer: 2);
        Read(oracle, 4, writer: 2);
        Assert.Empty(Context.Findings);
    }

    [Fact]
    public void A_second_answer_is_found() => FindsOnly(new CompletionOracle(Context), "completion",
        oracle =>
        {
            See(oracle, Client, Port, BlockCommand("28", 1));
            See(oracle, Port, Client, Good(1));
        },
        oracle => See(oracle, Port, Client, Good(1)));

    [Fact]
    public void An_answer_after_an_abort_that_was_completed_is_found() => FindsOnly(new CompletionOracle(Context), "completion",
        oracle =>
        {
            See(oracle, Client, Port, BlockCommand("28", 1));
            See(oracle, Client, Port, new ExecuteTaskManagement(2, 0, Lun.Zero, TaskManagementFunction.AbortTask, 1));
            See(oracle, Port, Client, new CommandExecuted(1, CommandOutcome.Aborted, default, null, 0));
            See(oracle, Port, Client, new TaskManagementExecuted(2, ServiceResponse.FunctionComplete));
        },
        oracle =>
        {
            See(oracle, Client, Port, BlockCommand("28", 3));
            See(oracle, Client, Port, new ExecuteTaskManagement(4, 0, Lun.Zero, TaskManagementFunction.AbortTask, 3));
            See(oracle, Port, Client, new TaskManagementExecuted(4, ServiceResponse.FunctionComplete));
        });

    [Fact]
    public void A_residual_that_is_not_what_was_left_is_found() => FindsOnly(new ResidualOracle(Context), "residual",
        oracle =>
        {
            See(oracle, Client, Port, BlockCommand("28", 1));
            See(oracle, Port, Client, Good(1));
        },
        oracle =>
        {
            See(oracle, Client, Port, BlockCommand("28", 2));
            See(oracle, Port, Client, Good(2) with { Residual = 512 });
        });

    [Fact]
    public void Bytes_that_the_logical_unit_miscounts_are_found() => FindsOnly(new ResidualOracle(Context), "residual",
        oracle => Transfer(oracle, 1, counted: 512), oracle => Transfer(oracle, 2, counted: 1024));

    [Fact]
    public void A_check_condition_without_sense_data_is_found() => FindsOnly(new SenseOracle(Context), "sense",
        oracle => Fail(oracle, 1, new SenseData(SenseKey.UnitAttention, new AdditionalSense(0x29, 1))), oracle => Fail(oracle, 2, null));

    [Fact]
    public void Sense_data_that_the_command_cannot_have_is_found() => FindsOnly(new SenseOracle(Context), "sense",
        oracle => Fail(oracle, 1, new SenseData(SenseKey.MediumError, new AdditionalSense(0x11, 0))),
        oracle => Fail(oracle, 2, new SenseData(SenseKey.MediumError, new AdditionalSense(0x0C, 0))));

    [Fact]
    public void An_address_error_inside_the_medium_is_found() => FindsOnly(new SenseOracle(Context), "sense",
        static _ => { }, oracle => Fail(oracle, 1, new SenseData(SenseKey.IllegalRequest, new AdditionalSense(0x21, 0))));

    [Fact]
    public void A_medium_error_without_a_fault_is_found() => FindsOnly(new BlameOracle(Context), "blame",
        static _ => { }, oracle => Fail(oracle, 1, new SenseData(SenseKey.MediumError, new AdditionalSense(0x11, 0))));

    [Fact]
    public void A_command_that_was_aborted_though_nobody_asked_is_found() => FindsOnly(new BlameOracle(Context), "blame",
        oracle =>
        {
            See(oracle, Client, Port, BlockCommand("28", 1));
            See(oracle, Client, Port, new ExecuteTaskManagement(2, 0, Lun.Zero, TaskManagementFunction.LogicalUnitReset));
            See(oracle, Port, Client, new CommandExecuted(1, CommandOutcome.Aborted, default, null, 512));
        },
        oracle =>
        {
            See(oracle, Client, Port, BlockCommand("28", 3) with { Target = 1 });
            See(oracle, Port, Client, new CommandExecuted(3, CommandOutcome.Aborted, default, null, 512));
        });

    [Fact]
    public void A_command_that_overtakes_an_ordered_one_is_found() => FindsOnly(new OrderOracle(Context), "order",
        oracle =>
        {
            Receive(oracle, It, 1, TaskAttribute.Ordered);
            Receive(oracle, It, 2, TaskAttribute.Simple);
            Receive(oracle, It, 3, TaskAttribute.HeadOfQueue);
            Complete(oracle, It, 3);
            Complete(oracle, It, 1);
            Complete(oracle, It, 2);
        },
        oracle =>
        {
            Receive(oracle, It, 4, TaskAttribute.Simple);
            Receive(oracle, It, 5, TaskAttribute.Ordered);
            Complete(oracle, It, 5);
        });

    [Fact]
    public void A_unit_attention_that_is_reported_twice_is_found() => FindsOnly(new UnitAttentionOracle(Context), "unit-attention",
        oracle => Attend(oracle, 1), oracle => Attend(oracle, 2));

    [Fact]
    public void A_unit_attention_that_is_not_reported_is_found() => FindsOnly(new UnitAttentionOracle(Context), "unit-attention",
        static _ => { },
        oracle =>
        {
            Receive(oracle, It, 1);
            Complete(oracle, It, 1);
        });

    [Fact]
    public void A_reservation_that_does_not_hold_is_found() => FindsOnly(new ReservationOracle(Context), "reservation",
        oracle =>
        {
            Receive(oracle, It, 1, cdb: "16 00 00 00 00 00");
            Complete(oracle, It, 1);
            Receive(oracle, Other, 2);
            Complete(oracle, Other, 2, ScsiStatus.ReservationConflict);
        },
        oracle =>
        {
            Receive(oracle, Other, 3);
            Complete(oracle, Other, 3);
        });

    [Fact]
    public void A_conflict_without_a_reservation_is_found() => FindsOnly(new ReservationOracle(Context), "reservation",
        static _ => { },
        oracle =>
        {
            Receive(oracle, It, 1);
            Complete(oracle, It, 1, ScsiStatus.ReservationConflict);
        });

    [Fact]
    public void A_write_that_goes_to_storage_before_its_data_has_come_is_found() => FindsOnly(new WriteOrderOracle(Context), "write-order",
        oracle =>
        {
            See(oracle, Unit, Port, new ReceiveDataOut(Name(It, 1), new TaskId(0, 1), Pool.TryRent(512)!, 0, 512));
            See(oracle, Port, Unit, new DataOutReceived(Name(It, 1), new TaskId(0, 1)));
            See(oracle, Unit, Queue, new AioWrite(new AioId(0, 1), 0, new ScatterGatherList(new byte[512])));
        },
        oracle =>
        {
            See(oracle, Unit, Port, new ReceiveDataOut(Name(It, 2), new TaskId(0, 2), Pool.TryRent(512)!, 0, 512));
            See(oracle, Unit, Queue, new AioWrite(new AioId(0, 2), 0, new ScatterGatherList(new byte[512])));
        });

    [Fact]
    public void A_data_phase_in_the_wrong_direction_is_found() => FindsOnly(new BusOracle(Context), "bus",
        oracle => Present(oracle, 1, isIn: true), oracle => Present(oracle, 2, isIn: false));

    [Fact]
    public void A_buffer_that_does_not_come_back_is_found() => FindsOnly(new BufferOracle(Context), "buffers",
        oracle =>
        {
            See(oracle, Unit, Port, new SendDataIn(Name(It, 1), new TaskId(0, 1), Pool.TryRent(512)!, 0, 512));
            See(oracle, Port, Unit, new DataInDelivered(Name(It, 1), new TaskId(0, 1)));
            oracle.End(TimeSpan.Zero);
        },
        oracle =>
        {
            See(oracle, Unit, Port, new SendDataIn(Name(It, 2), new TaskId(0, 2), Pool.TryRent(512)!, 0, 512));
            oracle.End(TimeSpan.Zero);
        });

    [Fact]
    public void A_command_that_is_never_answered_is_found() => FindsOnly(new LivenessOracle(Context), "liveness",
        oracle =>
        {
            See(oracle, Client, Port, BlockCommand("28", 1));
            See(oracle, Port, Client, Good(1));
            oracle.End(TimeSpan.Zero);
        },
        oracle =>
        {
            See(oracle, Client, Port, BlockCommand("28", 2));
            oracle.End(TimeSpan.Zero);
        });

    [Fact]
    public void An_actor_that_fails_is_found() => FindsOnly(new CrashOracle(Context), "crash",
        static _ => { },
        oracle => See(oracle, "", "client-errors", new Error(new InvalidOperationException("broken"), "/user/scsi/bus", typeof(OracleTests), "broken")));

    private void ReadAfterTwoWrites(Oracle oracle, int returned)
    {
        if (returned == 2)
        {
            Write(oracle, 1, CommandOutcome.Complete);
            Write(oracle, 2, CommandOutcome.Complete);
        }
        Read(oracle, 2 + returned, returned);
    }

    private void WriteAndRead(Oracle oracle, long returnedLba)
    {
        Write(oracle, (int)returnedLba, CommandOutcome.Complete);
        Read(oracle, (int)returnedLba + 10, (int)returnedLba, returnedLba);
    }

    private void Attend(Oracle oracle, ulong tag)
    {
        Receive(oracle, It, tag);
        Complete(oracle, It, tag, ScsiStatus.CheckCondition, new SenseData(SenseKey.UnitAttention, new AdditionalSense(0x29, 1)));
    }

    private void Transfer(Oracle oracle, ulong tag, long counted)
    {
        Receive(oracle, It, tag);
        See(oracle, Unit, Port, new SendDataIn(Name(It, tag), new TaskId(0, (uint)tag), Pool.TryRent(512)!, 0, 512));
        See(oracle, Port, Unit, new DataInDelivered(Name(It, tag), new TaskId(0, (uint)tag)));
        See(oracle, Unit, Port, new SendCommandComplete(Name(It, tag), ScsiStatus.Good, null, counted));
    }

    private void Present(Oracle oracle, ulong tag, bool isIn)
    {
        var buffer = Pool.TryRent(512)!;
        See(oracle, Unit, "bus", new SendDataIn(Name(It, tag), new TaskId(0, (uint)tag), buffer, 0, 512));
        See(oracle, "bus", "adapter", new TargetPhases(1, [isIn ? PhaseStep.DataIn(buffer, 512) : PhaseStep.DataOut(buffer, 512)]));
        See(oracle, "bus", Unit, new DataInDelivered(Name(It, tag), new TaskId(0, (uint)tag)));
    }
}
