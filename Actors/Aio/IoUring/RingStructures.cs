using System.Runtime.InteropServices;

namespace ScsiActors.Aio.IoUring;

/// <summary>struct io_uring_params.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct RingParameters
{
    public uint SubmissionEntries;
    public uint CompletionEntries;
    public uint Flags;
    public uint PollThreadProcessor;
    public uint PollThreadIdle;
    public uint Features;
    public uint WorkQueueDescriptor;
    public fixed uint Reserved[3];
    public SubmissionOffsets Submission;
    public CompletionOffsets Completion;
}

/// <summary>struct io_sqring_offsets: where things lie in the mapping of the submission ring.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SubmissionOffsets
{
    public uint Head;
    public uint Tail;
    public uint Mask;
    public uint Entries;
    public uint Flags;
    public uint Dropped;
    public uint Array;
    public uint Reserved;
    public ulong UserAddress;
}

/// <summary>struct io_cqring_offsets: where things lie in the mapping of the completion ring.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CompletionOffsets
{
    public uint Head;
    public uint Tail;
    public uint Mask;
    public uint Entries;
    public uint Overflow;
    public uint Entry;
    public uint Flags;
    public uint Reserved;
    public ulong UserAddress;
}

/// <summary>struct io_uring_sqe: one operation for the kernel.</summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal struct SubmissionEntry
{
    [FieldOffset(0)] public RingOperation Operation;
    [FieldOffset(1)] public byte Flags;
    [FieldOffset(4)] public int Descriptor;
    [FieldOffset(8)] public ulong Offset;
    [FieldOffset(16)] public ulong Address;
    [FieldOffset(24)] public uint Length;
    [FieldOffset(28)] public uint OperationFlags;
    [FieldOffset(32)] public ulong UserData;
}

/// <summary>struct io_uring_cqe: how one operation ended.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CompletionEntry
{
    public ulong UserData;
    public int Result;
    public uint Flags;
}

/// <summary>struct iovec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct IoVector
{
    public ulong Address;
    public ulong Length;
}

/// <summary>The operations that are used (enum io_uring_op).</summary>
internal enum RingOperation : byte
{
    ReadVector = 1,
    WriteVector = 2,
    FileSync = 3,
    AsyncCancel = 14,
    FileAllocate = 17,
    Read = 22,
    Write = 23,
}
