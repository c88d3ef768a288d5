using System.CommandLine;
using System.Diagnostics;
using ScsiActors.Dispatch;
using ScsiActors.Host.Copy;
using ScsiActors.Host.Output;
using ScsiActors.Host.Session;
using ScsiActors.Host.Trace;
using ScsiActors.Journal;
using ScsiActors.Messages;

namespace ScsiActors.Host.Commands;

/// <summary><c>copy</c>: an image, sector by sector: file, logical unit, initiator, logical unit, file.</summary>
internal static class CopyCommand
{
    private static readonly Argument<FileInfo> Source = new("source")
    {
        Description = "The image to copy.",
        HelpName = "SOURCE",
    };

    private static readonly Argument<FileInfo> Destination = new("destination")
    {
        Description = "Where to; made with the source's size unless it exists.",
        HelpName = "DEST",
    };

    private static readonly Option<int> Depth = Parsers.CountOption("--depth", "Pieces on the way at once.", 32, 1024);
    private static readonly Option<ulong> Seed = Parsers.SeedOption("Decides the mix of transfer sizes, commands and tags.");
    private static readonly Option<string> Engine = FileEngineOptions.Engine();
    private static readonly Option<bool> Direct = FileEngineOptions.Direct();
    private static readonly Option<bool> Verify = new("--verify") { Description = "Afterwards read both again and compare." };
    private static readonly Option<bool> Force = new("--force") { Description = "Change the length of a destination that exists." };
    private static readonly Option<string> Through = AdapterOptions.Through("direct");
    private static readonly Option<string> Preset = AdapterOptions.Preset();
    private static readonly Option<FileInfo?> Recording = new("--journal")
    {
        Description = "Record every message in this file, which `journal` reads. It takes about 25 bytes and 0.15 µs of processor time a message.",
        HelpName = "FILE",
    };

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var command = new Command("copy", "Copy a disk image through two logical units, with mixed sizes and tags and a deep queue.")
        {
            Source, Destination, Depth, Seed, Engine, Direct, Verify, Force, Through, Preset, Recording,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult line, CancellationToken cancellation)
    {
        var source = line.GetRequiredValue(Source);
        var destination = line.GetRequiredValue(Destination);
        Check(source, destination, line.GetValue(Recording));
        var file = DestinationFile.Prepare(destination, source.Length, line.GetValue(Force));
        var whole = false;
        try
        {
            whole = await CopyAsync(line, source, file, cancellation);
            if (whole)
                file.Commit();
            return whole ? ExitCode.Ok : ExitCode.Failed;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            Screen.Error("Interrupted.");
            throw;
        }
        finally
        {
            if (!whole)
                Screen.Error($"The copy is not whole: {file.Abandon()}.");
        }
    }

    private static void Check(FileInfo source, FileInfo destination, FileInfo? recording)
    {
        if (!source.Exists)
            throw new UsageException($"{source}: there is no such file.");
        if (source.Length == 0)
            throw new UsageException($"{source} is empty: there is nothing to copy.");
        if (Directory.Exists(destination.FullName))
            throw new UsageException($"{destination} is a directory: name the file to be made in it.");
        if (RealPath(source) == RealPath(destination))
            throw new UsageException($"{source} and {destination} are the same file.");
        if (recording is not null && (RealPath(recording) == RealPath(source) || RealPath(recording) == RealPath(destination)))
            throw new UsageException($"--journal {recording} would be written over what is copied.");
    }

    private static string RealPath(FileInfo file)
    {
        var target = file.Exists ? file.ResolveLinkTarget(returnFinalTarget: true) : null;
        return target?.FullName ?? file.FullName;
    }

    private static async Task<bool> CopyAsync(ParseResult line, FileInfo source, DestinationFile file, CancellationToken cancellation)
    {
        await using var session = await StartAsync(line, source, file, cancellation);
        using var tap = RecordingOf(line, session, source);
        var through = line.GetRequiredValue(Through);
        // A virtio-blk device has a logical unit beside it, which says how large both are.
        var initiator = through == "lsi" ? new Initiator(session.HostAdapter.Driver!) : session.Initiator;
        var plan = await PlanAsync(line, initiator, source, cancellation);
        var job = new CopyJob(through == "virtio" ? await VirtioPathAsync(session, plan, cancellation) : new ScsiPath(initiator), plan);
        var verify = line.GetValue(Verify);
        var clock = Stopwatch.StartNew();
        var good = await CopyProgress.WatchAsync("copying", plan.Bytes, () => job.BytesDone, job.CopyAsync(cancellation));
        if (good && verify)
            good = await CopyProgress.WatchAsync("comparing", plan.Bytes, () => job.BytesDone, job.VerifyAsync(cancellation));
        foreach (var error in job.Errors)
            Screen.Error(error);
        if (good)
        {
            var seconds = clock.Elapsed.TotalSeconds;
            Screen.Line($"Copied {ByteSize.Short(plan.Bytes)} ({plan.Blocks:N0} blocks) in {seconds:0.0} s, "
                + $"{plan.Bytes / 1e6 / seconds:N0} MB/s, flushed{(verify ? " and compared" : "")}.");
        }
        return good;
    }

    private static async Task<SubsystemSession> StartAsync(
        ParseResult line, FileInfo source, DestinationFile file, CancellationToken cancellation)
    {
        var reading = new Device(CopyJob.Source, "file")
        {
            Path = source.FullName,
            ReadOnly = true,
            Engine = line.GetRequiredValue(Engine),
            Direct = line.GetValue(Direct),
        };
        var writing = reading with { Target = CopyJob.Destination, Path = file.WorkPath, ReadOnly = false };
        var settings = line.GetRequiredValue(Through) switch
        {
            "lsi" => AdapterOptions.Settings(line.GetRequiredValue(Preset), line.GetValue(Depth)),
            "virtio" => AdapterOptions.VirtioBlk,
            _ => "",
        };
        var session = await SubsystemSession.StartAsync(GlobalOptions.From(line), [reading, writing], cancellation, settings);
        if (session.Devices.FirstOrDefault(static device => device.Storage.Result != AioResult.Ok) is not { } failed)
            return session;
        await session.DisposeAsync();
        var path = failed.Target == CopyJob.Source ? source.FullName : file.WorkPath;
        throw new RunFailedException($"{path} cannot be opened: {failed.Storage.Description}");
    }

    private static async Task<ICopyPath> VirtioPathAsync(SubsystemSession session, CopyPlan plan, CancellationToken cancellation) => new VirtioPath(
        [await session.VirtioBlkDriverAsync(CopyJob.Source, cancellation), await session.VirtioBlkDriverAsync(CopyJob.Destination, cancellation)],
        plan.BlockLength);

    private static JournalTap? RecordingOf(ParseResult line, SubsystemSession session, FileInfo source)
    {
        if (line.GetValue(Recording) is not { } file)
            return null;
        var header = new JournalHeader($"{DateTimeOffset.UtcNow:yyyy-MM-ddTHH:mm:ssZ}", $"copy {source.Name} {line.GetRequiredValue(Destination).Name}");
        return JournalTap.Live(MessageTaps.Of(session.System), new Journal.Journal(header, new JournalOptions { File = JournalForm.Create(file) }));
    }

    private static async Task<CopyPlan> PlanAsync(ParseResult line, Initiator initiator, FileInfo source, CancellationToken cancellation)
    {
        var from = await initiator.ReadCapacityAsync(CopyJob.Source, cancellation);
        if (from.Bytes != source.Length)
        {
            throw new UsageException($"{source} has {source.Length} bytes, which are no whole blocks of {from.BlockLength}; "
                + $"`truncate --size %{from.BlockLength} {source}` fills up the last one.");
        }
        var into = await initiator.ReadCapacityAsync(CopyJob.Destination, cancellation);
        if (from.BlockLength != into.BlockLength || into.Blocks < from.Blocks)
        {
            throw new RunFailedException($"The destination has {into.Blocks} blocks of {into.BlockLength} bytes, "
                + $"the source {from.Blocks} of {from.BlockLength}.");
        }
        var mostRead = await LargestTransfer.OfAsync(initiator, CopyJob.Source, cancellation);
        var mostWritten = await LargestTransfer.OfAsync(initiator, CopyJob.Destination, cancellation);
        return new CopyPlan(source.Name, line.GetRequiredValue(Destination).Name, from.Blocks, from.BlockLength,
            Math.Min(mostRead, mostWritten), line.GetValue(Depth), line.GetValue(Seed));
    }
}
