using ScsiActors.Lsi53c895a;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Tests.Machines.Lsi53c895a;
using Xunit;

namespace ScsiActors.Tests.Sequences.Lsi;

/// <summary>Aborts and resets by message, as golden sequence 4 and its variants have them.</summary>
public sealed class AbortSequenceTests
{
    [Fact]
    public void Abort_tag_ends_that_task_alone_and_what_comes_late_for_it_is_ignored()
    {
        var driver = new T1Driver();
        driver.PostRead(1);
        driver.PostRead(3);
        var aborted = driver.Bench.Command(1);
        Abort(driver, 0xC0, 0x20, 1, 0x0D);

        var function = driver.Bench.Services.OfType<TaskManagementRequestReceived>().Single();
        Assert.Equal((TaskManagementFunction.AbortTask, aborted.Nexus), (function.Function, function.Nexus));
        Assert.Equal([0xA1u, 0xA2u], driver.OtherInterrupts);
        driver.Bench.SendDataIn(aborted, 512);
        Assert.False(driver.Bench.Services.OfType<DataInDelivered>().Single().Delivered);
        Assert.Equal(0u, driver.Chip.Read(Reg.Istat0) & Bit.Istat0Con);

        driver.SendDataIn(3, 512);
        driver.Complete(3);
        Assert.Equal([(3, (byte)0)], driver.Done);
        GoldenSequenceTests.AssertIdle(driver);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void A_reselection_that_waits_wins_against_the_selection_for_its_abort_or_is_withdrawn(int patience, bool isWithdrawn)
    {
        var driver = new T1Driver(options: new ControllerOptions { ReselectPatience = patience });
        driver.PostRead(1);
        // An untagged command holds the bus while the read becomes ready, and its completion stops the program.
        driver.Post(0, [0x80], [0x12, 0, 0, 0, 36, 0], 36);
        var inquiry = driver.Bench.Commands.Single(command => command.Attribute == TaskAttribute.Untagged);
        driver.Bench.SendDataIn(driver.Bench.Command(1), 512, 1);
        driver.Bench.SendDataIn(inquiry, 36);
        driver.Bench.Complete(inquiry);
        Assert.Equal((0x84u, 0u, 0xC0u), driver.Bench.TakeInterrupt());

        WriteAbortTask(driver, 0xC0, 0x20, 1, 0x0D);
        driver.Chip.Write(Reg.Dsp, TestScript.AbortEntry, 4);
        driver.Serve();
        driver.Bench.CarryOutFunctions();
        driver.Serve();

        Assert.Equal(!isWithdrawn, driver.HasData(1, 512));
        Assert.Equal(isWithdrawn, driver.Bench.Services.OfType<TaskManagementRequestReceived>().Any());
        Assert.Equal(!isWithdrawn, driver.Bench.Services.OfType<DataInDelivered>().Last().Delivered);
        Assert.Equal(isWithdrawn ? 0 : 1, driver.Bench.Bus.Outstanding);
        Assert.DoesNotContain(driver.Bench.Lent, lent => true);
    }

    [Theory]
    [InlineData(0x06, TaskManagementFunction.AbortTaskSet)]
    [InlineData(0x0C, TaskManagementFunction.TargetReset)]
    [InlineData(0x0E, TaskManagementFunction.ClearTaskSet)]
    [InlineData(0x17, TaskManagementFunction.LogicalUnitReset)]
    public void Messages_that_end_many_tasks_become_task_management(byte message, TaskManagementFunction function)
    {
        var driver = new T1Driver();
        driver.PostRead(1);
        driver.PostRead(3);
        Abort(driver, 0xC0, message);
        Assert.Equal(function, driver.Bench.Services.OfType<TaskManagementRequestReceived>().Single().Function);
        Assert.Equal(0, driver.Bench.Bus.Outstanding);
        Assert.Equal(0u, driver.Chip.Read(Reg.Sist0, 2));
        GoldenSequenceTests.AssertIdle(driver);
    }

    [Fact]
    public void Aborting_an_unknown_tag_looks_the_same_on_the_bus()
    {
        var driver = new T1Driver();
        driver.PostRead(3);
        Abort(driver, 0xC0, 0x20, 9, 0x0D);
        Assert.Equal([0xA1u, 0xA2u], driver.OtherInterrupts);
        Assert.Equal(1, driver.Bench.Bus.Outstanding);
        driver.SendDataIn(3, 512);
        driver.Complete(3);
        Assert.Single(driver.Done);
    }

    private static void WriteAbortTask(T1Driver driver, params byte[] message)
    {
        TestScript.WriteTask(driver.Chip, T1Driver.Block(60), 0, [message[0]], [0], 0, 0, false);
        driver.Chip.Poke(T1Driver.Block(60) + 8, (uint)message.Length);
        driver.Chip.PokeBytes(T1Driver.Block(60) + 0x40, message);
        driver.Chip.Write(Reg.Dsa, T1Driver.Block(60), 4);
    }

    private static void Abort(T1Driver driver, params byte[] message)
    {
        driver.Chip.Write(Reg.Istat0, Bit.Istat0Abrt);
        driver.Chip.Write(Reg.Istat0, 0);
        Assert.Equal(0x90u, driver.Chip.Read(Reg.Dstat));
        WriteAbortTask(driver, message);
        driver.Chip.Write(Reg.Dsp, TestScript.AbortEntry, 4);
        driver.Serve();
        driver.Bench.CarryOutFunctions();
        driver.Serve();
    }
}
