using System.Text.Json;
using ScsiActors.Host.Experiment;
using ScsiActors.Interop.Report;
using Xunit;
using Xunit.Abstractions;

namespace ScsiActors.Interop;

/// <summary><c>experiment</c> as its users use it.</summary>
public sealed class ExperimentCommandTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Gone with the test.</summary>
    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Two_processes_give_the_same_bytes_whatever_they_do_at_once()
    {
        var first = await Run("experiment --time 500ms --json first.json --csv first.csv --html first.html --jobs 2");
        var second = await Run("experiment --time 500ms --json second.json --csv second.csv --html second.html --jobs 1");

        Assert.Equal(first.Output.Replace("first.", "second."), second.Output);
        foreach (var kind in (string[])["json", "csv", "html"])
            Assert.Equal(_folder.Hash($"first.{kind}"), _folder.Hash($"second.{kind}"));
    }

    [Fact]
    public async Task The_report_has_the_letters_rows_keeps_writes_serial_without_the_patches_and_its_exit_code_says_whether_the_bands_hold()
    {
        var result = await Run("experiment --time 1s --json run.json");

        using var report = JsonDocument.Parse(await File.ReadAllTextAsync(_folder["run.json"]));
        var root = report.RootElement;
        Assert.Equal(ExperimentReport.CurrentSchema, root.GetProperty("schema").GetString());
        Assert.Equal(root.GetProperty("good").GetBoolean() ? 0 : 1, result.ExitCode);
        Assert.Equal(root.GetProperty("good").GetBoolean(), root.GetProperty("bands").EnumerateArray().All(static band => band.GetProperty("holds").GetBoolean()));
        var rows = root.GetProperty("rows").EnumerateArray().ToArray();
        Assert.Equal(32, rows.Length);
        foreach (var row in rows)
        {
            var ours = row.GetProperty("ours");
            Assert.True(ours.GetProperty("consistent").GetBoolean(), row.ToString());
            var letter = row.GetProperty("letter").GetProperty("mebibytesPerSecond").GetDouble();
            Assert.InRange(ours.GetProperty("mebibytesPerSecond").GetDouble() / letter, 0.7, 1.4);
            if (row.GetProperty("direction").GetString() == "write" && row.GetProperty("interface").GetString() == "no patch")
                Assert.Equal(1, row.GetProperty("mostInFlight").GetInt32());
        }
        // The letter's one row that contradicts itself, and no other.
        var slip = Assert.Single(rows, static row => !row.GetProperty("letter").GetProperty("consistent").GetBoolean());
        Assert.Equal(("kvm", "patches 1-3", "write", 64), (slip.GetProperty("machine").GetString(), slip.GetProperty("interface").GetString(),
            slip.GetProperty("direction").GetString(), slip.GetProperty("kibibytes").GetInt32()));
    }

    [Fact]
    public async Task A_model_that_makes_no_sense_is_refused_with_the_setting_that_is_wrong()
    {
        File.WriteAllText(_folder["model.hocon"], "scsi-actors.aio.simulated.lanes = 0");

        var result = await Run("experiment --model model.hocon --time 500ms");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("lanes", result.Error);
    }

    [SkippableFact]
    public async Task The_page_is_legible_and_whole_in_a_browser_in_both_themes()
    {
        _ = await Run("experiment --time 500ms --html run.html");

        await BrowserCheck.PassesAsync(_folder["run.html"], output);
    }

    private Task<HostResult> Run(string line) => HostProcess.RunAsync(output, _folder.Path, line.Split(' '));
}
