using System.Diagnostics;
using ScsiActors.Host.Output;
using Spectre.Console;

namespace ScsiActors.Host.Copy;

/// <summary>Shows how far a copy is: a bar with MB/s and the time that is left, or a line for every tenth where nobody watches.</summary>
internal static class CopyProgress
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    /// <summary>Awaits <paramref name="work"/> and shows <paramref name="done"/> of <paramref name="total"/> bytes meanwhile.</summary>
    public static async Task<bool> WatchAsync(string what, long total, Func<long> done, Task<bool> work)
    {
        if (!Screen.IsInteractive)
            return await LinesAsync(what, total, done, work);
        await Screen.Out.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new DownloadedColumn(),
                new TransferSpeedColumn(), new RemainingTimeColumn())
            .StartAsync(context => BarAsync(context.AddTask(what, maxValue: total), done, work));
        // Outside, so that the display is cleared before an error is told.
        return await work;
    }

    private static async Task BarAsync(ProgressTask task, Func<long> done, Task<bool> work)
    {
        while (await Task.WhenAny(work, Task.Delay(Tick)) != work)
            task.Value = done();
    }

    private static async Task<bool> LinesAsync(string what, long total, Func<long> done, Task<bool> work)
    {
        var clock = Stopwatch.StartNew();
        var shown = 0L;
        while (await Task.WhenAny(work, Task.Delay(Tick)) != work)
        {
            var bytes = done();
            if (bytes * 10 / total == shown)
                continue;
            shown = bytes * 10 / total;
            var rate = bytes / clock.Elapsed.TotalSeconds;
            Screen.Line($"{what} {shown * 10,3} %  {rate / 1e6:N0} MB/s, {(total - bytes) / rate:0} s left");
        }
        return await work;
    }
}
