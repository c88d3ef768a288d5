using Akka.Actor;
using ScsiActors.Dispatch;
using ScsiActors.Simulation;

namespace ScsiActors.Faults;

/// <summary>Puts a historical bug that is made of messages into a subsystem of a simulated world, ahead of another filter.</summary>
/// <param name="mutant">The bug; its <see cref="Mutant.Config"/> is null.</param>
/// <param name="system">The system that the subsystem is in.</param>
/// <param name="random">Decides when bugs of timing show.</param>
/// <param name="next">What sees the messages afterwards, a <see cref="FaultInjector"/> for instance; null for nothing.</param>
public sealed class MutantFilter(Mutant mutant, ActorSystem system, RandomStream random, IMessageFilter? next = null) : IPartFilter
{
    private readonly MutantMachine<IActorRef> _machine = new(mutant, random, new FaultInjector.Ports(system.Scheduler));

    /// <summary>How often the bug has acted.</summary>
    public int Acted => _machine.Acted;

    /// <inheritdoc/>
    public bool MayPass(IActorRef from, IActorRef to, ref object message) =>
        _machine.MayPass(from ?? ActorRefs.Nobody, to, ref message) && (next is null || next.MayPass(from ?? ActorRefs.Nobody, to, ref message));

    /// <inheritdoc/>
    public bool MayEnter(IActorRef from, IActorRef to, ref object message) => _machine.MayEnter(from ?? ActorRefs.Nobody, to, ref message);
}
