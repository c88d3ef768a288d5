using ScsiActors.Host.Commands;
using ScsiActors.Host.Session;
using ScsiActors.Messages;

namespace ScsiActors.Host.Bench;

/// <summary>Through a driver, an LSI 53C895A, a parallel bus and a logical unit.</summary>
/// <param name="Preset">The adapter's stage of the 2008 patch series.</param>
/// <param name="Title">In the table.</param>
/// <param name="Words">For people.</param>
internal sealed record LsiWay(string Preset, string Title, string Words) : BenchWay(Preset, Title, Words)
{
    /// <inheritdoc/>
    public override bool HasHostAdapter => true;

    /// <inheritdoc/>
    public override async Task<Station> OpenAsync(GlobalOptions options, Device device, int depth, CancellationToken cancellation)
    {
        var session = await SubsystemSession.StartAsync(options, [device], cancellation, AdapterOptions.Settings(Preset, depth));
        try
        {
            if (session.Devices[0].Storage is { Result: not AioResult.Ok } storage)
                throw new RunFailedException(storage.Description);
            var driver = session.HostAdapter.Driver!;
            var initiator = new Initiator(driver);
            // Every initiator is told once of the power-on.
            await initiator.RequireAsync(device.Target, Cdbs.TestUnitReady, DataDirection.None, default, cancellation);
            var capacity = await initiator.ReadCapacityAsync(device.Target, cancellation);
            return await Station.InSessionAsync(session, driver, new ScsiWayIn(device.Target, capacity.BlockLength));
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }
}
