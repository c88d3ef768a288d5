using ScsiActors.Host.Session;
using ScsiActors.Messages;

namespace ScsiActors.Host.Bench;

/// <summary>A backend behind its logical unit.</summary>
/// <param name="Backend">The backend.</param>
/// <param name="Number">The target's number.</param>
/// <param name="Capacity">What READ CAPACITY told.</param>
internal sealed record BenchTarget(BenchBackend Backend, int Number, Capacity Capacity)
{
    private const int FillLength = 64 << 10;

    /// <summary>Asks a target for its capacity.</summary>
    public static async Task<BenchTarget> OpenAsync(
        Initiator initiator, BenchBackend backend, int number, CancellationToken cancellation) =>
        new(backend, number, await initiator.ReadCapacityAsync(number, cancellation));

    /// <summary>Writes all of it once.</summary>
    public async Task FillAsync(Initiator initiator, ulong seed, CancellationToken cancellation)
    {
        var data = new byte[FillLength];
        Noise.Fill(data, seed);
        for (long at = 0; at < Capacity.Bytes; at += FillLength)
        {
            var length = (int)Math.Min(FillLength, Capacity.Bytes - at);
            var write = Cdbs.Transfer(isWrite: true, at / Capacity.BlockLength, length / Capacity.BlockLength);
            await initiator.RequireAsync(Number, write, DataDirection.Out, data.AsMemory(0, length), cancellation);
        }
    }

    /// <summary>Runs an <see cref="IntegrityCheck"/>; returns the bytes that were compared.</summary>
    /// <exception cref="RunFailedException">A command failed, or a block is not what was written.</exception>
    public async Task<long> VerifyAsync(Initiator initiator, ulong seed, CancellationToken cancellation)
    {
        var check = new IntegrityCheck(initiator, Number, Capacity, seed);
        try
        {
            await check.RunAsync(cancellation);
            return check.BytesCompared;
        }
        catch (RunFailedException error)
        {
            throw new RunFailedException($"{Backend.Name}: {error.Message}");
        }
    }
}
