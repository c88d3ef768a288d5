using System.Numerics;

namespace ScsiActors.Aio.Simulated;

/// <summary>Requests in the order of their arrival, and an index by operation and offset that finds the one that continues another.</summary>
/// <param name="pool">Holds the requests.</param>
internal sealed class DiskQueue(DiskRequestPool pool)
{
    private const int None = DiskRequestPool.None;

    private struct Bucket
    {
        public int First;
        public int Last;
    }

    private Bucket[] _buckets = NewBuckets(64);

    /// <summary>The oldest; None when there is none.</summary>
    public int First { get; private set; } = None;

    /// <summary>Requests that wait.</summary>
    public int Count { get; private set; }

    private int Last { get; set; } = None;

    /// <summary>Adds a request behind the others.</summary>
    public void Add(int index)
    {
        if (Count == _buckets.Length)
            Grow();
        ref var request = ref pool[index];
        request.Previous = Last;
        request.Next = None;
        if (Last == None)
            First = index;
        else
            pool[Last].Next = index;
        Last = index;
        Count++;
        AddToBucket(index);
    }

    /// <summary>The oldest request of this operation that begins at <paramref name="offset"/>; None when there is none.</summary>
    public int Find(DiskOperation operation, long offset)
    {
        for (var index = _buckets[BucketOf(operation, offset)].First; index != None; index = pool[index].NextAlike)
        {
            if (pool[index].Offset == offset && pool[index].Operation == operation)
                return index;
        }
        return None;
    }

    /// <summary>Takes a request out, wherever it stands.</summary>
    public void Remove(int index)
    {
        ref var request = ref pool[index];
        if (request.Previous == None)
            First = request.Next;
        else
            pool[request.Previous].Next = request.Next;
        if (request.Next == None)
            Last = request.Previous;
        else
            pool[request.Next].Previous = request.Previous;
        Count--;
        ref var bucket = ref _buckets[BucketOf(request.Operation, request.Offset)];
        if (request.PreviousAlike == None)
            bucket.First = request.NextAlike;
        else
            pool[request.PreviousAlike].NextAlike = request.NextAlike;
        if (request.NextAlike == None)
            bucket.Last = request.PreviousAlike;
        else
            pool[request.NextAlike].PreviousAlike = request.PreviousAlike;
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        First = Last = None;
        Count = 0;
        Array.Fill(_buckets, new Bucket { First = None, Last = None });
    }

    private static Bucket[] NewBuckets(int count)
    {
        var buckets = new Bucket[count];
        Array.Fill(buckets, new Bucket { First = None, Last = None });
        return buckets;
    }

    private void Grow()
    {
        _buckets = NewBuckets(_buckets.Length * 2);
        for (var index = First; index != None; index = pool[index].Next)
            AddToBucket(index);
    }

    private void AddToBucket(int index)
    {
        ref var request = ref pool[index];
        ref var bucket = ref _buckets[BucketOf(request.Operation, request.Offset)];
        request.PreviousAlike = bucket.Last;
        request.NextAlike = None;
        if (bucket.Last == None)
            bucket.First = index;
        else
            pool[bucket.Last].NextAlike = index;
        bucket.Last = index;
    }

    // Fibonacci hashing: the upper bits of the product depend on every bit of the offset.
    private int BucketOf(DiskOperation operation, long offset) =>
        (int)(((ulong)offset + (ulong)operation) * 0x9E3779B97F4A7C15 >> 64 - BitOperations.Log2((uint)_buckets.Length));
}
