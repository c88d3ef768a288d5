using System.Globalization;
using System.Text.RegularExpressions;
using ScsiActors.Faults;
using ScsiActors.Host.Report;
using ScsiActors.Journal;
using ScsiActors.Messages;
using ScsiActors.Simulation.Campaign;

namespace ScsiActors.Host.Simulate.Html;

/// <summary>One run as a report: verdict and how to repeat it, findings, timeline, task sets, faults, latencies, messages, and what was configured.</summary>
internal static partial class RunReport
{
    private const int MostInjections = 200;
    private const int MostHistograms = 12;
    private const int LongestScenario = 60_000;

    /// <summary>The report of a run.</summary>
    /// <param name="run">The run, which has kept its whole journal.</param>
    /// <param name="repeat">The arguments that repeat it.</param>
    public static HtmlReport Of(ScenarioRun run, string repeat)
    {
        var result = run.Result();
        var events = run.Journal.Events;
        var history = new CommandHistory(events);
        var timeline = new RunTimeline(events, history);
        var faults = PositionsOf(events, timeline, EventRole.Fault);
        var seed = Text(result.Scenario.Seed);
        return new HtmlReport(
            result.Scenario.Mutant.Length > 0 ? $"Seed {seed} with the bug {result.Scenario.Mutant}" : $"Seed {seed}",
            $"{Output.HelpText.Program} {repeat}",
            VerdictOf(result),
            [
                new("Program", EngineInfo.Line), new("Virtual time", TimeOf(result.Elapsed)),
                new("Requests", Text(result.Requests)), new("Messages", Text(result.Turns)), new("Faults that acted", Text(run.Ledger?.Injections.Count ?? 0)),
                new("Findings that a fault explains", Text(result.Excused)), new("Hash of the journal", result.Hash),
            ],
            [
                new("Findings", [FindingsOf(result, events, timeline)]),
                new("Timeline",
                [
                    new Timeline("Who was at what, when", "A bar is a command, a task, a request or a connection, and its colours are the stages it goes through. "
                        + "Click on one to see it below; red marks are faults and findings. Where nothing happens for long, the picture is cut short and says by how much.", timeline.ToData(
                            $"{Output.HelpText.Program} {repeat} --jsonl FILE writes all of them.")),
                ]),
                new("Task sets", [new TimelineTaskSets("The tasks of each logical unit at the cursor", "By the number of their command. The slider is that of the timeline.")]),
                new("Faults", FaultsOf(run.Ledger, run.Start, faults)),
                new("Latency", LatenciesOf(events, history)),
                new("Messages",
                [
                    new Paragraph("Each command with its messages, in the order of their first one. A red mark says that a fault or a finding is among them."),
                    new TimelineMessages(),
                ]),
                new("What was configured", Configuration(result.Scenario)),
            ]);
    }

    private static ReportVerdict VerdictOf(RunResult result) => result.IsGood
        ? new ReportVerdict(VerdictKind.Good, result.Excused == 0 ? "No oracle has found anything wrong."
            : "No oracle has found anything wrong that is not the work of a fault.", [])
        : new ReportVerdict(VerdictKind.Bad, $"{result.Findings[0].Sentence} ({result.Findings[0].Oracle}).",
            [.. result.Findings.Skip(1).Take(4).Select(static finding => $"{finding.Oracle}: {finding.Sentence}."),
                .. result.Findings.Count > 5 ? (string[])[$"… {result.Findings.Count - 5} more."] : []]);

    private static ReportBlock FindingsOf(RunResult result, IReadOnlyList<JournalEvent> events, RunTimeline timeline)
    {
        if (result.IsGood)
            return new Paragraph("There are none.");
        var positions = Enumerable.Range(0, events.Count).Where(index => events[index].Kind.Role == EventRole.Finding).ToList();
        return new EventLinks([.. result.Findings.Select((finding, number) =>
            ($"{finding.Oracle}, at {TimeOf(finding.Time)}: {finding.Sentence}.",
                number < positions.Count ? timeline.PositionOf(ShowsIt(finding, positions[number], events)) : -1))]);
    }

    // What has not happened shows where it began.
    private static int ShowsIt(Finding finding, int found, IReadOnlyList<JournalEvent> events)
    {
        if (!finding.Sentence.Contains("never answered", StringComparison.Ordinal) || NumberIn().Match(finding.Sentence) is not { Success: true } match)
            return found;
        var id = long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
        for (var i = 0; i < found; i++)
        {
            if (events[i].CommandId == id && events[i].Kind.Name is nameof(ExecuteCommand) or nameof(ExecuteTaskManagement) or nameof(ExecuteBlockRequest))
                return i;
        }
        return found;
    }

    private static Dictionary<int, int> PositionsOf(IReadOnlyList<JournalEvent> events, RunTimeline timeline, EventRole role)
    {
        var positions = new Dictionary<int, int>();
        for (var i = 0; i < events.Count; i++)
        {
            if (events[i].Kind.Role == role)
                positions.TryAdd(events[i].FaultId, timeline.PositionOf(i));
        }
        return positions;
    }

    private static IReadOnlyList<ReportBlock> FaultsOf(FaultLedger? ledger, TimeSpan start, Dictionary<int, int> positions)
    {
        if (ledger is null)
            return [new Paragraph("No fault was injected.")];
        var unnoticed = ledger.Unnoticed.Count();
        var never = ledger.NeverFired.Count();
        var shown = ledger.Injections.Take(MostInjections).ToList();
        var blocks = new List<ReportBlock>
        {
            new Paragraph($"{Count(ledger.Injections.Count, "injection")} by {Count(ledger.Rules.Count, "rule")}: "
                + $"{(unnoticed == 0 ? "all were noticed" : $"{unnoticed} were noticed by nobody")}; "
                + $"{(never == 0 ? "every rule has acted" : $"{Count(never, "rule")} never acted")}."),
            new ReportTable("Rules", "rule",
                [new("where"), new("what"), new("passed"), new("conditions held"), new("acted"), new("noticed"), new("by nobody")],
                [new("", [.. ledger.Rules.Select(rule => RuleRow(rule, ledger))])]),
        };
        if (shown.Count > 0)
        {
            blocks.Add(new ReportTable("Injections", "fault", [new("at"), new("rule"), new("hits"), new("noticed by")],
                [new("", [.. shown.Select(injection => InjectionRow(injection, start, positions))])]));
        }
        if (shown.Count < ledger.Injections.Count)
            blocks.Add(new Remark($"… {ledger.Injections.Count - shown.Count} more injections."));
        return blocks;
    }

    private static ReportRow RuleRow(FaultRuleOutcome rule, FaultLedger ledger)
    {
        var own = ledger.Injections.Where(injection => injection.Rule == rule.Rule).ToList();
        return new ReportRow(rule.Rule.Name,
        [
            ReportCell.Words(Names.Of(rule.Rule.Where)), ReportCell.Words(Names.Of(rule.Rule.What.What)), ReportCell.Number(rule.Passed, 0), ReportCell.Number(rule.Matched, 0),
            rule.Fired == 0 ? ReportCell.Check(false, "never") : ReportCell.Number(rule.Fired, 0),
            ReportCell.Number(own.Count(static injection => injection.IsNoticed), 0), ReportCell.Number(own.Count(static injection => !injection.IsNoticed), 0),
        ]);
    }

    private static ReportRow InjectionRow(FaultInjection injection, TimeSpan start, Dictionary<int, int> positions) => new($"{injection.Id}",
    [
        positions.TryGetValue((int)injection.Id, out var position)
            ? ReportCell.Words(TimeOf(start + injection.Time)) with { Address = EventLinks.AddressOf(position) }
            : ReportCell.Words(TimeOf(start + injection.Time)),
        ReportCell.Words(injection.Rule.Name), ReportCell.Words($"{injection.Hit}"),
        injection.IsNoticed ? ReportCell.Words($"{injection.Notices[0].By}: {Shortened(injection.Notices[0].Text)}{string.Concat(injection.Notices.Skip(1).Take(3).Select(static notice => $"; {notice.By}"))}")
            : ReportCell.Check(false, "nobody"),
    ]);

    private static IReadOnlyList<ReportBlock> LatenciesOf(IReadOnlyList<JournalEvent> events, CommandHistory history) =>
    [
        .. Charts("By command", "From the client's request to its answer, of all commands that were answered.", LatencyHistograms.Of(history)),
        .. Charts("By stage", "How long commands stayed where.", CommandStages.Histograms(events, history)),
    ];

    private static IEnumerable<ReportBlock> Charts(string title, string description, IReadOnlyList<LatencyHistogram> histograms)
    {
        var timed = histograms.Where(static one => one.Maximum > 0).OrderByDescending(static one => one.Count).ToList();
        if (timed.Count > 0)
        {
            yield return new HistogramChart(title, description, [.. timed.Take(MostHistograms).Select(static one => new HistogramPanel($"{one.Operation}, {one.Count}",
                [.. one.Buckets.Where(static bucket => bucket.Count > 0 && bucket.To > 1).Select(static bucket => new HistogramBin(bucket.From / 1e3, bucket.To / 1e3, bucket.Count))],
                [.. Marks(one).Where(static mark => mark.Micros > 0)]))]);
        }
        var timeless = histograms.Where(static one => one.Maximum == 0).Select(static one => one.Operation).ToList();
        if (timeless.Count > 0)
            yield return new Paragraph($"{title}: no virtual time at all took {string.Join(", ", timeless)}.");
        if (timed.Count > MostHistograms)
            yield return new Paragraph($"… {timed.Count - MostHistograms} more: {string.Join(", ", timed.Skip(MostHistograms).Select(static one => one.Operation))}.");
    }

    private static DurationMark[] Marks(LatencyHistogram one) => [new("p50", one.Median / 1e3), new("p99", one.Percentile99 / 1e3)];

    private static IReadOnlyList<ReportBlock> Configuration(Scenario scenario)
    {
        var text = ScenarioJson.Write(scenario);
        return
        [
            new BulletList(
            [
                $"{Count(scenario.Targets, "target")} with {Count(scenario.Luns, "logical unit")} each, of {scenario.Blocks} blocks of {scenario.BlockSize} bytes",
                $"adapter: {scenario.Preset}, {scenario.DriverDepth} commands at once; each client has {scenario.ClientDepth} outstanding at the most",
                $"order of turns: {scenario.Order}{(scenario.TurnTime > 0 ? $", a turn takes up to {scenario.TurnTime} µs" : ", turns take no time")}",
                scenario.Disk.TakesTime
                    ? $"disk: {scenario.Disk.Latency} µs {scenario.Disk.Distribution}, {Count(scenario.Disk.Lanes, "lane")}, write cache of {scenario.Disk.WriteCache} bytes"
                    : "disk: memory that answers at once",
            ]),
            .. scenario.Faults.Length > 0 ? (ReportBlock[])[new Preformatted("Fault rules", scenario.Faults)] : [],
            .. scenario.Settings.Length > 0 ? (ReportBlock[])[new Preformatted("Settings", scenario.Settings)] : [],
            new Folded($"The scenario, as a file for `replay` ({Count(scenario.Steps.Count, "step")})", text.Length <= LongestScenario ? text
                : $"{text[..LongestScenario]}\n… {text.Length - LongestScenario} characters more; its seed has all of them."),
        ];
    }

    private static string Count(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";

    private static string Shortened(string text) => text.Length <= 60 ? text : $"{text[..60]}…";

    private static string TimeOf(TimeSpan time) => time == TimeSpan.Zero ? "0" : Figures.Duration(time.TotalMicroseconds);

    private static string Text<T>(T value) where T : IFormattable => value.ToString("N0", CultureInfo.InvariantCulture);

    [GeneratedRegex("(?:[Cc]ommand|step|request) ([0-9]+)", RegexOptions.CultureInvariant)]
    private static partial Regex NumberIn();
}
