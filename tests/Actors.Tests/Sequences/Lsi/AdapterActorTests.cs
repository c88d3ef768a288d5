using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using ScsiActors.Lsi53c895a;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi.Bus;
using ScsiActors.Tests.Machines.Lsi53c895a;
using Xunit;

namespace ScsiActors.Tests.Sequences.Lsi;

/// <summary>The adapter and the bus as actors: the golden traces, and who tells whom what.</summary>
public sealed class AdapterActorTests : TestKit
{
    private static readonly ControllerOptions Options = ControllerOptions.Default;

    private readonly DataBufferPool _pool = new(long.MaxValue, 1 << 20);

    /// <summary>Every golden trace but the one in which a target asks for the bus between two instructions, which a mailbox does not let a
    /// test do.</summary>
    public static TheoryData<string> Names => [.. GoldenTraceTests.Traces.Keys.Where(name => name != "race")];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_adapter_actor_executes_the_golden_trace(string name)
    {
        var expected = GoldenTraceTests.Traces[name];
        GoldenTraceTests.AssertSame(name, expected, new GoldenTraceTests.Replay(name, Remote).Run(expected));
    }

    [Fact]
    public void A_read_crosses_the_actors_in_this_order()
    {
        var (driver, target) = Connect(BusParameters.Default);
        Post(driver, 5, isWrite: false);
        var command = target.ExpectMsg<ScsiCommandReceived>();
        target.Reply(new SendDataIn(command.Nexus, new TaskId(3, 1), _pool.TryRent(512)!, 0, 512));
        var delivered = target.ExpectMsg<DataInDelivered>();
        Assert.Equal(new DataInDelivered(command.Nexus, new TaskId(3, 1)), delivered);
        target.Reply(new SendCommandComplete(command.Nexus, ScsiStatus.Good, null, 512));
        ExpectCompletion(driver, 5);
    }

    [Fact]
    public void A_write_is_the_same_sequence_mirrored()
    {
        var (driver, target) = Connect(BusParameters.Default);
        Post(driver, 6, isWrite: true);
        var command = target.ExpectMsg<ScsiCommandReceived>();
        target.Reply(new ReceiveDataOut(command.Nexus, new TaskId(4, 2), _pool.TryRent(512)!, 0, 512));
        var received = target.ExpectMsg<DataOutReceived>();
        Assert.Equal(new DataOutReceived(command.Nexus, new TaskId(4, 2)), received);
        target.Reply(new SendCommandComplete(command.Nexus, ScsiStatus.Good, null, 512));
        ExpectCompletion(driver, 6);
    }

    [Fact]
    public void Sixteen_writes_wait_for_the_storage_at_once_and_without_the_patches_one()
    {
        foreach (var (parameters, inFlight) in ((BusParameters, int)[])[(BusParameters.Default, 16), (BusParameters.NoPatch, 1)])
        {
            var (driver, target) = Connect(parameters);
            for (var tag = 1; tag <= 16; tag++)
            {
                // The program takes one job at a time; while a write holds the bus, the next stays where it is.
                if (tag > 1 && inFlight == 1)
                    break;
                Post(driver, tag, isWrite: true);
                var command = target.ExpectMsg<ScsiCommandReceived>();
                target.Reply(new ReceiveDataOut(command.Nexus, default, _pool.TryRent(512)!, 0, 512));
                target.ExpectMsg<DataOutReceived>();
            }
            if (inFlight == 1)
            {
                Post(driver, 2, isWrite: true);
                driver.Read(Reg.Mbox0);
                Assert.False(target.HasMessages);
            }
        }
    }

    [Fact]
    public void A_program_that_spins_for_ever_starves_nobody()
    {
        var (driver, _) = Connect(BusParameters.Default);
        driver.Poke(0x800, 0x80080000, 0x800);
        driver.Write(Reg.Istat0, Bit.Istat0Abrt);
        driver.Write(Reg.Istat0, 0);
        driver.Read(Reg.Dstat);
        driver.Write(Reg.Dsp, 0x800, 4);
        for (var i = 0; i < 1000; i++)
        {
            driver.Write(Reg.Mbox0, (uint)i & 0xFF);
            Assert.Equal((uint)i & 0xFF, driver.Read(Reg.Mbox0));
        }
        Assert.Equal(Bit.Istat1Srun, (byte)driver.Read(Reg.Istat1));
        driver.Write(Reg.Istat0, Bit.Istat0Abrt);
        Assert.Equal(0x90u, driver.Read(Reg.Dstat));
    }

    [Fact]
    public void An_observer_that_stops_is_not_traced_to_any_more()
    {
        var bus = CreateTestProbe();
        var observer = CreateTestProbe();
        var adapter = Sys.ActorOf(ControllerActor.Props(new ArrayInitiatorMemory([0, 0, 8, 0x98, 1, 0, 0, 0]), Options, bus.Ref));
        observer.Send(adapter, new ObserveAdapter(Scripts: true));
        bus.Send(adapter, new RegisterWrite(RegisterSpace.Configuration, 4, 2, 7));
        bus.Send(adapter, new RegisterWrite(RegisterSpace.Bar1, Reg.Dsp, 4, 0));
        Assert.EndsWith("INT taken", observer.ExpectMsg<ScriptsTraced>().Line);
        Sys.Stop(observer.Ref);
        AwaitAssert(() => EventFilter.DeadLetter<ScriptsTraced>().Expect(0, () =>
        {
            bus.Send(adapter, new RegisterWrite(RegisterSpace.Bar1, Reg.Dsp, 4, 0));
            bus.Send(adapter, new RegisterRead(RegisterSpace.Bar1, Reg.Dstat, 1));
            bus.FishForMessage<RegisterValue>(_ => true);
        }));
    }

    [Fact]
    public void The_general_purpose_timer_runs_on_the_scheduler()
    {
        var (driver, _) = Connect(BusParameters.Default);
        driver.Write(Reg.Sien1, Bit.Sist1Gen);
        driver.Write(Reg.Stime1, 1);
        driver.AwaitInterrupt();
        Assert.Equal(Bit.Sist1Gen, (byte)driver.Read(Reg.Sist1));
    }

    [Fact]
    public void A_target_that_stops_is_no_longer_selected()
    {
        var (driver, target) = Connect(BusParameters.Default);
        Sys.Stop(target.Ref);
        AwaitAssert(() =>
        {
            driver.Write(Reg.Istat0, Bit.Istat0Srst);
            driver.PokeBytes(0x100, 0x80, 0, 0, 0, 0, 0, 0);
            driver.Poke(0x800, 0x41000000, 0, 0x0E000001, 0x100, 0x98080000, 1);
            driver.Write(Reg.Dsp, 0x800, 4);
            Assert.Equal(0x0400u, driver.Read(Reg.Sist0, 2));
        });
    }

    [Fact]
    public void An_adapter_that_stops_leaves_no_buffer_behind()
    {
        var target = CreateTestProbe();
        var bus = Sys.ActorOf(ParallelBusActor.Props(BusParameters.Default, new Dictionary<int, IActorRef> { [0] = target.Ref }));
        var adapter = CreateTestProbe();
        adapter.Send(bus, InitiatorAttached.Instance);
        adapter.FishForMessage<TargetsPresent>(present => present.Present == 1);
        adapter.Send(bus, new CommandMoved(1, 0, new SelectionMessage(0xC0, 0x20, 9), Cdb.Parse([0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0])));
        var command = target.ExpectMsg<ScsiCommandReceived>();
        target.Reply(new SendDataIn(command.Nexus, new TaskId(1, 1), _pool.TryRent(512)!, 0, 512));
        adapter.ExpectMsg<TargetPhases>();
        adapter.ExpectMsg<ReselectionRequested>();
        Sys.Stop(adapter.Ref);
        Assert.False(target.ExpectMsg<DataInDelivered>().Delivered);
        Assert.Equal(TaskManagementFunction.AbortTaskSet, target.ExpectMsg<TaskManagementRequestReceived>().Function);
    }

    private (ChipBench Driver, TestProbe Target) Connect(BusParameters parameters)
    {
        var target = CreateTestProbe();
        var bus = Sys.ActorOf(ParallelBusActor.Props(parameters, new Dictionary<int, IActorRef> { [0] = target.Ref }));
        var driver = new ChipBench(memorySize: 1 << 16, remote: bench => Remote(bench, _ => { }, bus));
        TestScript.Load(driver);
        driver.Write(Reg.Dien, 0x7D);
        driver.Write(Reg.Dsp, TestScript.Base, 4);
        return (driver, target);
    }

    private Action<object> Remote(ChipBench bench, Action<string> line) => Remote(bench, line, ActorRefs.Nobody);

    /// <summary>Makes an adapter and returns how to tell it something. One probe is its processor, its observer and, without a real one, its
    /// bus: what the adapter has sent because of a message is there when a read that was sent behind it has been answered.</summary>
    private Action<object> Remote(ChipBench bench, Action<string> line, IActorRef bus)
    {
        var probe = CreateTestProbe();
        var adapter = Sys.ActorOf(ControllerActor.Props(bench.Memory, Options, bus.IsNobody() ? probe.Ref : bus));
        if (bus.IsNobody())
        {
            probe.ExpectMsg<InitiatorAttached>();
            probe.Send(adapter, new ObserveAdapter(Scripts: true));
        }
        else
        {
            // Behind these answers the adapter's mailbox holds what the bus has told it of its targets.
            probe.Send(adapter, new Identify(1));
            probe.ExpectMsg<ActorIdentity>();
            probe.Send(bus, new Identify(2));
            probe.ExpectMsg<ActorIdentity>();
        }
        bench.Await = () =>
        {
            while (!bench.IsInterruptAsserted)
                bench.Receive(probe.ExpectMsg<InterruptLine>());
        };
        return message =>
        {
            // The real bus says itself which targets there are.
            if (message is TargetsPresent && !bus.IsNobody())
                return;
            probe.Send(adapter, message);
            if (message is not RegisterRead)
                probe.Send(adapter, new RegisterRead(RegisterSpace.Bar1, Reg.Mbox1, 1));
            object received;
            do
            {
                received = probe.ExpectMsg<object>();
                if (received is ScriptsTraced traced)
                    line(traced.Line);
                else if (received is not RegisterValue || message is RegisterRead)
                    bench.Receive(received);
            }
            while (received is not RegisterValue);
        };
    }

    private static void Post(ChipBench driver, int tag, bool isWrite)
    {
        var block = 0x1000u + (uint)tag * 0x100;
        TestScript.WriteTask(driver, block, 0, [0xC0, 0x20, (byte)tag],
            [(byte)(isWrite ? 0x2A : 0x28), 0, 0, 0, 0, (byte)tag, 0, 0, 1, 0], 0x8000u + (uint)tag * 0x200, 512, isWrite);
        TestScript.Post(driver, block);
        driver.Write(Reg.Istat0, Bit.Istat0Sigp);
    }

    private static void ExpectCompletion(ChipBench driver, int tag)
    {
        driver.AwaitInterrupt();
        Assert.Equal((0x84u, 0xC0u), (driver.Read(Reg.Dstat), driver.Read(Reg.Dsps, 4)));
        Assert.Equal(0x1000u + (uint)tag * 0x100, driver.Read(Reg.Dsa, 4));
    }
}
