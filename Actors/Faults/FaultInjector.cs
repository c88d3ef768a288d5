using Akka.Actor;
using ScsiActors.Dispatch;
using ScsiActors.Messages;
using ScsiActors.Simulation;

namespace ScsiActors.Faults;

/// <summary>Applies a <see cref="FaultPlan"/> to a subsystem: the filter of a simulated world, or of a live one's dispatcher. What it sends later comes by the
/// system's scheduler, in whose time it lives.</summary>
/// <remarks>In a live world several threads send; they pass one at a time.</remarks>
public sealed class FaultInjector : IMessageFilter
{
    // A rule on a busy system acts thousands of times a second.
    private const int MostTold = 32;

    private readonly object _gate = new();
    private readonly IScheduler _scheduler;
    private readonly TimeSpan _start;
    private readonly FaultMachine<IActorRef> _machine;
    private Injected? _handed;

    /// <summary>An injector whose time begins now.</summary>
    /// <param name="plan">The rules.</param>
    /// <param name="system">The system that the subsystem is in.</param>
    /// <param name="random">Decides every draw; one number is taken from it, however many rules there are.</param>
    public FaultInjector(FaultPlan plan, ActorSystem system, RandomStream random)
    {
        _scheduler = system.Scheduler;
        _start = _scheduler.MonotonicClock;
        _machine = new FaultMachine<IActorRef>(plan, random, new Ports(_scheduler, Fetch, _scheduler is IVirtualTime ? null : Hand));
        Plan = plan;
    }

    /// <summary>The rules.</summary>
    public FaultPlan Plan { get; }

    /// <summary>The account. In a live world it changes while it is read; <see cref="Report"/> does not.</summary>
    public FaultLedger Ledger => _machine.Ledger;

    /// <summary>The state that rules ask for.</summary>
    public string State => _machine.State;

    /// <summary>The account as text, the first injections one by one.</summary>
    public string Report()
    {
        lock (_gate)
            return Ledger.ToText(MostTold);
    }

    /// <inheritdoc/>
    public bool MayPass(IActorRef from, IActorRef to, ref object message)
    {
        lock (_gate)
        {
            if (_handed is not null && ReferenceEquals(_handed.Message, message))
                message = _handed;
            return _machine.MayPass(from ?? ActorRefs.Nobody, to, ref message, _scheduler.MonotonicClock - _start);
        }
    }

    // In a live world a receiver may be on a dispatcher whose messages do not come past here: it gets the message as it is, and what does come past
    // under this call is the machine's own.
    private void Hand(IActorRef to, Injected injected, IActorRef from)
    {
        lock (_gate)
        {
            var outer = _handed;
            _handed = injected;
            to.Tell(injected.Message, from);
            _handed = outer;
        }
    }

    private FaultFetch Fetch(ulong address, int bytes)
    {
        lock (_gate)
            return _machine.Fetch(address, bytes, _scheduler.MonotonicClock - _start);
    }

    /// <summary>How the machines reach actors.</summary>
    /// <param name="scheduler">For what comes later.</param>
    /// <param name="fetch">Decides about fetches; null for a machine that has nothing to do with them.</param>
    /// <param name="hand">Hands a message over; null where every receiver's messages come past the filter.</param>
    internal sealed class Ports(IScheduler scheduler, Func<ulong, int, FaultFetch>? fetch = null, Action<IActorRef, Injected, IActorRef>? hand = null)
        : IFaultPorts<IActorRef>
    {
        public InitiatorMemory Watch(InitiatorMemory memory) => fetch is null ? memory : new FaultMemory(memory, fetch);

        public string NameOf(IActorRef actor) => actor.Path.Name;

        public void Tell(IActorRef to, Injected message, IActorRef from, TimeSpan delay)
        {
            // Not ScheduleTellOnce: an engine may wrap what it schedules, and the filter would not know its own.
            if (delay > TimeSpan.Zero)
                scheduler.Advanced.ScheduleOnce(delay, () => Hand(to, message, from));
            else
                Hand(to, message, from);
        }

        private void Hand(IActorRef to, Injected message, IActorRef from)
        {
            if (hand is null)
                to.Tell(message, from);
            else
                hand(to, message, from);
        }
    }
}
