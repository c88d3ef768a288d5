using Akka.Actor;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Campaign;

/// <summary>The time of a step has come.</summary>
internal sealed record StepDue(ScenarioStep Step);

/// <summary>A client of a scenario: sends its steps when they are due, commands no faster than its depth allows.</summary>
internal sealed class CampaignClientActor : UntypedActor
{
    internal const string NamePrefix = "client-";

    private readonly Func<ScenarioStep, IActorRef> _portOf;
    private readonly int _blockSize;
    private readonly int _depth;
    private readonly Queue<ScenarioStep> _waiting = new();
    private int _outstanding;

    /// <summary>For <see cref="Props"/>.</summary>
    public CampaignClientActor(Func<ScenarioStep, IActorRef> portOf, int blockSize, int depth) =>
        (_portOf, _blockSize, _depth) = (portOf, blockSize, depth);

    /// <summary>A client.</summary>
    /// <param name="portOf">Whom a step is sent to.</param>
    /// <param name="blockSize">Bytes in a block.</param>
    /// <param name="depth">Commands it has outstanding at the most.</param>
    public static Props Props(Func<ScenarioStep, IActorRef> portOf, int blockSize, int depth) =>
        Akka.Actor.Props.Create(() => new CampaignClientActor(portOf, blockSize, depth));

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case StepDue { Step: FunctionStep step }:
                Send(step, new ExecuteTaskManagement((ulong)step.Id, step.Target, LunOf(step), step.Function, (ulong)step.CommandId));
                break;
            case StepDue { Step: BusResetStep step }:
                Send(step, new ExecuteBusReset((ulong)step.Id));
                break;
            case StepDue due:
                _waiting.Enqueue(due.Step);
                StartWaiting();
                break;
            case CommandExecuted or BlockRequestExecuted:
                _outstanding--;
                StartWaiting();
                break;
            case TaskManagementExecuted or BusResetExecuted:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void StartWaiting()
    {
        while (_outstanding < _depth && _waiting.TryDequeue(out var step))
        {
            _outstanding++;
            Send(step, step is CommandStep command ? MessageOf(command) : MessageOf((BlockStep)step));
        }
    }

    private void Send(ScenarioStep step, object message) => _portOf(step).Tell(message, Self);

    private static Lun LunOf(ScenarioStep step) => new((ushort)step.Lun);

    private ExecuteCommand MessageOf(CommandStep step)
    {
        var data = new byte[step.Length];
        var blocks = BlockCommand.Of(step.Cdb);
        if (step.Parameters.Length > 0)
            Convert.FromHexString(step.Parameters).CopyTo(data, 0);
        else if (blocks.Use == BlockUse.CompareAndWrite)
        {
            // What is compared, then what is written.
            BlockPattern.Fill(data.AsSpan(0, data.Length / 2), blocks.Lba, _blockSize, step.Pattern ?? 0);
            BlockPattern.Fill(data.AsSpan(data.Length / 2), blocks.Lba, _blockSize, step.Id);
        }
        else if (step.Direction == DataDirection.Out)
            BlockPattern.Fill(data, blocks.Lba, _blockSize, step.Pattern ?? step.Id);
        else
            Array.Fill(data, BlockPattern.Untouched);
        return new ExecuteCommand((ulong)step.Id, step.Target, LunOf(step), step.Cdb, step.Direction, data, step.Attribute);
    }

    private ExecuteBlockRequest MessageOf(BlockStep step)
    {
        switch (step.Operation)
        {
            case BlockOperation.Read:
                var room = new byte[step.Length];
                Array.Fill(room, BlockPattern.Untouched);
                return new ExecuteBlockRequest((ulong)step.Id, step.Operation, step.Offset, room);
            case BlockOperation.Write:
                var data = new byte[step.Length];
                BlockPattern.Fill(data, step.Offset / _blockSize, _blockSize, step.Id);
                return new ExecuteBlockRequest((ulong)step.Id, step.Operation, step.Offset, data);
            case BlockOperation.Flush:
                return new ExecuteBlockRequest((ulong)step.Id, step.Operation);
            default:
                return new ExecuteBlockRequest((ulong)step.Id, step.Operation, step.Offset, Length: step.Length);
        }
    }
}
