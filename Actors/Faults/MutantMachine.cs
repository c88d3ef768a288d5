using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Simulation;

namespace ScsiActors.Faults;

/// <summary>Makes one historical bug of messages: what a part with that bug would have sent instead of what ours has.</summary>
/// <typeparam name="TActor">Whatever names an actor.</typeparam>
internal sealed class MutantMachine<TActor>
    where TActor : class
{
    // Bugs of timing show now and then.
    private const int Seldom = 32;
    private const int Block = 512;
    private const int Istat0 = 0x14;
    private const int Sist0 = 0x42;
    private const uint SipAndDip = 0x03;
    private const uint Sigp = 0x20;
    private const byte PreventAllow = 0x1E;

    private delegate bool Pass(TActor from, TActor to, ref object message);

    private readonly IFaultPorts<TActor> _ports;
    private readonly RandomStream _random;
    private readonly Pass _pass;
    private readonly Dictionary<ItlqNexus, (ScsiCommandReceived Command, TActor Port)> _commands = [];
    private readonly Dictionary<(string Queue, AioId Id), long> _wholes = [];
    private ulong _istatAssociation = ulong.MaxValue;

    /// <summary>A machine for one bug.</summary>
    /// <param name="mutant">A bug that is made of messages.</param>
    /// <param name="random">Decides when bugs of timing show.</param>
    /// <param name="ports">The way out.</param>
    public MutantMachine(Mutant mutant, RandomStream random, IFaultPorts<TActor> ports)
    {
        (_random, _ports) = (random, ports);
        _pass = Table().GetValueOrDefault(mutant.Name) ?? throw new ArgumentException($"{mutant.Name} is not made of messages: lay its Config over the subsystem's");
    }

    /// <summary>The names of the bugs that are made here.</summary>
    public IReadOnlyCollection<string> Names => Table().Keys;

    /// <summary>A message is on its way: true when it may go on, perhaps exchanged.</summary>
    public bool MayPass(TActor from, TActor to, ref object message)
    {
        if (message is Injected injected)
        {
            if (!ReferenceEquals(injected.Owner, this))
                return true;
            message = injected.Message;
            return true;
        }
        if (message is ScsiCommandReceived command && RoleOf(to) == FaultRole.LogicalUnit)
            _commands[command.Nexus] = (command, from);
        var isPassing = _pass(from, to, ref message);
        if (message is SendCommandComplete complete && isPassing)
            _commands.Remove(complete.Nexus);
        else if (message is CommandAborted aborted)
            _commands.Remove(aborted.Nexus);
        return isPassing;
    }

    private Dictionary<string, Pass> Table() => new()
    {
        ["sigp-lost"] = (TActor _, TActor _, ref object message) =>
            message is not RegisterWrite { Offset: Istat0, Space: RegisterSpace.Bar1, Value: Sigp } || _random.Below(Seldom) > 0,
        ["interrupt-lost"] = (TActor _, TActor _, ref object message) => message is not InterruptLine { Asserted: true } || _random.Below(Seldom) > 0,
        ["istat-read-clears"] = IstatReadClears,
        ["sist-half-read"] = (TActor _, TActor _, ref object message) =>
        {
            if (message is RegisterRead { Offset: Sist0, Space: RegisterSpace.Bar1, Width: 2 } read)
                message = read with { Width = 1 };
            return true;
        },
        ["stale-dma-length"] = (TActor _, TActor _, ref object message) =>
        {
            if (message is SendDataIn { Count: > 2 * Block } send && _random.Below(Seldom) == 0)
                message = send with { Count = send.Count - Block };
            return true;
        },
        ["tags-mixed-up"] = TagsMixedUp,
        ["attributes-ignored"] = (TActor _, TActor _, ref object message) =>
        {
            if (message is ScsiCommandReceived { Attribute: TaskAttribute.Ordered or TaskAttribute.HeadOfQueue } command)
                message = command with { Attribute = TaskAttribute.Simple };
            return true;
        },
        ["bus-reset-forgets"] = (TActor from, TActor to, ref object message) => message is not ServiceDeliveryEventOccurred occurred
            || RoleOf(to) != FaultRole.LogicalUnit || Answer(from, to, new ServiceDeliveryEventHandled(occurred.Association)),
        ["aborted-command-completes"] = (TActor _, TActor _, ref object message) =>
        {
            if (message is CommandAborted aborted)
                message = new SendCommandComplete(aborted.Nexus, ScsiStatus.Good, null, BytesOf(aborted.Nexus));
            return true;
        },
        ["abort-without-effect"] = (TActor from, TActor to, ref object message) => message is not TaskManagementRequestReceived
            { Function: TaskManagementFunction.AbortTask } request || RoleOf(to) != FaultRole.LogicalUnit || AnswerComplete(from, to, request),
        ["abort-reported-failed"] = (TActor _, TActor _, ref object message) =>
        {
            if (message is TaskManagementFunctionExecuted { Function: TaskManagementFunction.AbortTask } executed)
                message = executed with { Response = ServiceResponse.FunctionRejected };
            return true;
        },
        ["reset-without-effect"] = (TActor from, TActor to, ref object message) => message is not TaskManagementRequestReceived
            { Function: TaskManagementFunction.LogicalUnitReset or TaskManagementFunction.TargetReset } request
            || RoleOf(to) != FaultRole.LogicalUnit || AnswerComplete(from, to, request),
        ["unit-attention-swallowed"] = UnitAttentionSwallowed,
        ["wrong-residual"] = (TActor _, TActor _, ref object message) =>
        {
            if (message is SendCommandComplete { Transferred: >= Block } complete)
                message = complete with { Transferred = complete.Transferred - 1 };
            return true;
        },
        ["wrong-sense-when-protected"] = (TActor _, TActor _, ref object message) =>
        {
            if (message is SendCommandComplete { Sense.Key: SenseKey.DataProtect } complete)
                message = complete with { Sense = complete.Sense! with { Key = SenseKey.IllegalRequest, Additional = new AdditionalSense(0x24, 0) } };
            return true;
        },
        ["eject-not-prevented"] = (TActor from, TActor to, ref object message) => message is not ScsiCommandReceived { Cdb.OperationCode: PreventAllow } command
            || RoleOf(to) != FaultRole.LogicalUnit || Answer(from, to, new SendCommandComplete(command.Nexus, ScsiStatus.Good, null, 0)),
        ["data-offset-ignored"] = (TActor _, TActor _, ref object message) =>
        {
            message = message switch
            {
                SendDataIn send => send with { Offset = 0 },
                ReceiveDataOut receive => receive with { Offset = 0 },
                _ => message,
            };
            return true;
        },
        ["short-write-taken-for-whole"] = ShortWrite,
        ["fua-ignored"] = (TActor _, TActor _, ref object message) =>
        {
            if (message is AioWrite { WriteThrough: true } write)
                message = write with { WriteThrough = false };
            return true;
        },
        ["flush-ignored"] = (TActor from, TActor to, ref object message) => message is not AioFlush flush || RoleOf(to) != FaultRole.Storage
            || Answer(from, to, new AioCompleted(flush.Id, AioResult.Ok, 0)),
        ["completed-twice"] = (TActor from, TActor to, ref object message) =>
        {
            if (message is CommandExecuted && RoleOf(from) == FaultRole.Driver && _random.Below(Seldom) == 0)
                Tell(to, message, from);
            return true;
        },
    };

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
        ? FaultCommands.TryGetBlocks(entry.Command.Cdb, out _, out var count) ? count * Block : FaultCommands.ParameterBytes(entry.Command.Cdb)
        : 0;

    private bool IstatReadClears(TActor from, TActor to, ref object message)
    {
        if (message is RegisterRead { Offset: Istat0, Space: RegisterSpace.Bar1 } read)
            _istatAssociation = read.Association;
        else if (message is RegisterValue value && value.Association == _istatAssociation && RoleOf(to) == FaultRole.Driver)
            message = value with { Value = value.Value & ~(ulong)SipAndDip };
        return true;
    }

    private bool TagsMixedUp(TActor from, TActor to, ref object message)
    {
        if (message is not SendCommandComplete { Status: ScsiStatus.Good } complete || _random.Below(Seldom) > 0)
            return true;
        var others = _commands.Keys.Where(other => other.It == complete.Nexus.It && other.Lun == complete.Nexus.Lun && other.Tag != complete.Nexus.Tag).ToArray();
        if (others.Length > 0)
            message = complete with { Nexus = _random.Pick<ItlqNexus>(others) };
        return true;
    }

    // The logical unit has said it and forgotten it: the command is sent again, as if nothing had been said.
    private bool UnitAttentionSwallowed(TActor from, TActor to, ref object message)
    {
        if (message is not SendCommandComplete { Sense.Key: SenseKey.UnitAttention } complete || !_commands.TryGetValue(complete.Nexus, out var entry))
            return true;
        Tell(from, entry.Command, entry.Port);
        return false;
    }

    private bool ShortWrite(TActor from, TActor to, ref object message)
    {
        if (message is AioWrite { Data.Length: >= 2 * Block } write && RoleOf(to) == FaultRole.Storage && _random.Below(Seldom) == 0)
        {
            _wholes[(_ports.NameOf(from), write.Id)] = write.Data.Length;
            message = write with { Data = FaultData.First(write.Data, write.Data.Length - Block) };
        }
        else if (message is AioCompleted { Result: AioResult.Ok } completed && _wholes.Remove((_ports.NameOf(to), completed.Id), out var whole))
        {
            message = completed with { Bytes = whole };
        }
        return true;
    }
}
