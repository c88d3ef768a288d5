using ScsiActors.Messages;

namespace ScsiActors.Faults;

/// <summary>Stands before the memory that the adapter sees, and asks about each fetch; it is there only where a rule stands at <c>scripts</c>.</summary>
/// <param name="behind">The memory.</param>
/// <param name="fetch">Decides, by address and bytes.</param>
internal sealed class FaultMemory(InitiatorMemory behind, Func<ulong, int, FaultFetch> fetch) : InitiatorMemory
{
    private readonly byte[] _flipped = new byte[sizeof(ulong)];

    // A read that finds nothing asks whether the memory is there at all before it is given up: it is not, for this one.
    private (ulong Address, int Bytes)? _refused;

    /// <inheritdoc/>
    public override Memory<byte> Lend(ulong address, int wanted) => behind.Lend(address, wanted);

    /// <inheritdoc/>
    protected override Span<byte> Window(ulong address, int wanted)
    {
        if (_refused is null)
            return WindowOf(behind, address, wanted);
        var isRefused = _refused == (address, wanted);
        _refused = null;
        return isRefused ? default : WindowOf(behind, address, wanted);
    }

    /// <inheritdoc/>
    protected override ReadOnlySpan<byte> ReadWindow(ulong address, int wanted)
    {
        if (_refused == (address, wanted))
            return default;
        _refused = null;
        var bytes = ReadWindowOf(behind, address, wanted);
        if (wanted is not (sizeof(uint) or sizeof(ulong)) || bytes.Length != wanted)
            return bytes;
        var fetched = fetch(address, wanted);
        if (!fetched.IsAnswered)
        {
            _refused = (address, wanted);
            return default;
        }
        if (fetched.FlippedBit < 0)
            return bytes;
        bytes.CopyTo(_flipped);
        _flipped[fetched.FlippedBit / 8 % wanted] ^= (byte)(1 << fetched.FlippedBit % 8);
        return _flipped.AsSpan(0, wanted);
    }
}
