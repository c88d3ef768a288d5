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
    /// <param name="directory">Where.</param>
    /// <param name="name">Part of its name.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="seed">Decides the noise.</param>
    /// <param name="progress">Told what is going on.</param>
    /// <param name="cancellation">Ends it; nothing is left then.</param>
    /// <exception cref="UsageException">The directory is missing, or cannot hold it.</exception>
    public static TemporaryDisk Create(string directory, string name, long length, ulong seed, IBenchProgress progress, CancellationToken cancellation)
    {
        if (!Directory.Exists(directory))
            throw new UsageException($"--directory {directory}: there is no such directory.");
        var free = new DriveInfo(Path.GetFullPath(directory)).AvailableFreeSpace;
        if (free < length)
        {
            throw new UsageException($"{directory} has {ByteSize.Rounded(free)} free, a disk needs {ByteSize.Short(length)}: "
                + "choose a smaller one, or another --directory.");
        }
        var disk = new TemporaryDisk(Path.Combine(directory, $"scsi-actors-bench-{Environment.ProcessId}-{name}.img"));
        try
        {
            disk.Fill(length, seed, progress, cancellation);
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

    private void Fill(long length, ulong seed, IBenchProgress progress, CancellationToken cancellation)
    {
        using var file = File.OpenHandle(FilePath, FileMode.CreateNew, FileAccess.Write, preallocationSize: length);
        var chunk = new byte[ChunkLength];
        Noise.Fill(chunk, seed);
        for (long at = 0; at < length; at += ChunkLength)
        {
            cancellation.ThrowIfCancellationRequested();
            progress.Preparing(progress.IsLive ? $"filling a temporary disk {(double)at / length:P0}" : "filling a temporary disk");
            RandomAccess.Write(file, chunk.AsSpan(0, (int)Math.Min(ChunkLength, length - at)), at);
        }
        RandomAccess.FlushToDisk(file);
    }
}
