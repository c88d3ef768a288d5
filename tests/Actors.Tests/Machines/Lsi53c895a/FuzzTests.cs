using System.Globalization;
using ScsiActors.Lsi53c895a;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi.Bus;
using ScsiActors.Tests.Sequences.Lsi;
using Xunit;
using Xunit.Abstractions;

namespace ScsiActors.Tests.Machines.Lsi53c895a;

/// <summary>Random programs, register accesses, messages and target behaviour, by seed: nothing throws, every turn is bounded, every buffer comes
/// back, and a good command is served afterwards. SCSIACTORS_FUZZ sets the number of runs.</summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const uint Program = 0x1000;
    private const int ProgramDwords = 64;

    private static readonly int Runs =
        int.TryParse(Environment.GetEnvironmentVariable("SCSIACTORS_FUZZ"), CultureInfo.InvariantCulture, out var runs) ? runs : 2_000;

    private static readonly uint[] Templates =
    [
        0x41000000, 0x40000000, 0x43000000, 0x47000000, 0x48000000, 0x50000000, 0x54000000, 0x58000008, 0x58000040, 0x60000048, 0x58000400,
        0x0F000001, 0x0E000004, 0x0B000001, 0x0A00000A, 0x1E000000, 0x1A000000, 0x19000000, 0x18000000, 0x29000010, 0x09000200, 0x08000200,
        0x80080000, 0x80880000, 0x88080000, 0x90080000, 0x98180000, 0x870B0000, 0x82030000, 0x800A0000, 0x810A0000, 0x830B0000, 0x800C0004,
        0x80280000, 0x80000000, 0x721A0000, 0x6A5C0000, 0x78345500, 0x7A025500, 0x7C027F00, 0x7E340100, 0x79100000, 0x72480080, 0x7A140000,
        0x78140000, 0x78010000, 0x783B0400, 0xE1340004, 0xE0340004, 0xF11C0004, 0xF31C0004, 0xC0000010, 0xC0000004, 0xC1000040, 0x98080000,
    ];

    [Fact]
    public void Random_programs_and_targets_do_no_harm()
    {
        var first = Environment.TickCount;
        output.WriteLine($"seeds {first} to {first + Runs - 1}");
        for (var seed = first; seed < first + Runs; seed++)
        {
            try
            {
                Run(seed);
            }
            catch (Exception failure)
            {
                Assert.Fail($"seed {seed}: {failure}");
            }
        }
    }

    [Fact]
    public void Random_messages_and_logical_units_do_no_harm()
    {
        var first = Environment.TickCount;
        output.WriteLine($"seeds {first} to {first + Runs - 1}");
        for (var seed = first; seed < first + Runs; seed++)
        {
            try
            {
                RunBus(seed);
            }
            catch (Exception failure)
            {
                Assert.Fail($"seed {seed}: {failure}");
            }
        }
    }

    private static void Run(int seed)
    {
        var random = new Random(seed);
        var bench = new ChipBench(
            new ControllerOptions
            {
                InstructionsPerSlice = random.Next(1, 60),
                LenientTransferControl = random.Next(2) == 0,
                ZeroOpcodeSkipsFourBytes = random.Next(2) == 0,
                RealSelectionTimeout = random.Next(2) == 0,
                ReselectPatience = random.Next(3),
            },
            mapRegisters: true);
        WriteProgram(bench, random);
        bench.Write(Reg.Dsa, 0x2000, 4);
        bench.Write(Reg.Dsp, Program, 4);
        var lent = 0;
        var reselections = 0L;
        for (var action = 0; action < 60; action++)
        {
            switch (random.Next(8))
            {
                case 0:
                    bench.Write(random.Next(256), (uint)random.Next(), 1 << random.Next(4));
                    break;
                case 1:
                    bench.Read(random.Next(256), 1 << random.Next(4));
                    break;
                case 2:
                    bench.Write(Reg.Istat0, random.Next(4) == 0 ? Bit.Istat0Abrt : Bit.Istat0Sigp);
                    bench.Write(Reg.Dsp, Program + (uint)random.Next(ProgramDwords) * 4, 4);
                    break;
                case 3:
                    bench.Chip.Handle(new ReselectionRequested(--reselections, random.Next(16), new Lun((ushort)random.Next(8)), random.Next(-1, 256),
                        bench.Epoch, [PhaseStep.MessageIn(0x80), .. Steps(bench, random, ref lent)]));
                    break;
                case 4:
                    bench.Chip.Handle(new ConnectionWithdrawn(random.NextInt64(reselections - 1, 6)));
                    break;
                case 5 when bench.Timers.OfType<StartTimer>().LastOrDefault() is { } timer:
                    bench.Chip.Handle(new TimerExpired(timer.Timer, timer.Generation));
                    break;
                default:
                    if (bench.ToBus.TryDequeue(out var message))
                        Answer(bench, random, message, ref lent);
                    break;
            }
            bench.Pump(3);
        }
        Recover(bench, lent);
    }

    private static void WriteProgram(ChipBench bench, Random random)
    {
        for (var i = 0; i < ProgramDwords; i += 2)
        {
            var first = Templates[random.Next(Templates.Length)];
            if (random.Next(4) == 0)
                first ^= 1u << random.Next(32);
            var second = random.Next(6) switch
            {
                0 => (uint)random.Next(),
                1 => (uint)random.Next(64) * 4,
                2 => 0xFFFFFF00u | (uint)random.Next(256),
                3 => ChipBench.RegistersBase + (uint)random.Next(256),
                4 => ChipBench.RamBase + (uint)random.Next(8192),
                _ => Program + (uint)random.Next(ProgramDwords) * 4,
            };
            bench.Poke(Program + (uint)i * 4, first, second);
        }
        random.NextBytes(bench.Memory.Bytes.Slice(0x2000, 0x400));
        bench.PokeBytes(0x2000, (byte)random.Next(4), 0, (byte)random.Next(8), 0);
        random.NextBytes(bench.Memory.Bytes[..0x200]);
        bench.PokeBytes(0, 0xC0, 0x20, 1);
    }

    private static void Answer(ChipBench bench, Random random, object message, ref int lent)
    {
        switch (message)
        {
            case CommandMoved command:
                bench.Chip.Handle(new TargetPhases(command.Connection, [.. Steps(bench, random, ref lent)]));
                break;
            case MessageOutMoved moved:
                bench.Chip.Handle(new TargetPhases(moved.Connection, [.. Steps(bench, random, ref lent)], AnswersMessage: true));
                break;
            case DataPhaseEnded:
                lent--;
                break;
        }
    }

    private static PhaseStep[] Steps(ChipBench bench, Random random, ref int lent)
    {
        var steps = new List<PhaseStep>();
        for (var count = random.Next(5); count > 0; count--)
        {
            var kind = random.Next(7);
            if (kind is 2 or 3)
                lent++;
            var length = random.Next(1, 600);
            steps.Add(kind switch
            {
                0 => PhaseStep.MessageIn((byte)random.Next(256)),
                1 => PhaseStep.MessageIn(2, 4),
                2 => PhaseStep.DataIn(bench.Buffer(length), length),
                3 => PhaseStep.DataOut(bench.Buffer(length), length),
                4 => PhaseStep.Status((ScsiStatus)random.Next(256)),
                5 => PhaseStep.MessageOut,
                _ => PhaseStep.Command,
            });
        }
        if (random.Next(2) == 0)
            steps.Add(PhaseStep.BusFree);
        return [.. steps];
    }

    private static void Recover(ChipBench bench, int lent)
    {
        bench.Chip.Handle(FunctionReset.Instance);
        Assert.True(bench.Pump());
        lent -= bench.ToBus.OfType<DataPhaseEnded>().Count();
        Assert.Equal(0, lent);
        bench.ToBus.Clear();
        bench.WriteConfiguration(0x18, ChipBench.RamBase);
        bench.WriteConfiguration(0x04, 7, 2);
        bench.PokeBytes(0x100, 0x80, 0, 0, 0, 0, 0, 0);
        bench.Poke(Program, 0x40000000, 0, 0x06000001, 0x100, 0x02000006, 0x101, 0x03000001, 0x120, 0x07000001, 0x121, 0x98080000, 9);
        bench.Run(Program);
        bench.Present(bench.NextToBus<CommandMoved>().Connection, PhaseStep.Status(ScsiStatus.Good), PhaseStep.MessageIn(0), PhaseStep.BusFree);
        Assert.Equal((0x84u, 9u), (bench.Read(Reg.Dstat), bench.Read(Reg.Dsps, 4)));
    }

    private static void RunBus(int seed)
    {
        var random = new Random(seed);
        var bench = new BusBench(new BusParameters
        {
            QueueWrites = random.Next(2) == 0,
            WriteDisconnectAfterData = random.Next(2) == 0,
            NegotiateReply = (NegotiationReply)random.Next(2),
        });
        for (var command = 0; command < 12; command++)
        {
            RunRandomCommand(bench, random);
            for (var answers = random.Next(4); answers > 0 && bench.Commands.Count > 0; answers--)
                AnswerRandomly(bench, random, bench.Commands[random.Next(bench.Commands.Count)]);
            if (random.Next(10) == 0)
                bench.Chip.Write(Reg.Scntl1, random.Next(2) == 0 ? Bit.Scntl1Rst : 0u);
            bench.CarryOutFunctions();
        }
        bench.Chip.Write(Reg.Istat0, Bit.Istat0Srst);
        bench.CarryOutFunctions();
        foreach (var command in bench.Commands.ToArray())
            bench.Complete(command);
        Assert.Empty(bench.Lent);
        Assert.Equal(0, bench.Bus.Outstanding);
        ServeGoodCommand(bench);
    }

    private static void RunRandomCommand(BusBench bench, Random random)
    {
        byte[] starts = [0x01, 0x03, 0x04, 0x06, 0x07, 0x08, 0x0C, 0x0D, 0x0E, 0x17, 0x20, 0x22, 0x23, 0x80, 0xC1];
        Span<byte> message = stackalloc byte[8];
        random.NextBytes(message);
        message[0] = (byte)(0x80 | random.Next(0x80) & 0x47);
        for (var i = 1; i < message.Length; i++)
        {
            if (random.Next(2) == 0)
                message[i] = starts[random.Next(starts.Length)];
        }
        var chip = bench.Chip;
        chip.PokeBytes(0x100, message);
        random.NextBytes(chip.Memory.Bytes.Slice(0x110, 16));
        if (random.Next(3) > 0)
            chip.PokeBytes(0x110, random.Next(2) == 0 ? (byte)0x28 : (byte)0x2A);
        chip.Write(Reg.Istat0, Bit.Istat0Abrt);
        chip.Write(Reg.Istat0, 0);
        chip.Read(Reg.Dstat);
        chip.Read(Reg.Sist0, 2);
        // Select, message, then whatever the target asks for, by one dispatcher; a reselection lands there too.
        chip.Poke(Program, 0x41000000 | (uint)random.Next(2) << 16, Program + 0x20, 0x0E000000 | (uint)random.Next(1, 9), 0x100);
        chip.Poke(Program + 0x10, 0x80080000, Program + 0x20, 0, 0);
        chip.Poke(Program + 0x20, 0x820B0000, Program + 0x80, 0x870A0000, Program + 0x90, 0x860A0000, Program + 0xA0, 0x810A0000, Program + 0xB0);
        chip.Poke(Program + 0x40, 0x800A0000, Program + 0xC0, 0x830A0000, Program + 0xD0, 0x98080000, 1);
        chip.Poke(Program + 0x80, 0x0A000010, 0x110, 0x80080000, Program + 0x20, 0x0F000001, 0x130, 0x80080000, Program + 0x20);
        chip.Poke(Program + 0xA0, 0x0E000001, 0x107, 0x80080000, Program + 0x20, 0x09000200, 0x4000, 0x80080000, Program + 0x20);
        chip.Poke(Program + 0xC0, 0x08000200, 0x4000, 0x80080000, Program + 0x20, 0x0B000001, 0x134, 0x80080000, Program + 0x20);
        chip.Write(Reg.Dsp, Program, 4);
        bench.Settle();
    }

    private static void AnswerRandomly(BusBench bench, Random random, ScsiCommandReceived command)
    {
        if (bench.Lent.ContainsKey(command.Nexus))
            return;
        switch (random.Next(5))
        {
            case 0:
                bench.SendDataIn(command, random.Next(1, 2000));
                break;
            case 1:
                bench.AskForData(command, random.Next(1, 2000));
                break;
            case 2:
                bench.Commands.Remove(command);
                bench.Tell(new CommandAborted(command.Nexus));
                break;
            default:
                bench.Complete(command, random.Next(2) == 0 ? ScsiStatus.Good : ScsiStatus.CheckCondition);
                break;
        }
    }

    private static void ServeGoodCommand(BusBench bench)
    {
        var chip = bench.Chip;
        chip.PokeBytes(0x100, 0x80, 0, 0, 0, 0, 0, 0);
        chip.Poke(Program, 0x40000000, 0, 0x06000001, 0x100, 0x02000006, 0x101, 0x03000001, 0x120, 0x07000001, 0x121, 0x98080000, 9);
        chip.Write(Reg.Dsp, Program, 4);
        bench.Settle();
        bench.Complete(bench.Commands.Single());
        Assert.Equal((0x84u, 9u), (chip.Read(Reg.Dstat), chip.Read(Reg.Dsps, 4)));
        Assert.Empty(bench.Lent);
    }
}
