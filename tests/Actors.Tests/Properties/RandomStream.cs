namespace ScsiActors.Tests.Properties;

/// <summary>A stream of random numbers (SplitMix64) with a name: streams of one seed are independent, so that a new draw in one changes
/// no other.</summary>
public sealed class RandomStream
{
    private ulong _state;

    /// <summary>The stream <paramref name="name"/> of <paramref name="seed"/>.</summary>
    public RandomStream(ulong seed, string name)
    {
        // FNV-1a: string.GetHashCode differs from process to process.
        var hash = 0xCBF29CE484222325;
        foreach (var character in name)
            hash = (hash ^ character) * 0x100000001B3;
        _state = Mix(seed ^ Mix(hash));
    }

    /// <summary>64 random bits.</summary>
    public ulong Next() => Mix(_state += 0x9E3779B97F4A7C15);

    /// <summary>A number from 0 to <paramref name="bound"/> - 1; 0 when the bound is below 2.</summary>
    public int Below(int bound) => bound < 2 ? 0 : (int)(Next() % (ulong)bound);

    /// <summary>A number from 0 to <paramref name="bound"/> - 1; 0 when the bound is below 2.</summary>
    public long Below(long bound) => bound < 2 ? 0 : (long)(Next() % (ulong)bound);

    /// <summary>True once in <paramref name="times"/> draws.</summary>
    public bool OneIn(int times) => Below(times) == 0;

    /// <summary>A byte.</summary>
    public byte Byte() => (byte)Next();

    /// <summary>One of <paramref name="choices"/>.</summary>
    public T Pick<T>(params ReadOnlySpan<T> choices) => choices[Below(choices.Length)];

    /// <summary>An index of <paramref name="weights"/>, drawn in proportion to them.</summary>
    public int Weighted(params ReadOnlySpan<int> weights)
    {
        var sum = 0;
        foreach (var weight in weights)
            sum += weight;
        var draw = Below(sum);
        for (var i = 0; i < weights.Length; i++)
        {
            if ((draw -= weights[i]) < 0)
                return i;
        }
        return 0;
    }

    /// <summary>Scrambles 64 bits; every input has its own output.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
