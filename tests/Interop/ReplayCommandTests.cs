using Xunit;
using Xunit.Abstractions;

namespace ScsiActors.Interop;

/// <summary><c>replay</c> as a person, or a script, steps through a run with it.</summary>
public sealed class ReplayCommandTests(ITestOutputHelper output)
{
    private const string Hash = "hash ";

    [Fact]
    public async Task Commands_from_a_pipe_step_and_show_what_parts_hold()
    {
        using var folder = new TemporaryFolder();

        var result = await HostProcess.RunWithInputAsync(output, folder.Path, "\n\nnext 3\nuntil AioRead\ntask-set\nadapter\nnonsense\nquit\n", "replay", "3", "--step");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("replay> until AioRead", result.Output, StringComparison.Ordinal);
        Assert.Contains("  task set", result.Output, StringComparison.Ordinal);
        Assert.Contains("waits for", result.Output, StringComparison.Ordinal);
        Assert.Contains("DSTAT", result.Output, StringComparison.Ordinal);
        Assert.Contains("'nonsense' is nothing to do here.", result.Output, StringComparison.Ordinal);
        Assert.Contains("until TEXT", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Looking_at_parts_does_not_change_the_run_and_the_end_of_input_lets_it_end()
    {
        using var folder = new TemporaryFolder();

        var plain = await HostProcess.RunAsync(output, folder.Path, "replay", "3", "--only", "nothing");
        var stepped = await HostProcess.RunWithInputAsync(output, folder.Path, "n 7\nstate\nn 20\nstate\n", "replay", "3", "--step", "--only", "AioCompleted");

        Assert.Equal(0, stepped.ExitCode);
        Assert.Equal(HashOf(plain), HashOf(stepped));
    }

    [Fact]
    public async Task Several_breaks_end_at_the_first_that_comes_and_the_state_is_shown_there()
    {
        using var folder = new TemporaryFolder();

        var result = await HostProcess.RunAsync(output, folder.Path, "replay", "3", "--break", "no such text", "--break", "AioRead", "--state");

        Assert.Equal(0, result.ExitCode);
        var lines = result.Output.Split('\n');
        Assert.Contains("AioRead", lines.Last(static line => line.Contains(" -> ", StringComparison.Ordinal)), StringComparison.Ordinal);
        foreach (var part in (string[])["driver", "adapter", "bus", "target-0-lun-0", "target-0-lun-0-queue", "target-0-lun-0-aio", "faults"])
            Assert.Contains(part, lines.Select(static line => line.TrimEnd()));
    }

    [Fact]
    public async Task Interrupted_while_it_waits_for_a_command_it_ends_cleanly()
    {
        using var folder = new TemporaryFolder();
        using var host = HostProcess.StartWithInput(folder.Path, "StepDue", "replay", "3", "--step", "--break", "CommandMoved");
        await host.TypeAsync("run");
        await host.SeenAsync();

        await host.InterruptAsync();

        var result = await host.EndAsync(output);
        Assert.Equal(130, result.ExitCode);
        Assert.Contains(Hash, result.Output, StringComparison.Ordinal);
        Assert.Empty(result.Error);
    }

    private static string HashOf(HostResult result) => result.Output[result.Output.IndexOf(Hash, StringComparison.Ordinal)..].Split('\n')[0];
}
