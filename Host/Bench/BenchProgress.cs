using ScsiActors.Host.Output;
using Spectre.Console;

namespace ScsiActors.Host.Bench;

/// <summary>Told how far a bench is.</summary>
internal interface IBenchProgress
{
    /// <summary>True when <see cref="Running"/> is of use.</summary>
    bool IsLive { get; }

    /// <summary>A temporary disk is being filled; <paramref name="share"/> of it is written.</summary>
    void Filling(double share);

    /// <summary>The data on a backend is being verified.</summary>
    void Verifying(BenchBackend backend);

    /// <summary>A row begins.</summary>
    void Begin(BenchPath path, BenchBackend backend, BenchCase benchCase);

    /// <summary>The row goes on at about so many commands a second.</summary>
    void Running(double iops);

    /// <summary>The row has been measured, as number <paramref name="count"/> from 1.</summary>
    void Done(BenchRow row, int count);
}

/// <summary>One line for each row: for files, pipes and CI.</summary>
internal sealed class PlainProgress(int rowCount) : IBenchProgress
{
    private bool _filling;

    /// <inheritdoc/>
    public bool IsLive => false;

    /// <inheritdoc/>
    public void Filling(double share)
    {
        if (!_filling)
            Screen.Line("Filling a temporary disk ...");
        _filling = true;
    }

    /// <inheritdoc/>
    public void Verifying(BenchBackend backend) => Screen.Line($"Verifying the data on {backend.Name} ...");

    /// <inheritdoc/>
    public void Begin(BenchPath path, BenchBackend backend, BenchCase benchCase)
    {
    }

    /// <inheritdoc/>
    public void Running(double iops)
    {
    }

    /// <inheritdoc/>
    public void Done(BenchRow row, int count)
    {
        var figures = row.Result.Error ?? $"{row.Iops,12:N0} IOPS {row.MegabytesPerSecond,9:N0} MB/s";
        Screen.Line($"[{count,3}/{rowCount}] {BenchText.Name(row.Path, row.Backend, row.Case),-38} {figures}");
    }
}

/// <summary>A bar that moves, with the rate of the moment.</summary>
internal sealed class LiveProgress(ProgressTask task) : IBenchProgress
{
    private string _name = "";

    /// <inheritdoc/>
    public bool IsLive => true;

    /// <inheritdoc/>
    public void Filling(double share) => task.Description = $"filling a temporary disk {share:P0}";

    /// <inheritdoc/>
    public void Verifying(BenchBackend backend) => task.Description = $"verifying the data on {backend.Name}";

    /// <inheritdoc/>
    public void Begin(BenchPath path, BenchBackend backend, BenchCase benchCase)
    {
        _name = BenchText.Name(path, backend, benchCase);
        task.Description = _name;
    }

    /// <inheritdoc/>
    public void Running(double iops) => task.Description = _name.Length == 0 ? "warming up" : $"{_name,-38} {iops,10:N0} IOPS";

    /// <inheritdoc/>
    public void Done(BenchRow row, int count) => task.Value = count;
}

/// <summary>Names of rows.</summary>
internal static class BenchText
{
    /// <summary><c>direct io-uring write 4k depth 32</c>.</summary>
    public static string Name(BenchPath path, BenchBackend backend, BenchCase benchCase) =>
        $"{path.Name,-6} {backend.Name} {Operation(benchCase)} {ByteSize.Block(benchCase.TransferLength)} depth {benchCase.Depth}";

    /// <summary><c>read</c> or <c>write</c>.</summary>
    public static string Operation(BenchCase benchCase) => benchCase.IsWrite ? "write" : "read";
}
