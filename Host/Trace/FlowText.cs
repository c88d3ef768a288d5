using ScsiActors.Journal;
using ScsiActors.Messages;

namespace ScsiActors.Host.Trace;

/// <summary>A recorded flow as lines: messages between actors, and under the adapter what its SCRIPTS did.</summary>
/// <param name="withScripts">True: every SCRIPTS instruction too.</param>
internal sealed class FlowText(bool withScripts)
{
    private const string ScriptsIndent = "            ";

    /// <summary>The lines, in the order in which the messages were sent.</summary>
    public IEnumerable<string> Lines(IReadOnlyList<MessagePassed> flow)
    {
        var names = flow.Where(IsShown).SelectMany(static passed => new[] { Short(passed.From), Short(passed.To) });
        var width = names.DefaultIfEmpty("").Max(static name => name.Length);
        foreach (var passed in flow)
        {
            if (passed.Message is ScriptsTraced traced)
            {
                if (withScripts)
                    yield return ScriptsIndent + traced.Line;
            }
            else if (IsShown(passed))
            {
                yield return MessageText.Line(Short(passed.From), Short(passed.To), passed.Message, width);
            }
        }
    }

    // The adapter's message to itself and the phases are what SCRIPTS and the bus messages show already.
    private static bool IsShown(MessagePassed passed) =>
        passed.Message is not (ObserveAdapter or ScriptsTraced or BusPhaseChanged) && passed.From != passed.To;

    private static string Short(string name) => name.StartsWith("target-0-lun-0", StringComparison.Ordinal)
        ? name.Length == "target-0-lun-0".Length ? "lun-0" : name["target-0-lun-0-".Length..]
        : name;
}
