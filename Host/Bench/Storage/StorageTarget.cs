using Akka.Actor;
using ScsiActors.Host.Session;

namespace ScsiActors.Host.Bench.Storage;

/// <summary>A backend behind its logical unit.</summary>
/// <param name="Backend">The backend.</param>
/// <param name="Number">The target's number.</param>
/// <param name="Capacity">What READ CAPACITY told.</param>
internal sealed record StorageTarget(StorageKind Backend, int Number, Capacity Capacity)
{
    private const int FillLength = 64 << 10;

    /// <summary>How reads and writes are told to it.</summary>
    public IWayIn Way { get; } = new ScsiWayIn(Number, Capacity.BlockLength);

    /// <summary>Asks a target for its capacity.</summary>
    public static async Task<StorageTarget> OpenAsync(
        Initiator initiator, StorageKind backend, int number, CancellationToken cancellation) =>
        new(backend, number, await initiator.ReadCapacityAsync(number, cancellation));

    /// <summary>Writes all of it once.</summary>
    public async Task FillAsync(IActorRef port, ulong seed, CancellationToken cancellation)
    {
        var client = new WayClient(port, Way);
        var data = new byte[FillLength];
        Noise.Fill(data, seed);
        for (long at = 0; at < Capacity.Bytes; at += FillLength)
            await client.MoveAsync(0, isWrite: true, at, data.AsMemory(0, (int)Math.Min(FillLength, Capacity.Bytes - at)), cancellation);
    }

    /// <summary>Runs an <see cref="IntegrityCheck"/>; returns the bytes that were compared.</summary>
    /// <exception cref="RunFailedException">A command failed, or a block is not what was written.</exception>
    public async Task<long> VerifyAsync(IActorRef port, ulong seed, CancellationToken cancellation)
    {
        try
        {
            return await new IntegrityCheck(new WayClient(port, Way), Capacity.Bytes, seed).RunAsync(cancellation);
        }
        catch (RunFailedException error)
        {
            throw new RunFailedException($"{Backend.Name}: {error.Message}");
        }
    }
}
