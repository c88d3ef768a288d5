using Akka.Actor;
using Akka.Dispatch;
using ScsiActors.Dispatch;
using ScsiActors.Messages;

namespace ScsiActors.Simulation;

/// <summary>The order and the time of one actor system: gives one actor after the other a turn of one message, and when nobody is ready jumps to the next
/// timer. All of it happens on the thread that made it.</summary>
internal sealed class SimulationKernel
{
    private const ulong HashPrime = 0x9E3779B97F4A7C15UL;

    private readonly record struct Timer(Action? Action, Inbox? Inbox, Mail Mail, ICancelable? Cancelable);

    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly PriorityQueue<Timer, (long Due, long Number)> _timers = new();
    private readonly Dictionary<ActorCell, Inbox> _inboxes = [];
    private readonly Dictionary<Type, ulong> _types = [];
    private readonly Queue<IRunnable> _engineTurns = new();
    private ITurnOrder _order = new FifoOrder();
    private long _timersSet;
    private int _userInboxes;
    private Inbox? _delivering;
    private IPartFilter? _doors;
    private bool _isPeeking;
    private object? _peeked;

    /// <summary>The virtual time in ticks of 100 ns, from 0.</summary>
    public long Now { get; private set; }

    /// <summary>Messages that users' actors have handled.</summary>
    public long Turns { get; private set; }

    /// <summary>How often another thread told an actor something or gave it a turn. Then nothing is certain: it stays 0, or the run counts for
    /// nothing.</summary>
    public int ForeignThreads { get; private set; }

    /// <summary>A hash of who handled what kind of message when, over all turns so far.</summary>
    public ulong Hash { get; private set; } = 1;

    public IMessageFilter? Filter
    {
        get;
        set
        {
            field = value;
            _doors = value as IPartFilter;
        }
    }

    public ITurnCosts? Costs { get; set; }

    /// <summary>Told of every message to a user's actor when it is sent: time, sender, receiver, message.</summary>
    public Action<TimeSpan, IActorRef, IActorRef, object>? Sent { get; set; }

    /// <summary>The number that whoever is <see cref="Sent"/> a message may give it during that call; -1 unless it does.</summary>
    public long Number { get; set; } = Mail.NoNumber;

    /// <summary>The number of the message in whose handling the caller is; -1 for one without, and outside of all turns.</summary>
    public long Handling { get; private set; } = Mail.NoNumber;

    public bool IsIdle => _engineTurns.Count == 0 && _order.Count == 0;

    /// <summary>The time of the next timer; null without one.</summary>
    public TimeSpan? NextTimer => _timers.TryPeek(out _, out var next) ? new TimeSpan(next.Due) : null;

    public void UseOrder(ITurnOrder order)
    {
        Invariant.Holds(_order.Count == 0, "the order changes only while nobody is ready");
        _order = order;
    }

    /// <summary>A message was told to an actor.</summary>
    public void Send(SimulatedDispatcher dispatcher, ActorCell cell, Envelope envelope)
    {
        CheckThread();
        if (_isPeeking)
        {
            _peeked = envelope.Message;
            return;
        }
        if (!_inboxes.TryGetValue(cell, out var inbox))
            inbox = NewInbox(dispatcher, cell);
        if (inbox.IsUsers)
        {
            var message = envelope.Message;
            if (Filter is not null && !Filter.MayPass(envelope.Sender, cell.Self, ref message))
                return;
            if (!ReferenceEquals(message, envelope.Message))
                envelope = new Envelope(message, envelope.Sender);
            Number = Mail.NoNumber;
            Sent?.Invoke(new TimeSpan(Now), envelope.Sender, cell.Self, message);
            if (!dispatcher.Taps.IsEmpty)
                dispatcher.Taps.Sent(cell, envelope);
        }
        var mail = new Mail(envelope, inbox.IsUsers ? Number : Mail.NoNumber);
        if (inbox.Processor is null)
        {
            MakeReady(inbox, mail);
            return;
        }
        var cost = Costs!.CostOf(inbox.Role, envelope.Message);
        if (cost.Delay > TimeSpan.Zero)
            At(Now + cost.Delay.Ticks, new Timer(null, inbox, mail, null));
        else
            Queue(new SimulatedProcessor.Turn(inbox, mail, cost.Processor.Ticks));
    }

    /// <summary>A mailbox of the engine wants to run: with the message just given to it, or with system messages.</summary>
    public void Run(IRunnable turn)
    {
        CheckThread();
        _engineTurns.Enqueue(turn);
    }

    public void At(TimeSpan due, Action action, ICancelable? cancelable)
    {
        CheckThread();
        At(Math.Max(Now, due.Ticks), new Timer(action, null, default, cancelable));
    }

    /// <summary>Does the next thing there is to do, if that is due by <paramref name="until"/>.</summary>
    /// <returns>False when there is nothing.</returns>
    public bool Step(long until)
    {
        // What the engine itself has to do comes first, in its order: engines differ in how much that is, and it must not shift the seed's choices.
        if (_engineTurns.TryDequeue(out var turn))
        {
            turn.Run();
            return true;
        }
        if (_order.Count > 0)
        {
            Deliver(_order.Next());
            return true;
        }
        if (!_timers.TryPeek(out _, out var next) || next.Due > until)
            return false;
        Now = next.Due;
        FireAllDueNow();
        return true;
    }

    /// <summary>What has deviated from the order in which actors became ready, over all turns so far; nothing is recorded of a run in that order.</summary>
    public IReadOnlyList<TurnDeviation> Deviations => (_order as IDeviatingOrder)?.Deviations ?? [];

    /// <summary>The users' actors that messages have been sent to and that have not stopped, in that order.</summary>
    public IEnumerable<IActorRef> Actors => _inboxes.Values.Where(static inbox => inbox.IsUsers && !inbox.Cell.IsTerminated).OrderBy(static inbox => inbox.Number)
        .Select(static inbox => inbox.Cell.Self);

    /// <summary>Has an actor answer a question outside of time: ahead of its mailbox, without a turn, a draw or a trace in the hash, so that the run goes on as
    /// if nobody had asked. It must be one that changes nothing. Whatever else the actor sends is lost.</summary>
    /// <returns>The last thing it has sent; null for nothing.</returns>
    public object? Peek(IActorRef actor, object question)
    {
        Invariant.Holds(_delivering is null, "nobody is asked while it is somebody's turn");
        var inbox = _inboxes.Values.FirstOrDefault(inbox => !inbox.Cell.IsTerminated && inbox.Cell.Self.Equals(actor));
        if (inbox is null)
            return null;
        RunEngine();
        (_isPeeking, _peeked) = (true, null);
        inbox.Dispatcher.Deliver(inbox.Cell, new Envelope(question, actor));
        RunEngine();
        _isPeeking = false;
        return _peeked;
    }

    /// <summary>Lets time pass in which nothing happens.</summary>
    public void AdvanceTo(long time)
    {
        Invariant.Holds(IsIdle, "time passes only while nobody is ready");
        Now = Math.Max(Now, time);
    }

    private Inbox NewInbox(SimulatedDispatcher dispatcher, ActorCell cell)
    {
        var inbox = new Inbox(_userInboxes, cell, dispatcher);
        if (inbox.IsUsers)
        {
            _userInboxes++;
            if (Costs is not null)
                (inbox.Processor, inbox.Role, inbox.IsUrgent) = Costs.Place(cell.Self.Path.Name);
        }
        _inboxes.Add(cell, inbox);
        return inbox;
    }

    private void MakeReady(Inbox inbox, in Mail mail)
    {
        inbox.Messages.Enqueue(mail);
        if (inbox.Messages.Count == 1 && !ReferenceEquals(inbox, _delivering))
            _order.Add(inbox);
    }

    private void Deliver(Inbox inbox)
    {
        var (envelope, number) = inbox.Messages.Dequeue();
        if (inbox.IsUsers)
        {
            Turns++;
            Hash = (Hash ^ ((ulong)Now << 16) ^ (ulong)inbox.Number ^ HashOf(envelope.Message.GetType())) * HashPrime;
            Hash ^= Hash >> 29;
        }
        (_delivering, Handling) = (inbox, number);
        if (_doors is null || !inbox.IsUsers || MayEnter(_doors, inbox.Cell, ref envelope))
            inbox.Dispatcher.Deliver(inbox.Cell, envelope);
        var isWatched = !inbox.Dispatcher.Taps.IsEmpty;
        if (isWatched)
            inbox.Dispatcher.Taps.Run(inbox.Cell);
        RunEngine();
        if (isWatched)
            inbox.Dispatcher.Taps.Run(null);
        (_delivering, Handling) = (null, Mail.NoNumber);
        if (inbox.Messages.Count > 0)
            _order.Add(inbox);
        else if (inbox.Cell.IsTerminated)
            _inboxes.Remove(inbox.Cell);
    }

    private static bool MayEnter(IPartFilter doors, ActorCell cell, ref Envelope envelope)
    {
        var message = envelope.Message;
        if (!doors.MayEnter(envelope.Sender, cell.Self, ref message))
            return false;
        if (!ReferenceEquals(message, envelope.Message))
            envelope = new Envelope(message, envelope.Sender);
        return true;
    }

    private void RunEngine()
    {
        while (_engineTurns.TryDequeue(out var turn))
            turn.Run();
    }

    private void Queue(SimulatedProcessor.Turn turn)
    {
        var processor = turn.Inbox.Processor!;
        processor.Enqueue(turn);
        if (!processor.IsBusy)
            RunNext(processor);
    }

    private void RunNext(SimulatedProcessor processor)
    {
        while (processor.TryDequeue(out var turn))
        {
            if (turn.Cost == 0)
            {
                MakeReady(turn.Inbox, turn.Mail);
                continue;
            }
            processor.IsBusy = true;
            processor.BusyTicks += turn.Cost;
            At(Now + turn.Cost, new Timer(() =>
            {
                processor.IsBusy = false;
                MakeReady(turn.Inbox, turn.Mail);
                RunNext(processor);
            }, null, default, null));
            return;
        }
    }

    // All of one instant before anybody gets a turn: two messages due together wait together.
    private void FireAllDueNow()
    {
        while (_timers.TryPeek(out var timer, out var next) && next.Due == Now)
        {
            _timers.Dequeue();
            if (timer.Inbox is not null)
                Queue(new SimulatedProcessor.Turn(timer.Inbox, timer.Mail, Costs!.CostOf(timer.Inbox.Role, timer.Mail.Envelope.Message).Processor.Ticks));
            else if (timer.Cancelable is not { IsCancellationRequested: true })
                timer.Action!();
        }
    }

    private void At(long due, Timer timer) => _timers.Enqueue(timer, (due, _timersSet++));

    // FNV-1a of the type's name: the runtime's own hashes differ from process to process.
    private ulong HashOf(Type type)
    {
        if (_types.TryGetValue(type, out var hash))
            return hash;
        hash = 14695981039346656037UL;
        foreach (var letter in type.Name)
            hash = (hash ^ letter) * 1099511628211UL;
        _types.Add(type, hash);
        return hash;
    }

    private void CheckThread()
    {
        if (Environment.CurrentManagedThreadId != _thread)
            ForeignThreads++;
    }
}
