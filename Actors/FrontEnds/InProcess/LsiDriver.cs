using System.Numerics;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.FrontEnds.InProcess;

/// <summary>What a driver says to others.</summary>
/// <typeparam name="TClient">Whatever names a client.</typeparam>
public interface ILsiDriverPorts<in TClient>
{
    /// <summary>A write to the adapter.</summary>
    void Write(RegisterWrite write);

    /// <summary>A read from the adapter, which is answered later.</summary>
    void Read(RegisterRead read);

    /// <summary>A command's end, for its client.</summary>
    void CommandExecuted(TClient client, CommandExecuted executed);

    /// <summary>A task management function's end, for its client.</summary>
    void TaskManagementExecuted(TClient client, TaskManagementExecuted executed);
}

/// <summary>What a driver that can be asked for a reset of the bus says to others.</summary>
/// <typeparam name="TClient">Whatever names a client.</typeparam>
public interface IResettingLsiDriverPorts<in TClient> : ILsiDriverPorts<TClient>
{
    /// <summary>The end of a reset that a client has asked for.</summary>
    void BusResetExecuted(TClient client, BusResetExecuted executed);
}

/// <summary>A driver for the LSI 53C895A such as an operating system has: it writes SCRIPTS and tables into memory, starts commands through a queue
/// that the adapter reads by itself, is told of completions by interrupts on the fly, and reaches the adapter through registers, memory and the
/// interrupt line only.</summary>
/// <typeparam name="TClient">Whatever names a client.</typeparam>
public sealed partial class LsiDriver<TClient>
    where TClient : class
{
    /// <summary>The adapter's own SCSI ID.</summary>
    public const int InitiatorId = 7;

    private const int Targets = 16;
    private const int Luns = 8;
    private const int MaximumCdbLength = 16;

    private readonly DriverMemory _memory;
    private readonly LsiDriverSettings _settings;
    private readonly IResettingLsiDriverPorts<TClient> _ports;
    private readonly StartQueue _startQueue;
    private readonly CommandSlots<TClient> _commands;
    private readonly Queue<(TClient Client, ExecuteCommand Command)> _waiting = new();
    private readonly Running[] _running = new Running[DriverMemory.Windows];
    private UInt128 _active;
    private ulong _sequence;

    /// <summary>A driver whose adapter sees <paramref name="memory"/>; it starts with <see cref="Start"/>.</summary>
    public LsiDriver(DriverMemory memory, LsiDriverSettings settings, IResettingLsiDriverPorts<TClient> ports)
    {
        _memory = memory;
        _settings = settings;
        _ports = ports;
        _startQueue = new StartQueue(memory);
        _commands = new CommandSlots<TClient>(Math.Min(settings.QueueDepth, DriverMemory.Windows));
    }

    private struct Running
    {
        /// <summary>Order of arrival: a task management function ends what came before it.</summary>
        public ulong Sequence;

        /// <summary>True while REQUEST SENSE runs in the place of the command.</summary>
        public bool IsSensing;

        /// <summary>The command's residual, kept while REQUEST SENSE runs.</summary>
        public int Residual;
    }

    /// <summary>Commands that have not been answered yet.</summary>
    public int CommandsOutstanding => _commands.Count + _waiting.Count;

    /// <summary>Starts a command of <paramref name="client"/>, or lets it wait for a free tag.</summary>
    public void Handle(TClient client, ExecuteCommand command)
    {
        if (command.Target is < 0 or >= Targets or InitiatorId || command.Lun.Number >= Luns || command.Cdb.Length > MaximumCdbLength
            || command.Data.Length > DriverMemory.WindowLength || command.Attribute == TaskAttribute.Aca)
        {
            _ports.CommandExecuted(client, WithoutStatus(command, CommandOutcome.DeliveryFailure));
        }
        else if (_waiting.Count >= _settings.MaximumWaiting)
        {
            _ports.CommandExecuted(client, new CommandExecuted(command.Id, CommandOutcome.Complete, ScsiStatus.Busy, null, command.Data.Length));
        }
        else if (_waiting.Count > 0 || !TryStart(client, command))
        {
            _waiting.Enqueue((client, command));
        }
    }

    private static CommandExecuted WithoutStatus(ExecuteCommand command, CommandOutcome outcome) =>
        new(command.Id, outcome, default, null, command.Data.Length);

    private bool TryStart(TClient client, ExecuteCommand command)
    {
        if (_isResetting)
            return false;
        var isUntagged = command.Attribute == TaskAttribute.Untagged;
        if (isUntagged && UntaggedBlockOf(command.Target) != 0)
            return false;
        if (!_commands.TryTake(client, command, out var tag))
            return false;
        var block = new TaskBlock(_memory, tag);
        if (isUntagged)
            SetUntaggedBlock(command.Target, block.Address);
        _memory.Map(tag, command.Data);
        var data = command.Direction == DataDirection.None ? 0 : command.Data.Length;
        block.Prepare(command.Target, MessageFor(command, tag, stackalloc byte[TaskBlock.MaximumMessageLength]), command.Cdb,
            command.Direction == DataDirection.In, DriverMemory.AddressOf(tag), data, _settings.SegmentBytes);
        _running[tag] = new Running { Sequence = ++_sequence };
        _active |= UInt128.One << tag;
        _startQueue.Add(block, DriverScripts.Start);
        _ports.Write(SignalProcess);
        return true;
    }

    private void StartWaiting()
    {
        while (_waiting.TryPeek(out var first) && TryStart(first.Client, first.Command))
            _waiting.Dequeue();
    }

    private static ReadOnlySpan<byte> MessageFor(ExecuteCommand command, int tag, Span<byte> message)
    {
        message[0] = (byte)(0xC0 | command.Lun.Number);
        message[1] = command.Attribute switch
        {
            TaskAttribute.HeadOfQueue => 0x21,
            TaskAttribute.Ordered => 0x22,
            _ => 0x20,
        };
        message[2] = (byte)tag;
        return command.Attribute == TaskAttribute.Untagged ? message[..1] : message[..3];
    }

    // Looks at every command the adapter has, in the order of their tags; there is no other order in which they were completed.
    private void CollectCompletions()
    {
        for (var left = _active; left != 0; left &= left - 1)
        {
            var tag = (int)UInt128.TrailingZeroCount(left);
            var status = new TaskBlock(_memory, tag).StatusByte;
            if (status != TaskBlock.Pending)
                Completed(tag, (ScsiStatus)status);
        }
        FunctionCompleted();
        StartWaiting();
    }

    private void Completed(int tag, ScsiStatus status)
    {
        var block = new TaskBlock(_memory, tag);
        ref var running = ref _running[tag];
        if (running.IsSensing)
        {
            var isRead = SenseData.TryRead(block.SenseBytes, out var sense);
            End(tag, CommandOutcome.Complete, ScsiStatus.CheckCondition, status == ScsiStatus.Good && isRead ? sense : SenseData.None,
                running.Residual);
        }
        else if (status == ScsiStatus.CheckCondition)
        {
            running.Residual = ResidualOf(tag);
            running.IsSensing = true;
            RequestSense(tag, block);
        }
        else
        {
            End(tag, CommandOutcome.Complete, status, null, ResidualOf(tag));
        }
    }

    private int ResidualOf(int tag) => _commands[tag]! is { Direction: DataDirection.None } command
        ? command.Data.Length
        : new TaskBlock(_memory, tag).Residual();

    // The adapter stands still (INT), so nothing else reaches the logical unit before the REQUEST SENSE.
    private void RequestSense(int tag, TaskBlock block)
    {
        var command = _commands[tag]!;
        Span<byte> message = stackalloc byte[TaskBlock.MaximumMessageLength];
        var length = MessageFor(command, tag, message).Length;
        // Without the right to disconnect, and ahead of what waits in the task set.
        message[0] &= 0xBF;
        message[1] = 0x21;
        block.PrepareRequestSense(command.Target, message[..length], Cdb.Parse([0x03, 0, 0, 0, RequestSenseLength, 0]), RequestSenseLength);
        _startQueue.AddUrgent(block, tag);
    }

    private void End(int tag, CommandOutcome outcome, ScsiStatus status, SenseData? sense, long residual)
    {
        var command = _commands[tag]!;
        _active &= ~(UInt128.One << tag);
        _memory.Unmap(tag);
        if (command.Attribute == TaskAttribute.Untagged)
            SetUntaggedBlock(command.Target, 0);
        _ports.CommandExecuted(_commands.Release(tag), new CommandExecuted(command.Id, outcome, status, sense, residual));
    }

    private void EndWithoutStatus(int tag, CommandOutcome outcome) => End(tag, outcome, default, null, _commands[tag]!.Data.Length);

    private uint UntaggedBlockOf(int target) => _memory.ReadUInt32(DriverVariables.UntaggedTableAddress + (uint)target * sizeof(uint));

    private void SetUntaggedBlock(int target, uint address) =>
        _memory.WriteUInt32(DriverVariables.UntaggedTableAddress + (uint)target * sizeof(uint), address);
}

/// <summary>How an in-process driver behaves.</summary>
/// <param name="QueueDepth">Commands the adapter is given at once, 1 to 128; the others wait in the driver.</param>
/// <param name="MaximumWaiting">Commands that may wait in the driver; one more is answered BUSY.</param>
/// <param name="SegmentBytes">Bytes of a client's buffer that one scatter-gather entry covers; a multiple of 4096.</param>
public sealed record LsiDriverSettings(int QueueDepth = 64, int MaximumWaiting = 4096, int SegmentBytes = 65536);
