using System.Buffers.Binary;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.FrontEnds.InProcess;

/// <summary>What a polled driver says to others, besides what every driver says.</summary>
/// <typeparam name="TClient">Whatever names a client.</typeparam>
public interface IPolledLsiDriverPorts<in TClient> : ILsiDriverPorts<TClient>
{
    /// <summary>The adapter is still busy: have <see cref="PolledLsiDriver{TClient}.Poll"/> called a little later.</summary>
    void PollLater();
}

/// <summary>A driver for the LSI 53C895A such as firmware has (SeaBIOS, EDK2): one command at a time, a script of eleven instructions made anew for each,
/// no interrupts, no tags, selection without ATN, CDBs of 16 bytes whatever their length, and the status registers polled until something shows.</summary>
/// <typeparam name="TClient">Whatever names a client.</typeparam>
public sealed class PolledLsiDriver<TClient>
    where TClient : class
{
    /// <summary>Polls in a row before the driver steps back for a moment.</summary>
    public const int PollsInARow = 64;

    private const int MaximumWaiting = 4096;
    private const int Targets = 16;
    private const int Luns = 8;
    private const int SenseLength = 18;
    private const int Window = 0;

    private const uint Script = DriverMemory.StructuresAddress + 0x2000;
    private const uint IdentifyByte = DriverMemory.StructuresAddress + 0x2100;
    private const uint Command = DriverMemory.StructuresAddress + 0x2110;
    private const uint Message = DriverMemory.StructuresAddress + 0x2120;
    private const uint Status = DriverMemory.StructuresAddress + 0x2130;
    private const uint Sense = DriverMemory.StructuresAddress + 0x2200;

    private const uint Sir = 0x04;
    private const uint DmaErrors = 0x79;
    private const uint Sto = 0x04;
    private const int CommandField = 16;

    private static readonly RegisterWrite Go = new(RegisterSpace.Bar1, 0x2C, 4, Script);
    private static readonly RegisterWrite SoftReset = new(RegisterSpace.Bar1, 0x14, 1, 0x40);
    private static readonly RegisterRead ReadDstat = new(RegisterSpace.Bar1, 0x0C, 1, 0);
    private static readonly RegisterRead ReadSist0 = new(RegisterSpace.Bar1, 0x42, 1, 1);
    private static readonly RegisterRead ReadSist1 = new(RegisterSpace.Bar1, 0x43, 1, 2);

    private readonly DriverMemory _memory;
    private readonly IPolledLsiDriverPorts<TClient> _ports;
    private readonly Queue<(TClient Client, ExecuteCommand Command)> _commands = new();
    private uint _dstat;
    private uint _sist0;
    private int _polls;
    private bool _isSensing;
    private bool _isBusy;

    /// <summary>A driver whose adapter sees <paramref name="memory"/>; it starts with <see cref="Start"/>.</summary>
    public PolledLsiDriver(DriverMemory memory, IPolledLsiDriverPorts<TClient> ports)
    {
        _memory = memory;
        _ports = ports;
    }

    /// <summary>Finds the adapter, lets it be bus master, and resets it: SRST is set and, as firmware does, never cleared.</summary>
    public void Start()
    {
        _ports.Write(new RegisterWrite(RegisterSpace.Configuration, 0x14, 4, 0xF000_0000));
        _ports.Write(new RegisterWrite(RegisterSpace.Configuration, 0x18, 4, 0xE000_0000));
        _ports.Write(new RegisterWrite(RegisterSpace.Configuration, 0x04, 2, 0x0006));
        _ports.Write(SoftReset);
    }

    /// <summary>Starts a command of <paramref name="client"/> when those before it have ended.</summary>
    public void Handle(TClient client, ExecuteCommand command)
    {
        if (command.Target is < 0 or >= Targets or LsiDriver<TClient>.InitiatorId || command.Lun.Number >= Luns
            || command.Cdb.Length > CommandField || command.Data.Length > DriverMemory.WindowLength - 1)
        {
            _ports.CommandExecuted(client, new CommandExecuted(command.Id, CommandOutcome.DeliveryFailure, default, null, command.Data.Length));
            return;
        }
        if (_commands.Count >= MaximumWaiting)
        {
            _ports.CommandExecuted(client, new CommandExecuted(command.Id, CommandOutcome.Complete, ScsiStatus.Busy, null, command.Data.Length));
            return;
        }
        _commands.Enqueue((client, command));
        StartNext();
    }

    /// <summary>Firmware has no task management: rejected.</summary>
    public void Handle(TClient client, ExecuteTaskManagement request) =>
        _ports.TaskManagementExecuted(client, new TaskManagementExecuted(request.Id, ServiceResponse.FunctionRejected));

    /// <summary>Asks the adapter how it is; all three registers each time, as reading clears them.</summary>
    public void Poll()
    {
        if (!_isBusy)
            return;
        _ports.Read(ReadDstat);
        _ports.Read(ReadSist0);
        _ports.Read(ReadSist1);
    }

    /// <summary>Takes what was read from the adapter.</summary>
    public void Handle(RegisterValue value)
    {
        switch (value.Association)
        {
            case 0:
                _dstat = (uint)value.Value;
                break;
            case 1:
                _sist0 = (uint)value.Value;
                break;
            case 2:
                Polled((uint)value.Value);
                break;
        }
    }

    private void Polled(uint sist1)
    {
        if (!_isBusy)
            return;
        if (_sist0 == 0 && sist1 == 0 && (_dstat & (Sir | DmaErrors)) == 0)
        {
            if (++_polls % PollsInARow == 0)
                _ports.PollLater();
            else
                Poll();
            return;
        }
        _isBusy = false;
        if (_sist0 == 0 && sist1 == 0 && (_dstat & DmaErrors) == 0)
            Ended((ScsiStatus)_memory.Byte(Status));
        else
            Failed(isNoTarget: (sist1 & Sto) != 0);
    }

    private void Ended(ScsiStatus status)
    {
        var command = _commands.Peek().Command;
        if (_isSensing)
        {
            var isRead = SenseData.TryRead(_memory.Bytes(Sense, SenseLength), out var sense);
            Answer(CommandOutcome.Complete, ScsiStatus.CheckCondition, isRead ? sense : SenseData.None, command.Data.Length);
        }
        else if (status == ScsiStatus.CheckCondition)
        {
            RequestSense();
        }
        else
        {
            // All of it or nothing: anything else would have been a phase mismatch.
            var isMoved = status == ScsiStatus.Good && command.Direction != DataDirection.None;
            Answer(CommandOutcome.Complete, status, null, isMoved ? 0 : command.Data.Length);
        }
    }

    // A phase other than the script's: most often STATUS instead of data. Firmware knows no way back but the reset; the reason is asked for after it.
    private void Failed(bool isNoTarget)
    {
        _ports.Write(SoftReset);
        if (isNoTarget || _isSensing)
            Answer(CommandOutcome.DeliveryFailure, default, null, _commands.Peek().Command.Data.Length);
        else
            RequestSense();
    }

    private void Answer(CommandOutcome outcome, ScsiStatus status, SenseData? sense, long residual)
    {
        var (client, command) = _commands.Dequeue();
        _isSensing = false;
        _memory.Unmap(Window);
        _ports.CommandExecuted(client, new CommandExecuted(command.Id, outcome, status, sense, residual));
        StartNext();
    }

    private void StartNext()
    {
        if (_isBusy || _isSensing || !_commands.TryPeek(out var next))
            return;
        _memory.Map(Window, next.Command.Data);
        var length = next.Command.Direction == DataDirection.None ? 0 : next.Command.Data.Length;
        Run(next.Command, next.Command.Cdb, next.Command.Direction == DataDirection.In, DriverMemory.AddressOf(Window), length);
    }

    private void RequestSense()
    {
        _isSensing = true;
        _memory.Bytes(Sense, SenseLength).Clear();
        Run(_commands.Peek().Command, Cdb.Parse([0x03, 0, 0, 0, SenseLength, 0]), isIn: true, Sense, SenseLength);
    }

    private void Run(ExecuteCommand command, in Cdb cdb, bool isIn, uint data, int length)
    {
        _memory.Byte(IdentifyByte) = (byte)(0x80 | command.Lun.Number);
        var field = _memory.Bytes(Command, CommandField);
        field.Clear();
        cdb.Bytes.CopyTo(field);
        WriteScript(command.Target, isIn, data, length);
        _isBusy = true;
        _ports.Write(Go);
        Poll();
    }

    private void WriteScript(int target, bool isIn, uint data, int length)
    {
        ReadOnlySpan<uint> script =
        [
            0x4000_0000 | (uint)target << 16, 0,
            0x0600_0001, IdentifyByte,
            0x0200_0010, Command,
            0x8782_0000, 0x18,
            0x0700_0002, Message,
            0x5000_0000, 0,
            0x0700_0002, Message,
            // Without data a NOP stands in for the block move, which may not have a count of 0.
            length == 0 ? 0x8000_0000 : (isIn ? 0x0100_0000u : 0) | (uint)length, length == 0 ? 0 : data,
            0x0300_0001, Status,
            0x0700_0001, Message,
            0x9808_0000, 0,
        ];
        var bytes = _memory.Bytes(Script, script.Length * sizeof(uint));
        for (var i = 0; i < script.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[(i * sizeof(uint))..], script[i]);
    }
}
