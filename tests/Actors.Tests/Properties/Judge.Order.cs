using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Tests.Properties;

/// <summary>The task set: order, limits, auto contingent allegiance, queue error management (SAM-5 5.9, 8).</summary>
public sealed partial class Judge
{
    private static readonly AdditionalSense InvalidMessage = SenseCodes.Asc(0x49);

    // The number of the contingent allegiance that each initiator is in; 0 for none.
    private readonly int[] _contingent;
    private readonly bool[] _contingentEnding;
    private readonly long[] _contingentSince;
    private int _contingents;

    /// <summary>True while a contingent allegiance is in effect for <paramref name="initiator"/>.</summary>
    public bool IsContingent(int initiator) => _contingent[initiator] != 0;

    // True when the answer is one of the task set's own, and legal.
    private bool JudgeTaskSet(ModelCommand command, ScsiStatus status, SenseData? sense, string text)
    {
        var isRefused = status is ScsiStatus.AcaActive or ScsiStatus.Busy or ScsiStatus.TaskSetFull;
        if (command.MustOverlap && !isRefused && status != ScsiStatus.TaskAborted)
            Divergence.Unless(IsOverlap(sense), "overlap", $"{text}, although another command has its name");
        if (!IsOverlap(sense))
            JudgeContingent(command, status, text);
        // A full request queue is told in the same words as a full task set.
        if (status is ScsiStatus.Busy or ScsiStatus.TaskSetFull && MetBusyStorage(command))
            return true;
        switch (status)
        {
            // A full task set is BUSY to an initiator that has nothing in it (SAM-5 5.3.1).
            case ScsiStatus.Busy when command.Company >= _taskLimit && !command.HasSureCompanion:
                return true;
            case ScsiStatus.AcaActive or ScsiStatus.Busy:
                Divergence.Unless(command.SawAca, "contingent", $"{text} without a contingent allegiance");
                return true;
            case ScsiStatus.TaskSetFull:
                Divergence.Unless(command.Company >= _taskLimit, "task-set-full",
                    $"{text} with {command.Company} other commands of {_taskLimit}");
                return true;
            case ScsiStatus.TaskAborted:
                Divergence.Unless(command.MayBeTaskAborted, "task-aborted", $"{text}, but no other nexus has aborted it with TAS=1");
                return true;
        }
        Divergence.Unless(!command.MustNotFinish, "queue-error", $"{text} although it was to be aborted after a CHECK CONDITION (QERR)");
        if (status == ScsiStatus.CheckCondition && IsOverlap(sense))
        {
            Divergence.Unless(command.Overlaps, "overlap", $"{text}, but no other command had its name");
            return true;
        }
        var isLostAca = sense is { Key: SenseKey.IllegalRequest } && sense.Additional == InvalidMessage;
        if (status == ScsiStatus.CheckCondition && isLostAca)
        {
            Divergence.Unless(command.Request.Attribute == TaskAttribute.Aca, "contingent", $"{text}, but it has no ACA attribute");
            return true;
        }
        Divergence.Unless(command.SureCompany < _taskLimit || sense?.Key == SenseKey.UnitAttention, "task-set-full",
            $"{text} although the task set was full");
        return false;
    }

    private void JudgeContingent(ModelCommand command, ScsiStatus status, string text)
    {
        var initiator = command.Initiator;
        var isRefused = status is ScsiStatus.AcaActive or ScsiStatus.Busy or ScsiStatus.TaskSetFull or ScsiStatus.TaskAborted;
        var isStill = command.AcaAtArrival != 0 && command.AcaAtArrival == _contingent[initiator] && !_contingentEnding[initiator];
        if (isStill && command.Request.Attribute != TaskAttribute.Aca)
            Divergence.Unless(isRefused, "contingent", $"{text} although its initiator is in a contingent allegiance");
        if (command.Request.Attribute == TaskAttribute.Aca && command.AcaAtArrival == 0 && !command.SawAca && status == ScsiStatus.Good)
            throw new DivergenceException("contingent", $"{text} with the ACA attribute, but there was no contingent allegiance");
        if (isRefused || command.Request.Attribute == TaskAttribute.Aca)
            return;
        for (var faulted = 0; faulted < _contingent.Length; faulted++)
        {
            if (_contingent[faulted] == 0 || _contingentEnding[faulted] || _contingentSince[faulted] == Now
                || (faulted != initiator && command.Seen.Exists(static state => state.Modes.TaskSetType != 0)))
                continue;
            Divergence.Unless(false, "contingent", $"{text} although initiator {faulted} is in a contingent allegiance that blocks it");
        }
    }

    private void AfterCheckCondition(ModelCommand command, SenseData sense)
    {
        StoreSense(command, sense);
        var initiator = command.Initiator;
        if (command.Naca && _facts.NormalAca)
        {
            _contingent[initiator] = ++_contingents;
            _contingentEnding[initiator] = false;
            _contingentSince[initiator] = Now;
            foreach (var other in _outstanding)
                other.SawAca = true;
        }
        else if (command.Request.Attribute == TaskAttribute.Aca && _contingent[initiator] != 0)
        {
            // Whether an ACA command that fails without NACA ends the condition differs between versions.
            _contingentEnding[initiator] = true;
        }
        ApplyQueueError(command, mustAbort: !IsOverlap(sense));
    }

    private void ApplyQueueError(ModelCommand command, bool mustAbort)
    {
        var states = _states.States.Concat(command.Seen).Distinct().ToList();
        foreach (var other in _outstanding.Concat(_unexplained))
        {
            var isOwn = other.Initiator == command.Initiator;
            bool Aborts(ModelState state) => state.Modes.QueueError switch
            {
                1 => isOwn || state.Modes.TaskSetType == 0,
                3 => isOwn,
                _ => false,
            };
            if (other.Arrival >= command.Answered || !states.Exists(Aborts))
                continue;
            var all = states.TrueForAll(Aborts);
            AllowAbort(other, !isOwn, states);
            other.MustNotFinish |= mustAbort && all && other.Arrival < Now && !other.Overlaps;
            if (!isOwn)
                _attentions.Allow(other.Initiator, UnitAttentionModel.CommandsCleared(Now));
        }
    }

    private static void AllowAbort(ModelCommand command, bool byOther, List<ModelState> states)
    {
        command.Aborting = true;
        var mayTell = byOther && states.Exists(static state => state.Modes.TaskAbortedStatus);
        var mustTell = byOther && states.TrueForAll(static state => state.Modes.TaskAbortedStatus);
        command.MayBeTaskAborted |= mayTell;
        command.MayVanish |= !mustTell;
    }

    // The first sign that a command runs: nothing may be outstanding that had to end before.
    private void Runs(ModelCommand command, long since)
    {
        if (since >= command.Started)
            return;
        command.Started = since;
        if (command.Request.Attribute is TaskAttribute.HeadOfQueue or TaskAttribute.Aca)
            return;
        // The initiator may hold its bus until it has the sense data that are kept for it: nothing may hold them up.
        if (command.Cdb.OperationCode == 0x03 && _storedSense[command.Initiator] is not null)
            return;
        var isOrdered = command.Request.Attribute == TaskAttribute.Ordered;
        foreach (var other in _outstanding.Concat(_answered))
        {
            if (other == command || other.Answered <= since || other.Aborting || other.Overlaps || !ShareTaskSet(command, other))
                continue;
            if (other.Arrival < command.Arrival)
            {
                Divergence.Unless(!isOrdered && other.Request.Attribute is not (TaskAttribute.Ordered or TaskAttribute.HeadOfQueue),
                    "order",
                    $"{command} ran before {other} had ended");
            }
            else if (other.Request.Attribute == TaskAttribute.HeadOfQueue && other.Arrival < since)
            {
                Divergence.Unless(!WasDormant(command, other.Arrival), "order",
                    $"{command} was dormant when {other} came, and ran before it had ended");
            }
        }
    }

    private bool WasDormant(ModelCommand command, long at) => _outstanding.Concat(_answered).Any(older => older.Arrival < command.Arrival
        && older.Answered > at && !older.Aborting && !older.Overlaps && older.Request.Attribute == TaskAttribute.Ordered
            && ShareTaskSet(command, older));

    private void JudgeOrder(ModelCommand command, ScsiStatus status, SenseData? sense)
    {
        var neverEntered = status is ScsiStatus.AcaActive or ScsiStatus.Busy or ScsiStatus.TaskSetFull or ScsiStatus.TaskAborted
            || IsOverlap(sense) || sense?.Additional == InvalidMessage;
        if (!neverEntered)
            Runs(command, Now);
    }

    private static bool ShareTaskSet(ModelCommand one, ModelCommand other) => one.Initiator == other.Initiator
        || (one.Seen.TrueForAll(static state => state.Modes.TaskSetType == 0)
            && other.Seen.TrueForAll(static state => state.Modes.TaskSetType == 0));
}
