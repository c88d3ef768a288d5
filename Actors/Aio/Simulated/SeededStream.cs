namespace ScsiActors.Aio.Simulated;

/// <summary>A sequence of random numbers (SplitMix64, Steele et al. 2014) that its seed and its name decide: a draw from one stream changes no
/// other.</summary>
/// <remarks>A field of this type must not be readonly: each draw changes it.</remarks>
public struct SeededStream
{
    private const double Unit = 1.0 / (1UL << 53);

    private ulong _state;

    /// <summary>The stream <paramref name="name"/> of <paramref name="seed"/>.</summary>
    public SeededStream(ulong seed, string name)
    {
        // FNV-1a, because string.GetHashCode differs from process to process.
        var hash = 0xCBF29CE484222325;
        foreach (var character in name)
            hash = (hash ^ character) * 0x100000001B3;
        _state = Mix(seed ^ Mix(hash));
    }

    /// <summary>64 random bits.</summary>
    public ulong Next() => Mix(_state += 0x9E3779B97F4A7C15);

    /// <summary>A number from 0 to <paramref name="bound"/> - 1; the bound is 1 or more.</summary>
    public long Below(long bound) => (long)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>A number from 0 up to, but not, 1.</summary>
    public double Fraction() => (Next() >> 11) * Unit;

    private static ulong Mix(ulong value)
    {
        value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9;
        value = (value ^ value >> 27) * 0x94D049BB133111EB;
        return value ^ value >> 31;
    }
}
