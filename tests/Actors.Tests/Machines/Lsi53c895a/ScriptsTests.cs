using ScsiActors.Lsi53c895a;
using ScsiActors.Messages;
using Xunit;

namespace ScsiActors.Tests.Machines.Lsi53c895a;

/// <summary>What each instruction does to registers and memory.</summary>
public sealed class ScriptsTests
{
    private const uint Program = 0x1000;
    private const uint Stop = 0x98080000;

    private static ChipBench Run(params ReadOnlySpan<uint> program) => Run(_ => { }, program);

    private static ChipBench Run(Action<ChipBench> prepare, params ReadOnlySpan<uint> program)
    {
        var bench = new ChipBench(mapRegisters: true);
        prepare(bench);
        bench.Poke(Program, program);
        bench.Poke(Program + (uint)program.Length * 4, Stop, 0x57);
        bench.Run(Program);
        return bench;
    }

    private static void AssertStopped(ChipBench bench, byte dstat = Bit.DstatSir) =>
        Assert.Equal((uint)(Bit.DstatDfe | dstat), bench.Read(Reg.Dstat));

    [Theory]
    [InlineData(0x79340000, 0x81, false, 0x02, true)]
    [InlineData(0x79340000, 0x41, true, 0x83, false)]
    [InlineData(0x7D340000, 0x81, false, 0x40, true)]
    [InlineData(0x7D340000, 0x80, true, 0xC0, false)]
    [InlineData(0x7A340F00, 0x81, true, 0x8F, true)]
    [InlineData(0x7B340F00, 0x81, false, 0x8E, false)]
    [InlineData(0x7C340F00, 0x81, true, 0x01, true)]
    [InlineData(0x7E34FF00, 0x02, false, 0x01, true)]
    [InlineData(0x7E340100, 0x02, true, 0x03, false)]
    [InlineData(0x7F34FF00, 0x00, true, 0x00, true)]
    [InlineData(0x7F340100, 0x02, false, 0x03, false)]
    [InlineData(0x78345500, 0x02, true, 0x55, true)]
    public void Operators_compute_the_value_and_the_carry(uint instruction, byte before, bool carryBefore, byte after, bool carryAfter)
    {
        var bench = Run(b => b.Write(Reg.ScratchA, before),
            carryBefore ? 0x58000400u : 0x60000400, 0, instruction, 0, 0x80280000, Program + 0x28, 0x78350100, 0, Stop, 1);
        AssertStopped(bench);
        Assert.Equal(after, bench.Read(Reg.ScratchA));
        Assert.Equal(carryAfter ? 0u : 1u, bench.Read(Reg.ScratchA + 1));
    }

    [Fact]
    public void Register_moves_go_through_sfbr_and_reach_the_upper_half()
    {
        var bench = Run(b => b.Write(Reg.Rbc, 0x44332211, 4),
            0x72490080, 0, 0x6A340000, 0, 0x7AB50000, 0, 0x72480080, 0, 0x6A360000, 0);
        AssertStopped(bench);
        Assert.Equal(0x22u, bench.Read(Reg.ScratchA));
        Assert.Equal(0x22u, bench.Read(Reg.ScratchA + 1));
        Assert.Equal(0x11u, bench.Read(Reg.ScratchA + 2));
    }

    [Fact]
    public void Carry_survives_an_interrupt()
    {
        var bench = Run(0x58000400, 0, Stop, 1, 0x7F340000, 0);
        AssertStopped(bench);
        bench.Write(Reg.Dcntl, Bit.DcntlStd);
        AssertStopped(bench);
        Assert.Equal(1u, bench.Read(Reg.ScratchA));
    }

    [Theory]
    [InlineData(0x80080000, true)]
    [InlineData(0x80000000, false)]
    [InlineData(0x800C0042, true)]
    [InlineData(0x800C0043, false)]
    [InlineData(0x80040042, false)]
    [InlineData(0x80040043, true)]
    [InlineData(0x800C0F4F, true)]
    [InlineData(0x8004F00F, true)]
    [InlineData(0x80200000, true)]
    [InlineData(0x80280000, false)]
    [InlineData(0x800E0042, true)]
    [InlineData(0x800E0043, false)]
    [InlineData(0x81060043, true)]
    [InlineData(0x81060042, false)]
    [InlineData(0x80060043, false)]
    public void A_jump_is_taken_when_all_its_tests_agree_with_its_polarity(uint jump, bool taken)
    {
        var bench = Run(0x60000400, 0, 0x78084200, 0, jump, Program + 0x28, 0x78340100, 0, Stop, 0);
        AssertStopped(bench);
        Assert.Equal(taken ? 0u : 1u, bench.Read(Reg.ScratchA));
    }

    [Fact]
    public void Relative_jumps_count_from_the_next_instruction_in_both_directions()
    {
        var bench = Run(0x80880000, 0x10, Stop, 1, Stop, 2, 0x80880000, 0xFFFFF0);
        AssertStopped(bench);
        Assert.Equal(2u, bench.Read(Reg.Dsps, 4));
        Assert.Equal(Program + 0x18, bench.Read(Reg.Dsp, 4));
    }

    [Fact]
    public void Call_keeps_the_return_address_in_temp()
    {
        var bench = Run(0x88080000, Program + 0x18, 0x78350200, 0, Stop, 3, 0x78340100, 0, 0x90080000, 0);
        AssertStopped(bench);
        Assert.Equal(3u, bench.Read(Reg.Dsps, 4));
        Assert.Equal(Program + 8, bench.Read(Reg.Temp, 4));
        Assert.Equal(0x0201u, bench.Read(Reg.ScratchA, 2));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(9000)]
    public void Memory_moves_copy_and_leave_temp_alone(int count)
    {
        var bench = Run(
            b =>
            {
                for (var i = 0; i < count; i++)
                    b.Memory.Bytes[0x4000 + i] = (byte)(i * 5 + 1);
                b.Write(Reg.Temp, 0xABCD1234, 4);
            },
            0xC0000000 | (uint)count, 0x4000, 0x8000);
        AssertStopped(bench);
        Assert.True(bench.Memory.Bytes.Slice(0x4000, count).SequenceEqual(bench.Memory.Bytes.Slice(0x8000, count)));
        Assert.Equal(0, bench.Memory.Bytes[0x8000 + count]);
        Assert.Equal(0xABCD1234u, bench.Read(Reg.Temp, 4));
    }

    [Fact]
    public void Memory_moves_reach_scripts_ram_and_registers()
    {
        var bench = Run(
            b =>
            {
                b.Poke(0x4000, 0x11223344, 0x55667788);
                b.Write(Reg.ScratchB, 0xCAFEF00D, 4);
            },
            0xC0000008, 0x4000, ChipBench.RamBase + 0x40,
            0xC0000004, ChipBench.RamBase + 0x44, ChipBench.RegistersBase + Reg.ScratchA,
            0xC0000004, ChipBench.RegistersBase + Reg.ScratchB, 0x4010);
        AssertStopped(bench);
        Assert.Equal(0x11223344u, bench.ReadRam(0x40));
        Assert.Equal(0x55667788u, bench.Read(Reg.ScratchA, 4));
        Assert.Equal(0xCAFEF00Du, bench.Peek(0x4010));
    }

    [Theory]
    [InlineData(0xC2000004, 0x4000, 0x8000)]
    [InlineData(0xC0000000, 0x4000, 0x8000)]
    [InlineData(0xC0000004, 0x4001, 0x8000)]
    public void Memory_moves_that_break_the_rules_are_illegal(uint first, uint source, uint destination)
    {
        var bench = Run(first, source, destination);
        AssertStopped(bench, Bit.DstatIid);
        Assert.Equal(Program + 12, bench.Read(Reg.Dsp, 4));
    }

    [Theory]
    [InlineData(0xE1340001)]
    [InlineData(0xE1340002)]
    [InlineData(0xE1340004)]
    [InlineData(0xE3340003)]
    public void Load_and_store_are_mirror_images(uint load)
    {
        var bench = Run(b => b.Poke(0x4000, 0x44332211), load, 0x4000, load & ~0x01000000u, 0x5000);
        AssertStopped(bench);
        var mask = uint.MaxValue >> (int)(4 - (load & 7)) * 8;
        Assert.Equal(0x44332211u & mask, bench.Read(Reg.ScratchA, 4));
        Assert.Equal(0x44332211u & mask, bench.Peek(0x5000));
    }

    [Fact]
    public void Dsa_relative_accesses_take_a_signed_offset()
    {
        var bench = Run(
            b =>
            {
                b.Write(Reg.Dsa, 0x4010, 4);
                b.Poke(0x4000, 0xAABBCCDD);
            },
            0xF1340004, 0xFFFFF0, 0xF0340004, 0x10);
        AssertStopped(bench);
        Assert.Equal(0xAABBCCDDu, bench.Peek(0x4020));
    }

    [Theory]
    [InlineData(0xE1340000, 0x4000)]
    [InlineData(0xE1340005, 0x4000)]
    [InlineData(0xE1350004, 0x4001)]
    [InlineData(0xE1340001, 0x4001)]
    [InlineData(0xE5340004, 0x4000)]
    [InlineData(0xE9340004, 0x4000)]
    [InlineData(0xE1340004, ChipBench.RegistersBase)]
    [InlineData(0xA0080000, 0)]
    [InlineData(0xB8080000, 0)]
    [InlineData(0x80480000, 0)]
    [InlineData(0x802C0000, 0)]
    [InlineData(0x802A0000, 0)]
    [InlineData(0x00000000, 0)]
    public void Illegal_instructions_stop_behind_themselves(uint first, uint second)
    {
        var bench = Run(first, second);
        Assert.Equal((uint)(Bit.DstatDfe | Bit.DstatIid), bench.Read(Reg.Dstat));
        Assert.Equal(Program + 8, bench.Read(Reg.Dsp, 4));
        Assert.Equal(second, bench.Read(Reg.Dsps, 4));
        Assert.Equal(first, bench.Read(Reg.Dbc, 4));
    }

    [Fact]
    public void A_block_move_of_nothing_is_illegal_also_when_the_table_says_so()
    {
        foreach (var first in (uint[])[0x0E000000, 0x1E000000])
        {
            var bench = Run(b => b.Write(Reg.Dsa, 0x4000, 4), 0x41000000, 0, first, 0);
            AssertStopped(bench, Bit.DstatIid);
        }
    }

    [Fact]
    public void Side_effects_of_a_read_happen_when_scripts_read()
    {
        var bench = Run(b => b.Write(Reg.Istat0, Bit.Istat0Sigp), 0x721A0000, 0, 0x6A340000, 0, 0x721A0000, 0, 0x6A350000, 0);
        AssertStopped(bench);
        Assert.Equal(0x40u, bench.Read(Reg.ScratchA) & 0x40);
        Assert.Equal(0x00u, bench.Read(Reg.ScratchA + 1) & 0x40);
    }

    [Fact]
    public void Single_step_stops_after_every_instruction_and_std_goes_on()
    {
        var bench = Run(b => b.Write(Reg.Dcntl, Bit.DcntlSsm), 0x78340100, 0, 0x78350200, 0);
        for (var step = 1; step <= 2; step++)
        {
            AssertStopped(bench, Bit.DstatSsi);
            Assert.Equal(Program + (uint)step * 8, bench.Read(Reg.Dsp, 4));
            bench.Write(Reg.Dcntl, Bit.DcntlSsm | Bit.DcntlStd);
        }
        AssertStopped(bench);
    }

    [Fact]
    public void Manual_start_mode_waits_for_std()
    {
        var bench = new ChipBench();
        bench.Poke(Program, Stop, 9);
        bench.Write(Reg.Dmode, Bit.DmodeMan);
        bench.Run(Program);
        Assert.Equal(0x80u, bench.Read(Reg.Dstat));
        bench.Write(Reg.Dcntl, Bit.DcntlStd);
        AssertStopped(bench);
    }

    [Fact]
    public void The_drivers_snoop_test_passes()
    {
        var bench = new ChipBench();
        bench.Poke(0x3000, 1);
        bench.Write(Reg.Temp, 2, 4);
        bench.Poke(0x2000, 0xE1340004, 0x3000, 0xE01C0004, 0x3000, 0xE11C0004, 0x3000, Stop, 99);
        bench.Run(0x2000);
        AssertStopped(bench);
        Assert.Equal((0x2020u, 1u, 2u, 2u), (bench.Read(Reg.Dsp, 4), bench.Read(Reg.ScratchA, 4), bench.Peek(0x3000), bench.Read(Reg.Temp, 4)));
    }

    [Fact]
    public void A_program_reads_its_upper_address_from_sfs()
    {
        var bench = new ChipBench();
        bench.Poke(Program, Stop, 1);
        bench.Write(Reg.Sfs, 1, 4);
        bench.Run(Program);
        AssertStopped(bench, Bit.DstatBf);
    }

    [Fact]
    public void Without_bus_mastering_memory_is_out_of_reach_but_the_ram_is_not()
    {
        var bench = new ChipBench();
        bench.WriteConfiguration(4, 3, 2);
        bench.WriteRam(0, Stop, 5);
        bench.Run(ChipBench.RamBase);
        AssertStopped(bench);
        bench.Poke(Program, Stop, 5);
        bench.Run(Program);
        AssertStopped(bench, Bit.DstatBf);
    }

    [Fact]
    public void I_o_space_moves_reach_the_registers_through_bar0_only()
    {
        var bench = Run(
            b =>
            {
                b.WriteConfiguration(0x10, 0xC000);
                b.Write(Reg.Dmode, Bit.DmodeDiom);
                b.Poke(0x4000, 0x01020304);
            },
            0xC0000004, 0x4000, 0xC000 + Reg.ScratchA);
        AssertStopped(bench);
        Assert.Equal(0x01020304u, bench.Read(Reg.ScratchA, 4));
        bench.Poke(Program, 0xC0000004, 0x4000, 0xB000);
        bench.Run(Program);
        AssertStopped(bench, Bit.DstatBf);
    }
}
