using ScsiActors.Messages;

namespace ScsiActors.Simulation.Campaign;

/// <summary>What a run itself has to know of its requests: how many there were, how the last one ended, and when anything was last heard of them.</summary>
internal sealed class RunRecord
{
    /// <summary>Requests that clients have sent.</summary>
    public int Requests { get; private set; }

    /// <summary>True when the last command was answered with GOOD.</summary>
    public bool LastWasGood { get; private set; }

    /// <summary>How many messages had been handled when a client last asked for something or was answered.</summary>
    public long LastHeard { get; private set; }

    /// <summary>A message was sent.</summary>
    /// <param name="seen">The message.</param>
    /// <param name="turns">Messages handled so far.</param>
    public void Observe(in Observed seen, long turns)
    {
        switch (seen.Message)
        {
            case ExecuteCommand or ExecuteTaskManagement or ExecuteBusReset or ExecuteBlockRequest when Parties.IsClient(seen.From):
                (Requests, LastHeard) = (Requests + 1, turns);
                break;
            case CommandExecuted executed when Parties.IsClient(seen.To):
                (LastWasGood, LastHeard) = (executed.IsGood, turns);
                break;
            case TaskManagementExecuted or BusResetExecuted when Parties.IsClient(seen.To):
                (LastWasGood, LastHeard) = (false, turns);
                break;
            case BlockRequestExecuted when Parties.IsClient(seen.To):
                LastHeard = turns;
                break;
        }
    }
}
