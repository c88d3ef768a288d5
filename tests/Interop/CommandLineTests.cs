using Xunit;
using Xunit.Abstractions;

namespace ScsiActors.Interop;

/// <summary>What the command line says and refuses.</summary>
public sealed class CommandLineTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Gone with the test.</summary>
    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData]
    [InlineData("bench")]
    [InlineData("bench", "storage")]
    [InlineData("copy")]
    [InlineData("disk")]
    [InlineData("simulate")]
    [InlineData("replay")]
    [InlineData("disk", "create")]
    [InlineData("disk", "info")]
    public async Task Help_teaches_by_examples_units_and_exit_codes(params string[] verb)
    {
        var result = await Run([.. verb, "--help"]);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("Examples:", result.Output);
        Assert.Contains("powers of 1024", result.Output);
        Assert.Contains("130", result.Output);
    }

    [Fact]
    public async Task The_version_names_the_engine()
    {
        var result = await Run("--version");

        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"^ScsiActors \d+\.\d+\.\d+\S* on (embedded actor engine|Akka\.NET \d\S+)\s*$", result.Output);
    }

    [Theory]
    [InlineData("benhc", "bench --quickly")]
    [InlineData("--quickly", "bench", "--quickly")]
    [InlineData("not '4x'", "bench", "--size", "4x")]
    [InlineData("not '0'", "bench", "--depth", "0")]
    [InlineData("not 'tape'", "bench", "--rows", "tape")]
    [InlineData("not 'soon'", "bench", "--time", "soon")]
    [InlineData("--service-time", "bench", "--lanes", "4")]
    [InlineData("--file", "bench", "--service-time", "1ms", "--file", "missing.img")]
    [InlineData("--file-size", "bench", "--file-size", "32k")]
    [InlineData("whole blocks", "bench", "--size", "1000")]
    [InlineData("there is no directory", "bench", "--csv", "missing/rows.csv")]
    [InlineData("there is no directory", "experiment", "--html", "missing/run.html")]
    [InlineData("there is no directory", "simulate", "--hashes", "missing/hashes.txt")]
    [InlineData("not 'tape'", "bench", "storage", "--backend", "tape")]
    [InlineData("'zigzag'", "bench", "--pattern", "zigzag")]
    [InlineData("'zigzag'", "bench", "storage", "--pattern", "zigzag")]
    [InlineData("there is no such file", "bench", "--file", "missing.img")]
    [InlineData("--file", "bench", "--overwrite")]
    [InlineData("there is no such directory", "bench", "--directory", "missing")]
    [InlineData("copy", "copy", "only-one")]
    [InlineData("there is no such file", "copy", "missing.img", "copy.img")]
    [InlineData("there is no such file", "disk", "info", "missing.img")]
    [InlineData("--size", "disk", "create", "new.img")]
    [InlineData("whole blocks", "disk", "create", "new.img", "--size", "1000")]
    [InlineData("'shout'", "bench", "--log-level", "shout")]
    public async Task A_wrong_command_line_is_refused_with_its_reason(string reason, params string[] line)
    {
        var result = await Run(line);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(reason is "benhc" ? "can be followed by: experiment, bench, copy, disk" : reason, result.Error);
        Assert.Empty(_folder.Files);
    }

    [Theory]
    [InlineData("scsi-actors {\n  request-queue {\n    max-in-fligth = 3\n  }\n}", "line 3", "max-in-fligth", "max-in-flight")]
    [InlineData("scsi-actors.targets { 0 { luns { 99 {} } } }", "line 1", "0 to 63")]
    [InlineData("scsi-actors.targets.0.luns.0 {\n  cache {}\n}", "line 2", "logical-unit, request-queue, aio")]
    [InlineData("scsi-actors { aio { size = ${nowhere} } }", "settings.hocon", "nowhere")]
    [InlineData("\ninclude \"other.hocon\"", "settings.hocon", "other.hocon")]
    [InlineData("scsi-actors {\n  aio = file\n}", "line 2", "aio { ... }")]
    [InlineData("scsi-actors.request-queue.max-in-flight = 0", "request-queue.max-in-flight is 0")]
    [InlineData("scsi-actors.request-queue.max-in-flight = many", "many")]
    [InlineData("scsi-actors.logical-unit.removable = maybe", "maybe")]
    [InlineData("scsi-actors.logical-unit.block-size = 1000", "logical-unit", "block-size")]
    [InlineData("scsi-actors.aio.file.poll-for = 50us", "50us")]
    [InlineData("scsi-actors.dispatcher.throughput = many", "Configuration", "dispatcher")]
    [InlineData("scsi-actors { request-queue { max-queued = 8 }, aio.size = 1MiB }", "settings.hocon")]
    public async Task A_wrong_configuration_is_refused_with_file_line_and_what_exists(string text, params string[] told)
    {
        await File.WriteAllTextAsync(_folder["settings.hocon"], text);

        var result = await Run("bench", "storage", "--quick", "--backend", "null", "--config", "settings.hocon");

        Assert.Equal(2, result.ExitCode);
        Assert.All(told, words => Assert.Contains(words, result.Error));
        Assert.DoesNotContain("   at ", result.Error);
    }

    [Theory]
    [InlineData("direct", "read", "AioRead at 32768, 4096 bytes", "CommandExecuted 1 Good")]
    [InlineData("lsi", "write", "ReselectionRequested by ID 0", "CommandExecuted 1 Good")]
    [InlineData("virtio", "read", "AvailableBufferNotification", "AioRead at 32768, 4096 bytes", "BlockRequestExecuted 1 Ok, 4096 bytes")]
    [InlineData("virtio", "flush", "AioFlush", "BlockRequestExecuted 1 Ok")]
    public async Task A_trace_shows_the_messages_of_one_request(string through, string what, params string[] told)
    {
        var result = await Run("trace", what, "--through", through);

        Assert.Equal(0, result.ExitCode);
        Assert.All(told, words => Assert.Contains(words, result.Output));
        Assert.DoesNotContain("WriteDeviceStatus", result.Output);
    }

    [Fact]
    public async Task A_request_that_virtio_does_not_know_is_refused_with_those_that_it_knows()
    {
        var result = await Run("trace", "inquiry", "--through", "virtio");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("read, write or flush", result.Error);
    }

    [Fact]
    public async Task A_missing_configuration_file_is_refused()
    {
        var result = await Run("bench", "--quick", "--config", "missing.hocon");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("missing.hocon", result.Error);
    }

    private Task<HostResult> Run(params string[] arguments) => HostProcess.RunAsync(output, _folder.Path, arguments);
}
