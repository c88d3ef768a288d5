using ScsiActors.Messages;

namespace ScsiActors.Aio;

/// <summary>One kind of storage. Its methods are called on the turn of one actor and never block; what takes time happens elsewhere and comes back
/// through <see cref="IAioBackendPorts.Wake"/> and <see cref="Reap"/>. It acts only through its ports.</summary>
public interface IAioBackend
{
    /// <summary>True when requests and cancels may wait for <see cref="EndOfBatch"/>.</summary>
    bool IsBatched { get; }

    /// <summary>Opens the storage: <see cref="IAioBackendPorts.Opened"/> follows, once.</summary>
    void Open();

    /// <summary>Takes a request; its slot is not in use. One completion follows, perhaps before this returns.</summary>
    void Submit(AioRequest request);

    /// <summary>Starts everything that was submitted or cancelled since the last call.</summary>
    void EndOfBatch();

    /// <summary>Gives up a request if that is still possible; its completion follows in any case.</summary>
    void Cancel(AioId id);

    /// <summary>Completes what has come to its end; called some time after each <see cref="IAioBackendPorts.Wake"/>.</summary>
    void Reap();

    /// <summary>The last call. What is in flight is cancelled or waited for, and completed; then every resource is freed and
    /// <see cref="IAioBackendPorts.Closed"/> called, from whatever thread that took.</summary>
    void Close();
}

/// <summary>How storage answers. All but <see cref="Wake"/> are called on the actor's turn, or, after <see cref="IAioBackend.Close"/>, by the one thread
/// that closes.</summary>
public interface IAioBackendPorts
{
    /// <summary>The storage is open, or why it is not.</summary>
    void Opened(AioOpened opened);

    /// <summary>A request has come to its end.</summary>
    void Completed(AioCompleted completed);

    /// <summary>No buffer is in use any more; the last call.</summary>
    void Closed();

    /// <summary>Asks for a call of <see cref="IAioBackend.Reap"/> on the actor's turn; may be called from any thread.</summary>
    void Wake();

    /// <summary>The time that storage of its own speed goes by: since an arbitrary moment, never back; virtual where the actors' time is.</summary>
    TimeSpan Now { get; }

    /// <summary>Asks for a <see cref="Wake"/> at <paramref name="time"/>, or at once when that has passed. Of several moments only the earliest is sure, and
    /// there may be others besides: ask again after each <see cref="IAioBackend.Reap"/>.</summary>
    void WakeAt(TimeSpan time);

    /// <summary>Names this storage among those of its system, the same at every start: for streams of random numbers.</summary>
    string Name { get; }

    /// <summary>A fault of a simulated disk has acted; told to whoever laid it.</summary>
    void OverlayHit(OverlayHit hit);

    /// <summary>Something the user did not ask for, in a sentence.</summary>
    void Warn(string text);
}
