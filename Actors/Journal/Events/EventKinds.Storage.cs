using ScsiActors.Messages;

namespace ScsiActors.Journal;

// The messages between a client of storage, its queue and the storage.
public static partial class EventKinds
{
    private static (Type, EventKind)[] Storage =>
    [
        Row<AioRead>(
            static (m, ref e) =>
            {
                (e.Value, e.Offset, e.Length, e.Flags) = (Packed(m.Id), m.Offset, m.Data.Length, EventFlags.In);
                e.Code = (byte)Math.Min(m.Data.Count, byte.MaxValue);
            },
            static (in e) => $" at {e.Offset}, {Bytes(in e)}{SegmentsOf(in e)}", form: EventForm.Segments),
        Row<AioWrite>(
            static (m, ref e) =>
            {
                (e.Value, e.Offset, e.Length) = (Packed(m.Id), m.Offset, m.Data.Length);
                e.Flags = EventFlags.Out | (m.WriteThrough ? EventFlags.WriteThrough : EventFlags.None)
                    | (m.IsAtomic ? EventFlags.Atomic : EventFlags.None);
                e.Code = (byte)Math.Min(m.Data.Count, byte.MaxValue);
            },
            static (in e) => $" at {e.Offset}, {Bytes(in e)}{SegmentsOf(in e)}{HowOf(in e)}",
            form: EventForm.Segments),
        Row<AioFlush>(static (m, ref e) => e.Value = Packed(m.Id)),
        Row<AioUnmap>(
            static (m, ref e) => (e.Value, e.Offset, e.Length) = (Packed(m.Id), m.Offset, m.Length),
            static (in e) => $" at {e.Offset}, {Bytes(in e)}"),
        Row<AioCancel>(static (m, ref e) => e.Value = Packed(m.Id)),
        Row<AioCompleted>(
            static (m, ref e) => (e.Value, e.Code, e.Length) = (Packed(m.Id), (byte)m.Result, m.Bytes),
            static (in e) => $" {(AioResult)e.Code}, {Bytes(in e)}", form: EventForm.Result),
        Row<AioOpen>(static (_, ref _) => { }),
        Row<AioOpened>(
            static (m, ref e) => (e.Code, e.Length, e.Remark) = ((byte)m.Result, m.Length, m.Description),
            static (in e) => $" {(AioResult)e.Code}, {Bytes(in e)}", form: EventForm.Result),
        Row<AioDrain>(static (_, ref _) => { }),
        Row<AioDrained>(static (_, ref _) => { }),
        Row<AioInspect>(static (_, ref _) => { }),
        Row<AioInspected>(
            static (m, ref e) => (e.Value, e.Length) = ((ulong)m.InFlight, m.Most), static (in e) => $" {e.Value} in flight, {e.Length} at most"),
        Row<AioClosed>(static (_, ref _) => { }),
    ];

    private static ulong Packed(AioId id) => (ulong)id.Generation << 32 | (uint)id.Slot;

    private static string SegmentsOf(in JournalEvent e) => e.Code == 1 ? "" : $" in {e.Code} segments";

    private static string HowOf(in JournalEvent e) =>
        ((e.Flags & EventFlags.WriteThrough) != 0 ? ", through" : "") + ((e.Flags & EventFlags.Atomic) != 0 ? ", atomic" : "");

    private static string Bytes(in JournalEvent e) => $"{e.Length} bytes";
}
