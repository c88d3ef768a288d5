using ScsiActors.Faults;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Simulation;
using ScsiActors.Simulation.Campaign;
using ScsiActors.Simulation.Kit;
using Xunit;

namespace ScsiActors.Tests.Simulation;

/// <summary>What the test kit itself promises.</summary>
public sealed class KitTests
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    [Fact]
    public void A_failure_shows_what_was_expected_beside_what_was_seen_with_times_faults_seed_and_a_diagram()
    {
        using var kit = new SimulationKit(new KitOptions(7).WithDisk()
            .WithFault("lazy { where = aio, when.operation = write, what { do = late, by = 5 ms } }"));
        var write = kit.Direct().Write(lba: 8, blocks: 1);

        var failure = Assert.Throws<KitException>(() => kit.Expect(
            Expected.InOrder(Points.ReceiveDataOut.Of(write), Points.AioWrite.Of(write), Points.AioCompleted.Of(write)), within: Millisecond));

        Assert.StartsWith("Expected within 1 ms of virtual time, and not seen: AioCompleted of #1 WRITE(10) LBA 8+1.", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Seed 7; at 1.", failure.Message, StringComparison.Ordinal);
        Assert.Matches(@"=     0\.\d{4}  ReceiveDataOut of #1 WRITE\(10\) LBA 8\+1 .*-> direct-port", failure.Message);
        Assert.Matches(@"!     0\.\d{4}  +fault #1 lazy: late at aio, I0_T0_L0", failure.Message);
        Assert.Matches(@"-             AioCompleted of #1 WRITE\(10\) LBA 8\+1 +\(not there\)", failure.Message);
        Assert.Contains("```mermaid\nsequenceDiagram", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_order_that_did_not_happen_fails_and_any_order_does_not()
    {
        using var kit = new SimulationKit(new KitOptions().WithDisk());
        var client = kit.Direct();
        var first = client.Read(0, 1);
        var second = client.Read(8, 1);
        _ = second.Answer();
        _ = first.Answer();

        var text = Assert.Throws<KitException>(() => kit.Expect(
            Expected.InOrder(Points.Answer.Of(second), Points.Answer.Of(first)), within: Millisecond)).Message;
        Assert.Contains("not seen: Answer of #1", text, StringComparison.Ordinal);
        kit.Expect(Expected.AnyOrder(Points.Answer.Of(second), Points.Answer.Of(first)));
    }

    [Fact]
    public void What_was_not_to_happen_fails_when_it_does()
    {
        using var kit = new SimulationKit(new KitOptions().WithDisk());
        _ = kit.Direct().Read(0, 1);

        Assert.Contains("Not expected, and seen: AioRead", Assert.Throws<KitException>(() => kit.ExpectNone<AioRead>(during: Millisecond)).Message, StringComparison.Ordinal);
        kit.Expect(Points.Answer);
        kit.ExpectNone(during: Millisecond);
    }

    [Fact]
    public void A_message_is_expected_by_type_condition_and_request_and_each_is_met_once()
    {
        using var kit = new SimulationKit(new KitOptions().WithDisk());
        var client = kit.Direct();
        var first = client.Read(0, 1);
        var second = client.Read(8, 2);

        Assert.Equal(8 * 512, kit.Expect<AioRead>(static read => read.Offset > 0).Offset);
        Assert.Equal(ScsiStatus.Good, kit.Expect<SendCommandComplete>(of: second).Status);
        Assert.Throws<KitException>(() => kit.Expect<SendCommandComplete>(of: second, within: Millisecond));
        Assert.True(first.IsAnswered);
    }

    [Fact]
    public void A_fault_that_never_acts_fails_with_how_often_it_might_have()
    {
        using var kit = new SimulationKit(new KitOptions().WithFault(new FaultRule(
            "third", FaultWhere.TaskSet, new FaultCondition { Nth = 3 }, new FaultEffect(FaultWhat.Busy))));
        Assert.True(kit.Direct().TestUnitReady().Answer().IsGood);
        Assert.True(kit.Direct().TestUnitReady().Answer().IsGood);

        Assert.Contains("2 messages passed its place, its conditions held for 2",
            Assert.Throws<KitException>(() => kit.ExpectFault("third", within: Millisecond)).Message, StringComparison.Ordinal);

        Assert.Equal(ScsiStatus.Busy, kit.Direct().TestUnitReady().Answer().Status);
        Assert.Equal(1, kit.ExpectFault("third").Id);
        Assert.Throws<KitException>(() => kit.ExpectFault("third", within: Millisecond));
    }

    [Fact]
    public void A_condition_that_does_not_come_true_fails_in_virtual_time()
    {
        using var kit = new SimulationKit(new KitOptions());
        var before = kit.Now;

        Assert.Throws<KitException>(() => kit.AdvanceUntil(static () => false, within: TimeSpan.FromHours(1)));

        Assert.Equal(TimeSpan.FromHours(1), kit.Now - before);
    }

    [Fact]
    public void Registers_phases_and_interrupts_are_points_too()
    {
        using var kit = new SimulationKit(new KitOptions().WithAdapter().WithDisk());
        var read = kit.Adapter().Read(0, 8);
        _ = read.Answer();

        kit.Expect(Expected.InOrder(Points.RegisterWrite("ISTAT0"), Points.CommandMoved.Of(read), Points.Phase(BusPhase.DataIn).Of(read), Points.DataPhaseEnded.Of(read)));
        Assert.Throws<ArgumentException>(() => Points.RegisterWrite("NOSUCH"));
    }

    [Fact]
    public void A_scenario_lends_its_devices_and_its_seed()
    {
        var scenario = ScenarioBuilder.WithSeed(5).Devices(targets: 2, luns: 2, blockSize: 4096, blocks: 64).Adapter("patches-1-4").Build();
        using var kit = new SimulationKit(KitOptions.Of(scenario, ScenarioPort.Adapter, ScenarioPort.VirtioBlk));
        var write = kit.Adapter(target: 1, lun: 1).Write(lba: 3, blocks: 1);
        Assert.True(write.Answer().IsGood);

        Assert.Equal(4096, write.Data.Length);
        Assert.Equal(write.Data.ToArray(), kit.Content(lba: 3, blocks: 1, target: 1, lun: 1));
        var read = kit.VirtioBlk(target: 1, lun: 1).Read(3 * 4096, 4096);
        Assert.True(read.Answer().IsGood);
        Assert.Equal(write.Data.ToArray(), read.Data.ToArray());
    }

    [Fact]
    public void Every_legal_image_of_a_power_cut_can_be_had()
    {
        for (var image = 0; image < 4; image++)
        {
            using var kit = new SimulationKit(new KitOptions().WithDisk());
            var writes = new[] { kit.Direct().Write(0, 1), kit.Direct().Write(8, 1) };
            Assert.All(writes, static write => Assert.True(write.Answer().IsGood));
            Assert.Equal(4, kit.PowerCut().LegalImages);
            kit.PowerOn(image: image);

            var landed = writes.Select((write, index) => write.Data.Span.SequenceEqual(kit.Content(index * 8, 1))).Count(static landed => landed);
            Assert.Equal(image is 0 ? 0 : image is 3 ? 2 : 1, landed);
        }
    }

    [Fact]
    public void Memory_refuses_to_lose_its_power()
    {
        using var kit = new SimulationKit(new KitOptions());

        Assert.Contains("only a simulated disk", Assert.Throws<KitException>(() => kit.PowerCut()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        static ulong Run()
        {
            using var kit = new SimulationKit(new KitOptions(9) { Order = TurnOrderKind.Random, TurnTime = 5 }.WithAdapter().WithDisk());
            var client = kit.Adapter();
            _ = kit.ExpectAnswers([.. Enumerable.Range(0, 16).Select(i => client.Read(i * 8, 8))]);
            return kit.World.Hash;
        }
        Assert.Equal(Run(), Run());
    }
}
