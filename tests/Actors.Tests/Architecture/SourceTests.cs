using System.Text.RegularExpressions;
using Xunit;

namespace ScsiActors.Tests.Architecture;

/// <summary>Rules about the text: words that a folder may not say, the length of files, what is never written.</summary>
public sealed partial class SourceTests
{
    private const int LongestFile = 600;
    private const int FilesWithNativeCalls = 2;
    private const string RingFile = "Actors/Aio/IoUring/LinuxIo.cs";

    private static readonly string[] Everywhere = ["Messages", "Actors", "Host", "Engine", "tests"];

    // Put together here, so that this file does not say them.
    private static readonly string[] NeverWritten = ["TO" + "DO", "FIX" + "ME", "NotImplemented" + "Exception", "Thread.Sle" + "ep(",
        "#pragma warning dis" + "able"];

    [Fact]
    public void Scsi_says_nothing_of_the_ports_above_it() =>
        Expect.None(CodeBase.Sources("Actors/Scsi").SelectMany(static file =>
            Says(file, ["lsi", "pci"], ["iscsi", "virtio", "53c895", "lsi53"])));

    [Fact]
    public void Requests_and_Aio_say_nothing_of_SCSI() => Expect.None(CodeBase.Sources("Actors/Requests", "Actors/Aio", "Messages/Aio.cs")
        .SelectMany(static file => Says(file, ["lun", "cdb", "nexus"], ["scsi"])));

    [Theory]
    [InlineData("// as over iSCSI", true)]
    [InlineData("var lsiChip = 0;", true)]
    [InlineData("if (isPciDevice)", true)]
    [InlineData("/// <summary>False is also a value.</summary>", false)]
    [InlineData("using ScsiActors.Messages.Scsi;", false)]
    public void A_word_that_may_not_be_said_is_found(string line, bool isFound) =>
        Assert.Equal(isFound, Says(("file", [line]), ["lsi", "pci"], ["iscsi"]).Any());

    [Fact]
    public void Files_are_short() => Expect.None(CodeBase.Sources(Everywhere)
        .Where(static file => file.Lines.Length > LongestFile)
        .Select(static file => $"{file.Path} has {file.Lines.Length} lines: {LongestFile} at the most, about 400 as a rule"));

    [Fact]
    public void Nothing_is_left_for_later_and_nothing_sleeps() => Expect.None(CodeBase.Sources(Everywhere)
        .SelectMany(static file => file.Lines.Select((line, index) => (file.Path, Line: line, Number: index + 1)))
        .Where(static place => NeverWritten.Any(word => place.Line.Contains(word, StringComparison.Ordinal)))
        .Select(static place => $"{place.Path}:{place.Number}: {place.Line.Trim()}"));

    [Fact]
    public void Namespaces_follow_folders() => Expect.None(CodeBase.Sources("Actors", "Messages")
        .SelectMany(static file => file.Lines.Where(static line => line.StartsWith("namespace ", StringComparison.Ordinal)).Select(line =>
            (file.Path, Line: line)))
        .Where(static file => !IsNamespaceOf(file.Line, file.Path))
        .Select(static file => $"{file.Path}: {file.Line} does not follow its folder, or is not file-scoped"));

    [Fact]
    public void Native_functions_are_declared_in_two_files_only()
    {
        var files = CodeBase.Sources("Messages", "Actors", "Host", "Engine")
            .Where(static file => file.Lines.Any(static line => NativeCall().IsMatch(line)))
            .Select(static file => file.Path).ToList();
        Assert.True(files.Count <= FilesWithNativeCalls && files.TrueForAll(static file => file == RingFile || IsSocketFile(file)),
            $"native functions are declared in {string.Join(", ", files)}; only {RingFile} and one file for sockets and shared memory may");
    }

    [Theory]
    [InlineData("    [LibraryImport(\"libc\", EntryPoint = \"read\")]", true)]
    [InlineData("    [DllImport(\"libc\")]", true)]
    [InlineData("/// <summary>What a LibraryImport would do.</summary>", false)]
    public void A_native_function_is_found(string line, bool isFound) => Assert.Equal(isFound, NativeCall().IsMatch(line));

    private static bool IsSocketFile(string path) => path.StartsWith("Actors/FrontEnds/", StringComparison.Ordinal);

    private static bool IsNamespaceOf(string line, string path)
    {
        var folders = path.Split('/')[..^1];
        var expected = folders[0] == "Messages" ? "ScsiActors.Messages" : "ScsiActors";
        // Folders inside a part may share its namespace.
        var longest = string.Join('.', folders[1..].Prepend(expected));
        var shortest = string.Join('.', folders[1..].Take(1).Prepend(expected));
        var name = line["namespace ".Length..].TrimEnd(';');
        return line.EndsWith(';') && name.StartsWith(shortest, StringComparison.Ordinal)
            && longest.StartsWith(name, StringComparison.Ordinal);
    }

    // Words as parts of names ("isPciDevice"), and strings anywhere in a name.
    private static IEnumerable<string> Says((string Path, string[] Lines) file, string[] words, string[] strings)
    {
        for (var i = 0; i < file.Lines.Length; i++)
        {
            var line = file.Lines[i].Replace("ScsiActors", "", StringComparison.Ordinal).Replace("Messages.Scsi", "Messages",
                StringComparison.Ordinal);
            foreach (Match name in Name().Matches(line))
            {
                var said = strings.FirstOrDefault(text => name.Value.Contains(text, StringComparison.OrdinalIgnoreCase))
                    ?? Word().Matches(name.Value).Select(static match => match.Value.ToLowerInvariant()).FirstOrDefault(words.Contains);
                if (said is not null)
                    yield return $"{file.Path}:{i + 1} says \"{said}\", which this folder does not know of: {file.Lines[i].Trim()}";
            }
        }
    }

    [GeneratedRegex(@"^\s*\[(LibraryImport|DllImport)\(")]
    private static partial Regex NativeCall();

    [GeneratedRegex("[A-Za-z0-9]+")]
    private static partial Regex Name();

    [GeneratedRegex("[A-Z]?[a-z]+|[A-Z]+(?![a-z])")]
    private static partial Regex Word();
}
