namespace ScsiActors.Dispatch;

/// <summary>Says of a scheduler that its time is not the wall's: it passes only when nothing else is left to do, and everything that waits must wait by
/// it. Its monotonic clock is that time, and what it schedules comes exactly when due.</summary>
public interface IVirtualTime;
