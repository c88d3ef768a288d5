using ScsiActors.Host.Output;

namespace ScsiActors.Host.Bench;

/// <summary>A file full of noise, on stable storage, for as long as a bench runs.</summary>
internal sealed class TemporaryDisk : IDisposable
{
    private const int ChunkLength = 4 << 20;

    private TemporaryDisk(string path) => FilePath = path;

    /// <summary>Where it is.</summary>
    public string FilePath { get; }

    /// <summary>Makes one and fills it: a sparse file would measure the absence of data.</summary>
    /// <param name="plan">Says where, how long, and what seed decides the noise.</param>
    /// <param name="name">Part of its name.</param>
    /// <param name="progress">Told the share that is written, 0 to 1.</param>
    /// <param name="cancellation">Ends it; nothing is left then.</param>
    /// <exception cref="UsageException">The directory is missing, or cannot hold it.</exception>
    public static TemporaryDisk Create(BenchPlan plan, string name, Action<double> progress, CancellationToken cancellation)
    {
        var directory = plan.Directory;
        if (!Directory.Exists(directory))
            throw new UsageException($"--directory {directory}: there is no such directory.");
        var free = new DriveInfo(Path.GetFullPath(directory)).AvailableFreeSpace;
        if (free < plan.DiskSize)
        {
            throw new UsageException($"{directory} has {ByteSize.Rounded(free)} free, a disk needs {ByteSize.Short(plan.DiskSize)}: "
                + "choose a smaller --disk-size or another --directory.");
        }
        var disk = new TemporaryDisk(Path.Combine(directory, $"scsi-actors-bench-{Environment.ProcessId}-{name}.img"));
        try
        {
            disk.Fill(plan.DiskSize, plan.Seed, progress, cancellation);
            return disk;
        }
        catch (Exception error)
        {
            disk.Dispose();
            throw error is IOException or UnauthorizedAccessException ? new UsageException($"{disk.FilePath}: {error.Message}") : error;
        }
    }

    /// <summary>Deletes the file.</summary>
    public void Dispose() => File.Delete(FilePath);

    private void Fill(long length, ulong seed, Action<double> progress, CancellationToken cancellation)
    {
        using var file = File.OpenHandle(FilePath, FileMode.CreateNew, FileAccess.Write, preallocationSize: length);
        var chunk = new byte[ChunkLength];
        Noise.Fill(chunk, seed);
        for (long at = 0; at < length; at += ChunkLength)
        {
            cancellation.ThrowIfCancellationRequested();
            RandomAccess.Write(file, chunk.AsSpan(0, (int)Math.Min(ChunkLength, length - at)), at);
            progress((double)at / length);
        }
        RandomAccess.FlushToDisk(file);
    }
}
