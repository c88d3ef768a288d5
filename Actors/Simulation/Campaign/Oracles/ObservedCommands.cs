using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Campaign;

/// <summary>A command as its client asked for it.</summary>
/// <param name="client">The client's name.</param>
/// <param name="port">Whom it asked: the driver, or the direct port.</param>
/// <param name="command">What it asked for.</param>
/// <param name="number">The number of the event.</param>
/// <param name="time">When.</param>
internal sealed class AskedCommand(string client, string port, ExecuteCommand command, long number, TimeSpan time)
{
    /// <summary>The client's name.</summary>
    public string Client => client;

    /// <summary>Whom it asked.</summary>
    public string Port => port;

    /// <summary>What it asked for.</summary>
    public ExecuteCommand Command => command;

    /// <summary>The number of the event with which it was asked for.</summary>
    public long Number => number;

    /// <summary>When it was asked for.</summary>
    public TimeSpan Time => time;

    /// <summary>Its name behind the port; null as long as the port has not sent it.</summary>
    public ItlqNexus? Nexus { get; set; }
}

/// <summary>A command in a logical unit, as its messages show it.</summary>
/// <param name="unit">The actor's name.</param>
/// <param name="command">The command.</param>
/// <param name="arrival">The number of the event with which it came.</param>
/// <param name="time">When it came.</param>
/// <param name="asked">What its client asked for; null when that is not known, or a driver sent it by itself.</param>
internal sealed class ObservedTask(string unit, ScsiCommandReceived command, long arrival, TimeSpan time, AskedCommand? asked)
{
    /// <summary>The actor's name.</summary>
    public string Unit => unit;

    /// <summary>The command.</summary>
    public ScsiCommandReceived Command => command;

    /// <summary>Its nexus without logical unit and tag.</summary>
    public ItNexus It => command.Nexus.It;

    /// <summary>The number of the event with which it came.</summary>
    public long Arrival => arrival;

    /// <summary>When it came.</summary>
    public TimeSpan Time => time;

    /// <summary>What its client asked for; null when that is not known, or a driver sent it by itself.</summary>
    public AskedCommand? Asked => asked;

    /// <summary>The task attribute that orders it: the client's, where the way to the logical unit can carry it.</summary>
    public TaskAttribute Attribute { get; init; } = command.Attribute;

    /// <summary>The number of the event with which it was answered.</summary>
    public long Answered { get; set; } = long.MaxValue;

    /// <summary>A function or an event has been under way since it came that may end it.</summary>
    public bool MayBeAborting { get; set; }
}
