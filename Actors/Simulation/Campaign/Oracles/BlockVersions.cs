using ScsiActors.Messages;

namespace ScsiActors.Simulation.Campaign;

/// <summary>What a write has made of a block, or may have.</summary>
/// <param name="writer">The step; 0 for zeroes.</param>
/// <param name="begin">The event with which it began.</param>
internal sealed class BlockVersion(int writer, long begin)
{
    /// <summary>The step; 0 for zeroes.</summary>
    public int Writer => writer;

    /// <summary>The event with which it began.</summary>
    public long Begin => begin;

    /// <summary>The event with which it ended; MaxValue while it is under way.</summary>
    public long End { get; set; } = long.MaxValue;

    /// <summary>It ended with GOOD, and no power cut has made that doubtful.</summary>
    public bool IsCertain { get; set; }

    /// <summary>A read has returned it, and no power cut has made that doubtful.</summary>
    public bool IsSeen { get; set; }

    /// <summary>It is on the medium, whatever happens to the power.</summary>
    public bool IsDurable { get; set; }

    /// <summary>From when on a read that begins may not return it any more.</summary>
    public long Superseded { get; set; } = long.MaxValue;

    /// <summary>The blocks that are written with it together or not at all; none for an ordinary write.</summary>
    public (long Lba, long Count)? Together { get; init; }

    /// <summary>The COMPARE AND WRITE that has found it there and has replaced it.</summary>
    public ulong? ReplacedBy { get; set; }

    /// <summary>The block whose pattern it is; null for the block itself, another one for WRITE SAME.</summary>
    public long? Pattern { get; init; }

    /// <summary>Nobody knows what is there: blocks that were given back to a unit without LBPRZ.</summary>
    public bool IsAny { get; init; }

    /// <summary>True when it can be what step <paramref name="by"/> says of block <paramref name="of"/>, found in block <paramref name="lba"/>.</summary>
    public bool Holds(int by, long of, long lba) => IsAny || (Writer == by && (by == 0 || (Pattern ?? lba) == of));

    /// <summary>True when it was certainly over when another began.</summary>
    public bool IsBefore(BlockVersion other) => End < other.Begin;
}

/// <summary>A command on blocks, or a request to a block device, that has not been answered.</summary>
/// <param name="Use">What it does.</param>
/// <param name="Unit">The logical unit.</param>
/// <param name="Lba">The first block.</param>
/// <param name="Count">How many.</param>
/// <param name="Data">Its blocks, written, read or compared.</param>
/// <param name="Writer">Whose pattern it writes, or compares with.</param>
/// <param name="Begin">The event with which it began.</param>
internal sealed record BlockAccess(
    BlockUse Use, (int Target, int Lun) Unit, long Lba, long Count, Memory<byte> Data, int Writer, long Begin)
{
    /// <summary>True when it changes blocks.</summary>
    public bool Writes => BlockCommand.Changes(Use);

    /// <summary>The block of an index from 0 on; those of UNMAP need not follow each other.</summary>
    public long LbaOf(long index) => Scattered is null ? Lba + index : Scattered[index];

    /// <summary>The blocks of an UNMAP, each once; null for those that follow each other.</summary>
    public long[]? Scattered { get; init; }

    /// <summary>Nobody knows what it leaves: UNMAP of a unit without LBPRZ.</summary>
    public bool LeavesAny { get; init; }

    /// <summary>A block request may leave it open what is read afterwards.</summary>
    public bool IsDiscard { get; init; }

    /// <summary>It ends when its blocks are on the medium: FUA, and WRITE AND VERIFY.</summary>
    public bool IsThrough { get; init; }

    /// <summary>WRITE ATOMIC.</summary>
    public bool IsAtomic { get; init; }

    /// <summary>Whose pattern COMPARE AND WRITE compares with.</summary>
    public int Compared { get; init; }

    /// <summary>When it began.</summary>
    public TimeSpan Time { get; init; }

    /// <summary>The command; null for a request to a block device.</summary>
    public AskedCommand? Asked { get; init; }

    /// <summary>For a finding.</summary>
    public FindingSubject Subject(long lba, long count) => new()
    {
        Target = Unit.Target, Lun = Unit.Lun, Nexus = Asked?.Nexus, Cdb = Asked?.Command.Cdb, Lba = lba, Blocks = count, Since = Time,
    };
}
