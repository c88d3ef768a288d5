using System.Numerics;

namespace ScsiActors.Aio.Simulated;

/// <summary>Every content that a power cut may leave on the medium: any part of the writes that were not on it has landed, cut at multiples of the tearing
/// unit unless it is atomic, and where several cover the same bytes any may be on top, unless one had completed before the other was submitted.</summary>
/// <remarks>Two images are different when different writes are on top somewhere, even if those wrote the same bytes. Writes that do not overlap are
/// independent of each other, so the images are numbered like the digits of a number: one digit for each group of pieces that overlap, 0 for nothing
/// landed and the highest for everything in the order of completion.</remarks>
internal sealed class LegalImages
{
    // Of more pieces than this that overlap in different ways, only some outcomes are listed: the number of orders grows with the factorial.
    private const int MaxPermuted = 5;

    /// <summary>What lands together: a part of a write between two multiples of the tearing unit, or all that is left of an atomic one.</summary>
    private readonly record struct Piece(VolatileWrite[] Parts)
    {
        public long Start => Parts[0].Range.Offset;

        public long Completed => Parts[0].Completed;

        public long Stamp => Parts[0].Stamp;

        public bool IsBelow(Piece other) => Parts[0].IsBelow(other.Parts[0]);

        public bool IsOn(long at) => Array.Exists(Parts, part => part.Range.Overlaps(new ByteRange(at, 1)));

        public bool Matches(Piece other) => Parts.Length == 1 && other.Parts.Length == 1 && Parts[0].Range == other.Parts[0].Range;
    }

    private readonly SparseMemory _medium;
    private readonly List<Piece> _pieces;
    private readonly List<int[][]> _digits = [];

    /// <summary>All images of one cut.</summary>
    /// <param name="medium">What is on the medium; never changed from now on.</param>
    /// <param name="writes">What is not, or not surely.</param>
    /// <param name="tearingUnit">Bytes that land together; 0 for whole writes.</param>
    public LegalImages(SparseMemory medium, List<VolatileWrite> writes, long tearingUnit)
    {
        _medium = medium;
        _pieces = [.. Whole(writes), .. writes.Where(static write => !write.IsAtomic).SelectMany(write => Torn(write, tearingUnit))];
        _pieces.Sort(static (a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start)
            : a.Completed != b.Completed ? a.Completed.CompareTo(b.Completed) : a.Stamp.CompareTo(b.Stamp));
        Count = BigInteger.One;
        foreach (var group in Groups())
        {
            var outcomes = Outcomes(group);
            _digits.Add(outcomes);
            Count *= outcomes.Length;
        }
    }

    /// <summary>How many there are.</summary>
    public BigInteger Count { get; }

    /// <summary>False when there are more, because too many writes overlap each other in different ways.</summary>
    public bool IsExact { get; private set; } = true;

    /// <summary>One of them, from 0 (nothing has landed) to <see cref="Count"/> - 1 (everything has).</summary>
    public SparseMemory Image(BigInteger number)
    {
        var image = _medium.Fork();
        foreach (var outcomes in _digits)
        {
            number = BigInteger.DivRem(number, outcomes.Length, out var digit);
            Apply(outcomes[(int)digit], image);
        }
        return image;
    }

    /// <summary>One of them, drawn: how much has landed, from nothing to all, is drawn first, so that the extremes are not rare.</summary>
    public SparseMemory Image(ref SeededStream stream)
    {
        var image = _medium.Fork();
        var landedInEighths = stream.Below(5) switch { 0 => 0, 1 => 1, 2 => 4, 3 => 7, _ => 8 };
        foreach (var outcomes in _digits)
        {
            // Drawn in any case, so that one group's outcome does not depend on another's.
            var (draw, which) = (stream.Below(8), stream.Below(outcomes.Length - 1));
            if (draw < landedInEighths)
                Apply(outcomes[landedInEighths == 8 ? outcomes.Length - 1 : (int)which + 1], image);
        }
        return image;
    }

    /// <summary>The numbers of up to <paramref name="cap"/> images: all of them if there are no more, otherwise the two extremes and others that are far from
    /// each other.</summary>
    public IEnumerable<BigInteger> Numbers(int cap)
    {
        if (Count <= cap)
        {
            for (var number = BigInteger.Zero; number < Count; number++)
                yield return number;
            yield break;
        }
        // Multiples of a step without a divisor in common with the count come upon every number once; the golden section spreads them.
        var step = Count * 618_033_989 / 1_000_000_000;
        while (!BigInteger.GreatestCommonDivisor(step, Count).IsOne)
            step++;
        var last = Count - 1;
        if (cap > 0)
            yield return BigInteger.Zero;
        if (cap > 1)
            yield return last;
        var at = BigInteger.Zero;
        for (var taken = 2; taken < cap;)
        {
            at = (at + step) % Count;
            if (at == last || at.IsZero)
                continue;
            taken++;
            yield return at;
        }
    }

    private static IEnumerable<Piece> Whole(List<VolatileWrite> writes) => writes.Where(static write => write.IsAtomic)
        .GroupBy(static write => write.Stamp).Select(static parts => new Piece([.. parts.OrderBy(static part => part.Range.Offset)]));

    private static IEnumerable<Piece> Torn(VolatileWrite write, long unit)
    {
        if (unit == 0)
        {
            yield return new Piece([write]);
            yield break;
        }
        for (var start = write.Range.Offset; start < write.Range.End;)
        {
            var end = Math.Min((start / unit + 1) * unit, write.Range.End);
            yield return new Piece([write.Part(new ByteRange(start, end - start))]);
            start = end;
        }
    }

    /// <summary>The pieces that overlap, directly or through others, and those that an atomic write in several parts ties together; by their first
    /// bytes.</summary>
    private List<List<int>> Groups()
    {
        var parts = new List<(ByteRange Range, int Piece)>();
        for (var i = 0; i < _pieces.Count; i++)
            parts.AddRange(_pieces[i].Parts.Select(part => (part.Range, i)));
        parts.Sort(static (a, b) => a.Range.Offset != b.Range.Offset ? a.Range.Offset.CompareTo(b.Range.Offset) : a.Piece.CompareTo(b.Piece));
        var groups = new List<List<int>>();
        var groupOf = new List<int>?[_pieces.Count];
        var end = long.MinValue;
        foreach (var (range, piece) in parts)
        {
            if (range.Offset >= end)
                groups.Add([]);
            end = Math.Max(end, range.End);
            Join(groups[^1], piece, groupOf);
        }
        groups.RemoveAll(static group => group.Count == 0);
        foreach (var group in groups)
            group.Sort();
        return groups;
    }

    private static void Join(List<int> group, int piece, List<int>?[] groupOf)
    {
        var tied = groupOf[piece];
        if (tied == group)
            return;
        int[] joining = tied is null ? [piece] : [.. tied];
        tied?.Clear();
        group.AddRange(joining);
        foreach (var one in joining)
            groupOf[one] = group;
    }

    private void Apply(int[] landed, SparseMemory image)
    {
        foreach (var piece in landed)
        {
            foreach (var part in _pieces[piece].Parts)
                image.Write(part.Range.Offset, part.Data);
        }
    }

    /// <summary>What can have landed of pieces that overlap, each outcome as the pieces in the order in which they did.</summary>
    private int[][] Outcomes(List<int> group)
    {
        var pieces = group.OrderBy(piece => _pieces[piece].Completed).ThenBy(piece => _pieces[piece].Stamp).ToArray();
        if (pieces.All(piece => _pieces[piece].Matches(_pieces[group[0]])))
            return [[], .. pieces.Select(static piece => new[] { piece })];
        var found = new Dictionary<string, int[]>();
        if (pieces.Length <= MaxPermuted)
            Extend([], pieces, found);
        else
        {
            IsExact = false;
            for (var count = 0; count <= pieces.Length; count++)
                found.TryAdd(Tops(pieces[..count]), pieces[..count]);
            foreach (var lost in pieces)
            {
                int[] others = [.. pieces.Where(piece => piece != lost)];
                found.TryAdd(Tops(others), others);
            }
        }
        // Everything in the order of completion comes last.
        found.Remove(Tops(pieces), out var all);
        return [.. found.Values, all!];
    }

    private void Extend(int[] landed, int[] pieces, Dictionary<string, int[]> found)
    {
        found.TryAdd(Tops(landed), landed);
        foreach (var piece in pieces)
        {
            if (!landed.Contains(piece) && !landed.Any(other => _pieces[piece].IsBelow(_pieces[other])))
                Extend([.. landed, piece], pieces, found);
        }
    }

    /// <summary>Which piece is on top, from each boundary to the next: what tells one outcome from another.</summary>
    private string Tops(int[] landed)
    {
        var boundaries = landed.SelectMany(piece => _pieces[piece].Parts).SelectMany(static part => new[] { part.Range.Offset, part.Range.End })
            .Distinct().Order();
        var tops = boundaries.Select(at => (At: at, Top: Array.FindLastIndex(landed, piece => _pieces[piece].IsOn(at))))
            .Select(place => (place.At, Top: place.Top < 0 ? -1 : landed[place.Top])).ToList();
        // A boundary that changes nothing is none.
        return string.Join(' ', tops.Where((place, i) => i == 0 || place.Top != tops[i - 1].Top).Select(static place => $"{place.At}:{place.Top}"));
    }
}
