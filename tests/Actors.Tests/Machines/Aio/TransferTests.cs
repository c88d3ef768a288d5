using ScsiActors.Aio;
using ScsiActors.Aio.IoUring;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using Xunit;

namespace ScsiActors.Tests.Machines.Aio;

/// <summary>A request on its way through the ring, with the results a kernel may give.</summary>
[Collection("storage")]
public sealed unsafe class TransferTests : IDisposable
{
    private readonly Transfer _transfer = new();
    private readonly byte[] _data = new byte[1000];

    [Fact]
    public void What_the_kernel_leaves_undone_is_asked_for_again_until_all_is_done()
    {
        _transfer.Begin(new AioRead(default, 5000, new ScatterGatherList(_data)));
        var first = Fill();
        Assert.Equal((RingOperation.Read, 5000UL, 1000U), (first.Operation, first.Offset, first.Length));
        Assert.False(_transfer.Advance(300));
        var second = Fill();
        Assert.Equal((first.Address + 300, 5300UL, 700U), (second.Address, second.Offset, second.Length));
        Assert.True(_transfer.Advance(700));
        AssertEnded(AioResult.Ok, 1000);
    }

    [Fact]
    public void A_transfer_in_pieces_goes_on_in_the_middle_of_a_piece()
    {
        _transfer.Begin(new AioWrite(default, 0, BackendContractTests.Pieces(_data, 100, 0, 400, 500)));
        Assert.Equal((RingOperation.WriteVector, 3U), (Fill().Operation, Fill().Length));
        Assert.False(_transfer.Advance(150));
        var entry = Fill();
        var vectors = new ReadOnlySpan<IoVector>((void*)entry.Address, (int)entry.Length);
        Assert.Equal((2, 350UL, 500UL, 150UL), (vectors.Length, vectors[0].Length, vectors[1].Length, entry.Offset));
        Assert.True(_transfer.Advance(850));
        AssertEnded(AioResult.Ok, 1000);
    }

    [Fact]
    public void The_end_of_the_file_is_an_error_and_counts_what_came_before_it()
    {
        _transfer.Begin(new AioRead(default, 0, new ScatterGatherList(_data)));
        Assert.False(_transfer.Advance(512));
        Assert.True(_transfer.Advance(0));
        AssertEnded(AioResult.ReadError, 512);
    }

    [Theory]
    [InlineData(Errno.Interrupted)]
    [InlineData(Errno.TryAgain)]
    [InlineData(Errno.Cancelled)]
    public void What_passes_is_tried_again_unless_the_client_gave_up(int error)
    {
        _transfer.Begin(new AioRead(default, 0, new ScatterGatherList(_data)));
        Assert.False(_transfer.Advance(-error));
        _transfer.IsCancelled = true;
        Assert.True(_transfer.Advance(-error));
        AssertEnded(AioResult.Cancelled, 0);
    }

    [Fact]
    public void A_cancelled_transfer_that_was_done_in_part_is_not_gone_on_with()
    {
        _transfer.Begin(new AioWrite(default, 0, new ScatterGatherList(_data)));
        _transfer.IsCancelled = true;
        Assert.True(_transfer.Advance(512));
        AssertEnded(AioResult.Cancelled, 512);
    }

    [Fact]
    public void Write_through_a_flush_and_an_unmap_say_so_to_the_kernel()
    {
        _transfer.Begin(new AioWrite(default, 0, new ScatterGatherList(_data), WriteThrough: true));
        Assert.Equal(2U, Fill().OperationFlags);
        _transfer.End();
        _transfer.Begin(new AioFlush(default));
        Assert.Equal(RingOperation.FileSync, Fill().Operation);
        _transfer.End();
        _transfer.Begin(new AioUnmap(default, 4096, 8192));
        var entry = Fill();
        Assert.Equal((RingOperation.FileAllocate, 4096UL, 8192UL, 3U), (entry.Operation, entry.Offset, entry.Address, entry.Length));
    }

    [Theory]
    [InlineData(5, true, AioResult.WriteError)]
    [InlineData(5, false, AioResult.ReadError)]
    [InlineData(28, true, AioResult.NoSpace)]
    [InlineData(122, true, AioResult.NoSpace)]
    [InlineData(27, true, AioResult.NoSpace)]
    [InlineData(30, true, AioResult.ReadOnly)]
    [InlineData(9, true, AioResult.ReadOnly)]
    [InlineData(9, false, AioResult.Unavailable)]
    [InlineData(19, false, AioResult.Unavailable)]
    [InlineData(95, true, AioResult.NotSupported)]
    [InlineData(22, false, AioResult.ReadError)]
    public void Every_error_of_the_kernel_has_a_result(int error, bool isWrite, object result) =>
        Assert.Equal(result, Errno.ToResult(error, isWrite));

    [Fact]
    public void A_kernel_that_refuses_the_rings_leaves_the_thread_pool_and_one_warning()
    {
        var path = Path.Combine(Path.GetTempPath(), $"scsi-actors-{Guid.NewGuid():N}.img");
        var file = DrivenStorage.SettingsFor("io-uring", path) with { Create = true, RingEntries = 1 << 30 };
        try
        {
            using var storage = DrivenStorage.Open(file, ports => AioBackends.Create(
                new AioSettings(AioBackendKind.File, 4096, 0, file, DrivenStorage.Simulated(writeCache: 0)), ports));
            Assert.Contains("thread pool", Assert.Single(storage.Warnings));
            Assert.Contains("thread pool", storage.OpenedAs!.Description);
            storage.Write(0, _data);
        }
        finally
        {
            File.Delete(path);
        }
    }

    public void Dispose()
    {
        if (_transfer.Request is not null)
            _transfer.End();
        _transfer.Dispose();
    }

    private SubmissionEntry Fill()
    {
        SubmissionEntry entry = default;
        _transfer.Fill(&entry);
        return entry;
    }

    private void AssertEnded(AioResult result, long done) => Assert.Equal((result, done), (_transfer.Result, _transfer.Done));
}
