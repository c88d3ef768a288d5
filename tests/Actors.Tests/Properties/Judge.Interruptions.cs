using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Tests.Properties;

/// <summary>Task management functions and delivery events (SAM-5 6, 7).</summary>
public sealed partial class Judge
{
    private readonly List<ModelInterruption> _interruptions = [];

    /// <summary>A task management function is about to be sent.</summary>
    public void Sending(TaskManagementRequestReceived request)
    {
        var interruption = new ModelInterruption($"{request.Function} of {request.Nexus}", request.Association) { Function = request };
        _interruptions.Add(interruption);
        var initiator = request.Nexus.It.InitiatorPort;
        switch (request.Function)
        {
            case TaskManagementFunction.AbortTask:
                // One that is refused because it came with the same name was never in the task set.
                End(interruption, initiator, command => command.Request.Nexus == request.Nexus && !command.Overlaps, false);
                break;
            case TaskManagementFunction.AbortTaskSet:
                End(interruption, initiator, command => command.Initiator == initiator, false);
                break;
            case TaskManagementFunction.ClearTaskSet:
                ClearTaskSet(interruption, initiator);
                break;
            case TaskManagementFunction.ClearAca:
                ClearAca(interruption, initiator);
                break;
            case TaskManagementFunction.LogicalUnitReset:
                Reset(interruption, initiator, UnitAttentionModel.LogicalUnitReset, true);
                break;
            case TaskManagementFunction.TargetReset:
                Reset(interruption, initiator, static now =>
                    new AttentionItem(1, now, SenseCodes.Asc(0x29, 2), SenseCodes.Asc(0x29, 3), SenseCodes.Asc(0x29)), true);
                break;
            case TaskManagementFunction.ItNexusReset:
                LoseNexus(interruption, initiator);
                break;
            case TaskManagementFunction.QueryTask:
                Answers(interruption, _outstanding.Where(command => command.Request.Nexus == request.Nexus));
                break;
            case TaskManagementFunction.QueryTaskSet:
                Answers(interruption, _outstanding.Where(command => command.Initiator == initiator));
                break;
            case TaskManagementFunction.QueryAsynchronousEvent:
                AnswersAttention(interruption, initiator);
                break;
        }
    }

    /// <summary>A delivery event is about to be sent.</summary>
    public void Sending(ServiceDeliveryEventOccurred message)
    {
        var interruption = new ModelInterruption($"{message.Event} of {message.It}", message.Association);
        _interruptions.Add(interruption);
        var initiator = message.It.InitiatorPort;
        if (message.Event == ServiceDeliveryEvent.ItNexusLoss)
            LoseNexus(interruption, initiator);
        else if (message.Event == ServiceDeliveryEvent.HardReset)
            Reset(interruption, initiator, UnitAttentionModel.HardReset, false);
        else
            Reset(interruption, initiator, UnitAttentionModel.PowerOn, false);
    }

    /// <summary>Task Management Function Executed.</summary>
    public void Executed(TaskManagementFunctionExecuted message)
    {
        var interruption = _interruptions.Find(one => one.Function is { } function && one.Association == message.Association
            && function.Nexus == message.Nexus && function.Function == message.Function);
        Divergence.Unless(interruption is not null, "interruption-twice", $"{message} answers no function that is outstanding");
        Divergence.Unless(interruption.Responses.Contains(message.Response), "interruption-response",
            $"{interruption.Name} was answered with {message.Response}; legal: {string.Join(" or ", interruption.Responses)}");
        if (message.Function == TaskManagementFunction.QueryAsynchronousEvent && message.Response == ServiceResponse.FunctionSucceeded)
        {
            Divergence.Unless(message.AdditionalInformation is { } sense && _attentions.Pending(message.Nexus.It.InitiatorPort)
                .Any(item => item.Codes.Contains(sense.Additional)), "interruption-response",
                    $"{message} does not tell of a pending unit attention");
        }
        Complete(interruption);
    }

    /// <summary>Service Delivery Event Handled.</summary>
    public void Handled(ServiceDeliveryEventHandled message)
    {
        var interruption = _interruptions.Find(one => one.Function is null && one.Association == message.Association);
        Divergence.Unless(interruption is not null, "interruption-twice", $"{message} answers no event that is outstanding");
        Complete(interruption);
    }

    private void End(ModelInterruption interruption, int initiator, Func<ModelCommand, bool> isMeant, bool maySayAborted)
    {
        var states = _states.States.ToList();
        foreach (var command in _outstanding.Where(isMeant))
        {
            interruption.Ends.Add(command);
            if (!command.Aborting)
                command.AbortedBy = interruption;
            AllowAbort(command, maySayAborted && command.Initiator != initiator, states);
        }
    }

    private void ClearTaskSet(ModelInterruption interruption, int initiator)
    {
        var states = _states.States.ToList();
        var isShared = states.TrueForAll(static state => state.Modes.TaskSetType == 0);
        End(interruption, initiator, command => command.Initiator == initiator || isShared, true);
        foreach (var command in _outstanding.Where(command => !interruption.Ends.Contains(command)
            && states.Exists(static state => state.Modes.TaskSetType == 0)))
            AllowAbort(command, true, states);
        foreach (var other in _outstanding.Where(command => command.Initiator != initiator && command.MayVanish).Select(static one =>
            one.Initiator).Distinct())
            Foresee(interruption, other, UnitAttentionModel.CommandsCleared(Now));
    }

    private void ClearAca(ModelInterruption interruption, int initiator)
    {
        if (_contingent[initiator] == 0)
        {
            interruption.Responses.Add(ServiceResponse.FunctionRejected);
            return;
        }
        // One that another function is ending may be over already.
        if (_contingentEnding[initiator])
            interruption.Responses.Add(ServiceResponse.FunctionRejected);
        EndContingent(interruption, initiator);
        foreach (var command in _outstanding.Where(command =>
            command.Initiator == initiator && command.Request.Attribute == TaskAttribute.Aca))
            command.MayVanish = command.Aborting = true;
    }

    private void Reset(ModelInterruption interruption, int initiator, Func<long, AttentionItem> attention, bool maySayAborted)
    {
        var isTold = maySayAborted && _states.States.Any(static state => state.Modes.TaskAbortedStatus);
        End(interruption, initiator, static _ => true, false);
        foreach (var command in interruption.Ends)
        {
            command.MayBeTaskAborted |= isTold && command.Initiator != initiator;
            command.MayVanish = true;
        }
        interruption.Change = BeginChange(state => state with { Modes = state.Modes.With(_facts.Defaults), Holder = -1, Preventing = 0 });
        for (var other = 0; other < _attentions.Initiators; other++)
        {
            EndContingent(interruption, other);
            Foresee(interruption, other, attention(Now));
            ForgetSense(other);
        }
    }

    private void LoseNexus(ModelInterruption interruption, int initiator)
    {
        End(interruption, initiator, command => command.Initiator == initiator, false);
        interruption.Change = BeginChange(state => state with
        {
            Holder = state.Holder == initiator ? -1 : state.Holder,
            Preventing = state.Preventing & ~(1u << initiator),
        });
        EndContingent(interruption, initiator);
        Foresee(interruption, initiator, UnitAttentionModel.NexusLoss(Now));
        ForgetSense(initiator);
    }

    private void Foresee(ModelInterruption interruption, int initiator, AttentionItem item)
    {
        _attentions.Foresee(initiator, item);
        interruption.Attentions.Add((initiator, item));
    }

    private void ForgetSense(int initiator)
    {
        if (_storedSense[initiator] is { } stored)
            _storedSense[initiator] = stored with { Certain = false };
    }

    private static void Answers(ModelInterruption interruption, IEnumerable<ModelCommand> found)
    {
        var commands = found.ToList();
        if (commands.Count == 0)
            return;
        interruption.Responses.Add(ServiceResponse.FunctionSucceeded);
        if (commands.Exists(static command => !command.Aborting && !command.Overlaps))
            interruption.Responses.Remove(ServiceResponse.FunctionComplete);
    }

    private void AnswersAttention(ModelInterruption interruption, int initiator)
    {
        if (_attentions.Pending(initiator).Count > 0)
            interruption.Responses.Add(ServiceResponse.FunctionSucceeded);
        if (_attentions.MustReport(initiator, Now))
            interruption.Responses.Remove(ServiceResponse.FunctionComplete);
    }

    private void Complete(ModelInterruption interruption)
    {
        _interruptions.Remove(interruption);
        foreach (var command in interruption.Ends)
        {
            Divergence.Unless(command.Answered != long.MaxValue, "abort-incomplete",
                $"{interruption.Name} was answered, but {command}, which it ends, was not");
        }
        if (interruption.Change is { } change)
        {
            _states.End(change, true);
            StatesChanged();
        }
        foreach (var (initiator, item) in interruption.Attentions)
        {
            item.Settled = Now;
            // Commands that had ended by themselves before they could be cleared leave no condition behind.
            if (interruption.Function?.Function != TaskManagementFunction.ClearTaskSet
                || interruption.Ends.Exists(command =>
                    command.Initiator == initiator && command.Vanished && command.AbortedBy == interruption))
                _attentions.Require(initiator, item, Now);
        }
        foreach (var (initiator, number) in interruption.EndsContingent)
        {
            // Unless another one has begun meanwhile.
            if (_contingent[initiator] == number)
                (_contingent[initiator], _contingentEnding[initiator]) = (0, false);
        }
    }

    private void EndContingent(ModelInterruption interruption, int initiator)
    {
        interruption.EndsContingent.Add((initiator, _contingent[initiator]));
        _contingentEnding[initiator] = true;
    }
}
