using ScsiActors.Host.Session;
using ScsiActors.Messages;

namespace ScsiActors.Host.Copy;

/// <summary>Commands to logical units, in the form and with the attribute of each piece.</summary>
/// <param name="initiator">Sends them.</param>
internal sealed class ScsiPath(Initiator initiator) : ICopyPath
{
    /// <inheritdoc/>
    public Task TransferAsync(int target, Chunk chunk, bool isWrite, Memory<byte> data, CancellationToken cancellation) =>
        initiator.RequireAsync(target, Cdbs.Transfer(isWrite, chunk.Form, chunk.Block, chunk.Blocks),
            isWrite ? DataDirection.Out : DataDirection.In, data, cancellation, chunk.Attribute);

    /// <inheritdoc/>
    public Task FlushAsync(int target, CancellationToken cancellation) =>
        initiator.RequireAsync(target, Cdbs.SynchronizeCache, DataDirection.None, default, cancellation);
}
