using ScsiActors.Lsi53c895a;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using Xunit;

namespace ScsiActors.Tests.Machines.Lsi53c895a;

/// <summary>Block moves in all their forms, and the arithmetic of phase mismatches.</summary>
public sealed class BlockMoveTests
{
    private const uint Program = 0x1000;
    private const uint Table = 0x2000;
    private const uint Data = 0x4000;
    private const uint Stop = 0x98080000;
    private const uint Handler1 = 0x3000;
    private const uint Handler2 = 0x3100;

    /// <summary>A chip that is connected and has sent its command: select, IDENTIFY, CDB, then <paramref name="rest"/>.</summary>
    private static (ChipBench Bench, long Connection) Connect(params ReadOnlySpan<uint> rest) => Connect(null, rest);

    private static (ChipBench Bench, long Connection) Connect(ControllerOptions? options, ReadOnlySpan<uint> rest)
    {
        var bench = new ChipBench(options);
        bench.PokeBytes(0x100, 0x80);
        bench.Poke(Program, 0x41000000, 0, 0x0E000001, 0x100, 0x0A000006, 0x110);
        bench.Poke(Program + 0x18, rest);
        bench.Poke(Program + 0x18 + (uint)rest.Length * 4, Stop, 0x57);
        bench.Poke(Handler1, Stop, 1);
        bench.Poke(Handler2, Stop, 2);
        bench.Write(Reg.Pmjad1, Handler1, 4);
        bench.Write(Reg.Pmjad2, Handler2, 4);
        bench.Write(Reg.Dsa, Table, 4);
        return (bench, 1);
    }

    private static ChipBench Start(ChipBench bench)
    {
        bench.Run(Program);
        bench.NextToBus<CommandMoved>();
        return bench;
    }

    [Theory]
    [InlineData(0x09000010, Data)]
    [InlineData(0x29000010, Table + 0x40)]
    [InlineData(0x19000000, 0x20)]
    [InlineData(0x39000000, 0x20)]
    [InlineData(0x01000010, Data)]
    public void Direct_indirect_and_table_forms_find_the_same_bytes(uint first, uint second)
    {
        var (bench, connection) = Connect(first, second);
        bench.Poke(Table + 0x40, Data);
        bench.Poke(Table + 0x20, 16, Data);
        Start(bench);
        var buffer = bench.Buffer(16, 3);
        bench.Present(connection, PhaseStep.DataIn(buffer, 16), PhaseStep.Status(ScsiStatus.Good));
        Assert.Equal(0x84u, bench.Read(Reg.Dstat));
        Assert.True(buffer.Span.SequenceEqual(bench.Memory.Bytes.Slice((int)Data, 16)));
        Assert.Equal(buffer.Span[0], (byte)bench.Read(Reg.Sfbr));
        Assert.Equal((16u, 16u, 0u), (bench.Read(Reg.Csbc, 4), bench.Read(Reg.Sbc, 4), bench.Read(Reg.Rbc, 4) & 0xFFFFFF));
        Assert.True(bench.NextToBus<DataPhaseEnded>().Moved);
    }

    [Fact]
    public void Data_is_gathered_over_several_phases_and_moves()
    {
        var (bench, connection) = Connect(0x08000004, Data, 0x08000008, Data + 0x100);
        for (var i = 0; i < 12; i++)
            bench.Memory.Bytes[(int)(i < 4 ? Data + i : Data + 0x100 + i - 4)] = (byte)(i + 1);
        Start(bench);
        var first = bench.Buffer(6);
        var second = bench.Buffer(6);
        bench.Present(connection, PhaseStep.DataOut(first, 6));
        Assert.Equal(Bit.Istat1Srun, (byte)bench.Read(Reg.Istat1));
        bench.Present(connection, PhaseStep.DataOut(second, 6));
        Assert.Equal(0x84u, bench.Read(Reg.Dstat));
        Assert.Equal<byte>([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [.. first.Span, .. second.Span]);
    }

    [Theory]
    [InlineData(255, 36)]
    [InlineData(512, 0)]
    [InlineData(4096, 4095)]
    [InlineData(0xFFFF, 1)]
    public void A_mismatch_without_the_jump_interrupts_with_what_is_left(int count, int moved)
    {
        var (bench, connection) = Connect(0x09000000 | (uint)count, Data);
        Start(bench);
        Offer(bench, connection, moved, isIn: true);
        Assert.Equal(Bit.Sist0Ma, (byte)bench.Read(Reg.Sist0));
        Assert.Equal(0x80u, bench.Read(Reg.Dstat));
        Assert.Equal((uint)(count - moved), bench.Read(Reg.Dbc, 4) & 0xFFFFFF);
        Assert.Equal(Data + (uint)moved, bench.Read(Reg.Dnad, 4));
        Assert.Equal(Program + 0x20, bench.Read(Reg.Dsp, 4));
        Assert.Equal((uint)moved, bench.Read(Reg.Sbc, 4));
        // What a driver computes as stuck in the FIFO must be nothing.
        var counter = (bench.Read(Reg.Ctest5) & 3) << 8 | bench.Read(Reg.Dfifo);
        Assert.Equal(0u, (counter - bench.Read(Reg.Dbc, 4)) & 0x3FF);
    }

    [Theory]
    [InlineData(true, 255, 36)]
    [InlineData(true, 255, 0)]
    [InlineData(false, 4096, 100)]
    [InlineData(true, 0xFFFF, 0x1234)]
    public void A_mismatch_jump_says_what_is_left_where_and_of_which_instruction(bool isIn, int count, int moved)
    {
        foreach (var isTable in (bool[])[false, true])
        {
            var first = (isIn ? 0x09000000u : 0x08000000) | (isTable ? 0x10000000u : (uint)count);
            var (bench, connection) = Connect(first, isTable ? 0x30u : Data);
            bench.Poke(Table + 0x30, 0x5A000000 | (uint)count, Data);
            bench.Write(Reg.Ccntl0, Bit.Ccntl0Enpmj);
            Start(bench);
            Offer(bench, connection, moved, isIn);
            Assert.Equal((0x84u, 1u), (bench.Read(Reg.Dstat), bench.Read(Reg.Dsps, 4)));
            Assert.Equal(0u, bench.Read(Reg.Sist0));
            Assert.Equal((isTable ? 0x5Au : first >> 24) << 24 | (uint)(count - moved), bench.Read(Reg.Rbc, 4));
            Assert.Equal(Data + (uint)moved, bench.Read(Reg.Ua, 4));
            Assert.Equal(Program + 0x18, bench.Read(Reg.Ia, 4));
            Assert.Equal(isTable ? Table + 0x30 : Program + 0x18, bench.Read(Reg.Esa, 4));
            Assert.Equal((uint)moved, bench.Read(Reg.Sbc, 4));
            Assert.Equal((uint)moved, bench.Read(Reg.Csbc, 4));
        }
    }

    [Theory]
    [InlineData(0x00, true, 1u)]
    [InlineData(0x40, true, 2u)]
    [InlineData(0x40, false, 1u)]
    public void The_jump_register_depends_on_pmjctl_and_the_direction(byte control, bool isIn, uint handler)
    {
        var (bench, connection) = Connect(isIn ? 0x09000100u : 0x08000100, Data);
        bench.Write(Reg.Ccntl0, (uint)(Bit.Ccntl0Enpmj | control));
        Start(bench);
        Offer(bench, connection, 16, isIn);
        Assert.Equal((0x84u, handler), (bench.Read(Reg.Dstat), bench.Read(Reg.Dsps, 4)));
    }

    [Fact]
    public void Other_phases_jump_only_where_that_is_enabled()
    {
        foreach (var enabled in (bool[])[false, true])
        {
            var (bench, connection) = Connect(0x0B000001, 0x120);
            bench.Write(Reg.Ccntl0, enabled ? 0xA0u : 0x80);
            Start(bench);
            bench.Present(connection, PhaseStep.MessageIn(0x02, 0x04), PhaseStep.BusFree);
            Assert.Equal(enabled ? 0u : Bit.Sist0Ma, bench.Read(Reg.Sist0));
            Assert.Equal(enabled ? 0x84u : 0x80, bench.Read(Reg.Dstat));
        }
    }

    [Fact]
    public void Disconnection_in_the_middle_of_data_continues_exactly_where_it_stopped()
    {
        // DI 512: 200 bytes, then the target disconnects; after the reselection the rest goes to UA.
        var (bench, connection) = Connect(0x09000200, Data);
        bench.Write(Reg.Ccntl0, Bit.Ccntl0Enpmj);
        bench.Poke(Handler1, 0xF0C80004, 0x30, 0xF0CC0004, 0x34, 0x0F000002, 0x120, 0x48000000, 0);
        bench.Poke(Handler1 + 0x20, 0x50000000, 0, 0x0F000001, 0x120, 0x19000000, 0x30, Stop, 0x77);
        Start(bench);
        var first = bench.Buffer(200, 1);
        bench.Present(connection, PhaseStep.DataIn(first, 200), PhaseStep.MessageIn(0x02, 0x04), PhaseStep.BusFree);
        Assert.Equal((0x09000000u | 312, Data + 200), (bench.Peek(Table + 0x30), bench.Peek(Table + 0x34)));
        var second = bench.Buffer(312, 9);
        bench.Reselect(-1, 0, 0, -1, PhaseStep.MessageIn(0x80), PhaseStep.DataIn(second, 312), PhaseStep.Status(ScsiStatus.Good));
        Assert.Equal((0x84u, 0x77u), (bench.Read(Reg.Dstat), bench.Read(Reg.Dsps, 4)));
        Assert.True(first.Span.SequenceEqual(bench.Memory.Bytes.Slice((int)Data, 200)));
        Assert.True(second.Span.SequenceEqual(bench.Memory.Bytes.Slice((int)Data + 200, 312)));
        Assert.Equal(512u, bench.Read(Reg.Csbc, 4));
    }

    [Fact]
    public void Forty_bit_and_index_modes_supply_the_upper_address_from_the_table()
    {
        foreach (var (control, high, prepare) in ((uint, uint, Action<ChipBench>)[])
            [
                (0x06, 0x02, _ => { }),
                (0x02, 0x03, b => b.Write(Reg.ScratchC + 12, 2, 4)),
                (0x02, 0x14, b => b.Write(Reg.Sbms, 2, 4)),
            ])
        {
            var (bench, connection) = Connect(0x19000000, 0x30);
            bench.Poke(Table + 0x30, high << 24 | 16, Data);
            Start(bench);
            prepare(bench);
            bench.Write(Reg.Ccntl1, control);
            bench.Present(connection, PhaseStep.DataIn(bench.Buffer(16), 16));
            // 2_0000_4000h is not mapped: the fault shows which address was meant.
            Assert.Equal((uint)(Bit.DstatDfe | Bit.DstatBf), bench.Read(Reg.Dstat));
            Assert.Equal((2u, Data), (bench.Read(Reg.Dnad64, 4), bench.Read(Reg.Dnad, 4)));
        }
    }

    [Fact]
    public void Sixty_four_bit_direct_moves_have_a_third_dword()
    {
        var (bench, connection) = Connect(0x09000010, Data, 0);
        bench.Write(Reg.Ccntl1, Bit.Ccntl1En64Dbmv);
        bench.Poke(Program, 0x41000000, 0, 0x1E000000, 0x40, 0x1A000000, 0x48);
        bench.Poke(Table + 0x40, 1, 0x100, 6, 0x110);
        Start(bench);
        bench.Present(connection, PhaseStep.DataIn(bench.Buffer(16), 16));
        Assert.Equal(0x84u, bench.Read(Reg.Dstat));
        Assert.Equal(Program + 0x2C, bench.Read(Reg.Dsp, 4));
    }

    [Fact]
    public void A_short_message_ends_the_move_without_mismatch_and_sidl_holds_its_last_byte()
    {
        var (bench, connection) = Connect(0x0F000004, 0x120);
        Start(bench);
        bench.Present(connection, PhaseStep.MessageIn(0x20, 0x33), PhaseStep.Status(ScsiStatus.Good));
        Assert.Equal(0x84u, bench.Read(Reg.Dstat));
        Assert.Equal((0x20u, 0x33u), (bench.Read(Reg.Sfbr), bench.Read(Reg.Sidl, 2)));
        Assert.Equal(0x3320u, bench.Peek(0x120));
    }

    [Fact]
    public void Raising_attention_behind_a_message_turns_the_target_to_message_out_and_back()
    {
        var (bench, connection) = Connect(
            0x0F000002, 0x120, 0x58000008, 0, 0x60000040, 0, 0x0E000001, 0x130, 0x0B000001, 0x124);
        bench.PokeBytes(0x130, 0x08);
        Start(bench);
        bench.Present(connection, PhaseStep.MessageIn(0x01, 0x02), PhaseStep.Status(ScsiStatus.Busy), PhaseStep.MessageIn(0), PhaseStep.BusFree);
        var message = bench.NextToBus<MessageOutMoved>();
        Assert.Equal([0x08], message.Bytes.ToArray());
        Assert.Equal(0u, bench.Read(Reg.Socl) & Bit.SoclAtn);
        Assert.Equal(Bit.Istat1Srun, (byte)bench.Read(Reg.Istat1));
        bench.AnswerMessage(connection);
        Assert.Equal(0x84u, bench.Read(Reg.Dstat));
        Assert.Equal(0x08, bench.Memory.Bytes[0x124]);
    }

    [Fact]
    public void Attention_behind_the_last_message_has_no_effect_on_a_free_bus()
    {
        var (bench, connection) = Connect(0x0F000001, 0x120, 0x58000008, 0, 0x60000048, 0, 0x48000000, 0);
        Start(bench);
        bench.Present(connection, PhaseStep.MessageIn(0), PhaseStep.BusFree);
        Assert.Equal(0x84u, bench.Read(Reg.Dstat));
        Assert.Equal((0u, 0u), (bench.Read(Reg.Sist0, 2), bench.Read(Reg.Socl)));
    }

    [Fact]
    public void Clearing_attention_takes_back_a_message_that_nobody_else_wants()
    {
        var (bench, connection) = Connect(0x0F000002, 0x120, 0x58000008, 0, 0x60000048, 0, 0x0B000001, 0x124);
        Start(bench);
        bench.Present(connection, PhaseStep.MessageIn(0x01, 0x02), PhaseStep.Status(ScsiStatus.Busy), PhaseStep.MessageIn(0), PhaseStep.BusFree);
        Assert.Equal(0x84u, bench.Read(Reg.Dstat));
        Assert.Equal(0x08, bench.Memory.Bytes[0x124]);
    }

    [Fact]
    public void Clearing_attention_leaves_a_message_out_that_the_target_asks_for_once_more()
    {
        var bench = new ChipBench();
        bench.PokeBytes(0x100, 0xC0, 0x06);
        bench.Poke(Program, 0x41000000, 0, 0x0E000002, 0x100, 0x60000048, 0, 0x48000000, 0, Stop, 3);
        bench.Run(Program);
        bench.AnswerMessage(bench.NextToBus<MessageOutMoved>().Connection, PhaseStep.MessageOut);

        // The target has not let go of the bus: WAIT DISCONNECT finds a phase in place of that.
        Assert.Equal((uint)(Bit.DstatDfe | Bit.DstatIid), bench.Read(Reg.Dstat));
        Assert.Equal((uint)BusPhase.MessageOut, bench.Read(Reg.Sstat1) & 7);
    }

    [Fact]
    public void A_message_that_asks_for_more_than_a_selection_goes_to_the_target()
    {
        var bench = new ChipBench();
        bench.PokeBytes(0x100, 0xC0, 0x01, 0x03, 0x01, 0x0C, 0x1F);
        bench.Poke(Program, 0x41000000, 0, 0x0E000006, 0x100, 0x870B0000, Program + 0x18, 0x0F000005, 0x120, 0x0A000006, 0x110, Stop, 3);
        bench.Run(Program);
        var message = bench.NextToBus<MessageOutMoved>();
        Assert.Equal(6, message.Bytes.Length);
        bench.AnswerMessage(message.Connection, PhaseStep.MessageIn(0x01, 0x03, 0x01, 0x0C, 0x1F), PhaseStep.Command);
        Assert.Equal(message.Connection, bench.NextToBus<CommandMoved>().Connection);
        Assert.Equal(0x84u, bench.Read(Reg.Dstat));
    }

    [Fact]
    public void A_strict_target_takes_only_the_cdb()
    {
        var (bench, connection) = Connect(new ControllerOptions { TolerateLongCdb = false }, []);
        bench.Poke(Program + 0x10, 0x0A000010, 0x110);
        Start(bench);
        bench.Present(connection, PhaseStep.Status(ScsiStatus.Good));
        Assert.Equal(Bit.Sist0Ma, (byte)bench.Read(Reg.Sist0));
        Assert.Equal(10u, bench.Read(Reg.Dbc, 4) & 0xFFFFFF);
    }

    [Theory]
    [InlineData(0x08000010, 0xFFF8)]
    [InlineData(0x09000010, 0xFFF8)]
    public void Data_that_reaches_beyond_memory_is_a_bus_fault_and_moves_nothing(uint first, uint address)
    {
        var (bench, connection) = Connect(first, address);
        Start(bench);
        var before = bench.Memory.Bytes[0xFFF8..].ToArray();
        var buffer = bench.Buffer(16, 77);
        bench.Present(connection, (first >> 24 & 1) == 0 ? PhaseStep.DataOut(buffer, 16) : PhaseStep.DataIn(buffer, 16));
        Assert.Equal((uint)(Bit.DstatDfe | Bit.DstatBf), bench.Read(Reg.Dstat));
        Assert.True(bench.Memory.Bytes[0xFFF8..].SequenceEqual(before));
        Assert.Empty(bench.ToBus);
        bench.Write(Reg.Istat0, Bit.Istat0Srst);
        Assert.False(bench.NextToBus<DataPhaseEnded>().Moved);
    }

    private static void Offer(ChipBench bench, long connection, int moved, bool isIn)
    {
        if (moved == 0)
            bench.Present(connection, PhaseStep.Status(ScsiStatus.CheckCondition), PhaseStep.MessageIn(0), PhaseStep.BusFree);
        else if (isIn)
            bench.Present(connection, PhaseStep.DataIn(bench.Buffer(moved), moved), PhaseStep.Status(ScsiStatus.Good));
        else
            bench.Present(connection, PhaseStep.DataOut(bench.Buffer(moved), moved), PhaseStep.Status(ScsiStatus.Good));
    }
}
