using ScsiActors.Messages;

namespace ScsiActors.Simulation.Guest;

/// <summary>What a guest and its emulator cost, in time of the one processor that runs both.</summary>
public sealed record CpuCosts
{
    /// <summary>For each request of an application: system call, file system, block layer, completion.</summary>
    public TimeSpan Request { get; init; }

    /// <summary>For each command that the block layer gives to the driver.</summary>
    public TimeSpan Command { get; init; }

    /// <summary>For each access to a register of the adapter; under virtualization an exit.</summary>
    public TimeSpan RegisterAccess { get; init; }

    /// <summary>For each interrupt that the driver gets.</summary>
    public TimeSpan Interrupt { get; init; }

    /// <summary>For each data phase: as many as the emulator cuts a transfer into.</summary>
    public TimeSpan DataPhase { get; init; }

    /// <summary>For each KiB that the emulator copies into the guest's memory.</summary>
    public TimeSpan ReadKibibyte { get; init; }

    /// <summary>For each KiB that the emulator copies out of the guest's memory.</summary>
    public TimeSpan WriteKibibyte { get; init; }

    /// <summary>For each timer interrupt of the guest.</summary>
    public TimeSpan Tick { get; init; }

    /// <summary>Time from the end of a write command's last transfer to its status, which no processor spends; commands that are queued overlap in it.</summary>
    public TimeSpan WriteAcknowledgement { get; init; }
}

/// <summary>One processor that runs a guest and the emulator of its disk; the emulator goes first. The disk's own time is the storage's.</summary>
/// <param name="costs">What things cost.</param>
/// <param name="isWrite">True when the guest writes.</param>
public sealed class MachineCosts(CpuCosts costs, bool isWrite) : ITurnCosts
{
    private enum Role
    {
        Other,
        BlockLayer,
        Driver,
        VirtioDriver,
        Adapter,
        Bus,
        Tick,
    }

    private const int Kibibyte = 1024;

    private static readonly Dictionary<string, (Role Role, bool IsUrgent)> Guest = new()
    {
        [Application] = (Role.Other, false),
        [BlockLayer] = (Role.BlockLayer, false),
        [Tick] = (Role.Tick, true),
        ["driver"] = (Role.Driver, true),
        ["adapter"] = (Role.Adapter, true),
        ["bus"] = (Role.Bus, true),
    };

    /// <summary>The name of the application's actor.</summary>
    public const string Application = "application";

    /// <summary>The name of the block layer's actor.</summary>
    public const string BlockLayer = "block-layer";

    /// <summary>The name of the timer's actor.</summary>
    public const string Tick = "tick";

    /// <summary>The processor.</summary>
    public SimulatedProcessor Processor { get; } = new("guest and emulator");

    /// <inheritdoc/>
    public (SimulatedProcessor? Processor, int Role, bool IsUrgent) Place(string name)
    {
        if (Guest.TryGetValue(name, out var place))
            return (Processor, (int)place.Role, place.IsUrgent);
        // Storage is a machine of its own; whoever measures is none.
        if (name.EndsWith("-aio", StringComparison.Ordinal) || name.StartsWith(WorldProbe.NamePrefix, StringComparison.Ordinal))
            return (null, 0, false);
        var role = name.EndsWith("-driver", StringComparison.Ordinal) ? Role.VirtioDriver : Role.Other;
        return (Processor, (int)role, true);
    }

    /// <inheritdoc/>
    public TurnCost CostOf(int role, object message) => ((Role)role, message) switch
    {
        (Role.BlockLayer, SubmitGuestIo) => Cost(costs.Request),
        (Role.Driver, ExecuteCommand) => Cost(costs.Command),
        (Role.Driver, InterruptLine { Asserted: true }) => Cost(costs.Interrupt),
        (Role.VirtioDriver, ExecuteBlockRequest request) => Cost(costs.Command + Copy(request.Data.Length)),
        (Role.Adapter, RegisterWrite or RegisterRead) => Cost(costs.RegisterAccess),
        (Role.Adapter, TargetPhases phases) => DataPhases(phases.Steps.AsSpan()),
        (Role.Adapter, ReselectionRequested reselection) => DataPhases(reselection.Steps.AsSpan()),
        (Role.Bus, SendCommandComplete) when isWrite => new TurnCost(TimeSpan.Zero, costs.WriteAcknowledgement),
        (Role.Tick, GuestTick) => Cost(costs.Tick),
        _ => default,
    };

    private TurnCost DataPhases(ReadOnlySpan<PhaseStep> steps)
    {
        var cost = TimeSpan.Zero;
        foreach (ref readonly var step in steps)
        {
            if (step.Phase is BusPhase.DataIn or BusPhase.DataOut)
                cost += costs.DataPhase + Copy(step.Count);
        }
        return Cost(cost);
    }

    private TimeSpan Copy(long bytes) => (isWrite ? costs.WriteKibibyte : costs.ReadKibibyte) * ((double)bytes / Kibibyte);

    private static TurnCost Cost(TimeSpan processor) => new(processor, TimeSpan.Zero);
}
