using ScsiActors.Messages;

namespace ScsiActors.Simulation.Guest;

/// <summary>How a block layer treats its disk.</summary>
/// <param name="QueueDepth">Requests that the driver has at once, 1 or more.</param>
/// <param name="MergeLimit">Bytes that requests merged into one may have together; 0 merges none.</param>
public sealed record BlockLayerSettings(int QueueDepth, int MergeLimit);

/// <summary>What a block layer does to its driver.</summary>
internal interface IBlockLayerPorts
{
    /// <summary>Gives the driver a request: contiguous bytes of the disk.</summary>
    void Start(int request, long offset, int length);

    /// <summary>One of the transfers has ended.</summary>
    void Completed(int slot);
}

/// <summary>An operating system's block layer in front of one disk: requests wait in order, one that continues the last waiting one is merged with it,
/// and the driver gets the oldest whenever it has room.</summary>
internal sealed class BlockLayer
{
    private sealed class Request
    {
        public long Offset;
        public int Length;

        public List<int> Slots { get; } = [];
    }

    private readonly BlockLayerSettings _settings;
    private readonly IBlockLayerPorts _ports;
    private readonly Queue<Request> _waiting = new();
    private readonly List<Request?> _started = [];
    private readonly Stack<int> _freeNumbers = new();
    private readonly Stack<Request> _spare = new();
    private Request? _last;
    private int _inDriver;

    public BlockLayer(BlockLayerSettings settings, IBlockLayerPorts ports)
    {
        Invariant.Holds(settings.QueueDepth > 0, "a driver takes at least one request");
        _settings = settings;
        _ports = ports;
    }

    /// <summary>Requests given to the driver so far, and their bytes.</summary>
    public (long Requests, long Bytes) Given { get; private set; }

    /// <summary>Takes a transfer.</summary>
    public void Handle(GuestIo io)
    {
        if (_last is not null && _last.Offset + _last.Length == io.Offset && _last.Length + io.Length <= _settings.MergeLimit)
        {
            _last.Length += io.Length;
            _last.Slots.Add(io.Slot);
            return;
        }
        var request = _spare.TryPop(out var spare) ? spare : new Request();
        (request.Offset, request.Length) = (io.Offset, io.Length);
        request.Slots.Clear();
        request.Slots.Add(io.Slot);
        _waiting.Enqueue(request);
        _last = request;
        StartWaiting();
    }

    /// <summary>The driver is done with a request.</summary>
    public void HandleEnd(int number)
    {
        var request = _started[number];
        Invariant.Holds(request is not null, "the driver ends a request once");
        _started[number] = null;
        _freeNumbers.Push(number);
        _inDriver--;
        foreach (var slot in request.Slots)
            _ports.Completed(slot);
        _spare.Push(request);
        StartWaiting();
    }

    private void StartWaiting()
    {
        while (_inDriver < _settings.QueueDepth && _waiting.TryDequeue(out var request))
        {
            // What the driver has can no longer be merged with.
            if (ReferenceEquals(request, _last))
                _last = null;
            if (!_freeNumbers.TryPop(out var number))
            {
                number = _started.Count;
                _started.Add(null);
            }
            _started[number] = request;
            _inDriver++;
            Given = (Given.Requests + 1, Given.Bytes + request.Length);
            _ports.Start(number, request.Offset, request.Length);
        }
    }
}
