using ScsiActors.Lsi53c895a;
using ScsiActors.Messages;
using Xunit;

namespace ScsiActors.Tests.Machines.Lsi53c895a;

/// <summary>The register file against the specification: offset, name, width, reset value, and what all ones written read back as.</summary>
public sealed class RegisterTests
{
    // Offset name width reset all-ones-read-back. DSP is tested apart: writing it starts SCRIPTS.
    private const string Table = """
        00 SCNTL0 1 C0 FF
        02 SCNTL2 1 00 F6
        03 SCNTL3 1 00 FF
        04 SCID 1 07 6F
        05 SXFER 1 00 FF
        06 SDID 1 00 0F
        07 GPREG 1 7F 7F
        08 SFBR 1 00 00
        09 SOCL 1 00 FF
        0A SSID 1 00 00
        0B SBCL 1 00 00
        0C DSTAT 1 80 80
        0D SSTAT0 1 00 00
        0E SSTAT1 1 00 00
        0F SSTAT2 1 02 02
        10 DSA 4 00000000 FFFFFFFF
        15 ISTAT1 1 00 01
        16 MBOX0 1 00 FF
        17 MBOX1 1 00 FF
        18 CTEST0 1 00 FF
        19 CTEST1 1 F0 F0
        1A CTEST2 1 01 09
        1B CTEST3 1 00 03
        1C TEMP 4 00000000 FFFFFFFF
        20 DFIFO 1 00 FF
        21 CTEST4 1 00 FF
        22 CTEST5 1 00 3F
        23 CTEST6 1 00 FF
        24 DBC 3 000000 FFFFFF
        27 DCMD 1 40 FF
        28 DNAD 4 00000000 FFFFFFFF
        30 DSPS 4 00000000 FFFFFFFF
        34 SCRATCHA 4 00000000 FFFFFFFF
        38 DMODE 1 00 FF
        39 DIEN 1 00 7D
        3A SBR 1 00 FF
        3C ADDER 4 00000000 00000000
        40 SIEN0 1 00 FF
        41 SIEN1 1 00 17
        42 SIST0 1 00 00
        43 SIST1 1 00 00
        44 SLPAR 1 00 00
        45 SWIDE 1 00 00
        46 MACNTL 1 0F 0F
        47 GPCNTL 1 0F DF
        48 STIME0 1 00 FF
        49 STIME1 1 00 7F
        4A RESPID0 1 80 FF
        4B RESPID1 1 00 FF
        4C STEST0 1 03 03
        4D STEST1 1 00 CC
        4E STEST2 1 00 BF
        4F STEST3 1 00 FD
        50 SIDL 2 0000 0000
        52 STEST4 1 E0 E0
        53 - 1 00 00
        54 SODL 2 0000 FFFF
        56 CCNTL0 1 00 F3
        57 CCNTL1 1 00 8F
        58 SBDL 2 0000 0000
        5A - 2 0000 0000
        5C SCRATCHB 4 00000000 FFFFFFFF
        60 SCRATCHC 4 00000000 FFFFFFFF
        9C SCRATCHR 4 00000000 FFFFFFFF
        A0 MMRS 4 00000000 FFFFFFFF
        A4 MMWS 4 00000000 FFFFFFFF
        A8 SFS 4 00000000 FFFFFFFF
        AC DRS 4 00000000 FFFFFFFF
        B0 SBMS 4 00000000 FFFFFFFF
        B4 DBMS 4 00000000 FFFFFFFF
        B8 DNAD64 4 00000000 FFFFFFFF
        BC - 4 00000000 00000000
        C0 PMJAD1 4 00000000 FFFFFFFF
        C4 PMJAD2 4 00000000 FFFFFFFF
        C8 RBC 4 00000000 FFFFFFFF
        CC UA 4 00000000 FFFFFFFF
        D0 ESA 4 00000000 FFFFFFFF
        D4 IA 4 00000000 FFFFFFFF
        D8 SBC 3 000000 000000
        DB - 1 00 00
        DC CSBC 4 00000000 FFFFFFFF
        E0 - 4 00000000 00000000
        FC - 4 00000000 00000000
        """;

    public static TheoryData<int, string, int, uint, uint> Rows
    {
        get
        {
            var rows = new TheoryData<int, string, int, uint, uint>();
            foreach (var line in Table.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                var cells = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                rows.Add(Hex(cells[0]), cells[1], Hex(cells[2]), (uint)Hex(cells[3]), (uint)Hex(cells[4]));
            }
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_register_has_its_reset_value_and_stores_what_it_may(int offset, string name, int width, uint reset, uint readBack)
    {
        var bench = new ChipBench();
        Assert.Equal(name == "-" ? null : width == 1 ? name : name + "0", RegisterMap.NameOf(offset));
        Assert.Equal(reset, ReadBytes(bench, offset, width));
        for (var i = 0; i < width; i++)
            bench.Write(offset + i, 0xFF);
        Assert.Equal(readBack, ReadBytes(bench, offset, width));
        bench.Write(Reg.Istat0, Bit.Istat0Srst);
        Assert.Equal(reset, ReadBytes(bench, offset, width));
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Wider_accesses_are_the_byte_accesses_in_ascending_order(int offset, string name, int width, uint reset, uint readBack)
    {
        _ = (name, reset, readBack);
        if (width != 4)
            return;
        var bytes = new ChipBench();
        var dwords = new ChipBench();
        for (var i = 0; i < 4; i++)
            bytes.Write(offset + i, 0xA5u >> i);
        dwords.Write(offset, 0xA5 | 0x52u << 8 | 0x29u << 16 | 0x14u << 24, 4);
        Assert.Equal(ReadBytes(bytes, offset, 4), dwords.Read(offset, 4));
        Assert.Equal(ReadBytes(bytes, offset, 4), dwords.Read(offset, 2) | dwords.Read(offset + 2, 2) << 16);
    }

    [Fact]
    public void Every_byte_of_both_register_windows_can_be_read_and_written_in_any_width()
    {
        foreach (var space in (RegisterSpace[])[RegisterSpace.Bar0, RegisterSpace.Bar1])
        {
            foreach (var width in (int[])[1, 2, 4, 8])
            {
                var bench = new ChipBench();
                for (var offset = 0; offset < 1024; offset++)
                {
                    bench.Write(offset, 0, width, space);
                    bench.Read(offset, width, space);
                }
                Assert.True(bench.Pump());
            }
        }
    }

    [Fact]
    public void Both_windows_show_the_same_registers_and_bar1_repeats_them()
    {
        var bench = new ChipBench();
        bench.Write(Reg.ScratchA, 0x12345678, 4, RegisterSpace.Bar0);
        Assert.Equal(0x12345678u, bench.Read(Reg.ScratchA, 4, RegisterSpace.Bar1));
        Assert.Equal(0x12345678u, bench.Read(Reg.ScratchA + 0x300, 4, RegisterSpace.Bar1));
    }

    [Fact]
    public void Linux_probes_read_only_registers_with_all_ones()
    {
        var bench = new ChipBench();
        bench.Write(Reg.Dstat, 0xFFFFFFFF, 4);
        Assert.NotEqual(0xFFFFFFFFu, bench.Read(Reg.Dstat, 4));
    }

    [Fact]
    public void Reading_ctest2_shows_sigp_once()
    {
        var bench = new ChipBench();
        bench.Write(Reg.Istat0, Bit.Istat0Sigp);
        Assert.Equal(0x20u, bench.Read(Reg.Istat0));
        Assert.Equal(0x41u, bench.Read(Reg.Ctest2));
        Assert.Equal(0x01u, bench.Read(Reg.Ctest2));
        Assert.Equal(0u, bench.Read(Reg.Istat0));
    }

    [Fact]
    public void Ctest2_shows_base_addresses_in_the_scratch_registers()
    {
        var bench = new ChipBench(mapRegisters: true);
        bench.Write(Reg.ScratchA, 0x11111111, 4);
        bench.Write(Reg.ScratchB, 0x22222222, 4);
        bench.Write(Reg.Ctest2, Bit.Ctest2Srtch);
        Assert.Equal(ChipBench.RegistersBase, bench.Read(Reg.ScratchA, 4));
        Assert.Equal(ChipBench.RamBase, bench.Read(Reg.ScratchB, 4));
        bench.Write(Reg.Ctest2, 0);
        Assert.Equal(0x11111111u, bench.Read(Reg.ScratchA, 4));
        Assert.Equal(0x22222222u, bench.Read(Reg.ScratchB, 4));
        Assert.Equal(Bit.Ctest2Cm, (byte)(bench.Read(Reg.Ctest2) & Bit.Ctest2Cm));
    }

    [Fact]
    public void Self_clearing_bits_clear_themselves_and_leave_the_others()
    {
        var bench = new ChipBench();
        bench.Write(Reg.Dcntl, 0xE3);
        Assert.Equal(0xA3u, bench.Read(Reg.Dcntl));
        bench.Write(Reg.Ctest3, 0x0F);
        Assert.Equal(0x03u, bench.Read(Reg.Ctest3));
        bench.Write(Reg.Dnad, 0x1000, 4);
        bench.Write(Reg.Dbc, 5, 2);
        bench.Write(Reg.Ctest5, 0xC0);
        Assert.Equal(0x1001u, bench.Read(Reg.Dnad, 4));
        Assert.Equal(4u, bench.Read(Reg.Dbc, 2));
    }

    [Fact]
    public void Istat0_keeps_its_upper_bits_and_ignores_the_read_only_ones()
    {
        var bench = new ChipBench();
        bench.Write(Reg.Istat0, 0x3B);
        Assert.Equal(0x30u, bench.Read(Reg.Istat0));
        bench.Write(Reg.Istat0, 0x00);
        Assert.Equal(0x00u, bench.Read(Reg.Istat0));
    }

    [Fact]
    public void Soft_reset_clears_itself_and_keeps_com_ram_and_pci()
    {
        var bench = new ChipBench();
        bench.WriteRam(0x100, 0xCAFEBABE);
        bench.Write(Reg.Dcntl, 0x01);
        bench.Write(Reg.ScratchA, 1, 4);
        bench.Write(Reg.Istat0, Bit.Istat0Srst);
        Assert.Equal(0u, bench.Read(Reg.Istat0));
        Assert.Equal(0u, bench.Read(Reg.ScratchA, 4));
        Assert.Equal(1u, bench.Read(Reg.Dcntl));
        Assert.Equal(0xCAFEBABEu, bench.ReadRam(0x100));
        Assert.Equal(ChipBench.RamBase, bench.ReadConfiguration(0x18));
        Assert.False(bench.NextToBus<BusReset>().ResetsTargets);
    }

    [Fact]
    public void Bus_reset_passes_the_drivers_bus_test()
    {
        var bench = new ChipBench();
        bench.Write(Reg.Scntl1, Bit.Scntl1Rst);
        Assert.Equal(0x02u, bench.Read(Reg.Sstat0));
        Assert.Equal(0u, bench.Read(Reg.Sbdl, 2));
        Assert.Equal(0u, bench.Read(Reg.Sbcl));
        Assert.Equal(Bit.Sist0Rst, (byte)bench.Read(Reg.Sist0));
        bench.Write(Reg.Scntl1, 0);
        Assert.Equal(0u, bench.Read(Reg.Sstat0));
        Assert.True(bench.NextToBus<BusReset>().ResetsTargets);
        Assert.Empty(bench.ToBus);
    }

    [Fact]
    public void The_configuration_space_identifies_the_895a_and_sizes_its_bars()
    {
        var bench = new ChipBench();
        Assert.Equal(0x00121000u, bench.ReadConfiguration(0));
        Assert.Equal(0x01000000u, bench.ReadConfiguration(8));
        Assert.Equal(0x10001000u, bench.ReadConfiguration(0x2C));
        Assert.Equal(1u, bench.ReadConfiguration(0x3D, 1));
        foreach (var (bar, mask) in ((int, uint)[])[(0x10, 0xFFFFFF01), (0x14, 0xFFFFFC00), (0x18, 0xFFFFE000), (0x1C, 0), (0x30, 0)])
        {
            bench.WriteConfiguration(bar, 0xFFFFFFFF);
            Assert.Equal(mask, bench.ReadConfiguration(bar));
        }
        bench.Chip.Handle(FunctionReset.Instance);
        Assert.Equal(0u, bench.ReadConfiguration(0x18));
        Assert.Equal(0u, bench.ReadConfiguration(4) & 7);
    }

    [Fact]
    public void The_scripts_ram_is_byte_addressable_and_bounded()
    {
        var bench = new ChipBench();
        bench.Write(0x1FFF, 0xAB, 1, RegisterSpace.Bar2);
        Assert.Equal(0xABu, bench.Read(0x1FFF, 1, RegisterSpace.Bar2));
        bench.Write(0x1FFE, 0x12345678, 4, RegisterSpace.Bar2);
        Assert.Equal(0u, bench.Read(0x1FFE, 4, RegisterSpace.Bar2));
        Assert.Equal(0u, bench.Read(0x2000, 4, RegisterSpace.Bar2));
        Assert.NotEqual(0x52414944u, bench.ReadRam(8192 - 16));
    }

    private static int Hex(string text) => Convert.ToInt32(text, 16);

    private static uint ReadBytes(ChipBench bench, int offset, int width)
    {
        var value = 0u;
        for (var i = 0; i < width; i++)
            value |= bench.Read(offset + i) << (i * 8);
        return value;
    }
}
