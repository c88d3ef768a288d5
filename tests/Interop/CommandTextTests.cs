using ScsiActors.Host.Output;
using ScsiActors.Messages.Scsi;
using Xunit;

namespace ScsiActors.Interop;

/// <summary>Commands and sense data in messages for people.</summary>
public sealed class CommandTextTests
{
    [Theory]
    [InlineData("28 00 00001000 00 0008 00", "READ(10) of 8 blocks at block 4096")]
    [InlineData("08 00 10 00 00 00", "READ(6) of 256 blocks at block 4096")]
    [InlineData("41 08 00001000 00 0008 00", "WRITE SAME(10) of 8 blocks at block 4096")]
    [InlineData("93 01 0000000000001000 00000008 00 00", "WRITE SAME(16) of 8 blocks at block 4096")]
    [InlineData("89 00 0000000000001000 000000 02 00 00", "COMPARE AND WRITE of 2 blocks at block 4096")]
    [InlineData("9C 00 0000000000001000 0000 0008 00 00", "WRITE ATOMIC(16) of 8 blocks at block 4096")]
    [InlineData("42 00 00 00 00 00 00 00 18 00", "UNMAP")]
    [InlineData("9E 10 0000000000000000 00000020 00 00", "READ CAPACITY(16)")]
    [InlineData("FF 00 00 00 00 00", "operation code FFh")]
    public void A_command_has_its_name_of_the_standards_and_its_blocks(string cdb, string text) =>
        Assert.Equal(text, CommandText.Name(Cdb.Parse(Convert.FromHexString(cdb.Replace(" ", "", StringComparison.Ordinal)))));

    [Fact]
    public void The_information_of_a_miscompare_is_a_byte_and_otherwise_a_block()
    {
        Assert.Equal("MISCOMPARE: miscompare during verify (1d/00), byte 700",
            CommandText.Sense(new SenseData(SenseKey.Miscompare, new AdditionalSense(0x1D, 0)) { Information = 700 }));
        Assert.Equal("MEDIUM ERROR: unrecovered read error (11/00), block 700",
            CommandText.Sense(new SenseData(SenseKey.MediumError, new AdditionalSense(0x11, 0)) { Information = 700 }));
    }
}
