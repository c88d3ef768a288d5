using ScsiActors.Messages.Scsi;

namespace ScsiActors.Messages;

/// <summary>Names a storage request of one client: a slot that is used again, and the generation that tells a late completion from a current one.
/// The slots of the clients of one request queue are disjoint: whoever builds the clients gives each a range of its own, side by side, because queue and
/// storage keep a table of all of them.</summary>
/// <param name="Slot">The slot, from 0; below 2^20.</param>
/// <param name="Generation">Counts the uses of the slot.</param>
public readonly record struct AioId(int Slot, uint Generation)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Slot}.{Generation}";
}

/// <summary>How a storage request ended. Storage does not speak SCSI: the device server makes sense data of it, virtio a status byte.</summary>
public enum AioResult : byte
{
    /// <summary>Done, all of it.</summary>
    Ok,

    /// <summary>Given up because of an <see cref="AioCancel"/>; for a write, any part of it may have been written.</summary>
    Cancelled,

    /// <summary>The bytes could not be read (EIO, or a file that is shorter than it was).</summary>
    ReadError,

    /// <summary>The bytes could not be written (EIO).</summary>
    WriteError,

    /// <summary>No space left, or over a quota.</summary>
    NoSpace,

    /// <summary>The storage is read-only.</summary>
    ReadOnly,

    /// <summary>The range is outside the storage.</summary>
    OutOfRange,

    /// <summary>The storage cannot be reached: never opened, closed, deleted.</summary>
    Unavailable,

    /// <summary>The storage does not support the request (punching holes, for instance).</summary>
    NotSupported,

    /// <summary>Not taken, because too many requests wait already (<c>request-queue.max-queued</c>); the client may try again later.</summary>
    Busy,
}

/// <summary>A request to storage. It is answered, once, by <see cref="AioCompleted"/> with its <see cref="Id"/>, to the sender.</summary>
/// <param name="Id">The client's name for it.</param>
public abstract record AioRequest(AioId Id);

/// <summary>Reads <c>Data.Length</c> bytes at byte <paramref name="Offset"/> into <paramref name="Data"/>, which is lent until the completion.</summary>
public sealed record AioRead(AioId Id, long Offset, ScatterGatherList Data) : AioRequest(Id);

/// <summary>Writes <c>Data.Length</c> bytes at byte <paramref name="Offset"/> from <paramref name="Data"/>, which is lent until the completion.</summary>
/// <param name="Id">The client's name for it.</param>
/// <param name="Offset">Byte offset.</param>
/// <param name="Data">The bytes.</param>
/// <param name="WriteThrough">True: completed only when the bytes are on stable storage (FUA, or no write cache).</param>
public sealed record AioWrite(AioId Id, long Offset, ScatterGatherList Data, bool WriteThrough = false) : AioRequest(Id)
{
    /// <summary>True: all of it or nothing is on the medium, whatever happens to the power, and after an error too. A simulated disk keeps to that, and so
    /// does memory, which has no power cuts. A file gets it in one request; what a crash leaves of that is up to the file system and the device below.
    /// Other requests are not kept out meanwhile: that is the client's affair.</summary>
    public bool IsAtomic { get; init; }
}

/// <summary>Brings every completed write to stable storage (fsync).</summary>
public sealed record AioFlush(AioId Id) : AioRequest(Id);

/// <summary>Deallocates a range of bytes; it reads as zeroes afterwards.</summary>
public sealed record AioUnmap(AioId Id, long Offset, long Length) : AioRequest(Id);

/// <summary>Asks to give up a request if that is still possible. The request still gets its own single completion, <see cref="AioResult.Cancelled"/>
/// or what it had come to; the cancel itself gets none.</summary>
/// <param name="Id">The request to give up.</param>
public sealed record AioCancel(AioId Id);

/// <summary>The one answer to an <see cref="AioRequest"/>.</summary>
/// <param name="Id">The request.</param>
/// <param name="Result">How it ended.</param>
/// <param name="Bytes">Bytes that were read or written; less than asked only when <paramref name="Result"/> is not Ok. 0 for a flush or an unmap.</param>
public sealed record AioCompleted(AioId Id, AioResult Result, long Bytes);

/// <summary>Asks the storage behind a queue what it is; answered by <see cref="AioOpened"/> as soon as it has been opened, or could not be.</summary>
public sealed record AioOpen
{
    /// <summary>The only instance.</summary>
    public static AioOpen Instance { get; } = new();
}

/// <summary>What the storage is.</summary>
/// <param name="Result">Ok, or why it cannot be used.</param>
/// <param name="Length">Bytes it holds.</param>
/// <param name="IsReadOnly">True when nothing can be written.</param>
/// <param name="CanUnmap">True when <see cref="AioUnmap"/> really deallocates.</param>
/// <param name="Description">For people: what and where it is, or the error in words.</param>
public sealed record AioOpened(AioResult Result, long Length, bool IsReadOnly, bool CanUnmap, string Description);

/// <summary>Asks a request queue to tell when nothing is outstanding any more; answered by <see cref="AioDrained"/>. New requests are not held up.</summary>
public sealed record AioDrain
{
    /// <summary>The only instance.</summary>
    public static AioDrain Instance { get; } = new();
}

/// <summary>The answer to <see cref="AioDrain"/>: everything that was queued before it has completed.</summary>
public sealed record AioDrained
{
    /// <summary>The only instance.</summary>
    public static AioDrained Instance { get; } = new();
}

/// <summary>Storage has stopped and has let go of every buffer: what has not been completed by now never will be. Sent, once, to everybody
/// who asked <see cref="AioOpen"/>.</summary>
public sealed record AioClosed
{
    /// <summary>The only instance.</summary>
    public static AioClosed Instance { get; } = new();
}

/// <summary>Asks storage how busy it is; answered by <see cref="AioInspected"/>, to the sender.</summary>
public sealed record AioInspect
{
    /// <summary>The only instance.</summary>
    public static AioInspect Instance { get; } = new();
}

/// <summary>How busy storage is.</summary>
/// <param name="InFlight">Requests that it has taken and not answered.</param>
/// <param name="Most">The most there were at any moment since the last <see cref="AioInspect"/>.</param>
public sealed record AioInspected(int InFlight, int Most);
