using System.Buffers.Binary;
using ScsiActors.Messages;

namespace ScsiActors.Journal;

/// <summary>A journal as a capture that Wireshark decodes as SCSI, whatever carried the commands: what passes between a port and a logical unit is shown as
/// iSCSI PDUs, faults and findings as packet comments. The data itself is in no journal: data PDUs say how long they were.</summary>
public sealed class Capture
{
    private const byte InitiatorNetwork = 1;
    private const byte TargetNetwork = 2;
    private const ushort IscsiPort = 3260;
    private const ushort FirstInitiatorPort = 49152;
    private const uint TaskManagementTags = 0x8000_0000;

    private readonly PcapngWriter _writer;
    private readonly IReadOnlyList<JournalEvent> _events;
    private readonly CommandHistory _history;
    private readonly Dictionary<int, List<string>> _comments = [];
    private readonly Dictionary<int, int> _asked = [];
    private readonly Dictionary<int, uint> _transfers = [];
    private readonly HashSet<int> _shown = [];
    private readonly HashSet<int> _ended = [];
    private readonly HashSet<(Messages.Scsi.ItlqNexus Nexus, ulong Association)> _functions = [];
    private readonly long _start;
    private uint _statusNumber = 1;
    private uint _commandNumber = 1;

    private Capture(Stream stream, JournalHeader header, IReadOnlyList<JournalEvent> events, DateTimeOffset start)
    {
        _events = events;
        _history = new CommandHistory(events);
        _start = start.ToUnixTimeMilliseconds() * 1_000_000;
        _writer = new PcapngWriter(stream, $"run {header.RunId} {header.Description}".Trim(), "scsi-actors");
    }

    /// <summary>Writes the capture; the stream stays open.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="header">What the journal says of itself.</param>
    /// <param name="events">Its events.</param>
    /// <param name="start">The date that time 0 of the journal is shown as; by default the beginning of 1970.</param>
    public static void Write(Stream stream, JournalHeader header, IReadOnlyList<JournalEvent> events, DateTimeOffset? start = null) =>
        new Capture(stream, header, events, start ?? DateTimeOffset.UnixEpoch).Write();

    private void Write()
    {
        for (var i = 0; i < _events.Count; i++)
        {
            var entry = _events[i];
            if (entry.Kind.Role is EventRole.Fault or EventRole.Finding)
                Remark(in entry, i);
            else if (entry.HasNexus)
                Packet(in entry, i);
        }
        // What no packet came after.
        foreach (var comments in _comments.Values)
            Add(_events[^1].Time, true, 0, 0, IscsiPdu.NopIn(_statusNumber), 0, comments);
    }

    // It stands on the next packet of its command; without one, it gets its own.
    private void Remark(in JournalEvent entry, int index)
    {
        var command = _history.Of(index);
        if (command is null || _ended.Contains(command.Number))
            Add(entry.Time, true, 0, Math.Max(0, entry.Target), IscsiPdu.NopIn(_statusNumber), 0, [entry.Text]);
        else if (_comments.TryGetValue(command.Number, out var comments))
            comments.Add(entry.Text);
        else
            _comments.Add(command.Number, [entry.Text]);
    }

    private void Packet(in JournalEvent entry, int index)
    {
        switch (entry.Kind.Name)
        {
            // A router passes it on: once is enough.
            case nameof(ScsiCommandReceived) when _history.Of(index) is { } command && _shown.Add(command.Number):
                Add(in entry, command, false, IscsiPdu.Command(in entry, command, ExpectedOf(command), _commandNumber++));
                break;
            case nameof(SendDataIn) when _history.Of(index) is { } command:
                Add(in entry, command, true, IscsiPdu.DataIn(in entry, (uint)command.Number, Next(command.Number)), entry.Length);
                break;
            case nameof(ReceiveDataOut) when _history.Of(index) is { } command:
                _asked[command.Number] = index;
                Add(in entry, command, true, IscsiPdu.ReadyToTransfer(in entry, (uint)command.Number, Next(command.Number)));
                break;
            case nameof(DataOutReceived) when _history.Of(index) is { } command && _asked.Remove(command.Number, out var asked):
                Add(in entry, command, false, IscsiPdu.DataOut(_events[asked], (uint)command.Number, _transfers[command.Number] - 1), _events[asked].Length);
                break;
            case nameof(SendCommandComplete) when _history.Of(index) is { } command && _ended.Add(command.Number):
                var residual = ExpectedOf(command) - entry.Length;
                Add(in entry, command, true, IscsiPdu.Response(in entry, (uint)command.Number, residual, _statusNumber++));
                break;
            case nameof(TaskManagementRequestReceived) when _functions.Add((entry.Nexus, entry.Value)):
                var referenced = _history.Of(index) is { } about ? (uint)about.Number : uint.MaxValue;
                var request = IscsiPdu.TaskManagement(in entry, TagOf(in entry), referenced, _commandNumber);
                Add(entry.Time, false, entry.Initiator, entry.Target, request, 0, []);
                break;
            case nameof(TaskManagementFunctionExecuted) when _functions.Remove((entry.Nexus, entry.Value)):
                var response = IscsiPdu.TaskManagementResponse(in entry, TagOf(in entry), _statusNumber++);
                Add(entry.Time, true, entry.Initiator, entry.Target, response, 0, []);
                break;
        }
    }

    private static uint TagOf(in JournalEvent entry) => TaskManagementTags | (uint)entry.Value;

    private static long ExpectedOf(CommandStory command) => command.Expected >= 0 ? command.Expected : command.DataIn + command.DataOut;

    private uint Next(int command)
    {
        var number = _transfers.GetValueOrDefault(command);
        _transfers[command] = number + 1;
        return number;
    }

    private void Add(in JournalEvent entry, CommandStory command, bool toInitiator, byte[] pdu, long missing = 0)
    {
        _comments.Remove(command.Number, out var comments);
        if (entry.FaultId != JournalEvent.None)
            comments = [.. comments ?? [], $"fault {entry.FaultId}"];
        Add(entry.Time, toInitiator, entry.Initiator, entry.Target, pdu, missing, comments ?? []);
    }

    private void Add(long time, bool toInitiator, int initiator, int target, byte[] pdu, long missing, List<string> comments)
    {
        var (from, to) = (Address(InitiatorNetwork, initiator), Address(TargetNetwork, target));
        var (fromPort, toPort) = ((ushort)(FirstInitiatorPort + initiator), IscsiPort);
        if (toInitiator)
            (from, to, fromPort, toPort) = (to, from, toPort, fromPort);
        // The tags of an exported PDU (Wireshark's exported_pdu.h): big-endian, each padded to four bytes.
        byte[] packet =
        [
            0, 12, 0, 8, .. "iscsi\0\0\0"u8,
            0, 20, 0, 4, .. from, 0, 21, 0, 4, .. to,
            0, 24, 0, 4, 0, 0, 0, 2,
            0, 25, 0, 4, .. Port(fromPort), 0, 26, 0, 4, .. Port(toPort),
            0, 0, 0, 0, .. pdu,
        ];
        _writer.Packet(_start + time, packet, missing, comments);
    }

    private static byte[] Address(byte network, int number) => [10, network, (byte)(number >> 8), (byte)(number + 1)];

    private static byte[] Port(ushort port)
    {
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, port);
        return bytes;
    }
}
