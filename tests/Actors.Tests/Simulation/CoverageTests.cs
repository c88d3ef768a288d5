using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Simulation.Campaign;
using Xunit;

namespace ScsiActors.Tests.Simulation;

/// <summary>The cells that requests end in.</summary>
public sealed class CoverageTests
{
    [Theory]
    [InlineData(ScenarioPort.Direct)]
    [InlineData(ScenarioPort.Adapter)]
    public void A_read_ends_in_data_in_and_a_write_in_storage(ScenarioPort port)
    {
        // What reads everything back at the end does not come over the bus.
        var cells = CellsOf(Ready(port).At(1000).Read(8, 8).At(2000).Write(8, 8)).FindAll(cell => cell.Phase is not null == (port == ScenarioPort.Adapter));
        Assert.Equal(CoveredState.DataIn, Only(cells, "READ(10)", "Good").State);
        Assert.Equal(CoveredState.Storage, Only(cells, "WRITE(10)", "Good").State);
    }

    [Fact]
    public void A_unit_attention_ends_a_command_that_waits_and_its_sense_is_part_of_the_cell()
    {
        var cell = Only(CellsOf(ScenarioBuilder.WithSeed(1).At(0).Read(8, 8)), "READ(10)", "CheckCondition 06/29/01");
        Assert.Equal(CoveredState.Waiting, cell.State);
        Assert.Equal("UnitAttention", cell.EndingClass);
    }

    [Fact]
    public void An_untagged_command_is_followed_over_the_bus()
    {
        var cells = CellsOf(Ready(ScenarioPort.Adapter).At(1000).Read(8, 8, TaskAttribute.Untagged)).FindAll(static cell => cell.Phase is not null);
        Assert.Equal(CoveredState.DataIn, Only(cells, "READ(10)", "Good").State);
    }

    [Fact]
    public void A_command_that_is_aborted_in_storage_says_so_and_so_does_the_function()
    {
        var scenario = Ready(ScenarioPort.Direct).Disk(new DiskPlan { Latency = 10_000 }).At(30_000).Read(8, 8).At(31_000).Function(TaskManagementFunction.AbortTask, of: 3);
        var cells = CellsOf(scenario);
        Assert.Equal(CoveredState.Storage, Only(cells, "READ(10)", "Aborted").State);
        Assert.Equal(CoveredState.Storage, Only(cells, "AbortTask", "FunctionComplete").State);
    }

    [Fact]
    public void A_fault_is_crossed_with_what_it_hits_where_it_hit_it()
    {
        var scenario = Ready(ScenarioPort.Direct).Fault("bad { where = aio, when = { lba = \"8\", operation = read }, what = medium-error }").At(1000).Read(8, 8);
        var cell = Assert.Single(CellsOf(scenario), static cell => cell.Fault.Length > 0 && cell.Operation == "READ(10)" && cell.Ending.StartsWith("Check", StringComparison.Ordinal));
        Assert.Equal("medium-error at aio", cell.Fault);
        Assert.Equal(CoveredState.Storage, cell.State);
    }

    [Fact]
    public void A_cell_is_the_same_number_in_every_process_and_reads_back()
    {
        foreach (var (cell, count) in ScenarioRun.Run(ScenarioGenerator.Draw(6)).Cells)
        {
            Assert.InRange(count, 1, int.MaxValue);
            Assert.Equal(cell, new CoverageCell(cell.Key));
            Assert.NotEmpty(cell.Operation);
            Assert.NotEmpty(cell.Ending);
        }
    }

    // The unit attention of the power-on is told to the first two.
    private static ScenarioBuilder Ready(ScenarioPort port) =>
        ScenarioBuilder.WithSeed(1).Via(port).At(0).Command("00 00 00 00 00 00").At(10).Command("00 00 00 00 00 00");

    private static List<CoverageCell> CellsOf(ScenarioBuilder scenario) => [.. scenario.Run().Cells.Select(static one => one.Cell)];

    private static CoverageCell Only(List<CoverageCell> cells, string operation, string ending) =>
        Assert.Single(cells, cell => cell.Operation == operation && cell.Ending == ending);
}
