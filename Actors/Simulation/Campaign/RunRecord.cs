using ScsiActors.Messages;

namespace ScsiActors.Simulation.Campaign;

/// <summary>What a run itself has to know of its requests: how many there were, and how the last one ended.</summary>
internal sealed class RunRecord
{
    /// <summary>Requests that clients have sent.</summary>
    public int Requests { get; private set; }

    /// <summary>True when the last command was answered with GOOD.</summary>
    public bool LastWasGood { get; private set; }

    /// <summary>A message was sent.</summary>
    public void Observe(in Observed seen)
    {
        switch (seen.Message)
        {
            case ExecuteCommand or ExecuteTaskManagement or ExecuteBusReset or ExecuteBlockRequest when Parties.IsClient(seen.From):
                Requests++;
                break;
            case CommandExecuted executed when Parties.IsClient(seen.To):
                LastWasGood = executed.IsGood;
                break;
            case TaskManagementExecuted or BusResetExecuted when Parties.IsClient(seen.To):
                LastWasGood = false;
                break;
        }
    }
}
