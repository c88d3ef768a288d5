using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Campaign;

/// <summary>The task attributes: an ORDERED command starts when everything older has ended, and nothing younger but HEAD OF QUEUE starts before it has
/// (SAM-5 8.6). A command has started when it moves data, goes to storage or ends; its attribute is the one that its client gave it.</summary>
/// <param name="context">Of the run.</param>
internal sealed class OrderOracle(OracleContext context) : LogicalUnitOracle("order", context)
{
    private const int Remembered = 512;
    private const byte RequestSense = 0x03;

    private readonly Dictionary<(string Unit, int Slot), long> _lastRead = [];
    private readonly Queue<ObservedTask> _answered = new();

    /// <inheritdoc/>
    protected override void Ended(TimeSpan time, ObservedTask task, SendCommandComplete complete)
    {
        // What was refused at the door has never been in the task set.
        if (complete.Status is not (ScsiStatus.Busy or ScsiStatus.TaskSetFull or ScsiStatus.TaskAborted or ScsiStatus.AcaActive))
            Started(time, task, Now);
        Remember(task);
    }

    /// <inheritdoc/>
    protected override void Aborted(TimeSpan time, ObservedTask task) => Remember(task);

    /// <inheritdoc/>
    protected override void ObserveOther(in Observed seen)
    {
        switch (seen.Message)
        {
            case AioRead read when Parties.IsLogicalUnit(seen.From):
                _lastRead[(seen.From, read.Id.Slot)] = Now;
                break;
            case SendDataIn send when Parties.IsLogicalUnit(seen.From) && Watch.Find(seen.From, send.Nexus) is { } task:
                // A storage request names a slot only; the last read from the slot of a READ that delivers data was that command's.
                var isRead = BlockCommand.Of(task.Command.Cdb).Use == BlockUse.Read;
                Started(seen.Time, task, isRead ? _lastRead.GetValueOrDefault((seen.From, send.Task.Slot), Now) : Now);
                break;
            case ReceiveDataOut receive when Parties.IsLogicalUnit(seen.From) && Watch.Find(seen.From, receive.Nexus) is { } task:
                Started(seen.Time, task, Now);
                break;
        }
    }

    private void Started(TimeSpan time, ObservedTask task, long since)
    {
        // Sense data that are kept are fetched at once, whatever else there is (SAM-2 5.9.1: before the commands of the task set).
        if (task.Attribute is TaskAttribute.HeadOfQueue or TaskAttribute.Aca || task.MayBeAborting || task.Command.Cdb.OperationCode == RequestSense)
            return;
        foreach (var older in TasksOf(task.Unit))
            Compare(time, task, older, since);
        foreach (var older in _answered)
        {
            if (older.Answered > since && older.Unit == task.Unit)
                Compare(time, task, older, since);
        }
    }

    private void Compare(TimeSpan time, ObservedTask task, ObservedTask older, long since)
    {
        if (older.Arrival >= task.Arrival || older.Answered <= since || older.MayBeAborting || !AreInOneTaskSet(task, older))
            return;
        var about = FindingSubject.Of(older) with { Nexus = null, Cdb = null };
        if (task.Attribute == TaskAttribute.Ordered)
            Find(time, $"{task.Unit} started the ORDERED {task.Command.Nexus} before the older {older.Command.Nexus} had ended", about);
        else if (older.Attribute == TaskAttribute.Ordered)
            Find(time, $"{task.Unit} started {task.Command.Nexus} before the older ORDERED {older.Command.Nexus} had ended", about);
    }

    // With TST=1 each nexus has one of its own (SPC-4 7.5.8).
    private bool AreInOneTaskSet(ObservedTask task, ObservedTask older) =>
        task.It == older.It || (Watch.ModesOf(task.Unit) is { TaskSetPerNexus: false } modes && (!modes.HasSeparated || modes.AreCertainSince(older.Arrival)));

    private void Remember(ObservedTask task)
    {
        _answered.Enqueue(task);
        if (_answered.Count > Remembered)
            _answered.Dequeue();
    }
}
