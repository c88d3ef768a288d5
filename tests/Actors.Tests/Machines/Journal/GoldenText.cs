using System.Runtime.CompilerServices;
using Xunit;

namespace ScsiActors.Tests.Machines.Journal;

/// <summary>What a projection writes, as a file in the folder Golden; with SCSIACTORS_GOLDEN=rewrite in the environment it is written rather than
/// compared.</summary>
internal static class GoldenText
{
    public static void Check(string fileName, string actual, [CallerFilePath] string testFile = "") =>
        Assert.Equal(Expected(fileName, System.Text.Encoding.UTF8.GetBytes(actual), testFile, System.Text.Encoding.UTF8.GetString), actual);

    public static void Check(string fileName, byte[] actual, [CallerFilePath] string testFile = "") =>
        Assert.Equal(Expected(fileName, actual, testFile, Convert.ToHexString), Convert.ToHexString(actual));

    private static string Expected(string fileName, byte[] actual, string testFile, Func<byte[], string> asText)
    {
        var path = Path.Combine(Path.GetDirectoryName(testFile)!, "Golden", fileName);
        if (Environment.GetEnvironmentVariable("SCSIACTORS_GOLDEN") == "rewrite")
            File.WriteAllBytes(path, actual);
        Assert.True(File.Exists(path), $"{path} is missing; SCSIACTORS_GOLDEN=rewrite writes it.");
        return asText(File.ReadAllBytes(path));
    }
}
