using ScsiActors.Faults;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Campaign;

/// <summary>A message between two actors, as the oracles see it.</summary>
/// <param name="Time">When it was sent.</param>
/// <param name="From">The sender's name; empty without one.</param>
/// <param name="To">The receiver's name.</param>
/// <param name="Message">What it says.</param>
internal readonly record struct Observed(TimeSpan Time, string From, string To, object Message);

/// <summary>A rule that was broken.</summary>
/// <param name="Oracle">The name of the oracle that saw it.</param>
/// <param name="Time">When, in virtual time.</param>
/// <param name="Sentence">What was wrong.</param>
public sealed record Finding(string Oracle, TimeSpan Time, string Sentence)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Oracle}: {Sentence} (at {Time.TotalMilliseconds:0.####} ms)";
}

/// <summary>What a finding is about, as far as its oracle knows; what is not said may be anything.</summary>
internal sealed record FindingSubject
{
    /// <summary>The target; -1 for any.</summary>
    public int Target { get; init; } = -1;

    /// <summary>The logical unit; -1 for any.</summary>
    public int Lun { get; init; } = -1;

    /// <summary>The command's name behind its port.</summary>
    public ItlqNexus? Nexus { get; init; }

    /// <summary>The command.</summary>
    public Cdb? Cdb { get; init; }

    /// <summary>The first block; -1 without blocks.</summary>
    public long Lba { get; init; } = -1;

    /// <summary>How many blocks.</summary>
    public long Blocks { get; init; }

    /// <summary>When it began: what a fault did to a command that had ended before is no excuse.</summary>
    public TimeSpan Since { get; init; }

    /// <summary>A command at its client.</summary>
    public static FindingSubject Of(AskedCommand asked) => new()
    {
        Target = asked.Command.Target, Lun = asked.Command.Lun.Number, Nexus = asked.Nexus, Cdb = asked.Command.Cdb, Since = asked.Time,
    };

    /// <summary>A command at its logical unit.</summary>
    public static FindingSubject Of(ObservedTask task) => Of(task.Command.Nexus) with { Cdb = task.Command.Cdb, Since = task.Asked?.Time ?? task.Time };

    /// <summary>A command of which the name is known.</summary>
    public static FindingSubject Of(in ItlqNexus nexus) => new() { Target = nexus.It.TargetPort, Lun = nexus.Lun.Number, Nexus = nexus };

    /// <summary>A task management function.</summary>
    public static FindingSubject Of(ExecuteTaskManagement function, TimeSpan since) => new()
    {
        Target = function.Target, Lun = function.Function == TaskManagementFunction.TargetReset ? -1 : function.Lun.Number, Since = since,
    };

    /// <summary>A logical unit, its queue or its storage.</summary>
    public static FindingSubject OfUnit(string name)
    {
        var (target, lun) = Parties.UnitOf(name);
        return new FindingSubject { Target = target, Lun = lun };
    }
}

/// <summary>What the oracles of one run have in common.</summary>
/// <param name="scenario">What is run.</param>
internal sealed class OracleContext(Scenario scenario)
{
    /// <summary>More findings than that say nothing new.</summary>
    private const int MostFindings = 20;

    private readonly List<Finding> _findings = [];

    /// <summary>What is run.</summary>
    public Scenario Scenario => scenario;

    /// <summary>What all of them look at.</summary>
    public RunWatch Watch { get; } = new(scenario);

    /// <summary>What was found so far.</summary>
    public IReadOnlyList<Finding> Findings => _findings;

    /// <summary>The account of the faults; null without any.</summary>
    public FaultLedger? Ledger { get; set; }

    /// <summary>Findings that a fault is to blame for.</summary>
    public int Excused { get; private set; }

    /// <summary>When the faults' time began.</summary>
    public TimeSpan LedgerStart { get; set; }

    /// <summary>True when an oracle has found something.</summary>
    public bool HasFound(string oracle)
    {
        foreach (var finding in _findings)
        {
            if (finding.Oracle == oracle)
                return true;
        }
        return false;
    }

    /// <summary>Adds a finding, or tells the fault that explains it that it has been noticed.</summary>
    /// <param name="finding">The finding.</param>
    /// <param name="subject">What it is about; null when nothing of that is known.</param>
    public void Add(Finding finding, FindingSubject? subject = null)
    {
        if (!TryExcuse(finding, subject) && _findings.Count < MostFindings && !_findings.Exists(other => other.Sentence == finding.Sentence))
            _findings.Add(finding);
    }

    /// <summary>Tells the fault that explains a finding that it has been noticed; false when there is none.</summary>
    public bool TryExcuse(Finding finding, FindingSubject? subject)
    {
        if (FaultExcuses.For(finding, subject ?? new FindingSubject(), Ledger, LedgerStart) is not { } injection)
            return false;
        Excused++;
        Ledger!.Noticed(injection.Id, new FaultNotice(finding.Time, $"oracle {finding.Oracle}", finding.Sentence));
        return true;
    }
}

/// <summary>Watches the messages of a run for one rule. It knows what a standard or this project's own protocol says, and nothing of how the parts
/// keep it.</summary>
/// <param name="name">For people, and to tell one kind of failure from another.</param>
/// <param name="context">Of the run.</param>
internal abstract class Oracle(string name, OracleContext context)
{
    /// <summary>For people.</summary>
    public string Name => name;

    /// <summary>What is run.</summary>
    protected Scenario Scenario => context.Scenario;

    /// <summary>What has been seen so far, this message included.</summary>
    protected RunWatch Watch => context.Watch;

    /// <summary>A message was sent.</summary>
    public abstract void Observe(in Observed seen);

    /// <summary>Nothing more will happen.</summary>
    public virtual void End(TimeSpan time)
    {
    }

    /// <summary>The rule is broken.</summary>
    /// <param name="time">When it was seen.</param>
    /// <param name="sentence">What is wrong.</param>
    /// <param name="subject">What it is about; null when nothing of that is known.</param>
    /// <param name="kind">The name of the rule, when it is not this oracle's own.</param>
    protected void Find(TimeSpan time, string sentence, FindingSubject? subject = null, string? kind = null) =>
        context.Add(new Finding(kind ?? name, time, sentence), subject);

    /// <summary>True when a fault explains what would be a finding; it is told so.</summary>
    protected bool TryExcuse(TimeSpan time, string sentence, FindingSubject subject) => context.TryExcuse(new Finding(name, time, sentence), subject);
}
