namespace ScsiActors.Journal;

/// <summary>Messages as text for people: the lines of a message flow, in golden files and on the screen.</summary>
public static class MessageText
{
    private const int NameWidth = 6;

    /// <summary>One line of a message flow.</summary>
    /// <param name="from">Who says it.</param>
    /// <param name="to">To whom.</param>
    /// <param name="message">What.</param>
    /// <param name="nameWidth">The columns for a name, so that lines are aligned.</param>
    public static string Line(string from, string to, object message, int nameWidth = NameWidth) => Line(from, to, Of(message), nameWidth);

    /// <summary>A message: its name, and what distinguishes it from others of that name.</summary>
    public static string Of(object message)
    {
        var entry = new JournalEvent { Kind = EventKinds.Of(message) };
        entry.Kind.Fill(message, ref entry);
        return entry.Text;
    }

    internal static string Line(string from, string to, string text, int nameWidth) =>
        $"{from.PadRight(nameWidth)} -> {to.PadRight(nameWidth)}  {text}";
}
