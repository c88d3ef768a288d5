namespace ScsiActors.Aio.IoUring;

/// <summary>A pair of io_uring rings. One thread at a time prepares, submits and takes; <see cref="WaitForCompletion"/> belongs to a second.</summary>
internal sealed unsafe class Ring : IDisposable
{
    private const uint SetupCompletionSize = 1 << 3;
    private const uint SetupCooperative = 1 << 8;
    private const uint SetupCooperativeFlag = 1 << 9;
    private const uint FeatureSingleMapping = 1 << 0;
    private const uint FeatureNoDrop = 1 << 1;
    private const uint EnterGetEvents = 1 << 0;
    private const uint SubmissionCompletionOverflow = 1 << 1;
    private const uint SubmissionWorkIsDue = 1 << 2;
    private const uint CompletionEventDisabled = 1 << 0;
    private const uint RegisterFiles = 2;
    private const uint UnregisterFiles = 3;
    private const uint RegisterEvent = 4;
    private const uint RegisterProbe = 8;
    private const long SubmissionEntriesOffset = 0x10000000;
    private const uint CompletionsPerSubmission = 4;

    private readonly int _descriptor;
    private readonly int _event;
    private readonly byte* _rings;
    private readonly nuint _ringsLength;
    private readonly byte* _entries;
    private readonly nuint _entriesLength;
    private readonly uint* _submissionHead;
    private readonly uint* _submissionTail;
    private readonly uint* _submissionFlags;
    private readonly uint _submissionMask;
    private readonly uint* _completionHead;
    private readonly uint* _completionTail;
    private readonly uint* _completionFlags;
    private readonly uint _completionMask;
    private readonly CompletionEntry* _completions;
    private uint _prepared;
    private uint _submitted;

    private Ring(int descriptor, int eventDescriptor, byte* rings, nuint ringsLength, byte* entries, in RingParameters parameters)
    {
        _descriptor = descriptor;
        _event = eventDescriptor;
        _rings = rings;
        _ringsLength = ringsLength;
        _entries = entries;
        _entriesLength = parameters.SubmissionEntries * (nuint)sizeof(SubmissionEntry);
        _submissionHead = (uint*)(rings + parameters.Submission.Head);
        _submissionTail = (uint*)(rings + parameters.Submission.Tail);
        _submissionFlags = (uint*)(rings + parameters.Submission.Flags);
        _submissionMask = *(uint*)(rings + parameters.Submission.Mask);
        _completionHead = (uint*)(rings + parameters.Completion.Head);
        _completionTail = (uint*)(rings + parameters.Completion.Tail);
        _completionFlags = (uint*)(rings + parameters.Completion.Flags);
        _completionMask = *(uint*)(rings + parameters.Completion.Mask);
        _completions = (CompletionEntry*)(rings + parameters.Completion.Entry);
        _prepared = _submitted = *_submissionTail;
        var array = (uint*)(rings + parameters.Submission.Array);
        for (var i = 0u; i < parameters.SubmissionEntries; i++)
            array[i] = i;
    }

    /// <summary>Operations that one call hands to the kernel at most.</summary>
    public uint MostAtOnce { get; set; } = uint.MaxValue;

    /// <summary>Operations that are prepared but not yet taken by the kernel.</summary>
    public uint Unsubmitted => _prepared - _submitted;

    /// <summary>Sets up rings with at least <paramref name="entries"/> submissions; null, and why, where the kernel refuses or is too old.</summary>
    public static Ring? TryCreate(uint entries, out string reason)
    {
        if (!LinuxIo.IsSupported)
        {
            reason = "needs 64-bit Linux";
            return null;
        }
        // Cooperative: a completion does not interrupt the thread that submitted it, which costs more than the request where interrupts between
        // processors are emulated. It waits until that thread enters the kernel or sleeps. Linux before 5.19 does not know this.
        var parameters = NewParameters(entries, SetupCompletionSize | SetupCooperative | SetupCooperativeFlag);
        var descriptor = LinuxIo.RingSetup(entries, &parameters);
        if (descriptor == -Errno.InvalidArgument)
        {
            parameters = NewParameters(entries, SetupCompletionSize);
            descriptor = LinuxIo.RingSetup(entries, &parameters);
        }
        if (descriptor < 0)
        {
            reason = $"io_uring_setup failed with error {-descriptor}";
            return null;
        }
        reason = Refusal(descriptor, parameters);
        var eventDescriptor = reason == "" ? LinuxIo.CreateEvent() : -1;
        var ringsLength = Math.Max(parameters.Submission.Array + (nuint)parameters.SubmissionEntries * sizeof(uint),
            parameters.Completion.Entry + (nuint)parameters.CompletionEntries * (nuint)sizeof(CompletionEntry));
        var entriesLength = parameters.SubmissionEntries * (nuint)sizeof(SubmissionEntry);
        var rings = reason == "" ? LinuxIo.Map(descriptor, ringsLength, 0) : null;
        var mapped = rings != null ? LinuxIo.Map(descriptor, entriesLength, SubmissionEntriesOffset) : null;
        if (reason == "" && mapped != null && eventDescriptor >= 0
            && LinuxIo.RingRegister(descriptor, RegisterEvent, &eventDescriptor, 1) >= 0)
            return new Ring(descriptor, eventDescriptor, rings, ringsLength, mapped, parameters);

        if (reason == "")
            reason = "io_uring could not be mapped or given an eventfd";
        if (mapped != null)
            LinuxIo.Unmap(mapped, entriesLength);
        if (rings != null)
            LinuxIo.Unmap(rings, ringsLength);
        if (eventDescriptor >= 0)
            LinuxIo.Close(eventDescriptor);
        LinuxIo.Close(descriptor);
        return null;
    }

    /// <summary>Makes one file known to the kernel as file 0 of this ring, which saves looking it up for each operation.</summary>
    public bool TryRegisterFile(int file) => LinuxIo.RingRegister(_descriptor, RegisterFiles, &file, 1) >= 0;

    /// <summary>A cleared entry to fill in; null when the submission ring is full.</summary>
    public SubmissionEntry* Prepare()
    {
        if (_prepared - Volatile.Read(ref *_submissionHead) > _submissionMask)
            return null;
        var entry = (SubmissionEntry*)_entries + (_prepared & _submissionMask);
        _prepared++;
        *entry = default;
        return entry;
    }

    /// <summary>Hands everything prepared to the kernel. False when it has not taken all of it: it is short of memory or wants completions to be
    /// taken first.</summary>
    public bool Submit()
    {
        Volatile.Write(ref *_submissionTail, _prepared);
        while (Unsubmitted > 0)
        {
            var taken = LinuxIo.RingEnter(_descriptor, Math.Min(Unsubmitted, MostAtOnce), 0, 0);
            if (taken > 0)
                _submitted += (uint)taken;
            else if (taken != -Errno.Interrupted)
                return false;
        }
        return true;
    }

    /// <summary>Takes the next completion, if there is one.</summary>
    public bool TryTake(out CompletionEntry completion)
    {
        var head = *_completionHead;
        if (head == Volatile.Read(ref *_completionTail) && !FetchMore(head))
        {
            completion = default;
            return false;
        }
        completion = _completions[head & _completionMask];
        Volatile.Write(ref *_completionHead, head + 1);
        return true;
    }

    /// <summary>Makes the next completion signal the event; false, and nothing is armed, when there is one already.</summary>
    public bool TryArm()
    {
        Volatile.Write(ref *_completionFlags, 0);
        // The kernel writes the tail and then reads the flag; we must not read the tail before our flag can be seen.
        Interlocked.MemoryBarrier();
        if (*_completionHead == Volatile.Read(ref *_completionTail))
            return true;
        Disarm();
        return false;
    }

    /// <summary>Stops completions from signalling the event.</summary>
    public void Disarm() => Volatile.Write(ref *_completionFlags, CompletionEventDisabled);

    /// <summary>Blocks until a completion comes after <see cref="TryArm"/>, or <see cref="Signal"/> is called.</summary>
    public void WaitForSignal() => LinuxIo.WaitEvent(_event);

    /// <summary>Ends <see cref="WaitForSignal"/>.</summary>
    public void Signal() => LinuxIo.SignalEvent(_event);

    /// <summary>Blocks until there is a completion to take.</summary>
    public void WaitForCompletion() => _ = LinuxIo.RingEnter(_descriptor, 0, 1, EnterGetEvents);

    /// <summary>Frees everything. Nothing may be in flight.</summary>
    public void Dispose()
    {
        // The kernel takes rings down some time after they are closed; the file is not to be busy until then.
        _ = LinuxIo.RingRegister(_descriptor, UnregisterFiles, null, 0);
        LinuxIo.Unmap(_entries, _entriesLength);
        LinuxIo.Unmap(_rings, _ringsLength);
        LinuxIo.Close(_descriptor);
        LinuxIo.Close(_event);
    }

    private bool FetchMore(uint head)
    {
        if ((Volatile.Read(ref *_submissionFlags) & (SubmissionCompletionOverflow | SubmissionWorkIsDue)) == 0)
            return false;
        _ = LinuxIo.RingEnter(_descriptor, 0, 0, EnterGetEvents);
        return head != Volatile.Read(ref *_completionTail);
    }

    private static RingParameters NewParameters(uint entries, uint flags) =>
        new() { Flags = flags, CompletionEntries = entries * CompletionsPerSubmission };

    private static string Refusal(int descriptor, in RingParameters parameters)
    {
        if ((parameters.Features & (FeatureSingleMapping | FeatureNoDrop)) != (FeatureSingleMapping | FeatureNoDrop))
            return "the kernel's io_uring is too old (Linux 5.6 is needed)";
        // struct io_uring_probe: 16 bytes, then 8 bytes for each operation: its number, a reserved byte, flags (bit 0: supported).
        const int operations = 64;
        var probe = stackalloc byte[16 + 8 * operations];
        new Span<byte>(probe, 16 + 8 * operations).Clear();
        if (LinuxIo.RingRegister(descriptor, RegisterProbe, probe, operations) < 0)
            return "the kernel's io_uring is too old (Linux 5.6 is needed)";
        foreach (var operation in Enum.GetValues<RingOperation>())
        {
            if ((*(ushort*)(probe + 16 + 8 * (int)operation + 2) & 1) == 0)
                return $"the kernel's io_uring lacks operation {operation}";
        }
        return "";
    }
}
