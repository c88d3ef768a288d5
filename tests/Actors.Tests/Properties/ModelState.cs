namespace ScsiActors.Tests.Properties;

/// <summary>The mode pages at one moment: an immutable image of all pages, one after the other, as a MODE SENSE of page 3Fh delivers
/// them.</summary>
public sealed class ModePages(DeviceFacts facts, byte[] image) : IEquatable<ModePages>
{
    private const byte Caching = 0x08;
    private const byte Control = 0x0A;

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Image => image;

    /// <summary>Write cache enabled.</summary>
    public bool WriteCache => (Byte(Caching, 2) & 0x04) != 0;

    /// <summary>Software write protect.</summary>
    public bool WriteProtect => (Byte(Control, 4) & 0x08) != 0;

    /// <summary>Sense data in descriptor format.</summary>
    public bool DescriptorSense => (Byte(Control, 2) & 0x04) != 0;

    /// <summary>Task set type: 0 shared by all nexuses, 1 one for each.</summary>
    public int TaskSetType => Byte(Control, 2) >> 5;

    /// <summary>Queue error management: 0 go on, 1 abort all, 3 abort those of the nexus.</summary>
    public int QueueError => Byte(Control, 3) >> 1 & 3;

    /// <summary>TASK ABORTED status for commands that another nexus aborted.</summary>
    public bool TaskAbortedStatus => (Byte(Control, 5) & 0x40) != 0;

    /// <summary>0: reporting a unit attention clears it.</summary>
    public int UnitAttentionInterlock => Byte(Control, 4) >> 4 & 3;

    /// <summary>The same with other bytes.</summary>
    public ModePages With(byte[] other) => new(facts, other);

    /// <inheritdoc/>
    public bool Equals(ModePages? other) => other is not null && other.Image.SequenceEqual(image);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ModePages);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)SimulatedStorage.Checksum(image);

    private byte Byte(byte page, int index) =>
        facts.FindPage(page, 0) is { } found && index < found.Length ? image[found.Offset + index] : (byte)0;
}

/// <summary>What decides the answers of a logical unit, apart from its medium's contents: a value.</summary>
/// <param name="Modes">The current mode pages.</param>
/// <param name="Holder">The initiator that holds the RESERVE(6) reservation; -1 for none.</param>
/// <param name="Preventing">The initiators that prevent removal, one bit each.</param>
/// <param name="Loaded">True while there is a medium.</param>
public sealed record ModelState(ModePages Modes, int Holder, uint Preventing, bool Loaded);
