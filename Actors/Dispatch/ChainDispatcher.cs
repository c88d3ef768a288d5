using System.Collections.Concurrent;
using Akka.Configuration;
using Akka.Dispatch;

namespace ScsiActors.Dispatch;

/// <summary>Makes the <see cref="ChainDispatcher"/> of one dispatcher section in HOCON; its <c>throughput</c> is the number of messages a turn.</summary>
public sealed class ChainDispatcherConfigurator : MessageDispatcherConfigurator
{
    private readonly ChainDispatcher _dispatcher;

    /// <summary>Called by the actor system, which finds this type by its name in HOCON.</summary>
    public ChainDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
        : base(config, prerequisites) =>
        _dispatcher = new ChainDispatcher(this, config.GetInt("throughput", MessageDispatcher.DefaultThroughput));

    /// <inheritdoc/>
    public override MessageDispatcher Dispatcher() => _dispatcher;
}

/// <summary>Runs its actors on one thread-pool thread at a time: a request that goes from actor to actor stays in one processor's cache, and a hop
/// between two of them costs neither a wake-up nor an interlocked queue.</summary>
/// <remarks>It blocks no thread while idle, and gives its thread back after <see cref="RunsPerLease"/> turns, so that other work of the process
/// gets in.</remarks>
public class ChainDispatcher : MessageDispatcher, IThreadPoolWorkItem
{
    /// <summary>Turns after which the thread is given back to the pool.</summary>
    public const int RunsPerLease = 4096;

    [ThreadStatic]
    private static ChainDispatcher? t_running;

    private readonly ConcurrentQueue<IRunnable> _fromOutside = new();
    private readonly Queue<IRunnable> _fromInside = new();
    private int _leased;

    internal ChainDispatcher(MessageDispatcherConfigurator configurator, int throughput)
        : base(configurator) => Throughput = throughput;

    /// <inheritdoc/>
    protected override void ExecuteTask(IRunnable run)
    {
        if (ReferenceEquals(t_running, this))
        {
            _fromInside.Enqueue(run);
            return;
        }
        _fromOutside.Enqueue(run);
        Lease();
    }

    /// <inheritdoc/>
    protected override void Shutdown()
    {
    }

    /// <summary>Runs what is ready; called by the thread pool.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        t_running = this;
        try
        {
            for (var runs = 0; runs < RunsPerLease; runs++)
            {
                // Every time: who is woken from outside waits for one round of those that are ready, however busy they keep each other.
                TakeFromOutside();
                if (!_fromInside.TryDequeue(out var run))
                    break;
                run.Run();
            }
        }
        finally
        {
            t_running = null;
            var more = _fromInside.Count > 0;
            Volatile.Write(ref _leased, 0);
            // Whoever enqueued between the last look and the line above found the lease taken: look once more.
            Interlocked.MemoryBarrier();
            if (more || !_fromOutside.IsEmpty)
                Lease();
        }
    }

    private void TakeFromOutside()
    {
        while (!_fromOutside.IsEmpty && _fromOutside.TryDequeue(out var run))
            _fromInside.Enqueue(run);
    }

    private void Lease()
    {
        if (Volatile.Read(ref _leased) == 0 && Interlocked.Exchange(ref _leased, 1) == 0)
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }
}
