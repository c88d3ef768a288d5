using System.Numerics;
using System.Text;

namespace ScsiActors.Simulation;

/// <summary>A stream of random numbers named after what it decides (xoshiro256**, 256 bits of state): the same seed and name give the same numbers on
/// every machine, and a draw more from one stream changes no other.</summary>
public sealed class RandomStream
{
    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;

    /// <summary>The stream of a name under a seed.</summary>
    public RandomStream(ulong seed, string name)
    {
        // FNV-1a of the name, then splitmix64, which leaves no state at zero.
        var mixed = 14695981039346656037UL;
        foreach (var letter in Encoding.UTF8.GetBytes(name))
            mixed = (mixed ^ letter) * 1099511628211UL;
        mixed ^= seed * 0x9E3779B97F4A7C15UL;
        _a = SplitMix(ref mixed);
        _b = SplitMix(ref mixed);
        _c = SplitMix(ref mixed);
        _d = SplitMix(ref mixed);
    }

    /// <summary>How many numbers have been drawn.</summary>
    public long Draws { get; private set; }

    /// <summary>64 random bits.</summary>
    public ulong NextBits()
    {
        Draws++;
        var result = BitOperations.RotateLeft(_b * 5, 7) * 9;
        var shifted = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= shifted;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>A number from 0 up to, not including, <paramref name="bound"/>, which is 1 or more; all are equally likely (Lemire's method).</summary>
    public long Below(long bound)
    {
        var product = (UInt128)NextBits() * (ulong)bound;
        if ((ulong)product < (ulong)bound)
        {
            var tooFew = (0UL - (ulong)bound) % (ulong)bound;
            while ((ulong)product < tooFew)
                product = (UInt128)NextBits() * (ulong)bound;
        }
        return (long)(product >> 64);
    }

    /// <summary>A number from <paramref name="from"/> to <paramref name="to"/>, both included.</summary>
    public long Between(long from, long to) => from + Below(to - from + 1);

    /// <summary>A number from 0 up to, not including, 1.</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>True with a probability from 0 to 1.</summary>
    public bool Chance(double probability) => NextDouble() < probability;

    /// <summary>One of several, all equally likely.</summary>
    public T Pick<T>(ReadOnlySpan<T> choices) => choices[(int)Below(choices.Length)];

    /// <summary>Fills a buffer.</summary>
    public void Fill(Span<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(bytes, NextBits());
            bytes = bytes[sizeof(ulong)..];
        }
        if (bytes.Length == 0)
            return;
        Span<byte> last = stackalloc byte[sizeof(ulong)];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(last, NextBits());
        last[..bytes.Length].CopyTo(bytes);
    }

    private static ulong SplitMix(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15UL;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}

/// <summary>The random streams of one seed, by name.</summary>
/// <param name="seed">The seed.</param>
public sealed class RandomStreams(ulong seed)
{
    private readonly Dictionary<string, RandomStream> _streams = [];

    /// <summary>The seed.</summary>
    public ulong Seed => seed;

    /// <summary>The stream of a name: always the same one.</summary>
    public RandomStream this[string name]
    {
        get
        {
            if (!_streams.TryGetValue(name, out var stream))
                _streams.Add(name, stream = new RandomStream(seed, name));
            return stream;
        }
    }
}
