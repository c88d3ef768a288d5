using System.Text.RegularExpressions;
using ScsiActors.Faults;

namespace ScsiActors.Simulation.Campaign;

// What is drawn while a scenario runs, written down and then left out: turns out of order, and faults and bugs that dice decide.
public sealed partial class ScenarioShrinker
{
    /// <summary>The most occasions at which a bug of timing is tried, once, in place of those that dice decide.</summary>
    private const int MostOccasions = 64;

    /// <summary>The most choices at which one turn out of order is tried in place of several, and at which a scenario without one of its steps is.</summary>
    private const int MostChoices = 400;

    /// <summary>The most turns out of order that are drawn in place of those found, and how many such schedules of each length.</summary>
    private const int MostDrawn = 4;

    private const int DrawsOfEach = 100;

    private const int MostStepsToMove = 24;
    private const int MostDeviationsToMove = 16;
    private const int MostMoved = 40;

    /// <summary>Puts the schedule that the order of turns has drawn in the place of that order, and leaves out of it what does not matter.</summary>
    private Scenario WithoutDeviations(Scenario scenario, string oracle)
    {
        if (scenario.Order != TurnOrderKind.Fifo && scenario.Deviations.Length == 0)
            scenario = Try(scenario, scenario with { Order = TurnOrderKind.Fifo, Deviations = TurnDeviations.Write(Run(scenario, oracle).Deviations) }, oracle);
        var deviations = TurnDeviations.Parse(scenario.Deviations).ToList();
        for (var chunk = Math.Max(deviations.Count / 2, 1); chunk > 0 && deviations.Count > 0; chunk = chunk == 1 ? 0 : chunk / 2)
        {
            // From the end: what comes after the failure goes at once, and what goes there leaves the choices before it as they are.
            for (var end = deviations.Count; end > 0; end -= chunk)
            {
                var start = Math.Max(0, end - chunk);
                List<TurnDeviation> fewer = [.. deviations.Take(start), .. deviations.Skip(end)];
                if (Fails(With(scenario, fewer), oracle))
                    deviations = fewer;
            }
        }
        for (var i = 0; i < deviations.Count; i++)
        {
            if (deviations[i].Taken == 1)
                continue;
            List<TurnDeviation> nearer = [.. deviations];
            nearer[i] = nearer[i] with { Taken = 1 };
            if (Fails(With(scenario, nearer), oracle))
                deviations = nearer;
        }
        return WithOtherDeviations(With(scenario, deviations), deviations, oracle);
    }

    // What many turns out of order have shown, one at another choice often shows as well, or a few: then the shortest case says exactly which ones matter.
    private Scenario WithOtherDeviations(Scenario scenario, List<TurnDeviation> deviations, string oracle)
    {
        if (deviations.Count < 2)
            return scenario;
        var choices = Math.Min(deviations[^1].Choice, MostChoices);
        var random = new RandomStream(scenario.Seed, "shrinking");
        var fewer = Enumerable.Range(1, choices).Select(static choice => (int[])[choice])
            .Concat(Enumerable.Range(2, Math.Max(0, Math.Min(MostDrawn, deviations.Count - 1) - 1))
                .SelectMany(count => Enumerable.Range(0, DrawsOfEach).Select(_ => Enumerable.Range(0, count).Select(_ => (int)random.Between(1, choices)).Distinct().Order().ToArray())));
        foreach (var schedule in fewer)
        {
            var other = With(scenario, schedule.Select(static choice => new TurnDeviation(choice, 1)));
            if (Fails(other, oracle))
                return other;
            if (IsOver)
                break;
        }
        return scenario;
    }

    // Without a step before them, the same choices have smaller numbers.
    private Scenario WithoutStepsBefore(Scenario scenario, string oracle)
    {
        var deviations = TurnDeviations.Parse(scenario.Deviations);
        if (deviations.Count is 0 or > MostDeviationsToMove || scenario.Steps.Count > MostStepsToMove)
            return scenario;
        for (var i = scenario.Steps.Count - 1; i >= 0; i--)
        {
            for (var by = 0; by < Math.Min(deviations[0].Choice, MostMoved); by++)
            {
                List<TurnDeviation> moved = [.. deviations.Select(deviation => deviation with { Choice = deviation.Choice - by })];
                var shorter = With(scenario with { Steps = [.. scenario.Steps.Take(i), .. scenario.Steps.Skip(i + 1)] }, moved);
                if (!Fails(shorter, oracle))
                    continue;
                (scenario, deviations) = (shorter, moved);
                break;
            }
        }
        return scenario;
    }

    /// <summary>Puts each time that a fault has acted in the place of the dice that decided it, as a rule of its own, and leaves out those that do not
    /// matter.</summary>
    private Scenario WithConcreteFaults(Scenario scenario, string oracle)
    {
        if (!Drawn().IsMatch(scenario.Faults))
            return scenario;
        try
        {
            var acted = Run(scenario, oracle).Injections.ToLookup(static injection => injection.Rule.Name, static injection => injection.Occasion);
            var lines = LinesOf(scenario.Faults).SelectMany(line => Drawn().IsMatch(line)
                ? acted[NameOf(line)].Select((occasion, index) => Concrete(line, index, occasion))
                : [line]);
            scenario = WithoutLines(Try(scenario, scenario with { Faults = string.Join('\n', lines) }, oracle), oracle);
            return Try(scenario, scenario with { Faults = Nth().Replace(scenario.Faults, "nth = 1") }, oracle);
        }
        catch (FaultPlanException)
        {
            return scenario;
        }
    }

    // The first occasion that serves: steps without which the bug has fewer occasions then go, and the next time an earlier one may serve.
    private Scenario WithConcreteBug(Scenario scenario, string oracle)
    {
        if (Mutants.Find(scenario.Mutant) is not { IsSeldom: true } mutant)
            return scenario;
        for (var occasion = 1; occasion <= MostOccasions && occasion != mutant.Occasion && !IsOver; occasion++)
        {
            var once = scenario with { Mutant = Mutants.NameAt(mutant, occasion) };
            if (Fails(once, oracle))
                return once;
        }
        return scenario;
    }

    private static string NameOf(string line) => line.TrimStart().Split(' ', '{', '=')[0];

    // The first keeps the rule's name, for those that are to act after it.
    private static string Concrete(string line, int index, long occasion)
    {
        var name = NameOf(line);
        var concrete = Times().Replace(Drawn().Replace(line, FormattableString.Invariant($"nth = {occasion}")), "");
        return index == 0 ? concrete : FormattableString.Invariant($"{name}-{index + 1}{concrete.TrimStart()[name.Length..]}");
    }

    private static Scenario With(Scenario scenario, IEnumerable<TurnDeviation> deviations) => scenario with { Deviations = TurnDeviations.Write(deviations) };

    [GeneratedRegex(@"(probability|every) = [0-9.]+")]
    private static partial Regex Drawn();

    [GeneratedRegex("nth = [0-9]+")]
    private static partial Regex Nth();

    [GeneratedRegex(@", times = [0-9]+")]
    private static partial Regex Times();
}
