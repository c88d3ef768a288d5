using System.Collections.Immutable;
using ScsiActors.Journal;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Tests.Machines.Journal;

/// <summary>A run that was never run: three commands through an adapter, one with its data in pieces, one that meets a medium error, one that is
/// aborted; every projection is shown with it.</summary>
internal sealed class SampleRun
{
    private const string Lun = "target-0-lun-0";
    private const string Queue = "target-0-lun-0-queue";
    private const string Aio = "target-0-lun-0-aio";

    private readonly DataBuffer _buffer = new DataBufferPool(1 << 20, 0).TryRent(65536)!;
    private readonly ScsiActors.Journal.Journal _journal;
    private TimeSpan _now;
    private long _last = JournalEvent.None;

    private SampleRun(ScsiActors.Journal.Journal journal) => _journal = journal;

    public static JournalHeader Header { get; } = new("seed-7", "a sample, \"quoted\" & <marked>");

    public static IReadOnlyList<JournalEvent> Events { get; } = Take();

    /// <summary>Records the run in a journal.</summary>
    public static void Record(ScsiActors.Journal.Journal journal)
    {
        var run = new SampleRun(journal);
        run.Read(1, 0, Cdb.Parse([0x28, 0, 0, 0, 0, 64, 0, 2, 0, 0]), pieces: 4);
        run.WriteThatFails(2, 1, Cdb.Parse([0x2A, 0, 0, 0, 0, 64, 0, 0, 8, 0]));
        run.ReadThatIsAborted(3, 2, Cdb.Parse([0x88, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0]));
    }

    private static IReadOnlyList<JournalEvent> Take()
    {
        using var journal = new ScsiActors.Journal.Journal(Header, new JournalOptions { Keep = int.MaxValue });
        Record(journal);
        return journal.Events;
    }

    private static ItlqNexus Nexus(ulong tag) => new(new ItNexus(7, 0), new Lun(0), tag);

    private void Pass(string from, string to, object message, int faultId = JournalEvent.None, double microseconds = 1.5)
    {
        _now += TimeSpan.FromMicroseconds(microseconds);
        _last = _journal.Record(_now, from, to, message, _last, faultId);
    }

    private void Begin(ulong id, byte tag, Cdb cdb, DataDirection direction, int length)
    {
        _last = JournalEvent.None;
        Pass("client", "driver", new ExecuteCommand(id, 0, new Lun(0), cdb, direction, new byte[length]));
        Pass("driver", "adapter", new RegisterWrite(RegisterSpace.Bar0, 0x14, 1, 0x20));
        Pass("adapter", "adapter", new BusPhaseChanged(1, 0, BusPhase.Command));
        Pass("adapter", "bus", new CommandMoved((long)id, 0, new SelectionMessage(0xC0, 0x20, tag), cdb));
        Pass("bus", "adapter", new TargetPhases((long)id, [PhaseStep.MessageIn(2, 4), PhaseStep.BusFree]));
        Pass("bus", Lun, new ScsiCommandReceived(Nexus(tag), cdb, TaskAttribute.Simple, ScsiCommandReceived.UnknownLength,
            ScsiCommandReceived.UnknownLength, false));
    }

    private void End(ulong id, byte tag, ScsiStatus status, SenseData? sense, long transferred, long residual)
    {
        Pass(Lun, "bus", new SendCommandComplete(Nexus(tag), status, sense, transferred));
        Pass("bus", "adapter", new ReselectionRequested(-(long)id, 0, new Lun(0), tag, 1,
            [PhaseStep.MessageIn(0x80, 0x20, tag), PhaseStep.Status(status), PhaseStep.MessageIn(0), PhaseStep.BusFree]));
        Pass("adapter", "driver", InterruptLine.High);
        Pass("driver", "client", new CommandExecuted(id, CommandOutcome.Complete, status, sense, residual));
    }

    private void Read(ulong id, byte tag, Cdb cdb, int pieces)
    {
        Begin(id, tag, cdb, DataDirection.In, pieces * _buffer.Length);
        for (var piece = 0; piece < pieces; piece++)
        {
            var aio = new AioId(tag, (uint)piece + 1);
            long offset = piece * _buffer.Length;
            Pass(Lun, Queue, new AioRead(aio, 32768 + offset, new ScatterGatherList(_buffer.Memory)));
            Pass(Queue, Aio, new AioRead(aio, 32768 + offset, new ScatterGatherList(_buffer.Memory)));
            Pass(Aio, Queue, new AioCompleted(aio, AioResult.Ok, _buffer.Length), microseconds: 80);
            Pass(Queue, Lun, new AioCompleted(aio, AioResult.Ok, _buffer.Length));
            Pass(Lun, "bus", new SendDataIn(Nexus(tag), new TaskId(tag, 1), _buffer, offset, _buffer.Length));
            Pass("bus", "adapter", Data(-10 - piece, tag, PhaseStep.DataIn(_buffer, _buffer.Length)));
            Pass("adapter", "bus", new DataPhaseEnded(-10 - piece, true), microseconds: 200);
            Pass("bus", Lun, new DataInDelivered(Nexus(tag), new TaskId(tag, 1)));
        }
        End(id, tag, ScsiStatus.Good, null, pieces * _buffer.Length, 0);
    }

    private static ReselectionRequested Data(long connection, byte tag, PhaseStep data) =>
        new(connection, 0, new Lun(0), tag, 1, [PhaseStep.MessageIn(0x80, 0x20, tag), data, PhaseStep.MessageIn(2, 4), PhaseStep.BusFree]);

    private void WriteThatFails(ulong id, byte tag, Cdb cdb)
    {
        var aio = new AioId(tag, 9);
        Begin(id, tag, cdb, DataDirection.Out, 4096);
        Pass(Lun, "bus", new ReceiveDataOut(Nexus(tag), new TaskId(tag, 1), _buffer, 0, 4096));
        Pass("bus", "adapter", Data(-20, tag, PhaseStep.DataOut(_buffer, 4096)));
        Pass("adapter", "bus", new DataPhaseEnded(-20, true), microseconds: 12);
        Pass("bus", Lun, new DataOutReceived(Nexus(tag), new TaskId(tag, 1)));
        Pass(Lun, Queue, new AioWrite(aio, 32768, new ScatterGatherList(_buffer.Memory[..4096]), true));
        Pass(Queue, Aio, new AioWrite(aio, 32768, new ScatterGatherList(_buffer.Memory[..4096]), true));
        _journal.RecordFault(_now, 3, Aio, "medium error on blocks 60 to 70, until they are rewritten", _last);
        Pass(Aio, Queue, new AioCompleted(aio, AioResult.WriteError, 0), faultId: 3, microseconds: 9_000);
        Pass(Queue, Lun, new AioCompleted(aio, AioResult.WriteError, 0), faultId: 3);
        var sense = new SenseData(SenseKey.MediumError, new AdditionalSense(0x0C, 0x02)) { Information = 64 };
        End(id, tag, ScsiStatus.CheckCondition, sense, 0, 4096);
    }

    private void ReadThatIsAborted(ulong id, byte tag, Cdb cdb)
    {
        Begin(id, tag, cdb, DataDirection.In, 2048 * 512);
        Pass(Lun, Queue, new AioRead(new AioId(tag, 1), 256 * 512, new ScatterGatherList(_buffer.Memory)));
        _journal.RecordNote(EventKinds.Timer, _now + TimeSpan.FromSeconds(30), "driver", $"command {id} has run for 30 s");
        _now += TimeSpan.FromSeconds(30);
        Pass("bus", Lun, new TaskManagementRequestReceived(Nexus(tag), TaskManagementFunction.AbortTask, 77));
        Pass(Lun, Queue, new AioCancel(new AioId(tag, 1)));
        Pass(Queue, Lun, new AioCompleted(new AioId(tag, 1), AioResult.Cancelled, 0));
        Pass(Lun, "bus", new CommandAborted(Nexus(tag)));
        Pass(Lun, "bus", new TaskManagementFunctionExecuted(Nexus(tag), TaskManagementFunction.AbortTask, 77, ServiceResponse.FunctionComplete));
        Pass("driver", "client", new CommandExecuted(id, CommandOutcome.Aborted, ScsiStatus.Good, null, 0));
        _journal.RecordFinding(_now, "driver", "Command 3 waited 30 s: longer than any fault explains.", _last);
    }
}
