using System.Globalization;
using ScsiActors.Messages.Scsi;
using static ScsiActors.Tests.Properties.SenseCodes;

namespace ScsiActors.Tests.Properties;

/// <summary>A command of the model: which bits of its CDB mean something, and how it may end.</summary>
/// <param name="Name">The standard's name.</param>
/// <param name="NeedsMedium">True when it ends with MEDIUM NOT PRESENT without one.</param>
/// <param name="Bits">Per CDB byte the bits that may be in the usage bitmap and, after a slash, those that must be; C for CONTROL.</param>
/// <param name="Ends">How it may end, once reservation, medium and reserved bits are in order.</param>
public sealed record CommandRow(string Name, bool NeedsMedium, string Bits,
    Func<CommandRules, ModelCommand, ModelState, IEnumerable<Outcome>> Ends);

/// <summary>The reference model of the commands: from a command and a state to the set of legal endings. Written from the standards
/// alone.</summary>
public sealed partial class CommandRules(DeviceFacts facts)
{
    private const byte Unmapping = 0x42;

    private static readonly Dictionary<(byte OperationCode, int ServiceAction), CommandRow> Rows = new()
    {
        [(0x00, -1)] = new("TEST UNIT READY", true, "00 00 00 00 00 C", static (_, _, _) => [Outcome.Good()]),
        [(0x03, -1)] = new("REQUEST SENSE", false, "03 01/00 00 00 FF C", static (_, c, _) => [Outcome.SenseData(c.Cdb[4])]),
        [(0x04, -1)] = new("FORMAT UNIT", true, "04 FF/00 FF/00 FF/00 FF/00 C", static (r, c, s) => r.FormatUnit(c, s)),
        [(0x08, -1)] = new("READ(6)", true, "08 1F FF FF FF C", static (r, c, s) => r.Read(c)),
        [(0x28, -1)] = new("READ(10)", true, "28 1A/18 FF FF FF FF 1F FF FF C", static (r, c, s) => r.Read(c)),
        [(0xA8, -1)] = new("READ(12)", true, "A8 1A/18 FF FF FF FF FF FF FF FF 1F C", static (r, c, s) => r.Read(c)),
        [(0x88, -1)] = new("READ(16)", true, "88 1A/18 FF FF FF FF FF FF FF FF FF FF FF FF 1F C", static (r, c, s) => r.Read(c)),
        [(0x0A, -1)] = new("WRITE(6)", true, "0A 1F FF FF FF C", static (r, c, s) => r.Write(c, s)),
        [(0x2A, -1)] = new("WRITE(10)", true, "2A 1A/18 FF FF FF FF 1F FF FF C", static (r, c, s) => r.Write(c, s)),
        [(0xAA, -1)] = new("WRITE(12)", true, "AA 1A/18 FF FF FF FF FF FF FF FF 1F C", static (r, c, s) => r.Write(c, s)),
        [(0x8A, -1)] = new("WRITE(16)", true, "8A 1A/18 FF FF FF FF FF FF FF FF FF FF FF FF 1F C", static (r, c, s) => r.Write(c, s)),
        [(0x9C, -1)] = new("WRITE ATOMIC(16)", true, "9C 1A/18 FF FF FF FF FF FF FF FF FF/00 FF/00 FF FF 1F C", static (r, c, s) => r.WriteAtomic(c, s)),
        [(0x89, -1)] = new("COMPARE AND WRITE", true, "89 1A/18 FF FF FF FF FF FF FF FF 00 00 00 FF 1F C",
            static (r, c, s) => r.CompareAndWrite(c, s)),
        [(0x41, -1)] = new("WRITE SAME(10)", true, "41 18/08 FF FF FF FF 1F FF FF C", static (r, c, s) => r.WriteSame(c, s)),
        [(0x93, -1)] = new("WRITE SAME(16)", true, "93 19/09 FF FF FF FF FF FF FF FF FF FF FF FF 1F C", static (r, c, s) => r.WriteSame(c, s)),
        [(Unmapping, -1)] = new("UNMAP", true, "42 01/00 00 00 00 00 1F FF FF C", static (r, c, s) => r.Unmap(c, s)),
        [(0x2E, -1)] = new("WRITE AND VERIFY(10)", true, "2E 16/12 FF FF FF FF 1F FF FF C", static (r, c, s) => r.Write(c, s)),
        [(0xAE, -1)] = new("WRITE AND VERIFY(12)", true, "AE 16/12 FF FF FF FF FF FF FF FF 1F C", static (r, c, s) => r.Write(c, s)),
        [(0x8E, -1)] = new("WRITE AND VERIFY(16)", true, "8E 16/12 FF FF FF FF FF FF FF FF FF FF FF FF 1F C",
            static (r, c, s) => r.Write(c, s)),
        [(0x2F, -1)] = new("VERIFY(10)", true, "2F 16/12 FF FF FF FF 1F FF FF C", static (r, c, s) => r.Verify(c)),
        [(0xAF, -1)] = new("VERIFY(12)", true, "AF 16/12 FF FF FF FF FF FF FF FF 1F C", static (r, c, s) => r.Verify(c)),
        [(0x8F, -1)] = new("VERIFY(16)", true, "8F 16/12 FF FF FF FF FF FF FF FF FF FF FF FF 1F C", static (r, c, s) => r.Verify(c)),
        [(0x35, -1)] = new("SYNCHRONIZE CACHE(10)", true, "35 06/02 FF FF FF FF 1F FF FF C", static (r, c, s) => r.Synchronize(c)),
        [(0x91, -1)] = new("SYNCHRONIZE CACHE(16)", true, "91 06/02 FF FF FF FF FF FF FF FF FF FF FF FF 1F C",
            static (r, c, s) => r.Synchronize(c)),
        [(0x12, -1)] = new("INQUIRY", false, "12 01 FF FF FF C", static (r, c, s) => r.Inquire(c)),
        [(0x15, -1)] = new("MODE SELECT(6)", false, "15 11 00 00 FF C", static (r, c, s) => r.ModeSelect(c, s)),
        [(0x55, -1)] = new("MODE SELECT(10)", false, "55 11 00 00 00 00 00 FF FF C", static (r, c, s) => r.ModeSelect(c, s)),
        [(0x1A, -1)] = new("MODE SENSE(6)", false, "1A 08 FF FF FF C", static (r, c, s) => r.ModeSense(c, s)),
        [(0x5A, -1)] = new("MODE SENSE(10)", false, "5A 18/08 FF FF 00 00 00 FF FF C", static (r, c, s) => r.ModeSense(c, s)),
        [(0x16, -1)] = new("RESERVE(6)", false, "16 1F/00 FF/00 FF/00 FF/00 C", static (r, c, s) => Reserve(c)),
        [(0x17, -1)] = new("RELEASE(6)", false, "17 1F/00 FF/00 FF/00 FF/00 C", static (r, c, s) => Release(c)),
        [(0x1B, -1)] = new("START STOP UNIT", false, "1B 01 00 0F/00 F7/F3 C", static (r, c, s) => r.StartStop(c, s)),
        [(0x1E, -1)] = new("PREVENT ALLOW MEDIUM REMOVAL", false, "1E 00 00 00 03/01 C", static (r, c, s) => r.PreventAllow(c, s)),
        [(0x25, -1)] = new("READ CAPACITY(10)", true, "25 00 FF/00 FF/00 FF/00 FF/00 00 00 01/00 C", static (r, c, s) => r.ReadCapacity(c)),
        [(0x9E, 0x10)] = new("READ CAPACITY(16)", true, "9E 1F FF/00 FF/00 FF/00 FF/00 FF/00 FF/00 FF/00 FF/00 FF FF FF FF 01/00 C",
            static (r, c, s) => r.ReadCapacity(c)),
        [(0xA0, -1)] = new("REPORT LUNS", false, "A0 00 FF 00 00 00 FF FF FF FF 00 C", static (r, c, s) => r.ReportLogicalUnits(c)),
        [(0xA3, 0x0C)] = new("REPORT SUPPORTED OPERATION CODES", false, "A3 1F 87 FF FF FF FF FF FF FF 00 C",
            static (r, c, s) => r.ReportCommands(c)),
        [(0xA3, 0x0D)] = new("REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS", false, "A3 1F 80 00 00 00 FF FF FF FF 00 C",
            static (r, c, s) => r.ReportManagement(c)),
    };

    private static readonly Outcome BadField = Outcome.Check(SenseKey.IllegalRequest, InvalidFieldInCdb);

    /// <summary>Checks the device's usage bitmaps against the rows: every command known to both, every bit allowed, every mandatory bit
    /// there.</summary>
    public static void CheckUsage(DeviceFacts facts)
    {
        foreach (var (key, usage) in facts.Usage)
            Divergence.Unless(Rows.ContainsKey(key), "usage",
                $"{key} is supported by the device but unknown to the model ({Convert.ToHexString(usage)})");
        foreach (var (key, row) in Rows)
        {
            if (key.OperationCode == Unmapping && !facts.CanUnmap)
            {
                Divergence.Unless(!facts.Usage.ContainsKey(key), "usage", $"{row.Name} is supported, but LBPME says that nothing can be unmapped");
                continue;
            }
            Divergence.Unless(facts.Usage.TryGetValue(key, out var usage), "usage", $"{row.Name} is not supported");
            var columns = row.Bits.Split(' ');
            Divergence.Unless(usage.Length == columns.Length, "usage", $"the usage bitmap of {row.Name} has {usage.Length} bytes");
            for (var i = 0; i < columns.Length; i++)
            {
                var (allowed, required) = columns[i] == "C" ? (facts.NormalAca ? "04" : "00", facts.NormalAca ? "04" : "00")
                    : columns[i].Split('/') is [var wide, var narrow] ? (wide, narrow) : (columns[i], columns[i]);
                var (most, least) = (Hex(allowed), Hex(required));
                if (i == 1 && key.ServiceAction >= 0)
                    most = least = key.ServiceAction;
                Divergence.Unless((usage[i] & ~most) == 0 && (least & ~usage[i]) == 0, "usage",
                    $"byte {i} of the usage bitmap of {row.Name} is {usage[i]:x2}; from {least:x2} to {most:x2} are meaningful");
            }
        }
        static int Hex(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    /// <summary>The operation codes of the model, once for each service action.</summary>
    public static IReadOnlyCollection<(byte OperationCode, int ServiceAction)> Known => Rows.Keys;

    /// <summary>The facts of the device.</summary>
    public DeviceFacts Facts => facts;

    /// <summary>Every legal way for <paramref name="command"/> to end in <paramref name="state"/>. What does not depend on the command
    /// (unit attention, contingent allegiance, a full task set, aborts, errors of storage and transfers) is not here.</summary>
    public IEnumerable<Outcome> Legal(ModelCommand command, ModelState state)
    {
        var cdb = command.Cdb;
        var known = Find(cdb, out var row);
        if (state.Holder >= 0 && state.Holder != command.Initiator && !IgnoresReservation(cdb))
            return known ? [Outcome.Only(ScsiStatus.ReservationConflict)] : [Outcome.Only(ScsiStatus.ReservationConflict), Unknown(cdb)];
        if (!known)
            return state.Loaded ? [Unknown(cdb)] : [Unknown(cdb), Outcome.Check(SenseKey.NotReady, NoMedium)];
        if (row!.NeedsMedium && !state.Loaded)
            return [Outcome.Check(SenseKey.NotReady, NoMedium)];
        return HasReservedBits(cdb) ? [BadField] : row.Ends(this, command, state);
    }

    /// <summary>What the state becomes when the command succeeds in <paramref name="state"/>; null when it does not, or changes
    /// nothing.</summary>
    public ModelState? Change(ModelCommand command, ModelState state)
    {
        foreach (var outcome in Legal(command, state))
        {
            if (outcome.Effect is { } effect)
                return effect(state);
        }
        return null;
    }

    /// <summary>True for the commands that can change the state.</summary>
    public static bool CanChange(Cdb cdb) => cdb.OperationCode is 0x15 or 0x55 or 0x16 or 0x17 or 0x1B or 0x1E;

    /// <summary>True for the commands that are executed although a unit attention is pending (SAM-5 5.14).</summary>
    public static bool IgnoresUnitAttention(Cdb cdb) => cdb.OperationCode is 0x12 or 0xA0 or 0x03;

    private static bool IgnoresReservation(Cdb cdb) => cdb.OperationCode is 0x12 or 0xA0 or 0x03 or 0x17
        || (cdb.OperationCode == 0x1E && (cdb[4] & 3) == 0);

    private bool Find(Cdb cdb, out CommandRow? row) => (Rows.TryGetValue((cdb.OperationCode, -1), out row)
        || Rows.TryGetValue((cdb.OperationCode, cdb[1] & 0x1F), out row)) && (cdb.OperationCode != Unmapping || facts.CanUnmap);

    private Outcome Unknown(Cdb cdb) => facts.Usage.Keys.Any(key => key.OperationCode == cdb.OperationCode)
        ? BadField
        : Outcome.Check(SenseKey.IllegalRequest, InvalidOperationCode);

    private bool HasReservedBits(Cdb cdb)
    {
        if (!facts.Usage.TryGetValue((cdb.OperationCode, -1), out var usage)
            && !facts.Usage.TryGetValue((cdb.OperationCode, cdb[1] & 0x1F), out usage))
            return false;
        for (var i = 1; i < usage.Length; i++)
        {
            if ((cdb[i] & ~usage[i]) != 0)
                return true;
        }
        return false;
    }
}
