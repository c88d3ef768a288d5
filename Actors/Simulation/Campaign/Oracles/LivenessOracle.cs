using Akka.Event;
using ScsiActors.Messages;

namespace ScsiActors.Simulation.Campaign;

/// <summary>Every command ends. One that another initiator's task management function has aborted ends without a word on a parallel bus, and its own
/// initiator finds out by its time-out; nothing else may take for ever.</summary>
/// <param name="context">Of the run.</param>
internal sealed class LivenessOracle(OracleContext context) : Oracle("liveness", context)
{
    private readonly Dictionary<ulong, (string Client, object Request, TimeSpan Since)> _outstanding = [];
    private readonly List<(string Client, ExecuteTaskManagement Function)> _functions = [];

    /// <summary>The commands that have not been answered, with their clients.</summary>
    public IReadOnlyList<(ulong Id, string Client)> Outstanding =>
        [.. _outstanding.Where(static one => one.Value.Request is ExecuteCommand).Select(static one => (one.Key, one.Value.Client))];

    /// <summary>True when nothing is outstanding.</summary>
    public bool IsQuiet => _outstanding.Count == 0;

    /// <inheritdoc/>
    public override void Observe(in Observed seen)
    {
        switch (seen.Message)
        {
            case ExecuteCommand command when Parties.IsClient(seen.From):
                _outstanding[command.Id] = (seen.From, command, seen.Time);
                break;
            case ExecuteBlockRequest request when Parties.IsClient(seen.From):
                _outstanding[request.Id] = (seen.From, request, seen.Time);
                break;
            case ExecuteTaskManagement function when Parties.IsClient(seen.From):
                _outstanding[function.Id] = (seen.From, function, seen.Time);
                _functions.Add((seen.From, function));
                break;
            case ExecuteBusReset reset when Parties.IsClient(seen.From):
                _outstanding[reset.Id] = (seen.From, reset, seen.Time);
                break;
            case BusResetExecuted executed when Parties.IsClient(seen.To):
                _outstanding.Remove(executed.Id);
                break;
            case CommandExecuted executed when Parties.IsClient(seen.To):
                _outstanding.Remove(executed.Id);
                break;
            case BlockRequestExecuted executed when Parties.IsClient(seen.To):
                _outstanding.Remove(executed.Id);
                break;
            case TaskManagementExecuted executed when Parties.IsClient(seen.To):
                _outstanding.Remove(executed.Id);
                break;
        }
    }

    /// <summary>Time has been given; those that are left without an explanation are findings.</summary>
    public void Overdue(TimeSpan time)
    {
        // A command that its driver still waits for takes a place there, for want of which others wait too.
        var explained = _outstanding.Values.Where(one => one.Request is ExecuteCommand command && (MayBeQErr(command)
                || _functions.Exists(function => IsExplanation(function.Client, function.Function, one.Client, command))))
            .Select(static one => Parties.PortOf(one.Client)).ToHashSet();
        Report(time, explained);
    }

    /// <inheritdoc/>
    public override void End(TimeSpan time) => Report(time, []);

    // So it is with a command that a fault holds up.
    private void Report(TimeSpan time, HashSet<ScenarioPort> explained)
    {
        foreach (var (id, (client, request, since)) in _outstanding)
        {
            if (TryExcuse(time, Sentence(id, client, request, since), SubjectOf(request, since)))
                explained.Add(Parties.PortOf(client));
        }
        foreach (var (id, (client, request, since)) in _outstanding)
        {
            if (!explained.Contains(Parties.PortOf(client)))
                Find(time, Sentence(id, client, request, since), SubjectOf(request, since));
        }
    }

    private static FindingSubject SubjectOf(object request, TimeSpan since) => request switch
    {
        ExecuteCommand command => new FindingSubject { Target = command.Target, Lun = command.Lun.Number, Cdb = command.Cdb, Since = since },
        ExecuteTaskManagement function => FindingSubject.Of(function, since),
        _ => new FindingSubject { Since = since },
    };

    private static string Sentence(ulong id, string client, object request, TimeSpan since) => request switch
    {
        ExecuteCommand command => $"Command {id} of {client} ({command.Cdb}), sent at {since.TotalMilliseconds:0.####} ms, was never answered",
        ExecuteTaskManagement function => $"{function.Function} (step {id}) of {client}, sent at {since.TotalMilliseconds:0.####} ms, was never answered",
        ExecuteBusReset => $"Bus reset (step {id}) of {client}, asked for at {since.TotalMilliseconds:0.####} ms, was never done",
        _ => $"Block request {id} of {client}, sent at {since.TotalMilliseconds:0.####} ms, was never answered",
    };

    // What a CHECK CONDITION of another nexus has aborted.
    private bool MayBeQErr(ExecuteCommand command) => Watch.ModesOf($"target-{command.Target}-lun-{command.Lun.Number}").HasAborted;

    private static bool IsExplanation(string from, ExecuteTaskManagement function, string client, ExecuteCommand command) =>
        Parties.PortOf(from) != Parties.PortOf(client) && function.Target == command.Target
        && function.Function is TaskManagementFunction.ClearTaskSet or TaskManagementFunction.LogicalUnitReset or TaskManagementFunction.TargetReset
        && (function.Lun == command.Lun || function.Function == TaskManagementFunction.TargetReset);
}

/// <summary>No actor fails, and none stops before the end.</summary>
/// <param name="context">Of the run.</param>
internal sealed class CrashOracle(OracleContext context) : Oracle("crash", context)
{
    /// <inheritdoc/>
    public override void Observe(in Observed seen)
    {
        if (seen.Message is Error error)
            Find(seen.Time, $"{NameOf(error.LogSource)}: {error.Cause?.GetType().Name} {error.Message}".Replace(":  ", ": ", StringComparison.Ordinal));
    }

    private static string NameOf(string source) => source[(source.LastIndexOf('/') + 1)..];
}
