using System.Diagnostics;
using System.Text.Json;
using ScsiActors.Simulation.Campaign;

namespace ScsiActors.Host.Simulate;

/// <summary>Runs the seeds of a campaign: here, or shared out among processes of this program.</summary>
/// <param name="options">What to run.</param>
/// <param name="cancellation">Ends it early.</param>
internal sealed class CampaignRunner(CampaignOptions options, CancellationToken cancellation)
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    /// <summary>Runs, and tells of each seed, on one thread at a time, in no particular order.</summary>
    public async Task RunAsync(Action<SeedResult> done)
    {
        if (options.Jobs == 1)
        {
            RunHere(new WorkerShare(0, 1), done);
            return;
        }
        var gate = new Lock();
        var workers = Enumerable.Range(0, options.Jobs).Select(index => RunWorkerAsync(new WorkerShare(index, options.Jobs), result =>
        {
            lock (gate)
                done(result);
        }));
        await Task.WhenAll(workers);
    }

    /// <summary>Runs a share of the seeds on this thread: every <see cref="WorkerShare.Of"/>th of them.</summary>
    public void RunHere(WorkerShare share, Action<SeedResult> done)
    {
        for (var offset = (ulong)share.Index; offset < options.Count && !IsOver; offset += (ulong)share.Of)
        {
            var scenario = options.ScenarioOf(options.First + offset);
            done(SeedResult.Of(ScenarioRun.Run(scenario)));
        }
    }

    private bool IsOver => cancellation.IsCancellationRequested || _clock.Elapsed >= options.Time;

    private async Task RunWorkerAsync(WorkerShare share, Action<SeedResult> done)
    {
        using var process = Process.Start(StartInfo(share)) ?? throw new RunFailedException("A worker process could not be started.");
        using var kill = cancellation.Register(() => process.Kill());
        // What was killed may leave half a line.
        while (await process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line && !cancellation.IsCancellationRequested)
        {
            if (JsonSerializer.Deserialize<SeedResult>(line) is { } result)
                done(result);
        }
        await process.WaitForExitAsync(CancellationToken.None);
        if (process.ExitCode != ExitCode.Ok && !cancellation.IsCancellationRequested)
            throw new RunFailedException($"Worker process {share.Index} ended with exit code {process.ExitCode}.");
    }

    private ProcessStartInfo StartInfo(WorkerShare share)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath ?? "dotnet") { RedirectStandardOutput = true };
        // A worker does not live long enough for what these cost to pay: a second compilation of what is hot by its profile, a thread that collects garbage meanwhile.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        // "dotnet Host.dll" and the program's own launcher are both ways to have started this.
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
            start.ArgumentList.Add(typeof(CampaignRunner).Assembly.Location);
        string[] arguments = ["simulate", "--seeds", $"{options.First}..{options.Last}", "--worker", $"{share.Index}/{share.Of}"];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        if (options.Time is { } time)
        {
            start.ArgumentList.Add("--time");
            start.ArgumentList.Add(Math.Max(1, (int)(time - _clock.Elapsed).TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
        if (options.Mutant.Length > 0)
        {
            start.ArgumentList.Add("--mutant");
            start.ArgumentList.Add(options.Mutant);
        }
        if (options.ScenarioFile is { } file)
        {
            start.ArgumentList.Add("--scenario");
            start.ArgumentList.Add(file);
        }
        return start;
    }
}

/// <summary>The share of a worker process: every <paramref name="Of"/>th seed, from number <paramref name="Index"/> on.</summary>
internal readonly record struct WorkerShare(int Index, int Of);
