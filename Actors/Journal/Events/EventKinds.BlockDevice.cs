using ScsiActors.Messages;

namespace ScsiActors.Journal;

// The messages of a block device's clients, and those between a virtio driver and its device.
public static partial class EventKinds
{
    private static (Type, EventKind)[] BlockDevice =>
    [
        Row<ExecuteBlockRequest>(
            static (m, ref e) => (e.CommandId, e.Code, e.Offset, e.Length) =
                ((long)m.Id, (byte)m.Operation, m.Offset, m.Length > 0 ? m.Length : m.Data.Length),
            static (in e) => $" {(ulong)e.CommandId} {(BlockOperation)e.Code}" + (e.Length == 0 ? "" : $" at {e.Offset}, {Bytes(in e)}")),
        Row<BlockRequestExecuted>(
            static (m, ref e) => (e.CommandId, e.Code, e.Length) = ((long)m.Id, (byte)m.Status, m.Bytes),
            static (in e) => $" {(ulong)e.CommandId} {(BlockStatus)e.Code}, {Bytes(in e)}"),
        Row<AvailableBufferNotification>(static (m, ref e) => e.Value = (ulong)m.Queue, static (in e) => $" queue {e.Value}"),
        Row<UsedBufferNotification>(static (m, ref e) => e.Value = (ulong)m.Queue, static (in e) => $" queue {e.Value}"),
        Row<WriteDeviceStatus>(static (m, ref e) => e.Value = (ulong)m.Status, static (in e) => $" {(VirtioDeviceStatus)e.Value}"),
        Row<WriteDriverFeatures>(static (m, ref e) => e.Value = (ulong)m.Features, static (in e) => $" {(VirtioFeatures)e.Value}"),
        Row<VirtioDeviceState>(static (m, ref e) => e.Value = (ulong)m.Status, static (in e) => $" {(VirtioDeviceStatus)e.Value}"),
        Row<ReadVirtioDevice>(static (_, ref _) => { }),
        Row<ConfigurationChangeNotification>(static (_, ref _) => { }),
        Row<WriteVirtioConfiguration>(
            static (m, ref e) => (e.Offset, e.Value) = (m.Offset, m.Value), static (in e) => $" {e.Offset} <- {e.Value:X2}"),
        Row<EnableVirtqueue>(
            static (m, ref e) => (e.Value, e.Length) = ((ulong)m.Queue, m.Size), static (in e) => $" {e.Value} of {e.Length} descriptors"),
    ];
}
