using Akka.Actor;

namespace Akka.TestKit;

// ExpectMsg takes the NEXT message: another one is a failure and is not skipped (see FishForMessage and IgnoreMessages for that).
public abstract partial class TestKitBase
{
    /// <summary>The next message is a <typeparamref name="T"/>.</summary>
    public T ExpectMsg<T>(TimeSpan? duration = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Expect<T>(null, duration, hint, cancellationToken);

    public ValueTask<T> ExpectMsgAsync<T>(TimeSpan? duration = null, string? hint = null, CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(null, duration, hint, cancellationToken);

    /// <summary>The next message equals <paramref name="message"/>.</summary>
    public T ExpectMsg<T>(T message, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Expect(Equal(message), timeout, hint, cancellationToken);

    public ValueTask<T> ExpectMsgAsync<T>(
        T message, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        ExpectAsync(Equal(message), timeout, hint, cancellationToken);

    /// <summary>The next message is a <typeparamref name="T"/> that satisfies the predicate.</summary>
    public T ExpectMsg<T>(
        Predicate<T> isMessage, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Expect(Holds(isMessage), timeout, hint, cancellationToken);

    public ValueTask<T> ExpectMsgAsync<T>(
        Predicate<T> isMessage, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        ExpectAsync(Holds(isMessage), timeout, hint, cancellationToken);

    /// <summary>The next message is a <typeparamref name="T"/> that passes the assertion.</summary>
    public T ExpectMsg<T>(Action<T> assert, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Expect<T>((m, _) => assert(m), timeout, hint, cancellationToken);

    public ValueTask<T> ExpectMsgAsync<T>(
        Action<T> assert, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        ExpectAsync<T>((m, _) => assert(m), timeout, hint, cancellationToken);

    /// <summary>The next message is a <typeparamref name="T"/> that satisfies the predicate together with its sender.</summary>
    public T ExpectMsg<T>(
        Func<T, IActorRef, bool> isMessageAndSender, TimeSpan? timeout = null, string? hint = null,
        CancellationToken cancellationToken = default) =>
        Expect(Holds(isMessageAndSender), timeout, hint, cancellationToken);

    /// <summary>The next message is a <typeparamref name="T"/> that passes the assertion together with its sender.</summary>
    public T ExpectMsg<T>(
        Action<T, IActorRef> assertMessageAndSender, TimeSpan? timeout = null, string? hint = null,
        CancellationToken cancellationToken = default) =>
        Expect(assertMessageAndSender, timeout, hint, cancellationToken);

    /// <summary>The next message equals <paramref name="expected"/> in the sense of <paramref name="comparer"/>.</summary>
    public T ExpectMsg<T>(
        T expected, Func<T, T, bool> comparer, TimeSpan? timeout = null, string? hint = null,
        CancellationToken cancellationToken = default) =>
        Expect<T>((m, _) => Require(comparer(expected, m), $"expected {expected}, got {m}"), timeout, hint, cancellationToken);

    /// <summary>The next message is a <typeparamref name="T"/> from <paramref name="sender"/>.</summary>
    public T ExpectMsgFrom<T>(
        IActorRef sender, TimeSpan? duration = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Expect(From<T>(sender, null), duration, hint, cancellationToken);

    public ValueTask<T> ExpectMsgFromAsync<T>(
        IActorRef sender, TimeSpan? duration = null, string? hint = null, CancellationToken cancellationToken = default) =>
        ExpectAsync(From<T>(sender, null), duration, hint, cancellationToken);

    public T ExpectMsgFrom<T>(
        IActorRef sender, T message, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Expect(From(sender, Equal(message)), timeout, hint, cancellationToken);

    public T ExpectMsgFrom<T>(
        IActorRef sender, Predicate<T> isMessage, TimeSpan? timeout = null, string? hint = null,
        CancellationToken cancellationToken = default) =>
        Expect(From(sender, Holds(isMessage)), timeout, hint, cancellationToken);

    public T ExpectMsgFrom<T>(
        IActorRef sender, Action<T> assertMessage, TimeSpan? timeout = null, string? hint = null,
        CancellationToken cancellationToken = default) =>
        Expect(From<T>(sender, (m, _) => assertMessage(m)), timeout, hint, cancellationToken);

    /// <summary>The next message says that <paramref name="target"/>, which is watched, has ended.</summary>
    public Terminated ExpectTerminated(
        IActorRef target, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Expect(TerminatedOf(target), timeout, hint ?? $"Terminated {target}", cancellationToken);

    public ValueTask<Terminated> ExpectTerminatedAsync(
        IActorRef target, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        ExpectAsync(TerminatedOf(target), timeout, hint ?? $"Terminated {target}", cancellationToken);

    /// <summary>No message comes for the rest of the time.</summary>
    public void ExpectNoMsg(CancellationToken cancellationToken = default) => Silence(Receive(RemainingOrDefault, cancellationToken));

    public void ExpectNoMsg(TimeSpan duration, CancellationToken cancellationToken = default) =>
        Silence(Receive(Dilated(duration), cancellationToken));

    public void ExpectNoMsg(int milliseconds, CancellationToken cancellationToken = default) =>
        ExpectNoMsg(TimeSpan.FromMilliseconds(milliseconds), cancellationToken);

    public async ValueTask ExpectNoMsgAsync(CancellationToken cancellationToken = default) =>
        Silence(await ReceiveAsync(RemainingOrDefault, cancellationToken));

    public async ValueTask ExpectNoMsgAsync(TimeSpan duration, CancellationToken cancellationToken = default) =>
        Silence(await ReceiveAsync(Dilated(duration), cancellationToken));

    public ValueTask ExpectNoMsgAsync(int milliseconds, CancellationToken cancellationToken = default) =>
        ExpectNoMsgAsync(TimeSpan.FromMilliseconds(milliseconds), cancellationToken);

    /// <summary>The next message equals one of these.</summary>
    public T ExpectMsgAnyOf<T>(IEnumerable<T> messages, CancellationToken cancellationToken = default)
    {
        List<T> wanted = [.. messages];
        string otherwise = $"Expected one of {string.Join(", ", wanted)}";
        return Expect<T>((m, _) => Require(wanted.Contains(m), $"{otherwise}, got {m}."), null, null, cancellationToken);
    }

    /// <summary>The next messages are these, in any order.</summary>
    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(params T[] messages) => AllOf(RemainingOrDefault, messages, default);

    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(IReadOnlyCollection<T> messages, CancellationToken cancellationToken = default) =>
        AllOf(RemainingOrDefault, messages, cancellationToken);

    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(TimeSpan max, params T[] messages) => AllOf(Dilated(max), messages, default);

    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(
        TimeSpan max, IReadOnlyCollection<T> messages, CancellationToken cancellationToken = default) =>
        AllOf(Dilated(max), messages, cancellationToken);

    private List<T> AllOf<T>(TimeSpan time, IReadOnlyCollection<T> wanted, CancellationToken cancellationToken)
    {
        List<object> got = ReceiveWithin(wanted.Count, time, cancellationToken);
        List<object> unexpected = [.. got];
        List<T> missing = [.. wanted.Where(w => !unexpected.Remove(w!))];
        Require(missing.Count == 0, $"missing {string.Join(", ", missing)}; unexpected {string.Join(", ", unexpected)}");
        return [.. got.Cast<T>()];
    }

    private T Expect<T>(Action<T, IActorRef>? check, TimeSpan? time, string? hint, CancellationToken cancellationToken)
    {
        TimeSpan max = RemainingOrDilated(time);
        return Checked(Receive(max, cancellationToken), max, check, hint);
    }

    private async ValueTask<T> ExpectAsync<T>(
        Action<T, IActorRef>? check, TimeSpan? time, string? hint, CancellationToken cancellationToken)
    {
        TimeSpan max = RemainingOrDilated(time);
        return Checked(await ReceiveAsync(max, cancellationToken), max, check, hint);
    }

    private T Checked<T>(MessageEnvelope envelope, TimeSpan waited, Action<T, IActorRef>? check, string? hint)
    {
        if (envelope is NullMessageEnvelope) throw Failure($"No {typeof(T).Name} came within {waited}.{Hint(hint)}");
        if (envelope.Message is not T message)
        {
            string got = $"{envelope.Message} ({envelope.Message!.GetType().Name}) from {envelope.Sender}";
            throw Failure($"Expected a {typeof(T).Name}, got {got}.{Hint(hint)}");
        }

        check?.Invoke(message, envelope.Sender!);
        return message;
    }

    private void Silence(MessageEnvelope envelope)
    {
        if (envelope is RealMessageEnvelope) throw Failure($"Expected no message, got {envelope}.");
        _lastWasNoMessage = true;
    }

    private void Require(bool holds, string otherwise)
    {
        if (!holds) throw Failure(otherwise);
    }

    private Action<T, IActorRef> Equal<T>(T message) => (m, s) =>
        Require(EqualityComparer<T>.Default.Equals(message, m), $"Expected {message}, got {m} from {s}.");

    private Action<T, IActorRef> Holds<T>(Predicate<T> predicate) =>
        (m, s) => Require(predicate(m), $"Got {m} from {s}, which is not the message expected.");

    private Action<T, IActorRef> Holds<T>(Func<T, IActorRef, bool> predicate) => (m, s) =>
        Require(predicate(m, s), $"Got {m} from {s}, which is not the message or not the sender expected.");

    private Action<Terminated, IActorRef> TerminatedOf(IActorRef target) => (m, _) =>
        Require(m.ActorRef.Equals(target), $"Expected the end of {target}, got that of {m.ActorRef}.");

    private Action<T, IActorRef> From<T>(IActorRef sender, Action<T, IActorRef>? check) => (m, s) =>
    {
        Require(Equals(sender, s), $"Expected a message from {sender}, got {m} from {s}.");
        check?.Invoke(m, s);
    };
}
