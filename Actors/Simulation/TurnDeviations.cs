using System.Globalization;

namespace ScsiActors.Simulation;

/// <summary>A turn that was not given in the order in which actors became ready.</summary>
/// <param name="Choice">Which choice, from 1: they are counted where at least two actors are ready.</param>
/// <param name="Taken">Which of those ready got the turn, from 1 for the second: so many were passed over.</param>
public readonly record struct TurnDeviation(int Choice, int Taken)
{
    /// <summary>Whose turn it became, and whose it would have been, for people; empty for one that has not been met.</summary>
    public string Text { get; init; } = "";

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Choice}:{Taken}");
}

/// <summary>A schedule as text: <c>12:1 40:3</c> gives at the 12th choice the turn to the second of those ready, and at the 40th to the fourth.</summary>
public static class TurnDeviations
{
    /// <summary>The deviations in a text; none in an empty one.</summary>
    /// <exception cref="FormatException">It is something else, or the choices do not ascend.</exception>
    public static IReadOnlyList<TurnDeviation> Parse(string text)
    {
        var deviations = new List<TurnDeviation>();
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (word.Split(':') is not [var choice, var taken] || !int.TryParse(choice, CultureInfo.InvariantCulture, out var at) || at <= (deviations.Count > 0 ? deviations[^1].Choice : 0)
                || !int.TryParse(taken, CultureInfo.InvariantCulture, out var passed) || passed < 1)
                throw new FormatException($"'{word}' is no deviation: it is CHOICE:TAKEN, such as 12:1, with choices that ascend.");
            deviations.Add(new TurnDeviation(at, passed));
        }
        return deviations;
    }

    /// <summary>Deviations as text.</summary>
    public static string Write(IEnumerable<TurnDeviation> deviations) => string.Join(' ', deviations);
}

/// <summary>An order that knows where it has deviated from that in which actors became ready.</summary>
internal interface IDeviatingOrder : ITurnOrder
{
    /// <summary>The deviations so far.</summary>
    IReadOnlyList<TurnDeviation> Deviations { get; }
}

/// <summary>Writes down where another order deviates.</summary>
/// <param name="order">The order.</param>
internal sealed class RecordedOrder(ITurnOrder order) : IDeviatingOrder
{
    private readonly List<Inbox> _ready = [];
    private readonly List<TurnDeviation> _deviations = [];
    private int _choices;

    public IReadOnlyList<TurnDeviation> Deviations => _deviations;

    public int Count => order.Count;

    public void Add(Inbox inbox)
    {
        _ready.Add(inbox);
        order.Add(inbox);
    }

    public Inbox Next()
    {
        var inbox = order.Next();
        var taken = _ready.IndexOf(inbox);
        if (_ready.Count > 1)
            _choices++;
        if (taken > 0)
            _deviations.Add(new TurnDeviation(_choices, taken));
        _ready.RemoveAt(taken);
        return inbox;
    }
}

/// <summary>Turns in the order in which actors became ready, but for given deviations. Of fewer ready actors than a deviation passes over, it takes the last;
/// one whose choice does not come is not met.</summary>
/// <param name="deviations">In the order of their choices.</param>
internal sealed class DeviatingOrder(IReadOnlyList<TurnDeviation> deviations) : IDeviatingOrder
{
    private readonly List<Inbox> _ready = [];
    private readonly List<TurnDeviation> _met = [];
    private int _choices;
    private int _next;

    public IReadOnlyList<TurnDeviation> Deviations => _met;

    public int Count => _ready.Count;

    public void Add(Inbox inbox) => _ready.Add(inbox);

    public Inbox Next()
    {
        var taken = 0;
        if (_ready.Count > 1 && ++_choices == (_next < deviations.Count ? deviations[_next].Choice : 0))
        {
            taken = Math.Min(deviations[_next++].Taken, _ready.Count - 1);
            _met.Add(new TurnDeviation(_choices, taken) { Text = $"{NameOf(_ready[taken])} before {NameOf(_ready[0])}" });
        }
        var inbox = _ready[taken];
        _ready.RemoveAt(taken);
        return inbox;
    }

    private static string NameOf(Inbox inbox) => $"{inbox.Cell.Self.Path.Name} ({inbox.Messages.Peek().Envelope.Message.GetType().Name})";
}
