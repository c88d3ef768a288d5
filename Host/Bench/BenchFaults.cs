using ScsiActors.Faults;
using ScsiActors.Host.Session;

namespace ScsiActors.Host.Bench;

/// <summary>Fault rules on ways of different length: a rule acts where its place is, and is left out where it is not.</summary>
internal sealed class BenchFaults
{
    private readonly IReadOnlyList<FaultRule> _rules;
    private readonly GlobalOptions _options;

    private BenchFaults(IReadOnlyList<FaultRule> rules, GlobalOptions options) => (_rules, _options) = (rules, options);

    /// <summary>Reads the rules.</summary>
    /// <exception cref="UsageException">One of them cannot be read, or could act on none of <paramref name="ways"/>.</exception>
    public static BenchFaults Of(GlobalOptions options, IReadOnlyList<BenchWay> ways)
    {
        var faults = new BenchFaults(Read(options), options);
        if (faults._rules.FirstOrDefault(rule => ways.All(way => !CanAct(rule, way))) is { } idle)
        {
            throw new UsageException($"faults.{idle.Name}: none of the rows {string.Join(", ", ways.Select(static way => way.Name))} has the place it stands at; "
                + "measure a row that has it (--rows), or leave the rule out.");
        }
        return faults;
    }

    /// <summary>A sentence for each rule that cannot act on all of the ways.</summary>
    public IEnumerable<string> Remarks(IReadOnlyList<BenchWay> ways) =>
        from rule in _rules
        let without = ways.Where(way => !CanAct(rule, way)).Select(static way => way.Label).ToArray()
        where without.Length > 0
        select $"faults.{rule.Name} cannot act on {string.Join(" and ", without)}: the place it stands at is not there.";

    /// <summary>The options for a way, without the rules that cannot act there.</summary>
    public GlobalOptions For(BenchWay way) => _options with
    {
        FaultsLeftOut = [.. _rules.Where(rule => !CanAct(rule, way)).Select(static rule => rule.Name)],
    };

    private static bool CanAct(FaultRule rule, BenchWay way) => way.HasHostAdapter || (way.HasSubsystem && !rule.NeedsHostAdapter);

    private static IReadOnlyList<FaultRule> Read(GlobalOptions options)
    {
        try
        {
            return FaultPlan.RulesOf(HostConfiguration.Load(options, []));
        }
        catch (FaultPlanException error)
        {
            throw new UsageException($"Configuration: {error.Message}");
        }
    }
}
