using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Campaign;

/// <summary>Auto contingent allegiance (SAM-5 5.9): after a CHECK CONDITION of a command with NACA=1, and until it is cleared, only commands with the ACA
/// attribute from the faulted nexus are executed, and a new command of anybody else ends with ACA ACTIVE or BUSY. Nobody meets ACA ACTIVE otherwise.</summary>
/// <param name="context">Of the run.</param>
internal sealed class AcaOracle(OracleContext context) : LogicalUnitOracle("aca", context)
{
    private const byte Naca = 0x04;
    private const byte RequestSense = 0x03;
    private const byte Overlapped = 0x4E;

    private sealed class State
    {
        /// <summary>The faulted nexus; null while there is certainly no condition in effect, or none that is certain.</summary>
        public ItNexus? Faulted;

        /// <summary>The last event at which there may have been one; -1 for never.</summary>
        public long Possible = -1;

        /// <summary>A condition may be in effect now.</summary>
        public bool MayBe;

        /// <summary>The event with which the last one began.</summary>
        public long Began = -1;

        /// <summary>Functions and events under way that may clear it, and the last event with which one came.</summary>
        public int Clearing;
        public long ClearingSince = -1;
    }

    private readonly Dictionary<string, State> _units = [];

    /// <inheritdoc/>
    protected override void Ended(TimeSpan time, ObservedTask task, SendCommandComplete complete)
    {
        var state = StateOf(task.Unit);
        if (complete.Status == ScsiStatus.AcaActive)
        {
            if (!state.MayBe && state.Possible < task.Arrival)
                Find(time, $"{task.Unit} answered {task.Command.Nexus} with ACA ACTIVE, but no auto contingent allegiance is in effect", FindingSubject.Of(task));
            return;
        }
        if (state.Faulted is { } faulted && IsHeld(task, faulted) && !IsRefusal(complete))
            Find(time, $"{task.Unit} ended {task.Command.Nexus} with {complete.Status}, although an auto contingent allegiance of {faulted} is in effect", FindingSubject.Of(task));
        if (complete.Status != ScsiStatus.CheckCondition)
            return;
        if ((task.Command.Cdb.Control & Naca) != 0)
        {
            // A second one, of another nexus with TST=1, is not followed any further, nor one that may have been cleared already.
            state.Faulted = state.Clearing > 0 || (state.MayBe && state.Faulted != task.It) ? null : task.It;
            state.MayBe = true;
            state.Possible = state.Began = Now;
        }
        else if (task.Attribute == TaskAttribute.Aca)
        {
            state.Faulted = null;
        }
    }

    /// <inheritdoc/>
    protected override void Asked(TimeSpan time, string unit, TaskManagementRequestReceived request)
    {
        if (MayClear(request.Function))
            BeginClearing(unit);
    }

    /// <inheritdoc/>
    protected override void Executed(TimeSpan time, string unit, TaskManagementFunctionExecuted executed)
    {
        if (MayClear(executed.Function))
            EndClearing(unit, isClear: RunWatch.IsReset(executed.Function)
                || (executed is { Function: TaskManagementFunction.ClearAca, Response: ServiceResponse.FunctionComplete } && !Watch.ModesOf(unit).HasSeparated));
    }

    /// <inheritdoc/>
    protected override void EventComes(string unit, ServiceDeliveryEventOccurred occurred) => BeginClearing(unit);

    /// <inheritdoc/>
    protected override void EventHandled(string unit, ServiceDeliveryEventHandled handled) => EndClearing(unit, isClear: false);

    private static bool MayClear(TaskManagementFunction function) =>
        RunWatch.IsReset(function) || function is TaskManagementFunction.ClearAca or TaskManagementFunction.ItNexusReset;

    // With TST=1 the condition is the affair of the faulted nexus alone.
    private bool IsHeld(ObservedTask task, ItNexus faulted)
    {
        // Sense data that are kept are fetched for a bus that waits for them.
        if (task.Command.Cdb.OperationCode == RequestSense && !task.Command.Autosense)
            return false;
        if (task.It == faulted)
            return task.Attribute != TaskAttribute.Aca;
        var modes = Watch.ModesOf(task.Unit);
        return modes is { IsSettled: true, TaskSetPerNexus: false, HasSeparated: false };
    }

    // What is refused at the door has not been executed, and a command that was aborted is not either.
    private static bool IsRefusal(SendCommandComplete complete) => complete.Status is ScsiStatus.Busy or ScsiStatus.TaskSetFull or ScsiStatus.TaskAborted
        || complete.Sense is { Key: SenseKey.AbortedCommand, Additional.Code: Overlapped };

    private void BeginClearing(string unit)
    {
        var state = StateOf(unit);
        state.Faulted = null;
        state.Clearing++;
        state.ClearingSince = Now;
        if (state.MayBe)
            state.Possible = Now;
    }

    // What began since the clearing was asked for may have begun behind it.
    private void EndClearing(string unit, bool isClear)
    {
        var state = StateOf(unit);
        state.Clearing = Math.Max(0, state.Clearing - 1);
        if (state.MayBe)
            state.Possible = Now;
        if (isClear && state.Clearing == 0 && state.Began < state.ClearingSince)
            state.MayBe = false;
    }

    private State StateOf(string unit)
    {
        if (!_units.TryGetValue(unit, out var state))
            _units.Add(unit, state = new State());
        return state;
    }
}
