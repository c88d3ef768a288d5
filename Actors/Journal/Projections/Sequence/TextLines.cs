namespace ScsiActors.Journal;

/// <summary>Breaks text into lines of a monospace font.</summary>
internal static class TextLines
{
    private const string Cut = "...";

    /// <summary>Lines of at most <paramref name="width"/> characters, broken at spaces where there are any; what does not fit into
    /// <paramref name="maximum"/> lines is cut, and the last line ends in "...".</summary>
    public static IReadOnlyList<string> Wrap(string text, int width, int maximum)
    {
        var lines = new List<string>();
        var rest = text.AsSpan().Trim();
        while (rest.Length > width && lines.Count < maximum - 1)
        {
            // One more than the width: a space right behind the line is as good a place as any.
            var space = rest[..(width + 1)].LastIndexOf(' ');
            var end = space > width / 3 ? space : width;
            lines.Add(rest[..end].TrimEnd().ToString());
            rest = rest[end..].TrimStart();
        }
        lines.Add(rest.Length <= width ? rest.ToString() : string.Concat(rest[..Math.Max(0, width - Cut.Length)].TrimEnd(), Cut));
        return lines;
    }
}
