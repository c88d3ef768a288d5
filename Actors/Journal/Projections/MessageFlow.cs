namespace ScsiActors.Journal;

/// <summary>A journal as the lines of a message flow: who told whom what.</summary>
public static class MessageFlow
{
    private const string ScriptsIndent = "            ";

    /// <summary>The lines, in the order in which the messages were sent. What actors tell themselves and what is for observers is left out.</summary>
    /// <param name="events">The events.</param>
    /// <param name="withScripts">True: every SCRIPTS instruction too, where an adapter was observed.</param>
    public static IEnumerable<string> Lines(IReadOnlyList<JournalEvent> events, bool withScripts = false)
    {
        var shown = events.Where(IsShown).ToArray();
        var names = new ActorNames(shown);
        var width = shown.Select(entry => Math.Max(names.Of(entry.From).Length, names.Of(entry.To).Length)).DefaultIfEmpty(0).Max();
        foreach (var entry in events)
        {
            if (entry.Kind == EventKinds.ScriptsTraced)
            {
                if (withScripts)
                    yield return ScriptsIndent + entry.Remark;
            }
            else if (IsShown(entry))
            {
                yield return IsMessage(in entry)
                    ? MessageText.Line(names.Of(entry.From), names.Of(entry.To), entry.Text, width)
                    : $"{names.Of(entry.To).PadRight(width)}  *  {"".PadRight(width)} {entry.Text}";
            }
        }
    }

    private static bool IsMessage(in JournalEvent entry) => entry.Kind.Role is EventRole.Message or EventRole.Data;

    private static bool IsShown(JournalEvent entry) => entry.Kind.Role != EventRole.Observation && (!IsMessage(in entry) || entry.From != entry.To);
}
