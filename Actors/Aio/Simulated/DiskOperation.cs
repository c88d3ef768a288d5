namespace ScsiActors.Aio.Simulated;

/// <summary>What a simulated disk is to do.</summary>
public enum DiskOperation : byte
{
    /// <summary>A read.</summary>
    Read,

    /// <summary>A write that is complete once the disk has it.</summary>
    Write,

    /// <summary>A write that is complete once it is on the medium.</summary>
    WriteThrough,

    /// <summary>Deallocates; costs its overhead only.</summary>
    Unmap,

    /// <summary>Waits until every write that is complete by now is on the medium.</summary>
    Flush,

    /// <summary>Says that it is a flush, takes a flush's latency, and waits for nothing.</summary>
    FalseFlush,
}
