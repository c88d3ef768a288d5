using Akka.Configuration;
using ScsiActors.FrontEnds.InProcess;
using ScsiActors.Lsi53c895a;
using ScsiActors.Scsi.Bus;

namespace ScsiActors;

/// <summary>The section <c>host-adapter</c>: whether there is an adapter, how its bus behaves, and who drives it.</summary>
/// <param name="Options">How the chip behaves.</param>
/// <param name="Bus">How the targets on its bus behave.</param>
/// <param name="GrowTransferBuffer">What the preset says of the logical units' buffers; null leaves it to their own section.</param>
/// <param name="IsPolled">True for the driver that polls, as firmware does.</param>
/// <param name="Driver">How the interrupt-driven driver behaves.</param>
public sealed record HostAdapterSettings(
    ControllerOptions Options, BusParameters Bus, bool? GrowTransferBuffer, bool IsPolled, LsiDriverSettings Driver)
{
    private static readonly Dictionary<string, (BusParameters Bus, bool? Grow)> Presets = new()
    {
        ["default"] = (BusParameters.Default, null),
        ["no-patch"] = (BusParameters.NoPatch, false),
        ["patches-1-3"] = (BusParameters.Patches1To3, false),
        ["patches-1-4"] = (BusParameters.Patches1To4, true),
    };

    /// <summary>The names of the presets, in the letter's order.</summary>
    public static IReadOnlyCollection<string> PresetNames => Presets.Keys;

    /// <summary>Reads the section; null when there is no adapter. Throws <see cref="ConfigurationException"/> that names a value out of its bounds.</summary>
    public static HostAdapterSettings? From(Config section)
    {
        var model = section.GetString("model", "off");
        if (model is "off" or "false" or null)
            return null;
        Require(model == "lsi53c895a", $"model is {model}; it is off or lsi53c895a");
        var preset = section.GetString("preset", "default") ?? "";
        Require(Presets.ContainsKey(preset), $"preset is {preset}; it is one of {string.Join(", ", Presets.Keys)}");
        var kind = section.GetString("driver.kind", "interrupt");
        Require(kind is "interrupt" or "polled", $"driver.kind is {kind}; it is interrupt or polled");
        var negotiate = section.GetString("negotiate-reply", "silent");
        Require(negotiate is "silent" or "polite", $"negotiate-reply is {negotiate}; it is silent or polite");
        var (bus, grow) = Presets[preset];
        var options = ControllerOptions.Default with
        {
            InstructionsPerSlice = InRange(section, "instructions-per-slice", 1, 1_000_000),
            RealSelectionTimeout = section.GetBoolean("real-selection-timeout"),
            ReselectPatience = InRange(section, "reselect-patience", 0, 1000),
        };
        bus = bus with
        {
            NegotiateReply = negotiate == "polite" ? NegotiationReply.Polite : NegotiationReply.Silent,
            BugDirectionFromBusPhase = section.GetBoolean("bugs.direction-from-bus-phase"),
            BugSubmitBeforeData = section.GetBoolean("bugs.submit-before-data"),
        };
        return new HostAdapterSettings(options, bus, grow, kind == "polled", DriverFrom(section));
    }

    private static LsiDriverSettings DriverFrom(Config section)
    {
        var segment = section.GetByteSize("driver.segment") ?? 0;
        Require(segment is >= 4096 and <= 1 << 23 && segment % 4096 == 0,
            $"driver.segment is {segment} bytes; it is a multiple of 4 KiB, up to 8 MiB");
        return new LsiDriverSettings(
            InRange(section, "driver.queue-depth", 1, DriverMemory.Windows), InRange(section, "driver.max-waiting", 0, 1 << 20), (int)segment);
    }

    private static int InRange(Config section, string path, int minimum, int maximum)
    {
        var value = section.GetInt(path);
        Require(value >= minimum && value <= maximum, $"{path} is {value}; it is from {minimum} to {maximum}");
        return value;
    }

    private static void Require(bool condition, string rule)
    {
        if (!condition)
            throw new ConfigurationException($"scsi-actors.host-adapter.{rule}.");
    }
}
