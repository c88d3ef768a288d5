using System.Numerics;

namespace ScsiActors.Messages;

/// <summary>What can be wrong with a range of a simulated disk.</summary>
public enum DiskDamage : byte
{
    /// <summary>A read that touches the range ends as a read error at its first byte in the range; the bytes before it are read.</summary>
    ReadError,

    /// <summary>A write that touches the range ends as a write error at its first byte in the range; the bytes before it are written.</summary>
    WriteError,

    /// <summary>One bit of the range, always the same, is read inverted.</summary>
    BitFlip,

    /// <summary>A write that touches the range is acknowledged, and the old bytes stay.</summary>
    LostWrite,

    /// <summary>Of a write that touches the range and has more than one unit, the first units are written, how many is drawn, and the others stay as they
    /// were; it is acknowledged.</summary>
    TornWrite,

    /// <summary>A write that touches the range is acknowledged, and goes somewhere else.</summary>
    MisdirectedWrite,

    /// <summary>A read gets, where the range has been written since the overlay was laid, the version before the last.</summary>
    StaleRead,

    /// <summary>A flush, or a write-through that touches the range, is acknowledged while the bytes are still in the volatile cache.</summary>
    FlushLie,
}

/// <summary>A fault laid over a range of a simulated disk; what should be there stays known beneath, and is seen again when the overlay is lifted.</summary>
/// <param name="Id">The fault's name; every hit reports it.</param>
/// <param name="Damage">What is wrong.</param>
/// <param name="Offset">Byte offset of the range.</param>
/// <param name="Length">Bytes of the range, 1 or more.</param>
public sealed record DiskOverlay(string Id, DiskDamage Damage, long Offset, long Length)
{
    /// <summary>True: where a range is written again it is good again. Damage that a write has done is in any case gone where another write lands.</summary>
    public bool IsClearedByRewrite { get; init; }

    /// <summary>The access that is the first to be hit, from 1; an access is a request that touches the range and can be hit.</summary>
    public long FirstAccess { get; init; } = 1;

    /// <summary>How many accesses, from that one on, are hit.</summary>
    public long Accesses { get; init; } = long.MaxValue;

    /// <summary>The time from which on nothing is hit any more; TimeSpan.MaxValue is for ever.</summary>
    public TimeSpan Until { get; init; } = TimeSpan.MaxValue;

    /// <summary>For a torn write: bytes that are written together or not at all, on a grid from offset 0.</summary>
    public long TearingUnit { get; init; } = 512;

    /// <summary>For a misdirected write: the byte offset where it goes; below 0 draws one, a multiple of 512.</summary>
    public long Target { get; init; } = -1;

    /// <summary>For a bit flip: the bit, from the first byte's lowest; below 0 draws one.</summary>
    public long Bit { get; init; } = -1;
}

/// <summary>Something done to a simulated disk from outside, as no initiator could. The answer is a <see cref="DiskControlled"/>; storage of another kind
/// refuses.</summary>
public abstract record DiskControl;

/// <summary>Lays an overlay; the sender gets an <see cref="OverlayHit"/> for each hit. Refused when it could never hit anything, or its name is in use.</summary>
public sealed record InjectOverlay(DiskOverlay Overlay) : DiskControl;

/// <summary>Takes an overlay away, and all the damage it has done.</summary>
public sealed record LiftOverlay(string Id) : DiskControl;

/// <summary>Asks for the overlays there are: <see cref="DiskControlled.Overlays"/>.</summary>
public sealed record ListOverlays : DiskControl;

/// <summary>Cuts the power: outstanding requests end as unavailable, and so do all others until <see cref="PowerOn"/>.</summary>
/// <param name="TearingUnit">Bytes that land on the medium together or not at all, on a grid from offset 0; 0: only whole writes.</param>
/// <param name="AsBefore">True: the disk goes back to what it was at the cut before this one, whatever was written since, so that another of that cut's
/// images can be tried; overlays stay as they are.</param>
public sealed record PowerOff(long TearingUnit = 512, bool AsBefore = false) : DiskControl;

/// <summary>Gives the power back, with what the cut has left of the volatile writes.</summary>
/// <param name="Image">Which of the legal images, from 0 (nothing of them landed; the highest: all); null draws one.</param>
public sealed record PowerOn(BigInteger? Image = null) : DiskControl;

/// <summary>Keeps what the disk holds now, with what is in its volatile cache, under a name; chunks are shared until they are changed.</summary>
public sealed record SaveContents(string Name) : DiskControl;

/// <summary>Makes the disk hold, durably, what was saved under a name. Requests that are outstanding go on, and overlays with their damage stay.</summary>
public sealed record RestoreContents(string Name) : DiskControl;

/// <summary>Makes the disk slower (above 1) or faster than configured; 1 is as configured.</summary>
public sealed record SlowDown(double Factor) : DiskControl;

/// <summary>Gives the volatile cache another size; what is in it stays until it is on the medium. Refused without a cache.</summary>
/// <param name="Bytes">Bytes of cache, at most as configured; null is as configured.</param>
public sealed record LimitCache(long? Bytes) : DiskControl;

/// <summary>The answer to a <see cref="DiskControl"/>.</summary>
/// <param name="Control">What was asked.</param>
/// <param name="Refusal">Why it was not done, in a sentence; null when it was.</param>
/// <param name="Overlays">For <see cref="ListOverlays"/>.</param>
/// <param name="Cut">For <see cref="PowerOff"/>.</param>
public sealed record DiskControlled(DiskControl Control, string? Refusal = null, IReadOnlyList<OverlayState>? Overlays = null, PowerCut? Cut = null);

/// <summary>An overlay and what it has done.</summary>
/// <param name="Overlay">As it is now: what was to be drawn has been drawn.</param>
/// <param name="AccessesSeen">Accesses it could have hit.</param>
/// <param name="Hits">Accesses it has hit.</param>
/// <param name="DamagedBytes">Bytes that read otherwise than they should because of it, now; 0 for one that damages only while it is read.</param>
/// <param name="IsSpent">True when it hits nothing any more.</param>
public sealed record OverlayState(DiskOverlay Overlay, long AccessesSeen, long Hits, long DamagedBytes, bool IsSpent);

/// <summary>What a power cut can have left.</summary>
/// <param name="LegalImages">How many contents are legal, counting those apart in which different writes are on top.</param>
/// <param name="IsExact">False when more than that exist, because too many writes overlap each other.</param>
/// <param name="Volatile">Writes that had completed, but were not on the medium.</param>
/// <param name="InFlight">Writes that had not completed.</param>
public sealed record PowerCut(BigInteger LegalImages, bool IsExact, int Volatile, int InFlight);

/// <summary>An overlay has acted.</summary>
/// <param name="Id">The overlay.</param>
/// <param name="Damage">What it did.</param>
/// <param name="Request">The request it did it to.</param>
/// <param name="Offset">Byte offset of the bytes concerned.</param>
/// <param name="Length">Bytes concerned.</param>
/// <param name="IsExposure">True when a read got bytes that a damaged write had left behind; false when the fault itself acted.</param>
public sealed record OverlayHit(string Id, DiskDamage Damage, AioId Request, long Offset, long Length, bool IsExposure);
