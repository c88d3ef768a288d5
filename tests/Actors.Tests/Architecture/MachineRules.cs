using Mono.Cecil;

namespace ScsiActors.Tests.Architecture;

/// <summary>What a machine is, and what it may not touch.</summary>
/// <remarks>A machine is every type in a folder of parts (<see cref="Folders"/>), with these exceptions: an actor and what is nested in
/// it; what belongs to an actor and holds its references (<see cref="Shells"/>); and, in Aio, what talks to the operating system
/// (<see cref="OperatingSystem"/>). A type called ...Settings, ...Config or ...Plan may read a configuration, and nothing else of the actor
/// library.</remarks>
public static class MachineRules
{
    private static readonly string[] Folders = ["Scsi", "Requests", "Lsi53c895a", "Virtio", "FrontEnds", "Aio", "Faults"];

    private static readonly Dictionary<string, string> Shells = new()
    {
        ["ScsiActors.Scsi.PortDirectory"] = "which actor serves which nexus",
        ["ScsiActors.Aio.AioBackendPorts"] = "how a backend, whose threads are not the actor's, tells the actor",
        ["ScsiActors.Faults.FaultInjector"] = "stands between actors, and holds the references of those whose messages it has seen",
    };

    private static readonly Dictionary<string, string> OperatingSystem = new()
    {
        ["ScsiActors.Aio.IoUring"] = "rings shared with the kernel, and the thread that waits for them",
        ["ScsiActors.Aio.ThreadPoolFileBackend"] = "threads that block in the kernel",
        ["ScsiActors.Aio.DiskFile"] = "opens files",
        ["ScsiActors.Aio.PreciseClock"] = "real time, and a thread that wakes at a moment of it",
    };

    private static readonly string[] Forbidden =
    [
        "System.DateTime", "System.DateTimeOffset", "System.TimeProvider", "System.Diagnostics.Stopwatch", "System.Random",
        "System.Threading.", "System.Security.Cryptography.RandomNumberGenerator", "System.Runtime.CompilerServices.AsyncTaskMethodBuilder",
        "System.Runtime.CompilerServices.IAsyncStateMachine", "System.Console", "Serilog.", "Microsoft.Extensions.Logging.", "Akka.",
    ];

    private static readonly string[] ForbiddenMembers = ["System.Guid.NewGuid", "System.Environment.get_TickCount",
        "System.Environment.get_TickCount64"];

    // A rule of the language, not a thread: what a lambda that is never awaited may take along.
    private static readonly string[] Harmless = ["System.Threading.CancellationToken"];

    /// <summary>True for a machine of the assembly under test.</summary>
    public static bool IsMachine(TypeDefinition type)
    {
        var folder = CodeBase.FolderOf(type);
        return Folders.Any(name => folder == name || folder.StartsWith(name + ".", StringComparison.Ordinal))
            && !CodeBase.IsActor(type)
            && !Shells.ContainsKey(WithoutArity(type))
            && !OperatingSystem.Keys.Any(name => type.Namespace == name || WithoutArity(type) == name);
    }

    /// <summary>What a machine does that it may not do, one sentence each.</summary>
    public static IEnumerable<string> Violations(TypeDefinition type)
    {
        var readsConfiguration = type.Name.EndsWith("Settings", StringComparison.Ordinal)
            || type.Name.EndsWith("Config", StringComparison.Ordinal) || type.Name.EndsWith("Plan", StringComparison.Ordinal);
        foreach (var (user, mentioned, member) in Dependencies.Of(type))
        {
            var name = mentioned.FullName;
            if (Harmless.Contains(name) || (readsConfiguration && name.StartsWith("Akka.Configuration.", StringComparison.Ordinal)))
                continue;
            if (Forbidden.Any(prefix => name == prefix || (prefix.EndsWith('.') && name.StartsWith(prefix, StringComparison.Ordinal)))
                || ForbiddenMembers.Contains($"{name}.{member}"))
                yield return
                    $"{user} uses {name}{(member is null ? "" : "." + member)}: no clock, dice, thread, lock, task, log or actors in a machine";
        }
    }

    /// <summary>The names of the exceptions that no longer exist.</summary>
    public static IEnumerable<string> StaleExceptions(ModuleDefinition module) => Shells.Keys.Concat(OperatingSystem.Keys)
        .Where(name => !module.Types.Any(type => WithoutArity(type) == name || type.Namespace == name));

    private static string WithoutArity(TypeDefinition type) => type.FullName.Split('`')[0];
}
