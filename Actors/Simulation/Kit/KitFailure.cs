using System.Globalization;
using System.Text;
using ScsiActors.Faults;
using ScsiActors.Journal;

namespace ScsiActors.Simulation.Kit;

/// <summary>What a test with a <see cref="SimulationKit"/> expected and did not get; the message says it in full.</summary>
public sealed class KitException(string message) : Exception(message);

/// <summary>The text of a failure: what was expected beside what was seen, aligned, with times, faults and the seed, and a sequence diagram.</summary>
internal sealed class KitFailure(
    ulong seed, TimeSpan now, long turns, IReadOnlyList<ExpectedMessage> expected, IReadOnlyList<SeenMessage> seen, int from)
{
    private const int MostCompared = 400;
    private const int MostRows = 40;
    private const int MostDrawn = 40;

    private sealed record Row(char Mark, string Time, string Expected, string Seen);

    /// <summary>The text.</summary>
    /// <param name="sentence">What went wrong.</param>
    public string Text(string sentence)
    {
        var window = Window();
        var rows = Align(window);
        var width = rows.Select(static row => row.Expected.Length).Append("expected".Length).Max();
        var text = new StringBuilder(sentence).AppendLine();
        text.Append(CultureInfo.InvariantCulture, $"Seed {seed}; at {now.TotalMilliseconds:0.0000} ms of virtual time, after {turns} messages.\n\n");
        text.Append("          ms  ").Append("expected".PadRight(width)).Append("  seen\n");
        var first = Math.Max(0, rows.Count - MostRows);
        if (first > 0)
            text.Append(CultureInfo.InvariantCulture, $"              {"".PadRight(width)}  ... {rows.Take(first).Count(static row => row.Mark != '-')} before\n");
        for (var i = 0; i < rows.Count; i++)
        {
            // What was expected is shown wherever it stands.
            if (i >= first || rows[i].Mark is '=' or '-')
                text.Append(CultureInfo.InvariantCulture, $"{rows[i].Mark} {rows[i].Time,10}  {rows[i].Expected.PadRight(width)}  {rows[i].Seen}\n");
        }
        return text.Append("\n```mermaid\n").Append(Diagram(window).TrimEnd()).Append("\n```\n").ToString();
    }

    private List<SeenMessage> Window()
    {
        var asksForRegisters = expected.Any(static one => one.Name.Contains("Register", StringComparison.Ordinal) || one.Name.Contains("Interrupt", StringComparison.Ordinal));
        var window = seen.Skip(from).Where(one => one.Message is FaultInjection || one.From.Length > 0 && one.From != one.To && IsOfField(one.Message, asksForRegisters)).ToList();
        return window.Count > MostCompared ? window[^MostCompared..] : window;
    }

    private static bool IsOfField(object message, bool withRegisters) =>
        message.GetType().Namespace?.StartsWith("ScsiActors.Messages", StringComparison.Ordinal) == true
        && (withRegisters || message is not (Messages.RegisterWrite or Messages.RegisterRead or Messages.RegisterValue or Messages.InterruptLine));

    // The longest common subsequence: as much as possible of what was expected, in its order, stands beside a message that fits.
    private List<Row> Align(List<SeenMessage> window)
    {
        var best = new int[expected.Count + 1, window.Count + 1];
        for (var i = expected.Count - 1; i >= 0; i--)
        {
            for (var j = window.Count - 1; j >= 0; j--)
                best[i, j] = expected[i].Is(window[j]) ? best[i + 1, j + 1] + 1 : Math.Max(best[i + 1, j], best[i, j + 1]);
        }
        var rows = new List<Row>();
        var (at, next) = (0, 0);
        while (at < expected.Count || next < window.Count)
        {
            if (at < expected.Count && next < window.Count && expected[at].Is(window[next]))
                rows.Add(RowOf('=', expected[at++].Name, window[next++]));
            else if (next < window.Count && (at == expected.Count || best[at, next + 1] >= best[at + 1, next]))
                rows.Add(RowOf(window[next].Message is FaultInjection ? '!' : ' ', "", window[next++]));
            else
                rows.Add(new Row('-', "", expected[at++].Name, "(not there)"));
        }
        return rows;
    }

    private static Row RowOf(char mark, string expected, SeenMessage seen) => new(
        mark, seen.Time.TotalMilliseconds.ToString("0.0000", CultureInfo.InvariantCulture), expected,
        seen.Message is FaultInjection fault ? $"fault #{fault.Id} {TextOf(fault)}"
            : $"{MessageText.Line(seen.From, seen.To, seen.Message, 16)}{(seen.Request is { } request ? $"  (#{request.Id})" : "")}");

    private static string TextOf(FaultInjection fault) => $"{fault.Rule.Name}: {FaultNames.Of(fault.Rule.What.What)} at {FaultNames.Of(fault.Rule.Where)}, {fault.Hit}";

    private string Diagram(List<SeenMessage> window)
    {
        using var journal = new Journal.Journal(new JournalHeader($"seed {seed}"), new JournalOptions { Keep = int.MaxValue });
        foreach (var one in window)
        {
            if (one.Message is FaultInjection fault)
                journal.RecordFault(one.Time, (int)fault.Id, one.To, TextOf(fault));
            else
                journal.Record(one.Time, one.From, one.To, one.Message);
        }
        return SequenceDiagram.From(journal.Events, new SequenceOptions { MaximumItems = MostDrawn }).ToMermaid();
    }
}
