using System.Collections.Frozen;
using ScsiActors.Messages;

namespace ScsiActors.Journal;

/// <summary>Where a command is on its way.</summary>
public enum CommandStage : byte
{
    /// <summary>At its driver or port.</summary>
    Port,

    /// <summary>Moved to its target by the adapter.</summary>
    Bus,

    /// <summary>In the task set; nothing has been asked for it yet.</summary>
    Waiting,

    /// <summary>Its data has been asked for.</summary>
    DataOut,

    /// <summary>Storage works on it.</summary>
    Storage,

    /// <summary>Its data goes to the initiator.</summary>
    DataIn,

    /// <summary>The logical unit is done with it; its client is not told yet.</summary>
    Status,

    /// <summary>The logical unit has aborted it; its client is not told yet.</summary>
    Aborted,
}

/// <summary>A stage begins, and lasts until the next of the command begins, or the command ends.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="First">The index of the event with which it begins.</param>
public readonly record struct StageStart(CommandStage Stage, int First);

/// <summary>The stages that each command went through.</summary>
public static class CommandStages
{
    private static readonly FrozenDictionary<string, CommandStage> Begins = new Dictionary<string, CommandStage>
    {
        [nameof(ExecuteCommand)] = CommandStage.Port,
        [nameof(CommandMoved)] = CommandStage.Bus,
        [nameof(ScsiCommandReceived)] = CommandStage.Waiting,
        [nameof(ReceiveDataOut)] = CommandStage.DataOut,
        [nameof(AioRead)] = CommandStage.Storage,
        [nameof(AioWrite)] = CommandStage.Storage,
        [nameof(AioFlush)] = CommandStage.Storage,
        [nameof(AioUnmap)] = CommandStage.Storage,
        [nameof(SendDataIn)] = CommandStage.DataIn,
        [nameof(SendCommandComplete)] = CommandStage.Status,
        [nameof(CommandAborted)] = CommandStage.Aborted,
    }.ToFrozenDictionary();

    /// <summary>The stages of each command of a history, by its number less 1.</summary>
    public static IReadOnlyList<IReadOnlyList<StageStart>> Of(IReadOnlyList<JournalEvent> events, CommandHistory history)
    {
        var stages = new List<StageStart>[history.Commands.Count];
        for (var i = 0; i < stages.Length; i++)
            stages[i] = [];
        for (var i = 0; i < events.Count; i++)
        {
            var entry = events[i];
            if (!Begins.TryGetValue(entry.Kind.Name, out var stage) || history.Of(i) is not { } command || i > command.Last)
                continue;
            var before = stages[command.Number - 1];
            // A router passes a command on, and a queue a request: the stage is the same.
            if (before.Count == 0 || before[^1].Stage != stage)
                before.Add(new StageStart(stage, i));
        }
        return stages;
    }

    /// <summary>How long the commands stayed in each stage, of those that were answered: one histogram a stage.</summary>
    public static IReadOnlyList<LatencyHistogram> Histograms(IReadOnlyList<JournalEvent> events, CommandHistory history)
    {
        var times = new Dictionary<CommandStage, List<long>>();
        foreach (var (command, stages) in history.Commands.Zip(Of(events, history)))
        {
            for (var i = 0; command.IsAnswered && i < stages.Count; i++)
            {
                var end = i + 1 < stages.Count ? stages[i + 1].First : command.Last;
                if (!times.TryGetValue(stages[i].Stage, out var list))
                    times.Add(stages[i].Stage, list = []);
                list.Add(events[end].Time - events[stages[i].First].Time);
            }
        }
        return [.. times.OrderBy(static pair => pair.Key).Select(static pair => LatencyHistograms.Of(NameOf(pair.Key), [.. pair.Value.Order()]))];
    }

    /// <summary>The name of a stage, for people.</summary>
    public static string NameOf(CommandStage stage) => stage switch
    {
        CommandStage.Port => "at the port",
        CommandStage.Bus => "on the bus",
        CommandStage.Waiting => "waiting",
        CommandStage.DataOut => "data-out",
        CommandStage.Storage => "storage",
        CommandStage.DataIn => "data-in",
        CommandStage.Status => "status",
        _ => "aborted",
    };
}
