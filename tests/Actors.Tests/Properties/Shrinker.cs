using System.Diagnostics;
using System.Text;

namespace ScsiActors.Tests.Properties;

/// <summary>Makes a failing run short: leaves out steps as long as the same rule stays broken.</summary>
public static class Shrinker
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>The shortest list found of <paramref name="steps"/> that still breaks <paramref name="rule"/>.</summary>
    public static List<Step> Shrink(Swarm swarm, List<Step> steps, string rule)
    {
        var clock = Stopwatch.StartNew();
        for (var chunk = Math.Max(steps.Count / 2, 1); chunk > 0; chunk = chunk == 1 ? 0 : Math.Max(chunk / 2, 1))
        {
            for (var at = 0; at < steps.Count && clock.Elapsed < Patience;)
            {
                var shorter = steps.Take(at).Concat(steps.Skip(at + chunk)).ToList();
                if (Breaks(swarm, shorter, rule) is { } failing)
                    steps = shorter.Take(failing + 1).ToList();
                else
                    at += chunk;
            }
        }
        return steps;
    }

    /// <summary>What goes in and comes out in a run, as text, with the divergence at its end.</summary>
    public static string Tell(Swarm swarm, List<Step> steps)
    {
        var log = new StringBuilder();
        try
        {
            new LogicalUnitRun(swarm, log).Execute(steps);
        }
        catch (DivergenceException)
        {
            // Its message is the last line of the log.
        }
        return log.ToString();
    }

    private static int? Breaks(Swarm swarm, List<Step> steps, string rule)
    {
        try
        {
            new LogicalUnitRun(swarm).Execute(steps);
            return null;
        }
        catch (DivergenceException divergence)
        {
            return divergence.Rule == rule ? (int)divergence.Data["step"]! : null;
        }
    }
}
