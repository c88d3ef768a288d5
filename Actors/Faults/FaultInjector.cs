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
    private readonly object _gate = new();
    private readonly IScheduler _scheduler;
    private readonly TimeSpan _start;
    private readonly FaultMachine<IActorRef> _machine;

    /// <summary>An injector whose time begins now.</summary>
    /// <param name="plan">The rules.</param>
    /// <param name="system">The system that the subsystem is in.</param>
    /// <param name="random">Decides every draw; one number is taken from it, however many rules there are.</param>
    public FaultInjector(FaultPlan plan, ActorSystem system, RandomStream random)
    {
        _scheduler = system.Scheduler;
        _start = _scheduler.MonotonicClock;
        _machine = new FaultMachine<IActorRef>(plan, random, new Ports(_scheduler, Fetch));
        Plan = plan;
    }

    /// <summary>The rules.</summary>
    public FaultPlan Plan { get; }

    /// <summary>The account. In a live world it changes while it is read; <see cref="Report"/> does not.</summary>
    public FaultLedger Ledger => _machine.Ledger;

    /// <summary>The state that rules ask for.</summary>
    public string State => _machine.State;

    /// <summary>The account as text.</summary>
    public string Report()
    {
        lock (_gate)
            return Ledger.ToText();
    }

    /// <inheritdoc/>
    public bool MayPass(IActorRef from, IActorRef to, ref object message)
    {
        lock (_gate)
            return _machine.MayPass(from ?? ActorRefs.Nobody, to, ref message, _scheduler.MonotonicClock - _start);
    }

    private FaultFetch Fetch(ulong address, int bytes)
    {
        lock (_gate)
            return _machine.Fetch(address, bytes, _scheduler.MonotonicClock - _start);
    }

    /// <summary>How the machines reach actors.</summary>
    /// <param name="scheduler">For what comes later.</param>
    /// <param name="fetch">Decides about fetches; null for a machine that has nothing to do with them.</param>
    internal sealed class Ports(IScheduler scheduler, Func<ulong, int, FaultFetch>? fetch = null) : IFaultPorts<IActorRef>
    {
        public InitiatorMemory Watch(InitiatorMemory memory) => fetch is null ? memory : new FaultMemory(memory, fetch);

        public string NameOf(IActorRef actor) => actor.Path.Name;

        public void Tell(IActorRef to, Injected message, IActorRef from, TimeSpan delay)
        {
            // Not ScheduleTellOnce: an engine may wrap what it schedules, and the filter would not know its own.
            if (delay > TimeSpan.Zero)
                scheduler.Advanced.ScheduleOnce(delay, () => to.Tell(message, from));
            else
                to.Tell(message, from);
        }
    }
}
