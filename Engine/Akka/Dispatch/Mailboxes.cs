using Akka.Actor;
using Akka.Configuration;

namespace Akka.Dispatch;

/// <summary>The kinds of mailboxes: all are unbounded, and all can be unstashed to.</summary>
public sealed class Mailboxes
{
    public const string DefaultMailboxId = "akka.actor.default-mailbox";

    private static readonly string[] Unbounded =
        ["Akka.Dispatch.UnboundedMailbox", "Akka.Dispatch.UnboundedDequeBasedMailbox"];

    private readonly Settings _settings;

    internal Mailboxes(Settings settings) => _settings = settings;

    /// <summary>Checks that <paramref name="id"/> is the section of a mailbox that this engine has.</summary>
    /// <exception cref="ConfigurationException">It is not: bounded and priority mailboxes, for example.</exception>
    internal void Verify(string id)
    {
        if (id is "" or DefaultMailboxId) return;
        string? type = _settings.Config.GetString(id + ".mailbox-type") ??
            throw new ConfigurationException($"There is no mailbox \"{id}\"");
        if (!Unbounded.Contains(type.Split(',')[0].Trim()))
            throw new ConfigurationException($"{id}.mailbox-type = \"{type}\": this engine has {string.Join(" and ", Unbounded)}");
    }
}
