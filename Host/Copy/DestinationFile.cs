using ScsiActors.Host.Output;

namespace ScsiActors.Host.Copy;

/// <summary>The file that a copy writes.</summary>
/// <remarks>A new one is called <c>DEST.partial</c> until it is whole; one that exists is written in place.</remarks>
internal sealed class DestinationFile
{
    private const string Suffix = ".partial";

    private readonly FileInfo _final;

    private DestinationFile(FileInfo final, bool isNew)
    {
        _final = final;
        IsNew = isNew;
        WorkPath = isNew ? final.FullName + Suffix : final.FullName;
    }

    /// <summary>True when the copy makes it.</summary>
    public bool IsNew { get; }

    /// <summary>The file to write to.</summary>
    public string WorkPath { get; }

    /// <summary>Makes the file, or checks the one that exists.</summary>
    /// <param name="file">Where the copy is to be.</param>
    /// <param name="length">Bytes of the source.</param>
    /// <param name="force">Permits to change the length of a file that exists.</param>
    /// <exception cref="UsageException">It cannot be made, or must not be changed.</exception>
    public static DestinationFile Prepare(FileInfo file, long length, bool force)
    {
        var destination = new DestinationFile(file, !file.Exists);
        try
        {
            if (destination.IsNew)
                destination.Create(length, force);
            else
                destination.Resize(length, force);
            return destination;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{file}: {error.Message}");
        }
    }

    /// <summary>The copy is whole: it gets its name.</summary>
    public void Commit()
    {
        if (IsNew)
            File.Move(WorkPath, _final.FullName);
    }

    /// <summary>The copy is not whole: one that the copy made is deleted; returns what was done, in words.</summary>
    public string Abandon()
    {
        if (!IsNew)
            return $"{_final} is partly overwritten: copy again before it is used";
        File.Delete(WorkPath);
        return $"deleted {WorkPath}";
    }

    private void Create(long length, bool force)
    {
        if (_final.Directory is { Exists: false } directory)
            throw new UsageException($"{_final}: there is no directory {directory}.");
        if (File.Exists(WorkPath) && !force)
            throw new UsageException($"{WorkPath} exists, from a copy that was cut short or is still running; --force replaces it.");
        using var handle = File.OpenHandle(WorkPath, FileMode.Create, FileAccess.Write);
        RandomAccess.SetLength(handle, length);
    }

    private void Resize(long length, bool force)
    {
        if (_final.Length == length)
            return;
        if (!force)
        {
            throw new UsageException($"{_final} exists and has {ByteSize.Short(_final.Length)}, the source has {ByteSize.Short(length)}; "
                + "--force changes its length to that of the source.");
        }
        using var handle = File.OpenHandle(WorkPath, FileMode.Open, FileAccess.Write);
        RandomAccess.SetLength(handle, length);
    }
}
