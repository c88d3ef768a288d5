using Akka.Configuration;

namespace ScsiActors.Faults;

/// <summary>Rules that have been checked against the subsystem they are for.</summary>
public sealed class FaultPlan
{
    /// <summary>The state there is at first.</summary>
    public const string FirstState = "start";

    /// <summary>Rules in order: on one message acts the first that can.</summary>
    /// <exception cref="FaultPlanException">A rule contradicts itself or could never act.</exception>
    public FaultPlan(IEnumerable<FaultRule> rules, FaultFacts facts)
    {
        Rules = [.. rules];
        Facts = facts;
        var errors = FaultCheck.Errors(Rules, facts);
        if (errors.Count > 0)
            throw new FaultPlanException(errors);
    }

    /// <summary>The rules.</summary>
    public IReadOnlyList<FaultRule> Rules { get; }

    /// <summary>What they are for.</summary>
    public FaultFacts Facts { get; }

    /// <summary>Reads the section <c>faults</c> of a configuration, for the subsystem that <c>scsi-actors</c> in the same configuration, laid over the
    /// defaults, describes. No section is a plan without rules.</summary>
    /// <exception cref="FaultPlanException">Says of each rule what is wrong with it, and what to do.</exception>
    public static FaultPlan From(Config config) => From(config, FaultPlanConfig.Facts(config.WithFallback(ScsiSubsystem.DefaultConfig)));

    /// <summary>Reads the section <c>faults</c> of a configuration.</summary>
    /// <exception cref="FaultPlanException">As above.</exception>
    public static FaultPlan From(Config config, FaultFacts facts) => new(RulesOf(config), facts);

    /// <summary>Reads the section <c>faults</c> of a configuration for whatever subsystem it may be for.</summary>
    /// <exception cref="FaultPlanException">Says of each rule that cannot be read what is wrong with it.</exception>
    public static IReadOnlyList<FaultRule> RulesOf(Config config)
    {
        var errors = new List<string>();
        var rules = FaultPlanConfig.Rules(config, errors);
        return errors.Count > 0 ? throw new FaultPlanException(errors) : rules;
    }
}

/// <summary>Rules that cannot be used.</summary>
/// <param name="errors">One sentence for each error.</param>
public sealed class FaultPlanException(IReadOnlyList<string> errors) : Exception(string.Join(Environment.NewLine, errors))
{
    /// <summary>One sentence for each error: the rule, what is wrong, what to do.</summary>
    public IReadOnlyList<string> Errors => errors;
}
