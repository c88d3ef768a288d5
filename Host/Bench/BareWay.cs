using Akka.Actor;
using ScsiActors.Aio;
using ScsiActors.Host.Session;

namespace ScsiActors.Host.Bench;

/// <summary>The letter's bare metal: the same storage through the same aio engine, and no device above it.</summary>
internal sealed record BareWay() : BenchWay(BareName, "bare metal", "the same storage through the same aio engine, no device above it")
{
    /// <inheritdoc/>
    public override bool HasSubsystem => false;

    /// <inheritdoc/>
    public override async Task<Station> OpenAsync(GlobalOptions options, Device device, int depth, CancellationToken cancellation)
    {
        var config = HostConfiguration.Load(options, [device]);
        // As a device of a subsystem reads it: its own section over the common one.
        var settings = AioSettings.From(config.GetConfig($"scsi-actors.targets.{device.Target}.luns.0.aio")!.WithFallback(config.GetConfig("scsi-actors.aio")));
        var system = ActorSystem.Create("scsi-actors", config);
        try
        {
            var storage = system.ActorOf(AioBackendActor.Props(settings).WithDispatcher(ScsiSubsystem.DispatcherId), "storage");
            return await Station.OfStorageAsync(system, storage, new AioWayIn());
        }
        catch
        {
            await system.Terminate();
            throw;
        }
    }
}
