using Akka.Actor;
using ScsiActors.Messages;

namespace ScsiActors.Host.Experiment;

/// <summary>Counts what goes to storage and to the driver of one row, by watching the messages.</summary>
/// <param name="mostSamples">Samples of the depth that are kept; later ones are left out.</param>
internal sealed class TrafficCounter(int mostSamples)
{
    /// <summary>The name of a bare-metal row's storage; all others end in this.</summary>
    public const string Storage = "disk-aio";

    private const string StorageEnding = "-aio";

    private readonly List<DepthSample> _depth = [];
    private TimeSpan _start;
    private int _inFlight;
    private long _toStorage;
    private long _storageBytes;
    private long _toDriver;
    private long _driverBytes;

    /// <summary>The most requests that storage had at once.</summary>
    public int Most { get; private set; }

    /// <summary>Mean bytes of a request to storage.</summary>
    public double StorageBytes => (double)_storageBytes / Math.Max(_toStorage, 1);

    /// <summary>Mean bytes of a request to the driver; without one, to storage.</summary>
    public double DeviceBytes => _toDriver == 0 ? StorageBytes : (double)_driverBytes / _toDriver;

    /// <summary>How many storage had from when on.</summary>
    public IReadOnlyList<DepthSample> Depth => _depth;

    /// <summary>Measuring begins: what has been counted is forgotten, but not what is in flight.</summary>
    public void Begin(TimeSpan time)
    {
        _start = time;
        _depth.Clear();
        (_toStorage, _storageBytes, _toDriver, _driverBytes) = (0, 0, 0, 0);
        Most = 0;
        Sample(time);
    }

    /// <summary>A message was sent.</summary>
    public void Sent(TimeSpan time, IActorRef from, IActorRef to, object message)
    {
        switch (message)
        {
            case AioRead read when IsStorage(to):
                Started(time, read.Data.Length);
                break;
            case AioWrite write when IsStorage(to):
                Started(time, write.Data.Length);
                break;
            case AioCompleted when IsStorage(from):
                _inFlight--;
                Sample(time);
                break;
            case ExecuteCommand command:
                _toDriver++;
                _driverBytes += command.Data.Length;
                break;
            case ExecuteBlockRequest request:
                _toDriver++;
                _driverBytes += request.Data.Length;
                break;
        }
    }

    private static bool IsStorage(IActorRef actor) => actor.Path.Name.EndsWith(StorageEnding, StringComparison.Ordinal);

    private void Started(TimeSpan time, long bytes)
    {
        _toStorage++;
        _storageBytes += bytes;
        _inFlight++;
        Most = Math.Max(Most, _inFlight);
        Sample(time);
    }

    private void Sample(TimeSpan time)
    {
        if (_depth.Count < mostSamples)
            _depth.Add(new DepthSample(time - _start, _inFlight));
    }
}
