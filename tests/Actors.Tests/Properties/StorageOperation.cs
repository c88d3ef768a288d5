using ScsiActors.Messages;

namespace ScsiActors.Tests.Properties;

/// <summary>One thing that a block has held, since when, and whether it would survive a power cut. The chain of older versions is cut at
/// every quiescence.</summary>
public sealed class BlockVersion(long since, byte[] data, int writer, BlockVersion? older)
{
    /// <summary>The step at which it was stored.</summary>
    public long Since { get; } = since;

    /// <summary>The bytes; never changed.</summary>
    public byte[] Data { get; } = data;

    /// <summary>Serial number of the command that wrote it; -1 when no command was found.</summary>
    public int Writer { get; } = writer;

    /// <summary>What was there before; null for the initial zeroes, or when nobody can ask any more.</summary>
    public BlockVersion? Older { get; set; } = older;

    /// <summary>The step at which the write was answered with Ok; <see cref="long.MaxValue"/> before.</summary>
    public long Completed { get; set; } = long.MaxValue;

    /// <summary>True once it is on stable storage.</summary>
    public bool Stable { get; set; }
}

/// <summary>A request that storage has taken and not yet answered.</summary>
public sealed class StorageOperation(AioRequest request, long submitted)
{
    /// <summary>The request.</summary>
    public AioRequest Request { get; } = request;

    /// <summary>The step of its submission.</summary>
    public long Submitted { get; } = submitted;

    /// <summary>Serial number of the command it belongs to, where that is known.</summary>
    public int Owner { get; set; } = -1;

    /// <summary>The versions a write has made.</summary>
    public List<BlockVersion> Made { get; } = [];

    /// <summary>True when the client asked to give it up.</summary>
    public bool CancelAsked { get; set; }

    /// <summary>True when its bytes have been moved although it has not been answered.</summary>
    public bool Executed { get; set; }

    /// <summary>Sum over the bytes of a write when it was submitted: they must not change while lent.</summary>
    public ulong Checksum { get; set; }
}
