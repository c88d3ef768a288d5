using System.Runtime.CompilerServices;
using Mono.Cecil;

namespace ScsiActors.Tests.Architecture;

/// <summary>The built assemblies and the source tree, as the rules look at them.</summary>
public static class CodeBase
{
    /// <summary>ScsiActors.Messages.dll.</summary>
    public static readonly ModuleDefinition Messages = Read(typeof(Messages.Invariant));

    /// <summary>ScsiActors.dll.</summary>
    public static readonly ModuleDefinition Actors = Read(typeof(ScsiActors.Scsi.LogicalUnit));

    /// <summary>This assembly, for the fixtures that break the rules on purpose.</summary>
    public static readonly ModuleDefinition Tests = Read(typeof(CodeBase));

    /// <summary>The top of the source tree.</summary>
    public static readonly string Root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", ".."));

    /// <summary>The types of a module that somebody wrote, without those nested in them and without what the compiler added.</summary>
    public static IEnumerable<TypeDefinition> TypesOf(ModuleDefinition module) =>
        module.Types.Where(static type => type.Namespace.StartsWith("ScsiActors", StringComparison.Ordinal) && !type.Name.StartsWith('<'));

    /// <summary>The source files below <paramref name="folder"/>, with '/' in their paths relative to the root.</summary>
    public static IEnumerable<(string Path, string[] Lines)> Sources(params string[] folders) => folders
        .Select(static folder => Path.Combine(Root, folder))
        .Where(Directory.Exists)
        .SelectMany(static folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
        .Select(static path => (Path: Path.GetRelativePath(Root, path).Replace('\\', '/'), Full: path))
        .Where(static file => !file.Path.Contains("/obj/", StringComparison.Ordinal)
            && !file.Path.Contains("/bin/", StringComparison.Ordinal))
        .Select(static file => (file.Path, File.ReadAllLines(file.Full)));

    /// <summary>The folder of Actors that a type lives in: the part of its namespace behind ScsiActors, "" for the top.</summary>
    public static string FolderOf(TypeReference type)
    {
        while (type.DeclaringType is not null)
            type = type.DeclaringType;
        return type.Namespace.StartsWith("ScsiActors.", StringComparison.Ordinal) ? type.Namespace["ScsiActors.".Length..] : "";
    }

    /// <summary>True for an actor: anything that derives from the actor library's ActorBase.</summary>
    public static bool IsActor(TypeDefinition type)
    {
        for (var ancestor = type.BaseType; ancestor is not null;)
        {
            if (ancestor.FullName == "Akka.Actor.ActorBase")
                return true;
            // A base class of the actor library is an actor's; resolving it would need the library's own file.
            if (ancestor.Namespace == "Akka.Actor" && ancestor.Name.EndsWith("Actor", StringComparison.Ordinal))
                return true;
            ancestor = ancestor.Module == type.Module && ancestor is TypeDefinition definition ? definition.BaseType : null;
        }
        return false;
    }

    private static ModuleDefinition Read(Type type) => ModuleDefinition.ReadModule(type.Assembly.Location);

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
