namespace ScsiActors.Tests.Properties;

/// <summary>The states a logical unit may be in, as far as can be told from outside: more than one while a command or reset that changes
/// the state is under way, because nobody can see at which moment it does so.</summary>
public sealed class PossibleStates(ModelState initial)
{
    private readonly Dictionary<int, Func<ModelState, ModelState?>> _underWay = [];
    private List<(ModelState State, ulong Applied)> _candidates = [(initial, 0)];

    /// <summary>How many changes are under way.</summary>
    public int UnderWay => _underWay.Count;

    /// <summary>The states.</summary>
    public IEnumerable<ModelState> States => _candidates.Select(static candidate => candidate.State).Distinct();

    /// <summary>A change has begun: from now on it may have happened, and after or before any other that is under way.</summary>
    /// <param name="apply">The state afterwards; null when it would not be changed from that state.</param>
    /// <returns>A handle for <see cref="End"/>.</returns>
    public int Begin(Func<ModelState, ModelState?> apply)
    {
        var bit = 0;
        while (_underWay.ContainsKey(bit))
            bit++;
        _underWay.Add(bit, apply);
        for (var i = 0; i < _candidates.Count; i++)
        {
            var (state, applied) = _candidates[i];
            foreach (var (other, change) in _underWay)
            {
                if ((applied & 1ul << other) == 0 && change(state) is { } changed)
                    Add((changed, applied | 1ul << other));
            }
        }
        return bit;
    }

    /// <summary>A change is over.</summary>
    /// <param name="bit">As returned by <see cref="Begin"/>.</param>
    /// <param name="happened">True when it happened, false when it did not, null when nobody knows.</param>
    public void End(int bit, bool? happened)
    {
        _underWay.Remove(bit);
        var mask = 1ul << bit;
        var kept = _candidates.Where(candidate => happened is null || (candidate.Applied & mask) != 0 == happened).ToList();
        Divergence.Unless(kept.Count > 0, "state", "no state is left that explains what was seen");
        _candidates = [];
        foreach (var (state, applied) in kept)
            Add((state, applied & ~mask));
    }

    /// <summary>Drops the states that <paramref name="explains"/> refuses, unless that would leave none.</summary>
    public void Observe(Func<ModelState, bool> explains)
    {
        if (_candidates.Count < 2)
            return;
        var kept = _candidates.Where(candidate => explains(candidate.State)).ToList();
        if (kept.Count > 0)
            _candidates = kept;
    }

    private void Add((ModelState State, ulong Applied) candidate)
    {
        if (!_candidates.Contains(candidate))
            _candidates.Add(candidate);
    }
}
