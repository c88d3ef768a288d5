using System.Diagnostics.CodeAnalysis;
using Akka.Configuration.Hocon;

namespace Akka.Configuration;

/// <summary>An immutable tree of settings, read by dotted path; a part of a key that holds a dot is quoted: <c>a."b.c".d</c>.</summary>
public class Config
{
    /// <summary>An empty configuration.</summary>
    public Config() : this(new HoconRoot(new HoconValue(new HoconObject()))) { }

    public Config(HoconRoot root) => Root = root.Value;

    /// <summary>The settings of <paramref name="source"/> and, where it has none, those of <paramref name="fallback"/>.</summary>
    public Config(Config source, Config? fallback) : this(new HoconRoot(HoconValue.Merge(fallback?.Root, source.Root))) { }

    /// <summary>The empty configuration.</summary>
    public static Config Empty => ConfigurationFactory.Empty;

    /// <summary>The tree itself.</summary>
    public virtual HoconValue Root { get; }

    /// <summary>Whether there is no setting at all.</summary>
    public virtual bool IsEmpty => Root.IsEmpty;

    /// <summary>Whether <paramref name="path"/> has a value.</summary>
    public virtual bool HasPath(string path) => Find(path) is not null;

    /// <summary>The text at <paramref name="path"/>.</summary>
    [return: NotNullIfNotNull(nameof(@default))]
    public virtual string? GetString(string path, string? @default = null) => Find(path)?.GetString() ?? @default;

    public virtual bool GetBoolean(string path, bool @default = false) => Read(path, @default, HoconUnits.Boolean);

    public virtual int GetInt(string path, int @default = 0) => Read(path, @default, HoconUnits.Int);

    public virtual long GetLong(string path, long @default = 0) => Read(path, @default, HoconUnits.Long);

    public virtual float GetFloat(string path, float @default = 0) => Read(path, @default, static text => (float)HoconUnits.Double(text));

    public virtual double GetDouble(string path, double @default = 0) => Read(path, @default, HoconUnits.Double);

    public virtual decimal GetDecimal(string path, decimal @default = 0) => Read(path, @default, HoconUnits.Decimal);

    /// <summary>A size in bytes: <c>512</c>, <c>64KiB</c>, <c>64k</c> (1024 each) or <c>64kB</c> (1000 each).</summary>
    public virtual long? GetByteSize(string path) => GetByteSize(path, null);

    /// <inheritdoc cref="GetByteSize(string)"/>
    public virtual long? GetByteSize(string path, long? def) =>
        Read<long?>(path, def, static text => HoconUnits.Bytes(text));

    /// <summary>A duration: <c>10ms</c>, <c>5 s</c>, <c>1 minute</c>; a bare number counts milliseconds; <c>infinite</c> is
    /// <see cref="Timeout.InfiniteTimeSpan"/> where <paramref name="allowInfinite"/> permits it.</summary>
    public virtual TimeSpan GetTimeSpan(string path, TimeSpan? @default = null, bool allowInfinite = true) =>
        Read(path, @default.GetValueOrDefault(), text => HoconUnits.Duration(text, allowInfinite));

    /// <summary>The elements of a list, as text; no element where the path has no value.</summary>
    public virtual IList<string> GetStringList(string path) => GetStringList(path, []);

    /// <inheritdoc cref="GetStringList(string)"/>
    public virtual IList<string> GetStringList(string path, string[] @default) =>
        Find(path) is { } value ? value.GetStringList() : @default;

    public virtual IList<int> GetIntList(string path) => ReadList(path, HoconUnits.Int);

    public virtual IList<long> GetLongList(string path) => ReadList(path, HoconUnits.Long);

    public virtual IList<double> GetDoubleList(string path) => ReadList(path, HoconUnits.Double);

    public virtual IList<bool> GetBooleanList(string path) => ReadList(path, HoconUnits.Boolean);

    /// <summary>The settings below <paramref name="path"/>; null where the path has no value.</summary>
    public virtual Config? GetConfig(string path) => Find(path) is { } value ? new Config(new HoconRoot(value)) : null;

    /// <summary>The value at <paramref name="path"/>, or null.</summary>
    public HoconValue? GetValue(string path) => Find(path);

    /// <summary>These settings and, where they have none, those of <paramref name="fallback"/>; objects are merged key by key.</summary>
    public virtual Config WithFallback(Config? fallback) =>
        fallback is null || fallback.IsEmpty || ReferenceEquals(fallback, this) ? this : new Config(this, fallback);

    /// <summary>The settings of the top level, in the order in which they were written.</summary>
    public virtual IEnumerable<KeyValuePair<string, HoconValue>> AsEnumerable() =>
        Root.IsObject() ? Root.GetObject().Items : [];

    public static Config operator +(Config config, string fallback) => config.WithFallback(ConfigurationFactory.ParseString(fallback));

    public static implicit operator Config(string hocon) => ConfigurationFactory.ParseString(hocon);

    /// <summary>The settings as HOCON text.</summary>
    public override string ToString() => Root.ToString();

    private T Read<T>(string path, T @default, Func<string, T> parse)
    {
        string? text = Find(path)?.GetString();
        return text is null ? @default : Convert(path, text, parse);
    }

    private List<T> ReadList<T>(string path, Func<string, T> parse) =>
        [.. GetStringList(path).Select(text => Convert(path, text, parse))];

    private static T Convert<T>(string path, string text, Func<string, T> parse)
    {
        try
        {
            return parse(text);
        }
        catch (FormatException e)
        {
            throw new ConfigurationException($"{path} = \"{text}\": {e.Message}", e);
        }
    }

    private HoconValue? Find(string path)
    {
        HoconValue? value = Root;
        foreach (string key in HoconPath.Split(path))
        {
            if (value is null || !value.IsObject()) return null;
            value = value.GetObject().GetKey(key);
        }

        return value is { IsNull: false } ? value : null;
    }
}

/// <summary>Questions that may also be asked of a configuration that is not there.</summary>
public static class ConfigExtensions
{
    public static bool IsNullOrEmpty([NotNullWhen(false)] this Config? config) => config is null || config.IsEmpty;
}
