using System.Globalization;
using System.Text;
using ScsiActors.Lsi53c895a;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Journal;

/// <summary>Messages as text for people: the lines of a message flow, in golden files and on the screen.</summary>
public static class MessageText
{
    private const int NameWidth = 6;

    /// <summary>One line of a message flow.</summary>
    /// <param name="from">Who says it.</param>
    /// <param name="to">To whom.</param>
    /// <param name="message">What.</param>
    /// <param name="nameWidth">The columns for a name, so that lines are aligned.</param>
    public static string Line(string from, string to, object message, int nameWidth = NameWidth) =>
        $"{from.PadRight(nameWidth)} -> {to.PadRight(nameWidth)}  {Of(message)}";

    /// <summary>A message: its name, and what distinguishes it from others of that name.</summary>
    public static string Of(object message) => message switch
    {
        ExecuteCommand { Direction: DataDirection.None } m => $"ExecuteCommand {m.Id} {m.Cdb} {m.Attribute}",
        ExecuteCommand m =>
            $"ExecuteCommand {m.Id} {m.Cdb} {m.Attribute}, {m.Data.Length} bytes {(m.Direction == DataDirection.In ? "in" : "out")}",
        CommandExecuted { Outcome: CommandOutcome.Complete } m => $"CommandExecuted {m.Id} {m.Status}{SenseOf(m.Sense)}, residual {m.Residual}",
        CommandExecuted m => $"CommandExecuted {m.Id} {m.Outcome}",
        ScsiCommandReceived m => $"ScsiCommandReceived {m.Nexus} {m.Cdb} {m.Attribute}",
        SendDataIn m => $"SendDataIn {m.Nexus} offset {m.Offset} count {m.Count}",
        DataInDelivered m => $"DataInDelivered {m.Nexus}{(m.Delivered ? "" : " failed")}",
        ReceiveDataOut m => $"ReceiveDataOut {m.Nexus} offset {m.Offset} count {m.Count}",
        DataOutReceived m => $"DataOutReceived {m.Nexus}{(m.Received ? "" : " failed")}",
        SendCommandComplete m => $"SendCommandComplete {m.Nexus} {m.Status}{SenseOf(m.Sense)}, {m.Transferred} bytes",
        CommandAborted m => $"CommandAborted {m.Nexus}",
        AioRead m => $"AioRead at {m.Offset}, {m.Data}",
        AioWrite m => $"AioWrite at {m.Offset}, {m.Data}{(m.WriteThrough ? ", through" : "")}",
        AioCompleted m => $"AioCompleted {m.Result}, {m.Bytes} bytes",
        _ => OfBlockDevice(message) ?? OfAdapter(message),
    };

    private static string? OfBlockDevice(object message) => message switch
    {
        ExecuteBlockRequest { Length: > 0 } m => $"ExecuteBlockRequest {m.Id} {m.Operation} at {m.Offset}, {m.Length} bytes",
        ExecuteBlockRequest { Data.IsEmpty: true } m => $"ExecuteBlockRequest {m.Id} {m.Operation}",
        ExecuteBlockRequest m => $"ExecuteBlockRequest {m.Id} {m.Operation} at {m.Offset}, {m.Data.Length} bytes",
        BlockRequestExecuted m => $"BlockRequestExecuted {m.Id} {m.Status}, {m.Bytes} bytes",
        AvailableBufferNotification m => $"AvailableBufferNotification queue {m.Queue}",
        UsedBufferNotification m => $"UsedBufferNotification queue {m.Queue}",
        WriteDeviceStatus m => $"WriteDeviceStatus {m.Status}",
        WriteDriverFeatures m => $"WriteDriverFeatures {m.Features}",
        VirtioDeviceState m => $"VirtioDeviceState {m.Status}",
        EnableVirtqueue m => $"EnableVirtqueue {m.Queue} of {m.Size} descriptors",
        _ => null,
    };

    private static string OfAdapter(object message) => message switch
    {
        RegisterWrite m => $"RegisterWrite {RegisterOf(m.Space, m.Offset)} <- {m.Value.ToString("X" + m.Width * 2, CultureInfo.InvariantCulture)}",
        RegisterRead m => $"RegisterRead {RegisterOf(m.Space, m.Offset)}",
        RegisterValue m => $"RegisterValue {m.Value:X}",
        InterruptLine m => $"InterruptLine {(m.Asserted ? "high" : "low")}",
        CommandMoved m => $"CommandMoved to ID {m.Target}: {MessageOf(m.Selection)}, CDB {m.Cdb}",
        MessageOutMoved m => $"MessageOutMoved to ID {m.Target}: {Convert.ToHexString(m.Bytes.Span)}",
        TargetPhases m => $"TargetPhases {StepsOf(m.Steps.AsSpan())}",
        ReselectionRequested m => $"ReselectionRequested by ID {m.Target}: {StepsOf(m.Steps.AsSpan())}",
        DataPhaseEnded m => $"DataPhaseEnded{(m.Moved ? "" : " given up")}",
        BusPhaseChanged m => $"BusPhaseChanged {m.Phase}",
        _ => message.GetType().Name,
    };

    private static string SenseOf(SenseData? sense) => sense is null ? "" : $" {sense}";

    private static string RegisterOf(RegisterSpace space, int offset)
    {
        if (space is not (RegisterSpace.Bar0 or RegisterSpace.Bar1))
            return $"{space}+{offset:X2}";
        foreach (var row in RegisterMap.Rows)
        {
            if (offset >= row.Offset && offset < row.Offset + row.Width)
                return offset == row.Offset ? row.Name : $"{row.Name}+{offset - row.Offset}";
        }
        return $"{offset:X2}";
    }

    private static string MessageOf(SelectionMessage message) =>
        message.IsTagged ? $"message {message.Identify:X2} {message.Queue:X2} {message.Tag:X2}" : $"message {message.Identify:X2}";

    private static string StepsOf(ReadOnlySpan<PhaseStep> steps)
    {
        var text = new StringBuilder();
        foreach (var step in steps)
        {
            text.Append(text.Length == 0 ? "" : ", ").Append(ScriptsTrace.Name(step.Phase));
            if (step.Phase is BusPhase.DataIn or BusPhase.DataOut)
                text.Append(CultureInfo.InvariantCulture, $" {step.Count} bytes");
            else
            {
                for (var i = 0; i < step.Count; i++)
                    text.Append(CultureInfo.InvariantCulture, $" {step[i]:X2}");
            }
        }
        return text.ToString();
    }
}
