namespace ScsiActors.Simulation.Guest;

/// <summary>An application of the guest asks its block layer for one transfer; answered by <see cref="GuestIoSubmitted"/> at once and by
/// <see cref="GuestIoCompleted"/> at its end.</summary>
/// <param name="Slot">The application's name for it, from 0, not in use.</param>
/// <param name="Offset">The first byte on the disk.</param>
/// <param name="Length">Bytes.</param>
public readonly record struct GuestIo(int Slot, long Offset, int Length);

/// <summary><see cref="GuestIo"/> as a message.</summary>
/// <param name="Io">The transfer.</param>
public sealed record SubmitGuestIo(GuestIo Io);

/// <summary>The block layer has taken a request: the system call that submitted it returns.</summary>
/// <param name="Slot">As in the request.</param>
public sealed record GuestIoSubmitted(int Slot);

/// <summary>A request has come to its end.</summary>
/// <param name="Slot">As in the request.</param>
public sealed record GuestIoCompleted(int Slot);

/// <summary>Starts a guest's application.</summary>
public sealed record StartLoad
{
    /// <summary>The only instance.</summary>
    public static StartLoad Instance { get; } = new();
}

/// <summary>Asks an application to forget what it has measured and to begin anew.</summary>
public sealed record StartMeasuring
{
    /// <summary>The only instance.</summary>
    public static StartMeasuring Instance { get; } = new();
}

/// <summary>Asks an application what it has measured; answered by <see cref="LoadMeasured"/>.</summary>
public sealed record ReportLoad
{
    /// <summary>The only instance.</summary>
    public static ReportLoad Instance { get; } = new();
}

/// <summary>What an application has measured since <see cref="StartMeasuring"/>.</summary>
/// <param name="Elapsed">The time since then.</param>
/// <param name="Completed">Requests that came to their end.</param>
/// <param name="Submitted">Requests that were submitted.</param>
/// <param name="SubmitTime">Time in the system calls that submitted, all together.</param>
/// <param name="Latencies">Time from submission to end of each completed request, in the order of their ends.</param>
public sealed record LoadMeasured(TimeSpan Elapsed, long Completed, long Submitted, TimeSpan SubmitTime, IReadOnlyList<TimeSpan> Latencies);

/// <summary>A timer interrupt of a guest that has nothing else to do.</summary>
public sealed record GuestTick
{
    /// <summary>The only instance.</summary>
    public static GuestTick Instance { get; } = new();
}
