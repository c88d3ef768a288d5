using Xunit;
using Xunit.Abstractions;

namespace ScsiActors.Interop;

/// <summary><c>simulate</c> and <c>replay</c> as a user starts them.</summary>
public sealed class SimulateCommandTests(ITestOutputHelper output)
{
    private const string Seeds = "1..12";

    [Fact]
    public async Task Two_processes_give_the_same_hashes_and_so_do_two_jobs()
    {
        using var folder = new TemporaryFolder();
        var hashes = new List<string>();
        foreach (var (file, jobs) in new[] { ("a.txt", "1"), ("b.txt", "1"), ("c.txt", "2") })
        {
            var result = await HostProcess.RunAsync(output, folder.Path, "simulate", "--seeds", Seeds, "--jobs", jobs, "--hashes", file, "--no-shrink");
            Assert.Equal(0, result.ExitCode);
            hashes.Add(await File.ReadAllTextAsync(folder[file]));
        }
        Assert.Equal(12, hashes[0].Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.All(hashes, text => Assert.Equal(hashes[0], text));
    }

    [Fact]
    public async Task A_failing_scenario_is_shrunk_to_a_test_and_repeated_by_the_command_that_is_named()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["bug.json"], """
            {
              "Settings": "host-adapter.bugs.submit-before-data = on",
              "Steps": [
                { "Kind": "Command", "Id": 1, "At": 0, "Port": "Adapter", "Client": 0, "Target": 0, "Lun": 0, "Cdb": "00 00 00 00 00 00" },
                { "Kind": "Command", "Id": 2, "At": 1000, "Port": "Adapter", "Client": 0, "Target": 0, "Lun": 0,
                  "Cdb": "2A 00 00 00 00 08 00 00 08 00", "Direction": "Out", "Length": 4096 },
                { "Kind": "Command", "Id": 3, "At": 2000, "Port": "Adapter", "Client": 0, "Target": 0, "Lun": 0,
                  "Cdb": "28 00 00 00 00 08 00 00 08 00", "Direction": "In", "Length": 4096 }
              ]
            }
            """);
        var result = await HostProcess.RunAsync(output, folder.Path, "simulate", "--scenario", "bug.json", "--seed", "7");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("FAILED seed 7", result.Output, StringComparison.Ordinal);
        Assert.Contains("repeat it:", result.Output, StringComparison.Ordinal);
        var scenario = Directory.GetFiles(folder["found"], "*.json").First();
        Assert.Contains("ScenarioBuilder.WithSeed(7)", await File.ReadAllTextAsync(Path.ChangeExtension(scenario, ".cs")), StringComparison.Ordinal);
        Assert.Equal(1, (await HostProcess.RunAsync(output, folder.Path, "replay", scenario)).ExitCode);
    }

    [Fact]
    public async Task A_historical_bug_is_found_and_its_shortest_case_is_a_test_with_a_diagram()
    {
        using var folder = new TemporaryFolder();
        var result = await HostProcess.RunAsync(output, folder.Path, "simulate", "--mutant", "submit-before-data", "--seeds", "1..3");
        Assert.Equal(1, result.ExitCode);
        var test = await File.ReadAllTextAsync(Directory.GetFiles(folder["found"], "*.cs").First());
        Assert.Contains(".Mutant(\"submit-before-data\")", test, StringComparison.Ordinal);
        Assert.Contains("// sequenceDiagram", test, StringComparison.Ordinal);
        Assert.Equal(2, (await HostProcess.RunAsync(output, folder.Path, "simulate", "--mutant", "no-such-bug")).ExitCode);
    }

    [Fact]
    public async Task Replay_shows_the_messages_of_a_seed_with_their_times()
    {
        using var folder = new TemporaryFolder();
        var result = await HostProcess.RunAsync(output, folder.Path, "replay", "3", "--break", "CommandExecuted");
        Assert.Contains("ExecuteCommand", result.Output, StringComparison.Ordinal);
        Assert.Contains("hash", result.Output, StringComparison.Ordinal);
        Assert.Equal(2, (await HostProcess.RunAsync(output, folder.Path, "replay", "nothing")).ExitCode);
    }
}
