using Xunit;
using Xunit.Abstractions;

namespace ScsiActors.Interop;

/// <summary>Traces in Perfetto's own importer, where somebody has it (no Debian package does).</summary>
public sealed class PerfettoTests(ITestOutputHelper output)
{
    private const string Processor = "trace_processor_shell";

    // What the importer could not use, then what it made of the rest.
    private const string Errors = "select name, idx, value from stats where value > 0 and severity in ('error', 'data_loss');";

    [SkippableTheory]
    [InlineData("trace", "write")]
    [InlineData("trace", "read", "--through", "virtio")]
    [InlineData("replay", "6")]
    public async Task Perfetto_takes_a_trace_without_an_error(params string[] line)
    {
        Tool.Require(output, "Perfetto's trace processor from its releases", Processor);
        using var folder = new TemporaryFolder();
        Assert.Equal(0, (await HostProcess.RunAsync(output, folder.Path, [.. line, "--trace", "trace.json"])).ExitCode);

        // A row begins with the name of what went wrong, in quotation marks.
        Assert.DoesNotMatch("^\"", await FirstRowAsync(folder, Errors));
        Assert.Equal("1,1,1,0", await FirstRowAsync(folder, """
            select (select count(*) > 0 from slice where category = 'message'), (select count(*) > 0 from slice where category in ('command', 'block request')),
              (select count(*) > 0 from flow), (select count(*) from slice where category in ('command', 'block request') and dur < 0);
            """));
    }

    // Behind the names of the columns; what is said on standard error follows.
    private async Task<string> FirstRowAsync(TemporaryFolder folder, string query) =>
        (await AskAsync(folder, query)).Split('\n').SkipWhile(static line => !line.StartsWith('"')).Skip(1).First().Trim();

    private async Task<string> AskAsync(TemporaryFolder folder, string query)
    {
        File.WriteAllText(folder["query.sql"], query);
        return await Tool.RunAsync(output, Processor, "-q", folder["query.sql"], folder["trace.json"]);
    }
}
