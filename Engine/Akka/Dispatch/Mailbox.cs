using System.Collections.Concurrent;
using System.Diagnostics;
using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace Akka.Dispatch;

/// <summary>
/// The queue in front of an actor, and the work item that a dispatcher runs to empty it. One status word says who may run it:
/// whoever sets <see cref="Scheduled"/> hands the mailbox to the dispatcher, and only the run that follows clears it.
/// </summary>
public sealed class Mailbox : IRunnable, IThreadPoolWorkItem
{
    private const int Closed = 1;
    private const int Scheduled = 2;
    private const int SuspendUnit = 4;

    private readonly ConcurrentQueue<Envelope> _messages = new();
    private readonly ActorCell _cell;

    // What was unstashed; comes before the queue. Only the run that holds Scheduled touches it.
    private Stack<Envelope>? _front;

    // System messages, newest first.
    private SystemMessage? _system;
    private int _status;

    internal Mailbox(ActorCell cell) => _cell = cell;

    /// <summary>The cell that the mailbox belongs to.</summary>
    internal ActorCell Actor => _cell;

    internal bool HasMessages => _front is { Count: > 0 } || !_messages.IsEmpty;

    internal bool HasSystemMessages => Volatile.Read(ref _system) is { } head && head != EndOfQueue.Instance;

    /// <summary>Whether the last turn ended with messages left over, so that others should come first.</summary>
    internal bool HasUsedUpTurn { get; private set; }

    internal bool IsClosed => (Volatile.Read(ref _status) & Closed) != 0;

    /// <summary>One turn: the system messages, then user messages as far as the dispatcher's throughput and deadline go.</summary>
    public void Run()
    {
        ActorCell? outer = ActorCell.Current;
        ActorCell.Current = _cell;
        try
        {
            if (!IsClosed)
            {
                ProcessSystemMessages();
                ProcessUserMessages();
            }
        }
        finally
        {
            ActorCell.Current = outer;
            HasUsedUpTurn = HasMessages;
            Interlocked.And(ref _status, ~Scheduled);
            _cell.Dispatcher.RegisterForExecution(this, hasMessageHint: false, hasSystemMessageHint: false);
        }
    }

    void IThreadPoolWorkItem.Execute() => Run();

    internal void Enqueue(in Envelope envelope) => _messages.Enqueue(envelope);

    /// <summary>Puts a message before all that wait; only in the actor's own turn.</summary>
    internal void EnqueueFirst(in Envelope envelope) => (_front ??= new Stack<Envelope>()).Push(envelope);

    /// <summary>Queues a system message; false where the mailbox is closed to them.</summary>
    internal bool EnqueueSystem(SystemMessage message)
    {
        SystemMessage? head = Volatile.Read(ref _system);
        while (head != EndOfQueue.Instance)
        {
            message.Next = head;
            SystemMessage? seen = Interlocked.CompareExchange(ref _system, message, head);
            if (seen == head) return true;
            head = seen;
        }

        message.Next = null;
        return false;
    }

    /// <summary>Claims the mailbox for one run; false where it is claimed already, closed, or has nothing that may run.</summary>
    internal bool TrySchedule(bool hasMessageHint, bool hasSystemMessageHint)
    {
        // The caller has queued before it reads the status here, and the run clears Scheduled before it looks into the queues for the
        // last time; each of these is an interlocked operation, so one of the two sees the other and no message is left lying.
        while (true)
        {
            int status = Volatile.Read(ref _status);
            if ((status & (Closed | Scheduled)) != 0) return false;
            bool mayRun = hasSystemMessageHint || HasSystemMessages || (status < SuspendUnit && (hasMessageHint || HasMessages));
            if (!mayRun) return false;
            if (Interlocked.CompareExchange(ref _status, status | Scheduled, status) == status) return true;
        }
    }

    /// <summary>Gives back what <see cref="TrySchedule"/> claimed, for a dispatcher that could not take the work.</summary>
    internal void Unschedule() => Interlocked.And(ref _status, ~Scheduled);

    /// <summary>No user message is handled until as many resumes have come as there were suspends.</summary>
    internal void Suspend() => Interlocked.Add(ref _status, SuspendUnit);

    internal void Resume()
    {
        int status = Volatile.Read(ref _status);
        while (status >= SuspendUnit)
        {
            int seen = Interlocked.CompareExchange(ref _status, status - SuspendUnit, status);
            if (seen == status) return;
            status = seen;
        }
    }

    /// <summary>Closes the mailbox for good, in the actor's last turn; what waits, and what comes later, goes to dead letters.</summary>
    internal void Close()
    {
        Interlocked.Or(ref _status, Closed);
        while (_front is { Count: > 0 }) _cell.ToDeadLetters(_front.Pop());
        DrainToDeadLetters();
        SystemMessage? rest = Interlocked.Exchange(ref _system, EndOfQueue.Instance);
        for (SystemMessage? message = Reverse(rest); message is not null;)
        {
            SystemMessage? next = message.Next;
            message.Next = null;
            _cell.AnswerForTheDead(message);
            message = next;
        }
    }

    /// <summary>Empties a closed mailbox; a sender that lost the race against <see cref="Close"/> does it too.</summary>
    internal void DrainToDeadLetters()
    {
        while (_messages.TryDequeue(out Envelope envelope)) _cell.ToDeadLetters(envelope);
    }

    private void ProcessSystemMessages()
    {
        while (HasSystemMessages)
        {
            SystemMessage? message = Reverse(Interlocked.Exchange(ref _system, null));
            while (message is not null)
            {
                SystemMessage? next = message.Next;
                message.Next = null;
                if (IsClosed) _cell.AnswerForTheDead(message);
                else _cell.InvokeSystem(message);
                message = next;
            }
        }
    }

    private void ProcessUserMessages()
    {
        MessageDispatcher dispatcher = _cell.Dispatcher;
        int left = dispatcher.MessagesPerTurn;
        long deadline = dispatcher.DeadlineOfTurn();
        while (Volatile.Read(ref _status) == Scheduled && TryDequeue(out Envelope envelope))
        {
            _cell.Invoke(envelope);
            if (Volatile.Read(ref _system) is not null) ProcessSystemMessages();
            if (--left <= 0 || (deadline != 0 && Stopwatch.GetTimestamp() >= deadline)) return;
        }
    }

    private bool TryDequeue(out Envelope envelope) =>
        _front is { Count: > 0 } ? _front.TryPop(out envelope) : _messages.TryDequeue(out envelope);

    private static SystemMessage? Reverse(SystemMessage? newest)
    {
        SystemMessage? oldest = null;
        while (newest is not null && newest != EndOfQueue.Instance)
        {
            SystemMessage? next = newest.Next;
            newest.Next = oldest;
            oldest = newest;
            newest = next;
        }

        return oldest;
    }

    /// <summary>The head of a queue that takes no more.</summary>
    private sealed class EndOfQueue : SystemMessage
    {
        public static readonly EndOfQueue Instance = new();
    }
}
