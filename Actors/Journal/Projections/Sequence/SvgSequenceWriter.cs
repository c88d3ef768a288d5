using System.Globalization;
using System.Security;
using System.Text;

namespace ScsiActors.Journal;

/// <summary>Writes a sequence diagram as SVG.</summary>
internal sealed class SvgSequenceWriter(SequenceDiagram diagram, bool isStandalone, bool showTimes)
{
    private const double HeadLength = 7;
    private const double HeadHalfWidth = 3.5;

    private const string Style = """
        <style>
        svg { color: #1f2328; background: #ffffff }
        .sd-text { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace }
        .sd-line { stroke-dasharray: 3 3; opacity: .45 }
        .sd-time { opacity: .6 }
        .sd-note { color: #59636e }
        .sd-fault { color: #c62828 }
        @media (prefers-color-scheme: dark) {
          svg { color: #e6edf3; background: #0d1117 }
          .sd-note { color: #9198a1 }
          .sd-fault { color: #ff7b72 }
        }
        </style>

        """;

    private readonly SvgSequenceLayout _layout = new(diagram, showTimes);
    private readonly StringBuilder _svg = new();

    /// <summary>The SVG element, with a line feed at its end.</summary>
    public string Write()
    {
        var title = diagram.Title ?? "Sequence diagram";
        Add($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {_layout.Width:0.#} {_layout.Height:0.#}\" width=\"{_layout.Width:0.#}\" ");
        Add($"height=\"{_layout.Height:0.#}\" role=\"img\" aria-label=\"{Escape(title)}\">\n");
        if (isStandalone)
            _svg.Append(Style);
        if (_layout.TitleLines.Count > 0)
            Text(_layout.TitleLines, _layout.Width / 2, SvgSequenceLayout.Padding, "font-weight=\"bold\"");
        for (var lane = 0; lane < diagram.Lanes.Count; lane++)
            Lane(lane);
        foreach (var row in _layout.Rows)
            Row(row);
        return _svg.Append("</svg>\n").ToString();
    }

    private void Lane(int lane)
    {
        var x = _layout.LaneX(lane);
        var width = _layout.NameWidth(lane);
        Add($"<g class=\"sd-lane\"><title>{Escape(diagram.Lanes[lane])}</title>\n");
        Add($"<rect x=\"{x - width / 2:0.#}\" y=\"{_layout.HeadTop:0.#}\" width=\"{width:0.#}\" height=\"{_layout.HeadHeight:0.#}\" rx=\"4\" ");
        Add($"fill=\"none\" stroke=\"currentColor\"/>\n");
        var lines = _layout.Names[lane];
        Text(lines, x, _layout.HeadTop + (_layout.HeadHeight - lines.Count * SvgSequenceLayout.LineHeight) / 2);
        Add($"<path class=\"sd-line\" d=\"{LaneLine(x)}\" fill=\"none\" stroke=\"currentColor\"/></g>\n");
    }

    // The line of a lane, with holes where boxes stand: a box has no background that would hide it.
    private string LaneLine(double x)
    {
        var path = new StringBuilder();
        var top = _layout.LinesTop;
        foreach (var row in _layout.Rows.Where(row => IsBox(row) && x >= row.Left && x <= row.Left + row.Width))
        {
            path.Append(CultureInfo.InvariantCulture, $"M{x:0.#} {top:0.#}V{row.Top:0.#}");
            top = row.Bottom;
        }
        return path.Append(CultureInfo.InvariantCulture, $"M{x:0.#} {top:0.#}V{_layout.LinesBottom:0.#}").ToString();
    }

    private static bool IsBox(SvgSequenceRow row) => row.Item is not SequenceArrow { From: var from, To: var to } || from == to;

    private void Row(SvgSequenceRow row)
    {
        var (classes, text, time) = row.Item switch
        {
            SequenceArrow arrow => (arrow.IsFaulty ? "sd-arrow sd-fault" : "sd-arrow", arrow.Text, (long?)arrow.Time),
            SequenceNote note => (note.IsFault ? "sd-note sd-fault" : "sd-note", note.Text, note.Time),
            SequenceGap gap => ("sd-note", gap.Text, null),
            _ => throw new InvalidOperationException($"a diagram has no {row.Item.GetType().Name}"),
        };
        Add($"<g class=\"{classes}\"><title>{Escape(text)}</title>\n");
        if (IsBox(row))
            Box(row);
        else
            Arrow(row, (SequenceArrow)row.Item);
        if (showTimes && time is { } at)
            Time(at, row.Bottom);
        _svg.Append("</g>\n");
    }

    private void Box(SvgSequenceRow row)
    {
        if (row.Item is not SequenceGap)
        {
            Add($"<rect x=\"{row.Left:0.#}\" y=\"{row.Top:0.#}\" width=\"{row.Width:0.#}\" height=\"{row.Bottom - row.Top:0.#}\" rx=\"2\" ");
            Add($"fill=\"none\" stroke=\"currentColor\"/>\n");
        }
        Text(row.Lines, row.Left + row.Width / 2, row.Top + SvgSequenceLayout.Padding / 2);
    }

    private void Arrow(SvgSequenceRow row, SequenceArrow arrow)
    {
        var (from, to) = (_layout.LaneX(arrow.From), _layout.LaneX(arrow.To));
        var back = to > from ? -HeadLength : HeadLength;
        Add($"<path d=\"M{from:0.#} {row.Bottom:0.#}H{to + back:0.#}\" fill=\"none\" stroke=\"currentColor\"/>");
        Add($"<path d=\"M{to:0.#} {row.Bottom:0.#}l{back:0.#} {-HeadHalfWidth:0.#}v{2 * HeadHalfWidth:0.#}z\" fill=\"currentColor\"/>\n");
        Text(row.Lines, row.Left + row.Width / 2, row.Top);
    }

    private void Time(long time, double y)
    {
        var text = TimeText.Of(time);
        Add($"<text class=\"sd-text sd-time\" x=\"{_layout.Left - SvgSequenceLayout.Padding:0.#}\" y=\"{y:0.#}\" ");
        Add($"font-family=\"monospace\" font-size=\"{SvgSequenceLayout.FontSize - 1:0.#}\" fill=\"currentColor\" text-anchor=\"end\">{text}</text>\n");
    }

    // The length is stated, so that another monospace font than the one it was measured for keeps between its lanes.
    private void Text(IReadOnlyList<string> lines, double x, double top, string attributes = "")
    {
        for (var i = 0; i < lines.Count; i++)
        {
            if (lines[i].Length == 0)
                continue;
            var baseline = top + (i + 1) * SvgSequenceLayout.LineHeight - 4;
            Add($"<text class=\"sd-text\" x=\"{x:0.#}\" y=\"{baseline:0.#}\" textLength=\"{lines[i].Length * SvgSequenceLayout.CharacterWidth:0.#}\" ");
            Add($"lengthAdjust=\"spacingAndGlyphs\" font-family=\"monospace\" font-size=\"{SvgSequenceLayout.FontSize:0.#}\" fill=\"currentColor\" ");
            Add($"text-anchor=\"middle\"{(attributes.Length > 0 ? " " : "")}{attributes}>{Escape(lines[i])}</text>\n");
        }
    }

    private void Add(FormattableString text) => _svg.Append(text.ToString(CultureInfo.InvariantCulture));

    // XML has no control characters, not even escaped.
    private static string Escape(string text) =>
        SecurityElement.Escape(string.Create(text.Length, text, static (to, from) =>
        {
            for (var i = 0; i < from.Length; i++)
                to[i] = char.IsControl(from[i]) || char.IsSurrogate(from[i]) || from[i] >= '\uFFFE' ? ' ' : from[i];
        }));
}
