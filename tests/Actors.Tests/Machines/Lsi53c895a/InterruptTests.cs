using ScsiActors.Lsi53c895a;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using Xunit;

namespace ScsiActors.Tests.Machines.Lsi53c895a;

/// <summary>The interrupt matrix: fatal or not, enabled or not; stacking; INTF; the pin.</summary>
public sealed class InterruptTests
{
    private const uint Program = 0x1000;

    /// <summary>Ways to raise each condition, with where it shows.</summary>
    public static TheoryData<string, int, int, bool> Conditions => new()
    {
        { "SIR", Reg.Dstat, Bit.DstatSir, true },
        { "IID", Reg.Dstat, Bit.DstatIid, true },
        { "BF", Reg.Dstat, Bit.DstatBf, true },
        { "SSI", Reg.Dstat, Bit.DstatSsi, true },
        { "ABRT", Reg.Dstat, Bit.DstatAbrt, true },
        { "MA", Reg.Sist0, Bit.Sist0Ma, true },
        { "UDC", Reg.Sist0, Bit.Sist0Udc, true },
        { "RST", Reg.Sist0, Bit.Sist0Rst, true },
        { "STO", Reg.Sist1, Bit.Sist1Sto, true },
        { "GEN", Reg.Sist1, Bit.Sist1Gen, false },
        { "HTH", Reg.Sist1, Bit.Sist1Hth, false },
    };

    [Theory]
    [MemberData(nameof(Conditions))]
    public void An_enabled_condition_stops_scripts_and_asserts_the_pin(string name, int status, int bit, bool fatal)
    {
        _ = fatal;
        var bench = Enabled(status, bit);
        Raise(bench, name);
        Assert.True(bench.IsInterruptAsserted);
        Assert.Equal(status == Reg.Dstat ? 1u : 2u, bench.Read(Reg.Istat0) & 3);
        Assert.Equal(0u, bench.Read(Reg.Istat1));
        Assert.Equal(status == Reg.Dstat ? (uint)(bit | Bit.DstatDfe) : (uint)bit, bench.Read(status));
        Assert.Equal(0u, bench.Read(Reg.Istat0) & 3);
        Assert.Equal(0u, bench.Read(status) & (uint)bit);
        Assert.False(bench.IsInterruptAsserted);
    }

    [Theory]
    [MemberData(nameof(Conditions))]
    public void A_masked_condition_stops_scripts_only_when_it_is_fatal_and_never_asserts_the_pin(string name, int status, int bit, bool fatal)
    {
        var bench = new ChipBench(targets: 1);
        Raise(bench, name);
        Assert.Empty(bench.Line);
        Assert.Equal(fatal ? status == Reg.Dstat ? 1u : 2u : 0u, bench.Read(Reg.Istat0) & 3);
        Assert.Equal(fatal ? 0u : Bit.Istat1Srun, bench.Read(Reg.Istat1));
        Assert.Equal((uint)bit, bench.Read(status) & (uint)bit);
        Assert.Equal(0u, bench.Read(status) & (uint)bit);
    }

    [Theory]
    [MemberData(nameof(Conditions))]
    public void The_pin_follows_the_enables_and_the_global_disables(string name, int status, int bit, bool fatal)
    {
        _ = fatal;
        var bench = Enabled(status, bit);
        Raise(bench, name);
        foreach (var (register, off, on) in ((int, uint, uint)[])
            [(EnableOf(status), 0, (uint)bit), (Reg.Dcntl, Bit.DcntlIrqd, 0), (Reg.Istat1, 1, 0)])
        {
            bench.Write(register, off);
            Assert.False(bench.IsInterruptAsserted);
            bench.Write(register, on);
            Assert.True(bench.IsInterruptAsserted);
        }
    }

    [Fact]
    public void A_second_condition_waits_behind_the_first_and_makes_its_own_edge()
    {
        var bench = new ChipBench();
        bench.Write(Reg.Dien, 0x7D);
        Raise(bench, "SIR");
        bench.Write(Reg.Istat0, Bit.Istat0Abrt);
        bench.Write(Reg.Istat0, 0);
        Assert.Equal([true], bench.Line.Select(line => line.Asserted));
        Assert.Equal(0x84u, bench.Read(Reg.Dstat));
        Assert.Equal([true, false, true], bench.Line.Select(line => line.Asserted));
        Assert.Equal(1u, bench.Read(Reg.Istat0) & 3);
        Assert.Equal(0x90u, bench.Read(Reg.Dstat));
        Assert.Equal(0x80u, bench.Read(Reg.Dstat));
        Assert.False(bench.IsInterruptAsserted);
    }

    [Fact]
    public void The_second_level_collects_what_comes_while_the_first_is_pending()
    {
        var status = new StackedStatus();
        status.Raise(0x80);
        status.Raise(0x04);
        status.Raise(0x02);
        Assert.Equal(0x80, status.Take(out var moved));
        Assert.True(moved);
        Assert.Equal(0x06, status.Take(out moved));
        Assert.False(moved);
        Assert.Equal(0, status.Take(out _));
    }

    [Fact]
    public void Intfly_neither_stops_scripts_nor_needs_an_enable_and_only_writing_one_clears_it()
    {
        var bench = new ChipBench();
        bench.Poke(Program, 0x98180000, 1, 0x80880000, 0xFFFFF8);
        bench.Write(Reg.Dsp, Program, 4);
        Assert.True(bench.IsInterruptAsserted);
        Assert.Equal(Bit.Istat0Intf, (byte)bench.Read(Reg.Istat0));
        Assert.Equal(Bit.Istat1Srun, (byte)bench.Read(Reg.Istat1));
        bench.Read(Reg.Dstat);
        bench.Read(Reg.Sist0, 2);
        Assert.Equal(Bit.Istat0Intf, (byte)bench.Read(Reg.Istat0));
        bench.Write(Reg.Istat0, Bit.Istat0Sigp | Bit.Istat0Intf);
        Assert.False(bench.IsInterruptAsserted);
        Assert.Equal(Bit.Istat0Sigp, (byte)bench.Read(Reg.Istat0));
    }

    [Fact]
    public void A_sixteen_bit_read_of_sist_returns_and_clears_both_bytes_once()
    {
        var bench = new ChipBench(targets: 0);
        Raise(bench, "STO");
        bench.Write(Reg.Scntl1, Bit.Scntl1Rst);
        Assert.Equal(0x0402u, bench.Read(Reg.Sist0, 2));
        Assert.Equal(0u, bench.Read(Reg.Sist0, 2));
        Assert.Equal(0u, bench.Read(Reg.Istat0) & 3);
    }

    [Fact]
    public void Abort_stays_set_until_the_host_clears_it_and_aborts_every_start_until_then()
    {
        var bench = new ChipBench();
        bench.Poke(Program, 0x50000000, 0);
        bench.Write(Reg.Dsp, Program, 4);
        bench.Write(Reg.Istat0, Bit.Istat0Abrt);
        Assert.Equal(0x81u, bench.Read(Reg.Istat0));
        Assert.Equal(0x90u, bench.Read(Reg.Dstat));
        bench.Write(Reg.Dsp, Program, 4);
        Assert.Equal(0u, bench.Read(Reg.Istat1));
        Assert.Equal(0x90u, bench.Read(Reg.Dstat));
        bench.Write(Reg.Istat0, 0);
        bench.Write(Reg.Dsp, Program, 4);
        Assert.Equal(Bit.Istat1Srun, (byte)bench.Read(Reg.Istat1));
    }

    [Fact]
    public void Reselection_is_reported_by_an_interrupt_where_that_is_enabled()
    {
        var bench = new ChipBench();
        bench.Write(Reg.Scid, Bit.ScidRre | 7);
        bench.Write(Reg.Sien0, Bit.Sist0Rsl);
        bench.Reselect(-1, 2, 3, 9, PhaseStep.MessageIn(0x83, 0x20, 9));
        Assert.True(bench.IsInterruptAsserted);
        Assert.Equal(Bit.Sist0Rsl, (byte)bench.Read(Reg.Sist0));
        Assert.Equal(0x82u, bench.Read(Reg.Ssid));
        Assert.Equal(0xA7u, bench.Read(Reg.Sbcl));
        Assert.Equal(0x83u, bench.Read(Reg.Sbdl, 2));
        Assert.Equal(7u, bench.Read(Reg.Sstat1));
    }

    [Fact]
    public void A_reselection_interrupt_waits_for_the_one_before_to_be_read()
    {
        var bench = new ChipBench();
        bench.Write(Reg.Scid, Bit.ScidRre | 7);
        bench.Write(Reg.Sien0, Bit.Sist0Rsl);
        Raise(bench, "SIR");
        bench.Reselect(-1, 0, 0, -1, PhaseStep.MessageIn(0x80));
        Assert.Equal(0u, bench.Read(Reg.Istat0) & Bit.Istat0Con);
        bench.Read(Reg.Dstat);
        Assert.Equal(Bit.Sist0Rsl, (byte)bench.Read(Reg.Sist0));
    }

    [Theory]
    [InlineData(0x01, 125)]
    [InlineData(0x04, 1_000)]
    [InlineData(0x0A, 64_000)]
    [InlineData(0x0F, 2_048_000)]
    [InlineData(0x28, 256_000)]
    public void The_general_purpose_timer_counts_as_its_code_says(uint code, int microseconds)
    {
        var bench = new ChipBench();
        bench.Write(Reg.Stime1, code);
        var start = Assert.IsType<StartTimer>(bench.Timers.Single());
        Assert.Equal(TimeSpan.FromMicroseconds(microseconds), start.Delay);
        Assert.Equal(0u, bench.Read(Reg.Sist1));
        bench.Chip.Handle(new TimerExpired(ChipTimer.General, start.Generation));
        Assert.Equal(Bit.Sist1Gen, (byte)bench.Read(Reg.Sist1));
        bench.Chip.Handle(new TimerExpired(ChipTimer.General, start.Generation));
        Assert.Equal(0u, bench.Read(Reg.Sist1));
    }

    [Fact]
    public void A_timer_that_was_stopped_or_restarted_does_not_expire_any_more()
    {
        var bench = new ChipBench();
        bench.Write(Reg.Stime1, 1);
        var first = Assert.IsType<StartTimer>(bench.Timers[^1]);
        bench.Write(Reg.Stime1, 0);
        Assert.Equal(new CancelTimer(ChipTimer.General), bench.Timers[^1]);
        bench.Write(Reg.Stime1, 2);
        bench.Chip.Handle(new TimerExpired(ChipTimer.General, first.Generation));
        Assert.Equal(0u, bench.Read(Reg.Sist1));
    }

    [Fact]
    public void A_real_selection_time_out_takes_its_time()
    {
        var bench = new ChipBench(new ControllerOptions { RealSelectionTimeout = true }, targets: 0);
        bench.Write(Reg.Stime0, 0x0C);
        bench.Poke(Program, 0x41030000, 0, 0x78345500, 0, 0x9E030000, 0x51);
        bench.Run(Program);
        Assert.Equal(0x55u, bench.Read(Reg.ScratchA));
        Assert.Equal(Bit.Istat1Srun, (byte)bench.Read(Reg.Istat1));
        var start = Assert.IsType<StartTimer>(bench.Timers.Single());
        Assert.Equal(TimeSpan.FromMilliseconds(256), start.Delay);
        bench.Chip.Handle(new TimerExpired(ChipTimer.Selection, start.Generation));
        Assert.Equal(0x0400u, bench.Read(Reg.Sist0, 2));
        Assert.Equal(Program + 0x18, bench.Read(Reg.Dsp, 4));
    }

    private static ChipBench Enabled(int status, int bit)
    {
        var bench = new ChipBench(targets: 1);
        bench.Write(EnableOf(status), (uint)bit);
        return bench;
    }

    private static int EnableOf(int status) => status switch
    {
        Reg.Dstat => Reg.Dien,
        Reg.Sist0 => Reg.Sien0,
        _ => Reg.Sien1,
    };

    private static void Raise(ChipBench bench, string name)
    {
        uint[] program = name switch
        {
            "SIR" => [0x98080000, 7],
            "IID" => [0xA0080000, 0],
            "SSI" => [0x80000000, 0],
            "MA" => [0x41000000, 0, 0x0F000001, 0x100],
            "UDC" or "HTH" => [0x41000000, 0, 0x0E000001, 0x100, 0x0A000006, 0x110, 0x0F000001, 0x100],
            "STO" => [0x41010000, 0, 0x870B0000, 0],
            _ => [0x50000000, 0],
        };
        bench.PokeBytes(0x100, 0x80);
        bench.Poke(Program, program);
        if (name == "SSI")
            bench.Write(Reg.Dcntl, Bit.DcntlSsm);
        if (name == "HTH")
            bench.Write(Reg.Stime0, 0x10);
        bench.Run(name == "BF" ? 0xF000_0000 : Program);
        switch (name)
        {
            case "ABRT":
                bench.Write(Reg.Istat0, Bit.Istat0Abrt);
                bench.Write(Reg.Istat0, 0);
                break;
            case "RST":
                bench.Write(Reg.Scntl1, Bit.Scntl1Rst);
                break;
            case "UDC":
                bench.Chip.Handle(new ConnectionWithdrawn(bench.NextToBus<CommandMoved>().Connection));
                break;
            case "GEN":
                bench.Write(Reg.Stime1, 1);
                Expire(bench, ChipTimer.General);
                break;
            case "HTH":
                Expire(bench, ChipTimer.Handshake);
                break;
        }
    }

    private static void Expire(ChipBench bench, ChipTimer timer) => bench.Chip.Handle(
        new TimerExpired(timer, bench.Timers.OfType<StartTimer>().Last(start => start.Timer == timer).Generation));
}
