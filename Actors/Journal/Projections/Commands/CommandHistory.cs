using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Journal;

/// <summary>What a journal says of one command, from its client's request to its answer.</summary>
/// <param name="Number">Its number in the journal, from 1, in the order of arrival.</param>
public sealed record CommandStory(int Number)
{
    /// <summary>The client's name for it; null where the journal does not show the client.</summary>
    public ulong? Id { get; internal set; }

    /// <summary>The target; -1 if unknown.</summary>
    public int Target { get; internal set; } = JournalEvent.None;

    /// <summary>The logical unit; -1 if unknown.</summary>
    public int Lun { get; internal set; } = JournalEvent.None;

    /// <summary>The CDB; empty if unknown.</summary>
    public byte[] Cdb { get; internal set; } = [];

    /// <summary>The index of its first event.</summary>
    public int First { get; internal set; }

    /// <summary>The index of its answer; of its last event while it has none.</summary>
    public int Last { get; internal set; }

    /// <summary>True when it has been answered.</summary>
    public bool IsAnswered { get; internal set; }

    /// <summary>How it was answered.</summary>
    public CommandOutcome Outcome { get; internal set; }

    /// <summary>Its status; meaningful when the outcome is Complete.</summary>
    public ScsiStatus Status { get; internal set; }

    /// <summary>Bytes its client offered or had room for; -1 if unknown.</summary>
    public long Expected { get; internal set; } = JournalEvent.None;

    /// <summary>Bytes to the initiator, as far as logical units sent them.</summary>
    public long DataIn { get; internal set; }

    /// <summary>Bytes from the initiator, as far as logical units asked for them.</summary>
    public long DataOut { get; internal set; }

    /// <summary>Which way its client, or its port, said that data goes.</summary>
    public DataDirection Direction { get; internal set; }

    /// <summary>Nanoseconds from the first event to the answer.</summary>
    public long Latency { get; internal set; }

    /// <summary>For people: <c>command 7, READ(10)</c>.</summary>
    public string Title => $"command {Number}, {OperationNames.Of(Cdb)}";
}

/// <summary>Which event belongs to which command. Where the journal has causes, by these and by nexus, connection and storage request; without causes, by the
/// latter and, where a command passes from a client to the bus, by its CDB.</summary>
public sealed partial class CommandHistory
{
    private readonly IReadOnlyList<JournalEvent> _events;
    private readonly int[] _numbers;
    private readonly List<CommandStory> _commands = [];

    /// <summary>Follows the commands through <paramref name="events"/>, which follow each other without gaps.</summary>
    public CommandHistory(IReadOnlyList<JournalEvent> events)
    {
        _events = events;
        _numbers = new int[events.Count];
        for (var i = 0; i < events.Count; i++)
        {
            var entry = events[i];
            _numbers[i] = NumberOf(in entry, i);
            if (_numbers[i] == 0)
                continue;
            var command = _commands[_numbers[i] - 1];
            if (!command.IsAnswered)
                Note(command, in entry, i);
        }
    }

    /// <summary>The commands, by number.</summary>
    public IReadOnlyList<CommandStory> Commands => _commands;

    /// <summary>The command that event <paramref name="index"/> belongs to; null for none.</summary>
    public CommandStory? Of(int index) => _numbers[index] == 0 ? null : _commands[_numbers[index] - 1];

    /// <summary>The index of the event in whose handling event <paramref name="index"/> happened; -1 if it is unknown or not among the events.</summary>
    public int CauseOf(int index)
    {
        var entry = _events[index];
        var cause = index - (entry.Sequence - entry.Cause);
        return entry.Cause >= 0 && cause >= 0 && cause < index ? (int)cause : JournalEvent.None;
    }

    private static void Note(CommandStory command, in JournalEvent entry, int index)
    {
        command.Last = index;
        switch (entry.Kind.Name)
        {
            case nameof(ExecuteCommand):
                (command.Expected, command.Direction) = (entry.Length, (DataDirection)entry.Flags);
                break;
            case nameof(ScsiCommandReceived) when command.Direction == DataDirection.None:
                command.Direction = (DataDirection)(entry.Flags & (EventFlags.In | EventFlags.Out));
                break;
            case nameof(SendDataIn):
                command.DataIn += entry.Length;
                break;
            case nameof(ReceiveDataOut):
                command.DataOut += entry.Length;
                break;
            case nameof(SendCommandComplete):
                command.Status = (ScsiStatus)entry.Code;
                break;
            case nameof(CommandAborted):
                command.Outcome = CommandOutcome.Aborted;
                break;
            case nameof(CommandExecuted):
                (command.Outcome, command.Status) = ((CommandOutcome)entry.Value, (ScsiStatus)entry.Code);
                break;
        }
    }

    private int NumberOf(in JournalEvent entry, int index) => Followers.TryGetValue(entry.Kind.Name, out var follow)
        ? follow(this, in entry, index)
        : OfCause(index);

    private int OfCause(int index) => CauseOf(index) is var cause and >= 0 ? _numbers[cause] : 0;

    private int Begin(in JournalEvent entry, int index)
    {
        _commands.Add(new CommandStory(_commands.Count + 1)
        {
            Target = entry.Target, Lun = entry.Lun, Cdb = entry.Bytes.Span.ToArray(), First = index, Last = index,
        });
        return _commands.Count;
    }

    private void End(int number, in JournalEvent entry, int index)
    {
        var command = _commands[number - 1];
        Note(command, in entry, index);
        command.IsAnswered = true;
        command.Latency = entry.Time - _events[command.First].Time;
    }
}
