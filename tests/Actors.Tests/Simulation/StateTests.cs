using Akka.Actor;
using Akka.Configuration;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Simulation;
using ScsiActors.Simulation.Campaign;
using ScsiActors.Simulation.Kit;
using Xunit;

namespace ScsiActors.Tests.Simulation;

/// <summary>Every part says what it holds, when it is asked, and nothing changes by that.</summary>
public sealed class StateTests
{
    [Fact]
    public void Asking_every_part_before_every_step_leaves_no_trace_in_a_run()
    {
        foreach (var seed in (ulong[])[3, 6, 8])
        {
            var scenario = ScenarioGenerator.Draw(seed);
            using var run = new ScenarioRun(scenario);
            run.Prepare();
            var (asked, step) = (0, 0);
            run.Stepping = () =>
            {
                if (step++ % 16 == 0)
                    asked += run.World.Actors.Count(actor => run.World.Describe(actor) is not null);
            };
            run.Finish();

            Assert.Equal(ScenarioRun.Run(scenario).Hash, run.Result().Hash);
            Assert.True(asked > 100);
        }
    }

    [Fact]
    public void A_task_set_says_what_each_command_waits_for()
    {
        using var kit = new SimulationKit(new KitOptions().WithDisk());
        var client = kit.Direct();
        var older = client.Read(0, 8);
        _ = client.Write(0, 8, TaskAttribute.Ordered);
        var held = kit.HoldAt(Points.AioCompleted, older);
        kit.ExpectHeld(held);

        var rows = Rows(kit, "target-0-lun-0", "task set");

        Assert.Equal(["Simple", "Enabled"], rows[0].Skip(3).Take(2));
        Assert.StartsWith("storage, request 0.", rows[0][5], StringComparison.Ordinal);
        Assert.Equal(["Ordered", "Dormant"], rows[1].Skip(3).Take(2));
        Assert.StartsWith("the end of Simple ", rows[1][5], StringComparison.Ordinal);
        Assert.Equal("in storage", Assert.Single(Rows(kit, "target-0-lun-0-queue", "requests"))[2]);
        Assert.Empty(Rows(kit, "target-0-lun-0-aio", "requests"));
        Assert.Equal(2, Rows(kit, "direct-port", "commands").Count);
    }

    [Fact]
    public void Driver_adapter_and_bus_know_a_command_that_has_disconnected()
    {
        using var kit = new SimulationKit(new KitOptions().WithAdapter().WithDisk());
        var read = kit.Adapter().Read(0, 8);
        var held = kit.HoldAt(Points.Reselection, read);
        kit.ExpectHeld(held);

        Assert.Equal($"{read.Id}", Assert.Single(Rows(kit, "driver", "commands"))[1]);
        Assert.Equal("running", Assert.Single(Rows(kit, "adapter", "SCRIPTS"))[0]);
        Assert.Matches("^[0-9A-F]{8}$", Assert.Single(Rows(kit, "adapter", "registers"))[0]);
        Assert.Single(Rows(kit, "bus", "commands"));
    }

    [Fact]
    public void A_live_subsystem_names_its_parts_and_each_of_them_answers()
    {
        using var world = new SimulatedWorld(new SimulationOptions(1));
        var probe = world.Probe();
        var subsystem = world.System.ActorOf(ScsiSubsystem.Props(ConfigurationFactory.ParseString("scsi-actors.aio { backend = memory, size = 1 MiB }")), "scsi");
        _ = probe.Ask<ScsiSubsystem.SubsystemReady>(subsystem, ScsiSubsystem.GetReady.Instance, TimeSpan.FromSeconds(1));

        var parts = Assert.Single(probe.Ask<StateDescribed>(subsystem, DescribeState.Instance, TimeSpan.FromSeconds(1)).Tables);

        Assert.Contains(parts.Rows, static row => row[0] == "target-0-lun-0");
        List<string> titles = [.. Enumerable.Range(0, 4).SelectMany(_ => probe.Expect<StateDescribed>(TimeSpan.FromSeconds(1)).Tables).Select(static table => table.Title)];
        Assert.Contains("task set", titles);
        Assert.Contains("queue", titles);
        Assert.Contains("storage", titles);
    }

    private static IReadOnlyList<IReadOnlyList<string>> Rows(SimulationKit kit, string part, string table)
    {
        var actor = kit.World.Actors.Single(actor => actor.Path.Name == part);
        return kit.World.Describe(actor)!.Tables.Single(one => one.Title == table).Rows;
    }
}
