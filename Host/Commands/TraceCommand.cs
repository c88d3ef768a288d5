using System.CommandLine;
using Akka.Actor;
using ScsiActors.Dispatch;
using ScsiActors.Host.Output;
using ScsiActors.Host.Session;
using ScsiActors.Host.Trace;
using ScsiActors.Journal;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Host.Commands;

/// <summary><c>trace</c>: the life of one command, message by message.</summary>
internal static class TraceCommand
{
    private const int BlockLength = 512;
    private const int FirstBlock = 64;
    private const int LargestTransfer = 8 << 20;

    // So that what an actor sends follows what it was told.
    private const string OneMessageATurn = "scsi-actors.dispatcher.throughput = 1\n";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly Argument<string> What = new("command")
    {
        Description = "read, write, inquiry, ready (TEST UNIT READY), flush (SYNCHRONIZE CACHE), or a CDB in hexadecimal.",
        HelpName = "COMMAND",
        DefaultValueFactory = static _ => "write",
    };

    private static readonly Option<int> Blocks =
        Parsers.CountOption("--blocks", "Blocks of 512 bytes that read and write move.", 8, LargestTransfer / BlockLength);

    private static readonly Option<long?> In = Parsers.SizeOption("--in", "Bytes of room for the data of a CDB in hexadecimal.");
    private static readonly Option<long?> Out = Parsers.SizeOption("--out", "Bytes (zeroes) to send with a CDB in hexadecimal.");
    private static readonly Option<string> Through = AdapterOptions.Through("lsi");
    private static readonly Option<string> Preset = AdapterOptions.Preset();
    private static readonly Option<string> Driver = CreateDriver();
    private static readonly Option<bool> Scripts = new("--scripts") { Description = "Show every SCRIPTS instruction with its registers." };

    private static readonly IReadOnlyList<(JournalForm Form, Option<FileInfo?> File)> Files = JournalForm.FileOptions();

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var command = new Command("trace", "Show the life of one command, message by message.")
        {
            What, Blocks, In, Out, Through, Preset, Driver, Scripts,
        };
        foreach (var (_, file) in Files)
            command.Options.Add(file);
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult line, CancellationToken cancellation)
    {
        var through = line.GetRequiredValue(Through);
        object request = through == "virtio" ? BlockRequestFrom(line) : CommandFrom(line);
        var settings = through switch
        {
            "lsi" => AdapterOptions.Settings(line.GetRequiredValue(Preset), depth: 1, line.GetRequiredValue(Driver)),
            "virtio" => AdapterOptions.VirtioBlk,
            _ => "",
        };
        var device = new Device(0, "memory") { Size = 64 << 20 };
        await using var session = await SubsystemSession.StartAsync(GlobalOptions.From(line), [device], cancellation, OneMessageATurn + settings);
        var port = through switch
        {
            "lsi" => session.HostAdapter.Driver!,
            "virtio" => await session.VirtioBlkDriverAsync(0, cancellation),
            _ => session.Port,
        };
        await PrepareAsync(port, through, cancellation);
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var header = new JournalHeader($"{DateTimeOffset.UtcNow:yyyy-MM-ddTHH:mm:ssZ}", $"trace {line.GetRequiredValue(What)}");
        using var tap = JournalTap.Live(MessageTaps.Of(session.System), new Journal.Journal(header, new JournalOptions { Keep = int.MaxValue }));
        var client = Props.Create(() => new TraceClientActor(port, session.HostAdapter.Adapter, request, answered));
        session.System.ActorOf(client.WithDispatcher(ScsiSubsystem.DispatcherId), TraceClientActor.Name);
        await answered.Task.WaitAsync(Patience, cancellation);
        var events = tap.Events;
        foreach (var text in MessageFlow.Lines(events, line.GetValue(Scripts)))
            Screen.Line(text);
        foreach (var (form, option) in Files)
        {
            if (line.GetValue(option) is { } file)
                form.WriteTo(file, header, events);
        }
        return ExitCode.Ok;
    }

    // Neither the unit attention of the power-on nor how a device is brought up is what anybody wants to see.
    private static Task PrepareAsync(IActorRef port, string through, CancellationToken cancellation) => through == "virtio"
        ? port.Ask<BlockRequestExecuted>(new ExecuteBlockRequest(0, BlockOperation.Flush), Patience, cancellation)
        : new Initiator(port).RequireAsync(0, Cdbs.TestUnitReady, DataDirection.None, default, cancellation);

    private static ExecuteBlockRequest BlockRequestFrom(ParseResult line)
    {
        var length = line.GetValue(Blocks) * BlockLength;
        return line.GetRequiredValue(What).ToLowerInvariant() switch
        {
            "read" => new ExecuteBlockRequest(1, BlockOperation.Read, FirstBlock * BlockLength, new byte[length]),
            "write" => new ExecuteBlockRequest(1, BlockOperation.Write, FirstBlock * BlockLength, new byte[length]),
            "flush" => new ExecuteBlockRequest(1, BlockOperation.Flush),
            var text => throw new UsageException($"'{text}' is nothing that a virtio-blk device does: it is read, write or flush."),
        };
    }

    private static ExecuteCommand CommandFrom(ParseResult line)
    {
        var blocks = line.GetValue(Blocks);
        return line.GetRequiredValue(What).ToLowerInvariant() switch
        {
            "read" => With(Cdbs.Transfer(isWrite: false, FirstBlock, blocks), DataDirection.In, blocks * BlockLength),
            "write" => With(Cdbs.Transfer(isWrite: true, FirstBlock, blocks), DataDirection.Out, blocks * BlockLength),
            "inquiry" => With(Cdbs.Inquiry(null, 96), DataDirection.In, 96),
            "ready" => With(Cdbs.TestUnitReady, DataDirection.None, 0),
            "flush" => With(Cdbs.SynchronizeCache, DataDirection.None, 0),
            var text => Raw(text, line.GetValue(In), line.GetValue(Out)),
        };
    }

    private static ExecuteCommand Raw(string text, long? room, long? data)
    {
        var digits = text.Replace(" ", "").Replace(":", "");
        if (digits.Length % 2 != 0 || digits.Length == 0 || digits.AsSpan().ContainsAnyExcept("0123456789abcdef"))
        {
            throw new UsageException(
                $"'{text}' is no command: it is read, write, inquiry, ready, flush, or a CDB such as \"28 00 00 00 00 40 00 00 08 00\".");
        }
        if (!Cdb.TryParse(Convert.FromHexString(digits), out var cdb))
            throw new UsageException($"'{text}' is too short: the first byte asks for a CDB of {Cdb.LengthOf(Convert.FromHexString(digits))} bytes.");
        if (room is not null && data is not null)
            throw new UsageException("--in and --out exclude each other: a command moves data one way.");
        if ((room ?? data) is > LargestTransfer)
            throw new UsageException($"--in and --out go up to {ByteSize.Short(LargestTransfer)}.");
        return room is { } length ? With(cdb, DataDirection.In, (int)length)
            : data is { } sent ? With(cdb, DataDirection.Out, (int)sent)
            : With(cdb, DataDirection.None, 0);
    }

    private static ExecuteCommand With(Cdb cdb, DataDirection direction, int length) => new(1, 0, Lun.Zero, cdb, direction, new byte[length]);

    private static Option<string> CreateDriver()
    {
        var option = new Option<string>("--driver")
        {
            Description = "interrupt, as an operating system's, or polled, as firmware's.",
            DefaultValueFactory = static _ => "interrupt",
        };
        option.AcceptOnlyFromAmong("interrupt", "polled");
        return option;
    }
}
