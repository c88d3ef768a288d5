using ScsiActors.Lsi53c895a;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi.Bus;
using ScsiActors.Tests.Sequences.Lsi;
using Xunit;

namespace ScsiActors.Tests.Machines.Lsi53c895a;

/// <summary>Defects that other emulators of the chip have had, one test each. Those that the register, interrupt, instruction and sequence tests
/// show anyway are not repeated.</summary>
public sealed class HistoricalDefectTests
{
    private const uint Program = 0x1000;
    private const uint Stop = 0x98080000;

    [Fact]
    public void Nothing_reselects_inside_wait_disconnect()
    {
        // AmigaOS stops right behind WAIT DISCONNECT and must find the bus free, whoever is ready.
        var driver = new T1Driver();
        driver.PostRead(1);
        driver.Post(0, [0x80], [0x12, 0, 0, 0, 36, 0], 36);
        var inquiry = driver.Bench.Commands.Single(command => command.Attribute == TaskAttribute.Untagged);
        driver.Bench.SendDataIn(driver.Bench.Command(1), 512, 1);
        driver.Bench.SendDataIn(inquiry, 36);
        driver.Bench.Complete(inquiry);
        Assert.Equal((0x84u, 0u, 0xC0u), driver.Bench.TakeInterrupt());
        Assert.Equal(0u, driver.Chip.Read(Reg.Istat0) & Bit.Istat0Con);
        Assert.Equal(Bit.Sstat2Ldsc, (byte)driver.Chip.Read(Reg.Sstat2));
    }

    [Fact]
    public void Wait_disconnect_is_illegal_while_the_target_asks_for_something()
    {
        var bench = Connected(0x48000000, 0);
        bench.Present(1, PhaseStep.Status(ScsiStatus.Good));
        Assert.Equal((uint)(Bit.DstatDfe | Bit.DstatIid), bench.Read(Reg.Dstat));
    }

    [Fact]
    public void A_long_program_never_ends_in_an_unexpected_disconnect()
    {
        var bench = new ChipBench();
        bench.Poke(Program, 0x80880000, 0xFFFFF8);
        bench.Write(Reg.Dsp, Program, 4);
        for (var turn = 0; turn < 1_000; turn++)
            bench.TakeTurn();
        Assert.Equal((0x80u, 0u), (bench.Read(Reg.Dstat), bench.Read(Reg.Sist0, 2)));
        Assert.Equal(Bit.Istat1Srun, (byte)bench.Read(Reg.Istat1));
    }

    [Fact]
    public void A_program_that_polls_memory_is_only_interrupted_by_others_and_sees_the_hosts_write()
    {
        var bench = new ChipBench();
        bench.Poke(Program, 0xE1340001, 0x2000, 0x72340000, 0, 0x800C0000, Program, Stop, 5);
        bench.Write(Reg.Dsp, Program, 4);
        for (var turn = 0; turn < 100; turn++)
            bench.TakeTurn();
        bench.PokeBytes(0x2000, 1);
        Assert.True(bench.Pump());
        Assert.Equal((0x84u, 5u), (bench.Read(Reg.Dstat), bench.Read(Reg.Dsps, 4)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Zero_opcodes_count_against_the_slice_or_are_illegal(bool skips)
    {
        var bench = new ChipBench(new ControllerOptions { ZeroOpcodeSkipsFourBytes = skips });
        bench.Write(Reg.Dsp, 0x2000, 4);
        if (!skips)
        {
            Assert.Equal((uint)(Bit.DstatDfe | Bit.DstatIid), bench.Read(Reg.Dstat));
            return;
        }
        Assert.Equal(0x2000u + 500 * 4, bench.Read(Reg.Dsp, 4));
        Assert.Equal(1, bench.Resumes);
        Assert.True(bench.Pump());
        Assert.Equal((uint)(Bit.DstatDfe | Bit.DstatBf), bench.Read(Reg.Dstat));
    }

    [Fact]
    public void A_program_that_writes_its_own_registers_does_not_start_itself_again()
    {
        // CVE-2023-0330: stores and moves into DSP, DCNTL.STD and ISTAT from SCRIPTS.
        var bench = new ChipBench(mapRegisters: true);
        bench.Poke(0x3000, Program + 0x20, 0x04040404);
        bench.Poke(Program,
            0xC0000004, 0x3000, ChipBench.RegistersBase + Reg.Dsp,
            Stop, 1, 0, 0, 0,
            0x783B0400, 0, 0xE13B0001, 0x3007, Stop, 2);
        bench.Run(Program);
        Assert.Equal((0x84u, 2u), (bench.Read(Reg.Dstat), bench.Read(Reg.Dsps, 4)));
        Assert.Equal(0x80u, bench.Read(Reg.Dstat));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(4096)]
    public void Wide_moves_into_the_registers_are_refused(int count)
    {
        var bench = new ChipBench(mapRegisters: true);
        bench.Poke(Program, 0xC0000000 | (uint)count, 0x3000, ChipBench.RegistersBase);
        bench.Run(Program);
        Assert.Equal((uint)(Bit.DstatDfe | Bit.DstatBf), bench.Read(Reg.Dstat));
        Assert.Equal(0xC0u, bench.Read(Reg.Scntl0));
    }

    [Fact]
    public void Data_phases_into_the_registers_are_dropped()
    {
        var bench = Connected(true, 0x09000010, ChipBench.RegistersBase + 0x20);
        bench.Present(1, PhaseStep.DataIn(bench.Buffer(16, 0x55), 16));
        Assert.Equal(0x84u, bench.Read(Reg.Dstat));
        Assert.Equal(0u, bench.Read(Reg.ScratchA, 4));
        Assert.True(bench.NextToBus<DataPhaseEnded>().Moved);
    }

    [Fact]
    public void A_program_in_ram_may_be_overwritten_by_its_own_data_phase()
    {
        var bench = Connected(0x09000008, ChipBench.RamBase, 0x80080000, ChipBench.RamBase);
        var buffer = bench.Buffer(8);
        BitConverter.TryWriteBytes(buffer.Span, Stop);
        BitConverter.TryWriteBytes(buffer.Span[4..], 0x99u);
        bench.Present(1, PhaseStep.DataIn(buffer, 8));
        Assert.Equal((0x84u, 0x99u), (bench.Read(Reg.Dstat), bench.Read(Reg.Dsps, 4)));
    }

    [Fact]
    public void Writing_dsp_byte_by_byte_starts_once_and_not_while_running()
    {
        var bench = new ChipBench();
        bench.Poke(Program, 0x50000000, Program);
        for (var i = 0; i < 3; i++)
        {
            bench.Write(Reg.Dsp + i, Program >> (i * 8) & 0xFF);
            Assert.Equal(0u, bench.Read(Reg.Istat1));
        }
        bench.Write(Reg.Dsp + 3, 0);
        Assert.Equal(Bit.Istat1Srun, (byte)bench.Read(Reg.Istat1));
        bench.Write(Reg.Dsp, 0xFFFFFFFC, 4);
        Assert.Equal((Bit.Istat1Srun, 0x80u), ((byte)bench.Read(Reg.Istat1), bench.Read(Reg.Dstat)));
    }

    [Fact]
    public void A_ready_event_and_sigp_at_the_same_time_lose_neither()
    {
        foreach (var sigpFirst in (bool[])[true, false])
        {
            var bench = new ChipBench(new ControllerOptions { InstructionsPerSlice = 1 });
            // WAIT RESELECT with alternate 20h: there, SIGP is taken and the program waits again.
            bench.Poke(Program, 0x50000000, Program + 0x20, 0x0F000001, 0x100, 0x78340100, 0, 0x80080000, Program);
            bench.Poke(Program + 0x20, 0x721A0000, 0, 0x78350100, 0, 0x80080000, Program);
            bench.Run(Program);
            var reselection = new ReselectionRequested(
                -1, 0, Lun.Zero, -1, 0, [PhaseStep.MessageIn(0x80), PhaseStep.MessageIn(4), PhaseStep.BusFree]);
            if (sigpFirst)
                bench.Write(Reg.Istat0, Bit.Istat0Sigp);
            bench.Chip.Handle(reselection);
            if (!sigpFirst)
                bench.Write(Reg.Istat0, Bit.Istat0Sigp);
            bench.Pump();
            Assert.Equal(0x0101u, bench.Read(Reg.ScratchA, 2));
        }
    }

    [Fact]
    public void A_latched_sigp_that_is_never_read_only_burns_slices()
    {
        var bench = new ChipBench();
        bench.Poke(Program, 0x50000000, Program);
        bench.Write(Reg.Istat0, Bit.Istat0Sigp);
        bench.Write(Reg.Dsp, Program, 4);
        Assert.False(bench.Pump(50));
        bench.Write(Reg.Istat0, Bit.Istat0Abrt);
        Assert.True(bench.Pump(2));
        Assert.Equal(0x90u, bench.Read(Reg.Dstat));
    }

    [Fact]
    public void A_phase_test_without_wait_on_a_free_bus_sees_the_last_phase_and_not_data_out()
    {
        var bench = Connected(0x0F000001, 0x120, 0x800A0000, Program + 0x40, 0x870A0000, Program + 0x38, Stop, 1, Stop, 2);
        bench.Present(1, PhaseStep.MessageIn(0), PhaseStep.BusFree);
        Assert.Equal((0x84u, 2u), (bench.Read(Reg.Dstat), bench.Read(Reg.Dsps, 4)));
    }

    [Fact]
    public void Firmware_that_leaves_sdu_set_gets_no_unexpected_disconnect_for_expected_ones()
    {
        var bench = Connected(0x0F000001, 0x120);
        bench.Present(1, PhaseStep.MessageIn(0), PhaseStep.BusFree);
        Assert.Equal((0x84u, 0u), (bench.Read(Reg.Dstat), bench.Read(Reg.Sist0, 2)));
        Assert.Equal(Bit.Scntl2Sdu, (byte)bench.Read(Reg.Scntl2));
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0x04)]
    [InlineData(0x07)]
    public void A_tag_is_no_message_though_it_read_like_command_complete_or_disconnect(byte tag)
    {
        var bench = Connected(0x0F000003, 0x120);
        bench.Present(1, PhaseStep.MessageIn(0x80, 0x20, tag), PhaseStep.BusFree);
        Assert.Equal(Bit.Sist0Udc, (byte)bench.Read(Reg.Sist0));
    }

    [Fact]
    public void A_masked_unexpected_disconnect_still_stops()
    {
        var bench = Connected(0x870B0000, Program);
        bench.Chip.Handle(new ConnectionWithdrawn(1));
        Assert.Equal(Bit.Sist0Udc, (byte)bench.Read(Reg.Sist0));
        Assert.Equal(0u, bench.Read(Reg.Istat1));
        Assert.Empty(bench.Line);
    }

    [Fact]
    public void Every_kind_of_reset_returns_the_buffers_that_are_under_way()
    {
        foreach (var reset in (Action<ChipBench>[])
            [
                b => b.Write(Reg.Istat0, Bit.Istat0Srst), b => b.Write(Reg.Scntl1, Bit.Scntl1Rst), b => b.Chip.Handle(FunctionReset.Instance),
            ])
        {
            var bench = Connected(0x0B000001, 0x120);
            bench.Chip.Handle(new ReselectionRequested(-1, 0, Lun.Zero, 1, 0, [PhaseStep.MessageIn(0x80), PhaseStep.DataIn(bench.Buffer(8), 8)]));
            bench.Chip.Handle(new TargetPhases(1, [PhaseStep.DataIn(bench.Buffer(8), 8)]));
            reset(bench);
            Assert.Equal([false, false], bench.ToBus.OfType<DataPhaseEnded>().Select(ended => ended.Moved));
            Assert.Equal(0u, bench.Read(Reg.Istat0) & Bit.Istat0Con);
            // What was on its way when the reset happened is refused.
            bench.Chip.Handle(new ReselectionRequested(-2, 0, Lun.Zero, 1, 0, [PhaseStep.MessageIn(0x80), PhaseStep.DataIn(bench.Buffer(8), 8)]));
            bench.Chip.Handle(new TargetPhases(1, [PhaseStep.DataIn(bench.Buffer(8), 8)]));
            Assert.Equal(4, bench.ToBus.OfType<DataPhaseEnded>().Count());
        }
    }

    [Fact]
    public void Writing_scntl1_to_zero_drops_the_connection()
    {
        var bench = Connected(0x0B000001, 0x120);
        bench.Write(Reg.Scntl1, 0);
        Assert.Equal(1, bench.NextToBus<ConnectionDropped>().Connection);
        Assert.Equal(0u, bench.Read(Reg.Istat0) & Bit.Istat0Con);
    }

    [Fact]
    public void An_abort_in_the_middle_of_a_message_leaves_no_trace_of_the_command()
    {
        // CVE-2022-0216: messages behind the abort in the same phase.
        var bench = new BusBench();
        bench.Chip.PokeBytes(0x100, 0xC0, 0x20, 0x05, 0x06, 0x20, 0x05, 0x0E, 0x0C);
        bench.Chip.Poke(Program, 0x41000000, 0, 0x0E000008, 0x100, 0x48000000, 0, Stop, 4);
        bench.Chip.Write(Reg.Dsp, Program, 4);
        bench.CarryOutFunctions();
        Assert.Equal(0x84u, bench.Chip.Read(Reg.Dstat));
        Assert.Single(bench.Services.OfType<TaskManagementRequestReceived>());
        Assert.Equal(0, bench.Bus.Outstanding);
    }

    [Theory]
    [InlineData(new byte[] { 0xC0, 0x01, 0xFF })]
    [InlineData(new byte[] { 0xC0, 0x01, 0x00 })]
    [InlineData(new byte[] { 0xC0, 0x01 })]
    [InlineData(new byte[] { 0x20 })]
    public void A_message_that_announces_more_than_it_brings_waits_for_the_rest(byte[] message)
    {
        var bench = new BusBench();
        bench.Chip.PokeBytes(0x100, message);
        bench.Chip.Poke(Program, 0x41000000, 0, 0x0E000000 | (uint)message.Length, 0x100, 0x86030000, Program + 0x20, Stop, 1, Stop, 2);
        bench.Chip.Write(Reg.Dsp, Program, 4);
        bench.Settle();
        Assert.Equal(1u, bench.Chip.Read(Reg.Dsps, 4));
        Assert.Equal(6u, bench.Chip.Read(Reg.Sstat1));
    }

    [Fact]
    public void Late_buffers_of_a_cancelled_command_come_back_and_disturb_nobody()
    {
        var driver = new T1Driver();
        driver.PostRead(1);
        var command = driver.Bench.Command(1);
        driver.Chip.Write(Reg.Scntl1, Bit.Scntl1Rst);
        driver.Chip.Write(Reg.Scntl1, 0);
        driver.Bench.Settle();
        Assert.Equal(ServiceDeliveryEvent.HardReset, driver.Bench.Services.OfType<ServiceDeliveryEventOccurred>().First().Event);
        driver.Bench.SendDataIn(command, 512);
        driver.Bench.CarryOutFunctions();
        Assert.Empty(driver.Bench.Lent);
        Assert.Equal(0, driver.Bench.Bus.Outstanding);
        Assert.Equal(0u, driver.Chip.Read(Reg.Istat0) & Bit.Istat0Con);
    }

    private static ChipBench Connected(params ReadOnlySpan<uint> rest) => Connected(false, rest);

    private static ChipBench Connected(bool mapRegisters, params ReadOnlySpan<uint> rest)
    {
        var bench = new ChipBench(mapRegisters: mapRegisters);
        bench.PokeBytes(0x100, 0x80);
        bench.Poke(Program, 0x41000000, 0, 0x0E000001, 0x100, 0x0A000006, 0x110);
        bench.Poke(Program + 0x18, rest);
        bench.Poke(Program + 0x18 + (uint)rest.Length * 4, Stop, 0x57);
        bench.Run(Program);
        bench.NextToBus<CommandMoved>();
        return bench;
    }
}
