using System.Globalization;

namespace ScsiActors.Host.Report;

/// <summary>How often what met what: a table whose cells are the darker the larger their number is, in steps of powers of ten; what never met is empty.</summary>
/// <param name="Caption">The heading.</param>
/// <param name="RowHeading">What rows are.</param>
/// <param name="Columns">The columns.</param>
/// <param name="Rows">The rows: a name, and a number for each column.</param>
internal sealed record HeatMap(string Caption, string RowHeading, IReadOnlyList<string> Columns, IReadOnlyList<(string Name, IReadOnlyList<long> Counts)> Rows)
    : ReportBlock
{
    private const int Steps = 5;

    /// <summary>A map of what a list of counted things says of two of their sides; rows with the largest numbers come first.</summary>
    /// <param name="caption">The heading.</param>
    /// <param name="rowHeading">What rows are.</param>
    /// <param name="things">For each: row, column, number.</param>
    /// <param name="columns">The columns in their order; null for those there are, the largest first.</param>
    public static HeatMap Of(
        string caption, string rowHeading, IReadOnlyCollection<(string Row, string Column, long Count)> things, IReadOnlyList<string>? columns = null)
    {
        columns ??= [.. things.GroupBy(static thing => thing.Column).OrderByDescending(static group => group.Sum(static thing => thing.Count)).Select(static group => group.Key)];
        var rows = things.GroupBy(static thing => thing.Row).OrderByDescending(static group => group.Sum(static thing => thing.Count))
            .ThenBy(static group => group.Key, StringComparer.Ordinal);
        return new HeatMap(caption, rowHeading, columns, [.. rows.Select(row => (row.Key,
            (IReadOnlyList<long>)[.. columns.Select(column => row.Where(thing => thing.Column == column).Sum(static thing => thing.Count))]))]);
    }

    internal override void WriteTo(MarkupWriter html)
    {
        using (ScrollBox.Open(html, Caption))
        using (html.Element("table", ("class", "heat")))
        {
            html.Leaf("caption", Caption);
            using (html.Element("thead"))
            using (html.Element("tr"))
            {
                html.Leaf("th", RowHeading, ("scope", "col"), ("class", "corner"));
                foreach (var column in Columns)
                    html.Leaf("th", column, ("scope", "col"));
            }
            using (html.Element("tbody"))
            {
                foreach (var (name, counts) in Rows)
                    WriteRow(html, name, counts);
            }
        }
    }

    private static void WriteRow(MarkupWriter html, string name, IReadOnlyList<long> counts)
    {
        using (html.Element("tr"))
        {
            html.Leaf("th", name, ("scope", "row"));
            foreach (var count in counts)
                html.Leaf("td", count == 0 ? "" : Figures.Fixed(count, 0), ("class", $"heat-{StepOf(count).ToString(CultureInfo.InvariantCulture)}"));
        }
    }

    private static int StepOf(long count) => count == 0 ? 0 : Math.Min(Steps, (int)Math.Log10(count) + 1);
}
