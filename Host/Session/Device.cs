using System.Text.Json;

namespace ScsiActors.Host.Session;

/// <summary>A logical unit 0 that a verb wants to have, and the storage behind it.</summary>
/// <param name="Target">The target, 0 to 15.</param>
/// <param name="Backend">The aio backend: null, memory or file.</param>
internal sealed record Device(int Target, string Backend)
{
    /// <summary>Bytes of storage; of no meaning to a file that exists.</summary>
    public long? Size { get; init; }

    /// <summary>The file.</summary>
    public string? Path { get; init; }

    /// <summary>How the file is reached: auto, io-uring or thread-pool.</summary>
    public string Engine { get; init; } = "auto";

    /// <summary>Past the page cache (O_DIRECT).</summary>
    public bool Direct { get; init; }

    /// <summary>Refuses to write.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>More lines of the section <c>aio</c>, in HOCON.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>The device as a section of config.hocon; what it does not say is left to the configuration.</summary>
    public string ToHocon()
    {
        // In quotes: null without them is HOCON for no value at all.
        var lines = new List<string> { $"backend = {Quote(Backend)}" };
        if (Size is { } size)
            lines.Add($"size = {size}, memory.max-allocated = {size}");
        if (Path is not null)
        {
            lines.Add($"file {{ path = {Quote(Path)}, engine = {Engine}, direct = {OnOff(Direct)} }}");
            lines.Add($"file {{ read-only = {OnOff(ReadOnly)}, create = off }}");
        }
        lines.AddRange(Settings);
        return $"scsi-actors.targets.{Target}.luns.0 {{ aio {{\n{string.Join('\n', lines)}\n}} }}\n";
    }

    private static string OnOff(bool value) => value ? "on" : "off";

    // A JSON text is a HOCON text.
    private static string Quote(string text) => JsonSerializer.Serialize(text);
}
