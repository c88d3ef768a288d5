using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;

namespace Akka.Dispatch;

/// <summary>Runs mailboxes on the .NET thread pool; a mailbox that a pool thread makes ready goes to that thread's own queue first.</summary>
public class Dispatcher(MessageDispatcherConfigurator configurator) : MessageDispatcher(configurator)
{
    protected override void ExecuteTask(IRunnable run) =>
        ThreadPool.UnsafeQueueUserWorkItem(run as IThreadPoolWorkItem ?? new ActionRunnable(run.Run), preferLocal: true);

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
