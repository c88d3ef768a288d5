namespace ScsiActors.Messages;

/// <summary>What a block device is asked to do.</summary>
public enum BlockOperation : byte
{
    /// <summary>Reads into the client's buffer.</summary>
    Read,

    /// <summary>Writes from the client's buffer.</summary>
    Write,

    /// <summary>Brings every completed write to stable storage.</summary>
    Flush,

    /// <summary>Gives a range back; what it reads as afterwards is not said.</summary>
    Discard,

    /// <summary>Makes a range read as zeroes.</summary>
    WriteZeroes,

    /// <summary>Reads the device's name: up to 20 characters of ASCII, filled up with NULs.</summary>
    GetId,
}

/// <summary>A request to a block device: what every driver of one takes. It is answered, once, by <see cref="BlockRequestExecuted"/>, to the sender.</summary>
/// <param name="Id">Chosen by the client, echoed.</param>
/// <param name="Operation">What to do.</param>
/// <param name="Offset">The first byte on the device, a multiple of 512; 0 for a flush and for the name.</param>
/// <param name="Data">The client's buffer, lent until the answer: a multiple of 512 bytes for a read or a write, 20 bytes for the name, otherwise empty.</param>
/// <param name="Length">Bytes to discard or to make zero, a multiple of 512; 0 for everything else, where <paramref name="Data"/> says it.</param>
/// <param name="MayUnmap">True: what is made zero may be given back as well.</param>
public sealed record ExecuteBlockRequest(
    ulong Id, BlockOperation Operation, long Offset = 0, Memory<byte> Data = default, long Length = 0, bool MayUnmap = false);

/// <summary>How a request to a block device ended.</summary>
public enum BlockStatus : byte
{
    /// <summary>Done, all of it.</summary>
    Ok,

    /// <summary>The device could not do it, or the range is not on it.</summary>
    IoError,

    /// <summary>The device, or its driver, does not do that, or not that much at once.</summary>
    Unsupported,

    /// <summary>Not taken, because too many requests wait already; the client may try again later.</summary>
    Busy,

    /// <summary>The device is gone: what has become of the request is not known, and storage may still use the buffer, which is best left alone.</summary>
    Lost,
}

/// <summary>The one answer to an <see cref="ExecuteBlockRequest"/>.</summary>
/// <param name="Id">As in the request.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Bytes">Bytes that were read or written: all of the client's buffer, or 0.</param>
public sealed record BlockRequestExecuted(ulong Id, BlockStatus Status, long Bytes)
{
    /// <summary>True when it was done.</summary>
    public bool IsGood => Status == BlockStatus.Ok;
}
