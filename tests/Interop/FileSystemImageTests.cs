using Xunit;
using Xunit.Abstractions;

namespace ScsiActors.Interop;

/// <summary>Real file systems, made and checked by the operating system's own tools, copied through logical units in between.</summary>
public sealed class FileSystemImageTests(ITestOutputHelper output) : IDisposable
{
    private const int Files = 40;
    private const string Mebibytes = "48";
    private readonly TemporaryFolder _folder = new();

    /// <summary>Gone with the test.</summary>
    public void Dispose() => _folder.Dispose();

    [SkippableTheory]
    [InlineData("thread-pool", "direct")]
    [InlineData("io-uring", "direct")]
    [InlineData("thread-pool", "lsi")]
    [InlineData("io-uring", "lsi")]
    [InlineData("thread-pool", "virtio")]
    [InlineData("io-uring", "virtio")]
    public async Task An_ext4_image_copied_there_and_back_is_bit_identical_and_clean(string engine, string through)
    {
        Tool.Require(output, "e2fsprogs", "mkfs.ext4", "e2fsck", "debugfs");
        var files = MakeFiles();
        await Tool.RunAsync(output, "mkfs.ext4", "-q", "-F", "-d", files, _folder["image"], $"{Mebibytes}M");

        await CopyThereAndBack(engine, through);

        foreach (var image in new[] { "there", "back" })
            await Tool.RunAsync(output, "e2fsck", "-fn", _folder[image]);
        var extracted = Directory.CreateDirectory(_folder["extracted"]);
        await Tool.RunAsync(output, "debugfs", "-R", $"rdump / {extracted.FullName}", _folder["back"]);
        AssertSameFiles(files, extracted.FullName);
    }

    [SkippableTheory]
    [InlineData("thread-pool", "direct")]
    [InlineData("io-uring", "direct")]
    [InlineData("thread-pool", "lsi")]
    [InlineData("io-uring", "lsi")]
    [InlineData("thread-pool", "virtio")]
    [InlineData("io-uring", "virtio")]
    public async Task A_vfat_image_copied_there_and_back_is_bit_identical_and_clean(string engine, string through)
    {
        Tool.Require(output, "dosfstools", "mkfs.vfat", "fsck.vfat");
        var files = Enumerable.Range(0, Files).ToDictionary(static i => $"FILE{i:00}.BIN", RandomFile);
        await using (var image = File.Create(_folder["image"]))
            image.SetLength(int.Parse(Mebibytes) << 20);
        await Tool.RunAsync(output, "mkfs.vfat", "-F", "16", "-n", "INTEROP", _folder["image"]);
        Fat16Volume.Open(_folder["image"]).Write(files);
        await Tool.RunAsync(output, "fsck.vfat", "-n", _folder["image"]);

        await CopyThereAndBack(engine, through);

        foreach (var image in new[] { "there", "back" })
            await Tool.RunAsync(output, "fsck.vfat", "-n", _folder[image]);
        var found = Fat16Volume.Open(_folder["back"]).Read();
        Assert.Equal(files.Keys.Order(), found.Keys.Order());
        Assert.All(files, file => Assert.True(file.Value.AsSpan().SequenceEqual(found[file.Key]), $"{file.Key} differs"));
    }

    private async Task CopyThereAndBack(string engine, string through)
    {
        var there = await Copy($"copy image there --engine {engine} --through {through} --seed 1 --depth 16");
        Assert.Equal(0, there.ExitCode);
        var back = await Copy($"copy there back --engine {engine} --through {through} --seed 2 --depth 64 --verify");
        Assert.Equal(0, back.ExitCode);
        Skip.If(there.Error.Contains("through the thread pool, because", StringComparison.Ordinal), $"skipped: {there.Error}");
        Assert.Equal(_folder.Hash("image"), _folder.Hash("there"));
        Assert.Equal(_folder.Hash("image"), _folder.Hash("back"));
    }

    private Task<HostResult> Copy(string line) => HostProcess.RunAsync(output, _folder.Path, line.Split(' '));

    private string MakeFiles()
    {
        var root = Directory.CreateDirectory(_folder["files"]);
        for (var i = 0; i < Files; i++)
        {
            var folder = Directory.CreateDirectory(Path.Combine(root.FullName, $"folder{i % 5}", $"inner{i % 3}"));
            File.WriteAllBytes(Path.Combine(folder.FullName, $"file{i}.bin"), RandomFile(i));
        }
        return root.FullName;
    }

    // An empty file, one of a single byte, and odd lengths up to 1 MiB.
    private static byte[] RandomFile(int number)
    {
        var random = new Random(2008 + number);
        var data = new byte[number < 2 ? number : random.Next(1 << 20)];
        random.NextBytes(data);
        return data;
    }

    private static void AssertSameFiles(string wanted, string found)
    {
        var paths = Directory.GetFiles(wanted, "*", SearchOption.AllDirectories);
        var names = paths.Select(file => Path.GetRelativePath(wanted, file)).ToArray();
        Assert.Equal(Files, names.Length);
        foreach (var name in names)
        {
            var same = File.ReadAllBytes(Path.Combine(wanted, name)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(found, name)));
            Assert.True(same, $"{name} differs");
        }
    }
}
