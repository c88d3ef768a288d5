using ScsiActors.Messages;

namespace ScsiActors.Requests;

/// <summary>How a request queue acts: downwards on its storage, upwards on its clients.</summary>
/// <typeparam name="TClient">What names a client; the actor uses its reference, a test may use a word.</typeparam>
public interface IRequestQueuePorts<in TClient>
{
    /// <summary>Asks the storage what it is.</summary>
    void Open(AioOpen open);

    /// <summary>Hands a request to the storage: the very object the client sent.</summary>
    void Submit(AioRequest request);

    /// <summary>Passes on a cancel of a request that the storage has.</summary>
    void Cancel(AioCancel cancel);

    /// <summary>Gives a client the one completion of its request.</summary>
    void Complete(TClient client, AioCompleted completed);

    /// <summary>Tells a client what the storage is.</summary>
    void Opened(TClient client, AioOpened opened);

    /// <summary>Tells a client that all it waited for has completed.</summary>
    void Drained(TClient client, AioDrained drained);
}
