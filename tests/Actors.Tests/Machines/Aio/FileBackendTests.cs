using System.Diagnostics;
using ScsiActors.Aio;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using Xunit;
using Xunit.Abstractions;

namespace ScsiActors.Tests.Machines.Aio;

/// <summary>What can happen to a file while it is a disk.</summary>
[Collection("storage")]
public sealed class FileBackendTests(ITestOutputHelper output) : IDisposable
{
    private const int Size = 1 << 20;

    private readonly string _directory = Directory.CreateTempSubdirectory("scsi-actors-").FullName;

    public static TheoryData<string> Kinds => DrivenStorage.FileKinds;

    [Theory, MemberData(nameof(Kinds))]
    public void A_missing_file_is_unavailable_and_says_so(string kind)
    {
        using var storage = Open(kind, "missing.img");
        Assert.Equal(AioResult.Unavailable, storage.OpenedAs!.Result);
        Assert.Contains("missing.img", storage.OpenedAs.Description);
        Assert.Equal(AioResult.Unavailable, storage.Run(new AioFlush(storage.NextId())).Result);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_directory_or_an_empty_file_is_no_disk(string kind)
    {
        using var directory = DrivenStorage.Open(kind, DrivenStorage.SettingsFor(kind, _directory));
        Assert.Equal(AioResult.Unavailable, directory.OpenedAs!.Result);
        using var empty = Open(kind, NewFile(0));
        Assert.Equal(AioResult.Unavailable, empty.OpenedAs!.Result);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_file_is_created_once_and_keeps_its_length_and_contents_after_that(string kind)
    {
        var settings = DrivenStorage.SettingsFor(kind, Path.Combine(_directory, "new.img")) with { Create = true };
        var data = BackendContractTests.Bytes(512);
        using (var storage = DrivenStorage.Open(kind, settings, Size))
            storage.Write(512, data);
        using (var storage = DrivenStorage.Open(kind, settings, Size * 2))
        {
            Assert.Equal(Size, storage.OpenedAs!.Length);
            Assert.Equal(data, storage.Read(512, 512));
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_read_past_the_end_of_a_file_that_was_cut_short_is_a_read_error_and_never_zeroes(string kind)
    {
        using var storage = Open(kind, NewFile(Size));
        Run("truncate", "-s", (Size / 2).ToString(), storage.Path);
        Assert.Equal(AioResult.ReadError, storage.Read(Size - 4096, new byte[4096]).Result);
        Assert.Equal(AioResult.ReadError, storage.Read(Size / 2 - 4096, new byte[8192]).Result);
        Assert.Equal(AioResult.ReadError, storage.Run(new AioRead(storage.NextId(), Size / 2 - 4096,
            BackendContractTests.Pieces(new byte[8192], 512))).Result);
        Assert.Equal(AioResult.Ok, storage.Read(0, new byte[4096]).Result);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_write_does_not_make_a_file_look_whole_that_was_cut_short(string kind)
    {
        using var storage = Open(kind, NewFile(Size));
        Run("truncate", "-s", "4096", storage.Path);
        Assert.Equal(AioResult.Unavailable,
            storage.Run(new AioWrite(storage.NextId(), Size - 4096, new ScatterGatherList(new byte[4096]))).Result);
        Assert.Equal(AioResult.Unavailable, storage.Run(new AioFlush(storage.NextId())).Result);
        Assert.Equal(4096, new FileInfo(storage.Path).Length);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_flush_to_a_file_that_was_deleted_secures_nothing(string kind)
    {
        using var storage = Open(kind, NewFile(Size));
        storage.Write(0, new byte[512]);
        File.Delete(storage.Path);
        Assert.Equal(AioResult.Unavailable, storage.Run(new AioFlush(storage.NextId())).Result);
        Assert.Equal(AioResult.Unavailable,
            storage.Run(new AioWrite(storage.NextId(), 0, new ScatterGatherList(new byte[512]), WriteThrough: true)).Result);
        Assert.Equal(AioResult.Ok, storage.Read(0, new byte[512]).Result);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_file_that_nobody_may_write_and_one_opened_read_only_are_read_only_disks(string kind)
    {
        var path = NewFile(Size);
        File.SetAttributes(path, FileAttributes.ReadOnly);
        using (var storage = Open(kind, path))
            AssertReadOnly(storage);
        File.SetAttributes(path, FileAttributes.Normal);
        var settings = DrivenStorage.SettingsFor(kind, path) with { ReadOnly = true };
        using var first = DrivenStorage.Open(kind, settings);
        using var second = DrivenStorage.Open(kind, settings);
        AssertReadOnly(first);
        AssertReadOnly(second);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Two_writers_of_one_file_are_one_too_many(string kind)
    {
        using var first = Open(kind, NewFile(Size));
        using var second = Open(kind, first.Path);
        Assert.Equal((AioResult.Ok, AioResult.Unavailable), (first.OpenedAs!.Result, second.OpenedAs!.Result));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_full_file_system_is_no_space_for_this_write_and_no_harm_to_the_others(string kind)
    {
        if (!Environment.IsPrivilegedProcess || !TryRun("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", _directory))
        {
            output.WriteLine("skipped: a small file system cannot be mounted here");
            return;
        }
        try
        {
            using var storage = Open(kind, NewFile(Size));
            var data = BackendContractTests.Bytes(64 << 10);
            storage.Write(0, data);
            var results = new List<AioResult>();
            for (var i = 1; i < 8; i++)
                results.Add(storage.Run(new AioWrite(storage.NextId(), i << 16, new ScatterGatherList(data))).Result);
            Assert.All(results, static result => Assert.True(result is AioResult.Ok or AioResult.NoSpace, result.ToString()));
            Assert.Equal(AioResult.NoSpace, results[^1]);
            Assert.Equal(data, storage.Read(0, data.Length));
        }
        finally
        {
            Run("umount", _directory);
        }
    }

    [Fact]
    public void A_length_that_direct_transfers_cannot_cover_goes_through_the_page_cache_with_a_warning()
    {
        using var storage = Open("io-uring direct", NewFile(Size + 100));
        Assert.Equal(AioResult.Ok, storage.OpenedAs!.Result);
        var data = BackendContractTests.Bytes(200);
        storage.Write(Size - 100, data);
        Assert.Equal(data, storage.Read(Size - 100, 200));
        Assert.Equal(Size + 100, new FileInfo(storage.Path).Length);
        Assert.Single(storage.Warnings);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Closing_while_the_file_is_still_being_opened_leaves_nothing_behind(string kind)
    {
        var path = NewFile(Size);
        for (var i = 0; i < 50; i++)
        {
            using var storage = DrivenStorage.Make(kind, DrivenStorage.SettingsFor(kind, path));
            storage.Backend.Open();
            storage.Close();
        }
        using var again = Open(kind, path);
        Assert.Equal(AioResult.Ok, again.OpenedAs!.Result);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static void AssertReadOnly(DrivenStorage storage)
    {
        Assert.Equal((AioResult.Ok, true), (storage.OpenedAs!.Result, storage.OpenedAs.IsReadOnly));
        var list = new ScatterGatherList(new byte[512]);
        Assert.Equal(AioResult.ReadOnly, storage.Run(new AioWrite(storage.NextId(), 0, list)).Result);
        Assert.Equal(AioResult.ReadOnly, storage.Run(new AioUnmap(storage.NextId(), 0, 512)).Result);
        Assert.Equal(AioResult.Ok, storage.Run(new AioRead(storage.NextId(), 0, list)).Result);
        Assert.Equal(AioResult.Ok, storage.Run(new AioFlush(storage.NextId())).Result);
    }

    private DrivenStorage Open(string kind, string name) =>
        DrivenStorage.Open(kind, DrivenStorage.SettingsFor(kind, Path.Combine(_directory, name)));

    private string NewFile(long length)
    {
        var path = Path.Combine(_directory, $"{Guid.NewGuid():N}.img");
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        RandomAccess.SetLength(file, length);
        return path;
    }

    private static void Run(string program, params string[] arguments) => Assert.True(TryRun(program, arguments), program);

    private static bool TryRun(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardError = true };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
