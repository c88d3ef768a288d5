using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Campaign;

/// <summary>An oracle that looks at logical units from the outside: commands in, answers out, and what resets them.</summary>
/// <param name="name">As in <see cref="Oracle"/>.</param>
/// <param name="context">Of the run.</param>
internal abstract class LogicalUnitOracle(string name, OracleContext context) : Oracle(name, context)
{
    /// <summary>The number of the message.</summary>
    protected long Now => Watch.Now;

    /// <summary>The commands that a logical unit has not answered, oldest first.</summary>
    protected List<ObservedTask> TasksOf(string unit) => Watch.TasksOf(unit);

    /// <inheritdoc/>
    public override void Observe(in Observed seen)
    {
        switch (seen.Message)
        {
            case ScsiCommandReceived:
                if (Watch.Task is { } task)
                    Came(seen.Time, task);
                break;
            case SendCommandComplete complete:
                if (Watch.Task is { } ended)
                    Ended(seen.Time, ended, complete);
                break;
            case CommandAborted:
                if (Watch.Task is { } aborted)
                    Aborted(seen.Time, aborted);
                break;
            case TaskManagementRequestReceived request when Parties.IsLogicalUnit(seen.To):
                Asked(seen.Time, seen.To, request);
                break;
            case TaskManagementFunctionExecuted executed when Parties.IsLogicalUnit(seen.From):
                Executed(seen.Time, seen.From, executed);
                break;
            case ServiceDeliveryEventOccurred occurred when Parties.IsLogicalUnit(seen.To):
                EventComes(seen.To, occurred);
                break;
            case ServiceDeliveryEventHandled handled when Parties.IsLogicalUnit(seen.From):
                EventHandled(seen.From, handled);
                break;
            default:
                ObserveOther(seen);
                break;
        }
    }

    /// <summary>True for INQUIRY, REPORT LUNS and REQUEST SENSE, which neither unit attentions nor reservations hold up (SPC-4 5.12, SAM-5 5.14).</summary>
    protected static bool IsExempt(Cdb cdb) => cdb.OperationCode is 0x03 or 0x12 or 0xA0;

    /// <summary>A command came.</summary>
    protected virtual void Came(TimeSpan time, ObservedTask task)
    {
    }

    /// <summary>A command ended with a status.</summary>
    protected virtual void Ended(TimeSpan time, ObservedTask task, SendCommandComplete complete)
    {
    }

    /// <summary>A command ended without one.</summary>
    protected virtual void Aborted(TimeSpan time, ObservedTask task)
    {
    }

    /// <summary>A task management function is on its way to a logical unit.</summary>
    protected virtual void Asked(TimeSpan time, string unit, TaskManagementRequestReceived request)
    {
    }

    /// <summary>A logical unit has carried it out.</summary>
    protected virtual void Executed(TimeSpan time, string unit, TaskManagementFunctionExecuted executed)
    {
    }

    /// <summary>An event of the delivery subsystem is on its way to a logical unit.</summary>
    protected virtual void EventComes(string unit, ServiceDeliveryEventOccurred occurred)
    {
    }

    /// <summary>A logical unit has dealt with it.</summary>
    protected virtual void EventHandled(string unit, ServiceDeliveryEventHandled handled)
    {
    }

    /// <summary>Anything else.</summary>
    protected virtual void ObserveOther(in Observed seen)
    {
    }
}
