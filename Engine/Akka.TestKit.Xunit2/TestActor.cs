using Akka.Actor;
using Akka.Event;

namespace Akka.TestKit;

/// <summary>The actor in the test's hand: puts what it receives where the test's expectations look for it.</summary>
internal sealed class TestActor(ReceivedMessages received, TaskCompletionSource<IActorContext> started) : ActorBase
{
    private Func<object, bool>? _ignored;
    private AutoPilot _pilot = NoAutoPilot.Instance;

    protected override void PreStart() => started.TrySetResult(Context);

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case SetIgnored ignored:
                _ignored = ignored.Predicate;
                break;
            case SetPilot pilot:
                _pilot = pilot.Pilot;
                break;
            case WatchFor watch:
                Context.Watch(watch.Subject);
                watch.Done.SetResult(watch.Subject);
                break;
            case UnwatchFor unwatch:
                Context.Unwatch(unwatch.Subject);
                unwatch.Done.SetResult(unwatch.Subject);
                break;
            case Spawn spawn:
                spawn.Done.SetResult(spawn.Name is null ? Context.ActorOf(spawn.Props) : Context.ActorOf(spawn.Props, spawn.Name));
                break;
            default:
                Take(message);
                break;
        }

        return true;
    }

    protected override void PostStop()
    {
        while (received.Take(TimeSpan.Zero, default) is RealMessageEnvelope left)
        {
            Context.System.DeadLetters.Tell(new DeadLetter(left.Message, left.Sender, Self), left.Sender);
        }
    }

    private void Take(object message)
    {
        if (_pilot is not NoAutoPilot && _pilot.Run(Sender, message) is var next and not KeepRunning) _pilot = next;
        if (_ignored?.Invoke(message) != true) received.Add(new RealMessageEnvelope(message, Sender));
    }

    internal sealed record SetIgnored(Func<object, bool>? Predicate);

    internal sealed record SetPilot(AutoPilot Pilot);

    internal sealed record WatchFor(IActorRef Subject, TaskCompletionSource<IActorRef> Done);

    internal sealed record UnwatchFor(IActorRef Subject, TaskCompletionSource<IActorRef> Done);

    internal sealed record Spawn(Props Props, string? Name, TaskCompletionSource<IActorRef> Done);
}
