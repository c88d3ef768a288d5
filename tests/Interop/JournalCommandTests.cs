using System.Text.Json;
using Xunit;
using Xunit.Abstractions;

namespace ScsiActors.Interop;

/// <summary>What the built program records, read by it and by tools of others.</summary>
public sealed class JournalCommandTests(ITestOutputHelper output)
{
    [SkippableFact]
    public async Task Wireshark_decodes_a_capture_as_SCSI()
    {
        Tool.Require(output, "tshark", "tshark");
        using var folder = new TemporaryFolder();
        await TraceAsync(folder, "write", "--pcapng", "write.pcapng");
        var fields = await FieldsAsync(folder["write.pcapng"], "scsi_sbc.opcode", "scsi_sbc.rdwr10.lba", "scsi_sbc.rdwr10.xferlen", "scsi.status");
        Assert.Equal(["0x2a|64|8|", "|||", "0x2a|||", "0x2a|||0x00"], fields);
        Assert.Equal("", (await TsharkAsync(folder["write.pcapng"], "-Y", "_ws.malformed")).Trim());
    }

    [SkippableFact]
    public async Task Wireshark_decodes_status_sense_and_the_fault_in_the_comment()
    {
        Tool.Require(output, "tshark", "tshark");
        using var folder = new TemporaryFolder();
        var result = await HostProcess.RunAsync(output, folder.Path, "journal", Sample, "--to", "pcapng", "--output", "sample.pcapng");
        Assert.Equal(0, result.ExitCode);
        var capture = folder["sample.pcapng"];
        var fields = await FieldsAsync(capture, "iscsi.scsiresponse.status", "scsi.sns.key", "scsi.sns.ascascq", "frame.comment", "-Y", "iscsi.scsiresponse.status == 2");
        var failed = Assert.Single(fields).Split('|');
        Assert.Equal(["0x02", "0x03", "0x0c02"], failed[..3]);
        Assert.Contains("Fault 3: medium error on blocks 60 to 70, until they are rewritten", failed[3]);
        var functions = await FieldsAsync(capture, "iscsi.taskmanfun.function", "-Y", "iscsi.opcode == 2");
        Assert.Equal(["0x01"], functions);
        Assert.Contains("Read(10)", await TsharkAsync(capture, "-q", "-z", "scsi,srt,0"));
        Assert.Equal("", (await TsharkAsync(capture, "-Y", "_ws.malformed")).Trim());
    }

    [Fact]
    public async Task A_trace_says_the_same_in_every_form()
    {
        using var folder = new TemporaryFolder();
        var flow = await TraceAsync(folder, "read", "--journal", "read.journal", "--jsonl", "read.jsonl", "--trace", "read.json", "--mermaid", "read.mmd", "--svg", "read.svg");
        foreach (var journal in new[] { "read.journal", "read.jsonl" })
        {
            Assert.Equal(flow, (await HostProcess.RunAsync(output, folder.Path, "journal", journal)).Output);
            foreach (var (form, file) in new[] { ("perfetto", "read.json"), ("svg", "read.svg"), ("mermaid", "read.mmd") })
            {
                await HostProcess.RunAsync(output, folder.Path, "journal", journal, "--to", form, "--output", "again");
                Assert.Equal(folder.Hash(file), folder.Hash("again"));
            }
        }
        using var trace = JsonDocument.Parse(File.ReadAllText(folder["read.json"]));
        Assert.NotEqual(0, trace.RootElement.GetProperty("traceEvents").GetArrayLength());
    }

    [Theory]
    [InlineData("write", "virtio Write")]
    [InlineData("flush", "virtio Flush")]
    public async Task A_request_to_a_virtio_device_is_a_span_and_a_flow_through_all_its_messages(string verb, string name)
    {
        using var folder = new TemporaryFolder();
        await TraceAsync(folder, verb, "--through", "virtio", "--trace", "run.json");
        using var trace = JsonDocument.Parse(File.ReadAllText(folder["run.json"]));
        var events = trace.RootElement.GetProperty("traceEvents").EnumerateArray().ToArray();
        string[] Phases(string category) =>
            [.. events.Where(one => one.TryGetProperty("cat", out var cat) && cat.GetString() == category).Select(static one => one.GetProperty("ph").GetString()!)];
        Assert.Equal(["s", "t", "t", "t", "t", "t", "t", "f"], Phases("flow"));
        Assert.Equal(["b", "e"], Phases("block request"));
        Assert.Equal(events.Count(static one => one.GetProperty("ph").GetString() == "X"), Phases("flow").Length);
        Assert.Equal(2, events.Count(one => one.GetProperty("name").GetString() == name));
    }

    [Fact]
    public async Task Every_message_of_a_live_trace_but_the_first_has_a_cause()
    {
        using var folder = new TemporaryFolder();
        await TraceAsync(folder, "write", "--jsonl", "write.jsonl");
        var without = File.ReadLines(folder["write.jsonl"]).Skip(1).SkipLast(1).Select(static line => JsonDocument.Parse(line).RootElement)
            .Where(static entry => !entry.TryGetProperty("cause", out _)).Select(static entry => entry.GetProperty("kind").GetString());
        // What the client does first, what comes from the threads of storage, and its end.
        Assert.Subset(new HashSet<string?> { "ObserveAdapter", "ExecuteCommand", "AioCompleted", "Terminated" }, without.ToHashSet());
    }

    [Fact]
    public async Task Two_processes_find_the_same_hash()
    {
        using var folder = new TemporaryFolder();
        var hashes = new HashSet<string>();
        for (var i = 0; i < 2; i++)
        {
            var result = await HostProcess.RunAsync(output, folder.Path, "journal", Sample, "--to", "jsonl");
            hashes.Add(JsonDocument.Parse(result.Output.TrimEnd().Split('\n')[^1]).RootElement.GetProperty("sha256").GetString()!);
        }
        Assert.Equal(64, Assert.Single(hashes).Length);
        // The file ends with the hash that a third process found when it recorded it.
        Assert.Equal(Convert.ToHexStringLower(File.ReadAllBytes(Sample)[^32..]), Assert.Single(hashes));
    }

    [Fact]
    public async Task A_copy_records_a_journal_that_ends_well()
    {
        using var folder = new TemporaryFolder();
        folder.WriteRandom("a.img", 1 << 20, 5);
        var copied = await HostProcess.RunAsync(output, folder.Path, "copy", "a.img", "b.img", "--journal", "copy.journal");
        Assert.Equal(0, copied.ExitCode);
        Assert.Equal(folder.Hash("a.img"), folder.Hash("b.img"));
        var latencies = await HostProcess.RunAsync(output, folder.Path, "journal", "copy.journal", "--to", "latencies");
        Assert.Equal("", latencies.Error);
        Assert.Contains("READ(", latencies.Output);
        Assert.Contains("WRITE(", latencies.Output);
        var why = await HostProcess.RunAsync(output, folder.Path, "journal", "copy.journal", "--to", "why", "--command", "3");
        Assert.StartsWith("Command 3, ", why.Output);
    }

    [Theory]
    [InlineData("a.img")]
    [InlineData("b.img")]
    public async Task A_journal_is_not_written_over_what_is_copied(string journal)
    {
        using var folder = new TemporaryFolder();
        folder.WriteRandom("a.img", 4096, 5);
        var before = folder.Hash("a.img");
        var result = await HostProcess.RunAsync(output, folder.Path, "copy", "a.img", "b.img", "--journal", journal);
        Assert.Equal(2, result.ExitCode);
        Assert.Equal(before, folder.Hash("a.img"));
    }

    [Theory]
    [InlineData("a.txt", 1, "It is no journal")]
    [InlineData("none", 2, "there is no such file")]
    public async Task What_is_no_journal_is_refused(string name, int code, string reason)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["a.txt"], "hello");
        var result = await HostProcess.RunAsync(output, folder.Path, "journal", name);
        Assert.Equal(code, result.ExitCode);
        Assert.Contains(reason, result.Error);
    }

    private static string Sample => Path.Combine(AppContext.BaseDirectory, "sample.journal");

    private async Task<string> TraceAsync(TemporaryFolder folder, params string[] arguments)
    {
        var result = await HostProcess.RunAsync(output, folder.Path, ["trace", .. arguments]);
        Assert.Equal(0, result.ExitCode);
        return result.Output;
    }

    // A line a packet, the fields separated by bars; what follows the fields are further arguments.
    private async Task<string[]> FieldsAsync(string capture, params string[] fields)
    {
        var names = fields.TakeWhile(static field => !field.StartsWith('-')).ToArray();
        string[] arguments = ["-T", "fields", "-E", "separator=|", .. names.SelectMany(static name => new[] { "-e", name }), .. fields[names.Length..]];
        return (await TsharkAsync(capture, arguments)).TrimEnd('\n').Split('\n');
    }

    // What it says of running as root, or of its folders, is not about the capture.
    private async Task<string> TsharkAsync(string capture, params string[] arguments) =>
        string.Concat((await Tool.RunAsync(output, "tshark", ["-r", capture, .. arguments])).Split('\n')
            .Where(static line => !line.StartsWith("Running as user", StringComparison.Ordinal)).Select(static line => line + "\n"));
}
