using ScsiActors.Messages;

namespace ScsiActors.Host.Copy;

/// <summary>How the pieces of a copy reach the two devices. Both methods throw <see cref="RunFailedException"/>, with the error in words.</summary>
internal interface ICopyPath
{
    /// <summary>Reads or writes one piece.</summary>
    Task TransferAsync(int target, Chunk chunk, bool isWrite, Memory<byte> data, CancellationToken cancellation);

    /// <summary>Brings what was written to stable storage.</summary>
    Task FlushAsync(int target, CancellationToken cancellation);
}
