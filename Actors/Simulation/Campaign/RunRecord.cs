using ScsiActors.Faults;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi;

namespace ScsiActors.Simulation.Campaign;

/// <summary>What is kept of a run besides findings: counts of endings.</summary>
internal sealed class RunRecord
{
    private readonly Dictionary<ulong, string> _names = [];
    private readonly Dictionary<string, int> _coverage = [];

    /// <summary>Requests that clients have sent.</summary>
    public int Requests { get; private set; }

    /// <summary>True when the last command was answered with GOOD.</summary>
    public bool LastWasGood { get; private set; }

    /// <summary>How often what ended how, and how often which fault acted.</summary>
    public IReadOnlyDictionary<string, int> CoverageWith(FaultLedger? ledger)
    {
        foreach (var kind in (ledger?.Injections ?? []).GroupBy(static injection => (injection.Rule.What.What, injection.Rule.Where)))
            _coverage[$"fault {kind.Key.What} at {kind.Key.Where}"] = kind.Count();
        return _coverage;
    }

    /// <summary>A message was sent.</summary>
    public void Observe(in Observed seen)
    {
        if (Parties.IsClient(seen.From))
            Sent(seen.Message);
        else if (Parties.IsClient(seen.To))
            Answered(seen.Message);
    }

    /// <summary>The name of an operation, for people.</summary>
    public static string NameOf(Cdb cdb) => CommandTable.Find(cdb, out _)?.Name ?? $"operation code {cdb.OperationCode:X2}h";

    private void Sent(object message)
    {
        switch (message)
        {
            case ExecuteCommand command:
                Requests++;
                _names[command.Id] = NameOf(command.Cdb);
                break;
            case ExecuteTaskManagement function:
                Requests++;
                _names[function.Id] = function.Function.ToString();
                break;
            case ExecuteBlockRequest request:
                Requests++;
                _names[request.Id] = $"virtio {request.Operation}";
                break;
        }
    }

    private void Answered(object message)
    {
        switch (message)
        {
            case CommandExecuted executed:
                LastWasGood = executed.IsGood;
                Count(executed.Id, executed.Outcome == CommandOutcome.Complete ? $"{executed.Status} {executed.Sense}".TrimEnd() : executed.Outcome.ToString());
                break;
            case TaskManagementExecuted executed:
                LastWasGood = false;
                Count(executed.Id, executed.Response.ToString());
                break;
            case BlockRequestExecuted executed:
                Count(executed.Id, executed.Status.ToString());
                break;
        }
    }

    private void Count(ulong id, string ending)
    {
        var key = $"{_names.GetValueOrDefault(id, "?")} | {ending}";
        _coverage[key] = _coverage.GetValueOrDefault(key) + 1;
    }
}
