using System.Text.Json.Nodes;
using ScsiActors.Host.Simulate.Html;
using ScsiActors.Interop.Report;
using ScsiActors.Journal;
using ScsiActors.Simulation.Campaign;
using Xunit;
using Xunit.Abstractions;

namespace ScsiActors.Interop;

/// <summary>What <c>simulate</c> and <c>replay</c> write for people and for other tools.</summary>
public sealed class SimulateReportTests(ITestOutputHelper output)
{
    private const int MostBytes = 3 << 20;

    [SkippableFact]
    public async Task The_hash_that_replay_prints_is_that_of_the_journals_it_writes()
    {
        using var folder = new TemporaryFolder();
        var result = await HostProcess.RunAsync(output, folder.Path, "replay", "6", "--jsonl", "run.jsonl", "--journal", "run.journal", "--pcapng", "run.pcapng");
        var hash = (string)JsonNode.Parse((await File.ReadAllLinesAsync(folder["run.jsonl"]))[^1])!["sha256"]!;
        Assert.Contains($"hash {hash}", result.Output, StringComparison.Ordinal);
        Assert.Equal(hash, JournalReader.Read(folder["run.journal"]).Hash);
        Assert.Contains(JournalReader.Read(folder["run.journal"]).Events, static entry => entry.FaultId == 1 && entry.Kind != EventKinds.Fault);
        Tool.Require(output, "tshark", "tshark");
        var comments = await Tool.RunAsync(output, "tshark", "-r", folder["run.pcapng"], "-Y", "frame.comment", "-T", "fields", "-e", "frame.comment");
        Assert.Contains("Fault 1: ", comments, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task The_page_of_a_run_with_faults_is_legible_and_whole()
    {
        using var folder = new TemporaryFolder();
        await HostProcess.RunAsync(output, folder.Path, "replay", "6", "--html", "run-faults.html");
        await BrowserCheck.PassesAsync(folder["run-faults.html"], output);
    }

    [SkippableFact]
    public async Task A_failure_has_a_page_beside_its_test_whose_findings_lead_to_their_events()
    {
        using var folder = new TemporaryFolder();
        await HostProcess.RunAsync(output, folder.Path, "simulate", "--mutant", "completed-twice", "--seeds", "1..1", "--html", "campaign-failed.html");
        var page = Directory.GetFiles(folder["found"], "*.html").Single();
        await BrowserCheck.PassesAsync(page, output);
        await BrowserCheck.PassesAsync(folder["campaign-failed.html"], output);

        await using var browser = await Chromium.StartAsync();
        await browser.ShowAsync(page, 1400, isDark: false);
        Assert.NotEqual(0, (int)(await browser.EvaluateAsync("document.querySelectorAll('.view path.finding').length"))!);
        await browser.EvaluateAsync("document.querySelector('.findings a').click(); new Promise(done => setTimeout(done, 50)).then(() => 0)");
        var number = (string)(await browser.EvaluateAsync("location.hash.slice(7)"))!;
        Assert.Equal(number, (string)(await browser.EvaluateAsync("document.querySelector('.timeline input').value"))!);
        Assert.Contains("Finding", (string)(await browser.EvaluateAsync("document.querySelector('.timeline .now').textContent"))!, StringComparison.Ordinal);
        Assert.Equal($"event-{number}", (string)(await browser.EvaluateAsync("document.querySelector('.messages li.current').id"))!);
        Assert.Empty(browser.Complaints);
    }

    [SkippableFact]
    public async Task The_slider_shows_a_task_where_it_is_and_everything_can_be_zoomed_and_unfolded()
    {
        using var folder = new TemporaryFolder();
        await HostProcess.RunAsync(output, folder.Path, "replay", "6", "--html", "run.html");
        Tool.Require(output, "chromium", "chromium");
        await using var browser = await Chromium.StartAsync();
        await browser.ShowAsync(folder["run.html"], 1400, isDark: false);
        const string tasks = "document.querySelectorAll('.tasksets .chips button').length";
        await browser.EvaluateAsync(Slide("0"));
        Assert.Equal(0, (int)(await browser.EvaluateAsync(tasks))!);
        await browser.EvaluateAsync("document.querySelectorAll('.tasksets .tools button')[1].click(); 0");
        Assert.NotEqual(0, (int)(await browser.EvaluateAsync(tasks))!);
        await browser.EvaluateAsync("for (const button of document.querySelectorAll('.timeline .tools button')) button.click(); 0");
        await browser.EvaluateAsync("document.querySelector('.messages details').open = true; new Promise(done => setTimeout(done, 50)).then(() => 0)");
        Assert.NotEqual(0, (int)(await browser.EvaluateAsync("document.querySelectorAll('.messages li').length"))!);
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public void A_long_run_stays_small_and_says_what_is_left_out()
    {
        var drawn = ScenarioGenerator.Draw(6);
        var steps = Enumerable.Range(0, 12).SelectMany(round => drawn.Steps.Select(step =>
            step with { Id = step.Id + round * 1000, At = step.At + TimeSpan.FromSeconds(round) })).Where(static step => step is not FunctionStep);
        using var run = new ScenarioRun(drawn with { Steps = [.. steps], Faults = "" }, new JournalOptions { Keep = int.MaxValue });
        run.Prepare();
        run.Finish();
        var page = RunReport.Of(run, "replay long.json").ToHtml();
        output.WriteLine($"{run.Journal.Count} events, {page.Length} bytes");
        Assert.InRange(run.Journal.Count, RunTimeline.MostEvents + 1, long.MaxValue);
        Assert.InRange(page.Length, 1, MostBytes);
        Assert.Contains($"\"gapLength\":{run.Journal.Count - RunTimeline.MostEvents}", page, StringComparison.Ordinal);
    }

    private static string Slide(string to) =>
        $"(() => {{ const input = document.querySelector('.timeline input'); input.value = {to}; input.dispatchEvent(new Event('input')); return 0; }})()";
}
