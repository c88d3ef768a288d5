using ScsiActors.Lsi53c895a;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi.Bus;
using ScsiActors.Tests.Machines.Lsi53c895a;
using Xunit;

namespace ScsiActors.Tests.Sequences.Lsi;

/// <summary>The targets' end of the bus: messages, yielding, overlapped commands, what happens when somebody goes, and the historical bugs.</summary>
public sealed class ParallelBusTests
{
    private const uint Program = 0x1000;
    private const uint Stop = 0x98080000;

    [Theory]
    [InlineData(new byte[] { 0xC0 }, "Identify")]
    [InlineData(new byte[] { 0xC7, 0x20, 0xFF }, "Identify QueueTag")]
    [InlineData(new byte[] { 0x80, 0x01, 0x03, 0x01, 0x0C, 0x1F }, "Identify SynchronousTransfer")]
    [InlineData(new byte[] { 0x80, 0x01, 0x02, 0x03, 0x01, 0x08 }, "Identify WideTransfer Ignored")]
    [InlineData(new byte[] { 0x80, 0x01, 0x06, 0x04, 1, 0, 1, 1, 2 }, "Identify Unsupported")]
    [InlineData(new byte[] { 0x06 }, "Abort")]
    [InlineData(new byte[] { 0x0C, 0x0D, 0x0E, 0x17 }, "BusDeviceReset AbortTag ClearQueue LogicalUnitReset")]
    [InlineData(new byte[] { 0x00, 0x04, 0x0F, 0x10, 0x11, 0x12, 0x13, 0x16, 0xA0, 0x88 },
        "Unsupported Unsupported Unsupported Unsupported Unsupported Unsupported Unsupported Unsupported Unsupported Unsupported")]
    [InlineData(new byte[] { 0x23, 0x06, 0x2F, 0x0C, 0x08 }, "Unsupported Unsupported Ignored")]
    [InlineData(new byte[] { 0x05, 0x07, 0x09 }, "Ignored MessageReject Ignored")]
    public void Messages_are_cut_out_of_the_stream_however_it_is_cut(byte[] bytes, string messages)
    {
        for (var piece = 1; piece <= bytes.Length; piece++)
        {
            var parser = new MessageParser();
            var found = new List<BusMessage>();
            foreach (var chunk in bytes.Chunk(piece))
            {
                ReadOnlySpan<byte> stream = chunk;
                while (parser.TryNext(ref stream, out var message))
                    found.Add(message);
            }
            Assert.False(parser.IsIncomplete);
            Assert.Equal(messages, string.Join(' ', found));
        }
    }

    [Fact]
    public void An_extended_message_of_length_zero_has_256_bytes_and_no_more()
    {
        var parser = new MessageParser();
        ReadOnlySpan<byte> stream = new byte[] { 0x01, 0x00 }.Concat(new byte[255]).ToArray();
        Assert.False(parser.TryNext(ref stream, out _));
        Assert.True(parser.IsIncomplete);
        stream = new byte[] { 0x00, 0x06 };
        Assert.True(parser.TryNext(ref stream, out var message));
        Assert.Equal(BusMessage.Unsupported, message);
        Assert.True(parser.TryNext(ref stream, out message));
        Assert.Equal(BusMessage.Abort, message);
    }

    [Theory]
    [InlineData(NegotiationReply.Silent, new byte[] { 1, 3, 1, 0x08, 0x3F }, new byte[0])]
    [InlineData(NegotiationReply.Polite, new byte[] { 1, 3, 1, 0x08, 0x3F }, new byte[] { 1, 3, 1, 0x0A, 0x1F })]
    [InlineData(NegotiationReply.Polite, new byte[] { 1, 3, 1, 0x19, 0x08 }, new byte[] { 1, 3, 1, 0x19, 0x08 })]
    [InlineData(NegotiationReply.Silent, new byte[] { 1, 2, 3, 1 }, new byte[0])]
    [InlineData(NegotiationReply.Polite, new byte[] { 1, 2, 3, 2 }, new byte[] { 1, 2, 3, 1 })]
    [InlineData(NegotiationReply.Silent, new byte[] { 1, 6, 4, 1, 0, 1, 1, 2 }, new byte[0])]
    [InlineData(NegotiationReply.Polite, new byte[] { 1, 6, 4, 1, 0, 1, 1, 2 }, new byte[] { 7 })]
    [InlineData(NegotiationReply.Silent, new byte[] { 0x12 }, new byte[] { 7 })]
    [InlineData(NegotiationReply.Silent, new byte[] { 0x24, 0x06 }, new byte[] { 7 })]
    public void A_target_answers_negotiation_as_configured_and_goes_on_to_command(NegotiationReply reply, byte[] message, byte[] answer)
    {
        var bench = new BusBench(new BusParameters { NegotiateReply = reply });
        bench.Chip.PokeBytes(0x100, [0x80, .. message]);
        bench.Chip.PokeBytes(0x120, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE);
        bench.Chip.Poke(Program, 0x41000000, 0, 0x0E000000 | (uint)(message.Length + 1), 0x100, 0x820B0000, Program + 0x20, 0x0F000008, 0x120);
        bench.Chip.Poke(Program + 0x20, 0x0A000006, 0x110, Stop, 3);
        bench.Chip.Write(Reg.Dsp, Program, 4);
        bench.Settle();
        Assert.Equal((0x84u, 0u), (bench.Chip.Read(Reg.Dstat), bench.Chip.Read(Reg.Sist0, 2)));
        Assert.Equal(answer, bench.Chip.Memory.Bytes.Slice(0x120, answer.Length).ToArray());
        Assert.Equal(0xEE, bench.Chip.Memory.Bytes[0x120 + answer.Length]);
        Assert.Single(bench.Commands);
    }

    [Fact]
    public void Wide_and_synchronous_negotiation_follow_each_other_as_linux_does_it()
    {
        var bench = new BusBench(new BusParameters { NegotiateReply = NegotiationReply.Polite });
        bench.Chip.PokeBytes(0x100, 0xC0, 1, 2, 3, 1);
        bench.Chip.PokeBytes(0x108, 1, 3, 1, 0x0C, 0x1F);
        // WDTR, its answer, SET ATN, SDTR, its answer, COMMAND.
        bench.Chip.Poke(Program, 0x41000000, 0, 0x0E000005, 0x100, 0x0F000001, 0x120, 0x60000040, 0, 0x0F000001, 0x121, 0x60000040, 0);
        bench.Chip.Poke(Program + 0x30, 0x0F000002, 0x122, 0x58000008, 0, 0x60000040, 0, 0x9E030000, 0x66, 0x0E000005, 0x108);
        bench.Chip.Poke(Program + 0x58, 0x0F000005, 0x128, 0x60000040, 0, 0x0A000006, 0x110, Stop, 3);
        bench.Chip.Write(Reg.Dsp, Program, 4);
        bench.Settle();
        Assert.Equal((0x84u, 3u), (bench.Chip.Read(Reg.Dstat), bench.Chip.Read(Reg.Dsps, 4)));
        Assert.Equal<byte>([1, 2, 3, 1], bench.Chip.Memory.Bytes.Slice(0x120, 4).ToArray());
        Assert.Equal<byte>([1, 3, 1, 0x0C, 0x1F], bench.Chip.Memory.Bytes.Slice(0x128, 5).ToArray());
        Assert.Equal(0u, bench.Chip.Read(Reg.Socl) & Bit.SoclAtn);
        Assert.Single(bench.Commands);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 7)]
    public void Target_and_logical_unit_reach_the_nexus_and_come_back_in_the_reselection(int target, int lun)
    {
        var driver = new T1Driver();
        driver.Post(6, [(byte)(0xC0 | lun), 0x20, 6], [0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0], 512, target: target);
        var command = driver.Bench.Commands.Single();
        Assert.Equal(new ItlqNexus(new ItNexus(7, target), new Lun((ushort)lun), 6), command.Nexus);
        driver.SendDataIn(6, 512);
        Assert.Equal(0x80u | (uint)target, driver.Chip.Read(Reg.Ssid));
        driver.Complete(6);
        Assert.Equal([(6, (byte)0)], driver.Done);
    }

    [Fact]
    public void An_idle_command_yields_the_bus_to_one_that_is_ready()
    {
        var driver = new T1Driver();
        driver.PostRead(1);
        driver.Post(0, [0xC0], [0x12, 0, 0, 0, 36, 0], 36);
        Assert.Equal(Bit.Istat0Con, (byte)(driver.Chip.Read(Reg.Istat0) & Bit.Istat0Con));
        driver.SendDataIn(1, 512);
        Assert.True(driver.HasData(1, 512));
        driver.Complete(1);
        var inquiry = driver.Bench.Commands.Single();
        driver.Bench.SendDataIn(inquiry, 36);
        driver.Bench.Complete(inquiry);
        driver.Serve();
        Assert.Equal([(1, (byte)0), (0, (byte)0)], driver.Done);
    }

    [Fact]
    public void A_command_that_may_not_disconnect_keeps_the_bus()
    {
        var driver = new T1Driver();
        driver.PostRead(1);
        driver.Post(0, [0x80], [0x12, 0, 0, 0, 36, 0], 36);
        driver.SendDataIn(1, 512);
        Assert.False(driver.HasData(1, 512));
        var inquiry = driver.Bench.Commands.Single(command => command.Attribute == TaskAttribute.Untagged);
        driver.Bench.SendDataIn(inquiry, 36);
        driver.Bench.Complete(inquiry);
        driver.Serve();
        Assert.True(driver.HasData(1, 512));
    }

    [Fact]
    public void A_command_that_may_not_disconnect_and_would_wait_for_others_on_the_bus_is_TASK_SET_FULL()
    {
        byte[] compareAndWrite = [0x89, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0];
        var driver = new T1Driver();
        driver.PostRead(1);
        driver.Post(2, [0x80, 0x20, 2], compareAndWrite, 1024, isWrite: true);
        Assert.Equal([(2, (byte)ScsiStatus.TaskSetFull)], driver.Done);
        Assert.Single(driver.Bench.Commands);

        driver.SendDataIn(1, 512);
        driver.Complete(1);
        driver.Post(2, [0x80, 0x20, 2], compareAndWrite, 1024, isWrite: true);
        Assert.Equal(0x89, driver.Bench.Commands.Single().Cdb.OperationCode);
        Assert.Equal(1, driver.Bench.Bus.Outstanding);
    }

    [Fact]
    public void Overlapped_commands_are_answered_oldest_first()
    {
        var driver = new T1Driver();
        driver.PostRead(1);
        driver.PostRead(1);
        Assert.Equal(2, driver.Bench.Commands.Count);
        Assert.Equal(2, driver.Bench.Bus.Outstanding);
        driver.Bench.Tell(new CommandAborted(driver.Bench.Commands[0].Nexus));
        driver.Bench.Commands.RemoveAt(0);
        driver.Complete(1, ScsiStatus.CheckCondition);
        Assert.Equal([(1, (byte)ScsiStatus.CheckCondition)], driver.Done);
        Assert.Equal(0, driver.Bench.Bus.Outstanding);
    }

    [Fact]
    public void A_lost_logical_unit_ends_its_commands_and_the_others_go_on()
    {
        var driver = new T1Driver();
        driver.PostRead(1);
        driver.Post(2, [0xC3, 0x20, 2], [0x28, 0, 0, 0, 0, 2, 0, 0, 1, 0], 512);
        driver.Bench.Commands.RemoveAll(command => command.Nexus.Lun.Number == 3);
        driver.Bench.Tell(new LogicalUnitLost(0, new Lun(3)));
        Assert.Equal(1, driver.Bench.Bus.Outstanding);
        driver.SendDataIn(1, 512);
        driver.Complete(1);
        Assert.Equal([(1, (byte)0)], driver.Done);
    }

    [Fact]
    public void A_target_that_leaves_is_not_selected_any_more()
    {
        var driver = new T1Driver();
        driver.Bench.Bus.Handle(new TargetPresence(0, false));
        driver.Bench.Settle();
        TestScript.WriteTask(driver.Chip, T1Driver.Block(0), 0, [0xC0], [0, 0, 0, 0, 0, 0], 0x4000, 1, false);
        TestScript.Post(driver.Chip, T1Driver.Block(0));
        driver.Chip.Write(Reg.Istat0, Bit.Istat0Sigp);
        Assert.Equal(0x0400u, driver.Chip.Read(Reg.Sist0, 2));
    }

    [Fact]
    public void When_the_initiator_is_lost_buffers_come_back_and_commands_are_aborted()
    {
        var driver = new T1Driver();
        driver.PostRead(1);
        driver.PostWrite(2);
        driver.Chip.Write(Reg.Istat0, Bit.Istat0Abrt);
        driver.Bench.SendDataIn(driver.Bench.Command(1), 512);
        driver.Bench.AskForData(driver.Bench.Command(2), 512);
        Assert.Equal(2, driver.Bench.Lent.Count);
        driver.Bench.Bus.Handle(InitiatorLost.Instance);
        Assert.Empty(driver.Bench.Lent);
        Assert.Equal(TaskManagementFunction.AbortTaskSet, driver.Bench.Functions.Single().Function);
        driver.Bench.CarryOutFunctions();
        Assert.Equal(0, driver.Bench.Bus.Outstanding);
    }

    [Fact]
    public void With_the_direction_bug_a_queued_write_runs_as_a_read()
    {
        var driver = new T1Driver(new BusParameters { BugDirectionFromBusPhase = true });
        // A program that follows the phase, as drivers do: the write's data is overwritten, and the storage gets what the buffer held.
        driver.Post(2, [0xC0, 0x20, 2], [0x2A, 0, 0, 0, 0, 16, 0, 0, 8, 0], 4096);
        driver.Chip.Phases.Clear();
        driver.AskForData(2, 4096);
        Assert.Equal(
            [BusPhase.MessageIn, BusPhase.DataIn, BusPhase.MessageIn, BusPhase.BusFree], driver.Chip.Phases.Select(change => change.Phase));
        Assert.Equal(0xEE, driver.Chip.Memory.Bytes[(int)T1Driver.Data(2)]);
        Assert.All(driver.Bench.Received.Single().Value, value => Assert.Equal(0xEE, value));
    }

    [Fact]
    public void With_the_early_submission_bug_the_storage_gets_what_the_buffer_held()
    {
        var driver = new T1Driver(new BusParameters { BugSubmitBeforeData = true });
        driver.PostWrite(1);
        driver.AskForData(1, 4096);
        Assert.All(driver.Bench.Received.Single().Value, value => Assert.Equal(0xEE, value));
        driver.Complete(1);
        Assert.Equal([(1, (byte)0)], driver.Done);
        Assert.Equal(4096u, driver.Chip.Read(Reg.Csbc, 4));
    }
}
