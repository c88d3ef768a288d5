using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Simulation.Campaign;
using Xunit;

namespace ScsiActors.Tests.Simulation;

/// <summary>The oracles that know task sets, modes, media and functions: each finds what it is there for, and nothing in the same messages done right.</summary>
public sealed class UnitOracleTests : OracleRig
{
    private const string WriteTen = "2A 00 00 00 00 05 00 00 01 00";
    private const string ReadWithNaca = "28 00 00 00 00 05 00 00 01 04";
    private const string Bus = "bus";
    private const string Adapter = "client-adapter-0";

    private static readonly SenseData Reset = new(SenseKey.UnitAttention, new AdditionalSense(0x29, 1));
    private static readonly SenseData ModeChanged = new(SenseKey.UnitAttention, new AdditionalSense(0x2A, 1));
    private static readonly SenseData WriteProtected = new(SenseKey.DataProtect, new AdditionalSense(0x27, 0));
    private static readonly SenseData InvalidField = new(SenseKey.IllegalRequest, new AdditionalSense(0x24, 0));

    [Fact]
    public void A_task_attribute_that_changes_on_its_way_is_found() => FindsOnly(new DeliveryOracle(Context), "delivery",
        oracle => Send(oracle, 1, TaskAttribute.Ordered), oracle => Send(oracle, 2, TaskAttribute.Ordered, sent: TaskAttribute.Simple));

    [Fact]
    public void A_cdb_that_changes_between_port_and_logical_unit_is_found() => FindsOnly(new DeliveryOracle(Context), "delivery",
        oracle => Send(oracle, 1), oracle => Send(oracle, 2, arrives: "28 00 00 00 00 06 00 00 01 00"));

    [Fact]
    public void A_command_that_nobody_asked_for_is_found() => FindsOnly(new DeliveryOracle(Context), "delivery",
        oracle => Send(oracle, 1), oracle => See(oracle, Port, "target-0", Command(Name(It, 2), WriteTen)));

    [Fact]
    public void A_preset_of_2008_takes_every_tag_for_simple()
    {
        var context = new OracleContext(new Scenario { Preset = "patches-1-4" });
        var oracle = new DeliveryOracle(context);
        Observed[] seen =
        [
            new(default, Adapter, "driver", new ExecuteCommand(1, 0, Lun.Zero, Cdb.Parse(Bytes(WriteTen)), DataDirection.Out, new byte[512], TaskAttribute.Ordered)),
            new(default, Bus, "target-0", Command(Name(Other, 1), WriteTen)),
            new(default, Bus, Unit, Command(Name(Other, 1), WriteTen)),
        ];
        foreach (var one in seen)
        {
            context.Watch.Observe(one);
            oracle.Observe(one);
        }
        Assert.Empty(context.Findings);
    }

    [Fact]
    public void A_mode_change_that_another_has_asked_for_may_be_reported_to_a_nexus_that_came_afterwards() => FindsOnly(new UnitAttentionOracle(Context), "unit-attention",
        oracle =>
        {
            Receive(oracle, It, 1, cdb: "15 10 00 00 18 00");
            Receive(oracle, Other, 1);
            Complete(oracle, Other, 1, ScsiStatus.CheckCondition, Reset);
            Receive(oracle, Other, 2);
            Complete(oracle, Other, 2, ScsiStatus.CheckCondition, ModeChanged);
            Complete(oracle, It, 1, ScsiStatus.CheckCondition, InvalidField);
        },
        oracle =>
        {
            Receive(oracle, new ItNexus(5, 0), 1);
            Complete(oracle, new ItNexus(5, 0), 1, ScsiStatus.CheckCondition, ModeChanged);
        });

    [Fact]
    public void Order_is_judged_by_what_the_client_asked_for() => FindsOnly(new OrderOracle(Context), "order",
        oracle =>
        {
            Send(oracle, 1);
            Send(oracle, 2);
            Complete(oracle, It, 2);
            Complete(oracle, It, 1);
        },
        oracle =>
        {
            Send(oracle, 3);
            Send(oracle, 4, TaskAttribute.Ordered, sent: TaskAttribute.Simple);
            Complete(oracle, It, 4);
        });

    [Fact]
    public void With_a_task_set_for_each_nexus_only_its_own_commands_are_in_order()
    {
        var oracle = new OrderOracle(Context);
        SelectControl(oracle, 1, tst: 0x20);
        Receive(oracle, Other, 2);
        Receive(oracle, It, 3, TaskAttribute.Ordered);
        Complete(oracle, It, 3);
        Assert.Empty(Context.Findings);
        Receive(oracle, Other, 4, TaskAttribute.Ordered);
        Complete(oracle, Other, 4);
        Assert.Single(Context.Findings);
    }

    [Fact]
    public void An_abort_that_is_answered_as_rejected_is_found() => FindsOnly(new TaskManagementOracle(Context), "task-management",
        oracle => Manage(oracle, 1, ServiceResponse.FunctionComplete), oracle => Manage(oracle, 2, ServiceResponse.FunctionRejected));

    [Fact]
    public void A_function_that_its_client_hears_failed_is_found() => FindsOnly(new TaskManagementOracle(Context), "task-management",
        oracle => AskFunction(oracle, 1, TaskManagementFunction.LogicalUnitReset, ServiceResponse.FunctionComplete),
        oracle => AskFunction(oracle, 2, TaskManagementFunction.LogicalUnitReset, ServiceResponse.ServiceDeliveryOrTargetFailure));

    [Fact]
    public void A_query_that_finds_a_command_which_is_not_there_is_found() => FindsOnly(new TaskManagementOracle(Context), "task-management",
        oracle =>
        {
            Receive(oracle, It, 1);
            Manage(oracle, 1, ServiceResponse.FunctionSucceeded, TaskManagementFunction.QueryTask);
        },
        oracle => Manage(oracle, 2, ServiceResponse.FunctionSucceeded, TaskManagementFunction.QueryTask));

    [Fact]
    public void A_write_to_a_protected_medium_that_ends_otherwise_is_found() => FindsOnly(new ProtectionOracle(Context), "protection",
        oracle =>
        {
            See(oracle, Queue, Unit, new AioOpened(AioResult.Ok, 64 * 512, IsReadOnly: true, CanUnmap: false, ""));
            Receive(oracle, It, 1, cdb: WriteTen);
            Complete(oracle, It, 1, ScsiStatus.CheckCondition, WriteProtected);
        },
        oracle =>
        {
            Receive(oracle, It, 2, cdb: WriteTen);
            Complete(oracle, It, 2, ScsiStatus.CheckCondition, InvalidField);
            Receive(oracle, It, 3, cdb: WriteTen);
            Complete(oracle, It, 3);
        });

    [Fact]
    public void Software_write_protection_is_followed() => FindsOnly(new ProtectionOracle(Context), "protection",
        oracle =>
        {
            SelectControl(oracle, 1, swp: 0x08);
            Receive(oracle, It, 2, cdb: WriteTen);
            Complete(oracle, It, 2, ScsiStatus.CheckCondition, WriteProtected);
            ResetUnit(oracle);
            Receive(oracle, It, 3, cdb: WriteTen);
            Complete(oracle, It, 3);
        },
        oracle =>
        {
            Receive(oracle, It, 4, cdb: WriteTen);
            Complete(oracle, It, 4, ScsiStatus.CheckCondition, WriteProtected);
        });

    [Fact]
    public void An_eject_that_somebody_prevents_is_found() => FindsOnly(new MediumOracle(Context), "medium",
        oracle =>
        {
            Execute(oracle, 1, "1E 00 00 00 01 00");
            Execute(oracle, 2, "1B 00 00 00 02 00", ScsiStatus.CheckCondition, new SenseData(SenseKey.IllegalRequest, new AdditionalSense(0x53, 2)));
            Execute(oracle, 3, "1E 00 00 00 00 00");
            Execute(oracle, 4, "1B 00 00 00 02 00");
            Execute(oracle, 5, "1B 00 00 00 03 00");
            Execute(oracle, 6, "1E 00 00 00 01 00");
        },
        oracle => Execute(oracle, 7, "1B 00 00 00 02 00"));

    [Fact]
    public void A_command_that_is_executed_without_a_medium_is_found() => FindsOnly(new MediumOracle(Context), "medium",
        oracle =>
        {
            Execute(oracle, 1, "1B 00 00 00 02 00");
            Execute(oracle, 2, "00 00 00 00 00 00", ScsiStatus.CheckCondition, new SenseData(SenseKey.NotReady, new AdditionalSense(0x3A, 0)));
            Execute(oracle, 3, "1B 00 00 00 03 00");
            Execute(oracle, 4, "00 00 00 00 00 00");
            Execute(oracle, 5, "1B 00 00 00 02 00");
        },
        oracle => Execute(oracle, 6, "28 00 00 00 00 05 00 00 01 00"));

    [Fact]
    public void A_command_that_outlives_a_bus_reset_is_found() => FindsOnly(new BusResetOracle(Context), "bus-reset",
        oracle =>
        {
            Receive(oracle, Other, 1);
            See(oracle, Bus, "target-0", new ServiceDeliveryEventOccurred(ServiceDeliveryEvent.HardReset, Other, 1));
            See(oracle, Unit, Bus, new CommandAborted(Name(Other, 1)));
            See(oracle, "target-0", Bus, new ServiceDeliveryEventHandled(1));
        },
        oracle =>
        {
            Receive(oracle, Other, 2);
            See(oracle, Bus, "target-0", new ServiceDeliveryEventOccurred(ServiceDeliveryEvent.HardReset, Other, 2));
            See(oracle, "target-0", Bus, new ServiceDeliveryEventHandled(2));
        });

    [Fact]
    public void A_command_that_is_executed_under_an_auto_contingent_allegiance_is_found() => FindsOnly(new AcaOracle(Context), "aca",
        oracle =>
        {
            Execute(oracle, 1, ReadWithNaca, ScsiStatus.CheckCondition, Reset);
            Execute(oracle, 2, ReadWithNaca, ScsiStatus.AcaActive);
            Receive(oracle, It, 3, TaskAttribute.Aca);
            Complete(oracle, It, 3);
            Manage(oracle, 0, ServiceResponse.FunctionComplete, TaskManagementFunction.ClearAca);
            Execute(oracle, 4, ReadWithNaca);
            Execute(oracle, 5, ReadWithNaca, ScsiStatus.CheckCondition, Reset);
        },
        oracle => Execute(oracle, 6, ReadWithNaca));

    [Fact]
    public void Aca_active_without_an_allegiance_is_found() => FindsOnly(new AcaOracle(Context), "aca",
        oracle => Execute(oracle, 1, ReadWithNaca), oracle => Execute(oracle, 2, ReadWithNaca, ScsiStatus.AcaActive));

    [Theory]
    [InlineData(0x02, true, true)]
    [InlineData(0x06, true, false)]
    [InlineData(0x00, false, false)]
    public void What_qerr_aborts_and_nothing_else_ends_without_a_status(byte qErr, bool own, bool others)
    {
        var oracle = new TaskSetOracle(Context);
        SelectControl(oracle, 1, qErr: qErr);
        Receive(oracle, It, 2);
        Receive(oracle, Other, 3);
        Receive(oracle, It, 4);
        Complete(oracle, It, 4, ScsiStatus.CheckCondition, Reset);
        End(oracle, It, 2, own);
        End(oracle, Other, 3, others);
        Assert.Empty(Context.Findings);
        Receive(oracle, It, 5);
        Receive(oracle, Other, 6);
        Receive(oracle, It, 7);
        Complete(oracle, It, 7, ScsiStatus.CheckCondition, Reset);
        End(oracle, It, 5, !own);
        End(oracle, Other, 6, !others);
        Assert.Equal(2, Context.Findings.Count);
        Assert.All(Context.Findings, static finding => Assert.Equal("task-set", finding.Oracle));
    }

    [Fact]
    public void With_tas_a_cleared_command_of_another_nexus_that_ends_without_a_status_is_found() => FindsOnly(new TaskSetOracle(Context), "task-set",
        oracle =>
        {
            SelectControl(oracle, 1, tas: 0x40);
            Receive(oracle, It, 2);
            Receive(oracle, Other, 3);
            See(oracle, "target-0", Unit, new TaskManagementRequestReceived(Name(It, 0), TaskManagementFunction.ClearTaskSet, 1));
            End(oracle, It, 2, isAborted: true);
            Complete(oracle, Other, 3, ScsiStatus.TaskAborted);
        },
        oracle =>
        {
            Receive(oracle, Other, 4);
            See(oracle, "target-0", Unit, new TaskManagementRequestReceived(Name(It, 0), TaskManagementFunction.ClearTaskSet, 2));
            End(oracle, Other, 4, isAborted: true);
        });

    [Fact]
    public void With_a_task_set_for_each_nexus_a_clear_that_reaches_another_is_found() => FindsOnly(new TaskSetOracle(Context), "task-set",
        oracle =>
        {
            SelectControl(oracle, 1, tst: 0x20);
            Receive(oracle, It, 2);
            Receive(oracle, Other, 3);
            See(oracle, "target-0", Unit, new TaskManagementRequestReceived(Name(It, 0), TaskManagementFunction.ClearTaskSet, 1));
            End(oracle, It, 2, isAborted: true);
        },
        oracle => End(oracle, Other, 3, isAborted: true));

    private void Send(Oracle oracle, int id, TaskAttribute attribute = TaskAttribute.Simple, TaskAttribute? sent = null, string? arrives = null)
    {
        var nexus = Name(It, (ulong)id);
        See(oracle, Client, Port, new ExecuteCommand((ulong)id, 0, Lun.Zero, Cdb.Parse(Bytes(WriteTen)), DataDirection.Out, new byte[512], attribute));
        See(oracle, Port, "target-0", Command(nexus, WriteTen, sent ?? attribute));
        See(oracle, Port, Unit, Command(nexus, arrives ?? WriteTen, sent ?? attribute));
    }

    private void SelectControl(Oracle oracle, int id, byte tst = 0, byte qErr = 0, byte swp = 0, byte tas = 0)
    {
        const string Cdb6 = "15 10 00 00 10 00";
        var list = Bytes($"000000000A0A{tst:X2}{0x10 | qErr:X2}{swp:X2}{tas:X2}0000FFFF0000");
        See(oracle, Client, Port, new ExecuteCommand((ulong)id, 0, Lun.Zero, Cdb.Parse(Bytes(Cdb6)), DataDirection.Out, list));
        See(oracle, Port, "target-0", Command(Name(It, (ulong)id), Cdb6));
        See(oracle, Port, Unit, Command(Name(It, (ulong)id), Cdb6));
        Complete(oracle, It, (ulong)id);
    }

    private void Execute(Oracle oracle, ulong tag, string cdb, ScsiStatus status = ScsiStatus.Good, SenseData? sense = null)
    {
        Receive(oracle, It, tag, cdb: cdb);
        Complete(oracle, It, tag, status, sense);
    }

    private void End(Oracle oracle, ItNexus it, ulong tag, bool isAborted)
    {
        if (isAborted)
            See(oracle, Unit, Port, new CommandAborted(Name(it, tag)));
        else
            Complete(oracle, it, tag);
    }

    private void Manage(Oracle oracle, ulong tag, ServiceResponse response, TaskManagementFunction function = TaskManagementFunction.AbortTask)
    {
        See(oracle, Port, Unit, new TaskManagementRequestReceived(Name(It, tag), function, tag));
        See(oracle, Unit, Port, new TaskManagementFunctionExecuted(Name(It, tag), function, tag, response));
    }

    private void ResetUnit(Oracle oracle) => Manage(oracle, 0, ServiceResponse.FunctionComplete, TaskManagementFunction.LogicalUnitReset);

    private void AskFunction(Oracle oracle, ulong id, TaskManagementFunction function, ServiceResponse response)
    {
        See(oracle, Client, Port, new ExecuteTaskManagement(id, 0, Lun.Zero, function));
        See(oracle, Port, Client, new TaskManagementExecuted(id, response));
    }

    private static ScsiCommandReceived Command(ItlqNexus nexus, string cdb, TaskAttribute attribute = TaskAttribute.Simple) =>
        new(nexus, Cdb.Parse(Bytes(cdb)), attribute, 0, 512);

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
