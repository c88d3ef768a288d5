using System.Globalization;
using ScsiActors.Lsi53c895a;
using ScsiActors.Messages;

namespace ScsiActors.Journal;

// The messages between a driver, its adapter and the bus.
public static partial class EventKinds
{
    private static (Type, EventKind)[] Adapter =>
    [
        Row<RegisterWrite>(
            static (m, ref e) => (e.Code, e.Offset, e.Length, e.Value) = ((byte)m.Space, m.Offset, m.Width, m.Value),
            static (in e) => $" {RegisterOf(in e)} <- {e.Value.ToString("X" + e.Length * 2, CultureInfo.InvariantCulture)}", form: EventForm.Register),
        Row<RegisterRead>(
            static (m, ref e) => (e.Code, e.Offset, e.Length, e.Value) = ((byte)m.Space, m.Offset, m.Width, m.Association),
            static (in e) => $" {RegisterOf(in e)}", form: EventForm.Register),
        Row<RegisterValue>(
            static (m, ref e) => (e.Value, e.Offset) = (m.Value, (long)m.Association), static (in e) => $" {e.Value:X}"),
        Row<InterruptLine>(
            static (m, ref e) => e.Flags = m.Asserted ? EventFlags.On : EventFlags.None,
            static (in e) => e.Flags == EventFlags.On ? " high" : " low"),
        Row<FunctionReset>(static (_, ref _) => { }),
        Row<InitiatorAttached>(static (_, ref _) => { }),
        Row<TargetsPresent>(static (m, ref e) => e.Value = m.Present, static (in e) => $" {e.Value:X4}"),
        Row<CommandMoved>(
            static (m, ref e) =>
            {
                (e.Offset, e.Target, e.Lun) = (m.Connection, m.Target, m.Selection.Lun.Number);
                e.Value = (ulong)m.Selection.Identify << 16 | (ulong)m.Selection.Queue << 8 | m.Selection.Tag;
                if (m.Selection.IsTagged)
                    e.Tag = m.Selection.Tag;
                e.SetCdb(m.Cdb);
            },
            static (in e) => $" to ID {e.Target}: message {SelectionOf(in e)}, CDB {Hex.Spaced(e.Bytes.Span)}", form: EventForm.Command),
        Row<MessageOutMoved>(
            static (m, ref e) =>
            {
                (e.Offset, e.Target, e.Length) = (m.Connection, m.Target, m.Bytes.Length);
                e.Bytes.Set(m.Bytes.Span);
            },
            static (in e) => $" to ID {e.Target}: {Convert.ToHexString(e.Bytes.Span)}", form: EventForm.Message),
        Row<TargetPhases>(
            static (m, ref e) =>
            {
                (e.Offset, e.Flags) = (m.Connection, m.AnswersMessage ? EventFlags.On : EventFlags.None);
                e.Length = BusSteps.Write(m.Steps.AsSpan(), ref e.Bytes);
            },
            static (in e) => $" {BusSteps.Text(e.Bytes.Span)}", form: EventForm.Steps),
        Row<ReselectionRequested>(
            static (m, ref e) =>
            {
                (e.Offset, e.Target, e.Lun, e.Tag, e.Value) = (m.Connection, m.Target, m.Lun.Number, m.Tag, m.Epoch);
                e.Length = BusSteps.Write(m.Steps.AsSpan(), ref e.Bytes);
            },
            static (in e) => $" by ID {e.Target}: {BusSteps.Text(e.Bytes.Span)}", form: EventForm.Steps),
        Row<ConnectionWithdrawn>(static (m, ref e) => e.Offset = m.Connection),
        Row<ConnectionDropped>(static (m, ref e) => e.Offset = m.Connection),
        Row<BusReset>(
            static (m, ref e) => (e.Value, e.Flags) = (m.Epoch, m.ResetsTargets ? EventFlags.On : EventFlags.None),
            static (in e) => e.Flags == EventFlags.On ? "" : " of the initiator only"),
        Row<DataPhaseEnded>(
            static (m, ref e) => (e.Offset, e.Flags) = (m.Connection, m.Moved ? EventFlags.None : EventFlags.Failed),
            static (in e) => e.Flags == EventFlags.Failed ? " given up" : "", EventRole.Data),
        Row<InterposeMemory>(static (_, ref _) => { }, role: EventRole.Observation),
        Row<DescribeState>(static (_, ref _) => { }, role: EventRole.Observation),
        Row<StateDescribed>(static (m, ref e) => e.Length = m.Tables.Count, static (in e) => $" in {e.Length} tables", EventRole.Observation),
        Row<ObserveAdapter>(static (_, ref _) => { }, role: EventRole.Observation),
        Row<ScriptsTraced>(static (m, ref e) => e.Remark = m.Line, static (in e) => $" {e.Remark}", EventRole.Observation),
        Row<BusPhaseChanged>(
            static (m, ref e) => (e.Offset, e.Target, e.Code) = (m.Connection, m.Target, (byte)m.Phase),
            static (in e) => $" {(BusPhase)e.Code}", EventRole.Observation, EventForm.Phase),
    ];

    private static string RegisterOf(in JournalEvent e)
    {
        var space = (RegisterSpace)e.Code;
        if (space is not (RegisterSpace.Bar0 or RegisterSpace.Bar1))
            return $"{space}+{e.Offset:X2}";
        foreach (var row in RegisterMap.Rows)
        {
            if (e.Offset >= row.Offset && e.Offset < row.Offset + row.Width)
                return e.Offset == row.Offset ? row.Name : $"{row.Name}+{e.Offset - row.Offset}";
        }
        return $"{e.Offset:X2}";
    }

    private static string SelectionOf(in JournalEvent e)
    {
        var message = new SelectionMessage((byte)(e.Value >> 16), (byte)(e.Value >> 8), (byte)e.Value);
        return message.IsTagged ? $"{message.Identify:X2} {message.Queue:X2} {message.Tag:X2}" : $"{message.Identify:X2}";
    }
}
