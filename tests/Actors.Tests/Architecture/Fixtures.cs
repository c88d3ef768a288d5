using System.Diagnostics;
using Akka.Actor;

namespace ScsiActors.Tests.Architecture;

/// <summary>Types that break the rules, so that the rules can be seen to find them.</summary>
public static class Fixtures
{
    /// <summary>Reads a clock.</summary>
    public sealed class MachineWithAClock
    {
        /// <summary>Now.</summary>
        public long Now() => Stopwatch.GetTimestamp();
    }

    /// <summary>Takes a lock.</summary>
    public sealed class MachineWithALock
    {
        private readonly object _gate = new();
        private int _count;

        /// <summary>Counts.</summary>
        public void Handle()
        {
            lock (_gate)
                _count++;
        }
    }

    /// <summary>Awaits.</summary>
    public sealed class MachineThatAwaits
    {
        /// <summary>Yields.</summary>
        public async Task Handle() => await Task.Yield();
    }

    /// <summary>Holds an actor's reference.</summary>
    public sealed class MachineThatKnowsActors(IActorRef port)
    {
        /// <summary>Tells.</summary>
        public void Handle() => port.Tell("message");
    }

    /// <summary>Draws a random number in a lambda.</summary>
    public sealed class MachineWithDice
    {
        /// <summary>Draws.</summary>
        public IEnumerable<int> Draw() => Enumerable.Range(0, 6).Select(static bound => Random.Shared.Next(bound));
    }

    /// <summary>Asks, and awaits the answer.</summary>
    public sealed class ActorThatAsks : ReceiveActor
    {
        /// <summary>Asks itself.</summary>
        public ActorThatAsks() => Receive<string>(text => _ = AskAsync(text));

        private async Task AskAsync(string text) => await Self.Ask<string>(text);
    }

    /// <summary>A message that can be derived from and changed, and that carries bytes.</summary>
    public record ChangeableMessage
    {
        /// <summary>Anybody may set it.</summary>
        public int Count { get; set; }

        /// <summary>Bytes on their way.</summary>
        public byte[] Data { get; init; } = [];
    }
}
