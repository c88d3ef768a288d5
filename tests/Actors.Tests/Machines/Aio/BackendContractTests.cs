using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using Xunit;

namespace ScsiActors.Tests.Machines.Aio;

/// <summary>The tests of storage run alone, because one of them counts what is left open.</summary>
[CollectionDefinition("storage", DisableParallelization = true)]
public sealed class StorageCollection;

/// <summary>What every kind of storage owes its clients.</summary>
[Collection("storage")]
public sealed class BackendContractTests
{
    private const int Size = 1 << 20;

    public static TheoryData<string> Kinds => DrivenStorage.Kinds;

    [Theory, MemberData(nameof(Kinds))]
    public void What_was_written_is_read_back(string kind)
    {
        using var storage = DrivenStorage.Open(kind, Size);
        var data = Bytes(200_000);
        storage.Write(4096, data);
        storage.Write(Size - 512, data[..512], writeThrough: true);
        Assert.Equal(data, storage.Read(4096, data.Length));
        Assert.Equal(data[..512], storage.Read(Size - 512, 512));
        Assert.Equal(new byte[4096], storage.Read(0, 4096));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Single_bytes_anywhere_are_written_and_their_neighbours_left_alone(string kind)
    {
        using var storage = DrivenStorage.Open(kind, Size);
        var model = Bytes(20_000);
        storage.Write(60_000, model);
        foreach (var at in new[] { 0, 1, 4095, 4096, 5535, 5536, 12_345, 19_999 })
        {
            model[at] ^= 0xff;
            storage.Write(60_000 + at, [model[at]]);
        }
        Assert.Equal(model, storage.Read(60_000, model.Length));
        Assert.Equal(model[5000..5003], storage.Read(65_000, 3));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_terabyte_costs_only_what_is_written(string kind)
    {
        const long terabyte = 1L << 40;
        using var storage = DrivenStorage.Open(kind, terabyte);
        Assert.Equal(terabyte, storage.OpenedAs!.Length);
        var data = Bytes(4096);
        for (var offset = 0L; offset < terabyte; offset += terabyte / 16)
            storage.Write(offset, data);
        Assert.Equal(data, storage.Read(terabyte / 16 * 3, 4096));
        Assert.Equal(new byte[4096], storage.Read(terabyte - 4096, 4096));
        if (storage.OpenedAs.CanUnmap)
        {
            Assert.Equal(AioResult.Ok, storage.Run(new AioUnmap(storage.NextId(), 0, terabyte)).Result);
            Assert.Equal(new byte[4096], storage.Read(terabyte / 16 * 3, 4096));
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Memory_in_pieces_of_any_size_is_used_in_order(string kind)
    {
        using var storage = DrivenStorage.Open(kind, Size);
        var data = Bytes(50_000);
        DrivenStorage.AssertOk(storage.Run(new AioWrite(storage.NextId(), 512, Pieces(data, 1, 7, 512, 0, 9000, 4096))), data.Length);
        Assert.Equal(data, storage.Read(512, data.Length));
        var target = new byte[data.Length];
        DrivenStorage.AssertOk(storage.Run(new AioRead(storage.NextId(), 512, Pieces(target, 3000, 1, 0, 12_000))), data.Length);
        Assert.Equal(data, target);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void More_pieces_than_the_kernel_takes_at_once_are_one_request(string kind)
    {
        using var storage = DrivenStorage.Open(kind, Size);
        var data = Bytes(3000 * 64);
        DrivenStorage.AssertOk(storage.Run(new AioWrite(storage.NextId(), 0, Pieces(data, 64))), data.Length);
        var target = new byte[data.Length];
        DrivenStorage.AssertOk(storage.Run(new AioRead(storage.NextId(), 0, Pieces(target, 64))), data.Length);
        Assert.Equal(data, target);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_range_outside_is_refused_and_nothing_of_it_is_done(string kind)
    {
        using var storage = DrivenStorage.Open(kind, Size);
        var data = Bytes(1024);
        (long Offset, long Length)[] outside = [(Size - 512, 1024), (Size, 1), (-1, 1), (long.MaxValue, 1), (long.MinValue, 1024), (Size + 1, 0)];
        foreach (var (offset, length) in outside)
        {
            var list = new ScatterGatherList(data.AsMemory(0, (int)length));
            Assert.Equal(AioResult.OutOfRange, storage.Run(new AioWrite(storage.NextId(), offset, list)).Result);
            Assert.Equal(AioResult.OutOfRange, storage.Run(new AioRead(storage.NextId(), offset, list)).Result);
            Assert.Equal(AioResult.OutOfRange, storage.Run(new AioUnmap(storage.NextId(), offset, length)).Result);
        }
        Assert.Equal(AioResult.OutOfRange, storage.Run(new AioUnmap(storage.NextId(), 0, -1)).Result);
        Assert.Equal(AioResult.OutOfRange, storage.Run(new AioUnmap(storage.NextId(), 1, long.MaxValue)).Result);
        Assert.Equal(new byte[512], storage.Read(Size - 512, 512));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_request_for_nothing_is_done_at_once(string kind)
    {
        using var storage = DrivenStorage.Open(kind, Size);
        DrivenStorage.AssertOk(storage.Run(new AioWrite(storage.NextId(), Size, default)), 0);
        DrivenStorage.AssertOk(storage.Run(new AioRead(storage.NextId(), 0, default)), 0);
        Assert.Equal(AioResult.Ok, storage.Run(new AioUnmap(storage.NextId(), Size, 0)).Result);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void An_unmapped_range_reads_as_zeroes_and_its_neighbours_stay(string kind)
    {
        using var storage = DrivenStorage.Open(kind, Size);
        Assert.True(storage.OpenedAs!.CanUnmap, "the file system of the temporary directory cannot punch holes");
        var model = Bytes(400_000);
        storage.Write(0, model);
        foreach (var (offset, length) in new[] { (10_000, 250_000), (300_001, 17), (399_999, 1) })
        {
            DrivenStorage.AssertOk(storage.Run(new AioUnmap(storage.NextId(), offset, length)), 0);
            model.AsSpan(offset, length).Clear();
        }
        Assert.Equal(model, storage.Read(0, model.Length));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_flush_is_answered(string kind)
    {
        using var storage = DrivenStorage.Open(kind, Size);
        storage.Write(0, Bytes(4096));
        DrivenStorage.AssertOk(storage.Run(new AioFlush(storage.NextId())), 0);
    }

    [Theory, MemberData(nameof(Kinds)), InlineData("null")]
    public void Storage_that_was_never_opened_answers_unavailable_and_closes(string kind)
    {
        using var storage = DrivenStorage.Make(kind, DrivenStorage.SettingsFor(kind, "no such file"), Size);
        Assert.Equal(AioResult.Unavailable, storage.Run(new AioFlush(storage.NextId())).Result);
        Assert.Equal(AioResult.Unavailable, storage.Run(new AioRead(storage.NextId(), 0, new ScatterGatherList(new byte[512]))).Result);
    }

    [Theory, MemberData(nameof(Kinds)), InlineData("null")]
    public void A_crowd_of_requests_larger_than_any_ring_is_answered_once_each(string kind)
    {
        using var storage = DrivenStorage.Open(kind, Size);
        var data = Bytes(4096);
        for (var i = 0; i < 200; i++)
            storage.Submit(new AioWrite(storage.NextId(), i * 4096, new ScatterGatherList(data)));
        storage.Backend.EndOfBatch();
        for (var i = 0; i < 200; i++)
            Assert.Equal(AioResult.Ok, storage.AwaitAny().Result);
        Assert.Null(storage.TryTakeAny());
    }

    [Theory, MemberData(nameof(Kinds)), InlineData("null")]
    public void A_cancelled_request_is_answered_once_whether_the_cancel_came_in_time_or_not(string kind)
    {
        using var storage = DrivenStorage.Open(kind, Size);
        for (var round = 0; round < 20; round++)
        {
            var ids = new List<AioId>();
            for (var i = 0; i < 64; i++)
                ids.Add(storage.Submit(new AioWrite(storage.NextId(), i * 4096, new ScatterGatherList(Bytes(4096)))));
            if (round % 2 == 0)
                storage.Backend.EndOfBatch();
            foreach (var id in ids)
                storage.Backend.Cancel(id);
            storage.Backend.EndOfBatch();
            foreach (var id in ids)
            {
                Assert.Contains(storage.Await(id).Result, new[] { AioResult.Ok, AioResult.Cancelled });
                storage.Backend.Cancel(id);
            }
        }
        storage.Backend.Cancel(new AioId(100_000, 1));
        storage.Backend.Cancel(new AioId(-1, 1));
    }

    [Theory, MemberData(nameof(Kinds)), InlineData("null")]
    public void Closing_answers_all_that_is_in_flight_and_frees_everything(string kind)
    {
        var before = OpenDescriptors();
        for (var round = 0; round < 10; round++)
        {
            var storage = DrivenStorage.Open(kind, 64 << 20);
            var data = Bytes(1 << 20);
            for (var i = 0; i < 64; i++)
                storage.Submit(new AioWrite(storage.NextId(), (long)i << 20, new ScatterGatherList(data), WriteThrough: i % 3 == 0));
            if (round % 2 == 0)
                storage.Backend.EndOfBatch();
            var completed = storage.Close();
            Assert.Equal(64, completed.Count);
            Assert.All(completed.Values, static one => Assert.True(one.Result is AioResult.Ok or AioResult.Cancelled, one.ToString()));
            storage.Dispose();
        }
        Assert.Equal(before, OpenDescriptors());
    }

    [Theory, MemberData(nameof(Kinds))]
    public void The_collector_may_move_what_it_likes_while_requests_are_in_flight(string kind)
    {
        using var storage = DrivenStorage.Open(kind, Size);
        var data = Bytes(4096);
        for (var i = 0; i < 64; i++)
            storage.Write(i * 4096, data);
        for (var round = 0; round < 10; round++)
        {
            var targets = new byte[64][];
            var ids = new List<AioId>();
            for (var i = 0; i < targets.Length; i++)
            {
                targets[i] = new byte[4096];
                ids.Add(storage.Submit(new AioRead(storage.NextId(), i * 4096, Pieces(targets[i], 1024))));
            }
            storage.Backend.EndOfBatch();
            GC.Collect(0, GCCollectionMode.Forced, blocking: true, compacting: true);
            foreach (var id in ids)
                DrivenStorage.AssertOk(storage.Await(id), 4096);
            Assert.All(targets, target => Assert.Equal(data, target));
        }
    }

    [Fact]
    public void A_memory_disk_at_its_bound_has_no_space_but_keeps_what_it_has()
    {
        using var storage = DrivenStorage.Open("memory", Size, maxAllocated: 128 << 10);
        var data = Bytes(64 << 10);
        storage.Write(0, data);
        var completed = storage.Run(new AioWrite(storage.NextId(), 64 << 10, new ScatterGatherList(Bytes(128 << 10))));
        Assert.Equal((AioResult.NoSpace, 64L << 10), (completed.Result, completed.Bytes));
        storage.Write(100, data[..100]);
        Assert.Equal(AioResult.Ok, storage.Run(new AioUnmap(storage.NextId(), 64 << 10, 64 << 10)).Result);
        storage.Write(512 << 10, data);
        Assert.Equal(data, storage.Read(512 << 10, data.Length));
    }

    [Fact]
    public void The_null_disk_leaves_the_readers_memory_as_it_was()
    {
        using var storage = DrivenStorage.Open("null", Size);
        var data = Bytes(512);
        var copy = data.ToArray();
        DrivenStorage.AssertOk(storage.Read(0, data), 512);
        Assert.Equal(copy, data);
    }

    private static int OpenDescriptors() => !OperatingSystem.IsLinux() ? 0 : Directory.GetFiles("/proc/self/fd")
        .Count(static path => new FileInfo(path).LinkTarget is { } target
            && (target.Contains("io_uring") || target.Contains("eventfd") || target.Contains("scsi-actors-")));

    internal static byte[] Bytes(int length)
    {
        var data = new byte[length];
        new Random(length).NextBytes(data);
        return data;
    }

    internal static ScatterGatherList Pieces(byte[] data, params int[] lengths)
    {
        var segments = new List<Memory<byte>>();
        for (int at = 0, i = 0; at < data.Length; i++)
        {
            var length = Math.Min(lengths[i % lengths.Length], data.Length - at);
            segments.Add(data.AsMemory(at, length));
            at += length;
        }
        return new ScatterGatherList(segments.ToArray());
    }
}
