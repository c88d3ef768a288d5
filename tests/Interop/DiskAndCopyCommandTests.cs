using Xunit;
using Xunit.Abstractions;

namespace ScsiActors.Interop;

/// <summary><c>disk</c> and <c>copy</c> on plain images.</summary>
public sealed class DiskAndCopyCommandTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Gone with the test.</summary>
    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("sparse")]
    [InlineData("preallocated", "--preallocate")]
    public async Task A_disk_that_was_created_is_shown_as_its_logical_unit_presents_it(string kind, params string[] options)
    {
        var created = await Run(["disk", "create", "disk.img", "--size", "64MiB", .. options]);
        Assert.Equal(0, created.ExitCode);
        Assert.Contains(kind, created.Output);
        Assert.Equal(64 << 20, new FileInfo(_folder["disk.img"]).Length);

        var info = await Run("disk", "info", "disk.img");

        Assert.Equal(0, info.ExitCode);
        Assert.Matches(@"size +64 MiB \(67,108,864 bytes\)", info.Output);
        Assert.Matches(@"blocks +131,072 of 512 bytes, 64 MiB", info.Output);
        Assert.Matches(kind == "sparse" ? @"allocated +.*sparse" : @"allocated +64\.0 MiB", info.Output);
        Assert.Matches(@"io_uring +(in use|refused by the kernel)", info.Output);
        Assert.Contains("INQUIRY", info.Output);
        Assert.Contains("write cache (WCE)", info.Output);
        Assert.DoesNotContain("refused", info.Output);
    }

    [Fact]
    public async Task A_disk_that_exists_is_not_created_again()
    {
        _folder.WriteRandom("disk.img", 4096, seed: 1);
        var before = _folder.Hash("disk.img");

        var result = await Run("disk", "create", "disk.img", "--size", "1MiB");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("exists", result.Error);
        Assert.Equal(before, _folder.Hash("disk.img"));
    }

    [Theory]
    [InlineData("thread-pool", 1)]
    [InlineData("thread-pool", 32)]
    [InlineData("io-uring", 32)]
    public async Task A_copy_is_bit_identical(string engine, int depth)
    {
        _folder.WriteRandom("source.img", (8 << 20) + 512, seed: 5);

        var result = await Run("copy", "source.img", "copy.img", "--engine", engine, "--depth", $"{depth}", "--verify");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("flushed and compared", result.Output);
        Assert.Equal(_folder.Hash("source.img"), _folder.Hash("copy.img"));
        Assert.Equal(["copy.img", "source.img"], _folder.Files);
    }

    [Fact]
    public async Task A_destination_of_another_size_is_changed_only_by_force()
    {
        _folder.WriteRandom("source.img", 1 << 20, seed: 6);
        _folder.WriteRandom("larger.img", 2 << 20, seed: 7);
        var before = _folder.Hash("larger.img");

        var refused = await Run("copy", "source.img", "larger.img");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("--force", refused.Error);
        Assert.Equal(before, _folder.Hash("larger.img"));

        var forced = await Run("copy", "source.img", "larger.img", "--force");
        Assert.Equal(0, forced.ExitCode);
        Assert.Equal(_folder.Hash("source.img"), _folder.Hash("larger.img"));
    }

    [Fact]
    public async Task A_destination_of_the_same_size_is_overwritten_in_place()
    {
        _folder.WriteRandom("source.img", 1 << 20, seed: 8);
        _folder.WriteRandom("same.img", 1 << 20, seed: 9);

        var result = await Run("copy", "source.img", "same.img");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(_folder.Hash("source.img"), _folder.Hash("same.img"));
    }

    [Theory]
    [InlineData("source.img", "same file")]
    [InlineData("missing/copy.img", "there is no directory")]
    [InlineData("folder", "is a directory")]
    public async Task A_destination_that_cannot_be_is_refused(string destination, string reason)
    {
        _folder.WriteRandom("source.img", 1 << 20, seed: 10);
        Directory.CreateDirectory(_folder["folder"]);

        var result = await Run("copy", "source.img", destination);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(reason, result.Error);
        Assert.Equal(["source.img"], _folder.Files);
    }

    [Fact]
    public async Task A_source_without_whole_blocks_is_refused_with_a_way_out()
    {
        _folder.WriteRandom("source.img", 1000, seed: 11);

        var result = await Run("copy", "source.img", "copy.img");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("truncate --size %512", result.Error);
        Assert.Equal(["source.img"], _folder.Files);
    }

    [SkippableFact]
    public async Task A_full_file_system_is_told_as_sense_data_and_leaves_nothing_behind()
    {
        Tool.Require(output, "util-linux", "unshare", "mount");
        _folder.WriteRandom("source.img", 8 << 20, seed: 12);
        var small = Directory.CreateDirectory(_folder["small"]).FullName;

        // A mount namespace of its own needs no root, where the kernel grants user namespaces.
        var script = $"""
            mount -t tmpfs -o size=2m none {small} || {"{ echo no mount; exit 0; }"}
            dotnet {HostProcess.HostPath} copy {_folder["source.img"]} {small}/copy.img; echo exit code $?
            echo left: $(ls {small})
            """;
        var told = await Tool.RunAsync(output, "unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script);

        Skip.If(told.Contains("no mount", StringComparison.Ordinal), "skipped: no file system can be mounted here");
        Assert.Contains("exit code 1", told);
        Assert.Contains("DATA PROTECT: space allocation failed (27/07)", told);
        Assert.Matches(@"(?m)^left:$", told);
    }

    [Fact]
    public async Task Interrupted_it_exits_130_leaves_no_partial_copy_and_says_so()
    {
        await using (var source = File.Create(_folder["source.img"]))
            source.SetLength(2L << 30);
        using var host = HostProcess.Start(_folder.Path, "copying  10 %", "copy", "source.img", "copy.img", "--depth", "1");
        await host.SeenAsync();
        Assert.Contains("copy.img.partial", _folder.Files);

        await host.InterruptAsync();
        var result = await host.EndAsync(output);

        Assert.Equal(130, result.ExitCode);
        Assert.Contains("deleted", result.Error);
        Assert.Equal(["source.img"], _folder.Files);
    }

    private Task<HostResult> Run(params string[] arguments) => HostProcess.RunAsync(output, _folder.Path, arguments);
}
