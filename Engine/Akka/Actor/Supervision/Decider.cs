namespace Akka.Actor;

/// <summary>Says what becomes of a failure.</summary>
public interface IDecider
{
    Directive Decide(Exception cause);
}

/// <summary>A decider that is a function.</summary>
public class LocalOnlyDecider(Func<Exception, Directive> decider) : IDecider
{
    public Directive Decide(Exception cause) => decider(cause);
}

/// <summary>A decider that is a table: the first row whose type the exception is, or the default.</summary>
public class DeployableDecider(Directive defaultDirective, params KeyValuePair<Type, Directive>[] pairs) : IDecider
{
    public Directive DefaultDirective { get; } = defaultDirective;

    public KeyValuePair<Type, Directive>[] Pairs { get; } = pairs;

    public Directive Decide(Exception cause)
    {
        foreach ((Type type, Directive directive) in Pairs)
        {
            if (type.IsInstanceOfType(cause)) return directive;
        }

        return DefaultDirective;
    }
}

/// <summary>Makes deciders: <c>Decider.From(Directive.Restart, Directive.Stop.When&lt;IOException&gt;())</c>.</summary>
public static class Decider
{
    public static IDecider From(Func<Exception, Directive> localOnlyDecider) => new LocalOnlyDecider(localOnlyDecider);

    public static IDecider From(Directive defaultDirective, params KeyValuePair<Type, Directive>[] pairs) =>
        new DeployableDecider(defaultDirective, pairs);

    public static IDecider From(Directive defaultDirective, IEnumerable<KeyValuePair<Type, Directive>> pairs) =>
        new DeployableDecider(defaultDirective, [.. pairs]);
}

/// <summary>Rows of a decider's table.</summary>
public static class DeciderExtensions
{
    public static KeyValuePair<Type, Directive> When<TException>(this Directive self) where TException : Exception =>
        new(typeof(TException), self);
}

/// <summary>A child as its parent keeps it, with the count of its restarts.</summary>
public sealed class ChildRestartStats
{
    private TimeSpan? _windowStart;

    internal ChildRestartStats(IInternalActorRef child) => Child = child;

    public IInternalActorRef Child { get; }

    public long Uid => Child.Path.Uid;

    /// <summary>Restarts so far, or so far in the window.</summary>
    public int MaxNrOfRetriesCount { get; private set; }

    /// <summary>Whether the parent has told the child to stop.</summary>
    internal bool IsStopping { get; set; }

    /// <summary>Counts a restart and says whether it is one too many: more than <paramref name="maxNrOfRetries"/> (-1 for no limit)
    /// within <paramref name="window"/> (infinite for the child's whole life); a window without a number permits one.</summary>
    public bool RequestRestartPermission(int maxNrOfRetries, TimeSpan window, TimeSpan now)
    {
        if (maxNrOfRetries == 0) return false;
        if (window == Timeout.InfiniteTimeSpan)
        {
            MaxNrOfRetriesCount++;
            return maxNrOfRetries < 0 || MaxNrOfRetriesCount <= maxNrOfRetries;
        }

        int permitted = maxNrOfRetries < 0 ? 1 : maxNrOfRetries;
        if (_windowStart is { } start && now - start <= window)
        {
            MaxNrOfRetriesCount++;
            return MaxNrOfRetriesCount <= permitted;
        }

        _windowStart = now;
        MaxNrOfRetriesCount = 1;
        return true;
    }
}
