using System.Runtime.ExceptionServices;
using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>Asynchronous work of the actor: its continuations come back as system messages, and user messages wait until it ends.</summary>
public sealed partial class ActorCell
{
    internal void RunTask(Func<Task> action)
    {
        var work = new Task<Task>(action);
        work.RunSynchronously(new CellTaskScheduler(this, _current));
        if (work.Exception is { } failure) ExceptionDispatchInfo.Throw(failure.InnerException!);
        Task running = work.Result;
        if (running.IsCompleted)
        {
            running.GetAwaiter().GetResult();
            return;
        }

        Envelope envelope = _current;
        ActorBase? actor = _actor;
        Mailbox.Suspend();
        running.ContinueWith(
            task => SendSystemMessage(new ActorTask(cell => cell.FinishTask(task, actor, envelope))),
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private void FinishTask(Task task, ActorBase? actor, Envelope envelope)
    {
        Mailbox.Resume();
        if (task.IsCompletedSuccessfully || !ReferenceEquals(actor, _actor)) return;
        _current = envelope;
        task.GetAwaiter().GetResult();
    }

    private void RunContinuation(Func<bool> run, Envelope envelope)
    {
        Envelope outer = _current;
        _current = envelope;
        run();
        _current = outer;
    }

    /// <summary>Part of asynchronous work, to be run in the actor's turn.</summary>
    private sealed class ActorTask(Action<ActorCell> run) : SystemMessage
    {
        public void Run(ActorCell cell) => run(cell);
    }

    /// <summary>Runs the continuations of one message's work in the turns of the actor, with that message as the current one.</summary>
    private sealed class CellTaskScheduler(ActorCell cell, Envelope envelope) : TaskScheduler
    {
        protected override void QueueTask(Task task) =>
            cell.SendSystemMessage(new ActorTask(own => own.RunContinuation(() => TryExecuteTask(task), envelope)));

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
            !taskWasPreviouslyQueued && ReferenceEquals(ActorCell.Current, cell) && TryExecuteTask(task);

        protected override IEnumerable<Task> GetScheduledTasks() => [];
    }
}
