using ScsiActors.Lsi53c895a;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Simulation.Campaign;

namespace ScsiActors.Simulation.Kit;

/// <summary>A place in the life of a request, at which messages can be held and expected; <see cref="Points"/> has those there are.</summary>
/// <param name="Name">For people.</param>
/// <param name="IsAt">True for a message that stands there.</param>
public sealed record Point(string Name, Predicate<Passing> IsAt)
{
    /// <summary>This point of one request.</summary>
    public Expected Of(KitRequest request) => Expected.At(this, request);

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>The points by the names of the field: the services of SAM-5 at the door of a logical unit, the phases of the bus, the registers of the adapter,
/// the requests to storage and their completions, and the two ends at the client.</summary>
public static class Points
{
    /// <summary>A client's request on its way to a port or driver.</summary>
    public static Point Request { get; } = new("Request", static at => Parties.IsClient(at.From) && at.Message is ExecuteCommand or ExecuteTaskManagement or ExecuteBlockRequest);

    /// <summary>The answer on its way to the client.</summary>
    public static Point Answer { get; } = new("Answer", static at => Parties.IsClient(at.To) && at.Message is CommandExecuted or TaskManagementExecuted or BlockRequestExecuted);

    /// <summary>SCSI Command Received (SAM-5 5.4.2.3).</summary>
    public static Point ScsiCommandReceived { get; } = AtUnit<ScsiCommandReceived>();

    /// <summary>Send Data-In (SAM-5 5.4.3.2.1).</summary>
    public static Point SendDataIn { get; } = Of<SendDataIn>();

    /// <summary>Data-In Delivered (SAM-5 5.4.3.2.2).</summary>
    public static Point DataInDelivered { get; } = AtUnit<DataInDelivered>();

    /// <summary>Receive Data-Out (SAM-5 5.4.3.3.1).</summary>
    public static Point ReceiveDataOut { get; } = Of<ReceiveDataOut>();

    /// <summary>Data-Out Received (SAM-5 5.4.3.3.2).</summary>
    public static Point DataOutReceived { get; } = AtUnit<DataOutReceived>();

    /// <summary>Send Command Complete (SAM-5 5.4.2.4).</summary>
    public static Point SendCommandComplete { get; } = Of<SendCommandComplete>();

    /// <summary>The end of an aborted command (SAM-5 5.6).</summary>
    public static Point CommandAborted { get; } = Of<CommandAborted>();

    /// <summary>Task Management Request Received (SAM-5 7.12.3).</summary>
    public static Point TaskManagementRequestReceived { get; } = AtUnit<TaskManagementRequestReceived>();

    /// <summary>Task Management Function Executed (SAM-5 7.12.4).</summary>
    public static Point TaskManagementFunctionExecuted { get; } = Of<TaskManagementFunctionExecuted>();

    /// <summary>Arbitration and selection are over, and the CDB has been sent.</summary>
    public static Point CommandMoved { get; } = Of<CommandMoved>();

    /// <summary>A target asks for the bus to reselect the initiator.</summary>
    public static Point Reselection { get; } = new("Reselection", static at => at.Message is ReselectionRequested);

    /// <summary>The initiator has dealt with a data phase.</summary>
    public static Point DataPhaseEnded { get; } = Of<DataPhaseEnded>();

    /// <summary>RST, or the end of all that was outstanding.</summary>
    public static Point BusReset { get; } = Of<BusReset>();

    /// <summary>The interrupt line goes high.</summary>
    public static Point Interrupt { get; } = new("Interrupt", static at => at.Message is InterruptLine { Asserted: true });

    /// <summary>A read on its way to storage.</summary>
    public static Point AioRead { get; } = AtStorage<AioRead>();

    /// <summary>A write on its way to storage.</summary>
    public static Point AioWrite { get; } = AtStorage<AioWrite>();

    /// <summary>A flush on its way to storage.</summary>
    public static Point AioFlush { get; } = AtStorage<AioFlush>();

    /// <summary>Storage gives up a request.</summary>
    public static Point AioCancel { get; } = AtStorage<AioCancel>();

    /// <summary>Storage has done a request: the completion on its way to the request queue.</summary>
    public static Point AioCompleted { get; } = new("AioCompleted", static at => at.Message is AioCompleted && Parties.IsQueue(at.To));

    /// <summary>A bus phase that a target announces, in a connection or with a reselection.</summary>
    public static Point Phase(BusPhase phase) => new($"Phase {phase}", at => at.Message switch
    {
        TargetPhases phases => phases.Steps.Any(step => step.Phase == phase),
        ReselectionRequested reselection => reselection.Steps.Any(step => step.Phase == phase),
        _ => false,
    });

    /// <summary>The driver writes a register of the adapter.</summary>
    /// <param name="register">Its name in the data manual: <c>DSP</c>, <c>ISTAT0</c>.</param>
    /// <exception cref="ArgumentException">There is no such register.</exception>
    public static Point RegisterWrite(string register)
    {
        var row = RowOf(register);
        return new Point($"RegisterWrite {register}", at => at.Message is RegisterWrite { Space: RegisterSpace.Bar0 or RegisterSpace.Bar1 } write && Covers(row, write.Offset, write.Width));
    }

    /// <summary>The driver reads a register of the adapter.</summary>
    /// <inheritdoc cref="RegisterWrite"/>
    public static Point RegisterRead(string register)
    {
        var row = RowOf(register);
        return new Point($"RegisterRead {register}", at => at.Message is RegisterRead { Space: RegisterSpace.Bar0 or RegisterSpace.Bar1 } read && Covers(row, read.Offset, read.Width));
    }

    private static Point Of<T>() => new(typeof(T).Name, static at => at.Message is T);

    private static Point AtUnit<T>() => new(typeof(T).Name, static at => at.Message is T && Parties.IsLogicalUnit(at.To));

    private static Point AtStorage<T>() => new(typeof(T).Name, static at => at.Message is T && Parties.IsQueue(at.From));

    private static bool Covers(in RegisterRow row, int offset, int width) => offset < row.Offset + row.Width && offset + width > row.Offset;

    private static RegisterRow RowOf(string register)
    {
        foreach (var row in RegisterMap.Rows)
        {
            if (row.Name == register)
                return row;
        }
        throw new ArgumentException($"The adapter has no register {register}; its names are those of the data manual, such as DSP and ISTAT0.", nameof(register));
    }
}
