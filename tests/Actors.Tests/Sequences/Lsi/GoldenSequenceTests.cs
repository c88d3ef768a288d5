using ScsiActors.Lsi53c895a;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi.Bus;
using ScsiActors.Tests.Machines.Lsi53c895a;
using Xunit;

namespace ScsiActors.Tests.Sequences.Lsi;

/// <summary>The golden sequences through chip and bus, with a logical unit that answers when the test says.</summary>
public sealed class GoldenSequenceTests
{
    private const int Parked = 0x02;

    [Fact]
    public void An_untagged_inquiry_stays_connected_from_selection_to_status()
    {
        var driver = new T1Driver();
        driver.Post(0, [0xC0], [0x12, 0, 0, 0, 36, 0], 36);

        var command = Assert.Single(driver.Bench.Commands);
        Assert.Equal(TaskAttribute.Untagged, command.Attribute);
        Assert.False(command.Autosense);
        Assert.Equal(0x08u, driver.Chip.Read(Reg.Istat0));
        driver.Bench.SendDataIn(command, 36);
        driver.Bench.Complete(command);
        driver.Serve();

        Assert.Equal([(0, (byte)0)], driver.Done);
        Assert.True(driver.HasData(0, 36));
        Assert.Equal(36u, driver.Chip.Read(Reg.Csbc, 4));
        Assert.Equal(
            [BusPhase.MessageOut, BusPhase.Command, BusPhase.DataIn, BusPhase.Status, BusPhase.MessageIn, BusPhase.BusFree],
            driver.Chip.Phases.Select(change => change.Phase));
        AssertIdle(driver);
    }

    [Fact]
    public void A_tagged_read_disconnects_and_reselects_with_its_tag()
    {
        var driver = new T1Driver();
        driver.Post(5, [0xC0, 0x20, 5], [0x28, 0, 0, 0, 0, 64, 0, 0, 8, 0], 4096);
        Assert.Equal(0x02u, driver.Chip.Read(Reg.Sstat2));
        Assert.Equal((uint)Parked, driver.Chip.Read(Reg.Istat1));

        driver.SendDataIn(5, 4096);
        Assert.Equal(0x80u, driver.Chip.Read(Reg.Ssid));
        Assert.Equal(T1Driver.Block(5), driver.Chip.Read(Reg.Dsa, 4));
        Assert.Equal(0u, driver.Chip.Read(Reg.Rbc, 4) & 0xFFFFFF);
        driver.Complete(5);

        Assert.Equal([(5, (byte)0)], driver.Done);
        Assert.True(driver.HasData(5, 4096));
        Assert.Equal(4096u, driver.Chip.Read(Reg.Csbc, 4));
        AssertIdle(driver);
    }

    [Fact]
    public void Four_writes_are_in_flight_at_once_and_complete_in_the_order_of_the_storage()
    {
        var driver = new T1Driver();
        for (var tag = 1; tag <= 4; tag++)
            driver.PostWrite(tag);
        Assert.Equal(4, driver.Bench.Commands.Count);
        Assert.Empty(driver.Bench.Received);

        for (var tag = 1; tag <= 4; tag++)
            driver.AskForData(tag, 4096);
        Assert.Equal(16384u, driver.Chip.Read(Reg.Csbc, 4));
        Assert.Equal(4, driver.Bench.Received.Count);
        Assert.Empty(driver.Done);
        Assert.Equal(4, driver.Bench.Bus.Outstanding);

        foreach (var tag in (int[])[3, 1, 4, 2])
            driver.Complete(tag);
        Assert.Equal([(3, (byte)0), (1, (byte)0), (4, (byte)0), (2, (byte)0)], driver.Done);
        foreach (var (nexus, bytes) in driver.Bench.Received)
            Assert.All(bytes.Select((value, i) => (value, i)), b => Assert.Equal(BusBench.Pattern((byte)nexus.Tag, b.i), b.value));
        AssertIdle(driver);
    }

    [Fact]
    public void A_write_asks_for_its_data_before_anything_else_happens()
    {
        var driver = new T1Driver();
        driver.PostWrite(1);
        driver.AskForData(1, 4096);
        driver.Complete(1);

        Assert.Equal(
            [typeof(ScsiCommandReceived), typeof(ReceiveDataOut), typeof(DataOutReceived), typeof(SendCommandComplete)],
            driver.Bench.Services.Select(service => service.GetType()));
        Assert.Equal(
            [
                BusPhase.MessageOut, BusPhase.Command, BusPhase.MessageIn, BusPhase.BusFree,
                BusPhase.MessageIn, BusPhase.DataOut, BusPhase.MessageIn, BusPhase.BusFree,
                BusPhase.MessageIn, BusPhase.Status, BusPhase.MessageIn, BusPhase.BusFree,
            ],
            driver.Chip.Phases.Select(change => change.Phase));
    }

    [Fact]
    public void Without_disconnection_after_data_the_bus_is_held_until_the_status()
    {
        var driver = new T1Driver(BusParameters.Default with { WriteDisconnectAfterData = false });
        driver.PostWrite(1);
        driver.PostWrite(2);
        driver.AskForData(1, 4096);
        driver.AskForData(2, 4096);
        Assert.Single(driver.Bench.Received);
        Assert.Equal(0x08u, driver.Chip.Read(Reg.Istat0) & Bit.Istat0Con);

        driver.Complete(1);
        Assert.Equal(2, driver.Bench.Received.Count);
        driver.Complete(2);
        Assert.Equal([(1, (byte)0), (2, (byte)0)], driver.Done);
    }

    [Fact]
    public void Before_the_patches_only_one_write_is_in_flight()
    {
        var driver = new T1Driver(BusParameters.NoPatch);
        driver.PostWrite(1);
        driver.PostWrite(2);
        Assert.Single(driver.Bench.Commands);
        driver.AskForData(1, 4096);
        Assert.Single(driver.Bench.Commands);
        driver.Complete(1);
        Assert.Equal(2UL, Assert.Single(driver.Bench.Commands).Nexus.Tag);
        driver.AskForData(2, 4096);
        driver.Complete(2);
        Assert.Equal([(1, (byte)0), (2, (byte)0)], driver.Done);
    }

    [Fact]
    public void Before_the_patches_reads_are_queued_all_the_same()
    {
        var driver = new T1Driver(BusParameters.NoPatch);
        for (var tag = 1; tag <= 3; tag++)
            driver.PostRead(tag);
        Assert.Equal(3, driver.Bench.Commands.Count);
    }

    [Fact]
    public void Sixteen_writes_reach_the_logical_unit()
    {
        var driver = new T1Driver();
        for (var tag = 1; tag <= 16; tag++)
            driver.PostWrite(tag, blocks: 1);
        for (var tag = 16; tag >= 1; tag--)
            driver.AskForData(tag, 512);
        Assert.Equal(16, driver.Bench.Received.Count);
        Assert.Equal(16, driver.Bench.Bus.Outstanding);
        for (var tag = 1; tag <= 16; tag++)
            driver.Complete(tag);
        Assert.Equal(16, driver.Done.Count);
        AssertIdle(driver);
    }

    [Fact]
    public void A_large_write_in_chunks_stays_connected_between_them()
    {
        var driver = new T1Driver(BusParameters.Default with { WriteDisconnectAfterData = false });
        driver.PostWrite(1, blocks: 24);
        for (var chunk = 0; chunk < 3; chunk++)
        {
            driver.Bench.AskForData(driver.Bench.Command(1), 4096, chunk * 4096);
            driver.Serve();
        }
        driver.Complete(1);
        Assert.Equal([(1, (byte)0)], driver.Done);
        Assert.Equal(3 * 4096u, driver.Chip.Read(Reg.Csbc, 4));
    }

    [Theory]
    [InlineData(0x20, TaskAttribute.Simple)]
    [InlineData(0x21, TaskAttribute.HeadOfQueue)]
    [InlineData(0x22, TaskAttribute.Ordered)]
    public void The_queue_tag_message_decides_the_task_attribute(byte queue, TaskAttribute attribute)
    {
        var driver = new T1Driver();
        driver.PostRead(9, queue: queue);
        Assert.Equal(attribute, driver.Bench.Command(9).Attribute);
        driver.SendDataIn(9, 512);
        driver.Complete(9);
        Assert.Single(driver.Done);
    }

    [Fact]
    public void An_absent_target_times_out_at_the_first_instruction_that_needs_the_bus()
    {
        var driver = new T1Driver();
        TestScript.WriteTask(driver.Chip, T1Driver.Block(0), 3, [0xC0], [0, 0, 0, 0, 0, 0], 0x4000, 1, false);
        TestScript.Post(driver.Chip, T1Driver.Block(0));
        driver.Chip.Write(Reg.Istat0, Bit.Istat0Sigp);
        driver.Bench.Settle();
        Assert.Equal(TestScript.Base + 0x38, driver.Chip.Read(Reg.Dsp, 4));
        Assert.Equal(0x04u, driver.Chip.Read(Reg.Sstat0));
        Assert.Equal(0x02u, driver.Chip.Read(Reg.Istat0) & 0x0Fu);
        Assert.Equal(0x0400u, driver.Chip.Read(Reg.Sist0, 2));
        Assert.Equal(0x80u, driver.Chip.Read(Reg.Dstat));
        Assert.Equal(0u, driver.Chip.Read(Reg.Sist0, 2));

        // After recovery a target that is there answers.
        driver.Chip.WriteRam((int)TestScript.Flag, 0);
        driver.Chip.Write(Reg.Dsp, TestScript.Base, 4);
        driver.Post(0, [0xC0], [0, 0, 0, 0, 0, 0], 1);
        driver.Bench.Complete(driver.Bench.Commands[0]);
        driver.Serve();
        Assert.Equal([(0, (byte)0)], driver.Done);
    }

    [Fact]
    public void A_short_transfer_jumps_with_what_is_left()
    {
        var driver = new T1Driver();
        driver.Post(0, [0xC0], [0x12, 0, 0, 0, 255, 0], 255);
        driver.Bench.SendDataIn(driver.Bench.Commands[0], 36);
        driver.Bench.Complete(driver.Bench.Commands[0]);
        driver.Serve();
        Assert.Equal([(0, (byte)0)], driver.Done);
        Assert.Equal(219u, driver.Bench.Load(T1Driver.Block(0) + 0x28));
        Assert.Equal(T1Driver.Data(0) + 36, driver.Bench.Load(T1Driver.Block(0) + 0x2C));
    }

    [Fact]
    public void A_reselection_that_waits_wins_against_the_next_selection()
    {
        var driver = new T1Driver(options: new ControllerOptions { InstructionsPerSlice = 1 });
        driver.PostRead(1);
        TestScript.WriteTask(driver.Chip, T1Driver.Block(2), 0, [0xC0, 0x20, 2], [0x28, 0, 0, 0, 0, 2, 0, 0, 1, 0], T1Driver.Data(2), 512, false);
        TestScript.Post(driver.Chip, T1Driver.Block(2));
        driver.Chip.Write(Reg.Istat0, Bit.Istat0Sigp);
        driver.Bench.SendDataIn(driver.Bench.Command(1), 512, 1);
        driver.Serve();
        driver.Complete(1);
        Assert.Equal(2UL, driver.Bench.Commands.Single().Nexus.Tag);
        driver.SendDataIn(2, 512);
        driver.Complete(2);
        Assert.Equal([(1, (byte)0), (2, (byte)0)], driver.Done);
        Assert.True(driver.HasData(1, 512) && driver.HasData(2, 512));
        AssertIdle(driver);
    }

    [Fact]
    public void A_selection_wins_against_a_reselection_that_became_ready_on_a_busy_bus()
    {
        var driver = new T1Driver();
        driver.PostRead(1);
        driver.PostRead(2);
        // An untagged INQUIRY holds the bus while tag 1 becomes ready; its completion interrupt stops the program.
        driver.Post(0, [0x80], [0x12, 0, 0, 0, 36, 0], 36);
        var inquiry = driver.Bench.Commands.Single(command => command.Attribute == TaskAttribute.Untagged);
        driver.Bench.SendDataIn(driver.Bench.Command(1), 512, 1);
        driver.Bench.SendDataIn(inquiry, 36);
        driver.Bench.Complete(inquiry);
        TestScript.WriteTask(driver.Chip, T1Driver.Block(4), 0, [0xC0, 0x20, 4], [0x28, 0, 0, 0, 0, 4, 0, 0, 1, 0], T1Driver.Data(4), 512, false);
        TestScript.Post(driver.Chip, T1Driver.Block(4));
        driver.Serve();
        Assert.Contains(driver.Bench.Commands, command => command.Nexus.Tag == 4);
        Assert.True(driver.HasData(1, 512));
        foreach (var tag in (int[])[2, 4])
            driver.SendDataIn(tag, 512);
        foreach (var tag in (int[])[1, 2, 4])
            driver.Complete(tag);
        Assert.Equal(4, driver.Done.Count);
    }

    [Theory]
    [InlineData(0x80, false)]
    [InlineData(0xC0, true)]
    public void A_polled_program_reads_with_and_without_disconnection(byte identify, bool disconnects)
    {
        var bench = new BusBench();
        WritePolledRead(bench, identify);
        bench.Chip.Write(Reg.Dsp, 0x2000, 4);
        bench.Settle();
        var command = Assert.Single(bench.Commands);
        Assert.Equal(10, command.Cdb.Length);
        Assert.Equal(disconnects, (bench.Chip.Read(Reg.Istat0) & Bit.Istat0Con) == 0);
        Assert.Equal((0x80u, 0u, 0u), (bench.Chip.Read(Reg.Dstat), bench.Chip.Read(Reg.Sist0), bench.Chip.Read(Reg.Sist1)));
        bench.SendDataIn(command, 512, 7);
        bench.Complete(command);
        Assert.Equal((0x84u, 0u, 0u), (bench.Chip.Read(Reg.Dstat), bench.Chip.Read(Reg.Sist0), bench.Chip.Read(Reg.Sist1)));
        Assert.Equal(BusBench.Pattern(7, 511), bench.Chip.Memory.Bytes[0x41FF]);
        Assert.Equal(0u, bench.Chip.Read(Reg.Istat0));
        Assert.Equal(0, bench.Chip.Memory.Bytes[0x2124]);
        Assert.Equal(0, bench.Chip.Memory.Bytes[0x2125]);
        Assert.Empty(bench.Chip.Line);
    }

    [Fact]
    public void A_polled_command_that_fails_mismatches_and_a_soft_reset_recovers()
    {
        var bench = new BusBench();
        WritePolledRead(bench, 0x80);
        bench.Chip.Write(Reg.Dsp, 0x2000, 4);
        bench.Settle();
        bench.Complete(bench.Commands[0], ScsiStatus.CheckCondition);
        Assert.Equal(0x80u, bench.Chip.Read(Reg.Sist0));
        Assert.Equal(Bit.Istat0Con, (byte)(bench.Chip.Read(Reg.Istat0) & Bit.Istat0Con));
        bench.Chip.Write(Reg.Istat0, Bit.Istat0Srst);
        bench.Settle();
        Assert.Equal(0u, bench.Chip.Read(Reg.Istat0));

        bench.Chip.Write(Reg.Dsp, 0x2000, 4);
        bench.Settle();
        bench.SendDataIn(bench.Commands[0], 512);
        bench.Complete(bench.Commands[0]);
        Assert.Equal(0x84u, bench.Chip.Read(Reg.Dstat));
    }

    private static void WritePolledRead(BusBench bench, byte identify)
    {
        bench.Chip.Poke(0x2000, 0x40000000, 0, 0x06000001, 0x2100, 0x02000010, 0x2110, 0x87820000, 0x18, 0x07000002, 0x2120);
        bench.Chip.Poke(0x2028, 0x50000000, 0, 0x07000002, 0x2120, 0x01000200, 0x4000, 0x03000001, 0x2124, 0x07000001, 0x2125);
        bench.Chip.Poke(0x2050, 0x98080000, 0);
        bench.Chip.PokeBytes(0x2100, identify);
        bench.Chip.PokeBytes(0x2110, 0x28, 0, 0, 0, 0, 0, 0, 0, 1);
        bench.Chip.PokeBytes(0x2124, 0xFF, 0xFF);
    }

    internal static void AssertIdle(T1Driver driver)
    {
        Assert.Equal((uint)Parked, driver.Chip.Read(Reg.Istat1));
        Assert.Equal(0u, driver.Chip.Read(Reg.Istat0));
        Assert.Equal(0u, driver.Chip.Read(Reg.Scntl1));
        Assert.Equal(0, driver.Bench.Bus.Outstanding);
        Assert.Empty(driver.Bench.Lent);
        Assert.Empty(driver.Chip.Timers);
    }
}
