using System.Collections.Frozen;
using ScsiActors.Journal;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Host.Output;

/// <summary>Commands, statuses and sense data in the words of the standards.</summary>
internal static class CommandText
{
    private static readonly FrozenDictionary<ScsiStatus, string> Statuses = new Dictionary<ScsiStatus, string>
    {
        [ScsiStatus.Good] = "GOOD", [ScsiStatus.CheckCondition] = "CHECK CONDITION", [ScsiStatus.ConditionMet] = "CONDITION MET",
        [ScsiStatus.Busy] = "BUSY", [ScsiStatus.ReservationConflict] = "RESERVATION CONFLICT", [ScsiStatus.TaskSetFull] = "TASK SET FULL",
        [ScsiStatus.AcaActive] = "ACA ACTIVE", [ScsiStatus.TaskAborted] = "TASK ABORTED",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<SenseKey, string> Keys = new Dictionary<SenseKey, string>
    {
        [SenseKey.NoSense] = "NO SENSE", [SenseKey.RecoveredError] = "RECOVERED ERROR", [SenseKey.NotReady] = "NOT READY",
        [SenseKey.MediumError] = "MEDIUM ERROR", [SenseKey.HardwareError] = "HARDWARE ERROR", [SenseKey.IllegalRequest] = "ILLEGAL REQUEST",
        [SenseKey.UnitAttention] = "UNIT ATTENTION", [SenseKey.DataProtect] = "DATA PROTECT", [SenseKey.BlankCheck] = "BLANK CHECK",
        [SenseKey.CopyAborted] = "COPY ABORTED", [SenseKey.AbortedCommand] = "ABORTED COMMAND", [SenseKey.VolumeOverflow] = "VOLUME OVERFLOW",
        [SenseKey.Miscompare] = "MISCOMPARE", [SenseKey.Completed] = "COMPLETED",
    }.ToFrozenDictionary();

    // SPC-4 annex E: those that this project's devices can report.
    private static readonly FrozenDictionary<int, string> Additional = new Dictionary<int, string>
    {
        [0x0000] = "no additional sense information", [0x0401] = "becoming ready", [0x0402] = "initializing command required",
        [0x0404] = "format in progress", [0x0400] = "not ready, cause not reportable", [0x0801] = "logical unit communication time-out",
        [0x0800] = "logical unit communication failure", [0x0C00] = "write error", [0x0C02] = "write error, auto reallocation failed",
        [0x1100] = "unrecovered read error", [0x1A00] = "parameter list length error", [0x1D00] = "miscompare during verify",
        [0x2000] = "invalid command operation code", [0x2100] = "logical block address out of range", [0x2400] = "invalid field in CDB",
        [0x2500] = "logical unit not supported", [0x2600] = "invalid field in parameter list", [0x2700] = "write protected",
        [0x2701] = "hardware write protected", [0x2702] = "logical unit software write protected", [0x2707] = "space allocation failed",
        [0x2800] = "medium may have changed", [0x2900] = "power on or reset occurred", [0x2901] = "power on occurred",
        [0x2902] = "bus reset occurred", [0x2903] = "bus device reset occurred", [0x2907] = "I_T nexus loss occurred",
        [0x2A01] = "mode parameters changed", [0x2A09] = "capacity data has changed", [0x2F00] = "commands cleared by another initiator",
        [0x3100] = "medium format corrupted", [0x3900] = "saving parameters not supported", [0x3A00] = "medium not present",
        [0x3F0E] = "reported LUNs data has changed", [0x4400] = "internal target failure", [0x4700] = "SCSI parity error",
        [0x4B00] = "data phase error", [0x4E00] = "overlapped commands attempted", [0x5300] = "media load or eject failed",
        [0x5302] = "medium removal prevented", [0x5500] = "system resource failure", [0x5503] = "insufficient resources",
    }.ToFrozenDictionary();

    /// <summary>The command with what it works on: <c>READ(10) of 8 blocks at block 4096</c>.</summary>
    public static string Name(Cdb cdb) => OperationNames.WithBlocks(cdb);

    /// <summary>How a command ended.</summary>
    public static string Outcome(CommandExecuted answer) => answer.Outcome switch
    {
        CommandOutcome.Aborted => "aborted",
        CommandOutcome.DeliveryFailure => "service delivery failure: the target does not answer",
        _ when answer.Sense is { } sense => $"{StatusName(answer.Status)}, {Sense(sense)}",
        _ => StatusName(answer.Status),
    };

    /// <summary>Sense data: key, additional sense and, where given, the block; of a miscompare the byte (SBC-3 5.2, SPC-4 4.5.2.2).</summary>
    public static string Sense(SenseData sense)
    {
        var code = sense.Additional.Code << 8 | sense.Additional.Qualifier;
        var words = Additional.TryGetValue(code, out var known) ? $"{known} ({sense.Additional})" : $"additional sense {sense.Additional}";
        var place = sense.Information is { } information ? $", {(sense.Key == SenseKey.Miscompare ? "byte" : "block")} {information}" : "";
        return $"{Keys.GetValueOrDefault(sense.Key, sense.Key.ToString())}: {words}{place}";
    }

    private static string StatusName(ScsiStatus status) => Statuses.TryGetValue(status, out var name) ? name : $"status {(byte)status:x2}h";
}
