namespace ScsiActors.Journal;

/// <summary>Where everything in the SVG form of a sequence diagram stands, in pixels. Text is measured as a monospace font: a label stays between two
/// neighbouring lanes.</summary>
internal sealed class SvgSequenceLayout
{
    /// <summary>Size of the font.</summary>
    public const double FontSize = 12;

    /// <summary>Width of a character: 0.6 em, as in all common monospace fonts.</summary>
    public const double CharacterWidth = 7.2;

    /// <summary>Distance of two lines of text.</summary>
    public const double LineHeight = 15;

    /// <summary>Room between text and what is beside it.</summary>
    public const double Padding = 8;

    private const int NarrowestGap = 10;
    private const int WidestGap = 31;
    private const int LinesOfLabel = 3;
    private const int LinesOfName = 2;
    private const int LinesOfNote = 6;
    private const double TimeColumn = 84;
    private const double RowMargin = 12;

    private readonly double[] _gaps;
    private readonly double[] _lanes;

    public SvgSequenceLayout(SequenceDiagram diagram, bool showTimes)
    {
        _gaps = Gaps(diagram);
        _lanes = new double[diagram.Lanes.Count];
        var left = Padding + (showTimes ? TimeColumn : 0);
        for (var i = 0; i < _lanes.Length; i++)
            _lanes[i] = i == 0 ? left + Gap(0) / 2 : _lanes[i - 1] + Gap(i - 1);
        Left = left;
        Width = (_lanes.Length == 0 ? left : _lanes[^1] + Gap(_lanes.Length - 1) / 2) + Padding;
        TitleLines = diagram.Title is { } title ? TextLines.Wrap(title, CharactersIn(Width - 2 * Padding), LinesOfName) : [];
        Names = [.. diagram.Lanes.Select((name, lane) => TextLines.Wrap(name, CharactersIn(NameWidth(lane) - 2 * Padding), LinesOfName))];
        HeadTop = Padding + TitleLines.Count * LineHeight + (TitleLines.Count > 0 ? Padding : 0);
        HeadHeight = Names.Select(static lines => lines.Count).DefaultIfEmpty(1).Max() * LineHeight + Padding;
        LinesTop = HeadTop + HeadHeight;
        Rows = Stack(diagram, LinesTop + Padding, out var bottom);
        LinesBottom = bottom + Padding;
        Height = LinesBottom + Padding;
    }

    /// <summary>Where lanes and gaps begin.</summary>
    public double Left { get; }

    public double Width { get; }

    public double Height { get; }

    public double HeadTop { get; }

    public double HeadHeight { get; }

    /// <summary>Where the lines of the lanes begin.</summary>
    public double LinesTop { get; }

    /// <summary>Where the lines of the lanes end.</summary>
    public double LinesBottom { get; }

    public IReadOnlyList<string> TitleLines { get; }

    public IReadOnlyList<IReadOnlyList<string>> Names { get; }

    public IReadOnlyList<SvgSequenceRow> Rows { get; }

    /// <summary>The line of a lane.</summary>
    public double LaneX(int lane) => _lanes[lane];

    /// <summary>The width of the box with a lane's name.</summary>
    public double NameWidth(int lane) => Math.Min(Gap(lane - 1), Gap(lane)) - Padding;

    private static int CharactersIn(double width) => Math.Max(1, (int)Math.Floor(width / CharacterWidth + 1e-6));

    private double Gap(int gap) => _gaps[Math.Clamp(gap, 0, _gaps.Length - 1)];

    // Each gap is as wide as its longest label, within bounds. The names of the lanes need room too.
    private static double[] Gaps(SequenceDiagram diagram)
    {
        var gaps = new int[Math.Max(1, diagram.Lanes.Count - 1)];
        Array.Fill(gaps, NarrowestGap);
        foreach (var arrow in diagram.Items.OfType<SequenceArrow>().Where(static arrow => arrow.From != arrow.To))
        {
            var gap = GapOf(arrow);
            foreach (var line in TextLines.Wrap(arrow.Text, WidestGap, LinesOfLabel))
                gaps[gap] = Math.Max(gaps[gap], line.Length);
        }
        for (var lane = 0; lane < diagram.Lanes.Count; lane++)
        {
            var name = Math.Min(diagram.Lanes[lane].Length, WidestGap) + 2;
            for (var gap = Math.Max(0, lane - 1); gap <= Math.Min(lane, gaps.Length - 1); gap++)
                gaps[gap] = Math.Max(gaps[gap], name);
        }
        return [.. gaps.Select(static characters => characters * CharacterWidth + 2 * Padding)];
    }

    // The label stands beside its sender.
    private static int GapOf(SequenceArrow arrow) => arrow.To > arrow.From ? arrow.From : arrow.From - 1;

    private List<SvgSequenceRow> Stack(SequenceDiagram diagram, double y, out double bottom)
    {
        var rows = new List<SvgSequenceRow>();
        foreach (var item in diagram.Items)
        {
            var row = item switch
            {
                SequenceArrow { From: var from, To: var to } arrow when from == to => Box(arrow, from, to, arrow.Text, y),
                SequenceArrow arrow => Label(arrow, y),
                SequenceNote note => Box(note, note.First, note.Last, note.Text, y),
                SequenceGap gap => Box(gap, 0, _lanes.Length - 1, gap.Text, y),
                _ => throw new InvalidOperationException($"a diagram has no {item.GetType().Name}"),
            };
            rows.Add(row);
            y = row.Bottom + RowMargin;
        }
        bottom = y;
        return rows;
    }

    private SvgSequenceRow Label(SequenceArrow arrow, double y)
    {
        var gap = GapOf(arrow);
        var lines = TextLines.Wrap(arrow.Text, CharactersIn(_gaps[gap] - 2 * Padding), LinesOfLabel);
        return new SvgSequenceRow(arrow, lines, _lanes[gap], _gaps[gap], y, y + lines.Count * LineHeight + 4);
    }

    // From the lane before the first to the lane after the last, without touching either.
    private SvgSequenceRow Box(SequenceItem item, int first, int last, string text, double y)
    {
        if (_lanes.Length == 0)
            return new SvgSequenceRow(item, TextLines.Wrap(text, WidestGap, LinesOfNote), Left, 0, y, y + LineHeight);
        var left = first == 0 ? Left : _lanes[first - 1] + Padding;
        var right = last == _lanes.Length - 1 ? Width - Padding : _lanes[last + 1] - Padding;
        var lines = TextLines.Wrap(text, CharactersIn(right - left - 2 * Padding), LinesOfNote);
        return new SvgSequenceRow(item, lines, left, right - left, y, y + lines.Count * LineHeight + Padding);
    }
}

/// <summary>One item of a diagram at its place.</summary>
/// <param name="Item">The item.</param>
/// <param name="Lines">Its text.</param>
/// <param name="Left">Where its text's room begins.</param>
/// <param name="Width">How wide that is.</param>
/// <param name="Top">Where it begins.</param>
/// <param name="Bottom">Where it ends; the arrow of a message is there.</param>
internal sealed record SvgSequenceRow(SequenceItem Item, IReadOnlyList<string> Lines, double Left, double Width, double Top, double Bottom);
