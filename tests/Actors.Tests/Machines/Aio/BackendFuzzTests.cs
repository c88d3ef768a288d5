using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using Xunit;
using Xunit.Abstractions;

namespace ScsiActors.Tests.Machines.Aio;

/// <summary>Random requests, many at a time, against an array of bytes. Ranges that are in flight together do not overlap, because storage promises
/// nothing about those.</summary>
[Collection("storage")]
public sealed class BackendFuzzTests(ITestOutputHelper output)
{
    private const int Size = 1 << 19;
    private const int Steps = 3000;
    private const int Depth = 24;

    private sealed record Flight(AioRequest Request, int Offset, int Length, byte[] Data)
    {
        public bool IsCancelled { get; set; }

        public bool Overlaps(int offset, int length) => offset < Offset + Length && Offset < offset + length;
    }

    public static TheoryData<string, int> Runs
    {
        get
        {
            var runs = new TheoryData<string, int>();
            foreach (var kind in new[] { "memory", "thread-pool", "io-uring", "io-uring direct" })
            {
                for (var seed = 1; seed <= 3; seed++)
                    runs.Add(kind, seed);
            }
            return runs;
        }
    }

    [Theory, MemberData(nameof(Runs))]
    public void Storage_holds_what_a_plain_array_of_bytes_holds(string kind, int seed)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var storage = DrivenStorage.Open(kind, Size);
        var model = new byte[Size];
        var flights = new Dictionary<AioId, Flight>();
        for (var step = 0; step < Steps; step++)
        {
            for (var i = random.Next(8); i > 0 && flights.Count < Depth; i--)
                Start(storage, random, flights);
            if (flights.Count > 0 && random.Next(8) == 0)
                Cancel(storage, flights.ElementAt(random.Next(flights.Count)).Value);
            storage.Backend.EndOfBatch();
            while (storage.TryTakeAny() is { } completed)
                Check(completed, flights, model);
            if (flights.Count >= Depth || flights.Count > 0 && random.Next(4) == 0)
                Check(storage.AwaitAny(), flights, model);
        }
        while (flights.Count > 0)
            Check(storage.AwaitAny(), flights, model);
        var unknown = Restore(storage, model);
        output.WriteLine($"{unknown} bytes were left unknown by cancelled writes");
        Assert.Equal(model, storage.Read(0, Size));
    }

    // Bytes that a cancelled write may or may not have changed.
    private readonly bool[] _isUnknown = new bool[Size];

    private void Start(DrivenStorage storage, Random random, Dictionary<AioId, Flight> flights)
    {
        var alignment = random.Next(3) switch { 0 => 1, 1 => 512, _ => 4096 };
        var length = Math.Max(random.Next(random.Next(4) == 0 ? 70_000 : 9000) / alignment, 1) * alignment;
        var offset = random.Next((Size - length) / alignment + 1) * alignment;
        if (flights.Values.Any(flight => flight.Overlaps(offset, length)))
            return;
        var data = GC.AllocateUninitializedArray<byte>(length);
        random.NextBytes(data);
        var list = random.Next(2) == 0
            ? new ScatterGatherList(data)
            : BackendContractTests.Pieces(data, random.Next(1, 3000), random.Next(1, 20_000), 512);
        var id = storage.NextId();
        AioRequest request = random.Next(10) switch
        {
            < 4 => new AioRead(id, offset, list),
            < 8 => new AioWrite(id, offset, list, WriteThrough: random.Next(10) == 0),
            8 => new AioUnmap(id, offset, length),
            _ => new AioFlush(id),
        };
        flights.Add(id, new Flight(request, offset, length, data));
        storage.Submit(request);
    }

    private static void Cancel(DrivenStorage storage, Flight flight)
    {
        flight.IsCancelled = true;
        storage.Backend.Cancel(flight.Request.Id);
    }

    private void Check(AioCompleted completed, Dictionary<AioId, Flight> flights, byte[] model)
    {
        Assert.True(flights.Remove(completed.Id, out var flight));
        var range = flight!.Offset..(flight.Offset + flight.Length);
        if (completed.Result == AioResult.Cancelled)
        {
            Assert.True(flight.IsCancelled);
            if (flight.Request is AioWrite or AioUnmap)
                _isUnknown.AsSpan(range).Fill(true);
            return;
        }
        Assert.Equal(AioResult.Ok, completed.Result);
        switch (flight.Request)
        {
            case AioRead:
                for (var i = 0; i < flight.Length; i++)
                {
                    if (!_isUnknown[flight.Offset + i] && model[flight.Offset + i] != flight.Data[i])
                        Assert.Fail($"byte {flight.Offset + i} differs");
                }
                break;
            case AioWrite:
                flight.Data.CopyTo(model.AsSpan(range));
                _isUnknown.AsSpan(range).Clear();
                break;
            case AioUnmap:
                model.AsSpan(range).Clear();
                _isUnknown.AsSpan(range).Clear();
                break;
        }
    }

    private int Restore(DrivenStorage storage, byte[] model)
    {
        var unknown = 0;
        for (var start = 0; start < Size; start++)
        {
            var end = start;
            while (end < Size && _isUnknown[end])
                end++;
            if (end == start)
                continue;
            unknown += end - start;
            storage.Write(start, model[start..end]);
            start = end;
        }
        return unknown;
    }
}
