using System.Collections.Concurrent;
using System.Diagnostics;
using Akka.Actor;
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
/// <remarks>It blocks no thread while idle, and gives its thread back every millisecond or so, so that other work of the process gets in: its actors may
/// well keep each other busy for ever.</remarks>
public class ChainDispatcher : MessageDispatcher, IThreadPoolWorkItem
{
    private const int RunsPerLookAtTheClock = 32;

    private static readonly long LongestLease = Stopwatch.Frequency / 1000;

    [ThreadStatic]
    private static ChainDispatcher? t_running;

    [ThreadStatic]
    private static bool t_isLent;

    private readonly ConcurrentQueue<IRunnable> _fromOutside = new();
    private readonly Queue<IRunnable> _fromInside = new();
    private int _leased;

    internal ChainDispatcher(MessageDispatcherConfigurator configurator, int throughput)
        : base(configurator) => Throughput = throughput;

    /// <summary>What may exchange or keep messages on their way to this dispatcher's actors; null, the rule, for none. It is called by every thread that
    /// sends. Set it before the actors that it concerns are made.</summary>
    public IMessageFilter? Filter { get; set; }

    /// <summary>Says that the calling thread does nothing but wait and wake: from now on an idle chain that it wakes runs on it, for one lease, which spares
    /// waking a second thread.</summary>
    public static void LendThisThread() => t_isLent = true;

    /// <inheritdoc/>
    public sealed override void Dispatch(ActorCell cell, Envelope envelope)
    {
        if (Filter is { } filter)
        {
            var message = envelope.Message;
            if (!filter.MayPass(envelope.Sender, cell.Self, ref message))
                return;
            if (!ReferenceEquals(message, envelope.Message))
                envelope = new Envelope(message, envelope.Sender);
        }
        Deliver(cell, envelope);
    }

    /// <summary>Puts a message that has passed into its mailbox.</summary>
    protected virtual void Deliver(ActorCell cell, Envelope envelope) => base.Dispatch(cell, envelope);

    /// <inheritdoc/>
    protected override void ExecuteTask(IRunnable run)
    {
        if (ReferenceEquals(t_running, this))
        {
            _fromInside.Enqueue(run);
            return;
        }
        _fromOutside.Enqueue(run);
        if (!TryLease())
            return;
        if (t_isLent && t_running is null)
            ((IThreadPoolWorkItem)this).Execute();
        else
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
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
            var start = Stopwatch.GetTimestamp();
            for (var runs = 1; runs % RunsPerLookAtTheClock != 0 || Stopwatch.GetTimestamp() - start < LongestLease; runs++)
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
            if ((more || !_fromOutside.IsEmpty) && TryLease())
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private void TakeFromOutside()
    {
        while (!_fromOutside.IsEmpty && _fromOutside.TryDequeue(out var run))
            _fromInside.Enqueue(run);
    }

    private bool TryLease() => Volatile.Read(ref _leased) == 0 && Interlocked.Exchange(ref _leased, 1) == 0;
}
