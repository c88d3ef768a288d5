using ScsiActors.Dispatch;
using ScsiActors.Messages;

namespace ScsiActors.Aio.IoUring;

/// <summary>A file through io_uring. The actor's turn prepares operations, hands a batch of them to the kernel with one call, and takes the
/// completions that are there at once; for the rest it arms an event, on which a thread of the backend's own waits. That thread also opens the
/// file before the first turn, and cancels, waits and frees after the last.</summary>
public sealed unsafe class IoUringFileBackend : IAioBackend
{
    private const ulong CancelTag = ulong.MaxValue;
    private const uint CancelAll = 1 << 0;
    private const uint CancelAny = 1 << 2;
    private const byte FixedFile = 1 << 0;

    // With more than these under way the kernel's own workers want the processor that would look for completions, and one wake-up serves many.
    private const int WorthPolling = 4;

    // A device is given what it can begin with before the rest is handed over; all at once, it idles first and interrupts once for all of them.
    // Measured on a virtio disk at depth 16: a fifth more than in one piece, and no less than one by one.
    private const uint DirectAtOnce = 4;

    private readonly AioFileSettings _settings;
    private readonly long _sizeToCreate;
    private readonly IAioBackendPorts _ports;
    private readonly Ring _ring;
    private readonly Thread _thread;
    private readonly Queue<Transfer> _held = new();
    private readonly Queue<Transfer> _unprepared = new();
    private readonly Stack<Bounce> _bounces = new();
    private Transfer?[] _transfers = new Transfer?[64];
    private DiskFile? _file;
    private AioOpened? _opened;
    private volatile AioOpened? _opening;
    private volatile bool _isClosing;
    private bool _isStarted;
    private bool _isFixedFile;
    private bool _isAlone;
    private bool? _isWhole;
    private int _bouncesMade;
    private int _inKernel;
    private int _wakeIsDue;
    private Pace _pace;

    private IoUringFileBackend(AioFileSettings settings, long sizeToCreate, Ring ring, IAioBackendPorts ports)
    {
        _settings = settings;
        _sizeToCreate = sizeToCreate;
        _ring = ring;
        _pace = new Pace(settings.PollFor);
        _ports = ports;
        _thread = new Thread(OpenWaitAndClose) { IsBackground = true, Name = $"io_uring {Path.GetFileName(settings.Path)}" };
    }

    /// <inheritdoc/>
    public bool IsBatched => true;

    /// <summary>A backend with rings of its own; null, and why, where the kernel refuses them.</summary>
    public static IoUringFileBackend? TryCreate(AioFileSettings settings, long sizeToCreate, IAioBackendPorts ports, out string reason)
    {
        var ring = Ring.TryCreate((uint)settings.RingEntries, out reason);
        return ring is null ? null : new IoUringFileBackend(settings, sizeToCreate, ring, ports);
    }

    /// <inheritdoc/>
    public void Open()
    {
        _isStarted = true;
        _ring.Disarm();
        _thread.Start();
    }

    /// <inheritdoc/>
    public void Submit(AioRequest request)
    {
        var result = AioChecks.Check(request, _opened);
        if (result == AioResult.Ok && request is AioWrite && !(_isWhole ??= _file!.IsWhole()))
            result = AioResult.Unavailable;
        if (result != AioResult.Ok)
        {
            _ports.Completed(new AioCompleted(request.Id, result, 0));
            return;
        }
        var transfer = TransferFor(request.Id.Slot);
        transfer.Begin(request);
        if (transfer.IsEmpty)
            Complete(transfer, AioResult.Ok);
        else if (_held.Count > 0 || !TryStart(transfer))
            _held.Enqueue(transfer);
    }

    /// <inheritdoc/>
    public void Cancel(AioId id)
    {
        if ((uint)id.Slot >= (uint)_transfers.Length || _transfers[id.Slot] is not { Request: { } request } transfer || request.Id != id)
            return;
        transfer.IsCancelled = true;
        if (!transfer.IsInKernel)
            return;
        var entry = _ring.Prepare();
        if (entry == null)
            return;
        entry->Operation = RingOperation.AsyncCancel;
        entry->Address = Tag(transfer);
        entry->UserData = CancelTag;
    }

    /// <inheritdoc/>
    public void EndOfBatch()
    {
        _isWhole = null;
        Run();
    }

    /// <inheritdoc/>
    public void Reap()
    {
        Volatile.Write(ref _wakeIsDue, 0);
        if (_opened is null && _opening is not null)
        {
            _opened = _opening;
            if (_file?.NotDirect is { } why)
                _ports.Warn($"{_settings.Path}: not direct, because {why}");
            _ports.Opened(_opened);
        }
        Run();
    }

    /// <inheritdoc/>
    public void Close()
    {
        _isClosing = true;
        if (_isStarted)
        {
            _ring.Signal();
            return;
        }
        _ring.Dispose();
        _ports.Closed();
    }

    private void Run()
    {
        _ring.Disarm();
        var taken = 0;
        bool isAccepted;
        do
        {
            isAccepted = _ring.Submit();
            taken += TakeCompletions();
        }
        while (isAccepted && _ring.Unsubmitted > 0);
        if (_inKernel == 0)
            _pace.Rest();
        else if ((_inKernel <= WorthPolling && _pace.ShouldPoll(taken > 0)) || !isAccepted || !_ring.TryArm())
            Wake();
    }

    private void Wake()
    {
        if (Interlocked.Exchange(ref _wakeIsDue, 1) == 0)
            _ports.Wake();
    }

    private int TakeCompletions()
    {
        var taken = 0;
        while (_ring.TryTake(out var completion))
        {
            taken++;
            if (completion.UserData == CancelTag)
                continue;
            var transfer = _transfers[(uint)completion.UserData]!;
            Invariant.Holds(Tag(transfer) == completion.UserData && transfer.IsInKernel, "a completion belongs to an operation in flight");
            transfer.IsInKernel = false;
            _inKernel--;
            if (transfer.Advance(completion.Result))
                Complete(transfer, ResultOf(transfer));
            else if (!TryPrepare(transfer))
                _unprepared.Enqueue(transfer);
        }
        StartHeld();
        return taken;
    }

    private AioResult ResultOf(Transfer transfer) =>
        transfer is { Result: AioResult.Ok, Request: AioFlush or AioWrite { WriteThrough: true } } && !_file!.IsWhole()
            ? AioResult.Unavailable
            : transfer.Result;

    private void Complete(Transfer transfer, AioResult result)
    {
        var completed = new AioCompleted(transfer.Request!.Id, result, transfer.Request is AioUnmap ? 0 : transfer.Done);
        if (transfer.End() is { } bounce)
        {
            _bounces.Push(bounce);
            _isAlone = false;
        }
        _ports.Completed(completed);
    }

    private void StartHeld()
    {
        while (_unprepared.TryPeek(out var transfer) && TryPrepare(transfer))
            _unprepared.Dequeue();
        while (_held.TryPeek(out var transfer))
        {
            if (transfer.IsCancelled)
                Complete(transfer, AioResult.Cancelled);
            else if (!TryStart(transfer))
                return;
            _held.Dequeue();
        }
    }

    private bool TryStart(Transfer transfer)
    {
        if (_isAlone || _unprepared.Count > 0)
            return false;
        if (transfer.NeedsBounce(_file!))
        {
            // To change a part of a block is to read and write all of it: nobody else may write it meanwhile.
            var alone = transfer.IsWrite && !transfer.IsRangeAligned(_file!.OffsetAlignment);
            if (alone && _inKernel > 0 || !TryRentBounce(out var bounce))
                return false;
            _isAlone = alone;
            transfer.Use(bounce);
        }
        if (!TryPrepare(transfer))
            _unprepared.Enqueue(transfer);
        return true;
    }

    private bool TryPrepare(Transfer transfer)
    {
        var entry = _ring.Prepare();
        if (entry == null)
        {
            _ring.Submit();
            entry = _ring.Prepare();
            if (entry == null)
                return false;
        }
        transfer.Fill(entry);
        entry->UserData = Tag(transfer);
        if (_isFixedFile)
            entry->Flags = FixedFile;
        else
            entry->Descriptor = (int)_file!.Handle.DangerousGetHandle();
        transfer.IsInKernel = true;
        _inKernel++;
        return true;
    }

    private bool TryRentBounce(out Bounce bounce)
    {
        if (_bounces.TryPop(out bounce!))
            return true;
        if (_bouncesMade == _settings.BounceBuffers)
            return false;
        _bouncesMade++;
        bounce = new Bounce(_settings.BounceLength, _file!.OffsetAlignment);
        return true;
    }

    private Transfer TransferFor(int slot)
    {
        if (slot >= _transfers.Length)
            Array.Resize(ref _transfers, Math.Max(_transfers.Length * 2, slot + 1));
        return _transfers[slot] ??= new Transfer();
    }

    private static ulong Tag(Transfer transfer) => (uint)transfer.Request!.Id.Slot | (ulong)transfer.Request.Id.Generation << 32;

    private void OpenWaitAndClose()
    {
        ChainDispatcher.LendThisThread();
        _file = DiskFile.TryOpen(_settings, _sizeToCreate, _settings.Direct, "io_uring", out var opened);
        _isFixedFile = _file is not null && _ring.TryRegisterFile((int)_file.Handle.DangerousGetHandle());
        if (_file is { OffsetAlignment: > 1 })
            _ring.MostAtOnce = DirectAtOnce;
        _opening = opened;
        while (!_isClosing)
        {
            Wake();
            _ring.WaitForSignal();
            _ring.Disarm();
        }
        CancelAndWait();
        _ring.Dispose();
        _file?.Dispose();
        foreach (var transfer in _transfers)
            transfer?.Dispose();
        while (_bounces.TryPop(out var bounce))
            bounce.Dispose();
        _ports.Closed();
    }

    private void CancelAndWait()
    {
        foreach (var transfer in _transfers)
            transfer?.IsCancelled = true;
        // Operations that are prepared but not submitted go first, so that they are there to be cancelled.
        _ring.Submit();
        var entry = _ring.Prepare();
        if (entry != null)
        {
            entry->Operation = RingOperation.AsyncCancel;
            entry->OperationFlags = CancelAll | CancelAny;
            entry->UserData = CancelTag;
        }
        while (true)
        {
            _ring.Submit();
            TakeCompletions();
            while (_unprepared.TryDequeue(out var transfer))
                Complete(transfer, AioResult.Cancelled);
            StartHeld();
            if (_inKernel == 0)
                return;
            _ring.WaitForCompletion();
        }
    }
}
