using System.Collections.Concurrent;
using System.Collections.Frozen;

namespace ScsiActors.Journal;

/// <summary>The table of all kinds of events: one row a message type says what is recorded of it and how it reads. A type without a row is recorded by its
/// name.</summary>
public static partial class EventKinds
{
    /// <summary>A fault that was injected; <see cref="JournalEvent.Remark"/> says what it did.</summary>
    public static EventKind Fault { get; } = new("Fault", EventRole.Fault);

    /// <summary>What an oracle found.</summary>
    public static EventKind Finding { get; } = new("Finding", EventRole.Finding);

    /// <summary>Something that somebody wants known.</summary>
    public static EventKind Note { get; } = new("Note", EventRole.Note);

    /// <summary>A timer has expired, for <see cref="JournalEvent.To"/>.</summary>
    public static EventKind Timer { get; } = new("Timer", EventRole.Note);

    private static readonly (Type Type, EventKind Kind)[] Rows = [.. Commands, .. BlockDevice, .. Storage, .. Disk, .. Adapter];

    private static readonly FrozenDictionary<Type, EventKind> ByType = Rows.ToFrozenDictionary(static row => row.Type, static row => row.Kind);

    private static readonly FrozenDictionary<string, EventKind> ByName = Rows.Select(static row => row.Kind)
        .Concat([Fault, Finding, Note, Timer]).ToFrozenDictionary(static kind => kind.Name);

    /// <summary>An instruction of an adapter's SCRIPTS; its line is the event's remark.</summary>
    internal static EventKind ScriptsTraced { get; } = Named(nameof(Messages.ScriptsTraced));

    // Types without a row: as many as there are such types in the process, or such names in a file.
    private static readonly ConcurrentDictionary<Type, EventKind> OtherTypes = new();

    /// <summary>Every kind that has a row.</summary>
    public static IReadOnlyList<EventKind> All => ByName.Values;

    /// <summary>The kind of a message.</summary>
    public static EventKind Of(object message)
    {
        var type = message.GetType();
        return ByType.TryGetValue(type, out var kind) ? kind : OtherTypes.GetOrAdd(type, static type => Named(type.Name));
    }

    /// <summary>The kind of that name; one without a row is made.</summary>
    public static EventKind Named(string name) => ByName.TryGetValue(name, out var kind) ? kind : new EventKind(name);

    private static (Type, EventKind) Row<T>(
        EventKind<T>.Filler fill, EventKind<T>.Renderer? text = null, EventRole role = EventRole.Message, EventForm? form = null)
        where T : class =>
        (typeof(T), new EventKind<T>(fill, text, role, form));
}
