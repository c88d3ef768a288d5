using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Tests.Properties;

/// <summary>Changes of state and what follows from them: unit attentions, stored sense data.</summary>
public sealed partial class Judge
{
    /// <summary>Sense data that is kept for REQUEST SENSE on a port without autosense.</summary>
    private sealed record StoredSense(SenseData Sense, bool Certain, ulong Tag);

    private readonly StoredSense?[] _storedSense;
    // Of commands that failed before: each is kept under the tag of its command until it is fetched under it.
    private readonly Dictionary<(int Initiator, ulong Tag), SenseData> _earlierSense = [];
    private readonly List<int> _inBackground = [];
    private long _lastChange;

    private void StatesChanged()
    {
        _lastChange = Now;
        foreach (var state in _states.States)
        {
            foreach (var command in _outstanding)
            {
                if (!command.Seen.Contains(state))
                    command.Seen.Add(state);
            }
        }
    }

    private int BeginChange(Func<ModelState, ModelState?> apply)
    {
        foreach (var command in _outstanding)
            command.SureChange &= command.Change is null;
        var change = _states.Begin(apply);
        StatesChanged();
        return change;
    }

    // A MODE SELECT or a load may take effect, and be told to the others, before it is answered.
    private void Foresee(ModelCommand command)
    {
        var isModeSelect = command.Cdb.OperationCode is 0x15 or 0x55;
        var isLoad = command.Cdb.OperationCode == 0x1B && (command.Cdb[4] & 3) == 3;
        if (!isModeSelect && !isLoad)
            return;
        var foreseen = _foreseen[command] = [];
        for (var initiator = 0; initiator < _attentions.Initiators; initiator++)
        {
            if (initiator == command.Initiator)
                continue;
            var item = isModeSelect ? UnitAttentionModel.ModesChanged(Now) : UnitAttentionModel.MediumChanged(Now);
            _attentions.Foresee(initiator, item);
            foreseen.Add((initiator, item));
        }
    }

    private void EndChange(ModelCommand command, bool? happened)
    {
        if (command.Change is not { } change)
            return;
        // With IMMED the status comes first; the medium moves when it moves.
        if (happened != false && command.Cdb.OperationCode == 0x1B && (command.Cdb[1] & 1) != 0)
            _inBackground.Add(change);
        else
            _states.End(change, happened);
        StatesChanged();
        if (!_foreseen.Remove(command, out var foreseen))
            return;
        foreach (var (initiator, item) in foreseen)
        {
            item.Settled = Now;
            if (happened == false)
                _attentions.Withdraw(initiator, item);
            else if (happened == true && command.SureChange)
                _attentions.Require(initiator, item, Now);
        }
    }

    private void RequireAttention(int initiator, AttentionItem item)
    {
        _attentions.Allow(initiator, item);
        _attentions.Require(initiator, item, Now);
    }

    // Any command but REQUEST SENSE may let stored sense data go (SAM-2), or keep it until it is fetched.
    private void NoteStoredSense(ModelCommand command)
    {
        ref var stored = ref _storedSense[command.Initiator];
        if (stored is { Certain: true }
            && (command.Cdb.OperationCode != 0x03 || _outstanding.Any(one => one != command && one.Initiator == command.Initiator)))
            stored = stored with { Certain = false };
    }

    private void StoreSense(ModelCommand command, SenseData sense)
    {
        if (command.Request.Autosense)
            return;
        if (_storedSense[command.Initiator] is { } earlier)
            _earlierSense[(command.Initiator, earlier.Tag)] = earlier.Sense;
        _earlierSense.Remove((command.Initiator, command.Request.Nexus.Tag));
        var alone = _outstanding.All(one => one.Initiator != command.Initiator);
        _storedSense[command.Initiator] = new StoredSense(sense, alone, command.Request.Nexus.Tag);
    }

    // What a REQUEST SENSE delivers, judged when it leaves: stored sense data first, then a unit attention, then nothing (SPC-4 6.39).
    private void JudgeRequestSense(ModelCommand command, ReadOnlySpan<byte> data)
    {
        var text = $"{command} delivers {Convert.ToHexString(data)}";
        var wantsDescriptors = (command.Cdb[1] & 1) != 0;
        Divergence.Unless(wantsDescriptors ? data[0] is 0x72 or 0x73 : (data[0] & 0x7F) is 0x70 or 0x71, "request-sense",
            $"{text}: sense data in the format that was not asked for");
        if (data.Length >= 8)
        {
            var room = command.Request.DataInLength < 0 ? command.Cdb[4] : Math.Min(command.Cdb[4], command.Request.DataInLength);
            Divergence.Unless(data.Length == Math.Min(8 + data[7], room), "request-sense",
                $"{text}: {8 + data[7]} bytes in room for {room}");
        }
        ref var stored = ref _storedSense[command.Initiator];
        if (!SenseData.TryRead(data, out var sense))
        {
            Divergence.Unless(data.Length < 14, "request-sense", $"{text}: no sense data");
            FetchedUnseen(command);
            return;
        }
        if (stored is not null && (sense.Key, sense.Additional) == (stored.Sense.Key, stored.Sense.Additional))
        {
            if (!stored.Certain && sense.Key == SenseKey.UnitAttention)
                _attentions.ReportedUnseen(command.Initiator);
            stored = null;
            return;
        }
        if (stored is not null && _earlierSense.Remove((command.Initiator, command.Request.Nexus.Tag), out var own)
            && (own.Key, own.Additional) == (sense.Key, sense.Additional))
        {
            if (sense.Key == SenseKey.UnitAttention)
                _attentions.ReportedUnseen(command.Initiator);
            return;
        }
        Divergence.Unless(stored is not { Certain: true }, "request-sense", $"{text} while {stored?.Sense} is stored");
        if (sense.Key == SenseKey.UnitAttention)
        {
            _attentions.Report(command.Initiator, sense.Additional, command.Arrival);
            return;
        }
        Divergence.Unless(!_attentions.MustReport(command.Initiator, command.Arrival), "request-sense",
            $"{text} while a unit attention is pending");
        Divergence.Unless(sense.Key == SenseKey.NoSense
            || (sense.Key == SenseKey.NotReady && command.Seen.Exists(static state => !state.Loaded)),
            "request-sense", $"{text}, which has not happened");
    }

    // Sense data that was cut off so that it cannot be told what it was: it may have been fetched, or not.
    private void FetchedUnseen(ModelCommand command)
    {
        ForgetSense(command.Initiator);
        _attentions.ReportedUnseen(command.Initiator);
    }
}
