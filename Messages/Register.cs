namespace ScsiActors.Messages;

/// <summary>The address spaces of a PCI function that an initiator's processor can reach; the values are the indices of the regions.</summary>
public enum RegisterSpace : byte
{
    /// <summary>Base address register 0.</summary>
    Bar0 = 0,

    /// <summary>Base address register 1.</summary>
    Bar1 = 1,

    /// <summary>Base address register 2.</summary>
    Bar2 = 2,

    /// <summary>The configuration space.</summary>
    Configuration = 7,
}

/// <summary>A read by the initiator's processor; answered, once, by <see cref="RegisterValue"/>, to the sender.</summary>
/// <param name="Space">Which address space.</param>
/// <param name="Offset">The byte offset in it; outside it, the value is 0.</param>
/// <param name="Width">1, 2, 4 or 8 bytes; it behaves as that many byte reads in ascending order.</param>
/// <param name="Association">Chosen by the reader, echoed.</param>
public sealed record RegisterRead(RegisterSpace Space, int Offset, int Width, ulong Association = 0);

/// <summary>The answer to a <see cref="RegisterRead"/>.</summary>
/// <param name="Association">As in the read.</param>
/// <param name="Value">The value, little-endian, in the low bytes.</param>
public sealed record RegisterValue(ulong Association, ulong Value);

/// <summary>A write by the initiator's processor. There is no answer: writes are posted, and a later read finds their effect.</summary>
/// <param name="Space">Which address space.</param>
/// <param name="Offset">The byte offset in it; outside it, the write is lost.</param>
/// <param name="Width">1, 2, 4 or 8 bytes; it behaves as that many byte writes in ascending order.</param>
/// <param name="Value">The value, little-endian, in the low bytes.</param>
public sealed record RegisterWrite(RegisterSpace Space, int Offset, int Width, ulong Value);

/// <summary>The level of the interrupt pin has changed.</summary>
/// <param name="Asserted">True: an interrupt is pending.</param>
public sealed record InterruptLine(bool Asserted)
{
    /// <summary>The pin is active.</summary>
    public static InterruptLine High { get; } = new(true);

    /// <summary>The pin is inactive.</summary>
    public static InterruptLine Low { get; } = new(false);
}

/// <summary>PCI reset or function-level reset: everything returns to its power-on state, and what was outstanding is given up.</summary>
public sealed record FunctionReset
{
    /// <summary>The only instance.</summary>
    public static FunctionReset Instance { get; } = new();
}
