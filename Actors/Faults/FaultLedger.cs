using System.Globalization;
using System.Text;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Faults;

/// <summary>Somebody has noticed an injection.</summary>
/// <param name="Time">When.</param>
/// <param name="By">Who.</param>
/// <param name="Text">By what.</param>
public sealed record FaultNotice(TimeSpan Time, string By, string Text);

/// <summary>What an injection hit, as far as it is known at its place.</summary>
/// <param name="Target">The target; -1 when the fault is the adapter's.</param>
/// <param name="Lun">The logical unit; -1 likewise.</param>
/// <param name="Nexus">The command's name.</param>
/// <param name="Cdb">The command.</param>
/// <param name="Aio">The storage request.</param>
/// <param name="Lba">Its first block; -1 without blocks.</param>
/// <param name="Blocks">How many blocks.</param>
public sealed record FaultHit(int Target, int Lun, ItlqNexus? Nexus, Cdb? Cdb, AioId? Aio, long Lba, long Blocks)
{
    /// <summary>Where the adapter read the initiator's memory; null for anything else.</summary>
    public ulong? Address { get; init; }

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder(Nexus is { } nexus ? nexus.ToString() : Target < 0 ? "adapter" : Lun < 0 ? $"T{Target}" : $"T{Target}_L{Lun}");
        if (Address is { } address)
            text.Append(CultureInfo.InvariantCulture, $" at {address:X8}");
        if (Aio is { } aio)
            text.Append(CultureInfo.InvariantCulture, $" aio {aio}");
        if (Cdb is { } cdb)
            text.Append(CultureInfo.InvariantCulture, $" {cdb}");
        if (Lba >= 0)
            text.Append(CultureInfo.InvariantCulture, $" LBA {Lba}+{Blocks}");
        return text.ToString();
    }
}

/// <summary>One injection: a rule that has acted.</summary>
public sealed class FaultInjection
{
    private readonly List<FaultNotice> _notices = [];

    internal FaultInjection(long id, FaultRule rule, TimeSpan time, FaultHit hit) => (Id, Rule, Time, Hit) = (id, rule, time, hit);

    /// <summary>From 1, in the order of injection.</summary>
    public long Id { get; }

    /// <summary>The rule.</summary>
    public FaultRule Rule { get; }

    /// <summary>When, since the injector was made.</summary>
    public TimeSpan Time { get; }

    /// <summary>How often the rule's conditions had held by then, this time included: as <c>nth</c>, in place of a probability, it makes the rule act here.</summary>
    public long Occasion { get; internal init; }

    /// <summary>What it hit.</summary>
    public FaultHit Hit { get; internal set; }

    /// <summary>Messages that it has acted on, or hits that a simulated disk has told of.</summary>
    public int Acted { get; internal set; }

    /// <summary>Who has noticed, in order.</summary>
    public IReadOnlyList<FaultNotice> Notices => _notices;

    /// <summary>True when somebody has.</summary>
    public bool IsNoticed => _notices.Count > 0;

    internal void Add(FaultNotice notice)
    {
        if (_notices.Count == 0 || _notices[^1].By != notice.By)
            _notices.Add(notice);
    }
}

/// <summary>What has become of a rule.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Passed">Messages of its kind that passed its place.</param>
/// <param name="Matched">Those that its conditions held for, before the counting.</param>
/// <param name="Fired">How often it acted.</param>
public sealed record FaultRuleOutcome(FaultRule Rule, long Passed, long Matched, long Fired);

/// <summary>The account of all injections: what each hit, and who noticed.</summary>
public sealed class FaultLedger
{
    private readonly List<FaultInjection> _injections = [];
    private readonly IReadOnlyList<FaultRuleState> _rules;

    internal FaultLedger(IReadOnlyList<FaultRuleState> rules) => _rules = rules;

    /// <summary>All injections, in order.</summary>
    public IReadOnlyList<FaultInjection> Injections => _injections;

    /// <summary>The rules and what has become of them, in the plan's order.</summary>
    public IReadOnlyList<FaultRuleOutcome> Rules => [.. _rules.Select(static rule => new FaultRuleOutcome(rule.Rule, rule.Passed, rule.Matched, rule.Fired))];

    /// <summary>The rules that have not acted.</summary>
    public IEnumerable<FaultRule> NeverFired => _rules.Where(static rule => rule.Fired == 0).Select(static rule => rule.Rule);

    /// <summary>The injections that nobody has noticed.</summary>
    public IEnumerable<FaultInjection> Unnoticed => _injections.Where(static injection => !injection.IsNoticed);

    /// <summary>Somebody outside, an oracle for instance, has noticed an injection.</summary>
    /// <param name="id">The injection's id.</param>
    /// <param name="notice">Who, when and by what.</param>
    public void Noticed(long id, FaultNotice notice) => _injections[(int)id - 1].Add(notice);

    /// <summary>The account as text: a table of injections, then what the rules have come to whose injections are not all in it, then those that never acted.</summary>
    /// <param name="most">Injections that are told one by one, the first ones.</param>
    public string ToText(int most = int.MaxValue)
    {
        var text = new StringBuilder();
        foreach (var injection in _injections.Take(most))
        {
            text.Append(CultureInfo.InvariantCulture, $"#{injection.Id,-4} {injection.Time.TotalMilliseconds,12:0.0000} ms  {injection.Rule.Name,-20} ")
                .Append(CultureInfo.InvariantCulture, $"{FaultNames.Of(injection.Rule.What.What)} at {FaultNames.Of(injection.Rule.Where)}: {injection.Hit}\n");
            foreach (var notice in injection.Notices)
                text.Append(CultureInfo.InvariantCulture, $"      {notice.Time.TotalMilliseconds,12:0.0000} ms  noticed by {notice.By}: {notice.Text}\n");
            if (!injection.IsNoticed)
                text.Append("      noticed by nobody\n");
        }
        if (_injections.Count > most)
        {
            text.Append(CultureInfo.InvariantCulture, $"... and {_injections.Count - most} more; all of them together:\n");
            foreach (var of in _injections.GroupBy(static injection => injection.Rule.Name))
                text.Append(CultureInfo.InvariantCulture, $"{of.Key} acted {of.Count()} times, noticed {of.Count(static injection => injection.IsNoticed)} times\n");
        }
        foreach (var rule in Rules.Where(static rule => rule.Fired == 0))
            text.Append(CultureInfo.InvariantCulture, $"{rule.Rule.Name} never acted: {rule.Passed} messages passed its place, its conditions held for {rule.Matched}\n");
        return text.ToString();
    }

    internal FaultInjection Add(FaultRule rule, TimeSpan time, FaultHit hit)
    {
        var occasion = _rules.FirstOrDefault(state => state.Rule == rule)?.Matched ?? 0;
        var injection = new FaultInjection(_injections.Count + 1, rule, time, hit) { Acted = 1, Occasion = occasion };
        _injections.Add(injection);
        return injection;
    }
}
