using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using ScsiActors.Host.Output;
using ScsiActors.Simulation;

namespace ScsiActors.Host.Simulate;

/// <summary>How fast virtual time is: one logical unit, 16 KiB transfers at depth 16, no oracles, no journal.</summary>
internal static class SpeedRun
{
    private const int Depth = 16;
    private const long DiskLength = 64 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(2);

    /// <summary>The disks: name, latency in milliseconds, lanes, the virtual time of one step of the measurement.</summary>
    private static readonly (string Name, string Latency, int Lanes, TimeSpan Step)[] Disks =
    [
        ("disk that rotates, 8 ms", "8 ms", 1, TimeSpan.FromSeconds(10)),
        ("flash, 0.1 ms, 16 lanes", "0.1 ms", 16, TimeSpan.FromMilliseconds(20)),
    ];

    /// <summary>Measures and prints.</summary>
    public static int Tell()
    {
        foreach (var (name, latency, lanes, step) in Disks)
        {
            var (simulated, transfers, seconds) = Measure(latency, lanes, step);
            Screen.Line(FormattableString.Invariant(
                $"{name,-26} {simulated / seconds,10:N0} simulated s per s   {transfers / seconds,10:N0} simulated I/Os per s"));
        }
        return ExitCode.Ok;
    }

    private static (double Simulated, long Transfers, double Seconds) Measure(string latency, int lanes, TimeSpan step)
    {
        using var world = new SimulatedWorld(new SimulationOptions(1));
        var config = ConfigurationFactory.ParseString($$"""
            scsi-actors.aio {
              backend = simulated
              size = {{DiskLength}} B
              simulated { contents = forget, read-latency = {{latency}}, write-latency = {{latency}}, lanes = {{lanes}}, coalesce-limit = 0 }
            }
            """);
        var probe = world.Probe();
        var subsystem = world.System.ActorOf(ScsiSubsystem.Props(config), "scsi");
        _ = probe.Ask<ScsiSubsystem.SubsystemReady>(subsystem, ScsiSubsystem.GetReady.Instance, Patience);
        var port = probe.Ask<ScsiSubsystem.DirectPort>(subsystem, ScsiSubsystem.GetDirectPort.Instance, Patience).Port;
        var client = world.System.ActorOf(SpeedClientActor.Props(port, world.Random["load"], Depth, DiskLength), "client");
        var counter = new SpeedClientActor.Counter();
        client.Tell(counter, ActorRefs.NoSender);
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < WarmUp;)
            world.Advance(step);
        var (before, start) = (counter.Good, world.Now);
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < Measured)
            world.Advance(step);
        return ((world.Now - start).TotalSeconds, counter.Good - before, watch.Elapsed.TotalSeconds);
    }
}
