using System.Text;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi;

namespace ScsiActors.Tests.Properties;

/// <summary>One logical unit under a seed: plays the ports and the storage around it and lets the <see cref="Judge"/> see
/// everything.</summary>
public sealed partial class LogicalUnitRun : ILogicalUnitPorts
{
    // One answer in so many is sent again when nobody waits for it any more.
    private const int StaleEvery = 25;

    private readonly Swarm _swarm;
    private readonly SimulatedStorage _storage;
    private readonly LogicalUnit _unit;
    private readonly DeviceFacts _facts;
    private readonly CommandGenerator _generator;
    private readonly StringBuilder? _log;
    private readonly List<(SendDataIn Message, ulong Checksum)> _dataIn = [];
    private readonly List<ReceiveDataOut> _dataOut = [];
    // The data-out of commands that have a transfer under way, though they may have ended meanwhile.
    private readonly Dictionary<TaskId, byte[]> _supplies = [];
    private Judge? _judge;
    private int _serial;
    private ulong _association;

    /// <summary>Builds the logical unit of <paramref name="swarm"/>, opens its storage and asks what it is.</summary>
    /// <param name="swarm">The options.</param>
    /// <param name="log">Takes what goes in and out, one line each; null when nobody reads it.</param>
    /// <param name="sabotage">What stands between the logical unit and the rest, to spoil what it says; nothing by default.</param>
    public LogicalUnitRun(Swarm swarm, StringBuilder? log = null, Sabotage? sabotage = null)
    {
        (_swarm, _log) = (swarm, log);
        var settings = swarm.Settings;
        _storage = new SimulatedStorage(swarm.Blocks * settings.BlockSize, settings.BlockSize);
        _unit = new LogicalUnit(settings.Validated(), (ILogicalUnitPorts?)sabotage?.Before(this) ?? this);
        _facts = Learn();
        sabotage?.Begin();
        _generator = new CommandGenerator(_facts, _storage);
        _judge = new Judge(_facts, _storage, Swarm.Initiators, settings.MaximumTasks, greeted: 0);
    }

    /// <summary>How often each ending was seen.</summary>
    public IReadOnlyDictionary<string, int> Census => _judge!.Census;

    /// <summary>Commands that were sent.</summary>
    public int Commands => _serial;

    /// <summary>Executes the steps; throws <see cref="DivergenceException"/> where model and logical unit part ways. What the logical
    /// unit throws becomes one too.</summary>
    /// <returns>Nothing, or the number of the failing step in the exception's data.</returns>
    public void Execute(IReadOnlyList<Step> steps)
    {
        for (var i = 0; i < steps.Count; i++)
        {
            try
            {
                Execute(steps[i]);
            }
            catch (Exception exception)
            {
                var divergence = exception as DivergenceException
                    ?? new DivergenceException("exception " + exception.GetType().Name, exception.ToString());
                divergence.Data["step"] = i;
                _log?.AppendLine($"// {divergence.Message}");
                throw divergence;
            }
        }
    }

    private void Execute(Step step)
    {
        var random = new RandomStream(step.Seed, "step");
        switch (step.Kind)
        {
            case StepKind.Command:
                SendCommand(random);
                break;
            case StepKind.DataIn when _dataIn.Count > 0:
                AnswerDataIn(random);
                break;
            case StepKind.DataOut when _dataOut.Count > 0:
                AnswerDataOut(random);
                break;
            case StepKind.Storage when _storage.Pending.Count > 0:
                AnswerStorage(random);
                break;
            case StepKind.TaskManagement:
                SendTaskManagement(random);
                break;
            case StepKind.Event:
                SendEvent(random);
                break;
            case StepKind.Drain:
                Drain(random);
                break;
        }
    }

    private void SendCommand(RandomStream random)
    {
        var judge = _judge!;
        var initiator = random.Below(Swarm.Initiators);
        var cdb = _generator.Next(random, _swarm, judge.State);
        // The orders in which changes may take effect multiply: a few at a time are enough.
        if (judge.ChangesUnderWay >= 3 && CommandRules.CanChange(cdb))
            cdb = Cdb.Parse([0, 0, 0, 0, 0, 0]);
        var attribute = (TaskAttribute)random.Weighted(_swarm.AttributeWeights);
        if (judge.IsContingent(initiator) && random.OneIn(2))
            attribute = TaskAttribute.Aca;
        var own = judge.Outstanding.Where(one => one.Initiator == initiator).ToList();
        // A third command of one name could not be told from the second, which is to be refused.
        var twice = own.FindAll(one => !own.Exists(other => other.Overlaps && other.Request.Nexus == one.Request.Nexus));
        var overlaps = twice.Count > 0 && random.OneIn(300);
        if (attribute == TaskAttribute.Untagged && !overlaps && own.Exists(static one => one.Request.Attribute == TaskAttribute.Untagged))
            attribute = TaskAttribute.Simple;
        var serial = _serial++;
        var tag = overlaps ? random.Pick<ModelCommand>([.. twice]).Request.Nexus.Tag : attribute == TaskAttribute.Untagged ? 0
            : (ulong)serial + 1;
        if (overlaps)
            attribute = tag == 0 ? TaskAttribute.Untagged : attribute == TaskAttribute.Untagged ? TaskAttribute.Simple : attribute;
        var data = _generator.DataOut(random, cdb, serial, judge.State);
        var isParallel = initiator == Swarm.Initiators - 1;
        // Initiators that only want blocks back leave the data out.
        if (!isParallel && cdb.OperationCode is (0x41 or 0x93) && (cdb[1] & 0x08) != 0 && random.OneIn(3))
            data = [];
        // An initiator may announce fewer bytes than the CDB asks for.
        if (!isParallel && data.Length > 0 && cdb.OperationCode is not (0x15 or 0x55) && random.OneIn(60))
            data = data[..random.Below(data.Length)];
        var (dataIn, dataOut) = isParallel
            ? (ScsiCommandReceived.UnknownLength, ScsiCommandReceived.UnknownLength)
            : (InLength(random, cdb), data.Length);
        var request = new ScsiCommandReceived(new ItlqNexus(new ItNexus(initiator, 0), Lun.Zero, tag), cdb, attribute, dataIn, dataOut,
            !isParallel);
        judge.Now++;
        var autosense = isParallel ? ", Autosense: false" : "";
        _log?.AppendLine($"unit.Handle(new ScsiCommandReceived({request.Nexus}, \"{cdb}\", {attribute}, {dataIn}, {dataOut}{autosense}));"
            + (cdb.OperationCode is 0x15 or 0x55 ? $" // list {Convert.ToHexString(data)}" : ""));
        judge.Sending(new ModelCommand(serial, request, data, judge.Now));
        _unit.Handle(request);
        judge.Handled();
    }

    private int InLength(RandomStream random, Cdb cdb)
    {
        var natural = _generator.DataInLength(cdb);
        return random.Weighted(30, 1, 1) switch { 0 => natural, 1 => natural + 512, _ => random.Below(natural + 1) };
    }

    private void AnswerDataIn(RandomStream random)
    {
        var index = random.OneIn(2) ? 0 : random.Below(_dataIn.Count);
        var (message, checksum) = _dataIn[index];
        _dataIn.RemoveAt(index);
        var delivered = !Fails(random);
        _judge!.Now++;
        _judge.Delivering(message, delivered, checksum);
        Handle(new DataInDelivered(message.Nexus, message.Task, delivered), _unit.Handle);
        if (random.OneIn(StaleEvery) && _judge.Outstanding.All(one => one.Task != message.Task))
            Handle(new DataInDelivered(message.Nexus, message.Task), _unit.Handle);
    }

    private void AnswerDataOut(RandomStream random)
    {
        var index = random.OneIn(2) ? 0 : random.Below(_dataOut.Count);
        var message = _dataOut[index];
        _dataOut.RemoveAt(index);
        var received = !Fails(random);
        _judge!.Now++;
        // What lies in the buffer before the data has come must never reach the medium.
        var destination = message.Buffer.Span[..message.Count];
        destination.Fill(0xDD);
        var source = _supplies[message.Task];
        if (received && message.Offset + message.Count <= source.Length)
            source.AsSpan((int)message.Offset, message.Count).CopyTo(destination);
        _judge.Received(message, received);
        Handle(new DataOutReceived(message.Nexus, message.Task, received), _unit.Handle);
        if (random.OneIn(StaleEvery) && _judge.Outstanding.All(one => one.Task != message.Task))
            Handle(new DataOutReceived(message.Nexus, message.Task), _unit.Handle);
    }

    private void AnswerStorage(RandomStream random)
    {
        var operation = _storage.Pending[random.OneIn(2) ? 0 : random.Below(_storage.Pending.Count)];
        _judge!.Now++;
        if (!operation.Executed && random.OneIn(4))
        {
            _storage.Execute(operation, long.MaxValue, _judge.Now);
            return;
        }
        var result = operation.CancelAsked && random.OneIn(2) ? AioResult.Cancelled : Fails(random) ? Failure(random, operation.Request)
            : AioResult.Ok;
        _judge.Answering(operation.Request);
        if (result != AioResult.Ok)
            _judge.Failing(operation, result);
        Handle(_storage.Complete(operation, result, random, _judge.Now), _unit.Handle);
        // What comes late, for a request that has been answered, is dropped by its generation.
        if (random.OneIn(StaleEvery))
            Handle(new AioCompleted(operation.Request.Id, random.Pick(AioResult.Ok, AioResult.ReadError), 0), _unit.Handle);
    }

    private static AioResult Failure(RandomStream random, AioRequest request) => request is AioRead
        ? random.Pick(AioResult.ReadError, AioResult.ReadError, AioResult.OutOfRange, AioResult.Unavailable, AioResult.Busy)
        : random.Pick(AioResult.WriteError, AioResult.WriteError, AioResult.NoSpace, AioResult.ReadOnly, AioResult.OutOfRange,
            AioResult.Unavailable, AioResult.Busy);

    private bool Fails(RandomStream random) => _swarm.FaultEvery > 0 && random.OneIn(_swarm.FaultEvery);

    private void SendTaskManagement(RandomStream random)
    {
        var judge = _judge!;
        var function = random.Pick(TaskManagementFunction.AbortTask, TaskManagementFunction.AbortTask, TaskManagementFunction.AbortTask,
            TaskManagementFunction.AbortTaskSet, TaskManagementFunction.ClearTaskSet, TaskManagementFunction.ClearAca,
            TaskManagementFunction.LogicalUnitReset, TaskManagementFunction.ItNexusReset, TaskManagementFunction.QueryTask,
            TaskManagementFunction.QueryTaskSet, TaskManagementFunction.QueryAsynchronousEvent, TaskManagementFunction.TargetReset);
        var initiator = random.Below(Swarm.Initiators);
        for (var faulted = 0; faulted < Swarm.Initiators; faulted++)
        {
            if (judge.IsContingent(faulted) && random.OneIn(2))
                (function, initiator) = (TaskManagementFunction.ClearAca, faulted);
        }
        var own = judge.Outstanding.Where(one => one.Initiator == initiator).ToList();
        var tag = own.Count > 0 && !random.OneIn(8) ? random.Pick<ModelCommand>([.. own]).Request.Nexus.Tag
            : (ulong)random.Below(_serial + 2);
        SendTaskManagement(function, initiator, tag);
    }

    private void SendTaskManagement(TaskManagementFunction function, int initiator, ulong tag)
    {
        var request = new TaskManagementRequestReceived(new ItlqNexus(new ItNexus(initiator, 0), Lun.Zero, tag), function, ++_association);
        _judge!.Now++;
        _judge.Sending(request);
        Handle(request, _unit.Handle);
    }

    private void SendEvent(RandomStream random)
    {
        if (random.OneIn(4))
        {
            // Storage may say again what it is; as long as it is the same, nothing follows from it.
            Handle(Opened, _unit.Handle);
            return;
        }
        var kind = random.Pick(ServiceDeliveryEvent.ItNexusLoss, ServiceDeliveryEvent.ItNexusLoss, ServiceDeliveryEvent.HardReset,
            ServiceDeliveryEvent.PowerOn);
        var message = new ServiceDeliveryEventOccurred(kind, new ItNexus(random.Below(Swarm.Initiators), 0), ++_association);
        _judge!.Now++;
        _judge.Sending(message);
        Handle(message, _unit.Handle);
    }

    private void Drain(RandomStream random)
    {
        while (true)
        {
            if (_dataIn.Count > 0)
                AnswerDataIn(random);
            else if (_dataOut.Count > 0)
                AnswerDataOut(random);
            else if (_storage.Pending.Count > 0)
                AnswerStorage(random);
            else if (_judge!.Outstanding.Count > 0 && Enumerable.Range(0, Swarm.Initiators).FirstOrDefault(_judge.IsContingent, -1)
                is var faulted and >= 0)
                SendTaskManagement(TaskManagementFunction.ClearAca, faulted, 0);
            else
                break;
        }
        _judge!.Quiescent();
        Divergence.Unless(_unit.TasksOutstanding == 0, "leak", $"{_unit.TasksOutstanding} tasks are left in the logical unit");
        Divergence.Unless(_unit.BuffersOutstanding == 0, "leak", $"{_unit.BuffersOutstanding} buffers have not been returned");
        _supplies.Clear();
    }

    private void Handle<T>(T message, Action<T> handler)
    {
        _log?.AppendLine($"unit.Handle({message});");
        handler(message);
        _judge!.Handled();
    }
}
