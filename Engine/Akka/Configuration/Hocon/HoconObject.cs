namespace Akka.Configuration.Hocon;

/// <summary>Keys and their values, in the order in which they were written.</summary>
public class HoconObject
{
    private readonly Dictionary<string, HoconValue> _items = new(StringComparer.Ordinal);

    public Dictionary<string, HoconValue> Items => _items;

    /// <summary>The value of <paramref name="key"/>, or null.</summary>
    public HoconValue? GetKey(string key) => _items.GetValueOrDefault(key);

    internal void Set(string key, HoconValue value) => _items[key] = value;
}
