using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;

namespace Akka.Dispatch;

/// <summary>
/// Runs mailboxes on the .NET thread pool. What a pool thread makes ready goes to that thread's own queue, where the data is warm; but
/// that queue is last in, first out: an actor that is never done, or two that answer each other, would keep all others from it for ever.
/// So an actor that has used up its turn, and every so many others, go to the pool's common queue, which is first in, first out.
/// </summary>
public class Dispatcher(MessageDispatcherConfigurator configurator) : MessageDispatcher(configurator)
{
    private const int LocalInARow = 32;

    [ThreadStatic]
    private static int _localLeft;

    protected override void ExecuteTask(IRunnable run)
    {
        bool local = run is not Mailbox { HasUsedUpTurn: true } && --_localLeft > 0;
        if (!local) _localLeft = LocalInARow;
        ThreadPool.UnsafeQueueUserWorkItem(run as IThreadPoolWorkItem ?? new ActionRunnable(run.Run), local);
    }

    protected override void Shutdown() { }
}

/// <summary>One <see cref="Dispatcher"/> for all who ask.</summary>
public sealed class DispatcherConfigurator : MessageDispatcherConfigurator
{
    private readonly Dispatcher _dispatcher;

    public DispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites) : base(config, prerequisites) =>
        _dispatcher = new Dispatcher(this);

    public override MessageDispatcher Dispatcher() => _dispatcher;
}

/// <summary>Runs the mailbox of one actor on a thread of its own, which ends with the actor.</summary>
public sealed class PinnedDispatcher : MessageDispatcher
{
    private readonly BlockingCollection<IRunnable> _work = [];

    public PinnedDispatcher(MessageDispatcherConfigurator configurator) : base(configurator) =>
        new Thread(RunAll) { IsBackground = true, Name = Id }.Start();

    public override void Detach(ActorCell cell)
    {
        base.Detach(cell);
        Shutdown();
    }

    protected override void ExecuteTask(IRunnable run) => _work.Add(run);

    protected override void Shutdown() => _work.CompleteAdding();

    private void RunAll()
    {
        foreach (IRunnable run in _work.GetConsumingEnumerable()) run.Run();
    }
}

/// <summary>A <see cref="PinnedDispatcher"/> for each who asks.</summary>
public sealed class PinnedDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
    : MessageDispatcherConfigurator(config, prerequisites)
{
    public override MessageDispatcher Dispatcher() => new PinnedDispatcher(this);
}
