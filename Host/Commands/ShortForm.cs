using System.CommandLine;
using ScsiActors.Host.Output;

namespace ScsiActors.Host.Commands;

/// <summary>What the program does without a verb: a short experiment, a short bench, and what to try next.</summary>
internal static class ShortForm
{
    private const string WhatNext = """

        What to try next (after `dotnet run --project Host --`):
          experiment --html experiment.html    the letter's table in virtual time, with pictures
          bench --html bench.html              the same rows on a file of this machine, for longer
          bench --service-time 1ms             a disk that takes a millisecond: what queueing is for, on any machine
          trace write --preset no-patch        the life of one command, message by message, as it was before the patches
          copy disk.img copy.img --verify      sector by sector, through two logical units
          --help                               everything else
        """;

    /// <summary>Runs it.</summary>
    public static async Task<int> RunAsync(ParseResult line, CancellationToken cancellation)
    {
        Screen.Line(EngineInfo.Line);
        Screen.Line("\nThe 2008 letter on QEMU's SCSI write performance, in virtual time: its table beside ours.\n");
        ExperimentCommand.RunShortForm(cancellation);
        Screen.Line("\nThe same rows live, on a temporary file of this machine.\n");
        var exitCode = await BenchCommand.RunShortFormAsync(line, cancellation);
        Screen.Line(WhatNext);
        return exitCode;
    }
}
