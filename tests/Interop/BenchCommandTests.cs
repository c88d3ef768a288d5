using System.Text.Json;
using ScsiActors.Host.Bench;
using ScsiActors.Interop.Report;
using Xunit;
using Xunit.Abstractions;

namespace ScsiActors.Interop;

/// <summary><c>bench</c> as a program uses it: by its JSON.</summary>
public sealed class BenchCommandTests(ITestOutputHelper output) : IDisposable
{
    // Later than any request of the runs that it is for.
    private const string BusFault = """
        faults {
          parity {
            where = bus
            when { from = 1000 s }
            what { do = parity-error }
          }
        }
        """;

    private readonly TemporaryFolder _folder = new();

    /// <summary>Gone with the test.</summary>
    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_quick_table_has_every_row_the_documented_schema_and_leaves_nothing_behind()
    {
        var result = await Run("bench --quick --json run.json --csv rows.csv");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(["rows.csv", "run.json"], _folder.Files);
        using var report = JsonDocument.Parse(await File.ReadAllTextAsync(_folder["run.json"]));
        var root = report.RootElement;
        Assert.Equal("scsi-actors.bench/2", root.GetProperty("schema").GetString());
        Assert.True(root.GetProperty("complete").GetBoolean());
        AssertDocumented(root, "");
        var rows = root.GetProperty("rows").EnumerateArray().ToArray();
        Assert.Equal(4 * BenchWay.All.Count, rows.Length);
        Assert.All(rows, AssertPlausibleRow);
        var csv = (await File.ReadAllTextAsync(_folder["rows.csv"])).TrimEnd().Split("\r\n");
        Assert.Equal(rows.Length + 1, csv.Length);
        Assert.All(csv[0].Split(','), static column => Assert.Contains($"`{column}`", Schema.Value));
        Assert.All(csv, line => Assert.Equal(csv[0].Split(',').Length, line.Split(',').Length));
        AssertQuick(root);
    }

    [Fact]
    public async Task On_a_disk_that_takes_its_time_writes_before_the_patches_are_serial_and_those_of_every_other_row_are_not()
    {
        var result = await Run("bench --service-time 5ms --size 4k --rounds 1 --time 300ms --json run.json");

        Assert.Equal(0, result.ExitCode);
        using var report = JsonDocument.Parse(await File.ReadAllTextAsync(_folder["run.json"]));
        var rows = report.RootElement.GetProperty("rows").EnumerateArray().ToArray();
        Assert.All(rows, static row =>
        {
            var isSerial = row.GetProperty("way").GetString() == "no-patch" && row.GetProperty("operation").GetString() == "write";
            Assert.Equal(isSerial ? 1 : 16, row.GetProperty("mostInFlight").GetInt32());
            Assert.Equal(isSerial ? 1 : 16, row.GetProperty("queueDepth").EnumerateArray().Max(static sample => sample.GetProperty("inFlight").GetInt32()));
            // One in 5 ms, or sixteen; a busy machine may make it slower, nothing can make it faster.
            var iops = row.GetProperty("iops").GetProperty("median").GetDouble();
            Assert.InRange(iops, isSerial ? 20 : 400, isSerial ? 201 : 3201 * 1.1);
        });
        Assert.Contains("reached  scsi, no patch", result.Output);
    }

    [Fact]
    public async Task Chosen_rows_alone_are_measured_after_their_data_was_verified()
    {
        var result = await Run("bench --rows bare,default --size 8k --depth 4 --rounds 2 --time 100ms --file-size 32MiB --pattern random --verify --json run.json");

        Assert.Equal(0, result.ExitCode);
        using var report = JsonDocument.Parse(await File.ReadAllTextAsync(_folder["run.json"]));
        var rows = report.RootElement.GetProperty("rows").EnumerateArray().ToArray();
        Assert.Equal(["write bare", "write default", "read bare", "read default"],
            rows.Select(static row => $"{row.GetProperty("operation").GetString()} {row.GetProperty("way").GetString()}"));
        Assert.All(rows, static row => Assert.Equal(2, row.GetProperty("rounds").GetInt32()));
        Assert.True(report.RootElement.GetProperty("verifiedBytes").GetInt64() >= 32 << 20);
        Assert.Contains("Verified:", result.Output);
    }

    [Fact]
    public async Task A_fault_rule_is_left_out_of_the_rows_that_do_not_have_its_place_and_those_are_measured()
    {
        File.WriteAllText(_folder["faults.hocon"], BusFault);
        var result = await Run("bench --rows bare,default,virtio --size 4k --rounds 1 --time 50ms --file-size 8MiB --faults faults.hocon");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("faults.parity cannot act on bare metal and virtio: the place it stands at is not there.", result.Output);
        Assert.Contains("parity never acted", result.Output);
        Assert.Contains("read, 4k    virtio", result.Output);
    }

    [Fact]
    public async Task A_fault_rule_that_could_act_on_no_row_is_refused_before_anything_runs()
    {
        File.WriteAllText(_folder["faults.hocon"], BusFault);
        var result = await Run("bench --rows bare,virtio --size 4k --rounds 1 --time 50ms --faults faults.hocon");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("faults.parity: none of the rows bare, virtio has the place it stands at", result.Error);
        Assert.DoesNotContain("Filling", result.Output);
    }

    [SkippableFact]
    public async Task The_page_is_legible_and_whole_in_a_browser_in_both_themes_and_its_command_line_is_one()
    {
        Assert.Equal(0, (await Run("bench --quick --html run.html")).ExitCode);

        Assert.Contains("bench --size 16k,64k --depth 16 --rounds 1 --time 150ms<", await File.ReadAllTextAsync(_folder["run.html"]));
        await BrowserCheck.PassesAsync(_folder["run.html"], output);
    }

    [Fact]
    public async Task A_file_of_the_user_is_only_read()
    {
        _folder.WriteRandom("mine.img", 1 << 20, seed: 3);
        var before = _folder.Hash("mine.img");

        var result = await Run("bench --file mine.img --size 4k --depth 1 --rounds 1 --time 50ms");

        Assert.Equal(0, result.ExitCode);
        Assert.DoesNotContain("write, 4k", result.Output);
        Assert.Equal(before, _folder.Hash("mine.img"));
    }

    [Theory]
    [InlineData("bench --json run.json", "run.json")]
    [InlineData("bench storage --json run.json", "run.json")]
    public async Task Interrupted_it_exits_130_leaves_no_disk_and_says_what_it_did(string line, string left)
    {
        using var host = HostProcess.Start(_folder.Path, "[  1/", line.Split(' '));
        await host.SeenAsync();
        Assert.Contains(_folder.Files, static file => file.EndsWith(".img", StringComparison.Ordinal));

        await host.InterruptAsync();
        var result = await host.EndAsync(output);

        Assert.Equal(130, result.ExitCode);
        Assert.Contains("Interrupted after", result.Error);
        Assert.Contains("deleted", result.Error);
        Assert.Equal([left], _folder.Files);
        using var report = JsonDocument.Parse(await File.ReadAllTextAsync(_folder[left]));
        Assert.False(report.RootElement.GetProperty("complete").GetBoolean());
        Assert.NotEmpty(report.RootElement.GetProperty("rows").EnumerateArray());
    }

    [Fact]
    public async Task Quick_rows_of_storage_have_the_documented_schema()
    {
        var result = await Run("bench storage --quick --json rows.json");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(["rows.json"], _folder.Files);
        using var report = JsonDocument.Parse(await File.ReadAllTextAsync(_folder["rows.json"]));
        var root = report.RootElement;
        Assert.Equal("scsi-actors.bench-storage/2", root.GetProperty("schema").GetString());
        Assert.True(root.GetProperty("complete").GetBoolean());
        AssertDocumented(root, "");
        var rows = root.GetProperty("rows").EnumerateArray().ToArray();
        Assert.All(rows, AssertPlausible);
        Assert.All(new[] { "null", "memory", "thread-pool" }, backend =>
            Assert.Equal(8, rows.Count(row => row.GetProperty("backend").GetString() == backend && row.GetProperty("path").GetString() == "direct")));
        Assert.Equal(8, rows.Count(static row => row.GetProperty("path").GetString() == "lsi"));
        AssertQuick(root);
    }

    [Fact]
    public async Task A_chosen_row_of_storage_alone_is_measured_and_its_data_verified()
    {
        var result = await Run(
            "bench storage --through direct --backend thread-pool --size 8k --depth 4 --seconds 0.2 --disk-size 32MiB --pattern random --verify --json rows.json");

        Assert.Equal(0, result.ExitCode);
        using var report = JsonDocument.Parse(await File.ReadAllTextAsync(_folder["rows.json"]));
        var rows = report.RootElement.GetProperty("rows").EnumerateArray();
        Assert.Equal(["read", "write"], rows.Select(static row => row.GetProperty("operation").GetString()));
        Assert.True(report.RootElement.GetProperty("verifiedBytes").GetInt64() >= 16 << 20);
        Assert.Contains("Verified:", result.Output);
    }

    private Task<HostResult> Run(string line) => HostProcess.RunAsync(output, _folder.Path, line.Split(' '));

    // Half a minute on a machine that does much else, and then under 20 seconds on one that does not.
    private static void AssertQuick(JsonElement run)
    {
        var span = run.GetProperty("finishedAt").GetDateTimeOffset() - run.GetProperty("startedAt").GetDateTimeOffset();
        Assert.True(span < TimeSpan.FromSeconds(30), $"it took {span}");
    }

    private static void AssertPlausibleRow(JsonElement row)
    {
        Assert.Equal(JsonValueKind.Null, row.GetProperty("error").ValueKind);
        var iops = row.GetProperty("iops").GetProperty("median").GetDouble();
        Assert.True(iops > 0);
        Assert.Equal(iops * row.GetProperty("transferBytes").GetInt32() / 1e6, row.GetProperty("megabytesPerSecond").GetProperty("median").GetDouble(), 3);
        Assert.True(row.GetProperty("submitMicroseconds").GetProperty("median").GetDouble() > 0, "no submission was followed");
        Assert.InRange(row.GetProperty("mostInFlight").GetInt32(), 1, 16);
        Assert.InRange(row.GetProperty("queueDepth").GetArrayLength(), 1, 400);
        var latency = row.GetProperty("latencyMicroseconds");
        double[] rising = [.. new[] { "p50", "p99", "p999", "maximum" }.Select(name => latency.GetProperty(name).GetDouble())];
        Assert.Equal(rising.Order(), rising);
        Assert.Equal(row.GetProperty("requests").GetInt64(),
            latency.GetProperty("histogram").EnumerateArray().Sum(static bucket => bucket.GetProperty("count").GetInt64()));
        AssertLittle(iops, rising[0], depth: 16);
    }

    private static void AssertPlausible(JsonElement row)
    {
        Assert.Equal(JsonValueKind.Null, row.GetProperty("error").ValueKind);
        var iops = row.GetProperty("iops").GetDouble();
        Assert.True(iops > 0);
        Assert.Equal(iops * row.GetProperty("transferBytes").GetInt32() / 1e6, row.GetProperty("megabytesPerSecond").GetDouble(), 3);
        var latency = row.GetProperty("latencyMicroseconds");
        double[] rising = [.. new[] { "p50", "p99", "p999", "maximum" }.Select(name => latency.GetProperty(name).GetDouble())];
        Assert.Equal(rising.Order(), rising);
        AssertLittle(iops, rising[0], row.GetProperty("depth").GetInt32());
    }

    // Little's law: rate times mean latency is what is outstanding, and half of the commands take at least the median.
    private static void AssertLittle(double iops, double median, int depth) =>
        Assert.True(iops * median / 1e6 / 2 <= 1.2 * depth, "half of the commands are slower than the rate permits");

    // SCHEMA.md lists every field by its path, in backquotes.
    private static void AssertDocumented(JsonElement element, string path)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
                AssertDocumented(item, path + "[]");
        }
        // A figure is described once, for all.
        if (element.ValueKind != JsonValueKind.Object || (element.TryGetProperty("median", out _) && Schema.Value.Contains("A *figure* is")))
            return;
        foreach (var field in element.EnumerateObject())
        {
            var name = path.Length == 0 ? field.Name : $"{path}.{field.Name}";
            Assert.Contains($"`{name}`", Schema.Value);
            AssertDocumented(field.Value, name);
        }
    }

    private static readonly Lazy<string> Schema = new(static () => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "SCHEMA.md")));
}
