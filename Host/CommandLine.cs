using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using ScsiActors.Faults;
using ScsiActors.Host.Commands;
using ScsiActors.Host.Output;

namespace ScsiActors.Host;

/// <summary>The command line: builds the verbs, runs the one that was named, and turns its end into an exit code.</summary>
internal static class CommandLine
{
    /// <summary>Runs the program.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var line = CreateRoot().Parse(args);
        if (line.Action is ParseErrorAction)
            return Refuse(line);
        using var interruption = new Interruption();
        var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        try
        {
            return await line.InvokeAsync(invocation, interruption.Token);
        }
        catch (OperationCanceledException) when (interruption.Code != 0)
        {
            return interruption.Code;
        }
        catch (FaultPlanException error)
        {
            Screen.Error(error.Message);
            return ExitCode.Usage;
        }
        catch (UsageException error)
        {
            Screen.Error(error.Message);
            return ExitCode.Usage;
        }
        catch (RunFailedException error)
        {
            Screen.Error(error.Message);
            return ExitCode.Failed;
        }
        catch (Exception error)
        {
            Screen.Error($"This should not happen; please report it, with the command line.\n{error}");
            return ExitCode.Failed;
        }
    }

    private static RootCommand CreateRoot()
    {
        var root = new RootCommand("A SCSI subsystem made of actors. Without a verb it runs a short experiment and a short bench.");
        foreach (var option in GlobalOptions.Options)
            root.Options.Add(option);
        root.Subcommands.Add(ExperimentCommand.Create());
        root.Subcommands.Add(BenchCommand.Create());
        root.Subcommands.Add(CopyCommand.Create());
        root.Subcommands.Add(DiskCommand.Create());
        root.Subcommands.Add(JournalCommand.Create());
        root.Subcommands.Add(TraceCommand.Create());
        root.Subcommands.Add(SimulateCommand.Create());
        root.Subcommands.Add(ReplayCommand.Create());
        root.SetAction(ShortForm.RunAsync);
        foreach (var option in root.Options)
        {
            if (option is HelpOption { Action: HelpAction help })
                option.Action = new TeachingHelpAction(help);
            else if (option is VersionOption)
                option.Action = new VersionAction();
        }
        return root;
    }

    private static int Refuse(ParseResult line)
    {
        foreach (var error in line.Errors.Select(static error => error.Message).Distinct())
            Screen.Error(error);
        var verb = line.CommandResult.Command is RootCommand ? "" : PathOf(line.CommandResult) + " ";
        if (line.CommandResult.Command.Subcommands is { Count: > 0 } verbs)
            Screen.Error($"{verb}can be followed by: {string.Join(", ", verbs.Select(static command => command.Name))}.".TrimStart());
        Screen.Error($"Help: {HelpText.Program} {verb}--help");
        return ExitCode.Usage;
    }

    private static string PathOf(System.CommandLine.Parsing.CommandResult command) =>
        command.Parent is System.CommandLine.Parsing.CommandResult { Command: not RootCommand } parent
            ? $"{PathOf(parent)} {command.Command.Name}"
            : command.Command.Name;

    private sealed class VersionAction : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult line)
        {
            Screen.Line(EngineInfo.Line);
            return ExitCode.Ok;
        }
    }

    private sealed class TeachingHelpAction(HelpAction help) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult line)
        {
            help.Invoke(line);
            Screen.Line(HelpText.For(line.CommandResult.Command));
            return ExitCode.Ok;
        }
    }
}
