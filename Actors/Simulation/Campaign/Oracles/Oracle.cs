using ScsiActors.Faults;

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

/// <summary>What the oracles of one run have in common.</summary>
/// <param name="scenario">What is run.</param>
internal sealed class OracleContext(Scenario scenario)
{
    /// <summary>More findings than that say nothing new.</summary>
    private const int MostFindings = 20;

    private readonly List<Finding> _findings = [];

    /// <summary>What is run.</summary>
    public Scenario Scenario => scenario;

    /// <summary>What was found so far.</summary>
    public IReadOnlyList<Finding> Findings => _findings;

    /// <summary>The account of the faults; null without any.</summary>
    public FaultLedger? Ledger { get; set; }

    /// <summary>Findings that a fault is to blame for.</summary>
    public int Excused { get; private set; }

    /// <summary>Adds a finding, or tells the fault that explains it that it has been noticed.</summary>
    public void Add(Finding finding)
    {
        if (FaultExcuses.For(finding.Oracle, Ledger) is { } injection)
        {
            Excused++;
            Ledger!.Noticed(injection.Id, new FaultNotice(finding.Time, $"oracle {finding.Oracle}", finding.Sentence));
        }
        else if (_findings.Count < MostFindings && !_findings.Exists(other => other.Sentence == finding.Sentence))
        {
            _findings.Add(finding);
        }
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

    /// <summary>A message was sent.</summary>
    public abstract void Observe(in Observed seen);

    /// <summary>Nothing more will happen.</summary>
    public virtual void End(TimeSpan time)
    {
    }

    /// <summary>The rule is broken.</summary>
    protected void Find(TimeSpan time, string sentence) => context.Add(new Finding(name, time, sentence));
}
