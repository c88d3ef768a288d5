using Microsoft.Win32.SafeHandles;
using ScsiActors.Aio.IoUring;
using ScsiActors.Messages;

namespace ScsiActors.Aio;

/// <summary>A file through a pool of threads of its own that block in positioned reads and writes, for systems without io_uring. The threads are not
/// those of the runtime's pool, where blocked ones would take the place of actors.</summary>
public sealed class ThreadPoolFileBackend(AioFileSettings settings, long sizeToCreate, IAioBackendPorts ports) : IAioBackend
{
    /// <summary>A request on its way; kept per slot and used again.</summary>
    private sealed class Job
    {
        public AioRequest? Request;
        public volatile bool IsCancelled;
        public AioResult Result;
        public long Done;
    }

    private readonly object _lock = new();
    private readonly Queue<Job> _waiting = new();
    private Queue<Job> _finished = new();
    private Queue<Job> _reaped = new();
    private Job?[] _jobs = new Job?[64];
    private DiskFile? _file;
    private AioOpened? _opened;
    private AioOpened? _opening;
    private int _running;
    private int _idle;
    private bool _isStarted;
    private bool _isClosing;

    /// <inheritdoc/>
    public bool IsBatched => false;

    /// <inheritdoc/>
    public void Open()
    {
        _isStarted = true;
        lock (_lock)
            StartWorker();
    }

    /// <inheritdoc/>
    public void Submit(AioRequest request)
    {
        var result = AioChecks.Check(request, _opened);
        if (result != AioResult.Ok)
        {
            ports.Completed(new AioCompleted(request.Id, result, 0));
            return;
        }
        if (request.Id.Slot >= _jobs.Length)
            Array.Resize(ref _jobs, Math.Max(_jobs.Length * 2, request.Id.Slot + 1));
        var job = _jobs[request.Id.Slot] ??= new Job();
        Invariant.Holds(job.Request is null, "a slot is used again only after its completion");
        job.Request = request;
        job.IsCancelled = false;
        lock (_lock)
        {
            _waiting.Enqueue(job);
            if (_idle >= _waiting.Count)
                Monitor.Pulse(_lock);
            else if (_running < settings.Workers)
                StartWorker();
        }
    }

    /// <inheritdoc/>
    public void EndOfBatch()
    {
    }

    /// <inheritdoc/>
    public void Cancel(AioId id)
    {
        if ((uint)id.Slot < (uint)_jobs.Length && _jobs[id.Slot] is { Request: { } request } job && request.Id == id)
            job.IsCancelled = true;
    }

    /// <inheritdoc/>
    public void Reap()
    {
        lock (_lock)
        {
            (_finished, _reaped) = (_reaped, _finished);
            if (_opened is null && _opening is not null)
            {
                _opened = _opening;
                ports.Opened(_opened);
            }
        }
        while (_reaped.TryDequeue(out var job))
        {
            var completed = new AioCompleted(job.Request!.Id, job.Result, job.Done);
            job.Request = null;
            ports.Completed(completed);
        }
    }

    /// <inheritdoc/>
    public void Close()
    {
        if (!_isStarted)
        {
            ports.Closed();
            return;
        }
        foreach (var job in _jobs)
            job?.IsCancelled = true;
        lock (_lock)
        {
            _isClosing = true;
            // With no worker left to leave last, there is nobody to close.
            if (_running == 0)
                StartWorker();
            Monitor.PulseAll(_lock);
        }
    }

    private void StartWorker()
    {
        _running++;
        new Thread(Work) { IsBackground = true, Name = $"aio {Path.GetFileName(settings.Path)}" }.Start();
    }

    private void Work()
    {
        OpenFirst();
        var segments = new List<Memory<byte>>();
        var segmentsReadOnly = new List<ReadOnlyMemory<byte>>();
        while (TryTake(out var job))
        {
            job.Done = 0;
            job.Result = job.IsCancelled ? AioResult.Cancelled : Try(job, segments, segmentsReadOnly);
            bool isFirst;
            lock (_lock)
            {
                isFirst = _finished.Count == 0 && !_isClosing;
                _finished.Enqueue(job);
            }
            if (isFirst)
                ports.Wake();
        }
    }

    private void OpenFirst()
    {
        // Only the first worker finds it closed: the others are started for requests, which are refused until it is open.
        if (_opening is not null)
            return;
        _file = DiskFile.TryOpen(settings, sizeToCreate, direct: false, "thread pool", out var opened);
        lock (_lock)
            _opening = opened;
        if (settings.Direct)
            ports.Warn($"{settings.Path}: not direct, because only io_uring can be");
        ports.Wake();
    }

    /// <summary>Waits for a job. False when it is closing and nothing is left; the last to be told so closes.</summary>
    private bool TryTake(out Job job)
    {
        lock (_lock)
        {
            while (!_waiting.TryDequeue(out job!))
            {
                if (_isClosing)
                {
                    _running--;
                    break;
                }
                _idle++;
                Monitor.Wait(_lock);
                _idle--;
            }
            if (job is not null)
                return true;
            if (_running > 0)
                return false;
        }
        _file?.Dispose();
        Reap();
        ports.Closed();
        return false;
    }

    private AioResult Try(Job job, List<Memory<byte>> segments, List<ReadOnlyMemory<byte>> segmentsReadOnly)
    {
        try
        {
            return job.Request switch
            {
                AioRead read => Read(job, read, segments),
                AioWrite write => Write(job, write, segmentsReadOnly),
                AioUnmap unmap => unmap.Length == 0 ? AioResult.Ok
                    : FromError(LinuxIo.PunchHole(_file!.Handle, unmap.Offset, unmap.Length), isWrite: true),
                _ => Flush(),
            };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The runtime keeps errno as the result code of an IOException, and wraps one for missing rights.
            var errno = (error as IOException ?? error.InnerException as IOException)?.HResult ?? Errno.AccessDenied;
            return Errno.ToResult(errno, job.Request is not AioRead);
        }
    }

    private AioResult Read(Job job, AioRead read, List<Memory<byte>> segments)
    {
        while (job.Done < read.Data.Length)
        {
            long count;
            if (read.Data.Count == 1)
                count = RandomAccess.Read(_file!.Handle, read.Data[0].Span[(int)job.Done..], read.Offset + job.Done);
            else
            {
                Remaining(read.Data, job.Done, segments);
                count = RandomAccess.Read(_file!.Handle, segments, read.Offset + job.Done);
            }
            // The end of the file, within the length it had when it was opened.
            if (count == 0)
                return AioResult.ReadError;
            job.Done += count;
        }
        return AioResult.Ok;
    }

    private AioResult Write(Job job, AioWrite write, List<ReadOnlyMemory<byte>> segments)
    {
        if (!_file!.IsWhole())
            return AioResult.Unavailable;
        if (write.Data.Count == 1)
            RandomAccess.Write(_file.Handle, write.Data[0].Span, write.Offset);
        else
        {
            segments.Clear();
            for (var i = 0; i < write.Data.Count; i++)
                segments.Add(write.Data[i]);
            RandomAccess.Write(_file.Handle, segments, write.Offset);
            segments.Clear();
        }
        if (write.WriteThrough && Flush() is var flushed and not AioResult.Ok)
            return flushed;
        job.Done = write.Data.Length;
        return AioResult.Ok;
    }

    private AioResult Flush()
    {
        RandomAccess.FlushToDisk(_file!.Handle);
        return _file.IsWhole() ? AioResult.Ok : AioResult.Unavailable;
    }

    private static void Remaining(Messages.Scsi.ScatterGatherList data, long done, List<Memory<byte>> segments)
    {
        segments.Clear();
        for (var i = 0; i < data.Count; i++)
        {
            var segment = data[i];
            if (done < segment.Length)
                segments.Add(segment[(int)done..]);
            done = Math.Max(done - segment.Length, 0);
        }
    }

    private static AioResult FromError(int errno, bool isWrite) => errno == 0 ? AioResult.Ok : Errno.ToResult(errno, isWrite);
}
