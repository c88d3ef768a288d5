using System.CommandLine;
using ScsiActors.Host.Disk;
using ScsiActors.Host.Session;
using ScsiActors.Host.Output;
using ScsiActors.Messages;

namespace ScsiActors.Host.Commands;

/// <summary><c>disk create</c> and <c>disk info</c>.</summary>
internal static class DiskCommand
{
    private static readonly Argument<FileInfo> Image = new("file") { Description = "The disk image.", HelpName = "FILE" };
    private static readonly Option<long?> DiskSize = CreateSize();
    private static readonly Option<bool> Preallocate = new("--preallocate") { Description = "Take the room on the file system now." };
    private static readonly Option<string> Engine = FileEngineOptions.Engine();
    private static readonly Option<bool> Direct = FileEngineOptions.Direct();

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var create = new Command("create", "Make a disk image; all of it reads as zeroes.") { Image, DiskSize, Preallocate };
        create.SetAction(CreateImage);
        var info = new Command("info", "Show a disk image, as a file and as a logical unit presents it.") { Image, Engine, Direct };
        info.SetAction(ShowAsync);
        return new Command("disk", "Make and look at disk images.") { create, info };
    }

    private static int CreateImage(ParseResult line)
    {
        var file = line.GetRequiredValue(Image);
        var size = line.GetValue(DiskSize)!.Value;
        var preallocate = line.GetValue(Preallocate);
        if (size % 512 != 0)
            throw new UsageException($"--size {size}: a disk has whole blocks of 512 bytes.");
        if (file.Exists)
            throw new UsageException($"{file} exists; delete it first, or choose another name.");
        try
        {
            var allocated = preallocate ? size : 0;
            using var handle = File.OpenHandle(file.FullName, FileMode.CreateNew, FileAccess.Write, preallocationSize: allocated);
            RandomAccess.SetLength(handle, size);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new RunFailedException($"{file}: {error.Message}");
        }
        var kind = preallocate ? "preallocated" : "sparse";
        Screen.Line($"{file}: {ByteSize.Short(size)}, {size / 512:N0} blocks of 512 bytes, {kind}.");
        return ExitCode.Ok;
    }

    private static async Task<int> ShowAsync(ParseResult line, CancellationToken cancellation)
    {
        var file = line.GetRequiredValue(Image);
        if (!file.Exists)
            throw new UsageException($"{file}: there is no such file; `disk create` makes one.");
        var table = new DiskInfo();
        await table.AddFileAsync(file, cancellation);
        var device = new Device(0, "file")
        {
            Path = file.FullName,
            ReadOnly = file.IsReadOnly,
            Engine = line.GetRequiredValue(Engine),
            Direct = line.GetValue(Direct),
        };
        await using var session = await SubsystemSession.StartAsync(GlobalOptions.From(line), [device], cancellation);
        var storage = session.Devices[0].Storage;
        if (storage.Result != AioResult.Ok)
            throw new RunFailedException($"{file} cannot be opened as a disk: {storage.Description}");
        table.AddStorage(storage, device.Engine);
        await table.AddLogicalUnitAsync(session.Initiator, cancellation);
        table.Write(Screen.Out);
        return ExitCode.Ok;
    }

    private static Option<long?> CreateSize()
    {
        var option = Parsers.SizeOption("--size", "Size of the disk, whole blocks of 512 bytes.");
        option.Required = true;
        return option;
    }
}
