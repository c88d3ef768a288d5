using System.Globalization;

namespace ScsiActors.Host.Report.Charts;

/// <summary>Which side of its point a text is on.</summary>
internal enum Anchor
{
    /// <summary>Begins at the point.</summary>
    Start,

    /// <summary>Has the point in its middle.</summary>
    Middle,

    /// <summary>Ends at the point.</summary>
    End,
}

/// <summary>Writes the shapes of one picture; positions and sizes are pixels, colours are classes of the style sheet.</summary>
internal sealed class SvgWriter(MarkupWriter markup)
{
    /// <summary>The size of ordinary text in a picture, in pixels.</summary>
    public const double TextSize = 12;

    /// <summary>The size of the text of ticks and remarks, in pixels.</summary>
    public const double SmallSize = 11;

    /// <summary>Opens a picture of this size that is never drawn larger than the style sheet lets it; the scope ends it.</summary>
    public MarkupWriter.Scope Picture(double width, double height, string cssClass, string title, string description)
    {
        var scope = markup.Element("svg", ("class", cssClass), ("viewBox", $"0 0 {Number(width)} {Number(height)}"), ("width", Number(width)),
            ("height", Number(height)), ("role", "img"), ("xmlns", "http://www.w3.org/2000/svg"));
        markup.Leaf("title", title);
        markup.Leaf("desc", description);
        return scope;
    }

    /// <summary>A rectangle; what has a tooltip tells it to whoever points at it.</summary>
    public void Rectangle(double x, double y, double width, double height, string cssClass, string? tooltip = null)
    {
        var scope = markup.Element("rect", ("class", cssClass), ("x", Number(x)), ("y", Number(y)), ("width", Number(width)),
            ("height", Number(height)));
        EndShape(scope, tooltip);
    }

    /// <summary>A straight line.</summary>
    public void Line(double x1, double y1, double x2, double y2, string cssClass) => markup.Empty("line", ("class", cssClass),
        ("x1", Number(x1)), ("y1", Number(y1)), ("x2", Number(x2)), ("y2", Number(y2)));

    /// <summary>A path in SVG's own notation.</summary>
    public void Path(string data, string cssClass, string? tooltip = null) =>
        EndShape(markup.Element("path", ("class", cssClass), ("d", data)), tooltip);

    /// <summary>A circle.</summary>
    public void Circle(double x, double y, double radius, string cssClass, string? tooltip = null) =>
        EndShape(markup.Element("circle", ("class", cssClass), ("cx", Number(x)), ("cy", Number(y)), ("r", Number(radius))), tooltip);

    /// <summary>One line of text whose baseline is at <paramref name="y"/>.</summary>
    public void Text(double x, double y, string text, string cssClass, Anchor anchor = Anchor.Start) => markup.Leaf("text", text,
        ("class", $"{cssClass} {AnchorClass(anchor)}"), ("x", Number(x)), ("y", Number(y)));

    /// <summary>One line of text of which the first part is the more important.</summary>
    public void Text(double x, double y, string main, string rest, string cssClass, Anchor anchor = Anchor.Start)
    {
        using (markup.Element("text", ("class", $"{cssClass} {AnchorClass(anchor)}"), ("x", Number(x)), ("y", Number(y))))
        {
            markup.Leaf("tspan", main, ("class", "main"));
            markup.Leaf("tspan", $" {rest}", ("class", "rest"));
        }
    }

    /// <summary>A position or size with at most two decimals.</summary>
    public static string Number(double value)
    {
        var text = value.ToString("0.##", CultureInfo.InvariantCulture);
        return text == "-0" ? "0" : text;
    }

    private void EndShape(MarkupWriter.Scope scope, string? tooltip)
    {
        if (tooltip is not null)
            markup.Leaf("title", tooltip);
        scope.Dispose();
    }

    private static string AnchorClass(Anchor anchor) => anchor switch { Anchor.Middle => "mid", Anchor.End => "end", _ => "start" };
}
