using System.Collections.Concurrent;

namespace Akka.TestKit;

/// <summary>What the test actor received and the test has not yet looked at, in order.</summary>
internal sealed class ReceivedMessages
{
    private readonly ConcurrentQueue<MessageEnvelope> _messages = new();
    private readonly SemaphoreSlim _count = new(0);

    public bool IsEmpty => _messages.IsEmpty;

    public void Add(MessageEnvelope message)
    {
        _messages.Enqueue(message);
        _count.Release();
    }

    /// <summary>The next message, waiting for it at most <paramref name="max"/> (negative: without end).</summary>
    public MessageEnvelope Take(TimeSpan max, CancellationToken cancellationToken) =>
        _count.Wait(Bound(max), cancellationToken) ? Dequeue() : NullMessageEnvelope.Instance;

    public async ValueTask<MessageEnvelope> TakeAsync(TimeSpan max, CancellationToken cancellationToken) =>
        await _count.WaitAsync(Bound(max), cancellationToken) ? Dequeue() : NullMessageEnvelope.Instance;

    /// <summary>The next message, which stays.</summary>
    public MessageEnvelope Peek(TimeSpan max, CancellationToken cancellationToken)
    {
        if (!_count.Wait(Bound(max), cancellationToken)) return NullMessageEnvelope.Instance;
        _count.Release();
        return _messages.TryPeek(out MessageEnvelope? message) ? message : NullMessageEnvelope.Instance;
    }

    private MessageEnvelope Dequeue() => _messages.TryDequeue(out MessageEnvelope? message) ? message : NullMessageEnvelope.Instance;

    private static TimeSpan Bound(TimeSpan max) => max < TimeSpan.Zero ? Timeout.InfiniteTimeSpan : max;
}
