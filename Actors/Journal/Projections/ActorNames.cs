using System.Text.RegularExpressions;

namespace ScsiActors.Journal;

/// <summary>Names of actors as a person says them: <c>lun-0</c>, <c>queue</c>, <c>aio</c> where there is one logical unit, <c>lun-1:0</c> and so on where there
/// are several.</summary>
public sealed partial class ActorNames
{
    private readonly Dictionary<string, string> _short = [];
    private readonly bool _hasOneLogicalUnit;

    /// <summary>The names in <paramref name="events"/>.</summary>
    public ActorNames(IReadOnlyList<JournalEvent> events)
    {
        var names = new HashSet<string>();
        foreach (var entry in events)
        {
            names.Add(entry.From);
            names.Add(entry.To);
        }
        var units = names.Select(static name => OfLogicalUnit().Match(name)).Where(static match => match.Success)
            .Select(static match => $"{match.Groups[1].Value}:{match.Groups[2].Value}").Distinct();
        _hasOneLogicalUnit = units.Count() <= 1;
        foreach (var name in names)
            _short[name] = Shorten(name);
    }

    /// <summary>The short form of a name; of one that was not among the events, the name.</summary>
    public string Of(string name) => _short.GetValueOrDefault(name, name);

    private string Shorten(string name)
    {
        if (OfLogicalUnit().Match(name) is not { Success: true } match)
            return name;
        var part = match.Groups[3].Value;
        return _hasOneLogicalUnit
            ? part.Length == 0 ? $"lun-{match.Groups[2].Value}" : part
            : $"{(part.Length == 0 ? "lun" : part)}-{match.Groups[1].Value}:{match.Groups[2].Value}";
    }

    [GeneratedRegex("^target-([0-9]+)-lun-([0-9]+)(?:-(.+))?$", RegexOptions.CultureInvariant)]
    private static partial Regex OfLogicalUnit();
}
