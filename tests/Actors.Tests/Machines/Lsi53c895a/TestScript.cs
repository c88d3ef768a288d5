namespace ScsiActors.Tests.Machines.Lsi53c895a;

/// <summary>Test script T1: a driver's program in small. It waits for work or a reselection, selects with ATN, follows the target's phases,
/// handles disconnection, finds the task of a reselection by its tag, and takes a phase mismatch jump.</summary>
internal static class TestScript
{
    public const uint Base = ChipBench.RamBase;
    public const uint Flag = 0xF00;
    public const uint Job = 0xF04;
    public const uint Untagged = 0xF08;
    public const uint TagTable = 0xF0C;
    public const uint DataIn = Base + 0x1D8;
    public const uint DataOut = Base + 0x1E8;
    public const uint Mismatch = Base + 0x1F8;
    public const uint AbortEntry = Base + 0x210;
    public const uint Table = 0x3000;

    private const uint S = Base;

    private static readonly (int Offset, uint[] Dwords)[] Program =
    [
        (0x000, [0x721A0000, 0, 0xE3340001, S + Flag, 0x72340000, 0, 0x800C0000, S + 0x150, 0xE3100004, S + Job]),
        (0x028, [0x43000000, S + 0x158, 0x9E030000, 0x51, 0x78340000, 0, 0xE2340001, S + Flag, 0x1E000000, 8]),
        (0x050, [0x82030000, S + 0x060, 0x1A000000, 0x10]),
        (0x060, [0x870B0000, S + 0x0C8, 0x800A0000, S + 0x0A0, 0x810A0000, S + 0x090, 0x830A0000, S + 0x0B0, 0x820A0000, S + 0x058]),
        (0x088, [0x98080000, 0xEE]),
        (0x090, [0xF31C0004, 0x20, 0x90080000, 0, 0xF31C0004, 0x20, 0x90080000, 0]),
        (0x0B0, [0x0B000001, S + 0xF10, 0x6A5C0000, 0, 0x80080000, S + 0x060]),
        (0x0C8, [0x0F000001, S + 0xF14, 0x800C0000, S + 0x120, 0x800C0004, S + 0x100, 0x800C0002, S + 0x0F0, 0x98080000, 0xE7]),
        (0x0F0, [0x60000040, 0, 0x80080000, S + 0x060]),
        (0x100, [0x7C027F00, 0, 0x60000048, 0, 0x48000000, 0, 0x80080000, S]),
        (0x120, [0x7C027F00, 0, 0x60000048, 0, 0x48000000, 0, 0xF25C0001, 0x24, 0x98080000, 0xC0, 0x80080000, S]),
        (0x150, [0x50000000, S]),
        (0x158, [0x9F030000, 0x52, 0x0F000001, S + 0xF14, 0x980C7F00, 0x53, 0x60000040, 0, 0x870B0000, S + 0x190]),
        (0x180, [0xE3100004, S + Untagged, 0x80080000, S + 0x060]),
        (0x190, [0x0F000002, S + 0xF14, 0xE3100004, S + TagTable, 0x60000400, 0, 0x71500000, 0, 0x69100000, 0, 0x7C10FC00, 0]),
        (0x1C0, [0xF3100004, 0, 0x60000040, 0, 0x80080000, S + 0x060]),
        (0x1D8, [0x11000000, 0x18, 0x80080000, S + 0x060, 0x10000000, 0x18, 0x80080000, S + 0x060]),
        (0x1F8, [0xF2C80004, 0x28, 0xF2CC0004, 0x2C, 0x80080000, S + 0x060]),
        (0x210, [0x721A0000, 0, 0x43000000, S + 0x158, 0x86030000, S + 0x220, 0x98080000, 0xA1]),
        (0x230, [0x7C027F00, 0, 0x1E000000, 8, 0x60000048, 0, 0x48000000, 0, 0x98080000, 0xA2, 0x80080000, S]),
    ];

    /// <summary>Loads the program and sets the chip up as a driver would.</summary>
    public static void Load(ChipBench bench)
    {
        foreach (var (offset, dwords) in Program)
            bench.WriteRam(offset, dwords);
        bench.WriteRam((int)TagTable, Table);
        bench.Write(0x56, 0x80);
        bench.Write(0x3B, 0x01);
        bench.Write(0xC0, Mismatch, 4);
        bench.Write(0xC4, Mismatch, 4);
    }

    /// <summary>Writes a task block and enters it in the tag table.</summary>
    public static void WriteTask(ChipBench bench, uint block, int target, byte[] message, byte[] cdb, uint data, uint count, bool isWrite)
    {
        bench.Poke(block, (uint)target << 16, 0, (uint)message.Length, block + 0x40, (uint)cdb.Length, block + 0x60, count, data);
        bench.Poke(block + 0x20, isWrite ? DataOut : DataIn, 0xFF);
        bench.PokeBytes(block + 0x40, message);
        bench.PokeBytes(block + 0x60, cdb);
        if (message.Length > 2)
            bench.Poke(Table + message[2] * 4u, block);
    }

    /// <summary>Hands the task to the program; SIGP tells it.</summary>
    public static void Post(ChipBench bench, uint block)
    {
        bench.WriteRam((int)Job, block);
        bench.WriteRam((int)Flag, 1);
    }
}
