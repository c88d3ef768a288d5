namespace ScsiActors.Lsi53c895a;

/// <summary>Where the chip may be told to behave differently; the defaults suit Linux, SeaBIOS, EDK2 and NetBSD at once.</summary>
public sealed record ControllerOptions
{
    /// <summary>The defaults.</summary>
    public static ControllerOptions Default { get; } = new();

    /// <summary>SCRIPTS instructions executed in one turn; then the controller sends itself a message and lets others in.</summary>
    public int InstructionsPerSlice { get; init; } = 500;

    /// <summary>A target offers MESSAGE OUT after a selection without ATN too (SeaBIOS and EDK2 rely on it).</summary>
    public bool MessageOutWithoutAtn { get; init; } = true;

    /// <summary>COMMAND takes what the CDB needs and swallows the rest of the move (SeaBIOS and EDK2 always move 16 bytes).</summary>
    public bool TolerateLongCdb { get; init; } = true;

    /// <summary>A MESSAGE IN move that asks for more bytes than there are ends quietly (SeaBIOS asks for two).</summary>
    public bool ShortMessageMoveSilently { get; init; } = true;

    /// <summary>A selection of an absent target takes as long as STIME0 says; otherwise it times out at once.</summary>
    public bool RealSelectionTimeout { get; init; }

    /// <summary>A carry test may be combined with data and phase tests instead of being an illegal instruction.</summary>
    public bool LenientTransferControl { get; init; }

    /// <summary>A first dword of zero is skipped as four bytes instead of being an illegal instruction.</summary>
    public bool ZeroOpcodeSkipsFourBytes { get; init; }

    /// <summary>ISTAT0.SRST resets the targets on the bus as well.</summary>
    public bool SoftResetResetsTargets { get; init; }

    /// <summary>How many selections a reselection lets pass that became ready while the bus was busy; one that found the bus free
    /// lets none.</summary>
    public int ReselectPatience { get; init; } = 1;
}
