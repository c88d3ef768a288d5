namespace ScsiActors.Dispatch;

/// <summary>Marks a scheduler whose time is not the machine's: it stands still while an actor has its turn and jumps from one timer to the next.</summary>
public interface IVirtualTime;
