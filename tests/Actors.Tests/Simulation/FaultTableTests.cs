using ScsiActors.Faults;
using ScsiActors.Messages;
using Xunit;

namespace ScsiActors.Tests.Simulation;

/// <summary>Every row of the table, at each of its places and on each message it names there, acts on the same ordinary work, and is got over.</summary>
public sealed class FaultTableTests
{
    private const string Disk = "aio { backend = simulated, size = 1 MiB\nsimulated { write-cache = 64 KiB, read-latency = 1 ms, write-latency = 1 ms } }";
    private const string Direct = $"scsi-actors {{ {Disk} }}";
    private const string Adapter = $"scsi-actors {{ {Disk}\nhost-adapter.model = lsi53c895a }}";

    private static readonly string[] Actors = ["direct-port", "target-0", "target-0-lun-0", "target-0-lun-0-queue", "target-0-lun-0-aio"];
    private static readonly string[] OnBus = ["driver", "adapter", "bus"];
    private static readonly FaultWhere[] NeedBus = [FaultWhere.Register, FaultWhere.Selection, FaultWhere.Bus, FaultWhere.Message, FaultWhere.Scripts];

    // What the kinds must be told.
    private static readonly Dictionary<string, string> Needed = new()
    {
        ["status!"] = "status = busy", ["by!"] = "by = 1 ms", ["behind!"] = "behind = 1", ["bytes!"] = "bytes = 512", ["factor!"] = "factor = 20",
        ["for!"] = "for = 5 ms", ["of!"] = "of = device",
    };

    public static TheoryData<FaultWhat, FaultWhere, FaultPoint, bool> All
    {
        get
        {
            var all = new TheoryData<FaultWhat, FaultWhere, FaultPoint, bool>();
            foreach (var row in FaultTable.Rows)
            {
                foreach (var stand in row.Stands)
                {
                    foreach (var point in stand.Points)
                    {
                        all.Add(row.What, stand.Where, point, true);
                        if (!NeedBus.Contains(stand.Where))
                            all.Add(row.What, stand.Where, point, false);
                    }
                }
            }
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_row_acts(FaultWhat what, FaultWhere where, FaultPoint point, bool isOnBus)
    {
        var row = FaultTable.Of(what);
        var needed = string.Join('\n', row.Parameters.Where(static name => name.EndsWith('!')).Select(static name => Needed[name]));
        using var world = new FaultWorld(
            $"row {{ where = {FaultNames.Of(where)}\nwhen.event = {FaultNames.Of(point)}\nwhat {{ do = {FaultNames.Of(what)}\n{needed} }}\ntimes = 1 }}",
            isOnBus ? Adapter : Direct);

        Work(world);

        var injection = world.Injection;
        Assert.Contains($"{FaultNames.Of(what)} at {FaultNames.Of(where)}", world.Faults.Report());
        Assert.True(injection.IsNoticed || row.NoticedBy[..6] != "client", $"nobody noticed:\n{world.Faults.Report()}");
        foreach (var actor in isOnBus ? [.. Actors, .. OnBus] : Actors)
            Assert.True(world.IsAlive(actor), $"{actor} has stopped");
    }

    // Writes, reads, a flush, and an abort of what is under way.
    private static void Work(FaultWorld world)
    {
        for (var i = 0; i < 4; i++)
            world.Send(world.Write(i * 8, FaultWorld.Pattern(4, i + 1)));
        world.World.Advance(TimeSpan.FromMilliseconds(1));
        world.Send(world.Command(0x35));
        world.World.Advance(TimeSpan.FromMilliseconds(50));
        for (var i = 0; i < 4; i++)
            world.Send(world.Read(i * 8, new byte[2048]));
        world.Send(world.Command(0x00));
        world.World.Advance(TimeSpan.FromMilliseconds(50));
        var aborted = world.Send(world.Read(100, new byte[2048]));
        world.World.Advance(TimeSpan.FromMicroseconds(500));
        world.SendFunction(TaskManagementFunction.AbortTask, aborted.Id);
        world.World.Advance(TimeSpan.FromSeconds(2));
        world.Send(world.Command(0x00));
        world.World.Advance(TimeSpan.FromSeconds(2));
    }
}
