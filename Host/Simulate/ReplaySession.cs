using System.Globalization;
using ScsiActors.Host.Output;
using ScsiActors.Journal;
using ScsiActors.Simulation.Campaign;

namespace ScsiActors.Host.Simulate;

/// <summary>Runs a scenario and shows its messages; ends it at a time or at a break, or asks there.</summary>
/// <param name="run">The run, nothing of it done.</param>
/// <param name="breaks">Texts of lines at which it is to stop.</param>
/// <param name="only">What a line must have in it to be shown; null for nothing.</param>
/// <param name="cancellation">Ends it early.</param>
internal sealed class ReplaySession(ScenarioRun run, IReadOnlyList<string> breaks, string? only, CancellationToken cancellation)
{
    private const int NameWidth = 16;

    private bool _isAtBreak;
    private bool _isPrepared;

    /// <summary>Ends the run between two steps of its world.</summary>
    private sealed class EndedException : Exception;

    /// <summary>Is asked what to do next; null when nobody is.</summary>
    public ReplayShell? Shell { get; init; }

    /// <summary>Runs to its end, or as far as it is to go.</summary>
    /// <param name="until">Virtual time after which it ends; null for none.</param>
    public void Go(TimeSpan? until)
    {
        run.Sent = See;
        run.Prepare();
        run.Stepping = BeforeStep;
        _isPrepared = true;
        try
        {
            if (until is { } limit)
            {
                _ = run.World.AdvanceUntil(() =>
                {
                    BeforeStep();
                    return false;
                }, limit);
            }
            else
            {
                run.Finish();
            }
            Shell?.AtEnd();
        }
        catch (EndedException)
        {
            // As far as it was to go.
        }
        run.Sent = null;
        run.Stepping = null;
    }

    private void See(TimeSpan time, string from, string to, object message)
    {
        // How a subsystem starts is nothing to step through.
        if (Shell is not null && !_isPrepared)
            return;
        var line = string.Create(CultureInfo.InvariantCulture, $"{(time - run.Start).TotalMilliseconds,12:F4}  ") + MessageText.Line(from, to, message, NameWidth);
        var isShown = only is null || line.Contains(only, StringComparison.OrdinalIgnoreCase);
        if (isShown && !(_isAtBreak && Shell is null))
            Screen.Line(line);
        _isAtBreak |= breaks.Any(text => line.Contains(text, StringComparison.OrdinalIgnoreCase));
        if (Shell is not null)
            _isAtBreak |= Shell.StopsAt(line, isShown);
    }

    private void BeforeStep()
    {
        if (cancellation.IsCancellationRequested)
            throw new EndedException();
        if (Shell is null ? !_isAtBreak : !_isAtBreak && !Shell.IsDue)
            return;
        _isAtBreak = false;
        if (Shell is null || !Shell.Ask())
            throw new EndedException();
    }
}
