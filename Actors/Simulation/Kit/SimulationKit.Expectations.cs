using System.Globalization;
using ScsiActors.Faults;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Kit;

// Expectations: each runs the world until it is met.
public sealed partial class SimulationKit
{
    private readonly Dictionary<string, int> _expectedFaults = [];
    private int _cursor;

    /// <summary>Expects a message of a type, between whichever two actors.</summary>
    /// <param name="that">What must be true of it; null for any.</param>
    /// <param name="of">The request that it must be about; null for any.</param>
    /// <param name="within">Virtual time; a minute when not given.</param>
    /// <exception cref="KitException">It did not come.</exception>
    public T Expect<T>(Predicate<T>? that = null, KitRequest? of = null, TimeSpan? within = null)
        where T : class
    {
        var expected = NewExpected(that, of);
        Meet(expected, within);
        return (T)expected.Met!.Message;
    }

    /// <summary>Expects a point to be reached, by whichever request.</summary>
    /// <returns>The message.</returns>
    /// <exception cref="KitException">It was not reached.</exception>
    public SeenMessage Expect(Point point, TimeSpan? within = null)
    {
        var expected = (ExpectedMessage)Expected.At(point);
        Meet(expected, within);
        return expected.Met!;
    }

    /// <summary>Expects several points: one after the other, in any order, or both mixed.</summary>
    /// <exception cref="KitException">Some of it did not come, or not in that order.</exception>
    public void Expect(Expected expected, TimeSpan? within = null) => Meet(expected, within);

    /// <summary>Expects that no message of a type is sent from now on.</summary>
    /// <param name="during">Virtual time that passes.</param>
    /// <param name="that">What must be true of it to count; null for any.</param>
    /// <param name="of">The request that it must be about; null for any.</param>
    /// <exception cref="KitException">One was sent.</exception>
    public void ExpectNone<T>(TimeSpan during, Predicate<T>? that = null, KitRequest? of = null)
        where T : class => Avoid(NewExpected(that, of), during);

    /// <summary>Expects that no request is answered from now on.</summary>
    /// <exception cref="KitException">One was.</exception>
    public void ExpectNone(TimeSpan during) => Avoid((ExpectedMessage)Expected.At(Points.Answer), during);

    /// <summary>Expects that a message stands at a barrier.</summary>
    /// <exception cref="KitException">None came.</exception>
    public void ExpectHeld(Campaign.Hold hold, TimeSpan? within = null)
    {
        var from = _seen.Count;
        if (!Pump(() => hold.IsReached, within))
            throw Failure($"Nothing was held within {TextOf(within ?? Patience)} of virtual time.", [], from);
    }

    /// <summary>Expects the answers of several requests to one logical unit, in any order that their task attributes allow (SAM-5 8.6): what is younger than an
    /// ORDERED command ends after it, unless it is HEAD OF QUEUE, and an ORDERED command ends after everything older.</summary>
    /// <returns>The requests in the order in which the logical unit ended them.</returns>
    /// <exception cref="KitException">An answer is missing, or they came in an order that is not legal.</exception>
    public IReadOnlyList<KitRequest> ExpectAnswers(params KitRequest[] requests)
    {
        var first = requests.Min(FirstOf);
        var expected = Array.ConvertAll(requests, static request => (ExpectedMessage)Expected.At(Points.Answer, request));
        var isDone = Pump(() => Array.TrueForAll(requests, static request => request.IsAnswered), Patience);
        for (var i = first; i < _seen.Count; i++)
            _ = Array.Exists(expected, one => one.Take(_seen[i]));
        if (!isDone)
            throw Failure($"{requests.Count(static request => !request.IsAnswered)} of {requests.Length} requests were not answered.", expected, first);
        var ended = requests.OrderBy(EndOf).ToList();
        foreach (var younger in requests)
        {
            foreach (var older in requests.Where(other => ArrivalOf(other) < ArrivalOf(younger) && MayNotOvertake(younger, other) && EndOf(younger) < EndOf(other)))
                throw Failure($"{younger} ({AttributeOf(younger)}) ended before {older} ({AttributeOf(older)}), which had arrived before it (SAM-5 8.6).", expected, first);
        }
        return ended;
    }

    /// <summary>Expects a fault to act: one that no earlier call has returned.</summary>
    /// <param name="rule">The name of its rule.</param>
    /// <param name="within">Virtual time; a minute when not given.</param>
    /// <exception cref="KitException">It did not act; the text says how many messages passed its place and for how many its conditions held.</exception>
    public FaultInjection ExpectFault(string rule, TimeSpan? within = null)
    {
        var from = _seen.Count;
        var before = _expectedFaults.GetValueOrDefault(rule);
        FaultInjection? Next() => Faults.Injections.Where(injection => injection.Rule.Name == rule).Skip(before).FirstOrDefault();
        if (!Pump(() => Next() is not null, within))
        {
            var outcome = Faults.Rules.FirstOrDefault(one => one.Rule.Name == rule);
            throw Failure(outcome is null ? $"There is no fault rule {rule}."
                : $"The fault {rule} did not act within {TextOf(within ?? Patience)}: {outcome.Passed} messages passed its place, its conditions held for {outcome.Matched}.", [], from);
        }
        _expectedFaults[rule] = before + 1;
        return Next()!;
    }

    /// <summary>Expects somebody to notice a fault.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="by">Who: <c>client</c>, <c>port</c>, <c>initiator</c>, for instance; null for anybody.</param>
    /// <param name="within">Virtual time; a minute when not given.</param>
    /// <exception cref="KitException">Nobody did.</exception>
    public FaultNotice ExpectNoticed(FaultInjection fault, string? by = null, TimeSpan? within = null)
    {
        var from = _seen.Count;
        FaultNotice? Notice() => fault.Notices.FirstOrDefault(notice => by is null || notice.By == by);
        return Pump(() => Notice() is not null, within) ? Notice()!
            : throw Failure($"Fault #{fault.Id} ({fault.Rule.Name}) was not noticed by {by ?? "anybody"} within {TextOf(within ?? Patience)}.", [], from);
    }

    private static ExpectedMessage NewExpected<T>(Predicate<T>? that, KitRequest? of)
        where T : class =>
        new($"{typeof(T).Name}{(that is null ? "" : " that fits")}{(of is null ? "" : $" of {of}")}",
            seen => seen.Message is T message && (of is null || seen.Request == of) && (that is null || that(message)));

    private void Meet(Expected expected, TimeSpan? within)
    {
        var (from, next) = (_cursor, _cursor);
        bool IsMet()
        {
            for (; next < _seen.Count && !expected.IsMet; next++)
                _ = expected.Take(_seen[next]);
            return expected.IsMet;
        }
        if (!Pump(IsMet, within))
        {
            var missing = string.Join(", ", expected.Messages.Where(static one => !one.IsMet).Select(static one => one.Name));
            throw Failure($"Expected within {TextOf(within ?? Patience)} of virtual time, and not seen: {missing}.", [.. expected.Messages], from);
        }
        _cursor = next;
    }

    private void Avoid(ExpectedMessage unwanted, TimeSpan during)
    {
        var (from, next) = (_seen.Count, _seen.Count);
        if (Pump(() =>
        {
            for (; next < _seen.Count && !unwanted.IsMet; next++)
                _ = unwanted.Take(_seen[next]);
            return unwanted.IsMet;
        }, during))
            throw Failure($"Not expected, and seen: {unwanted.Name}.", [unwanted], from);
        _cursor = _seen.Count;
    }

    private static bool MayNotOvertake(KitRequest younger, KitRequest older) => AttributeOf(younger) switch
    {
        TaskAttribute.Ordered => true,
        TaskAttribute.HeadOfQueue or TaskAttribute.Aca => false,
        _ => AttributeOf(older) == TaskAttribute.Ordered,
    };

    private static TaskAttribute AttributeOf(KitRequest request) => request.Message is ExecuteCommand command ? command.Attribute : TaskAttribute.HeadOfQueue;

    private int ArrivalOf(KitRequest request) => _seen.FindIndex(seen => seen.Request == request && seen.Message is ScsiCommandReceived);

    private int EndOf(KitRequest request) => _seen.FindIndex(seen => seen.Request == request && seen.Message is SendCommandComplete or CommandAborted);

    private static string TextOf(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:0.####} ms");

    private KitException Failure(string sentence, IReadOnlyList<ExpectedMessage> expected, int from) =>
        new(new KitFailure(_options.Seed, _world.Now, _world.Turns, expected, _seen, from).Text(sentence));
}
