using System.Runtime.CompilerServices;

namespace Akka.TestKit;

// Taking messages: what the expectations are made of.
public abstract partial class TestKitBase
{
    /// <summary>The next message, or null when none came within <paramref name="max"/>, which is not dilated (none: the default
    /// time).</summary>
    public object? ReceiveOne(TimeSpan? max = null, CancellationToken cancellationToken = default) =>
        Receive(max ?? RemainingOrDefault, cancellationToken).Message;

    /// <inheritdoc cref="ReceiveOne"/>
    public async ValueTask<object?> ReceiveOneAsync(TimeSpan? max = null, CancellationToken cancellationToken = default) =>
        (await ReceiveAsync(max ?? RemainingOrDefault, cancellationToken)).Message;

    /// <inheritdoc cref="ReceiveOne"/>
    public bool TryReceiveOne(out MessageEnvelope envelope, TimeSpan? max = null, CancellationToken cancellationToken = default)
    {
        envelope = Receive(max ?? RemainingOrDefault, cancellationToken);
        return envelope is RealMessageEnvelope;
    }

    /// <summary>The next message, which stays to be received; null when none came in time.</summary>
    public object? PeekOne(TimeSpan? max = null, CancellationToken cancellationToken = default) =>
        _received.Peek(max ?? RemainingOrDefault, cancellationToken).Message;

    /// <summary>The next <paramref name="numberOfMessages"/> messages, which must come within the time left.</summary>
    public IReadOnlyCollection<object> ReceiveN(int numberOfMessages, CancellationToken cancellationToken = default) =>
        ReceiveWithin(numberOfMessages, RemainingOrDefault, cancellationToken);

    /// <inheritdoc cref="ReceiveN(int, CancellationToken)"/>
    public IReadOnlyCollection<object> ReceiveN(int numberOfMessages, TimeSpan max, CancellationToken cancellationToken = default) =>
        ReceiveWithin(numberOfMessages, Dilated(max), cancellationToken);

    /// <inheritdoc cref="ReceiveN(int, CancellationToken)"/>
    public IAsyncEnumerable<object> ReceiveNAsync(int numberOfMessages, CancellationToken cancellationToken = default) =>
        ReceiveWithinAsync(numberOfMessages, RemainingOrDefault, cancellationToken);

    /// <inheritdoc cref="ReceiveN(int, CancellationToken)"/>
    public IAsyncEnumerable<object> ReceiveNAsync(int numberOfMessages, TimeSpan max, CancellationToken cancellationToken = default) =>
        ReceiveWithinAsync(numberOfMessages, Dilated(max), cancellationToken);

    /// <summary>Messages as long as <paramref name="filter"/> makes something of them; the first that it makes null of stays to be
    /// received.</summary>
    public IReadOnlyList<T> ReceiveWhile<T>(
        Func<object, T?> filter, TimeSpan? max = null, TimeSpan? idle = null, int msgs = int.MaxValue,
        CancellationToken cancellationToken = default)
        where T : class
    {
        var taken = new List<T>();
        TimeSpan stop = Now + RemainingOrDilated(max);
        while (taken.Count < msgs)
        {
            TimeSpan left = stop - Now;
            if (left < TimeSpan.Zero) break;
            MessageEnvelope next = _received.Peek(idle is { } i && i < left ? i : left, cancellationToken);
            if (next is not RealMessageEnvelope || filter(next.Message!) is not { } made) break;
            Receive(TimeSpan.Zero, cancellationToken);
            taken.Add(made);
        }

        // Silence is what ends this, so a Within around it may take its full time.
        _lastWasNoMessage = true;
        return taken;
    }

    /// <inheritdoc cref="ReceiveWhile{T}(Func{object, T}, TimeSpan?, TimeSpan?, int, CancellationToken)"/>
    public IReadOnlyList<T> ReceiveWhile<T>(
        TimeSpan? max, Func<object, T?> filter, int msgs = int.MaxValue, CancellationToken cancellationToken = default)
        where T : class => ReceiveWhile(filter, max, null, msgs, cancellationToken);

    /// <summary>Takes messages until one satisfies <paramref name="isMessage"/>, which is returned; the others are dropped.</summary>
    public object FishForMessage(
        Predicate<object> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default) =>
        FishForMessage<object>(isMessage, max, hint, cancellationToken);

    /// <inheritdoc cref="FishForMessage"/>
    public T FishForMessage<T>(
        Predicate<T> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default)
    {
        TimeSpan time = RemainingOrDilated(max), stop = Now + time;
        while (true)
        {
            MessageEnvelope next = Receive(Left(stop), cancellationToken);
            if (next is NullMessageEnvelope) throw Failure($"No {typeof(T).Name} came that was fished for within {time}.{Hint(hint)}");
            if (next.Message is T message && isMessage(message)) return message;
        }
    }

    /// <inheritdoc cref="FishForMessage"/>
    public async ValueTask<T> FishForMessageAsync<T>(
        Predicate<T> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default)
    {
        TimeSpan time = RemainingOrDilated(max), stop = Now + time;
        while (true)
        {
            MessageEnvelope next = await ReceiveAsync(Left(stop), cancellationToken);
            if (next is NullMessageEnvelope) throw Failure($"No {typeof(T).Name} came that was fished for within {time}.{Hint(hint)}");
            if (next.Message is T message && isMessage(message)) return message;
        }
    }

    /// <summary>Takes messages until one of type <typeparamref name="T"/> has been taken.</summary>
    public async Task FishUntilMessageAsync<T>(TimeSpan? max = null, CancellationToken cancellationToken = default) =>
        await FishForMessageAsync<T>(static _ => true, max, cancellationToken: cancellationToken);

    private static TimeSpan Left(TimeSpan stop) => stop - Now is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    private static string Hint(string? hint) => string.IsNullOrEmpty(hint) ? "" : $" ({hint})";

    private List<object> ReceiveWithin(int count, TimeSpan time, CancellationToken cancellationToken)
    {
        var messages = new List<object>(count);
        for (TimeSpan stop = Now + time; messages.Count < count;)
        {
            messages.Add(Receive(Left(stop), cancellationToken).Message ?? throw TooFew(messages.Count, count, time));
        }

        return messages;
    }

    private async IAsyncEnumerable<object> ReceiveWithinAsync(
        int count, TimeSpan time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        TimeSpan stop = Now + time;
        for (int i = 0; i < count; i++)
        {
            yield return (await ReceiveAsync(Left(stop), cancellationToken)).Message ?? throw TooFew(i, count, time);
        }
    }

    private Exception TooFew(int received, int wanted, TimeSpan time) =>
        Failure($"Only {received} of {wanted} messages came within {time}.");

    private MessageEnvelope Receive(TimeSpan max, CancellationToken cancellationToken) => Note(_received.Take(max, cancellationToken));

    private async ValueTask<MessageEnvelope> ReceiveAsync(TimeSpan max, CancellationToken cancellationToken) =>
        Note(await _received.TakeAsync(max, cancellationToken));

    private MessageEnvelope Note(MessageEnvelope envelope)
    {
        _lastWasNoMessage = false;
        LastMessage = envelope.Message;
        LastSender = envelope.Sender;
        return envelope;
    }
}
