using Akka.Actor;
using ScsiActors.Faults;
using ScsiActors.Messages;
using Xunit;

namespace ScsiActors.Tests.Simulation;

/// <summary>Whatever faults make of the messages, no actor falls over: a message that makes no sense to it is dropped.</summary>
public sealed class FaultStormTests
{
    private const int Commands = 120;

    private static readonly string[] Actors = ["bus", "adapter", "driver", "direct-port", "target-0", "target-0-lun-0", "target-0-lun-0-queue", "target-0-lun-0-aio"];

    // Every kind of fault that has messages come twice, late, in another order, for others, or not at all.
    private static readonly (string Where, string What)[] Kinds =
    [
        ("driver", "duplicate"), ("driver", "{ do = late, by = 2 ms }"), ("driver", "never"),
        ("register", "duplicate"), ("register", "{ do = late, by = 2 ms }"),
        ("bus", "{ do = late, by = 2 ms }"), ("bus", "{ do = reordered, behind = 2 }"), ("bus", "wrong-tag"), ("bus", "message-error"), ("bus", "parity-error"),
        ("bus", "unexpected-disconnect"), ("bus", "{ do = unexpected-disconnect, at-reselection = on }"), ("bus", "bus-reset"), ("bus", "never"),
        ("bus", "{ do = unplug, for = 3 ms }"), ("selection", "selection-timeout"),
        ("task-set", "busy"), ("task-set", "never"), ("task-set", "{ do = late, by = 2 ms }"), ("task-set", "logical-unit-reset"), ("task-set", "target-reset"),
        ("logical-unit", "duplicate"), ("logical-unit", "{ do = duplicate, by = 2 ms }"), ("logical-unit", "wrong-tag"),
        ("logical-unit", "{ do = wrong-tag, another = on }"), ("logical-unit", "never"), ("logical-unit", "{ do = reordered, behind = 2 }"),
        ("logical-unit", "abort-fails"), ("logical-unit", "{ do = short-transfer, bytes = 100 }"),
        ("aio", "duplicate"), ("aio", "{ do = duplicate, by = 2 ms }"), ("aio", "wrong-tag"), ("aio", "{ do = reordered, behind = 2 }"),
        ("aio", "{ do = late, by = 2 ms }"), ("aio", "never"), ("aio", "medium-error"), ("aio", "abort-fails"), ("aio", "{ do = unplug, for = 3 ms }"),
        ("disk", "{ do = power-cut, for = 3 ms }"), ("disk", "medium-error"), ("disk", "torn-write"),
    ];

    public static TheoryData<ulong> Seeds => [.. Enumerable.Range(1, 60).Select(static seed => (ulong)seed)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void No_actor_falls_over(ulong seed)
    {
        var random = new ScsiActors.Simulation.RandomStream(seed, "storm");
        var chosen = Enumerable.Range(0, 4).Select(_ => Kinds[(int)random.Below(Kinds.Length)]).ToList();
        using var world = new FaultWorld(string.Join('\n', chosen.Select(static (kind, i) => $"r{i} {{ where = {kind.Where}, when.probability = 0.1\nwhat = {kind.What} }}"
            .Replace("what = {", "what {", StringComparison.Ordinal))), random.Chance(0.7)
            ? "scsi-actors { aio { backend = simulated, size = 2 MiB\nsimulated.write-cache = 64 KiB }\nhost-adapter.model = lsi53c895a }"
            : FullConfig, seed);
        var last = new Queue<ExecuteCommand>();
        for (var i = 0; i < Commands; i++)
        {
            var data = new byte[512 << (int)random.Below(5)];
            last.Enqueue(world.Send(random.Chance(0.5) ? world.Read((int)random.Below(3000), data) : world.Write((int)random.Below(3000), data)));
            if (random.Chance(0.1))
                world.SendFunction(random.Pick<TaskManagementFunction>([TaskManagementFunction.AbortTask, TaskManagementFunction.AbortTaskSet,
                    TaskManagementFunction.ClearTaskSet, TaskManagementFunction.LogicalUnitReset, TaskManagementFunction.TargetReset]), last.Dequeue().Id);
            world.World.Advance(TimeSpan.FromMicroseconds(random.Below(500)));
        }
        world.World.Advance(TimeSpan.FromSeconds(30));

        Assert.False(world.IsAlive("nobody"));
        var faults = string.Join(", ", chosen.Select(static kind => $"{kind.Where} {kind.What}"));
        foreach (var actor in Actors)
            Assert.True(world.IsAlive(actor), $"seed {seed}: {actor} has stopped under {faults}\n{world.Faults.Ledger.ToText()}");
    }

    private const string FullConfig = "scsi-actors { aio { backend = simulated, size = 2 MiB }\nhost-adapter { model = lsi53c895a, preset = no-patch }\n"
        + "logical-unit { transfer-buffer = 4 KiB } }";
}
