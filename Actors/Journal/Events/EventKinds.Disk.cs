using System.Globalization;
using ScsiActors.Messages;

namespace ScsiActors.Journal;

// What a simulated disk is told to do wrong, and what it reports.
public static partial class EventKinds
{
    private static (Type, EventKind)[] Disk =>
    [
        Row<InjectOverlay>(static (m, ref e) => Overlay(m.Overlay, ref e), static (in e) => OverlayText(in e)),
        Row<DiskOverlay>(static (m, ref e) => Overlay(m, ref e), static (in e) => OverlayText(in e)),
        Row<LiftOverlay>(static (m, ref e) => e.Remark = m.Id, static (in e) => $" {e.Remark}"),
        Row<ListOverlays>(static (_, ref _) => { }),
        Row<PowerOff>(static (m, ref e) => e.Length = m.TearingUnit, static (in e) => $" tearing at {Bytes(in e)}"),
        Row<PowerOn>(
            static (m, ref e) => e.Remark = m.Image?.ToString(CultureInfo.InvariantCulture) ?? "any", static (in e) => $" with image {e.Remark}"),
        Row<SaveContents>(static (m, ref e) => e.Remark = m.Name, static (in e) => $" {e.Remark}"),
        Row<RestoreContents>(static (m, ref e) => e.Remark = m.Name, static (in e) => $" {e.Remark}"),
        Row<SlowDown>(static (m, ref e) => e.Remark = m.Factor.ToString(CultureInfo.InvariantCulture), static (in e) => $" by {e.Remark}"),
        Row<LimitCache>(
            static (m, ref e) => e.Remark = m.Bytes?.ToString(CultureInfo.InvariantCulture) ?? "all", static (in e) => $" to {e.Remark} bytes"),
        Row<DiskControlled>(
            static (m, ref e) => e.Remark = m.Refusal ?? "", static (in e) => string.IsNullOrEmpty(e.Remark) ? "" : $" refused: {e.Remark}"),
        Row<OverlayState>(
            static (m, ref e) =>
            {
                Overlay(m.Overlay, ref e);
                e.Value = (ulong)m.Hits;
            },
            static (in e) => $"{OverlayText(in e)}, {e.Value} hits"),
        Row<PowerCut>(
            static (m, ref e) => (e.Remark, e.Value, e.Length) =
                (m.LegalImages.ToString(CultureInfo.InvariantCulture), (ulong)m.Volatile, m.InFlight),
            static (in e) => $" of {e.Remark} legal images, {e.Value} volatile, {e.Length} in flight"),
        Row<OverlayHit>(
            static (m, ref e) => (e.Remark, e.Code, e.Value, e.Offset, e.Length) = (m.Id, (byte)m.Damage, Packed(m.Request), m.Offset, m.Length),
            static (in e) => OverlayText(in e)),
    ];

    private static void Overlay(DiskOverlay overlay, ref JournalEvent e) =>
        (e.Remark, e.Code, e.Offset, e.Length) = (overlay.Id, (byte)overlay.Damage, overlay.Offset, overlay.Length);

    private static string OverlayText(in JournalEvent e) => $" {e.Remark} {(DiskDamage)e.Code} at {e.Offset}, {Bytes(in e)}";
}
