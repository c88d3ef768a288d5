namespace ScsiActors.Tests.Properties;

/// <summary>What a command does with the medium.</summary>
public enum MediumUse
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>READ.</summary>
    Read,

    /// <summary>WRITE.</summary>
    Write,

    /// <summary>WRITE AND VERIFY.</summary>
    WriteAndVerify,

    /// <summary>VERIFY.</summary>
    Verify,

    /// <summary>SYNCHRONIZE CACHE.</summary>
    Synchronize,

    /// <summary>COMPARE AND WRITE.</summary>
    CompareAndWrite,

    /// <summary>WRITE SAME.</summary>
    WriteSame,

    /// <summary>A range of UNMAP.</summary>
    Unmap,
}

/// <summary>The blocks a CDB names.</summary>
/// <param name="Use">What for.</param>
/// <param name="Start">The first block, as in the CDB.</param>
/// <param name="Count">How many, as in the CDB, with the 256 of the six-byte forms.</param>
public readonly record struct BlockRange(MediumUse Use, ulong Start, uint Count);
