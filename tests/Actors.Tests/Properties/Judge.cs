using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Tests.Properties;

/// <summary>Watches everything that goes into a logical unit and comes out of it, and throws a <see cref="DivergenceException"/> at the
/// first thing that no conforming logical unit would have done. It holds no copy of the implementation: where a standard leaves a choice,
/// every choice is accepted, and what cannot be seen from outside is kept as a set of possibilities.</summary>
public sealed partial class Judge
{
    private readonly CommandRules _rules;
    private readonly DeviceFacts _facts;
    private readonly SimulatedStorage _storage;
    private readonly PossibleStates _states;
    private readonly UnitAttentionModel _attentions;
    private readonly int _taskLimit;
    private readonly List<ModelCommand> _outstanding = [];
    private readonly Queue<ModelCommand> _answered = [];
    private readonly Dictionary<ModelCommand, List<(int Initiator, AttentionItem Item)>> _foreseen = [];
    private readonly List<ModelCommand> _unexplained = [];

    private const int Remembered = 128;

    /// <summary>Judges a logical unit that has just been asked for <paramref name="facts"/>.</summary>
    /// <param name="facts">What it said of itself.</param>
    /// <param name="storage">The storage behind it.</param>
    /// <param name="initiators">Initiators that may send; every one still has to be told of the power on.</param>
    /// <param name="taskLimit">How many commands it takes before it answers TASK SET FULL.</param>
    /// <param name="greeted">The initiator that has been told of the power on already.</param>
    public Judge(DeviceFacts facts, SimulatedStorage storage, int initiators, int taskLimit, int greeted)
    {
        (_facts, _storage, _taskLimit) = (facts, storage, taskLimit);
        _rules = new CommandRules(facts);
        _states = new PossibleStates(new ModelState(new ModePages(facts, facts.Defaults), -1, 0, true));
        _attentions = new UnitAttentionModel(initiators);
        _contingent = new int[initiators];
        _contingentEnding = new bool[initiators];
        _contingentSince = new long[initiators];
        _immediate = new bool[initiators];
        _deferred = Enumerable.Range(0, initiators).Select(static _ => new List<AioResult>()).ToArray();
        _storedSense = new StoredSense?[initiators];
        for (var initiator = 0; initiator < initiators; initiator++)
        {
            if (initiator != greeted)
                RequireAttention(initiator, UnitAttentionModel.PowerOn(0));
        }
    }

    /// <summary>Counts what has gone in; the model's clock.</summary>
    public long Now { get; set; } = 1;

    /// <summary>Commands without an answer, oldest first.</summary>
    public IReadOnlyList<ModelCommand> Outstanding => _outstanding;

    /// <summary>Changes of state that are under way: the generator keeps them few, for their orders multiply.</summary>
    public int ChangesUnderWay => _states.UnderWay;

    /// <summary>One of the states the logical unit may be in.</summary>
    public ModelState State => _states.States.First();

    /// <summary>How often each ending was seen.</summary>
    public SortedDictionary<string, int> Census { get; } = [];

    /// <summary>A command is about to be sent.</summary>
    public void Sending(ModelCommand command)
    {
        var nexus = command.Request.Nexus;
        foreach (var other in _outstanding)
        {
            if (other.Request.Nexus != nexus)
                continue;
            command.Overlaps = true;
            command.MustOverlap |= !other.Aborting;
        }
        if (command.Overlaps)
        {
            foreach (var other in _outstanding.Where(other => other.Initiator == command.Initiator))
                other.MayVanish = other.Aborting = true;
        }
        // A flush that goes on after its command was answered (IMMED) may hold a place in the task set.
        command.Company = _outstanding.Count + _storage.Pending.Count(static operation => operation.Request is AioFlush);
        command.SureCompany = _outstanding.Count(static other => !other.Aborting);
        command.HasSureCompanion = _outstanding.Exists(other => !other.Aborting && other.Initiator == command.Initiator);
        command.AcaAtArrival = _contingent[command.Initiator];
        command.SawAca = _contingent.Any(static aca => aca != 0);
        foreach (var state in _states.States)
            command.Seen.Add(state);
        _outstanding.Add(command);
        NoteStoredSense(command);
        if (!CommandRules.CanChange(command.Cdb))
            return;
        command.Loaded = _states.UnderWay == 0 && _states.States.All(static state => state.Loaded);
        command.SureChange = _states.UnderWay == 0
            && _states.States.All(state => _rules.Change(command, state) is { } after && !after.Modes.Equals(state.Modes));
        command.Change = BeginChange(state => _rules.Change(command, state));
        Foresee(command);
    }

    /// <summary>The logical unit has handled one message: every command it let go without a status must have been explained by
    /// now.</summary>
    public void Handled()
    {
        foreach (var command in _unexplained)
            Divergence.Unless(command.MayVanish, "abort-unasked", $"{command} was aborted without a reason");
        _unexplained.Clear();
    }

    /// <summary>Everything has been answered: nothing may be left over.</summary>
    public void Quiescent()
    {
        Divergence.Unless(_outstanding.Count == 0, "completion-missing",
            $"nothing is left to happen, but there is no answer to {string.Join("; ", _outstanding)}");
        Divergence.Unless(_interruptions.Count == 0, "completion-missing",
            $"nothing is left to happen, but there is no answer to {string.Join("; ", _interruptions.Select(static one => one.Name))}");
        Divergence.Unless(_loans.Count == 0, "lent-buffer", "a buffer is still lent");
        foreach (var change in _inBackground)
            _states.End(change, null);
        _inBackground.Clear();
        _answered.Clear();
        _storage.Quiesce();
        Array.Fill(_immediate, false);
        _bufferReads.Clear();
    }

    /// <summary>Send Command Complete.</summary>
    public void Completed(SendCommandComplete message)
    {
        var command = FindAnswered(message);
        var (status, sense) = (message.Status, message.Sense);
        var text = $"{command} ended with {status} {sense}";
        Count(command, status, sense);
        Divergence.Unless(message.Transferred == command.Delivered + command.Supplied, "transferred",
            $"{text}: Transferred is {message.Transferred}, but {command.Delivered} bytes went in and {command.Supplied} came out");
        Divergence.Unless((status == ScsiStatus.CheckCondition && command.Request.Autosense) == (sense is not null)
            || !command.Request.Autosense,
            "sense-presence", $"{text}: sense data goes with CHECK CONDITION, and only with it");
        JudgeOrder(command, status, sense);
        if (!JudgeRefusal(command, status, sense, text))
            JudgeEnding(command, status, sense, text);
        Finish(command);
        if (status == ScsiStatus.CheckCondition)
            AfterCheckCondition(command, sense!);
    }

    /// <summary>Command Aborted: the command ends without a status.</summary>
    public void Aborted(CommandAborted message)
    {
        var command = _outstanding.FirstOrDefault(one => one.Request.Nexus == message.Nexus);
        Divergence.Unless(command is not null, "completion-twice", $"{message} answers no command that is outstanding");
        Count(command, null, null);
        command.Vanished = true;
        EndChange(command, null);
        Finish(command);
        if (!command.MayVanish)
            _unexplained.Add(command);
    }

    private ModelCommand FindAnswered(SendCommandComplete message)
    {
        var named = _outstanding.Where(one => one.Request.Nexus == message.Nexus).ToList();
        Divergence.Unless(named.Count > 0, "completion-twice", $"{message} answers no command that is outstanding");
        // Of two commands of one name the younger is the one that is refused; it has transferred nothing.
        var isRefusal = message.Status is ScsiStatus.Busy or ScsiStatus.TaskSetFull or ScsiStatus.AcaActive || IsOverlap(message.Sense);
        return isRefusal ? named.FindLast(static one => one.Task is null) ?? named[^1] : named[0];
    }

    // What does not depend on the command itself. True when it was one of these, and legal.
    private bool JudgeRefusal(ModelCommand command, ScsiStatus status, SenseData? sense, string text)
    {
        if (JudgeTaskSet(command, status, sense, text))
        {
            EndChange(command, status == ScsiStatus.TaskAborted || MetBusyStorage(command) ? null : false);
            return true;
        }
        if (status != ScsiStatus.CheckCondition)
            return false;
        Divergence.Unless(sense is not null, "sense-presence", $"{text}: without sense data nothing can be judged");
        Divergence.Unless(command.Seen.Any(state => state.Modes.DescriptorSense == sense.DescriptorFormat), "sense-format",
            $"{text}: the sense data is {(sense.DescriptorFormat ? "in descriptor" : "in fixed")} format against D_SENSE");
        JudgeField(command, sense, text);
        JudgeInformation(command, sense, text);
        if (sense.Key == SenseKey.UnitAttention)
        {
            Divergence.Unless(!CommandRules.IgnoresUnitAttention(command.Cdb), "unit-attention",
                $"{text}: it is executed in spite of unit attentions");
            _attentions.Report(command.Initiator, sense.Additional, command.Arrival);
        }
        else if (sense.IsDeferred)
        {
            var deferred = _deferred[command.Initiator];
            Divergence.Unless(deferred.Exists(result => IsSenseOf(result, sense)), "deferred",
                $"{text} is a deferred error of nothing that failed");
            deferred.RemoveAll(result => IsSenseOf(result, sense));
        }
        else if (!(sense.Key == SenseKey.AbortedCommand && command.TransferFailed) && !JudgeStorageError(command, sense))
        {
            return false;
        }
        EndChange(command, sense.Key == SenseKey.UnitAttention || sense.IsDeferred ? false : null);
        return true;
    }

    private void JudgeEnding(ModelCommand command, ScsiStatus status, SenseData? sense, string text)
    {
        var legal = new List<string>();
        string? wrong = null;
        var (withEffect, withoutEffect) = (false, false);
        var explained = new List<ModelState>();
        foreach (var state in command.Seen)
        {
            foreach (var outcome in _rules.Legal(command, state))
            {
                legal.Add(outcome.ToString());
                if (!outcome.Matches(status, sense))
                    continue;
                if (JudgeData(command, outcome, sense) is { } error)
                {
                    wrong ??= error;
                    continue;
                }
                withEffect |= outcome.Effect is not null;
                withoutEffect |= outcome.Effect is null;
                explained.Add(state);
            }
        }
        Divergence.Unless(explained.Count > 0, wrong is null ? "outcome" : "data",
            $"{text}{(wrong is null ? "" : ", but " + wrong)}; legal: {string.Join(" or ", legal.Distinct())}");
        if (!CommandRules.IgnoresUnitAttention(command.Cdb))
            _attentions.Executed(command.Initiator, command.Arrival, text);
        _immediate[command.Initiator] |= status == ScsiStatus.Good && IsImmediate(command.Cdb);
        EndChange(command, withEffect ? withoutEffect ? null : true : false);
        // Nothing else has happened since: the states that do not explain this ending are not the real one.
        if (command.Seen.Count > 1 && command.Change is null && _states.UnderWay == 0 && command.Arrival > _lastChange)
            _states.Observe(explained.Contains);
    }

    private void Finish(ModelCommand command)
    {
        Divergence.Unless(command.TransfersUnderWay == 0, "completion-early",
            $"{command} was answered while a transfer of it is under way");
        foreach (var operation in _storage.Pending)
        {
            Divergence.Unless(operation.Owner != command.Serial, "completion-early",
                $"{command} was answered while storage still works for it: {operation.Request}");
        }
        command.Answered = Now;
        _outstanding.Remove(command);
        _answered.Enqueue(command);
        if (_answered.Count > Remembered)
            _answered.Dequeue();
    }

    private void Count(ModelCommand command, ScsiStatus? status, SenseData? sense)
    {
        var key = $"{command.Cdb.OperationCode:x2} {status?.ToString() ?? "aborted"} {sense}";
        Census[key] = Census.GetValueOrDefault(key) + 1;
    }

    // Answered before it is done: what goes wrong afterwards is a deferred error (SPC-4 4.5.5).
    private static bool IsImmediate(Cdb cdb) => cdb.OperationCode switch
    {
        0x35 or 0x91 => (cdb[1] & 0x02) != 0,
        0x1B => (cdb[1] & 0x01) != 0,
        _ => false,
    };

    private static bool IsOverlap(SenseData? sense) => sense is { Key: SenseKey.AbortedCommand, Additional: { Code: 0x4E, Qualifier: 0 } };

    private void JudgeInformation(ModelCommand command, SenseData sense, string text)
    {
        if (sense.Key != SenseKey.MediumError || sense.IsDeferred || sense.Information is not { } block)
            return;
        Divergence.Unless(_rules.Reach(command).Any(range => block >= range.Start && (range.Count == 0 || block - range.Start < range.Count)),
            "sense-information",
            $"{text}: INFORMATION names block {block}, which the command has nothing to do with");
    }

    private static void JudgeField(ModelCommand command, SenseData sense, string text)
    {
        if (sense.Field is not { } field)
            return;
        Divergence.Unless(sense.Key == SenseKey.IllegalRequest, "sense-field", $"{text}: a field pointer goes with ILLEGAL REQUEST");
        Divergence.Unless(!field.InCdb || field.Byte < command.Cdb.Length, "sense-field", $"{text}: the field pointer lies behind the CDB");
        Divergence.Unless(sense.Additional.Code != 0x24 || field.InCdb, "sense-field",
            $"{text}: the field pointer should point into the CDB");
        Divergence.Unless(sense.Additional.Code != 0x26 || !field.InCdb, "sense-field",
            $"{text}: the field pointer should point into the list");
    }
}
