namespace ScsiActors.Host.Report.Charts;

/// <summary>How wide text gets at most: the reader's font is not known, so the widths are those of a wide sans-serif.</summary>
internal static class TextMetrics
{
    private const double Bold = 1.12;

    /// <summary>The width of <paramref name="text"/> in pixels at a font size of <paramref name="size"/> pixels.</summary>
    public static double Width(string text, double size, bool isBold = false)
    {
        var ems = 0.0;
        foreach (var character in text)
            ems += Ems(character);
        return ems * size * (isBold ? Bold : 1);
    }

    /// <summary>Breaks text at spaces into lines of at most <paramref name="width"/> pixels; a word that is longer keeps its line.</summary>
    public static IReadOnlyList<string> Wrap(string text, double width, double size, bool isBold = false)
    {
        var lines = new List<string>();
        var line = "";
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var longer = line.Length == 0 ? word : $"{line} {word}";
            if (line.Length > 0 && Width(longer, size, isBold) > width)
            {
                lines.Add(line);
                line = word;
            }
            else
            {
                line = longer;
            }
        }
        lines.Add(line);
        return lines;
    }

    private static double Ems(char character) => character switch
    {
        'i' or 'j' or 'l' or 'I' or '|' or '.' or ',' or ':' or ';' or '\'' or '!' or ' ' => 0.34,
        'f' or 't' or 'r' or '(' or ')' or '[' or ']' or '-' or '/' => 0.42,
        'm' or 'M' or 'W' or '%' or '@' => 0.99,
        'w' or '×' or '±' or '=' or '<' or '>' or '+' or '~' or '≤' or '≥' or '→' => 0.84,
        >= 'A' and <= 'Z' => 0.77,
        // Scripts with wide letters.
        >= '\u2E80' => 1.1,
        _ => 0.65,
    };
}
