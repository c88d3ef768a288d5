using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi;

namespace ScsiActors.Tests.Machines.Scsi;

/// <summary>How a command ended on the bench.</summary>
/// <param name="Status">Its status; null when it was aborted without one.</param>
/// <param name="Sense">Its sense data.</param>
/// <param name="Data">What came in.</param>
/// <param name="Transferred">What the logical unit says it moved.</param>
internal sealed record Outcome(ScsiStatus? Status, SenseData? Sense, byte[] Data, long Transferred)
{
    public override string ToString() => Status is null ? "aborted" : Sense is null ? $"{Status}" : $"{Sense}";
}

/// <summary>A logical unit on the bench: plays its ports and its storage, writes down what it says, and answers when told to.</summary>
internal sealed class LogicalUnitBench : ILogicalUnitPorts
{
    public const int Blocks = 4096;
    public const int BlockSize = 512;

    private readonly Dictionary<ItlqNexus, (byte[] DataOut, byte[] DataIn)> _data = [];
    private readonly Dictionary<ItlqNexus, Outcome> _ended = [];
    private readonly Dictionary<ItlqNexus, int> _owed = [];
    private ulong _lastTag;

    public LogicalUnitBench(LogicalUnitSettings? settings = null, bool open = true, bool clearPowerOn = true, bool canUnmap = false)
    {
        Unit = new LogicalUnit(settings ?? new LogicalUnitSettings(), this);
        if (open)
            Open(canUnmap: canUnmap);
        if (open && clearPowerOn)
            ClearUnitAttention(0, 1, 2);
    }

    public LogicalUnit Unit { get; }

    /// <summary>Everything said, in order.</summary>
    public List<object> Said { get; } = [];

    /// <summary>What was said and still wants an answer.</summary>
    public List<object> Unanswered { get; } = [];

    public byte[] Disk { get; } = new byte[Blocks * BlockSize];

    /// <summary>Makes storage requests fail.</summary>
    public Func<AioRequest, (AioResult Result, long Bytes)?> Fault { get; set; } = _ => null;

    public void Open(AioResult result = AioResult.Ok, bool isReadOnly = false, long length = Blocks * BlockSize, bool canUnmap = false) =>
        Unit.Handle(new AioOpened(result, length, isReadOnly, canUnmap, "bench"));

    public void ClearUnitAttention(params int[] initiators)
    {
        foreach (var initiator in initiators)
        {
            while (Execute("00 00 00 00 00 00", initiator).Sense?.Key == SenseKey.UnitAttention) { }
        }
        Said.Clear();
    }

    public static Cdb Parse(string hex) => Cdb.Parse(Convert.FromHexString(hex.Replace(" ", "")));

    public static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", ""));

    /// <summary>Sends a command and answers nothing.</summary>
    public ItlqNexus Send(
        string cdb, int initiator = 0, TaskAttribute attribute = TaskAttribute.Simple, byte[]? dataOut = null, int? dataInLength = null,
        int? dataOutLength = null, bool autosense = true, ulong? tag = null)
    {
        var nexus = new ItlqNexus(new ItNexus(initiator, 0), Lun.Zero, tag ?? ++_lastTag);
        _data[nexus] = (dataOut ?? [], new byte[1 << 20]);
        _ended.Remove(nexus);
        _owed[nexus] = _owed.GetValueOrDefault(nexus) + 1;
        Unit.Handle(new ScsiCommandReceived(
            nexus, Parse(cdb), attribute, dataInLength ?? -1, dataOutLength ?? dataOut?.Length ?? -1, autosense));
        return nexus;
    }

    /// <summary>Sends a command and answers everything until nothing is left to answer.</summary>
    public Outcome Execute(
        string cdb, int initiator = 0, TaskAttribute attribute = TaskAttribute.Simple, byte[]? dataOut = null, int? dataInLength = null,
        int? dataOutLength = null, bool autosense = true)
    {
        var nexus = Send(cdb, initiator, attribute, dataOut, dataInLength, dataOutLength, autosense);
        AnswerAll();
        return OutcomeOf(nexus) ?? throw new InvalidOperationException($"{cdb} did not end");
    }

    /// <summary>How a command ended; null while it has not.</summary>
    public Outcome? OutcomeOf(ItlqNexus nexus) => _ended.GetValueOrDefault(nexus);

    public void AnswerAll()
    {
        while (Unanswered.Count > 0)
            Answer(Unanswered[0]);
    }

    /// <summary>Answers what a command is waiting for.</summary>
    public void AnswerOne(ItlqNexus nexus) => Answer(Unanswered.First(message => message switch
    {
        SendDataIn sent => sent.Nexus == nexus,
        ReceiveDataOut asked => asked.Nexus == nexus,
        _ => false,
    }));

    public void AnswerAio(int index = 0, AioResult? result = null) => Answer(Unanswered.OfType<AioRequest>().ElementAt(index), result);

    public void Answer(object message, AioResult? result = null)
    {
        Unanswered.Remove(message);
        switch (message)
        {
            case SendDataIn sent:
                sent.Buffer.Span[..sent.Count].CopyTo(_data[sent.Nexus].DataIn.AsSpan((int)sent.Offset));
                Unit.Handle(new DataInDelivered(sent.Nexus, sent.Task));
                break;
            case ReceiveDataOut asked:
                _data[asked.Nexus].DataOut.AsSpan((int)asked.Offset, asked.Count).CopyTo(asked.Buffer.Span);
                Unit.Handle(new DataOutReceived(asked.Nexus, asked.Task));
                break;
            case AioRequest request:
                Complete(request, result);
                break;
        }
    }

    /// <summary>Sends a READ(10) of the one block whose address is the tag, so that storage requests tell which command they
    /// serve.</summary>
    public ItlqNexus SendRead(int initiator = 0, TaskAttribute attribute = TaskAttribute.Simple, ulong? tag = null, bool naca = false)
    {
        var address = tag ?? ++_lastTag;
        return Send($"28 00 0000 {address:X4} 00 0001 {(naca ? 4 : 0):X2}", initiator, attribute, tag: address);
    }

    /// <summary>The command sent by <see cref="SendRead"/> that a storage request serves.</summary>
    public ItlqNexus CommandOf(AioRequest request) => _data.Keys.Last(nexus => (long)nexus.Tag == ((AioRead)request).Offset / BlockSize);

    /// <summary>Has storage and port answer a read.</summary>
    public void EndRead(ItlqNexus nexus)
    {
        Answer(Unanswered.OfType<AioRead>().First(request => CommandOf(request) == nexus));
        AnswerOne(nexus);
    }

    private void Complete(AioRequest request, AioResult? result)
    {
        var fault = result is { } given ? (given, 0) : Fault(request);
        if (fault is { } failed && failed.Result != AioResult.Ok)
        {
            Unit.Handle(new AioCompleted(request.Id, failed.Result, failed.Bytes));
            return;
        }
        var bytes = 0L;
        switch (request)
        {
            case AioRead read:
                Disk.AsSpan((int)read.Offset, (int)read.Data.Length).CopyTo(read.Data[0].Span);
                bytes = read.Data.Length;
                break;
            case AioWrite write:
                write.Data[0].Span.CopyTo(Disk.AsSpan((int)write.Offset));
                bytes = write.Data.Length;
                break;
            case AioUnmap unmap:
                Disk.AsSpan((int)unmap.Offset, (int)unmap.Length).Clear();
                break;
        }
        Unit.Handle(new AioCompleted(request.Id, AioResult.Ok, bytes));
    }

    public TaskManagementFunctionExecuted? Manage(TaskManagementFunction function, int initiator = 0, ulong tag = 0, ulong association = 1)
    {
        Unit.Handle(new TaskManagementRequestReceived(new ItlqNexus(new ItNexus(initiator, 0), Lun.Zero, tag), function, association));
        return Said.LastOrDefault() as TaskManagementFunctionExecuted;
    }

    public bool Report(ServiceDeliveryEvent what, int initiator = 0, ulong association = 1)
    {
        Unit.Handle(new ServiceDeliveryEventOccurred(what, new ItNexus(initiator, 0), association));
        return Said.LastOrDefault() is ServiceDeliveryEventHandled;
    }

    /// <summary>Fails unless nothing is held any more.</summary>
    public void HoldsNothing()
    {
        Xunit.Assert.Equal(0, Unit.BuffersOutstanding);
        Xunit.Assert.Equal(0, Unit.TasksOutstanding);
    }

    private void End(ItlqNexus nexus, Outcome outcome)
    {
        Xunit.Assert.True(_owed[nexus]-- > 0, $"{nexus} ended more often than it was sent");
        _ended[nexus] = outcome;
    }

    void ILogicalUnitPorts.SendDataIn(SendDataIn message) => Ask(message);

    void ILogicalUnitPorts.ReceiveDataOut(ReceiveDataOut message) => Ask(message);

    void ILogicalUnitPorts.Aio(AioRequest request) => Ask(request);

    void ILogicalUnitPorts.Cancel(AioCancel cancel) => Said.Add(cancel);

    void ILogicalUnitPorts.TaskManagementFunctionExecuted(TaskManagementFunctionExecuted message) => Said.Add(message);

    void ILogicalUnitPorts.ServiceDeliveryEventHandled(ServiceDeliveryEventHandled message) => Said.Add(message);

    void ILogicalUnitPorts.CommandAborted(CommandAborted message)
    {
        Said.Add(message);
        End(message.Nexus, new Outcome(null, null, [], 0));
    }

    void ILogicalUnitPorts.SendCommandComplete(SendCommandComplete message)
    {
        Said.Add(message);
        var data = _data[message.Nexus].DataIn[..(int)message.Transferred];
        End(message.Nexus, new Outcome(message.Status, message.Sense, data, message.Transferred));
    }

    private void Ask(object message)
    {
        Said.Add(message);
        Unanswered.Add(message);
    }
}
