using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Faults;

/// <summary>Links, and computers that go away or do not reach each other.</summary>
internal sealed partial class FaultMachine<TActor>
{
    private readonly List<Cut> _cuts = [];

    /// <summary>Initiators that do not reach targets for a time.</summary>
    /// <param name="Injection">Why.</param>
    /// <param name="Initiators">Their ports, as a set of bits.</param>
    /// <param name="Targets">Likewise.</param>
    /// <param name="IsSilent">Nobody is told.</param>
    private sealed record Cut(FaultInjection Injection, int Initiators, int Targets, bool IsSilent)
    {
        /// <summary>No command has a good end meanwhile: whoever would take it is gone.</summary>
        public bool EndsAll { get; init; }

        public List<(TActor Client, ulong Id)> Commands { get; } = [];
        public List<(TActor Client, ulong Id, TActor Driver)> Functions { get; } = [];
    }

    private int InitiatorOf(TActor port) => port.Equals(_driver) || _ports.NameOf(port) == "driver" ? AdapterId : FaultPhases.DirectPort;

    private Cut? CutOf(TActor port, int target)
    {
        foreach (var cut in _cuts)
        {
            if ((cut.Initiators >> InitiatorOf(port) & 1) != 0 && (cut.Targets >> target & 1) != 0)
                return cut;
        }
        return null;
    }

    private void Begin(Cut cut, TActor by, TimeSpan time)
    {
        _cuts.Add(cut);
        // What is under way is lost, whenever its logical unit has done with it.
        foreach (var command in _clientCommands.Values.Where(_ => !cut.IsSilent))
            command.IsLost |= CutOf(command.Driver, command.Command.Target) == cut;
        After(time, by, () => Heal(cut));
    }

    private void Heal(Cut cut)
    {
        _cuts.Remove(cut);
        foreach (var (client, id) in cut.Commands)
        {
            if (_clientCommands.TryGetValue((client, id), out var lost) && lost.IsSwallowed)
                Tell(client, Failed(lost.Command), lost.Driver);
        }
        foreach (var (client, id, driver) in cut.Functions)
            Tell(client, new TaskManagementExecuted(id, ServiceResponse.ServiceDeliveryOrTargetFailure), driver);
    }

    private static CommandExecuted Failed(ExecuteCommand command) => new(command.Id, CommandOutcome.DeliveryFailure, default, null, command.Data.Length);

    private bool Lose(Cut cut, TActor client, TActor driver, ExecuteCommand command)
    {
        cut.Injection.Acted++;
        if (cut.IsSilent)
            LoseSilently(cut, client, command.Id);
        else
            Tell(client, Failed(command), driver);
        return false;
    }

    private void LoseSilently(Cut cut, TActor client, ulong id)
    {
        if (!_clientCommands.TryGetValue((client, id), out var command))
            return;
        command.IsSwallowed = true;
        cut.Commands.Add((client, id));
    }

    /// <summary>Answers and functions where there is a cut; commands are looked at when they have been taken note of.</summary>
    private bool Reaches(TActor from, TActor to, ref object message)
    {
        switch (message)
        {
            case CommandExecuted executed when PlaceOf(from).Role == FaultRole.Driver && _clientCommands.TryGetValue((to, executed.Id), out var command):
                var across = CutOf(from, command.Command.Target);
                if (across is { IsSilent: true })
                    LoseSilently(across, to, executed.Id);
                else if (across is { EndsAll: true } || (executed.Outcome == CommandOutcome.Aborted && (command.IsLost || across is not null)))
                    message = Failed(command.Command);
                return across is not { IsSilent: true };
            case ExecuteTaskManagement request when PlaceOf(to).Role == FaultRole.Driver && CutOf(to, request.Target) is { } cut:
                cut.Injection.Acted++;
                if (cut.IsSilent)
                    cut.Functions.Add((from, request.Id, to));
                else
                    Tell(from, new TaskManagementExecuted(request.Id, ServiceResponse.ServiceDeliveryOrTargetFailure), to);
                return false;
            default:
                return true;
        }
    }

    // The command with which it begins is under way, and ends with the others.
    private bool ActOnLink(in FaultAct act)
    {
        var nexus = ((ScsiCommandReceived)act.Message).Nexus;
        var (it, port, time) = (nexus.It, act.From, act.Effect.For!.Value);
        Ended(nexus);
        Tell(port, new CommandAborted(nexus), act.To);
        EndHeldUp(withheld => withheld.It == it);
        TellUnits(1 << it.TargetPort, ServiceDeliveryEvent.ItNexusLoss, it.InitiatorPort, port);
        if (it.InitiatorPort == AdapterId)
            TakeOffBus(1 << it.TargetPort, act.Injection, port, time);
        else
            Begin(new Cut(act.Injection, 1 << it.InitiatorPort, 1 << it.TargetPort, IsSilent: false), act.To, time);
        return false;
    }

    private bool ActOnNode(in FaultAct act)
    {
        var command = (ExecuteCommand)act.Message;
        var (effect, time, initiator) = (act.Effect, act.Effect.For!.Value, InitiatorOf(act.To));
        switch (effect)
        {
            case { What: FaultWhat.Partition }:
                var silent = new Cut(act.Injection, SetOf(effect.Initiators), SetOf(effect.Targets), IsSilent: true);
                Begin(silent, act.To, time);
                break;
            case { Of: FaultNode.Initiator }:
                LoseInitiator(act, initiator, time);
                break;
            default:
                LoseDevice(act, time);
                break;
        }
        return CutOf(act.To, command.Target) is not { } cut || Lose(cut, act.From, act.To, command);
    }

    // None named are all.
    private static int SetOf(IReadOnlyList<int> numbers) => numbers.Count == 0 ? ~0 : numbers.Aggregate(0, static (set, number) => set | 1 << number);

    private void LoseInitiator(in FaultAct act, int initiator, TimeSpan time)
    {
        Begin(new Cut(act.Injection, 1 << initiator, ~0, IsSilent: false) { EndsAll = true }, act.To, time);
        EndHeldUp(withheld => withheld.It.InitiatorPort == initiator);
        if (initiator != AdapterId)
            TellUnits(~0, ServiceDeliveryEvent.ItNexusLoss, initiator, act.To);
        else
            After(time, act.To, ResetBus);
    }

    // What a computer does with its adapter when it starts.
    private void ResetBus()
    {
        if (_adapter is { } adapter)
            AssertReset(adapter);
    }

    private void LoseDevice(in FaultAct act, TimeSpan time)
    {
        EndHeldUp(static _ => true);
        TellUnits(~0, ServiceDeliveryEvent.PowerOn, FaultPhases.DirectPort, act.To);
        Begin(new Cut(act.Injection, 1 << FaultPhases.DirectPort, ~0, IsSilent: false), act.To, time);
        if (_plan.Facts.HasHostAdapter)
            TakeOffBus(_present, act.Injection, act.To, time);
    }

    private void TellUnits(int targets, ServiceDeliveryEvent occurred, int initiator, TActor port)
    {
        foreach (var unit in _unitOfStorage.Values.Where(unit => (targets >> unit.Facts.Target & 1) != 0 && unit.Unit is not null))
            Tell(unit.Unit!, new ServiceDeliveryEventOccurred(occurred, new ItNexus(initiator, unit.Facts.Target), OwnAssociation()), port);
    }

    private void TakeOffBus(int targets, FaultInjection injection, TActor by, TimeSpan time)
    {
        for (var target = 0; targets >> target != 0; target++)
        {
            if ((targets >> target & 1) != 0)
                Remove(target, injection);
        }
        After(time, by, () =>
        {
            for (var target = 0; targets >> target != 0; target++)
                Return(target);
        });
    }
}
