using ScsiActors.Messages;

namespace ScsiActors.Faults;

/// <summary>Which messages a rule acts on: those of its place, of its event, and with its phase.</summary>
internal static class FaultPhases
{
    /// <summary>The direct port's number as an initiator.</summary>
    public const int DirectPort = 0;

    /// <summary>The adapter's.</summary>
    public const int Adapter = 7;

    /// <summary>The phases that a rule on the bus can name.</summary>
    public static readonly BusPhase[] All = [BusPhase.DataOut, BusPhase.DataIn, BusPhase.Command, BusPhase.Status, BusPhase.MessageIn];

    /// <summary>True when a rule acts on messages of this kind.</summary>
    public static bool ActsOn(FaultRule rule, FaultPoint point)
    {
        var (what, when) = (rule.What, rule.When);
        if (FaultTable.Of(what.What).At(rule.Where) is not { } stand || !stand.Points.Contains(point) || (when.Event is { } named && named != point))
            return false;
        if (rule.Where != FaultWhere.Bus)
            return what.What != FaultWhat.Mark || when.Event is not null || point == stand.Points[0];
        if (when.Phase is { } phase)
            return (phase == BusPhase.Command) == (point == FaultPoint.BusCommand);
        return when.Event is not null || point == (what.AtReselection ? FaultPoint.Reselection : stand.Points[0]);
    }

    /// <summary>The phases of steps as a set of bits.</summary>
    public static int Of(ReadOnlySpan<PhaseStep> steps)
    {
        var phases = 0;
        foreach (ref readonly var step in steps)
            phases |= 1 << (int)step.Phase;
        return phases;
    }
}
