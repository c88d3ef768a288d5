using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi;

namespace ScsiActors.Tests.Properties;

/// <summary>What a bug of a logical unit would look like from outside.</summary>
public enum Spoiled
{
    /// <summary>A command is answered twice.</summary>
    CompletesTwice,

    /// <summary>A command is never answered.</summary>
    LosesACompletion,

    /// <summary>A bit of what is read is flipped.</summary>
    FlipsABitOfDataIn,

    /// <summary>A write goes to the next block.</summary>
    WritesElsewhere,

    /// <summary>A write does not go to stable storage although it must.</summary>
    ForgetsWriteThrough,

    /// <summary>A write that must be atomic is not.</summary>
    ForgetsAtomicity,

    /// <summary>A unit attention is turned into GOOD.</summary>
    HidesUnitAttentions,

    /// <summary>A refusal is turned into GOOD.</summary>
    HidesRefusals,

    /// <summary>The number of bytes moved is wrong.</summary>
    Miscounts,

    /// <summary>A task management function is answered twice.</summary>
    AnswersFunctionsTwice,

    /// <summary>A write is submitted when its data is asked for: the trap in the letter.</summary>
    WritesBeforeItsDataHasCome,
}

/// <summary>Stands between a logical unit and its ports and spoils what it says, so that the model can be seen to find it.</summary>
/// <param name="kind">How.</param>
public sealed class Sabotage(Spoiled kind) : ILogicalUnitPorts
{
    private const int Often = 5;

    private ILogicalUnitPorts? _ports;
    private bool _hasBegun;
    private int _count;

    /// <summary>Puts it in front of <paramref name="ports"/>.</summary>
    public Sabotage Before(ILogicalUnitPorts ports)
    {
        _ports = ports;
        return this;
    }

    /// <summary>From now on messages are spoiled.</summary>
    public void Begin() => _hasBegun = true;

    /// <inheritdoc/>
    public void SendDataIn(SendDataIn message)
    {
        if (Spoils(Spoiled.FlipsABitOfDataIn))
            message.Buffer.Span[message.Count - 1] ^= 1;
        _ports!.SendDataIn(message);
    }

    /// <inheritdoc/>
    public void ReceiveDataOut(ReceiveDataOut message)
    {
        _ports!.ReceiveDataOut(message);
        if (Spoils(Spoiled.WritesBeforeItsDataHasCome))
            _ports.Aio(new AioWrite(new AioId(1 << 20, (uint)_count), 0, new ScatterGatherList(message.Buffer.Memory[..message.Count])));
    }

    /// <inheritdoc/>
    public void SendCommandComplete(SendCommandComplete message)
    {
        if (Spoils(Spoiled.LosesACompletion))
            return;
        var isAttention = message.Sense?.Key == SenseKey.UnitAttention;
        if ((isAttention && Spoils(Spoiled.HidesUnitAttentions))
            || (message.Sense?.Key == SenseKey.IllegalRequest && Spoils(Spoiled.HidesRefusals)))
            message = message with { Status = ScsiStatus.Good, Sense = null };
        if (Spoils(Spoiled.Miscounts))
            message = message with { Transferred = message.Transferred + 1 };
        _ports!.SendCommandComplete(message);
        if (Spoils(Spoiled.CompletesTwice))
            _ports.SendCommandComplete(message);
    }

    /// <inheritdoc/>
    public void CommandAborted(CommandAborted message) => _ports!.CommandAborted(message);

    /// <inheritdoc/>
    public void TaskManagementFunctionExecuted(TaskManagementFunctionExecuted message)
    {
        _ports!.TaskManagementFunctionExecuted(message);
        if (Spoils(Spoiled.AnswersFunctionsTwice))
            _ports.TaskManagementFunctionExecuted(message);
    }

    /// <inheritdoc/>
    public void ServiceDeliveryEventHandled(ServiceDeliveryEventHandled message) => _ports!.ServiceDeliveryEventHandled(message);

    /// <inheritdoc/>
    public void Aio(AioRequest request)
    {
        if (request is AioWrite write && Spoils(Spoiled.WritesElsewhere))
            request = write with { Offset = write.Offset + 512 };
        else if (request is AioWrite { WriteThrough: true } through && Spoils(Spoiled.ForgetsWriteThrough))
            request = through with { WriteThrough = false };
        else if (request is AioWrite { IsAtomic: true } atomic && Spoils(Spoiled.ForgetsAtomicity))
            request = atomic with { IsAtomic = false };
        _ports!.Aio(request);
    }

    /// <inheritdoc/>
    public void Cancel(AioCancel cancel) => _ports!.Cancel(cancel);

    // Not at the first chance, but soon.
    private bool Spoils(Spoiled how) => _hasBegun && kind == how && ++_count % Often == 0;
}
