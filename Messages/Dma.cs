namespace ScsiActors.Messages;

/// <summary>The initiator has dealt with the DATA IN or DATA OUT phase at the head of a connection: the buffer that came with the phase goes back,
/// always and once.</summary>
/// <param name="Connection">The connection.</param>
/// <param name="Moved">True when all of the phase's bytes have been moved between the buffer and the initiator's memory; false when the
/// initiator has given the connection up, or the target has withdrawn it.</param>
public sealed record DataPhaseEnded(long Connection, bool Moved);
