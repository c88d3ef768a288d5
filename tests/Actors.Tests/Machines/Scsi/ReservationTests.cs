using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi;
using Xunit;

namespace ScsiActors.Tests.Machines.Scsi;

public sealed class ReservationTests
{
    private const string Reserve = "16 00 00 00 00 00";
    private const string Release = "17 00 00 00 00 00";
    private const string Ready = "00 00 00 00 00 00";
    private const string Prevent = "1E 00 00 00 01 00";
    private const string Allow = "1E 00 00 00 00 00";
    private const string Eject = "1B 00 00 00 02 00";
    private const string Load = "1B 00 00 00 03 00";

    private static readonly HashSet<string> AllowedOverReservation = ["INQUIRY", "REPORT LUNS", "REQUEST SENSE", "RELEASE(6)"];

    [Fact]
    public void A_reservation_keeps_out_every_other_nexus_but_for_the_commands_of_the_table()
    {
        var bench = new LogicalUnitBench(new LogicalUnitSettings { Removable = true });
        Assert.Equal(ScsiStatus.Good, bench.Execute(Reserve).Status);
        foreach (var row in CommandTable.Rows)
        {
            var cdb = new byte[row.Usage.Length];
            cdb[0] = row.OperationCode;
            cdb[1] = row.ServiceAction;
            var conflicts = bench.Execute(Convert.ToHexString(cdb), 1, dataOut: []).Status == ScsiStatus.ReservationConflict;
            var allowed = AllowedOverReservation.Contains(row.Name) || row.Name.StartsWith("PREVENT", StringComparison.Ordinal);
            Assert.True(conflicts != allowed, row.Name);
        }
        Assert.Equal(ScsiStatus.ReservationConflict, bench.Execute(Prevent, 1).Status);
        Assert.Equal(ScsiStatus.ReservationConflict, bench.Execute("FF 00 00 00 00 00", 1).Status);
        Assert.Equal(ScsiStatus.Good, bench.Execute(Ready).Status);
    }

    [Fact]
    public void Release_by_another_nexus_is_good_and_releases_nothing()
    {
        var bench = new LogicalUnitBench();
        bench.Execute(Reserve);
        Assert.Equal(ScsiStatus.Good, bench.Execute(Reserve).Status);
        Assert.Equal(ScsiStatus.Good, bench.Execute(Release, 1).Status);
        Assert.Equal(ScsiStatus.ReservationConflict, bench.Execute(Ready, 1).Status);
        Assert.Equal(ScsiStatus.Good, bench.Execute(Release).Status);
        Assert.Equal(ScsiStatus.Good, bench.Execute(Reserve, 1).Status);
        Assert.Equal(ScsiStatus.ReservationConflict, bench.Execute(Ready).Status);
    }

    [Fact]
    public void A_reservation_ends_with_its_nexus_and_with_a_reset()
    {
        var bench = new LogicalUnitBench();
        bench.Execute(Reserve);
        bench.Report(ServiceDeliveryEvent.ItNexusLoss, 1);
        Assert.Equal("06/29/07", bench.Execute(Ready, 1).ToString());
        Assert.Equal(ScsiStatus.ReservationConflict, bench.Execute(Ready, 1).Status);
        bench.Report(ServiceDeliveryEvent.ItNexusLoss);
        Assert.Equal(ScsiStatus.Good, bench.Execute(Ready, 1).Status);

        bench.Execute(Reserve, 1);
        bench.Manage(TaskManagementFunction.LogicalUnitReset, 2);
        bench.ClearUnitAttention(2);
        Assert.Equal(ScsiStatus.Good, bench.Execute(Ready, 2).Status);
    }

    [Fact]
    public void A_medium_leaves_only_when_no_nexus_prevents_it()
    {
        var bench = new LogicalUnitBench(new LogicalUnitSettings { Removable = true });
        bench.Execute(Prevent);
        bench.Execute(Prevent, 1);
        Assert.Equal("05/53/02", bench.Execute(Eject, 2).ToString());
        bench.Execute(Allow);
        Assert.Equal("05/53/02", bench.Execute(Eject).ToString());
        Assert.Equal("05/53/02", bench.Execute(Load).ToString());
        bench.Report(ServiceDeliveryEvent.ItNexusLoss, 1);
        Assert.Equal(ScsiStatus.Good, bench.Execute(Eject).Status);
        Assert.Equal(ScsiStatus.Good, bench.Execute(Eject).Status);
        Assert.Equal("05/24/00", bench.Execute("1E 00 00 00 02 00").ToString());
    }

    [Fact]
    public void An_ejected_medium_is_not_there_until_it_is_loaded()
    {
        var bench = new LogicalUnitBench(new LogicalUnitSettings { Removable = true });
        bench.Execute(Eject);
        Assert.Contains(bench.Said, message => message is AioFlush);
        Assert.Equal("02/3a/00", bench.Execute(Ready).ToString());
        Assert.Equal("02/3a/00", bench.Execute("28 00 00 00 00 00 00 00 01 00", 1).ToString());
        Assert.Equal(ScsiStatus.Good, bench.Execute("1A 00 3F 00 FF 00").Status);
        Assert.Equal(ScsiStatus.Good, bench.Execute(Load).Status);
        Assert.Equal(ScsiStatus.Good, bench.Execute(Ready).Status);
        Assert.Equal("06/28/00", bench.Execute(Ready, 1).ToString());
    }

    [Theory]
    [InlineData("1B 00 00 00 00 00", true)]
    [InlineData("1B 00 00 00 04 00", false)]
    [InlineData("1B 00 00 00 01 00", false)]
    [InlineData("1B 00 00 00 32 00", false)]
    public void Stopping_flushes_and_leaves_the_unit_ready(string cdb, bool flushes)
    {
        var bench = new LogicalUnitBench();
        Assert.Equal(ScsiStatus.Good, bench.Execute(cdb).Status);
        Assert.Equal(flushes, bench.Said.Any(message => message is AioFlush));
        Assert.Equal(ScsiStatus.Good, bench.Execute(Ready).Status);
    }

    [Fact]
    public void A_failed_flush_keeps_the_medium_in()
    {
        var bench = new LogicalUnitBench(new LogicalUnitSettings { Removable = true }) { Fault = _ => (AioResult.WriteError, 0) };
        Assert.Equal("03/0c/00", bench.Execute(Eject).ToString());
        Assert.Equal(ScsiStatus.Good, bench.Execute(Ready).Status);
    }

    [Fact]
    public void An_eject_with_IMMED_answers_first()
    {
        var bench = new LogicalUnitBench(new LogicalUnitSettings { Removable = true });
        var eject = bench.Send("1B 01 00 00 02 00");
        Assert.Equal(ScsiStatus.Good, bench.OutcomeOf(eject)!.Status);
        bench.AnswerAll();
        Assert.Equal("02/3a/00", bench.Execute(Ready).ToString());
        bench.HoldsNothing();
    }

    [Fact]
    public void A_fixed_medium_cannot_be_ejected() =>
        Assert.Equal("05/24/00", new LogicalUnitBench().Execute(Eject).ToString());

    [Theory]
    [InlineData("04 00 00 00 00 00", "", "Good")]
    [InlineData("04 18 00 00 00 00", "00 00 00 00", "Good")]
    [InlineData("04 38 00 00 00 00", "00 02 00 00 00 00 00 00", "Good")]
    [InlineData("04 18 00 00 00 00", "00 00 00 08", "05/26/00")]
    [InlineData("04 18 00 00 00 00", "01 00 00 00", "05/26/00")]
    [InlineData("04 18 00 00 00 00", "00 88 00 00", "05/26/00")]
    [InlineData("04 18 00 00 00 00", "00 00", "05/1a/00")]
    [InlineData("04 20 00 00 00 00", "", "05/24/00")]
    [InlineData("04 90 00 00 00 00", "", "05/24/00")]
    public void Format_unit_is_checked_and_accepted(string cdb, string list, string expected)
    {
        var bench = new LogicalUnitBench();
        bench.Disk[0] = 42;
        Assert.Equal(expected, bench.Execute(cdb, dataOut: LogicalUnitBench.Bytes(list)).ToString());
        Assert.Equal(42, bench.Disk[0]);
        bench.HoldsNothing();
    }
}
