using Akka.Configuration;

namespace Akka.Actor;

/// <summary>The actors below this one.</summary>
public sealed partial class ActorCell
{
    private readonly ChildrenContainer _children = new();

    internal ChildrenContainer Children => _children;

    public IActorRef ActorOf(Props props, string? name = null)
    {
        if (name is not null) VerifyName(name);
        return MakeChild(props, name);
    }

    public IActorRef Child(string name) => _children.Find(name) ?? (IActorRef)ActorRefs.Nobody;

    public IEnumerable<IActorRef> GetChildren() => _children.All();

    public void Stop(IActorRef child)
    {
        IInternalActorRef target = child.AsInternal();
        _children.MarkStopping(target);
        target.Stop();
    }

    /// <summary>Makes a child under a name that the engine has chosen; may come from any thread.</summary>
    internal IInternalActorRef MakeChild(Props props, string? name)
    {
        SystemImpl.Mailboxes.Verify(props.Mailbox);
        Dispatch.MessageDispatcher dispatcher;
        try
        {
            dispatcher = SystemImpl.Dispatchers.Lookup(props.Dispatcher);
        }
        catch (ConfigurationException e)
        {
            throw new ConfigurationException($"{Self.Path}/{name ?? props.Type.Name}: {e.Message}", e);
        }

        IInternalActorRef child = _children.Add(name, childName => new LocalActorRef(
            SystemImpl, props, dispatcher, Self, new ChildActorPath(Self.Path, childName, SystemImpl.NextUid())));
        child.Start();
        return child;
    }

    private static void VerifyName(string name)
    {
        if (name.Length == 0) throw new InvalidActorNameException("Actor name must not be empty");
        if (!ActorPath.IsValidPathElement(name)) throw new InvalidActorNameException(
            $"Illegal actor name [{name}]: it may not begin with $ and is made of ASCII letters, digits and -_.*$+:@&=,!~';()");
    }

    /// <summary>A child has gone: it is forgotten, and whatever waited for the last one goes on.</summary>
    private void HandleChildTerminated(IActorRef child)
    {
        if (!_children.Remove(child)) return;
        if (_children.Waiting == Waiting.No || _children.AnyStopping) return;
        switch (_children.EndWaiting())
        {
            case Waiting.ToCreate:
                FinishCreate();
                break;
            case Waiting.ToRecreate:
                FinishRecreate(_recreateCause!);
                break;
            case Waiting.ToTerminate:
                FinishTerminate();
                break;
        }
    }
}
