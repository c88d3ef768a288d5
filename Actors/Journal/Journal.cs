using ScsiActors.Messages;

namespace ScsiActors.Journal;

/// <summary>What a journal says of itself besides its events.</summary>
/// <param name="RunId">Names the run, for instance by its seed.</param>
/// <param name="Description">For people: the command line, the scenario; may be empty.</param>
public sealed record JournalHeader(string RunId, string Description = "");

/// <summary>What becomes of the events of a journal besides their hash.</summary>
public sealed record JournalOptions
{
    /// <summary>How many of the last events are kept in memory: 0 for none, <see cref="int.MaxValue"/> for all.</summary>
    public int Keep { get; init; }

    /// <summary>Where the compact form is written to, and closed at the end; null for nowhere.</summary>
    public Stream? File { get; init; }

    /// <summary>Where JSON Lines are written to, and closed at the end; null for nowhere.</summary>
    public Stream? JsonLines { get; init; }
}

/// <summary>The one event stream of a run: takes down messages, faults, findings and notes in the order in which they are recorded, hashes them, keeps them
/// or writes them to files. Not for use by several threads at once.</summary>
/// <remarks>What a message says is copied out of it at once; nothing keeps it alive.</remarks>
public sealed class Journal : IDisposable
{
    private const int FirstCapacity = 256;
    private const int NanosecondsPerTick = 100;

    private readonly JournalEncoder _encoder;
    private readonly JsonLinesWriter? _json;
    private readonly JournalOptions _options;
    private JournalEvent[] _kept;
    private byte[]? _hash;

    /// <summary>Begins a journal.</summary>
    public Journal(JournalHeader header, JournalOptions? options = null)
    {
        Header = header;
        _options = options ?? new JournalOptions();
        _encoder = new JournalEncoder(header, _options.File);
        _json = _options.JsonLines is { } json ? new JsonLinesWriter(header, json) : null;
        _kept = new JournalEvent[Math.Min(_options.Keep, FirstCapacity)];
    }

    /// <summary>What it says of itself.</summary>
    public JournalHeader Header { get; }

    /// <summary>Events recorded so far, and the sequence of the next.</summary>
    public long Count { get; private set; }

    /// <summary>The events that are kept, oldest first.</summary>
    public IReadOnlyList<JournalEvent> Events
    {
        get
        {
            var kept = (int)Math.Min(Count, _kept.Length);
            var first = (int)((Count - kept) % Math.Max(1, _kept.Length));
            return [.. _kept.AsSpan(first, kept - first), .. _kept.AsSpan(0, first)];
        }
    }

    /// <summary>The SHA-256 of the events recorded so far, 64 hexadecimal digits: a function of what was recorded, in its order, and of nothing
    /// else.</summary>
    public string Hash => Convert.ToHexStringLower(_hash ?? _encoder.CurrentHash());

    /// <summary>Records a message.</summary>
    /// <param name="time">Since the run began: virtual, or monotonic.</param>
    /// <param name="from">The sender's name; empty without one.</param>
    /// <param name="to">The receiver's name.</param>
    /// <param name="message">The message.</param>
    /// <param name="cause">The sequence of the message in whose handling this one was sent; -1 if unknown.</param>
    /// <param name="faultId">The fault that has to do with it; -1 for none.</param>
    /// <param name="node">The node; 0 where there is only one.</param>
    /// <returns>Its sequence.</returns>
    public long Record(
        TimeSpan time, string from, string to, object message, long cause = JournalEvent.None, int faultId = JournalEvent.None, int node = 0) =>
        RecordAt(time.Ticks * NanosecondsPerTick, from, to, message, cause, faultId, node);

    /// <summary>Records a message at a time in nanoseconds; otherwise as the other one.</summary>
    public long RecordAt(
        long nanoseconds, string from, string to, object message, long cause = JournalEvent.None, int faultId = JournalEvent.None, int node = 0)
    {
        var kind = EventKinds.Of(message);
        var entry = new JournalEvent { Time = nanoseconds, From = from, To = to, Kind = kind, Cause = cause, FaultId = faultId, Node = node };
        kind.Fill(message, ref entry);
        return Append(ref entry);
    }

    /// <summary>Records that a fault was injected.</summary>
    /// <param name="time">Since the run began.</param>
    /// <param name="faultId">Its number in the ledger.</param>
    /// <param name="where">The name of the actor it was injected at; empty for none.</param>
    /// <param name="what">What it did.</param>
    /// <param name="cause">The sequence of the message that it hit; -1 if none.</param>
    public long RecordFault(TimeSpan time, int faultId, string where, string what, long cause = JournalEvent.None) =>
        RecordText(EventKinds.Fault, time, where, what, cause, faultId);

    /// <summary>Records what an oracle found.</summary>
    /// <param name="time">Since the run began.</param>
    /// <param name="where">The name of the actor it is about; empty for none.</param>
    /// <param name="what">The sentence that says what is wrong.</param>
    /// <param name="cause">The sequence of the event that shows it; -1 if none.</param>
    /// <param name="faultId">The fault that is to blame; -1 for none.</param>
    public long RecordFinding(TimeSpan time, string where, string what, long cause = JournalEvent.None, int faultId = JournalEvent.None) =>
        RecordText(EventKinds.Finding, time, where, what, cause, faultId);

    /// <summary>Records a note or a timer: <paramref name="kind"/> is <see cref="EventKinds.Note"/> or <see cref="EventKinds.Timer"/>.</summary>
    public long RecordNote(EventKind kind, TimeSpan time, string where, string what, long cause = JournalEvent.None) =>
        RecordText(kind, time, where, what, cause, JournalEvent.None);

    /// <summary>Takes over events of another journal as they are, for instance to write them in another form.</summary>
    public void Append(IReadOnlyList<JournalEvent> events)
    {
        foreach (var recorded in events)
        {
            var entry = recorded;
            Take(ref entry);
        }
    }

    /// <summary>Ends the journal, and its files with it.</summary>
    public void Dispose()
    {
        if (_hash is not null)
            return;
        _hash = _encoder.Complete();
        _encoder.Dispose();
        _json?.Complete(Count, Hash);
        _options.File?.Dispose();
        _options.JsonLines?.Dispose();
    }

    private long RecordText(EventKind kind, TimeSpan time, string where, string what, long cause, int faultId)
    {
        Invariant.Holds(kind.Role > EventRole.Observation, "what is told in words is no message");
        var entry = new JournalEvent
        {
            Time = time.Ticks * NanosecondsPerTick, To = where, Kind = kind, Remark = what, Cause = cause, FaultId = faultId,
        };
        return Append(ref entry);
    }

    private long Append(ref JournalEvent entry)
    {
        entry.Sequence = Count;
        return Take(ref entry);
    }

    private long Take(ref JournalEvent entry)
    {
        Invariant.Holds(_hash is null, "a journal that has ended takes no more events");
        _encoder.Write(in entry);
        _json?.Write(in entry);
        if (_options.Keep > 0)
            Keep(in entry);
        Count++;
        return entry.Sequence;
    }

    private void Keep(in JournalEvent entry)
    {
        if (Count == _kept.Length && _kept.Length < _options.Keep)
            Array.Resize(ref _kept, (int)Math.Min(_options.Keep, _kept.Length * 2L));
        _kept[Count % _kept.Length] = entry;
    }
}
