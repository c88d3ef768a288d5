namespace ScsiActors.Host.Experiment;

/// <summary>What an experiment says in the end, in words.</summary>
internal static class ExperimentVerdict
{
    /// <summary>One line.</summary>
    public static string Of(ExperimentRun run)
    {
        var holding = run.Bands.Count(static band => band.Holds);
        var fit = run.Bands.Single(static band => band.Group == BandGroup.Fit).Ours;
        return FormattableString.Invariant(
            $"{(run.IsGood ? "the letter is reproduced" : "not all of the letter is reproduced")}: {holding} of {run.Bands.Count} bands hold, RMS of ln(ours/letter) {fit:0.000}.");
    }

    /// <summary>What is outside its band or inconsistent, and the letter's own slip.</summary>
    public static IEnumerable<string> Reasons(ExperimentRun run)
    {
        foreach (var band in run.Bands.Where(static band => !band.Holds))
        {
            yield return FormattableString.Invariant(
                $"outside: {ExperimentTable.Title(band.Group)}, {band.Name}: {band.Ours:0.00}, the band is {band.Low:0.00} to {band.High:0.00} (letter {band.Target:0.00})");
        }
        foreach (var row in run.Inconsistent)
            yield return FormattableString.Invariant($"ours contradicts itself: {row.Key} has {row.Figures.Outstanding(row.Key.Kibibytes):0.0} outstanding by Little's law");
        foreach (var (key, figures) in LetterTable.Rows.Where(static row => !ExperimentRun.IsConsistent(row.Key, row.Figures)))
        {
            yield return FormattableString.Invariant(
                $"the letter's own slip: {key}: {figures.Bandwidth} MB/s and {figures.CompletionLatency} ms make {figures.Outstanding(key.Kibibytes):0.0} outstanding, where the load kept about 76; its latency is not fitted");
        }
    }
}
