using System.Globalization;
using Akka.Actor;
using ScsiActors.Dispatch;
using ScsiActors.Faults;
using ScsiActors.Journal;

namespace ScsiActors.Simulation.Campaign;

/// <summary>The journal of a run: every message with the one in whose handling it was sent, every fault with what it hit, every finding. Its hash is the
/// run's.</summary>
/// <param name="world">The world of the run; messages get their numbers from here.</param>
/// <param name="scenario">What is run.</param>
/// <param name="options">What becomes of the events besides their hash; null for nothing.</param>
internal sealed class RunJournal(SimulatedWorld world, Scenario scenario, JournalOptions? options) : IDisposable
{
    // The scheduler's tells have a sender on one engine, and none on the other.
    private const string NoSender = "deadLetters";

    private readonly Dictionary<object, int> _kept = new(ReferenceEqualityComparer.Instance);
    private FaultLedger? _ledger;
    private TimeSpan _start;
    private int _faultsTold;
    private int _findingsTold;
    private int _fault = JournalEvent.None;

    /// <summary>The events.</summary>
    public Journal.Journal Journal { get; } = new(HeaderOf(scenario), options);

    /// <summary>Takes down a message.</summary>
    public void Record(in Observed seen)
    {
        var fault = _fault;
        _fault = JournalEvent.None;
        if (fault == JournalEvent.None && _kept.Count > 0 && _kept.Remove(seen.Message, out var kept))
            fault = kept;
        if (seen.Message is StepDue due)
        {
            world.GiveNumber(Journal.RecordNote(EventKinds.Timer, seen.Time, seen.To, $"step {due.Step.Id.ToString(CultureInfo.InvariantCulture)}"));
            return;
        }
        var from = seen.From == NoSender ? "" : seen.From;
        world.GiveNumber(Journal.Record(seen.Time, from, seen.To, seen.Message, world.Handling, fault));
    }

    /// <summary>Takes down what the oracles have found since the last call; the event before is what showed it.</summary>
    public void Record(IReadOnlyList<Finding> findings)
    {
        var shown = Journal.Count - 1;
        for (; _findingsTold < findings.Count; _findingsTold++)
            _ = Journal.RecordFinding(findings[_findingsTold].Time, "", $"{findings[_findingsTold].Oracle}: {findings[_findingsTold].Sentence}", shown);
    }

    /// <summary>A filter that lets another decide, and takes down which faults have acted on what.</summary>
    /// <param name="filter">The other.</param>
    /// <param name="ledger">The account of its faults.</param>
    /// <param name="start">When the time of its ledger began.</param>
    public IMessageFilter Watch(IMessageFilter filter, FaultLedger ledger, TimeSpan start)
    {
        (_ledger, _start) = (ledger, start);
        return new WatchedFilter(this, filter);
    }

    /// <inheritdoc/>
    public void Dispose() => Journal.Dispose();

    private static JournalHeader HeaderOf(Scenario scenario) => new(
        string.Create(CultureInfo.InvariantCulture, $"seed {scenario.Seed}"),
        string.Create(CultureInfo.InvariantCulture, $"scenario of {scenario.Steps.Count} steps")
        + (scenario.Mutant.Length > 0 ? $", with the historical bug {scenario.Mutant}" : ""));

    private bool MayPass(IMessageFilter filter, IActorRef from, IActorRef to, ref object message)
    {
        // What a fault sends of its own while it acts passes here before the message that it has hit.
        var isOfFault = _ledger!.Injections.Count > _faultsTold;
        TellOfFaults(to.Path.Name);
        var before = _ledger.Injections.Count;
        var original = message;
        var passes = filter.MayPass(from, to, ref message);
        TellOfFaults(to.Path.Name);
        var latest = _ledger.Injections.Count;
        if (latest > before && !passes)
            _kept[original] = latest;
        _fault = passes && (isOfFault || latest > before) ? latest : JournalEvent.None;
        return passes;
    }

    private void TellOfFaults(string at)
    {
        for (; _faultsTold < _ledger!.Injections.Count; _faultsTold++)
        {
            var injection = _ledger.Injections[_faultsTold];
            _ = Journal.RecordFault(_start + injection.Time, (int)injection.Id, at,
                $"{injection.Rule.Name}, {FaultNames.Of(injection.Rule.What.What)} at {FaultNames.Of(injection.Rule.Where)}, hits {injection.Hit}", world.Handling);
        }
    }

    private sealed class WatchedFilter(RunJournal journal, IMessageFilter filter) : IMessageFilter
    {
        public bool MayPass(IActorRef from, IActorRef to, ref object message) => journal.MayPass(filter, from, to, ref message);
    }
}
