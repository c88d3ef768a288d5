namespace ScsiActors.Simulation.Kit;

/// <summary>What is expected to be seen: a point, or several of them in one order or in any.</summary>
public abstract class Expected
{
    private protected Expected()
    {
    }

    /// <summary>A message at a point, of whatever request.</summary>
    public static implicit operator Expected(Point point) => At(point);

    /// <summary>A message at a point.</summary>
    /// <param name="point">The point.</param>
    /// <param name="of">The request; null for any.</param>
    public static Expected At(Point point, KitRequest? of = null) => new ExpectedMessage(of is null ? point.Name : $"{point.Name} of {of}",
        seen => (of is null || seen.Request == of) && point.IsAt(new Campaign.Passing(seen.From, seen.To, seen.Message)));

    /// <summary>One after the other; what comes in between does not matter.</summary>
    public static Expected InOrder(params Expected[] parts) => new ExpectedInOrder(parts);

    /// <summary>All of them, in any order.</summary>
    public static Expected AnyOrder(params Expected[] parts) => new ExpectedInAnyOrder(parts);

    /// <summary>The messages it is made of, in the order in which it names them.</summary>
    internal abstract IEnumerable<ExpectedMessage> Messages { get; }

    /// <summary>True when all of it has been seen.</summary>
    internal abstract bool IsMet { get; }

    /// <summary>A message was seen.</summary>
    /// <returns>True when it is the one that this waits for.</returns>
    internal abstract bool Take(SeenMessage seen);
}

/// <summary>A message that is expected.</summary>
/// <param name="name">For people.</param>
/// <param name="isIt">True for the message.</param>
internal sealed class ExpectedMessage(string name, Predicate<SeenMessage> isIt) : Expected
{
    public string Name => name;

    /// <summary>The message that met it; null while there is none.</summary>
    public SeenMessage? Met { get; private set; }

    internal override IEnumerable<ExpectedMessage> Messages => [this];

    internal override bool IsMet => Met is not null;

    public bool Is(SeenMessage seen) => isIt(seen);

    internal override bool Take(SeenMessage seen)
    {
        if (IsMet || !isIt(seen))
            return false;
        Met = seen;
        return true;
    }
}

/// <summary>Parts that are expected one after the other.</summary>
internal sealed class ExpectedInOrder(Expected[] parts) : Expected
{
    private int _met;

    internal override IEnumerable<ExpectedMessage> Messages => parts.SelectMany(static part => part.Messages);

    internal override bool IsMet => _met == parts.Length;

    internal override bool Take(SeenMessage seen)
    {
        if (IsMet || !parts[_met].Take(seen))
            return false;
        while (_met < parts.Length && parts[_met].IsMet)
            _met++;
        return true;
    }
}

/// <summary>Parts that are expected in whatever order.</summary>
internal sealed class ExpectedInAnyOrder(Expected[] parts) : Expected
{
    internal override IEnumerable<ExpectedMessage> Messages => parts.SelectMany(static part => part.Messages);

    internal override bool IsMet => Array.TrueForAll(parts, static part => part.IsMet);

    internal override bool Take(SeenMessage seen) => Array.Exists(parts, part => !part.IsMet && part.Take(seen));
}
