using Akka.Actor;
using Akka.TestKit;
using ScsiActors.Journal;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi;

namespace ScsiActors.Tests.Sequences.Direct;

/// <summary>A target with one logical unit between two probes, the port and the request queue, and a record of every message that passes
/// either.</summary>
internal sealed class LogicalUnitProbes
{
    private readonly List<string> _lines = [];

    public LogicalUnitProbes(TestKitBase kit, LogicalUnitSettings? settings = null)
    {
        Port = kit.CreateTestProbe("port");
        Queue = kit.CreateTestProbe("queue");
        Unit = kit.Sys.ActorOf(LogicalUnitActor.Props(settings ?? new LogicalUnitSettings(), Queue.Ref), "lu");
        Target = kit.Sys.ActorOf(TargetActor.Props(0, [KeyValuePair.Create(Lun.Zero, Unit)]), "target");
        Queue.ExpectMsg<AioOpen>();
        Queue.Reply(new AioOpened(AioResult.Ok, 1 << 20, IsReadOnly: false, CanUnmap: false, "probe"));
        Send("00 00 00 00 00 00", tag: 0);
        Port.ExpectMsg<SendCommandComplete>();
        _lines.Clear();
    }

    public TestProbe Port { get; }

    public TestProbe Queue { get; }

    public IActorRef Unit { get; }

    public IActorRef Target { get; }

    /// <summary>Who said what to whom.</summary>
    public IReadOnlyList<string> Lines => _lines;

    public void Send(string cdb, ulong tag = 1)
    {
        var nexus = new ItlqNexus(new ItNexus(7, 0), Lun.Zero, tag);
        var command = new ScsiCommandReceived(nexus, Cdb.Parse(Convert.FromHexString(cdb.Replace(" ", ""))), TaskAttribute.Simple, -1, -1);
        Tell(Target, "port", "target", command, Port);
    }

    /// <summary>The port gets a message, and notes it.</summary>
    public T PortGets<T>() => Note("lu", "port", Port.ExpectMsg<T>());

    /// <summary>The queue gets a message, and notes it.</summary>
    public T QueueGets<T>() => Note("lu", "queue", Queue.ExpectMsg<T>());

    public void PortSays(object message) => Tell(Port.Sender, "port", "lu", message, Port);

    public void QueueSays(object message) => Tell(Queue.Sender, "queue", "lu", message, Queue);

    private void Tell(IActorRef to, string fromName, string toName, object message, TestProbe from)
    {
        Note(fromName, toName, message);
        to.Tell(message, from.Ref);
    }

    private T Note<T>(string from, string to, T message)
    {
        _lines.Add(MessageText.Line(from, to, message!));
        return message;
    }
}
