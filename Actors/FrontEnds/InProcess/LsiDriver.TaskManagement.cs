using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.FrontEnds.InProcess;

// Task management: one message to a target at a time, without a command.
public sealed partial class LsiDriver<TClient>
{
    private const int FunctionBlock = TaskBlock.Count - 1;

    private readonly Queue<(TClient Client, ExecuteTaskManagement Request)> _functionsWaiting = new();
    private (TClient Client, ExecuteTaskManagement Request)? _function;
    private int _functionTag;
    private ulong _functionSequence;

    /// <summary>Starts a task management function of <paramref name="client"/>, after those before it.</summary>
    public void Handle(TClient client, ExecuteTaskManagement request)
    {
        if (request.Target is < 0 or >= Targets or InitiatorId || request.Lun.Number >= Luns)
            Answer(client, request, ServiceResponse.ServiceDeliveryOrTargetFailure);
        else if (MessageCode(request.Function, isTagged: true) == 0)
            Answer(client, request, ServiceResponse.FunctionRejected);
        else
        {
            _functionsWaiting.Enqueue((client, request));
            StartWaitingFunctions();
        }
    }

    // SPI-3 16.5: ABORT TASK, ABORT TASK SET, CLEAR TASK SET, LOGICAL UNIT RESET and TARGET RESET; the bus has no message for the others.
    private static byte MessageCode(TaskManagementFunction function, bool isTagged) => function switch
    {
        TaskManagementFunction.AbortTask => (byte)(isTagged ? 0x0D : 0x06),
        TaskManagementFunction.AbortTaskSet => 0x06,
        TaskManagementFunction.ClearTaskSet => 0x0E,
        TaskManagementFunction.LogicalUnitReset => 0x17,
        TaskManagementFunction.TargetReset => 0x0C,
        _ => 0,
    };

    private void StartWaitingFunctions()
    {
        while (_function is null && !_isResetting && _functionsWaiting.TryDequeue(out var next))
            StartFunction(next.Client, next.Request);
    }

    private void StartFunction(TClient client, ExecuteTaskManagement request)
    {
        EndWaiting(client, request);
        _functionTag = -1;
        Span<byte> message = stackalloc byte[TaskBlock.MaximumMessageLength];
        var length = 0;
        message[length++] = (byte)(0xC0 | request.Lun.Number);
        var isTagged = false;
        if (request.Function == TaskManagementFunction.AbortTask)
        {
            _functionTag = _commands.Find(client, request);
            if (_functionTag < 0)
            {
                Answer(client, request, ServiceResponse.FunctionComplete);
                return;
            }
            isTagged = _commands[_functionTag]!.Attribute != TaskAttribute.Untagged;
            if (isTagged)
            {
                message[length++] = 0x20;
                message[length++] = (byte)_functionTag;
            }
        }
        message[length++] = MessageCode(request.Function, isTagged);
        _function = (client, request);
        _functionSequence = _sequence;
        var block = new TaskBlock(_memory, FunctionBlock);
        block.PrepareMessage(request.Target, message[..length]);
        _startQueue.Add(block, DriverScripts.SendMessage);
        _ports.Write(SignalProcess);
    }

    // What the adapter has not been given yet needs no message.
    private void EndWaiting(TClient client, ExecuteTaskManagement request)
    {
        for (var left = _waiting.Count; left > 0; left--)
        {
            var (owner, command) = _waiting.Dequeue();
            if (IsMeant(client, request, owner, command))
                _ports.CommandExecuted(owner, WithoutStatus(command, CommandOutcome.Aborted));
            else
                _waiting.Enqueue((owner, command));
        }
    }

    private static bool IsMeant(TClient client, ExecuteTaskManagement request, TClient owner, ExecuteCommand command) =>
        command.Target == request.Target
        && (request.Function == TaskManagementFunction.TargetReset || command.Lun == request.Lun)
        && (request.Function != TaskManagementFunction.AbortTask || (owner.Equals(client) && command.Id == request.CommandId));

    private void FunctionCompleted()
    {
        if (_function is not { } function || new TaskBlock(_memory, FunctionBlock).StatusByte == TaskBlock.Pending)
            return;
        for (var left = _active; left != 0; left &= left - 1)
        {
            var tag = (int)UInt128.TrailingZeroCount(left);
            if (_running[tag].Sequence <= _functionSequence
                && IsMeant(function.Client, function.Request, _commands.ClientOf(tag), _commands[tag]!)
                && (_functionTag < 0 || tag == _functionTag))
                EndWithoutStatus(tag, CommandOutcome.Aborted);
        }
        _function = null;
        Answer(function.Client, function.Request, ServiceResponse.FunctionComplete);
        StartWaitingFunctions();
    }

    private void FunctionFailed()
    {
        if (_function is not { } function)
            return;
        _function = null;
        Answer(function.Client, function.Request, ServiceResponse.ServiceDeliveryOrTargetFailure);
        StartWaitingFunctions();
    }

    private void Answer(TClient client, ExecuteTaskManagement request, ServiceResponse response) =>
        _ports.TaskManagementExecuted(client, new TaskManagementExecuted(request.Id, response));
}
