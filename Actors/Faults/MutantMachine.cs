using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi;
using ScsiActors.Simulation;

namespace ScsiActors.Faults;

/// <summary>Makes one historical bug of messages, as a part would have it: of what the part is told it makes something else than it should, which nobody else sees,
/// or it says something else than it should.</summary>
/// <typeparam name="TActor">Whatever names an actor.</typeparam>
internal sealed class MutantMachine<TActor>
    where TActor : class
{
    private const int Seldom = 32;
    private const int Block = 512;
    private const int Istat0 = 0x14;
    private const int Sist0 = 0x42;
    private const uint SipAndDip = 0x03;
    private const uint Sigp = 0x20;
    private const byte PreventAllow = 0x1E;
    private const byte PreventField = 0x03;
    private const byte WhatWasThere = 0xA5;

    private delegate bool Pass(TActor from, TActor to, ref object message);

    /// <summary>What the part with the bug makes of what it gets, and of what it says; null: the right thing.</summary>
    private readonly record struct Bug(Pass? Gets = null, Pass? Says = null);

    private readonly object _inside = new();
    private readonly IFaultPorts<TActor> _ports;
    private readonly RandomStream _random;
    private readonly Bug _bug;
    private readonly Dictionary<ItlqNexus, (ScsiCommandReceived Command, TActor Port)> _commands = [];
    private readonly Dictionary<(string Queue, AioId Id), long> _wholes = [];
    private readonly int _occasion;
    private int _occasions;
    private ulong _istatAssociation = ulong.MaxValue;

    /// <summary>A machine for one bug.</summary>
    /// <param name="mutant">A bug that is made of messages.</param>
    /// <param name="random">Decides when bugs of timing show.</param>
    /// <param name="ports">The way out.</param>
    public MutantMachine(Mutant mutant, RandomStream random, IFaultPorts<TActor> ports)
    {
        (_random, _ports, _occasion) = (random, ports, mutant.Occasion);
        if (!Table().TryGetValue(mutant.Name, out _bug))
            throw new ArgumentException($"{mutant.Name} is not made of messages: lay its Config over the subsystem's");
    }

    /// <summary>How often the bug has acted.</summary>
    public int Acted { get; private set; }

    /// <summary>A message is on its way: true when it may go on, perhaps exchanged.</summary>
    public bool MayPass(TActor from, TActor to, ref object message)
    {
        if (message is Injected injected)
        {
            if (ReferenceEquals(injected.Owner, this))
                message = injected.Message;
            return true;
        }
        var isPassing = Apply(_bug.Says, from, to, ref message);
        if (message is SendCommandComplete complete && isPassing)
            _commands.Remove(complete.Nexus);
        else if (message is CommandAborted aborted)
            _commands.Remove(aborted.Nexus);
        return isPassing;
    }

    /// <summary>A message is about to be handled by its receiver: true when it is to be, perhaps exchanged.</summary>
    public bool MayEnter(TActor from, TActor to, ref object message)
    {
        if (message is Injected injected)
        {
            if (ReferenceEquals(injected.Owner, _inside))
                message = injected.Message;
            return true;
        }
        if (message is ScsiCommandReceived command && RoleOf(to) == FaultRole.LogicalUnit)
            _commands[command.Nexus] = (command, from);
        return Apply(_bug.Gets, from, to, ref message);
    }

    private bool Apply(Pass? pass, TActor from, TActor to, ref object message)
    {
        if (pass is null)
            return true;
        var before = message;
        var isPassing = pass(from, to, ref message);
        if (!isPassing || !ReferenceEquals(before, message))
            Acted++;
        return isPassing;
    }

    private Dictionary<string, Bug> Table() => new()
    {
        ["sigp-lost"] = new(Gets: (TActor _, TActor _, ref object message) =>
            message is not RegisterWrite { Offset: Istat0, Space: RegisterSpace.Bar1, Value: Sigp } || !IsTime()),
        ["interrupt-lost"] = new(Says: (TActor _, TActor _, ref object message) =>
            message is not InterruptLine { Asserted: true } || !IsTime()),
        ["istat-read-clears"] = new(Says: IstatReadClears),
        ["sist-half-read"] = new(Gets: (TActor _, TActor _, ref object message) =>
        {
            if (message is RegisterRead { Offset: Sist0, Space: RegisterSpace.Bar1, Width: 2 } read)
                message = read with { Width = 1 };
            return true;
        }),
        ["stale-dma-length"] = new(Gets: StaleLength),
        ["tags-mixed-up"] = new(Gets: TagsMixedUp),
        ["attributes-ignored"] = new(Gets: (TActor _, TActor to, ref object message) =>
        {
            if (message is ScsiCommandReceived { Attribute: TaskAttribute.Ordered or TaskAttribute.HeadOfQueue } command && RoleOf(to) == FaultRole.LogicalUnit)
                message = command with { Attribute = TaskAttribute.Simple };
            return true;
        }),
        ["bus-reset-forgets"] = new(Gets: (TActor from, TActor to, ref object message) => message is not ServiceDeliveryEventOccurred occurred
            || RoleOf(to) != FaultRole.LogicalUnit || Answer(from, to, new ServiceDeliveryEventHandled(occurred.Association))),
        ["aborted-command-completes"] = new(Says: (TActor _, TActor _, ref object message) =>
        {
            if (message is CommandAborted aborted)
                message = new SendCommandComplete(aborted.Nexus, ScsiStatus.Good, null, BytesOf(aborted.Nexus));
            return true;
        }),
        ["abort-without-effect"] = new(Gets: (TActor from, TActor to, ref object message) => message is not TaskManagementRequestReceived
            { Function: TaskManagementFunction.AbortTask } request || RoleOf(to) != FaultRole.LogicalUnit || AnswerComplete(from, to, request)),
        ["abort-reported-failed"] = new(Says: (TActor _, TActor _, ref object message) =>
        {
            if (message is TaskManagementFunctionExecuted { Function: TaskManagementFunction.AbortTask } executed)
                message = executed with { Response = ServiceResponse.FunctionRejected };
            return true;
        }),
        ["reset-without-effect"] = new(Gets: (TActor from, TActor to, ref object message) => message is not TaskManagementRequestReceived
            { Function: TaskManagementFunction.LogicalUnitReset or TaskManagementFunction.TargetReset } request
            || RoleOf(to) != FaultRole.LogicalUnit || AnswerComplete(from, to, request)),
        ["unit-attention-swallowed"] = new(Says: UnitAttentionSwallowed),
        ["wrong-residual"] = new(Says: (TActor _, TActor _, ref object message) =>
        {
            if (message is SendCommandComplete { Transferred: >= Block } complete)
                message = complete with { Transferred = complete.Transferred - Block };
            return true;
        }),
        ["wrong-sense-when-protected"] = new(Says: WrongSense),
        ["eject-not-prevented"] = new(Gets: (TActor _, TActor to, ref object message) =>
        {
            if (message is ScsiCommandReceived { Cdb.OperationCode: PreventAllow } command && (command.Cdb[4] & PreventField) != 0 && RoleOf(to) == FaultRole.LogicalUnit)
                message = command with { Cdb = Cdb.Parse([PreventAllow, 0, 0, 0, 0, command.Cdb.Control]) };
            return true;
        }),
        ["data-offset-ignored"] = new(Gets: (TActor _, TActor _, ref object message) =>
        {
            message = message switch
            {
                SendDataIn { Offset: > 0 } send => send with { Offset = 0 },
                ReceiveDataOut { Offset: > 0 } receive => receive with { Offset = 0 },
                _ => message,
            };
            return true;
        }),
        ["short-write-taken-for-whole"] = new(Gets: ShortWrite, Says: AsIfWhole),
        ["fua-ignored"] = new(Gets: (TActor _, TActor to, ref object message) =>
        {
            if (message is AioWrite { WriteThrough: true } write && RoleOf(to) == FaultRole.Storage)
                message = write with { WriteThrough = false };
            return true;
        }),
        ["flush-ignored"] = new(Gets: (TActor from, TActor to, ref object message) => message is not AioFlush flush || RoleOf(to) != FaultRole.Storage
            || Answer(from, to, new AioCompleted(flush.Id, AioResult.Ok, 0))),
        ["completed-twice"] = new(Says: (TActor from, TActor to, ref object message) =>
        {
            if (message is CommandExecuted && RoleOf(from) == FaultRole.Driver && IsTime())
            {
                Acted++;
                Tell(to, message, from);
            }
            return true;
        }),
    };

    // Bugs of timing show now and then.
    private bool IsTime() => _occasion == 0 ? _random.Below(Seldom) == 0 : ++_occasions == _occasion;

    private FaultRole RoleOf(TActor actor) => FaultPlace.Of(_ports.NameOf(actor)).Role;

    private void Tell(TActor to, object message, TActor from) => _ports.Tell(to, new Injected(message, this), from, TimeSpan.Zero);

    // In place of the receiver; false, because it does not get the message.
    private bool Answer(TActor asker, TActor asked, object answer)
    {
        Tell(asker, answer, asked);
        return false;
    }

    private bool AnswerComplete(TActor asker, TActor asked, TaskManagementRequestReceived request) => Answer(asker, asked,
        new TaskManagementFunctionExecuted(request.Nexus, request.Function, request.Association, ServiceResponse.FunctionComplete));

    private long BytesOf(ItlqNexus nexus) => _commands.TryGetValue(nexus, out var entry)
        ? CommandTable.TryGetBlocks(entry.Command.Cdb, out _, out var count) ? count * Block : FaultCommands.ParameterBytes(entry.Command.Cdb)
        : 0;

    private bool IstatReadClears(TActor from, TActor to, ref object message)
    {
        if (message is RegisterRead { Offset: Istat0, Space: RegisterSpace.Bar1 } read)
            _istatAssociation = read.Association;
        else if (message is RegisterValue value && value.Association == _istatAssociation && RoleOf(to) == FaultRole.Driver && (value.Value & SipAndDip) != 0)
            message = value with { Value = value.Value & ~(ulong)SipAndDip };
        return true;
    }

    // The port that copies by itself copies less; behind an adapter the initiator's memory gets what is there from before.
    private bool StaleLength(TActor from, TActor to, ref object message)
    {
        switch (message)
        {
            case SendDataIn { Count: > 2 * Block } send when RoleOf(to) == FaultRole.Driver && IsTime():
                message = send with { Count = send.Count - Block };
                break;
            case TargetPhases phases:
                Spoil(phases.Steps.AsSpan());
                break;
            case ReselectionRequested reselection:
                Spoil(reselection.Steps.AsSpan());
                break;
        }
        return true;
    }

    private void Spoil(ReadOnlySpan<PhaseStep> steps)
    {
        foreach (var step in steps)
        {
            if (step is not { Phase: BusPhase.DataIn, Count: > 2 * Block, Buffer: { } buffer } || !IsTime())
                continue;
            buffer.Span.Slice(step.Count - Block, Block).Fill(WhatWasThere);
            Acted++;
        }
    }

    private bool TagsMixedUp(TActor from, TActor to, ref object message)
    {
        if (message is not SendCommandComplete { Status: ScsiStatus.Good } complete || !IsTime())
            return true;
        var others = _commands.Keys.Where(other => other.It == complete.Nexus.It && other.Lun == complete.Nexus.Lun && other.Tag != complete.Nexus.Tag).ToArray();
        if (others.Length > 0)
            message = complete with { Nexus = _random.Pick<ItlqNexus>(others) };
        return true;
    }

    // The logical unit has said it and forgotten it: it gets the command again, as if nothing had been said.
    private bool UnitAttentionSwallowed(TActor from, TActor to, ref object message)
    {
        if (message is not SendCommandComplete { Sense.Key: SenseKey.UnitAttention } complete || !_commands.TryGetValue(complete.Nexus, out var entry))
            return true;
        _ports.Tell(from, new Injected(entry.Command, _inside), entry.Port, TimeSpan.Zero);
        return false;
    }

    private bool WrongSense(TActor from, TActor to, ref object message)
    {
        if (message is SendCommandComplete { Sense.Key: SenseKey.DataProtect } complete)
            message = complete with { Sense = complete.Sense! with { Key = SenseKey.IllegalRequest, Additional = new AdditionalSense(0x24, 0) } };
        return true;
    }

    private bool ShortWrite(TActor from, TActor to, ref object message)
    {
        if (message is AioWrite { Data.Length: >= 2 * Block } write && RoleOf(to) == FaultRole.Storage && IsTime())
        {
            _wholes[(_ports.NameOf(from), write.Id)] = write.Data.Length;
            message = write with { Data = FaultData.First(write.Data, write.Data.Length - Block) };
        }
        return true;
    }

    private bool AsIfWhole(TActor from, TActor to, ref object message)
    {
        if (message is AioCompleted { Result: AioResult.Ok } completed && RoleOf(from) == FaultRole.Storage
            && _wholes.Remove((_ports.NameOf(to), completed.Id), out var whole))
            message = completed with { Bytes = whole };
        return true;
    }
}
