namespace Akka.Configuration.Hocon;

/// <summary>Turns what was written into values: a substitution stands for the final value of its path in the same text.</summary>
internal sealed class HoconResolver(ObjectNode root, HoconReader text)
{
    public HoconValue Resolve() => Resolve(root);

    private HoconValue Resolve(HoconNode node) => node switch
    {
        LiteralNode literal => literal.Value,
        SubstitutionNode substitution => Substitute(substitution),
        ListNode list => new HoconValue((IList<HoconValue>)[.. list.Elements.Select(Resolve)]),
        ConcatenationNode concatenation => Concatenate(concatenation),
        ObjectNode fields => Fields(fields),
        _ => throw new InvalidOperationException(node.ToString()),
    };

    private HoconValue Fields(ObjectNode node)
    {
        var fields = new HoconObject();
        foreach ((string key, Slot slot) in node.Slots)
        {
            if (Resolve(slot) is { } value) fields.Set(key, value);
        }

        return new HoconValue(fields);
    }

    private HoconValue? Resolve(Slot slot)
    {
        int count = slot.Count, before = slot.Visible;
        HoconValue? value = null;
        for (int i = 0; i < count; i++)
        {
            // What an object holds may refer to its neighbours in the same object; its own slots watch for circles.
            if (slot.Written[i] is not ObjectNode) slot.Visible = i;
            try
            {
                value = HoconValue.Merge(value, Resolve(slot.Written[i]));
            }
            finally
            {
                slot.Visible = before;
            }
        }

        return value;
    }

    private HoconValue Substitute(SubstitutionNode node) => Find(root, HoconPath.Split(node.Path), 0) ?? throw text.Error(
        $"${{{node.Path}}} stands for nothing: there is no such setting in this text, or it refers back to this one", node.Position);

    // The path is followed through the newest value first, and only what is asked for is resolved: a = { b = 1, c = ${a.b} } is no circle.
    private HoconValue? Find(HoconNode node, List<string> path, int depth)
    {
        if (depth == path.Count) return Resolve(node);
        if (node is not ObjectNode fields) return Find(Resolve(node), path, depth);
        if (!fields.Slots.TryGetValue(path[depth], out Slot? slot)) return null;
        if (depth == path.Count - 1) return Resolve(slot);
        HoconValue? found = null;
        for (int i = slot.Count - 1; i >= 0; i--)
        {
            HoconNode written = slot.Written[i];
            if (FindIn(slot, i, path, depth + 1) is { } deeper) found = found is null ? deeper : HoconValue.Merge(deeper, found);
            if (found is { } value && !value.IsObject()) break;
            if (written is not (ObjectNode or SubstitutionNode or ConcatenationNode)) break;
        }

        return found;
    }

    private HoconValue? FindIn(Slot slot, int index, List<string> path, int depth)
    {
        HoconNode written = slot.Written[index];
        if (written is ObjectNode) return Find(written, path, depth);
        int before = slot.Visible;
        slot.Visible = index;
        try
        {
            return Find(written, path, depth);
        }
        finally
        {
            slot.Visible = before;
        }
    }

    private static HoconValue? Find(HoconValue? value, List<string> path, int depth)
    {
        for (; depth < path.Count && value is not null; depth++)
        {
            value = value.IsObject() ? value.GetObject().GetKey(path[depth]) : null;
        }

        return value;
    }

    private HoconValue Concatenate(ConcatenationNode node)
    {
        List<HoconNode> parts = node.Parts;
        var values = new List<(HoconValue Value, bool Blank)>(parts.Count);
        foreach (HoconNode part in parts)
        {
            values.Add((Resolve(part), part is LiteralNode { IsBlank: true }));
        }

        if (values.All(static v => v.Value.IsString() || v.Value.IsNull))
        {
            return new HoconValue(string.Concat(values.Select(static v => v.Value.GetString())));
        }

        List<HoconValue> solid = [.. values.Where(static v => !v.Blank).Select(static v => v.Value)];
        if (solid.All(static v => v.IsObject())) return solid.Aggregate(static (a, b) => HoconValue.Merge(a, b));
        if (solid.All(static v => v.IsArray())) return new HoconValue((IList<HoconValue>)[.. solid.SelectMany(static v => v.GetArray())]);
        string kinds = string.Join(" and ", solid.Select(static v => v.Kind).Distinct());
        throw text.Error($"{kinds} side by side; only values of one kind can be joined", node.Position);
    }
}
