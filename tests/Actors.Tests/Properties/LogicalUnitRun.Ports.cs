using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi;

namespace ScsiActors.Tests.Properties;

/// <summary>The way out of the logical unit, and the first conversation with it, before there is anything to judge by.</summary>
public sealed partial class LogicalUnitRun
{
    private readonly MemoryStream _learned = new();
    private SendCommandComplete? _learnedEnd;

    /// <inheritdoc/>
    void ILogicalUnitPorts.SendDataIn(SendDataIn message)
    {
        Log(message);
        _judge?.Sending(message);
        _dataIn.Add((message, SimulatedStorage.Checksum(message.Buffer.Span[..message.Count])));
    }

    /// <inheritdoc/>
    void ILogicalUnitPorts.ReceiveDataOut(ReceiveDataOut message)
    {
        Log(message);
        _judge!.Receiving(message);
        _supplies[message.Task] = _judge.Outstanding.First(one => one.Task == message.Task).DataOut;
        _dataOut.Add(message);
    }

    /// <inheritdoc/>
    void ILogicalUnitPorts.SendCommandComplete(SendCommandComplete message)
    {
        Log(message);
        _learnedEnd = message;
        _judge?.Completed(message);
    }

    /// <inheritdoc/>
    void ILogicalUnitPorts.CommandAborted(CommandAborted message)
    {
        Log(message);
        _judge!.Aborted(message);
    }

    /// <inheritdoc/>
    void ILogicalUnitPorts.TaskManagementFunctionExecuted(TaskManagementFunctionExecuted message)
    {
        Log(message);
        _judge!.Executed(message);
    }

    /// <inheritdoc/>
    void ILogicalUnitPorts.ServiceDeliveryEventHandled(ServiceDeliveryEventHandled message)
    {
        Log(message);
        _judge!.Handled(message);
    }

    /// <inheritdoc/>
    void ILogicalUnitPorts.Aio(AioRequest request)
    {
        Log(request);
        var operation = _storage.Submit(request, _judge?.Now ?? 0);
        _judge?.Submitting(request, operation);
    }

    /// <inheritdoc/>
    void ILogicalUnitPorts.Cancel(AioCancel cancel)
    {
        Log(cancel);
        _storage.Cancel(cancel);
    }

    private AioOpened Opened => new(AioResult.Ok, _storage.Length, IsReadOnly: false, _swarm.CanUnmap, "memory of a test");

    private DeviceFacts Learn()
    {
        var settings = _swarm.Settings;
        _unit.Handle(Opened);
        Divergence.Unless(Ask([0, 0, 0, 0, 0, 0]).Status == ScsiStatus.CheckCondition, "facts",
            "the first command is not told of the power on");
        Divergence.Unless(Ask([0, 0, 0, 0, 0, 0]).Status == ScsiStatus.Good, "facts",
            "a fresh unit is not ready after its power on was reported");
        var facts = DeviceFacts.Learn(Ask, _swarm.Blocks, settings.BlockSize, settings.ReadOnly);
        Divergence.Unless(facts.CanUnmap == _swarm.CanUnmap, "facts", "LBPME does not say what storage can do");
        return facts;
    }

    private DeviceFacts.Answer Ask(byte[] cdb)
    {
        _learned.SetLength(0);
        _learnedEnd = null;
        var nexus = new ItlqNexus(new ItNexus(0, 0), Lun.Zero, 0xFFFF_FFFF);
        _unit.Handle(new ScsiCommandReceived(nexus, Cdb.Parse(cdb), TaskAttribute.Simple, 1 << 20, 0));
        while (_dataIn.Count > 0)
        {
            var (message, _) = _dataIn[0];
            _dataIn.RemoveAt(0);
            _learned.Position = message.Offset;
            _learned.Write(message.Buffer.Span[..message.Count]);
            _unit.Handle(new DataInDelivered(message.Nexus, message.Task));
        }
        Divergence.Unless(_learnedEnd is not null, "facts", $"[{Convert.ToHexString(cdb)}] was not answered");
        return new DeviceFacts.Answer(_learnedEnd.Status, _learned.ToArray());
    }

    private void Log(object message)
    {
        if (_judge is not null)
            _log?.AppendLine($"    // {message}");
    }
}
