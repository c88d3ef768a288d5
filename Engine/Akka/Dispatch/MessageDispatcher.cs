using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Dispatch;

/// <summary>What a dispatcher may know of its system.</summary>
public interface IDispatcherPrerequisites
{
    EventStream EventStream { get; }

    IScheduler Scheduler { get; }

    Settings Settings { get; }

    Mailboxes Mailboxes { get; }
}

/// <summary>Makes the dispatcher of one configuration section; a type named as a section's <c>type</c> derives from this.</summary>
public abstract class MessageDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
{
    public Config Config { get; } = config;

    public IDispatcherPrerequisites Prerequisites { get; } = prerequisites;

    /// <summary>The dispatcher: always the same, or a new one for each actor.</summary>
    public abstract MessageDispatcher Dispatcher();
}

/// <summary>Gives mailboxes their turns.</summary>
public abstract class MessageDispatcher
{
    public const int DefaultThroughput = 100;

    private long _inhabitants;

    protected MessageDispatcher(MessageDispatcherConfigurator configurator)
    {
        Configurator = configurator;
        Id = configurator.Config.GetString("id", GetType().Name);
        Throughput = configurator.Config.GetInt("throughput", DefaultThroughput);
        TimeSpan deadline = configurator.Config.GetTimeSpan("throughput-deadline-time", TimeSpan.Zero);
        ThroughputDeadlineTime = deadline > TimeSpan.Zero ? deadline.Ticks : null;
    }

    public MessageDispatcherConfigurator Configurator { get; }

    public EventStream EventStream => Configurator.Prerequisites.EventStream;

    public Mailboxes Mailboxes => Configurator.Prerequisites.Mailboxes;

    public string Id { get; protected set; }

    /// <summary>The most user messages of one turn; less than one counts as one.</summary>
    public int Throughput { get; protected set; }

    /// <summary>How long a turn goes on taking messages, in 100 ns ticks: null for no limit, zero for one message a turn.</summary>
    public long? ThroughputDeadlineTime { get; protected set; }

    /// <summary>How many actors are attached.</summary>
    protected internal long Inhabitants => Volatile.Read(ref _inhabitants);

    internal int MessagesPerTurn => ThroughputDeadlineTime == 0 ? 1 : Throughput;

    /// <summary>Runs an action as this dispatcher runs mailboxes.</summary>
    public void Schedule(Action run) => ExecuteTask(new ActionRunnable(run));

    public void Schedule(IRunnable run) => ExecuteTask(run);

    /// <summary>Queues a user message and sees to it that the actor gets a turn.</summary>
    public virtual void Dispatch(ActorCell cell, Envelope envelope)
    {
        Mailbox mailbox = cell.Mailbox;
        mailbox.Enqueue(envelope);
        bool isTaken = RegisterForExecution(mailbox, hasMessageHint: true, hasSystemMessageHint: false);
        if (!isTaken && mailbox.IsClosed) mailbox.DrainToDeadLetters();
    }

    /// <summary>Queues a system message and sees to it that the actor gets a turn.</summary>
    public virtual void SystemDispatch(ActorCell cell, SystemMessage message)
    {
        if (cell.Mailbox.EnqueueSystem(message)) RegisterForExecution(cell.Mailbox, hasMessageHint: false, hasSystemMessageHint: true);
        else cell.AnswerForTheDead(message);
    }

    /// <summary>Takes in an actor whose mailbox holds its <see cref="Create"/>, and gives it its first turn.</summary>
    public virtual void Attach(ActorCell cell)
    {
        Interlocked.Increment(ref _inhabitants);
        RegisterForExecution(cell.Mailbox, hasMessageHint: false, hasSystemMessageHint: true);
    }

    /// <summary>Lets go of an actor in its last turn: closes its mailbox and sends what is left in it to dead letters.</summary>
    public virtual void Detach(ActorCell cell)
    {
        cell.Mailbox.Close();
        Interlocked.Decrement(ref _inhabitants);
    }

    /// <summary>Has <paramref name="run"/> run once, soon, on a thread of the dispatcher's choice.</summary>
    protected abstract void ExecuteTask(IRunnable run);

    /// <summary>Frees what the dispatcher holds; called when the system has terminated, perhaps on a thread of its own, so it must not
    /// wait.</summary>
    protected abstract void Shutdown();

    internal void ShutDownNow() => Shutdown();

    /// <summary>Hands a mailbox that has something to do to <see cref="ExecuteTask"/>, unless it is there already.</summary>
    internal bool RegisterForExecution(Mailbox mailbox, bool hasMessageHint, bool hasSystemMessageHint)
    {
        if (!mailbox.TrySchedule(hasMessageHint, hasSystemMessageHint)) return false;
        try
        {
            ExecuteTask(mailbox);
            return true;
        }
        catch (Exception e)
        {
            mailbox.Unschedule();
            EventStream.Publish(new Error(e, Id, GetType(), $"{mailbox.Actor.Self} could not be given to its dispatcher"));
            return false;
        }
    }

    /// <summary>The <see cref="Stopwatch"/> timestamp at which a turn that begins now ends; zero for none.</summary>
    internal long DeadlineOfTurn() => ThroughputDeadlineTime is > 0 and { } ticks
        ? Stopwatch.GetTimestamp() + (long)(ticks * ((double)Stopwatch.Frequency / TimeSpan.TicksPerSecond))
        : 0;
}
