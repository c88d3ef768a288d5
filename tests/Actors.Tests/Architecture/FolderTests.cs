using Mono.Cecil;
using Xunit;

namespace ScsiActors.Tests.Architecture;

/// <summary>Who may know whom: assemblies upward only, folders through messages only.</summary>
public sealed class FolderTests
{
    // They look at everything, and nothing looks at them.
    private static readonly string[] Onlookers = ["Simulation", "Faults", "Journal", "Cluster"];

    // Where actors run: no machine, no message, and nothing of SCSI.
    private const string Dispatch = "Dispatch";

    [Fact]
    public void Messages_references_nothing_but_the_runtime() => Expect.None(CodeBase.Messages.AssemblyReferences
        .Where(static reference => !reference.Name.StartsWith("System", StringComparison.Ordinal)
            && reference.Name is not ("netstandard" or "mscorlib"))
        .Select(static reference =>
            $"Messages references {reference.Name}: messages reference nothing, so that everybody can reference them"));

    [Fact]
    public void Actors_references_only_Messages_and_the_actor_library() => Expect.None(CodeBase.Actors.AssemblyReferences
        .Where(static reference => !reference.Name.StartsWith("System", StringComparison.Ordinal)
            && reference.Name is not ("ScsiActors.Messages" or "Akka"))
        .Select(static reference => $"Actors references {reference.Name}: only Messages and the actor library lie below it"));

    [Fact]
    public void Folders_of_Actors_know_of_each_other_only_messages() =>
        Expect.None(CodeBase.TypesOf(CodeBase.Actors).SelectMany(type => Strangers(type, CodeBase.FolderOf(type))));

    [Fact]
    public void A_type_that_knows_another_folder_is_found() =>
        Assert.NotEmpty(Strangers(CodeBase.Tests.GetType(typeof(FolderTests).FullName), "Aio"));

    [Fact]
    public void Requests_and_Aio_know_of_the_SCSI_messages_only_the_scatter_gather_list() => Expect.None(CodeBase.TypesOf(CodeBase.Actors)
        .Where(static type => Part(CodeBase.FolderOf(type)) is "Requests" or "Aio")
        .SelectMany(Dependencies.Of)
        .Where(static mention => mention.Type.Namespace == "ScsiActors.Messages.Scsi" && mention.Type.Name != "ScatterGatherList")
        .Select(static mention => $"{mention.User} mentions {mention.Type.Name}: storage does not know who uses it"));

    /// <summary>Never called: mentions a machine, to be found.</summary>
    public static int KnowsAMachine(ScsiActors.Scsi.LogicalUnit unit) => unit.TasksOutstanding;

    private static IEnumerable<string> Strangers(TypeDefinition type, string folder)
    {
        var own = Part(folder);
        // The root builds everything and gives everybody the references they need; the onlookers watch.
        if (own.Length == 0 || Onlookers.Contains(own))
            yield break;
        foreach (var (user, mentioned, _) in Dependencies.Of(type))
        {
            if (mentioned.Scope.Name is not ("ScsiActors" or "ScsiActors.dll"))
                continue;
            var other = Part(CodeBase.FolderOf(mentioned));
            if (other == own || other == Dispatch || IsOfCompiler(mentioned) || (other == "FrontEnds" && own.StartsWith("FrontEnds.", StringComparison.Ordinal)))
                continue;
            yield return
                $"{user} ({own}) mentions {mentioned.FullName} ({(other.Length == 0 ? "the top" : other)}): folders exchange only messages";
        }
    }

    private static bool IsOfCompiler(TypeReference type) => (type.DeclaringType ?? type).Name.StartsWith('<');

    // The folder that counts as one: the first, and among the front ends, which are strangers to each other, the second too.
    private static string Part(string folder)
    {
        var names = folder.Split('.');
        return names[0] == "FrontEnds" && names.Length > 1 ? $"{names[0]}.{names[1]}" : names[0];
    }
}
