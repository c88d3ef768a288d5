using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Journal;

// The messages of clients, and the services of SAM-5.
public static partial class EventKinds
{
    private static (Type, EventKind)[] Commands =>
    [
        Row<ExecuteCommand>(
            static (m, ref e) =>
            {
                (e.CommandId, e.Target, e.Lun, e.Code, e.Length) = ((long)m.Id, m.Target, m.Lun.Number, (byte)m.Attribute, m.Data.Length);
                e.Flags = (EventFlags)m.Direction;
                e.SetCdb(m.Cdb);
            },
            static (in e) => $" {(ulong)e.CommandId} {Hex.Spaced(e.Bytes.Span)} {(TaskAttribute)e.Code}"
                + (e.Flags == EventFlags.None ? "" : $", {e.Length} bytes {(e.Flags == EventFlags.In ? "in" : "out")}"), form: EventForm.Command),
        Row<CommandExecuted>(
            static (m, ref e) =>
            {
                (e.CommandId, e.Code, e.Length, e.Value) = ((long)m.Id, (byte)m.Status, m.Residual, (ulong)m.Outcome);
                e.SetSense(m.Sense);
            },
            static (in e) => $" {(ulong)e.CommandId} " + ((CommandOutcome)e.Value == CommandOutcome.Complete
                ? $"{(ScsiStatus)e.Code}{SenseOf(in e)}, residual {e.Length}"
                : $"{(CommandOutcome)e.Value}"), form: EventForm.Ending),
        Row<ExecuteTaskManagement>(
            static (m, ref e) => (e.CommandId, e.Target, e.Lun, e.Code, e.Value) =
                ((long)m.Id, m.Target, m.Lun.Number, (byte)m.Function, m.CommandId),
            static (in e) => $" {(ulong)e.CommandId} {(TaskManagementFunction)e.Code} on T{e.Target}_L{e.Lun}"
                + ((TaskManagementFunction)e.Code is TaskManagementFunction.AbortTask or TaskManagementFunction.QueryTask ? $", command {e.Value}" : ""),
            form: EventForm.Function),
        Row<TaskManagementExecuted>(
            static (m, ref e) => (e.CommandId, e.Code) = ((long)m.Id, (byte)m.Response),
            static (in e) => $" {(ulong)e.CommandId} {(ServiceResponse)e.Code}", form: EventForm.Response),
        Row<ExecuteBusReset>(static (m, ref e) => e.CommandId = (long)m.Id, static (in e) => $" {(ulong)e.CommandId}"),
        Row<BusResetExecuted>(static (m, ref e) => e.CommandId = (long)m.Id, static (in e) => $" {(ulong)e.CommandId}"),
        // A question changes nothing, and so is none of what has happened.
        Row<DescribeState>(static (_, ref _) => { }, role: EventRole.Observation),
        Row<StateDescribed>(static (_, ref _) => { }, role: EventRole.Observation),
        Row<ScsiCommandReceived>(
            static (m, ref e) =>
            {
                e.SetNexus(m.Nexus);
                e.SetCdb(m.Cdb);
                // A port knows at most one of the two lengths to be more than 0.
                (e.Code, e.Length) = ((byte)m.Attribute, m.DataInLength > 0 ? m.DataInLength : m.DataOutLength);
                e.Flags = (m.DataInLength > 0 ? EventFlags.In : EventFlags.None) | (m.DataOutLength > 0 ? EventFlags.Out : EventFlags.None)
                    | (m.Autosense ? EventFlags.Autosense : EventFlags.None);
            },
            static (in e) => $" {e.Nexus} {Hex.Spaced(e.Bytes.Span)} {(TaskAttribute)e.Code}", form: EventForm.Command),
        Row<SendDataIn>(
            static (m, ref e) =>
            {
                e.SetNexus(m.Nexus);
                (e.Offset, e.Length, e.Flags) = (m.Offset, m.Count, EventFlags.In);
            },
            static (in e) => $" {e.Nexus} offset {e.Offset} count {e.Length}", EventRole.Data),
        Row<DataInDelivered>(
            static (m, ref e) =>
            {
                e.SetNexus(m.Nexus);
                e.Flags = m.Delivered ? EventFlags.None : EventFlags.Failed;
            },
            DataEnd, EventRole.Data),
        Row<ReceiveDataOut>(
            static (m, ref e) =>
            {
                e.SetNexus(m.Nexus);
                (e.Offset, e.Length, e.Flags) = (m.Offset, m.Count, EventFlags.Out);
            },
            static (in e) => $" {e.Nexus} offset {e.Offset} count {e.Length}", EventRole.Data),
        Row<DataOutReceived>(
            static (m, ref e) =>
            {
                e.SetNexus(m.Nexus);
                e.Flags = m.Received ? EventFlags.None : EventFlags.Failed;
            },
            DataEnd, EventRole.Data),
        Row<SendCommandComplete>(
            static (m, ref e) =>
            {
                e.SetNexus(m.Nexus);
                (e.Code, e.Length) = ((byte)m.Status, m.Transferred);
                e.SetSense(m.Sense);
            },
            static (in e) => $" {e.Nexus} {(ScsiStatus)e.Code}{SenseOf(in e)}, {e.Length} bytes", form: EventForm.Ending),
        Row<CommandAborted>(static (m, ref e) => e.SetNexus(m.Nexus), static (in e) => $" {e.Nexus}"),
        Row<TaskManagementRequestReceived>(
            static (m, ref e) =>
            {
                e.SetNexus(m.Nexus);
                (e.Code, e.Value) = ((byte)m.Function, m.Association);
            },
            static (in e) => $" {e.Nexus} {(TaskManagementFunction)e.Code}", form: EventForm.Function),
        Row<TaskManagementFunctionExecuted>(
            static (m, ref e) =>
            {
                e.SetNexus(m.Nexus);
                (e.Code, e.Value, e.Offset) = ((byte)m.Response, m.Association, (long)m.Function);
                e.SetSense(m.AdditionalInformation);
            },
            static (in e) => $" {e.Nexus} {(TaskManagementFunction)e.Offset} {(ServiceResponse)e.Code}{SenseOf(in e)}", form: EventForm.Response),
        Row<ServiceDeliveryEventOccurred>(
            static (m, ref e) => (e.Initiator, e.Target, e.Code, e.Value) =
                (m.It.InitiatorPort, m.It.TargetPort, (byte)m.Event, m.Association),
            static (in e) => $" {(ServiceDeliveryEvent)e.Code} on I{e.Initiator}_T{e.Target}", form: EventForm.Event),
        Row<ServiceDeliveryEventHandled>(static (m, ref e) => e.Value = m.Association),
        Row<LogicalUnitLost>(static (m, ref e) => (e.Target, e.Lun) = (m.TargetPort, m.Lun.Number), static (in e) => $" T{e.Target}_L{e.Lun}"),
    ];

    private static string DataEnd(in JournalEvent e) => $" {e.Nexus}{((e.Flags & EventFlags.Failed) != 0 ? " failed" : "")}";

    private static string SenseOf(in JournalEvent e) => SenseData.TryRead(e.Bytes.Span, out var sense) ? $" {sense}" : "";
}
