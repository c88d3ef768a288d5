using System.IO.Enumeration;
using Akka.Event;

namespace Akka.Actor;

/// <summary>Actors by path: all that are there when a message is sent. <c>*</c> and <c>?</c> stand for characters of a name, <c>..</c>
/// for the parent.</summary>
public sealed class ActorSelection : ICanTell
{
    private readonly ActorSystemImpl _system;
    private readonly string[] _elements;

    private ActorSelection(ActorSystemImpl system, IActorRef anchor, string[] elements)
    {
        _system = system;
        Anchor = anchor;
        _elements = elements;
    }

    /// <summary>Where the path begins.</summary>
    public IActorRef Anchor { get; }

    /// <summary>The path from there.</summary>
    public string PathString => "/" + string.Join('/', _elements);

    /// <summary>Tells every actor that the path names; a dead letter where it names none.</summary>
    public void Tell(object message, IActorRef sender)
    {
        ArgumentNullException.ThrowIfNull(message);
        List<IInternalActorRef> found = Resolve();
        foreach (IInternalActorRef target in found) target.Tell(message, sender);
        if (found.Count > 0) return;
        if (message is Identify identify) sender?.Tell(new ActorIdentity(identify.MessageId, null), ActorRefs.NoSender);
        else _system.DeadLetters.Tell(new DeadLetter(message, sender ?? _system.DeadLetters, _system.DeadLetters), sender!);
    }

    /// <summary>The first actor of the path that answers.</summary>
    /// <exception cref="ActorNotFoundException">There is none.</exception>
    public Task<IActorRef> ResolveOne(TimeSpan timeout) => ResolveOne(timeout, CancellationToken.None);

    /// <inheritdoc cref="ResolveOne(TimeSpan)"/>
    public async Task<IActorRef> ResolveOne(TimeSpan timeout, CancellationToken ct)
    {
        ActorIdentity identity;
        try
        {
            identity = await this.Ask<ActorIdentity>(new Identify(PathString), timeout, ct).ConfigureAwait(false);
        }
        catch (AskTimeoutException e)
        {
            throw new ActorNotFoundException($"No actor answered at {this} within {timeout}", e);
        }

        return identity.Subject ?? throw new ActorNotFoundException($"There is no actor at {this}");
    }

    public override string ToString() => $"ActorSelection[{Anchor.Path}, {PathString}]";

    internal static ActorSelection Of(ActorSystemImpl system, IActorRef anchor, string path)
    {
        if (path.Contains("://", StringComparison.Ordinal))
        {
            ActorPath parsed = ActorPath.Parse(path);
            // Another system is out of reach: a path that names nobody.
            IActorRef start = parsed.Address.Equals(system.Provider.RootPath.Address) ? system.LookupRoot : ActorRefs.Nobody;
            return new ActorSelection(system, start, [.. parsed.Elements]);
        }

        string[] elements = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return new ActorSelection(system, path.StartsWith('/') ? system.LookupRoot : anchor, elements);
    }

    private List<IInternalActorRef> Resolve()
    {
        List<IInternalActorRef> level = Anchor is LocalActorRef start ? [start] : [];
        foreach (string element in _elements)
        {
            var next = new List<IInternalActorRef>();
            foreach (IInternalActorRef each in level)
            {
                if (each is LocalActorRef actor) Step(actor, element, next);
            }

            level = next;
        }

        return level;
    }

    private static void Step(LocalActorRef from, string element, List<IInternalActorRef> found)
    {
        if (element == "..")
        {
            found.Add(from.Parent is LocalActorRef parent ? parent : from);
        }
        else if (element.AsSpan().ContainsAny('*', '?'))
        {
            found.AddRange(from.Cell.Children.All().Where(
                child => FileSystemName.MatchesSimpleExpression(element, child.Path.Name, ignoreCase: false)));
        }
        else if (from.Cell.Children.Find(element) is { } child)
        {
            found.Add(child);
        }
    }
}

/// <summary>Sending as one says it in an actor.</summary>
public static class ActorSelectionExtensions
{
    /// <summary>Sends with the running actor as the sender, or none outside an actor.</summary>
    public static void Tell(this ActorSelection selection, object message) => selection.Tell(message, ActorCell.Current?.Self!);
}
