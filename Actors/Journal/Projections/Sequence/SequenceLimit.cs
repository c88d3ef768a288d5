namespace ScsiActors.Journal;

/// <summary>Shortens a diagram that is too long: its beginning, its end, and the faults and findings with what stands beside them remain.</summary>
internal static class SequenceLimit
{
    /// <summary>At most <paramref name="maximum"/> of the items, and a gap for each run that is left out.</summary>
    public static IReadOnlyList<SequenceItem> Apply(List<SequenceItem> items, int maximum)
    {
        if (items.Count <= maximum)
            return items;
        var isKept = new bool[items.Count];
        var left = maximum - Keep(items, isKept, maximum / 2);
        // The end of a run says more than its beginning, but without a beginning nobody understands it.
        for (var i = 0; i < items.Count && left > maximum / 4; i++)
            left -= Mark(isKept, i);
        for (var i = items.Count - 1; i >= 0 && left > 0; i--)
            left -= Mark(isKept, i);
        return WithGaps(items, isKept);
    }

    private static int Keep(List<SequenceItem> items, bool[] isKept, int most)
    {
        var kept = 0;
        for (var i = items.Count - 1; i >= 0 && kept < most; i--)
        {
            if (items[i] is not (SequenceNote { IsFault: true } or SequenceArrow { IsFaulty: true }))
                continue;
            kept += Mark(isKept, i);
            if (i > 0 && kept < most)
                kept += Mark(isKept, i - 1);
            if (i + 1 < items.Count && kept < most)
                kept += Mark(isKept, i + 1);
        }
        return kept;
    }

    private static int Mark(bool[] isKept, int index)
    {
        if (isKept[index])
            return 0;
        isKept[index] = true;
        return 1;
    }

    private static List<SequenceItem> WithGaps(List<SequenceItem> items, bool[] isKept)
    {
        var result = new List<SequenceItem>();
        var leftOut = 0;
        for (var i = 0; i <= items.Count; i++)
        {
            if (i < items.Count && !isKept[i])
            {
                leftOut++;
                continue;
            }
            if (leftOut > 0)
                result.Add(new SequenceGap($"... {leftOut} more"));
            leftOut = 0;
            if (i < items.Count)
                result.Add(items[i]);
        }
        return result;
    }
}
