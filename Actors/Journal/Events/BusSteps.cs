using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using ScsiActors.Lsi53c895a;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Journal;

/// <summary>The steps of a connection as bytes of an event: a byte for the phase, behind it the count of a data phase (four bytes, little-endian) or a length
/// byte and the bytes of a MESSAGE IN or STATUS phase. What does not fit is left out, behind the byte <see cref="More"/>.</summary>
internal static class BusSteps
{
    private const byte More = 0xFF;

    /// <summary>Writes the steps; returns the bytes of their data phases together.</summary>
    public static long Write(ReadOnlySpan<PhaseStep> steps, ref EventBytes bytes)
    {
        long data = 0;
        foreach (var step in steps)
        {
            var isData = IsData(step.Phase);
            data += isData ? step.Count : 0;
            var room = isData ? 1 + sizeof(int) : 2 + step.Count;
            // One byte stays for the mark.
            var place = bytes.Length + room < EventBytes.Capacity ? bytes.Append(room) : default;
            if (place.IsEmpty)
            {
                bytes.Append(More);
                return data;
            }
            place[0] = (byte)step.Phase;
            if (isData)
            {
                BinaryPrimitives.WriteInt32LittleEndian(place[1..], step.Count);
                continue;
            }
            place[1] = (byte)step.Count;
            for (var i = 0; i < step.Count; i++)
                place[2 + i] = step[i];
        }
        return data;
    }

    /// <summary>The steps as text: <c>MI 80 20 00, DO 4096 bytes, FREE</c>.</summary>
    public static string Text(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        while (bytes.Length > 1)
        {
            var phase = (BusPhase)bytes[0];
            text.Append(text.Length == 0 ? "" : ", ").Append(NameOf(phase));
            if (IsData(phase) && bytes.Length > sizeof(int))
            {
                text.Append(CultureInfo.InvariantCulture, $" {BinaryPrimitives.ReadInt32LittleEndian(bytes[1..])} bytes");
                bytes = bytes[(1 + sizeof(int))..];
                continue;
            }
            var count = Math.Min(bytes[1], bytes.Length - 2);
            foreach (var value in bytes.Slice(2, count))
                text.Append(CultureInfo.InvariantCulture, $" {value:X2}");
            bytes = bytes[(2 + count)..];
        }
        return bytes is [More] ? $"{text}, ..." : text.ToString();
    }

    /// <summary>The status among the steps; null when they have none.</summary>
    public static ScsiStatus? StatusOf(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 2)
        {
            var phase = (BusPhase)bytes[0];
            if (phase == BusPhase.Status)
                return (ScsiStatus)bytes[2];
            var length = IsData(phase) ? 1 + sizeof(int) : 2 + bytes[1];
            if (length > bytes.Length)
                return null;
            bytes = bytes[length..];
        }
        return null;
    }

    private static bool IsData(BusPhase phase) => phase is BusPhase.DataIn or BusPhase.DataOut;

    private static string NameOf(BusPhase phase) => phase <= BusPhase.Undecided ? ScriptsTrace.Name(phase) : "?";
}
