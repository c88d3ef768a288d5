using ScsiActors.Messages;

namespace ScsiActors.Lsi53c895a;

// What it holds, for people.
internal sealed partial class Controller
{
    /// <summary>The registers that say what it does, its connection and the reselections that wait; reads without the effects of reading.</summary>
    public IReadOnlyList<StateTable> Describe() =>
    [
        new StateTable("registers", ["DSP", "DSA", "DSPS", "ISTAT0", "DSTAT", "SIST0", "SIST1"],
        [[
            $"{_registers.Get(Reg.Dsp):X8}", $"{_registers.Get(Reg.Dsa):X8}", $"{_registers.Get(Reg.Dsps):X8}",
            $"{ReadIstat0(_registers[Reg.Istat0]):X2}", $"{_interrupts.Dstat:X2}", $"{_interrupts.Sist0:X2}", $"{_interrupts.Sist1:X2}",
        ]]),
        new StateTable("SCRIPTS", ["state", "waits for", "interrupt line"],
            [[_scripts.IsRunning ? "running" : "stopped", _scripts.Wait == ScriptsWait.None ? "nothing" : $"{_scripts.Wait}".ToLowerInvariant(), _line ? "high" : "low"]]),
        new StateTable("connections", ["connection", "target", "logical unit", "tag", "phase", "since"],
            [.. _bus.Connections.Select((connection, index) => Describe(connection, _bus.IsConnected && index == 0))]),
    ];

    private string[] Describe(BusConnection connection, bool isCurrent) =>
    [
        $"{connection.Id}", $"{connection.Target}", $"{connection.Lun}", connection.Tag < 0 ? "none" : $"{connection.Tag}",
        isCurrent ? $"{_bus.Phase}" : connection.HasStep ? $"{connection.Head.Phase} comes" : "none",
        isCurrent ? "connected" : "waits to be granted",
    ];
}
