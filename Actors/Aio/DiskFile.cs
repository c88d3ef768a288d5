using Microsoft.Win32.SafeHandles;
using ScsiActors.Aio.IoUring;
using ScsiActors.Messages;

namespace ScsiActors.Aio;

/// <summary>An open file that serves as a disk. Its length is what it was when it was opened; a writer has it alone, readers share it.</summary>
internal sealed class DiskFile : IDisposable
{
    // A block device has no size to shrink.
    private readonly bool _hasSize;

    private DiskFile(SafeFileHandle handle, AioOpened opened)
    {
        Handle = handle;
        Opened = opened;
        _hasSize = LinuxIo.IsSupported && LinuxIo.TryGetStatus(handle, out var status) && status.Size == opened.Length;
    }

    /// <summary>The file.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>What it is.</summary>
    public AioOpened Opened { get; private set; }

    /// <summary>Bytes to which offsets and lengths must be aligned; 1 unless the page cache is bypassed.</summary>
    public int OffsetAlignment { get; private set; } = 1;

    /// <summary>Bytes to which memory must be aligned; 1 unless the page cache is bypassed.</summary>
    public int MemoryAlignment { get; private set; } = 1;

    /// <summary>Why the page cache is not bypassed although that was asked for; null otherwise.</summary>
    public string? NotDirect { get; private set; }

    /// <summary>Opens, and if asked creates, the file; blocks. The file is null when it cannot be used, and <paramref name="opened"/> says why.</summary>
    public static DiskFile? TryOpen(AioFileSettings settings, long sizeToCreate, bool direct, string engine, out AioOpened opened)
    {
        SafeFileHandle? handle = null;
        try
        {
            var exists = File.Exists(settings.Path);
            var create = settings.Create && !exists && !settings.ReadOnly;
            var readOnly = settings.ReadOnly || exists && (File.GetAttributes(settings.Path) & FileAttributes.ReadOnly) != 0;
            handle = File.OpenHandle(settings.Path, create ? FileMode.CreateNew : FileMode.Open,
                readOnly ? FileAccess.Read : FileAccess.ReadWrite, readOnly ? FileShare.Read : FileShare.None);
            if (create)
                RandomAccess.SetLength(handle, sizeToCreate);
            var length = LinuxIo.IsSupported ? LinuxIo.Length(handle) : RandomAccess.GetLength(handle);
            if (length > 0)
            {
                // Beyond the end there is nothing to lose: this asks only whether the file system can do it.
                var canUnmap = !readOnly && LinuxIo.IsSupported && LinuxIo.PunchHole(handle, length, 4096) == 0;
                opened = new AioOpened(AioResult.Ok, length, readOnly, canUnmap, $"{settings.Path}, {engine}");
                var file = new DiskFile(handle, opened);
                if (direct)
                    file.BypassPageCache();
                opened = file.Opened;
                return file;
            }
            opened = Failed($"{settings.Path} is empty");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            opened = Failed(error.Message);
        }
        handle?.Dispose();
        return null;
    }

    /// <summary>True while the file has a name and has not become shorter; a flush that brings bytes to a deleted file secures nothing, and a write
    /// to a shortened one would make it look whole, with zeroes in the middle.</summary>
    public bool IsWhole() =>
        !_hasSize || LinuxIo.TryGetStatus(Handle, out var status) && status.Links > 0 && status.Size >= Opened.Length;

    /// <inheritdoc/>
    public void Dispose() => Handle.Dispose();

    private void BypassPageCache()
    {
        if (!LinuxIo.TryGetStatus(Handle, out var status))
        {
            NotDirect = "the kernel is too old";
            return;
        }
        // A kernel before 6.1 does not say what it needs; one page suits every device.
        var offsets = status.OffsetAlignment > 0 ? status.OffsetAlignment : DataBuffer.Alignment;
        var memory = status.MemoryAlignment > 0 ? status.MemoryAlignment : DataBuffer.Alignment;
        if (Math.Max(offsets, memory) > DataBuffer.Alignment)
            NotDirect = $"it would need blocks of {Math.Max(offsets, memory)} bytes";
        else if (Opened.Length % offsets != 0)
            NotDirect = $"the length is no multiple of {offsets} bytes";
        else if (LinuxIo.SetDirect(Handle) != 0)
            NotDirect = "the file system does not support it";
        if (NotDirect is not null)
            return;
        OffsetAlignment = offsets;
        MemoryAlignment = memory;
        Opened = Opened with { Description = $"{Opened.Description}, direct" };
    }

    private static AioOpened Failed(string why) => new(AioResult.Unavailable, 0, IsReadOnly: false, CanUnmap: false, why);
}
