using ScsiActors.Messages;

namespace ScsiActors.Aio.IoUring;

/// <summary>Error numbers of Linux (the same on x86-64 and ARM64), and what they mean for a storage request.</summary>
internal static class Errno
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int NoDeviceOrAddress = 6;
    public const int BadDescriptor = 9;
    public const int TryAgain = 11;
    public const int AccessDenied = 13;
    public const int Busy = 16;
    public const int NoDevice = 19;
    public const int InvalidArgument = 22;
    public const int FileTooBig = 27;
    public const int NoSpace = 28;
    public const int ReadOnlyFileSystem = 30;
    public const int NotImplemented = 38;
    public const int NotSupported = 95;
    public const int Shutdown = 108;
    public const int TimedOut = 110;
    public const int HostDown = 112;
    public const int Stale = 116;
    public const int QuotaExceeded = 122;
    public const int Cancelled = 125;

    /// <summary>How a request ends that failed with this error.</summary>
    /// <param name="error">The positive error number.</param>
    /// <param name="isWrite">True for everything that changes the storage or secures a change.</param>
    public static AioResult ToResult(int error, bool isWrite) => error switch
    {
        NoSpace or QuotaExceeded or FileTooBig => AioResult.NoSpace,
        ReadOnlyFileSystem => AioResult.ReadOnly,
        // A descriptor that was opened for reading answers a write with EBADF.
        BadDescriptor or NotPermitted or AccessDenied when isWrite => AioResult.ReadOnly,
        BadDescriptor or NotPermitted or AccessDenied => AioResult.Unavailable,
        NoEntry or NoDevice or NoDeviceOrAddress or Stale or Shutdown or HostDown or TimedOut => AioResult.Unavailable,
        NotSupported or NotImplemented => AioResult.NotSupported,
        Cancelled or Interrupted => AioResult.Cancelled,
        _ => isWrite ? AioResult.WriteError : AioResult.ReadError,
    };
}
