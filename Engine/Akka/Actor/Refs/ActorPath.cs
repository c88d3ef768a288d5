using System.Diagnostics.CodeAnalysis;

namespace Akka.Actor;

/// <summary>The name of an actor and of all its parents, up to the root of its system.</summary>
public abstract class ActorPath : IEquatable<ActorPath>, IComparable<ActorPath>
{
    private const string Punctuation = "-_.*$+:@&=,!~';()";

    /// <summary>The <see cref="Uid"/> of a path that means any incarnation of its name.</summary>
    public const long UndefinedUid = 0;

    private string? _text;

    private protected ActorPath(Address address, ActorPath? parent, string name, long uid)
    {
        Address = address;
        ParentOrNull = parent;
        Name = name;
        Uid = uid;
        Depth = parent is null ? 0 : parent.Depth + 1;
    }

    public Address Address { get; }

    /// <summary>The last element; <c>/</c> for the root.</summary>
    public string Name { get; }

    /// <summary>Tells incarnations of one name apart; zero where none is meant.</summary>
    public long Uid { get; }

    /// <summary>How many elements there are below the root.</summary>
    public int Depth { get; }

    /// <summary>The path without its last element; the root is its own parent.</summary>
    public ActorPath Parent => ParentOrNull ?? this;

    public ActorPath Root => ParentOrNull is null ? this : ParentOrNull.Root;

    /// <summary>The names from below the root to this one.</summary>
    public IReadOnlyList<string> Elements
    {
        get
        {
            var elements = new string[Depth];
            for (ActorPath path = this; path.ParentOrNull is { } parent; path = parent) elements[path.Depth - 1] = path.Name;
            return elements;
        }
    }

    internal ActorPath? ParentOrNull { get; }

    public ActorPath Child(string childName) => new ChildActorPath(this, childName, UndefinedUid);

    public static ActorPath operator /(ActorPath path, string name) => path.Child(name);

    public static ActorPath operator /(ActorPath path, IEnumerable<string> names) => names.Aggregate(path, static (p, name) => p / name);

    public abstract ActorPath WithUid(long uid);

    /// <summary>Whether <paramref name="name"/> may be an actor's name: not empty, no leading <c>$</c>, and of the permitted
    /// characters.</summary>
    public static bool IsValidPathElement(string? name) => !string.IsNullOrEmpty(name) && name[0] != '$' && IsValidCharacters(name);

    public static ActorPath Parse(string path) =>
        TryParse(path, out ActorPath? parsed) ? parsed : throw new UriFormatException($"\"{path}\" is not the path of an actor");

    public static bool TryParse(string path, [NotNullWhen(true)] out ActorPath? actorPath)
    {
        actorPath = null;
        int scheme = path.IndexOf("://", StringComparison.Ordinal);
        if (scheme <= 0) return false;
        int slash = path.IndexOf('/', scheme + 3);
        string authority = slash < 0 ? path[(scheme + 3)..] : path[(scheme + 3)..slash];
        if (ParseAddress(path[..scheme], authority) is not { } address) return false;
        ActorPath result = new RootActorPath(address);
        string rest = slash < 0 ? "" : path[(slash + 1)..];
        long uid = UndefinedUid;
        int hash = rest.IndexOf('#');
        if (hash >= 0)
        {
            if (!long.TryParse(rest[(hash + 1)..], out uid)) return false;
            rest = rest[..hash];
        }

        foreach (string element in rest.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!IsValidCharacters(element)) return false;
            result /= element;
        }

        actorPath = uid == UndefinedUid ? result : result.WithUid(uid);
        return true;
    }

    /// <summary>The path from its root, as <c>/user/a</c>.</summary>
    public string ToStringWithoutAddress() => Depth == 0 ? "/" : "/" + string.Join('/', Elements);

    public string ToStringWithAddress() => _text ??= Address + ToStringWithoutAddress();

    public string ToStringWithUid() => Uid == UndefinedUid ? ToString() : $"{ToString()}#{Uid}";

    public string ToSerializationFormat() => ToStringWithUid();

    public override string ToString() => ToStringWithAddress();

    /// <summary>Whether both name the same place; the uid does not count.</summary>
    public bool Equals(ActorPath? other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (other is null || other.Depth != Depth || !other.Address.Equals(Address)) return false;
        for (ActorPath a = this, b = other; a.ParentOrNull is { } parent; a = parent, b = b.Parent)
        {
            if (a.Name != b.Name) return false;
            if (ReferenceEquals(parent, b.ParentOrNull)) return true;
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as ActorPath);

    public override int GetHashCode() => string.GetHashCode(Name, StringComparison.Ordinal) * 31 + Depth;

    public int CompareTo(ActorPath? other) =>
        other is null ? 1 : string.CompareOrdinal(ToString(), other.ToString());

    public static bool operator ==(ActorPath? left, ActorPath? right) => left is null ? right is null : left.Equals(right);

    public static bool operator !=(ActorPath? left, ActorPath? right) => !(left == right);

    private static bool IsValidCharacters(string name)
    {
        foreach (char c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && !Punctuation.Contains(c)) return false;
        }

        return true;
    }

    private static Address? ParseAddress(string protocol, string authority)
    {
        int at = authority.IndexOf('@');
        if (at < 0) return authority.Length == 0 ? null : new Address(protocol, authority);
        int colon = authority.LastIndexOf(':');
        return colon > at && int.TryParse(authority[(colon + 1)..], out int port)
            ? new Address(protocol, authority[..at], authority[(at + 1)..colon], port)
            : null;
    }
}

/// <summary>The root of a system's actors, <c>akka://name/</c>.</summary>
public sealed class RootActorPath(Address address, string name = "/") : ActorPath(address, null, name, UndefinedUid)
{
    public override ActorPath WithUid(long uid) =>
        uid == UndefinedUid ? this : throw new NotSupportedException("The root path has no uid");
}

/// <summary>A path below the root.</summary>
public sealed class ChildActorPath(ActorPath parentPath, string name, long uid) : ActorPath(parentPath.Address, parentPath, name, uid)
{
    public override ActorPath WithUid(long uid) => uid == Uid ? this : new ChildActorPath(Parent, Name, uid);
}
