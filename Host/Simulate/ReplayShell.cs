using System.Globalization;
using ScsiActors.Host.Output;
using ScsiActors.Simulation.Campaign;

namespace ScsiActors.Host.Simulate;

/// <summary>Asks on standard input how a replay is to go on. The end of input lets it run to its end; the questions of what parts hold leave no trace in the
/// run.</summary>
/// <param name="run">The run.</param>
/// <param name="cancellation">Ends the asking, as <c>quit</c> does.</param>
internal sealed class ReplayShell(ScenarioRun run, CancellationToken cancellation)
{
    private const string Prompt = "replay> ";

    private const string Help = """
          Enter             the next message
          next N            so many messages (n)
          until TEXT        to the next message with this text in its line (u)
          run               to the next break, or the end (r)
          state             what every part holds (s)
          task-set          the task sets of the logical units, with reservations, unit attentions and ACA
          driver            what drivers and ports have outstanding
          adapter           DSP, ISTAT0, DSTAT, SIST, SCRIPTS, connections
          bus, queue, disk  the targets' end of the bus; request queues; requests, cache and overlays of disks
          faults            the rules, how often they could act and did, and who noticed
          quit              end here (q)
        """;

    private readonly bool _isEchoed = Console.IsInputRedirected;
    private int _left;
    private string? _until;

    /// <summary>True when it wants to be asked before the next step.</summary>
    public bool IsDue => _left <= 0 && _until is null;

    /// <summary>A message was sent: true when that is what was waited for.</summary>
    /// <param name="line">Its line.</param>
    /// <param name="isShown">True when the line was shown.</param>
    public bool StopsAt(string line, bool isShown)
    {
        if (_until is not null)
        {
            if (!line.Contains(_until, StringComparison.OrdinalIgnoreCase))
                return false;
            (_until, _left) = (null, 0);
            return true;
        }
        if (isShown && _left != int.MaxValue)
            _left--;
        return false;
    }

    /// <summary>Asks, and does what it is told, until the run is to go on.</summary>
    /// <returns>False to end it here.</returns>
    public bool Ask()
    {
        _left = 0;
        while (true)
        {
            switch (ReadWords())
            {
                case null:
                    _left = int.MaxValue;
                    return !cancellation.IsCancellationRequested;
                case []:
                    _left = 1;
                    return true;
                case ["n" or "next", var number] when int.TryParse(number, CultureInfo.InvariantCulture, out var count) && count > 0:
                    _left = count;
                    return true;
                case ["n" or "next"]:
                    _left = 1;
                    return true;
                case ["u" or "until", .. { Length: > 0 } text]:
                    _until = string.Join(' ', text);
                    return true;
                case ["r" or "run"]:
                    _left = int.MaxValue;
                    return true;
                case ["q" or "quit"]:
                    return false;
                case var words:
                    Show(words);
                    break;
            }
        }
    }

    /// <summary>The run has come to its end: answers questions until there are none.</summary>
    public void AtEnd()
    {
        if (_left == int.MaxValue)
            return;
        Screen.Line("The run has come to its end.");
        _ = Ask();
    }

    private void Show(string[] words)
    {
        if (words is [var word] && StateText.Parts.TryGetValue(word, out var isMeant))
            StateText.Tell(run, isMeant);
        else
            Screen.Line(words is ["help" or "h" or "?"] ? Help : $"'{string.Join(' ', words)}' is nothing to do here.\n{Help}");
    }

    // On another thread, so that Ctrl-C is heard while nobody types.
    private string[]? ReadWords()
    {
        Console.Out.Write(Prompt);
        Console.Out.Flush();
        try
        {
            var line = Task.Run(Console.In.ReadLine).WaitAsync(cancellation).GetAwaiter().GetResult();
            if (_isEchoed || line is null)
                Screen.Line(line ?? "");
            return line?.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        }
        catch (OperationCanceledException)
        {
            Screen.Line();
            return null;
        }
    }
}
