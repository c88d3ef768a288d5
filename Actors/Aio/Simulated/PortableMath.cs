namespace ScsiActors.Aio.Simulated;

/// <summary>Logarithm and exponential from additions, multiplications and divisions alone: IEEE 754 rounds those alike everywhere, whereas the C library's
/// functions differ in the last bit from one machine to the next, and one bit is another run.</summary>
internal static class PortableMath
{
    private const double Ln2 = 0.693147180559945309417;
    private const double SquareRootOf2 = 1.41421356237309504880;
    private const long Bias = 1023;
    private const int MantissaBits = 52;

    /// <summary>The natural logarithm of a normal number above 0.</summary>
    public static double Log(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (bits >> MantissaBits) - Bias;
        var mantissa = BitConverter.Int64BitsToDouble(bits & (1L << MantissaBits) - 1 | Bias << MantissaBits);
        if (mantissa > SquareRootOf2)
        {
            mantissa /= 2;
            exponent++;
        }
        // ln m = 2 artanh((m - 1) / (m + 1)), whose argument is 0.172 at the most.
        var s = (mantissa - 1) / (mantissa + 1);
        var square = s * s;
        var sum = 0.0;
        for (var n = 19; n >= 1; n -= 2)
            sum = sum * square + 1.0 / n;
        return exponent * Ln2 + 2 * s * sum;
    }

    /// <summary>e to the power of a number from -700 to 700.</summary>
    public static double Exp(double value)
    {
        var exponent = Math.Round(value / Ln2);
        var rest = value - exponent * Ln2;
        var sum = 1.0;
        for (var n = 14; n >= 1; n--)
            sum = 1 + sum * rest / n;
        return sum * BitConverter.Int64BitsToDouble((long)exponent + Bias << MantissaBits);
    }
}
