using System.Text;

namespace Akka.Configuration.Hocon;

/// <summary>Dotted paths: <c>a.b."c.d"</c> has the keys a, b and c.d.</summary>
internal static class HoconPath
{
    public static List<string> Split(string path)
    {
        var keys = new List<string>();
        var key = new StringBuilder();
        bool quoted = false;
        foreach (char c in path)
        {
            if (c == '"') quoted = !quoted;
            else if (c != '.' || quoted) key.Append(c);
            else Next();
        }

        Next();
        return keys;

        void Next()
        {
            keys.Add(key.ToString().Trim());
            key.Clear();
        }
    }

    /// <summary>The text with quotes and escapes where HOCON needs them.</summary>
    public static string Quote(string text)
    {
        if (text.Length > 0 && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')) return text;
        var quoted = new StringBuilder("\"");
        foreach (char c in text)
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append(@"\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }
}
