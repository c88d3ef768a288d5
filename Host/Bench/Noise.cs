using System.Runtime.InteropServices;

namespace ScsiActors.Host.Bench;

/// <summary>Data that nothing can compress, and that its seed decides.</summary>
internal static class Noise
{
    /// <summary>Fills <paramref name="buffer"/>, whose length is a multiple of eight bytes.</summary>
    public static void Fill(Span<byte> buffer, ulong seed)
    {
        var random = new SplitMix(seed);
        foreach (ref var word in MemoryMarshal.Cast<byte, ulong>(buffer))
            word = random.Next();
    }
}
