namespace ScsiActors.Journal;

/// <summary>What the numbers in an event's <see cref="JournalEvent.Code"/> and <see cref="JournalEvent.Bytes"/> are, and their names in JSON.</summary>
/// <param name="Code">The name of the code.</param>
/// <param name="Bytes">The name of the bytes.</param>
public sealed record EventForm(string Code = "code", string Bytes = "bytes")
{
    internal static EventForm Plain { get; } = new();

    internal static EventForm Command { get; } = new("attribute", "cdb");

    internal static EventForm Ending { get; } = new("status", "sense");

    internal static EventForm Response { get; } = new("response", "sense");

    internal static EventForm Function { get; } = new("function");

    internal static EventForm Event { get; } = new("event");

    internal static EventForm Result { get; } = new("result");

    internal static EventForm Segments { get; } = new("segments");

    internal static EventForm Register { get; } = new("space");

    internal static EventForm Phase { get; } = new("phase");

    internal static EventForm Steps { get; } = new(Bytes: "steps");

    internal static EventForm Message { get; } = new(Bytes: "message");
}

/// <summary>What a kind of event is to those who draw pictures of a journal.</summary>
public enum EventRole : byte
{
    /// <summary>A message.</summary>
    Message,

    /// <summary>A message that moves or announces data; many of the same make up one transfer.</summary>
    Data,

    /// <summary>For observers of one actor only: not part of the flow.</summary>
    Observation,

    /// <summary>A fault that was injected.</summary>
    Fault,

    /// <summary>What an oracle found.</summary>
    Finding,

    /// <summary>Something else that somebody wants known.</summary>
    Note,
}

/// <summary>A kind of event: its name, how its fields are taken from a message, and how they read as text.</summary>
public class EventKind
{
    /// <summary>A kind that is nothing but its name and the event's remark.</summary>
    internal EventKind(string name, EventRole role = EventRole.Message, EventForm? form = null)
    {
        Name = name;
        Role = role;
        Form = form ?? EventForm.Plain;
    }

    /// <summary>The name of the message's type, or Fault, Finding, Note, Timer.</summary>
    public string Name { get; }

    /// <summary>What it is to those who draw pictures.</summary>
    public EventRole Role { get; }

    /// <summary>What its code and bytes are.</summary>
    public EventForm Form { get; }

    /// <summary>Puts what distinguishes the message into the event.</summary>
    internal virtual void Fill(object message, ref JournalEvent journalEvent)
    {
    }

    /// <summary>The event as one line, without sender and receiver.</summary>
    internal virtual string Text(in JournalEvent journalEvent) => journalEvent switch
    {
        { Remark: null } => Name,
        { FaultId: JournalEvent.None } => $"{Name}: {journalEvent.Remark}",
        _ when Role == EventRole.Fault => $"{Name} {journalEvent.FaultId}: {journalEvent.Remark}",
        _ => $"{Name}: {journalEvent.Remark} (fault {journalEvent.FaultId})",
    };

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>A kind of event that is a message of one type.</summary>
internal sealed class EventKind<T>(EventKind<T>.Filler fill, EventKind<T>.Renderer? text, EventRole role, EventForm? form)
    : EventKind(typeof(T).Name, role, form)
    where T : class
{
    /// <summary>Puts a message's values into an event.</summary>
    public delegate void Filler(T message, ref JournalEvent journalEvent);

    /// <summary>What follows the kind's name in the text of an event.</summary>
    public delegate string Renderer(in JournalEvent journalEvent);

    internal override void Fill(object message, ref JournalEvent journalEvent) => fill((T)message, ref journalEvent);

    internal override string Text(in JournalEvent journalEvent) => text is null ? base.Text(in journalEvent) : $"{Name}{text(in journalEvent)}";
}
