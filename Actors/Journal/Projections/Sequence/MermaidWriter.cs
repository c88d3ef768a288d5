using System.Text;

namespace ScsiActors.Journal;

/// <summary>Writes a sequence diagram as Mermaid text.</summary>
internal static class MermaidWriter
{
    private const string FaultColour = "rgba(220, 50, 47, 0.25)";

    public static string Write(SequenceDiagram diagram)
    {
        var text = new StringBuilder("sequenceDiagram\n");
        if (diagram.Title is { } title)
            text.Append("    title ").Append(Escape(title)).Append('\n');
        for (var i = 0; i < diagram.Lanes.Count; i++)
            text.Append("    participant a").Append(i).Append(" as ").Append(Escape(diagram.Lanes[i])).Append('\n');
        foreach (var item in diagram.Items)
            Append(text, item, diagram.Lanes.Count - 1);
        return text.ToString();
    }

    private static void Append(StringBuilder text, SequenceItem item, int lastLane)
    {
        switch (item)
        {
            case SequenceArrow arrow when arrow.IsFaulty:
                Coloured(text, $"a{arrow.From}-x a{arrow.To}: {Escape(arrow.Text)}");
                break;
            case SequenceArrow arrow:
                text.Append($"    a{arrow.From}->>a{arrow.To}: {Escape(arrow.Text)}\n");
                break;
            case SequenceNote note when note.IsFault:
                Coloured(text, $"Note over {Lanes(note.First, note.Last)}: {Escape(note.Text)}");
                break;
            case SequenceNote note:
                text.Append($"    Note over {Lanes(note.First, note.Last)}: {Escape(note.Text)}\n");
                break;
            case SequenceGap gap:
                text.Append($"    Note over {Lanes(0, lastLane)}: {Escape(gap.Text)}\n");
                break;
        }
    }

    private static void Coloured(StringBuilder text, string line) =>
        text.Append($"    rect {FaultColour}\n        {line}\n    end\n");

    private static string Lanes(int first, int last) => first == last ? $"a{first}" : $"a{first},a{last}";

    // A semicolon ends a statement, a hash begins a character code, and an angle bracket HTML.
    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            _ = c switch
            {
                '#' => escaped.Append("#35;"),
                ';' => escaped.Append("#59;"),
                '<' => escaped.Append("#lt;"),
                '>' => escaped.Append("#gt;"),
                < ' ' => escaped.Append(' '),
                _ => escaped.Append(c),
            };
        }
        return escaped.ToString();
    }
}
