using System.Text.Json;
using Xunit;
using Xunit.Abstractions;

namespace ScsiActors.Interop;

/// <summary><c>bench</c> as a program uses it: by its JSON.</summary>
public sealed class BenchCommandTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Gone with the test.</summary>
    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Quick_rows_have_the_documented_schema_and_leave_nothing_behind()
    {
        var result = await Run("bench --quick --json rows.json");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(["rows.json"], _folder.Files);
        using var report = JsonDocument.Parse(await File.ReadAllTextAsync(_folder["rows.json"]));
        var root = report.RootElement;
        Assert.Equal("scsi-actors.bench/1", root.GetProperty("schema").GetString());
        Assert.True(root.GetProperty("complete").GetBoolean());
        AssertDocumented(root, "");
        var rows = root.GetProperty("rows").EnumerateArray().ToArray();
        Assert.All(rows, AssertPlausible);
        Assert.All(new[] { "null", "memory", "thread-pool" }, backend =>
            Assert.Equal(8, rows.Count(row => row.GetProperty("backend").GetString() == backend && row.GetProperty("path").GetString() == "direct")));
        Assert.Equal(8, rows.Count(static row => row.GetProperty("path").GetString() == "lsi"));
        var span = root.GetProperty("finishedAt").GetDateTimeOffset() - root.GetProperty("startedAt").GetDateTimeOffset();
        Assert.InRange(span, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_chosen_row_alone_is_measured_and_its_data_verified()
    {
        var result = await Run(
            "bench --through direct --backend thread-pool --size 8k --depth 4 --seconds 0.2 --disk-size 32MiB --pattern random --verify --json rows.json");

        Assert.Equal(0, result.ExitCode);
        using var report = JsonDocument.Parse(await File.ReadAllTextAsync(_folder["rows.json"]));
        var rows = report.RootElement.GetProperty("rows").EnumerateArray();
        Assert.Equal(["read", "write"], rows.Select(static row => row.GetProperty("operation").GetString()));
        Assert.True(report.RootElement.GetProperty("verifiedBytes").GetInt64() >= 16 << 20);
        Assert.Contains("Verified:", result.Output);
    }

    [Fact]
    public async Task A_file_of_the_user_is_only_read()
    {
        _folder.WriteRandom("mine.img", 1 << 20, seed: 3);
        var before = _folder.Hash("mine.img");

        var result = await Run("bench --file mine.img --backend thread-pool --size 4k --depth 1 --seconds 0.1");

        Assert.Equal(0, result.ExitCode);
        Assert.DoesNotContain("write", result.Output.Split("write/read")[0]);
        Assert.Equal(before, _folder.Hash("mine.img"));
    }

    [Fact]
    public async Task Interrupted_it_exits_130_leaves_no_disk_and_says_what_it_did()
    {
        using var host = HostProcess.Start(_folder.Path, "[  1/", "bench", "--json", "rows.json");
        await host.SeenAsync();
        Assert.Contains(_folder.Files, static file => file.EndsWith(".img", StringComparison.Ordinal));

        await host.InterruptAsync();
        var result = await host.EndAsync(output);

        Assert.Equal(130, result.ExitCode);
        Assert.Contains("Interrupted after", result.Error);
        Assert.Contains("deleted", result.Error);
        Assert.Equal(["rows.json"], _folder.Files);
        using var report = JsonDocument.Parse(await File.ReadAllTextAsync(_folder["rows.json"]));
        Assert.False(report.RootElement.GetProperty("complete").GetBoolean());
        Assert.NotEmpty(report.RootElement.GetProperty("rows").EnumerateArray());
    }

    private Task<HostResult> Run(string line) => HostProcess.RunAsync(output, _folder.Path, line.Split(' '));

    private static void AssertPlausible(JsonElement row)
    {
        Assert.Equal(JsonValueKind.Null, row.GetProperty("error").ValueKind);
        var iops = row.GetProperty("iops").GetDouble();
        Assert.True(iops > 0);
        Assert.Equal(iops * row.GetProperty("transferBytes").GetInt32() / 1e6, row.GetProperty("megabytesPerSecond").GetDouble(), 3);
        var latency = row.GetProperty("latencyMicroseconds");
        double[] rising = [.. new[] { "p50", "p99", "p999", "maximum" }.Select(name => latency.GetProperty(name).GetDouble())];
        Assert.Equal(rising.Order(), rising);
        // Little's law: rate times mean latency is what is outstanding, and half of the commands take at least the median.
        var outstanding = iops * rising[0] / 1e6 / 2;
        Assert.True(outstanding <= 1.2 * row.GetProperty("depth").GetInt32(), "half of the commands are slower than the rate permits");
    }

    // SCHEMA.md lists every field by its path, in backquotes.
    private static void AssertDocumented(JsonElement element, string path)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
                AssertDocumented(item, path + "[]");
        }
        if (element.ValueKind != JsonValueKind.Object)
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
