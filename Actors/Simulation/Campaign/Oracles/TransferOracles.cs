using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Campaign;

/// <summary>The residual is what was not transferred: as the logical unit counted it, and as the command's own fields say.</summary>
/// <param name="context">Of the run.</param>
internal sealed class ResidualOracle(OracleContext context) : Oracle("residual", context)
{
    private readonly Dictionary<ItlqNexus, long> _moved = [];
    private readonly Dictionary<(ItlqNexus, TaskId), int> _underWay = [];

    /// <inheritdoc/>
    public override void Observe(in Observed seen)
    {
        switch (seen.Message)
        {
            case CommandExecuted executed when Watch.Asked is { } asked:
                Judge(seen.Time, asked, executed);
                break;
            case ScsiCommandReceived command when Parties.IsLogicalUnit(seen.To):
                _moved[command.Nexus] = 0;
                break;
            case SendDataIn send:
                _underWay[(send.Nexus, send.Task)] = send.Count;
                break;
            case ReceiveDataOut receive:
                _underWay[(receive.Nexus, receive.Task)] = receive.Count;
                break;
            case DataInDelivered delivered:
                Arrived(delivered.Nexus, delivered.Task, delivered.Delivered);
                break;
            case DataOutReceived received:
                Arrived(received.Nexus, received.Task, received.Received);
                break;
            case SendCommandComplete complete when Parties.IsLogicalUnit(seen.From) && _moved.Remove(complete.Nexus, out var moved):
                if (moved != complete.Transferred)
                    Find(seen.Time, $"{complete.Nexus} ended with {complete.Transferred} bytes transferred, but {moved} were", FindingSubject.Of(complete.Nexus));
                break;
        }
    }

    private void Arrived(ItlqNexus nexus, TaskId task, bool isGood)
    {
        if (_underWay.Remove((nexus, task), out var count) && isGood && _moved.TryGetValue(nexus, out var moved))
            _moved[nexus] = moved + count;
    }

    private void Judge(TimeSpan time, AskedCommand asked, CommandExecuted executed)
    {
        var command = asked.Command;
        if (executed.Residual < 0 || executed.Residual > command.Data.Length)
            Find(time, $"Command {command.Id} has a residual of {executed.Residual} for a buffer of {command.Data.Length} bytes", FindingSubject.Of(asked));
        var blocks = BlockCommand.Of(command.Cdb);
        if (!executed.IsGood || blocks.Use == BlockUse.None || (blocks.Use == BlockUse.Verify && blocks.ByteCheck != 1))
            return;
        var wanted = blocks.Use switch
        {
            BlockUse.Synchronize => 0,
            BlockUse.WriteSame => blocks.IsWithoutData || blocks.CountOn(Scenario.Blocks) == 0 ? 0 : Scenario.BlockSize,
            BlockUse.Unmap => command.Cdb.UInt16(7),
            BlockUse.CompareAndWrite => 2 * blocks.Count * Scenario.BlockSize,
            _ => blocks.Count * Scenario.BlockSize,
        };
        var moved = Math.Min(wanted, command.Data.Length);
        if (blocks.TakesData)
            moved -= moved % Scenario.BlockSize;
        if (executed.Residual != command.Data.Length - moved)
        {
            Find(time, $"Command {command.Id} ({blocks.Use} of {wanted} bytes, buffer {command.Data.Length}) ended with a residual of {executed.Residual}; "
                + $"it should be {command.Data.Length - moved}", FindingSubject.Of(asked));
        }
    }
}

/// <summary>Buffers lent to ports come back, once each, and none is out at the end; nor is anything that storage was asked for.</summary>
/// <param name="context">Of the run.</param>
internal sealed class BufferOracle(OracleContext context) : Oracle("buffers", context)
{
    private readonly Dictionary<(ItlqNexus Nexus, TaskId Task), DataBuffer> _lent = [];
    private readonly Dictionary<DataBuffer, (string Owner, string Why)> _uses = [];
    private readonly HashSet<(string Client, AioId Id)> _aio = [];

    /// <inheritdoc/>
    public override void Observe(in Observed seen)
    {
        switch (seen.Message)
        {
            case SendDataIn send:
                Lend(seen, (send.Nexus, send.Task), send.Buffer, "SendDataIn");
                break;
            case ReceiveDataOut receive:
                Lend(seen, (receive.Nexus, receive.Task), receive.Buffer, "ReceiveDataOut");
                break;
            case DataInDelivered delivered:
                Return(seen, (delivered.Nexus, delivered.Task));
                break;
            case DataOutReceived received:
                Return(seen, (received.Nexus, received.Task));
                break;
            case AioRequest request when Parties.IsQueue(seen.To):
                _aio.Add((seen.From, request.Id));
                break;
            case AioCompleted completed when Parties.IsQueue(seen.From):
                _aio.Remove((seen.To, completed.Id));
                break;
        }
    }

    /// <inheritdoc/>
    public override void End(TimeSpan time)
    {
        foreach (var ((nexus, task), _) in _lent)
            Find(time, $"A buffer of {nexus} (task {task}) was lent to its port and never came back", FindingSubject.Of(nexus));
        foreach (var (client, id) in _aio)
            Find(time, $"Storage request {id} of {client} was never completed", FindingSubject.OfUnit(client));
    }

    private void Lend(in Observed seen, (ItlqNexus Nexus, TaskId Task) name, DataBuffer buffer, string why)
    {
        if (!_lent.TryAdd(name, buffer))
            Find(seen.Time, $"{name.Nexus} lent a buffer to its port while another was there", FindingSubject.Of(name.Nexus));
        if (!_uses.TryAdd(buffer, (seen.From, why)))
            Find(seen.Time, $"{seen.From} lent a buffer for {name.Nexus} that is lent already ({_uses[buffer].Why} of {_uses[buffer].Owner})", FindingSubject.Of(name.Nexus));
    }

    // A port whose logical unit has been told twice is a matter of completion too; here it is a buffer without an owner.
    private void Return(in Observed seen, (ItlqNexus Nexus, TaskId Task) name)
    {
        if (_lent.Remove(name, out var buffer))
            _uses.Remove(buffer);
        else
            Find(seen.Time, $"{seen.From} returned a buffer of {name.Nexus} (task {name.Task}) that it did not have", FindingSubject.Of(name.Nexus));
    }
}

/// <summary>Data comes before it is written: while a logical unit has asked for the data of a task and has not got them, nothing of that task goes to
/// storage.</summary>
/// <param name="context">Of the run.</param>
internal sealed class WriteOrderOracle(OracleContext context) : Oracle("write-order", context)
{
    private readonly Dictionary<(string Unit, int Slot), bool> _arrived = [];

    /// <inheritdoc/>
    public override void Observe(in Observed seen)
    {
        switch (seen.Message)
        {
            case ReceiveDataOut receive:
                _arrived[(seen.From, receive.Task.Slot)] = false;
                break;
            case DataOutReceived received:
                _arrived[(seen.To, received.Task.Slot)] = received.Received;
                break;
            case AioWrite write when Parties.IsLogicalUnit(seen.From) && !IsWithoutData(seen.From, write.Offset / Scenario.BlockSize):
                if (!_arrived.TryGetValue((seen.From, write.Id.Slot), out var arrived))
                    Find(seen.Time, $"{seen.From} wrote {write.Data} at {write.Offset} without having asked for data (storage request {write.Id})", FindingSubject.OfUnit(seen.From));
                else if (!arrived)
                    Find(seen.Time, $"{seen.From} wrote {write.Data} at {write.Offset} before the data had come (storage request {write.Id})", FindingSubject.OfUnit(seen.From));
                break;
        }
    }

    // A storage request does not name its command: a WRITE SAME of zeroes (NDOB) has none to ask for.
    private bool IsWithoutData(string unit, long lba) => Watch.TasksOf(unit).Exists(task =>
        BlockCommand.Of(task.Command.Cdb) is { IsWithoutData: true } blocks && lba >= blocks.Lba && lba - blocks.Lba < blocks.CountOn(Scenario.Blocks));
}

/// <summary>What the bus does with a lent buffer: the direction for which it was lent, and no more bytes than that; a buffer that is to be filled comes back
/// only after its data phase.</summary>
/// <param name="context">Of the run.</param>
internal sealed class BusOracle(OracleContext context) : Oracle("bus", context)
{
    private const string Bus = "bus";

    private sealed class Loan(ItlqNexus nexus, bool isIn, int count)
    {
        public readonly ItlqNexus Nexus = nexus;
        public readonly bool IsIn = isIn;
        public readonly int Count = count;
        public int Moved;
    }

    private readonly Dictionary<DataBuffer, Loan> _loans = [];
    private readonly Dictionary<(ItlqNexus, TaskId), DataBuffer> _buffers = [];

    /// <inheritdoc/>
    public override void Observe(in Observed seen)
    {
        switch (seen.Message)
        {
            case SendDataIn send when seen.To == Bus:
                Lend(send.Nexus, send.Task, send.Buffer, new Loan(send.Nexus, isIn: true, send.Count));
                break;
            case ReceiveDataOut receive when seen.To == Bus:
                Lend(receive.Nexus, receive.Task, receive.Buffer, new Loan(receive.Nexus, isIn: false, receive.Count));
                break;
            case DataInDelivered delivered when seen.From == Bus:
                Return(seen.Time, delivered.Nexus, delivered.Task, isGood: delivered.Delivered);
                break;
            case DataOutReceived received when seen.From == Bus:
                Return(seen.Time, received.Nexus, received.Task, isGood: received.Received);
                break;
            case TargetPhases phases:
                Present(seen.Time, phases.Steps.AsSpan());
                break;
            case ReselectionRequested reselection:
                Present(seen.Time, reselection.Steps.AsSpan());
                break;
        }
    }

    private void Lend(ItlqNexus nexus, TaskId task, DataBuffer buffer, Loan loan)
    {
        _loans[buffer] = loan;
        _buffers[(nexus, task)] = buffer;
    }

    private void Return(TimeSpan time, ItlqNexus nexus, TaskId task, bool isGood)
    {
        if (!_buffers.Remove((nexus, task), out var buffer) || !_loans.Remove(buffer, out var loan))
            return;
        if (isGood && loan.Moved == 0)
            Find(time, $"The bus returned the buffer of {nexus} as {(loan.IsIn ? "delivered" : "received")}, but had no data phase for it", FindingSubject.Of(nexus));
    }

    private void Present(TimeSpan time, ReadOnlySpan<PhaseStep> steps)
    {
        foreach (var step in steps)
        {
            if (step.Buffer is not { } buffer)
                continue;
            if (!_loans.TryGetValue(buffer, out var loan))
            {
                Find(time, $"A {step.Phase} phase uses a buffer that nobody has lent to the bus");
                continue;
            }
            if ((step.Phase == BusPhase.DataIn) != loan.IsIn)
                Find(time, $"{loan.Nexus} lent its buffer for {(loan.IsIn ? "DATA IN" : "DATA OUT")}, and the bus presents {step.Phase}", FindingSubject.Of(loan.Nexus));
            loan.Moved += step.Count;
            if (loan.Moved > loan.Count)
                Find(time, $"{loan.Nexus} lent a buffer for {loan.Count} bytes, and the bus moves {loan.Moved}", FindingSubject.Of(loan.Nexus));
        }
    }
}
