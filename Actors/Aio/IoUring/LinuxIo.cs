using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ScsiActors.Aio.IoUring;

/// <summary>The calls of the Linux C library that storage needs, and nothing else; 64-bit Linux only. Errors are errno values, 0 is success.</summary>
internal static unsafe partial class LinuxIo
{
    private const int SystemCallIoUringSetup = 425;
    private const int SystemCallIoUringEnter = 426;
    private const int SystemCallIoUringRegister = 427;
    private const int ProtectionReadWrite = 0x1 | 0x2;
    private const int MapShared = 0x01;
    private const int MapPopulate = 0x8000;
    private const int FallocateKeepSize = 0x01;
    private const int FallocatePunchHole = 0x02;
    private const int GetFlags = 3;
    private const int SetFlags = 4;
    private const int EventCloseOnExec = 0x80000;
    private const int EmptyPath = 0x1000;
    private const int DoNotSync = 0x4000;
    private const int SeekEnd = 2;
    private const int SetTimerSlack = 29;
    private const short PollIn = 1;

    /// <summary>fallocate(2) mode that deallocates a range and leaves the file's length alone.</summary>
    public const int PunchHoleMode = FallocateKeepSize | FallocatePunchHole;

    /// <summary>True where these calls exist.</summary>
    public static bool IsSupported { get; } = OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    // O_DIRECT is 0x4000 on x86 and 0x10000 on ARM.
    private static readonly int DirectFlag = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x10000 : 0x4000;

    /// <summary>What statx(2) says of an open file.</summary>
    /// <param name="Links">Names the file has; 0 once it has been deleted.</param>
    /// <param name="Size">Its length in bytes now.</param>
    /// <param name="MemoryAlignment">Of memory for direct transfers, in bytes; 0 when the kernel does not say or cannot.</param>
    /// <param name="OffsetAlignment">Of offsets and lengths of direct transfers, in bytes; 0 likewise.</param>
    public readonly record struct FileStatus(uint Links, long Size, int MemoryAlignment, int OffsetAlignment);

    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Happened;
    }

    /// <summary>io_uring_setup(2): a file descriptor, or the errno as a negative number.</summary>
    public static int RingSetup(uint entries, RingParameters* parameters) =>
        Result(SystemCall(SystemCallIoUringSetup, (nint)entries, (nint)parameters, 0, 0, 0, 0));

    /// <summary>io_uring_enter(2): submissions taken, or the errno as a negative number.</summary>
    public static int RingEnter(int ring, uint submit, uint waitFor, uint flags) =>
        Result(SystemCall(SystemCallIoUringEnter, ring, (nint)submit, (nint)waitFor, (nint)flags, 0, 0));

    /// <summary>io_uring_register(2): 0 or more, or the errno as a negative number.</summary>
    public static int RingRegister(int ring, uint operation, void* argument, uint count) =>
        Result(SystemCall(SystemCallIoUringRegister, ring, (nint)operation, (nint)argument, (nint)count, 0, 0));

    /// <summary>Maps <paramref name="length"/> bytes of a ring; null when the kernel refuses.</summary>
    public static byte* Map(int ring, nuint length, long offset)
    {
        var address = MemoryMap(0, length, ProtectionReadWrite, MapShared | MapPopulate, ring, offset);
        return address == -1 ? null : (byte*)address;
    }

    /// <summary>Undoes <see cref="Map"/>.</summary>
    public static void Unmap(byte* address, nuint length) => _ = MemoryUnmap((nint)address, length);

    /// <summary>Closes a descriptor that is not in a <see cref="SafeFileHandle"/>.</summary>
    public static void Close(int descriptor) => _ = CloseDescriptor(descriptor);

    /// <summary>A new eventfd with count 0, or the errno as a negative number.</summary>
    public static int CreateEvent() => Result(EventDescriptor(0, EventCloseOnExec));

    /// <summary>Adds one to the event's count.</summary>
    public static void SignalEvent(int descriptor)
    {
        var one = 1UL;
        while (Write(descriptor, &one, sizeof(ulong)) < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted)
        {
        }
    }

    /// <summary>Blocks until the event's count is not 0, and makes it 0.</summary>
    public static void WaitEvent(int descriptor)
    {
        ulong count;
        while (Read(descriptor, &count, sizeof(ulong)) < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted)
        {
        }
    }

    /// <summary>Blocks until the event's count is not 0, and makes it 0, or until <paramref name="timeout"/> (TimeSpan.MaxValue: for ever) has passed; it may
    /// also return before.</summary>
    public static void WaitEvent(int descriptor, TimeSpan timeout)
    {
        var wait = new PollDescriptor { Descriptor = descriptor, Events = PollIn };
        // struct timespec: seconds, nanoseconds.
        var time = stackalloc long[2];
        (time[0], time[1]) = (timeout.Ticks / TimeSpan.TicksPerSecond, timeout.Ticks % TimeSpan.TicksPerSecond * 100);
        if (Poll(&wait, 1, timeout == TimeSpan.MaxValue ? null : time, null) > 0)
            WaitEvent(descriptor);
    }

    /// <summary>Has the timed waits of the calling thread end as exactly as the kernel can; by default they may be 50 µs late.</summary>
    public static void SharpenTimers() => _ = ProcessControl(SetTimerSlack, 1, 0, 0, 0);

    /// <summary>Deallocates a range, which reads as zeroes afterwards; blocks.</summary>
    public static int PunchHole(SafeFileHandle file, long offset, long length)
    {
        int result;
        do
            result = FileAllocate(file, PunchHoleMode, offset, length);
        while (result != 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted);
        return result == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>Brings the file's data to stable storage; blocks.</summary>
    public static int SyncData(SafeFileHandle file) => FileDataSync(file) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Lets the page cache be bypassed from now on.</summary>
    public static int SetDirect(SafeFileHandle file)
    {
        var flags = FileControl(file, GetFlags, 0);
        return flags >= 0 && FileControl(file, SetFlags, flags | DirectFlag) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>Length in bytes of a file or a block device; negative when it has none.</summary>
    public static long Length(SafeFileHandle file) => Seek(file, 0, SeekEnd);

    /// <summary>What the file is now, as far as this machine knows.</summary>
    public static bool TryGetStatus(SafeFileHandle file, out FileStatus status)
    {
        // struct statx: stx_nlink at 16, stx_size at 40, stx_dio_mem_align at 152, stx_dio_offset_align at 156; 256 bytes.
        const uint linksAndSize = 0x004 | 0x200;
        const uint directAlignment = 0x2000;
        var buffer = stackalloc byte[256];
        byte empty = 0;
        if (FileStatusExtended(file, &empty, EmptyPath | DoNotSync, linksAndSize | directAlignment, buffer) != 0)
        {
            status = default;
            return false;
        }
        var knowsAlignment = (*(uint*)buffer & directAlignment) != 0;
        status = new FileStatus(*(uint*)(buffer + 16), *(long*)(buffer + 40),
            knowsAlignment ? *(int*)(buffer + 152) : 0, knowsAlignment ? *(int*)(buffer + 156) : 0);
        return true;
    }

    private static int Result(nint value) => value >= 0 ? (int)value : -Marshal.GetLastPInvokeError();

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint a, nint b, nint c, nint d, nint e, nint f);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint MemoryMap(nint address, nuint length, int protection, int flags, int descriptor, long offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int MemoryUnmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int CloseDescriptor(int descriptor);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventDescriptor(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int descriptor, void* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int descriptor, void* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "ppoll", SetLastError = true)]
    private static partial int Poll(PollDescriptor* descriptors, nuint count, long* timeout, void* signals);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int ProcessControl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    private static partial int FileAllocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FileDataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int FileControl(SafeFileHandle file, int command, nint argument);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    private static partial long Seek(SafeFileHandle file, long offset, int whence);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static partial int FileStatusExtended(SafeFileHandle file, byte* path, int flags, uint mask, byte* buffer);
}
