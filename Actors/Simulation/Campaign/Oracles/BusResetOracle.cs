using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Campaign;

/// <summary>A bus reset ends everything that is outstanding on the bus (SAM-5 6.3.2): when a target says that it has dealt with it, none of its logical
/// units has a command left that came before, and every command that the driver had given the adapter is answered.</summary>
/// <param name="context">Of the run.</param>
internal sealed class BusResetOracle(OracleContext context) : Oracle("bus-reset", context)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Dictionary<(string Target, ulong Association), long> _events = [];
    private readonly List<(TimeSpan Time, AskedCommand Asked)> _outstanding = [];
    private readonly Dictionary<ulong, AskedCommand> _commands = [];

    /// <inheritdoc/>
    public override void Observe(in Observed seen)
    {
        switch (seen.Message)
        {
            case ExecuteCommand command when seen.To == Parties.Driver && Watch.Asked is { } asked:
                _commands[command.Id] = asked;
                break;
            case CommandExecuted executed when _commands.Remove(executed.Id) && _outstanding.Count > 0:
                _outstanding.RemoveAll(one => one.Asked.Command.Id == executed.Id);
                break;
            case BusReset { ResetsTargets: true }:
                // Those that have no name yet wait in the driver, and go on behind the reset.
                foreach (var asked in _commands.Values)
                {
                    if (asked.Nexus is not null)
                        _outstanding.Add((seen.Time, asked));
                }
                break;
            case ServiceDeliveryEventOccurred { Event: ServiceDeliveryEvent.HardReset } occurred when seen.From == Parties.Bus:
                _events[(seen.To, occurred.Association)] = Watch.Now;
                break;
            case ServiceDeliveryEventHandled handled when seen.To == Parties.Bus && _events.Remove((seen.From, handled.Association), out var began):
                Handled(seen, began);
                break;
        }
    }

    /// <inheritdoc/>
    public override void End(TimeSpan time)
    {
        foreach (var (since, asked) in _outstanding)
        {
            if (time - since > Patience)
                Find(time, $"Command {asked.Command.Id} of {asked.Client} was not ended by the bus reset at {since.TotalMilliseconds:0.####} ms", FindingSubject.Of(asked));
        }
    }

    private void Handled(in Observed seen, long began)
    {
        for (var lun = 0; lun < Scenario.Luns; lun++)
        {
            foreach (var task in Watch.TasksOf($"{seen.From}-lun-{lun}"))
            {
                if (task.Arrival < began)
                    Find(seen.Time, $"{task.Unit} still has {task.Command.Nexus}, which came before the bus reset that {seen.From} has dealt with", FindingSubject.Of(task));
            }
        }
    }
}
