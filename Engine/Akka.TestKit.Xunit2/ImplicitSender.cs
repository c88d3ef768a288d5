using Akka.Actor;

namespace Akka.TestKit;

/// <summary>A kit that does not want to be the sender of what its test tells.</summary>
public interface INoImplicitSender;

/// <summary>Keeps the test actor the implicit sender on whatever thread an asynchronous test goes on.</summary>
internal sealed class ActorCellKeepingSynchronizationContext(ActorCell cell, SynchronizationContext? inner) : SynchronizationContext
{
    public SynchronizationContext? Inner => inner;

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (inner is null) ThreadPool.QueueUserWorkItem(s => Run(d, s), state, preferLocal: false);
        else inner.Post(s => Run(d, s), state);
    }

    public override void Send(SendOrPostCallback d, object? state) => Run(d, state);

    private void Run(SendOrPostCallback d, object? state)
    {
        ActorCell? cellBefore = ActorCell.Current;
        SynchronizationContext? contextBefore = Current;
        ActorCell.Current = cell;
        SetSynchronizationContext(this);
        try
        {
            d(state);
        }
        finally
        {
            ActorCell.Current = cellBefore;
            SetSynchronizationContext(contextBefore);
        }
    }
}
