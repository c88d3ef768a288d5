using System.Runtime.CompilerServices;
using Xunit;

namespace ScsiActors.Tests.Sequences;

/// <summary>A message sequence as a text file beside the test; with SCSIACTORS_GOLDEN=rewrite in the environment it is written rather than
/// compared.</summary>
internal static class GoldenFile
{
    public static void Check(string name, IEnumerable<string> lines, [CallerFilePath] string testFile = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(testFile)!, name + ".txt");
        var actual = string.Join('\n', lines) + "\n";
        if (Environment.GetEnvironmentVariable("SCSIACTORS_GOLDEN") == "rewrite")
            File.WriteAllText(path, actual);
        Assert.True(File.Exists(path), $"{path} is missing; SCSIACTORS_GOLDEN=rewrite writes it.");
        Assert.Equal(File.ReadAllText(path), actual);
    }

    public static string[] Read(string name, [CallerFilePath] string testFile = "") =>
        File.ReadAllLines(Path.Combine(Path.GetDirectoryName(testFile)!, name + ".txt"));
}
