using Akka.Actor;
using ScsiActors.Messages;

namespace ScsiActors.Simulation.Campaign;

/// <summary>Cuts the power of simulated disks, and gives it back, as a scenario says.</summary>
internal sealed class PowerSwitchActor : UntypedActor
{
    /// <summary>The name of the actor.</summary>
    public const string Name = "power-switch";

    private sealed record TimeOver(IActorRef Disk);

    private readonly IReadOnlyDictionary<(int Target, int Lun), IActorRef> _disks;
    private readonly int _blockSize;
    private readonly Dictionary<IActorRef, int> _cuts = [];

    /// <summary>For <see cref="Props"/>.</summary>
    public PowerSwitchActor(IReadOnlyDictionary<(int Target, int Lun), IActorRef> disks, int blockSize) => (_disks, _blockSize) = (disks, blockSize);

    /// <summary>A switch for these disks, which write a block as a whole or not at all.</summary>
    public static Props Props(IReadOnlyDictionary<(int Target, int Lun), IActorRef> disks, int blockSize) =>
        Akka.Actor.Props.Create(() => new PowerSwitchActor(disks, blockSize));

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case StepDue { Step: PowerCutStep step } when _disks.TryGetValue((step.Target, step.Lun), out var disk):
                _cuts[disk] = _cuts.GetValueOrDefault(disk) + 1;
                if (_cuts[disk] == 1)
                    disk.Tell(new PowerOff(_blockSize), Self);
                Context.System.Scheduler.ScheduleTellOnce(step.For, Self, new TimeOver(disk), ActorRefs.NoSender);
                break;
            case TimeOver over:
                // Cuts that overlap are one.
                if (--_cuts[over.Disk] == 0)
                    over.Disk.Tell(new PowerOn(), Self);
                break;
        }
    }
}
