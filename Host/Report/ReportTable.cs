using System.Globalization;

namespace ScsiActors.Host.Report;

/// <summary>What a cell says besides its text; the style sheet shows it by more than a colour.</summary>
internal enum CellKind
{
    /// <summary>Words, at the left.</summary>
    Text,

    /// <summary>A number, at the right.</summary>
    Number,

    /// <summary>A ratio close enough to 1.</summary>
    Near,

    /// <summary>A ratio too far above 1.</summary>
    Above,

    /// <summary>A ratio too far below 1.</summary>
    Below,

    /// <summary>Something that holds.</summary>
    Good,

    /// <summary>Something that does not.</summary>
    Bad,
}

/// <summary>One cell of a table.</summary>
internal sealed record ReportCell(string Text, CellKind Kind)
{
    /// <summary>A place on the page that the cell leads to; null for none.</summary>
    public string? Address { get; init; }

    /// <summary>A number that is not there.</summary>
    public static readonly ReportCell Missing = new(Figures.None, CellKind.Number);

    /// <summary>Words.</summary>
    public static ReportCell Words(string text) => new(text, CellKind.Text);

    /// <summary>A number with this many decimals.</summary>
    public static ReportCell Number(double? value, int decimals) =>
        value is { } number && double.IsFinite(number) ? new ReportCell(Figures.Fixed(number, decimals), CellKind.Number) : Missing;

    /// <summary>A ratio whose goal is 1, marked where it is off by more than <paramref name="tolerance"/> (0.15: 15 %).</summary>
    public static ReportCell Ratio(double? ratio, double tolerance) => ratio switch
    {
        { } value when !double.IsFinite(value) => Missing,
        { } value when value > 1 + tolerance => new ReportCell(Figures.Fixed(value, 2), CellKind.Above),
        { } value when value < 1 - tolerance => new ReportCell(Figures.Fixed(value, 2), CellKind.Below),
        { } value => new ReportCell(Figures.Fixed(value, 2), CellKind.Near),
        null => Missing,
    };

    /// <summary>Something that holds or does not.</summary>
    public static ReportCell Check(bool holds, string text) => new(text, holds ? CellKind.Good : CellKind.Bad);
}

/// <summary>A column; neighbours with the same <paramref name="Group"/> share a heading above their own.</summary>
internal sealed record ReportColumn(string Name, string Group = "");

/// <summary>A row: what it is about, a cell for each column, and possibly a remark that goes below the table.</summary>
internal sealed record ReportRow(string Header, IReadOnlyList<ReportCell> Cells, string? Note = null);

/// <summary>Rows that belong together; a group without a name has no heading.</summary>
internal sealed record ReportRowGroup(string Name, IReadOnlyList<ReportRow> Rows);

/// <summary>A table; where it is wider than the page it scrolls, and its first column stays in sight.</summary>
internal sealed record ReportTable(string Caption, string RowHeading, IReadOnlyList<ReportColumn> Columns, IReadOnlyList<ReportRowGroup> Groups)
    : ReportBlock
{
    private const string Up = "▲";
    private const string Down = "▼";

    internal override void WriteTo(MarkupWriter html)
    {
        var notes = new List<string>();
        using (ScrollBox.Open(html, Caption))
        using (html.Element("table"))
        {
            html.Leaf("caption", Caption);
            using (html.Element("thead"))
                WriteHead(html);
            foreach (var group in Groups)
            {
                using (html.Element("tbody"))
                    WriteGroup(html, group, notes);
            }
        }
        WriteNotes(html, notes);
    }

    private void WriteHead(MarkupWriter html)
    {
        var groups = ColumnGroups();
        var hasGroups = groups.Exists(static group => group.Name.Length > 0);
        if (hasGroups)
        {
            using (html.Element("tr"))
            {
                html.Leaf("th", RowHeading, ("scope", "col"), ("class", "corner"), ("rowspan", "2"));
                foreach (var (name, span) in groups)
                    html.Leaf("th", name, ("scope", "colgroup"), ("colspan", Count(span)), ("class", "over"));
            }
        }
        using (html.Element("tr"))
        {
            if (!hasGroups)
                html.Leaf("th", RowHeading, ("scope", "col"), ("class", "corner"));
            for (var i = 0; i < Columns.Count; i++)
                html.Leaf("th", Columns[i].Name, ("scope", "col"), ("class", ColumnClass(i)));
        }
    }

    private void WriteGroup(MarkupWriter html, ReportRowGroup group, List<string> notes)
    {
        if (group.Name.Length > 0)
        {
            using (html.Element("tr", ("class", "group")))
            {
                using (html.Element("th", ("scope", "rowgroup"), ("colspan", Count(Columns.Count + 1))))
                    html.Leaf("span", group.Name);
            }
        }
        foreach (var row in group.Rows)
        {
            using (html.Element("tr"))
            {
                using (html.Element("th", ("scope", "row")))
                    WriteRowHeader(html, row, notes);
                for (var i = 0; i < Columns.Count; i++)
                    WriteCell(html, i < row.Cells.Count ? row.Cells[i] : ReportCell.Missing, StartsGroup(i));
            }
        }
    }

    private static void WriteRowHeader(MarkupWriter html, ReportRow row, List<string> notes)
    {
        html.Text(row.Header);
        if (row.Note is null)
            return;
        if (!notes.Contains(row.Note))
            notes.Add(row.Note);
        html.Leaf("sup", Count(notes.IndexOf(row.Note) + 1));
    }

    private static void WriteCell(MarkupWriter html, ReportCell cell, bool startsGroup)
    {
        var cssClass = cell.Kind.ToString().ToLowerInvariant();
        using (html.Element("td", ("class", startsGroup ? $"{cssClass} first" : cssClass)))
        {
            if (cell.Kind is CellKind.Above or CellKind.Below)
                html.Leaf("span", cell.Kind == CellKind.Above ? Up : Down, ("class", "arrow"));
            if (cell.Kind is CellKind.Good or CellKind.Bad)
                html.Leaf("span", cell.Kind == CellKind.Good ? "✓" : "✗", ("class", "arrow"));
            if (cell.Address is { } address)
                html.Leaf("a", cell.Text, ("href", address));
            else
                html.Text(cell.Text);
        }
    }

    private static void WriteNotes(MarkupWriter html, List<string> notes)
    {
        if (notes.Count == 0)
            return;
        using (html.Element("ol", ("class", "notes")))
        {
            foreach (var note in notes)
                html.Leaf("li", note);
        }
    }

    private List<(string Name, int Span)> ColumnGroups()
    {
        var groups = new List<(string Name, int Span)>();
        for (var i = 0; i < Columns.Count; i++)
        {
            if (StartsGroup(i))
                groups.Add((Columns[i].Group, 1));
            else
                groups[^1] = groups[^1] with { Span = groups[^1].Span + 1 };
        }
        return groups;
    }

    private bool StartsGroup(int column) => column == 0 || Columns[column].Group != Columns[column - 1].Group;

    private string ColumnClass(int column)
    {
        var rows = Groups.SelectMany(static group => group.Rows);
        var isText = rows.All(row => column >= row.Cells.Count || row.Cells[column].Kind == CellKind.Text);
        return $"{(isText ? "text" : "number")}{(StartsGroup(column) ? " first" : "")}";
    }

    private static string Count(int number) => number.ToString(CultureInfo.InvariantCulture);
}
