using ScsiActors.Messages;

namespace ScsiActors.Tests.Properties;

/// <summary>A task management function or delivery event that has been sent and not been answered.</summary>
public sealed class ModelInterruption(string name, ulong association)
{
    /// <summary>For the log.</summary>
    public string Name { get; } = name;

    /// <summary>What the answer echoes.</summary>
    public ulong Association { get; } = association;

    /// <summary>The function; null for an event.</summary>
    public TaskManagementRequestReceived? Function { get; init; }

    /// <summary>The commands it ends: all of them are answered before it is.</summary>
    public List<ModelCommand> Ends { get; } = [];

    /// <summary>The change of state it makes, if any.</summary>
    public int? Change { get; set; }

    /// <summary>The unit attentions it leaves behind.</summary>
    public List<(int Initiator, AttentionItem Item)> Attentions { get; } = [];

    /// <summary>The contingent allegiances, by initiator and number, that are over once it is answered.</summary>
    public List<(int Initiator, int Number)> EndsContingent { get; } = [];

    /// <summary>The responses that are legal.</summary>
    public List<ServiceResponse> Responses { get; } = [ServiceResponse.FunctionComplete];
}
