using System.CommandLine;
using ScsiActors.Host.Output;
using ScsiActors.Host.Trace;
using ScsiActors.Journal;

namespace ScsiActors.Host.Commands;

/// <summary><c>journal</c>: what a recorded journal can be turned into, later and elsewhere.</summary>
internal static class JournalCommand
{
    private const string Latencies = "latencies";
    private const string Causes = "why";

    private static readonly Argument<FileInfo> Source = new("file")
    {
        Description = "A journal, in the compact form or as JSON Lines.",
        HelpName = "FILE",
    };

    private static readonly Option<string> To = CreateTo();

    private static readonly Option<FileInfo?> Output = new("--output")
    {
        Description = "Where to; standard output without it.",
        HelpName = "FILE",
    };

    private static readonly Option<int> Number = Parsers.CountOption("--command", "With --to why: which command.", 1, int.MaxValue);

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var command = new Command("journal", "Turn a recorded journal into something to look at.") { Source, To, Output, Number };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult line)
    {
        var source = line.GetRequiredValue(Source);
        var journal = Read(source);
        if (!journal.IsComplete)
            Screen.Error($"{source} has no end: what recorded it was killed. These are the {journal.Events.Count} events before that.");
        var to = line.GetRequiredValue(To);
        if (to is Latencies or Causes)
        {
            var text = to == Causes ? WhyOf(journal, line.GetValue(Number)) : LatenciesOf(journal);
            Write(line, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));
            return ExitCode.Ok;
        }
        var form = JournalForm.All.Single(form => form.Name == to);
        if (!form.IsText && line.GetValue(Output) is null && !Console.IsOutputRedirected)
            throw new UsageException($"{to} is nothing for a terminal: --output FILE says where to.");
        Write(line, stream => form.Write(stream, journal.Header, journal.Events));
        return ExitCode.Ok;
    }

    private static JournalFile Read(FileInfo source)
    {
        if (!source.Exists)
            throw new UsageException($"{source}: there is no such file.");
        try
        {
            return JournalReader.Read(source.FullName);
        }
        catch (JournalFormatException error)
        {
            throw new RunFailedException($"{source}: {error.Message}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{source} cannot be read: {error.Message}");
        }
    }

    private static void Write(ParseResult line, Action<Stream> write)
    {
        using var stream = line.GetValue(Output) is { } file ? JournalForm.Create(file) : Console.OpenStandardOutput();
        write(stream);
    }

    private static string WhyOf(JournalFile journal, int number)
    {
        var history = new CommandHistory(journal.Events);
        return number <= history.Commands.Count
            ? Why.Of(journal.Events, history, history.Commands[number - 1])
            : throw new UsageException($"--command {number}: the journal has {history.Commands.Count} commands.");
    }

    private static string LatenciesOf(JournalFile journal)
    {
        var text = new System.Text.StringBuilder("operation,from_ns,to_ns,count\n");
        foreach (var histogram in LatencyHistograms.Of(new CommandHistory(journal.Events)))
        {
            foreach (var bucket in histogram.Buckets.Where(static bucket => bucket.Count > 0))
                text.Append($"{histogram.Operation},{bucket.From},{bucket.To},{bucket.Count}\n");
        }
        return text.ToString();
    }

    private static Option<string> CreateTo()
    {
        var option = new Option<string>("--to")
        {
            Description = string.Join(", ", JournalForm.All.Select(static form => $"{form.Name} ({form.Description})"))
                + $", {Latencies} (histograms by command as CSV), or {Causes} (the causes of a command's answer).",
            DefaultValueFactory = static _ => "flow",
        };
        option.AcceptOnlyFromAmong([.. JournalForm.All.Select(static form => form.Name), Latencies, Causes]);
        return option;
    }
}
