using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Tests.Properties;

/// <summary>Changes of state and what follows from them: unit attentions, stored sense data.</summary>
public sealed partial class Judge
{
    /// <summary>Sense data that is kept for REQUEST SENSE on a port without autosense.</summary>
    private sealed record StoredSense(SenseData Sense, bool Certain);

    private readonly StoredSense?[] _storedSense;
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
        _states.End(change, happened);
        StatesChanged();
        if (!_foreseen.Remove(command, out var foreseen))
            return;
        foreach (var (initiator, item) in foreseen)
        {
            item.IsForeseen = false;
            if (happened == false)
                _attentions.Withdraw(initiator, item);
            else if (command.SureChange)
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
        if (stored is { Certain: true } && (command.Cdb.OperationCode != 0x03 || _outstanding.Any(one => one != command && one.Initiator == command.Initiator)))
            stored = stored with { Certain = false };
    }

    private void StoreSense(ModelCommand command, SenseData sense)
    {
        if (command.Request.Autosense)
            return;
        var alone = _outstanding.All(one => one.Initiator != command.Initiator);
        _storedSense[command.Initiator] = new StoredSense(sense, alone);
    }

    // What a REQUEST SENSE delivered: stored sense data first, then a unit attention, then nothing (SPC-4 6.39).
    private string? JudgeRequestSense(ModelCommand command, ModelState state)
    {
        var wantsDescriptors = (command.Cdb[1] & 1) != 0;
        var data = command.DataIn.ToArray();
        if (data.Length == 0)
            return command.Cdb[4] == 0 || command.Request.DataInLength == 0 ? null : "REQUEST SENSE delivered nothing";
        var room = (int)Math.Min(command.Cdb[4], command.Request.DataInLength < 0 ? int.MaxValue : command.Request.DataInLength);
        if (wantsDescriptors ? data[0] is not (0x72 or 0x73) : (data[0] & 0x7F) is not (0x70 or 0x71))
            return $"sense data of type {data[0]:x2} was not asked for";
        if (data.Length < 8)
            return null;
        var whole = 8 + data[7];
        if (data.Length != Math.Min(whole, room))
            return $"{data.Length} bytes of sense data were delivered, of {whole} in room for {room}";
        if (!SenseData.TryRead(data, out var sense))
            return data.Length < 14 ? null : "it is no sense data";
        ref var stored = ref _storedSense[command.Initiator];
        var answer = (sense.Key, sense.Additional);
        if (stored is not null && answer == (stored.Sense.Key, stored.Sense.Additional))
        {
            stored = null;
            return null;
        }
        if (stored is { Certain: true })
            return $"{sense} was delivered while {stored.Sense} is stored";
        if (sense.Key == SenseKey.UnitAttention)
        {
            _attentions.Report(command.Initiator, sense.Additional, command.Arrival);
            return null;
        }
        if (_attentions.MustReport(command.Initiator, command.Arrival))
            return $"{sense} was delivered while a unit attention is pending";
        if (sense.Key == SenseKey.NoSense || (sense.Key == SenseKey.NotReady && !state.Loaded))
            return null;
        return $"{sense} is nothing that happened";
    }
}
