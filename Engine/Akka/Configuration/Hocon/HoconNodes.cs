namespace Akka.Configuration.Hocon;

/// <summary>A value as written, before substitutions are resolved.</summary>
internal abstract record HoconNode;

/// <summary>A value that needs no resolving: text, null, or what an include brought.</summary>
internal sealed record LiteralNode(HoconValue Value, bool Quoted = false) : HoconNode
{
    public bool IsBlank => !Quoted && Value.GetString() is { } s && string.IsNullOrWhiteSpace(s);
}

/// <summary><c>${path}</c>.</summary>
internal sealed record SubstitutionNode(string Path, int Position) : HoconNode;

/// <summary>Several values side by side: texts are joined, lists appended, objects merged.</summary>
internal sealed record ConcatenationNode(List<HoconNode> Parts, int Position) : HoconNode;

/// <summary>A list as written.</summary>
internal sealed record ListNode(List<HoconNode> Elements) : HoconNode;

/// <summary>An object as written: each key with all values it was given, oldest first.</summary>
internal sealed record ObjectNode : HoconNode
{
    public Dictionary<string, Slot> Slots { get; } = new(StringComparer.Ordinal);

    public void Assign(string key, HoconNode value)
    {
        if (!Slots.TryGetValue(key, out Slot? slot)) Slots.Add(key, slot = new Slot());
        if (slot.Written is [.., ObjectNode last] && value is ObjectNode next) last.Absorb(next);
        else slot.Written.Add(value);
    }

    /// <summary>Adds what <paramref name="later"/> says, as if it were written at the end of this object.</summary>
    public void Absorb(ObjectNode later)
    {
        foreach ((string key, Slot slot) in later.Slots)
        {
            foreach (HoconNode value in slot.Written) Assign(key, value);
        }
    }
}

/// <summary>The values that one key was given, oldest first.</summary>
internal sealed class Slot
{
    public List<HoconNode> Written { get; } = [];

    /// <summary>How many of the values count at this moment: while value i is being resolved, a substitution that leads back here sees the
    /// i values before it, so that <c>a = ${a} [1]</c> extends the old a.</summary>
    public int Visible { get; set; } = int.MaxValue;

    public int Count => Math.Min(Visible, Written.Count);
}
