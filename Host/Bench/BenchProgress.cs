using ScsiActors.Host.Output;
using Spectre.Console;

namespace ScsiActors.Host.Bench;

/// <summary>Told how far a bench is.</summary>
internal interface IBenchProgress
{
    /// <summary>True when <see cref="Running"/> is of use.</summary>
    bool IsLive { get; }

    /// <summary>Something that is no row begins: a disk is filled, data is verified.</summary>
    /// <param name="what">In a few words.</param>
    void Preparing(string what);

    /// <summary>A row begins.</summary>
    void Begin(string name);

    /// <summary>The row goes on at about so many requests a second.</summary>
    void Running(double iops);

    /// <summary>The row has been measured, as number <paramref name="count"/> from 1.</summary>
    void Done(string name, Measurement result, int count);
}

/// <summary>One line for each row: for files, pipes and CI.</summary>
internal sealed class PlainProgress(int rowCount) : IBenchProgress
{
    private string? _preparing;

    /// <inheritdoc/>
    public bool IsLive => false;

    /// <inheritdoc/>
    public void Preparing(string what)
    {
        if (_preparing != what)
            Screen.Line($"{char.ToUpperInvariant(what[0])}{what[1..]} ...");
        _preparing = what;
    }

    /// <inheritdoc/>
    public void Begin(string name)
    {
    }

    /// <inheritdoc/>
    public void Running(double iops)
    {
    }

    /// <inheritdoc/>
    public void Done(string name, Measurement result, int count) =>
        Screen.Line($"[{count,3}/{rowCount}] {name,-42} {result.Error ?? $"{result.Iops,12:N0} IOPS {result.MegabytesPerSecond,9:N0} MB/s"}");
}

/// <summary>A bar that moves, with the rate of the moment.</summary>
internal sealed class LiveProgress(ProgressTask task) : IBenchProgress
{
    private string _name = "";

    /// <inheritdoc/>
    public bool IsLive => true;

    /// <inheritdoc/>
    public void Preparing(string what)
    {
        _name = "";
        task.Description = Markup.Escape(what);
    }

    /// <inheritdoc/>
    public void Begin(string name) => task.Description = _name = Markup.Escape(name);

    /// <inheritdoc/>
    public void Running(double iops) => task.Description = _name.Length == 0 ? "warming up" : $"{_name,-42} {iops,10:N0} IOPS";

    /// <inheritdoc/>
    public void Done(string name, Measurement result, int count) => task.Value = count;

    /// <summary>Runs a bench with a bar where a person can watch it, with lines where not.</summary>
    /// <param name="rowCount">How many rows there will be.</param>
    /// <param name="bench">The bench.</param>
    public static async Task WatchAsync(int rowCount, Func<IBenchProgress, Task> bench)
    {
        if (!Screen.IsInteractive)
        {
            await bench(new PlainProgress(rowCount));
            return;
        }
        var run = Task.CompletedTask;
        await Screen.Out.Progress()
            .AutoClear(true)
            .Columns(new SpinnerColumn(), new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(),
                new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                run = bench(new LiveProgress(context.AddTask("starting", maxValue: rowCount)));
                await run.ContinueWith(static _ => { }, TaskScheduler.Default);
            });
        // Outside, so that the display is cleared before an error is told.
        await run;
    }
}
