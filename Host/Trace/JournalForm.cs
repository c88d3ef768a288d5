using System.CommandLine;
using System.Text;
using ScsiActors.Host.Commands;
using ScsiActors.Journal;

namespace ScsiActors.Host.Trace;

/// <summary>What a journal can be turned into: one row a form.</summary>
/// <param name="Name">On the command line, after <c>--to</c>.</param>
/// <param name="Option">The option of <c>trace</c> that writes it to a file; null for the form that goes to the screen.</param>
/// <param name="Description">What it is.</param>
/// <param name="IsText">True when it can be shown on a terminal.</param>
/// <param name="Write">Writes it.</param>
internal sealed record JournalForm(string Name, string? Option, string Description, bool IsText, Action<Stream, JournalHeader, IReadOnlyList<JournalEvent>> Write)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<JournalForm> All { get; } =
    [
        new("flow", null, "the message flow", true, Text(static (_, events) => string.Concat(MessageFlow.Lines(events).Select(static line => line + "\n")))),
        new("journal", "--journal", "the compact form, which `journal` reads", false, static (stream, header, events) => Copy(header, events, new() { File = stream })),
        new("jsonl", "--jsonl", "JSON Lines (Actors/Journal/SCHEMA.md)", true, static (stream, header, events) => Copy(header, events, new() { JsonLines = stream })),
        new("mermaid", "--mermaid", "a sequence diagram for Markdown", true, Text(static (header, events) => Diagram(header, events).ToMermaid())),
        new("svg", "--svg", "a sequence diagram as a picture", true, Text(static (header, events) => Diagram(header, events).ToSvg())),
        new("perfetto", "--trace", "a trace for Perfetto or chrome://tracing", true, TraceJson.Write),
        new("pcapng", "--pcapng", "a capture for Wireshark", false, static (stream, header, events) => Capture.Write(stream, header, events)),
    ];

    /// <summary>An option a form: the file that it is to be written to.</summary>
    public static IReadOnlyList<(JournalForm Form, Option<FileInfo?> Option)> FileOptions() =>
    [
        .. All.Where(static form => form.Option is not null).Select(static form => (form, new Option<FileInfo?>(form.Option!)
        {
            Description = $"Also write {form.Description}.",
            HelpName = "FILE",
        })),
    ];

    /// <summary>Writes the form to a file.</summary>
    /// <exception cref="UsageException">The file cannot be written.</exception>
    public void WriteTo(FileInfo file, JournalHeader header, IReadOnlyList<JournalEvent> events)
    {
        using var stream = Create(file);
        Write(stream, header, events);
    }

    /// <summary>Makes a file, in place of one that exists.</summary>
    /// <exception cref="UsageException">The file cannot be written.</exception>
    public static FileStream Create(FileInfo file)
    {
        try
        {
            return file.Create();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{file} cannot be written: {error.Message}");
        }
    }

    private static Action<Stream, JournalHeader, IReadOnlyList<JournalEvent>> Text(Func<JournalHeader, IReadOnlyList<JournalEvent>, string> text) =>
        (stream, header, events) => stream.Write(Encoding.UTF8.GetBytes(text(header, events)));

    private static SequenceDiagram Diagram(JournalHeader header, IReadOnlyList<JournalEvent> events) =>
        SequenceDiagram.From(events, new SequenceOptions { Title = header.Description.Length > 0 ? header.Description : header.RunId });

    private static void Copy(JournalHeader header, IReadOnlyList<JournalEvent> events, JournalOptions options)
    {
        using var journal = new Journal.Journal(header, options);
        journal.Append(events);
    }
}
