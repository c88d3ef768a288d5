namespace ScsiActors.Host.Bench;

/// <summary>The messages in which one way to storage takes reads and writes: what a load generator has to know of it, and all it knows.</summary>
internal interface IWayIn
{
    /// <summary>How often the way's actor is to be asked "are you there" until a request that was sent before has been handed on: once for a driver, which rings
    /// its doorbell at once; twice for storage, which hands a batch to the kernel after the messages that wait with it.</summary>
    int Fences { get; }

    /// <summary>A read or a write.</summary>
    /// <param name="slot">Which of the outstanding ones, from 0; it is used again after the answer.</param>
    /// <param name="isWrite">A write, else a read.</param>
    /// <param name="offset">Bytes from the start of the disk, a number of whole blocks.</param>
    /// <param name="data">The bytes, lent until the answer.</param>
    object Request(int slot, bool isWrite, long offset, Memory<byte> data);

    /// <summary>Takes an answer apart; false when the message is none.</summary>
    bool TryRead(object message, out WayAnswer answer);
}

/// <summary>The answer to a read or a write.</summary>
/// <param name="Slot">As in the request.</param>
/// <param name="Error">What went wrong, in words; null when nothing did.</param>
internal readonly record struct WayAnswer(int Slot, string? Error);
