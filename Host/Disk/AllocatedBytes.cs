using System.Diagnostics;
using System.Globalization;

namespace ScsiActors.Host.Disk;

/// <summary>What a file really takes on its file system, which .NET does not tell: asked of <c>stat</c>.</summary>
internal static class AllocatedBytes
{
    // st_blocks counts units of 512 bytes, whatever the file system's block (stat(2)).
    private const int Unit = 512;

    /// <summary>Bytes allocated; null where there is no <c>stat</c> that knows.</summary>
    public static async Task<long?> OfAsync(FileInfo file, CancellationToken cancellation)
    {
        try
        {
            var command = new ProcessStartInfo("stat", ["--format=%b", "--", file.FullName])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var stat = Process.Start(command);
            if (stat is null)
                return null;
            var answer = await stat.StandardOutput.ReadToEndAsync(cancellation);
            await stat.WaitForExitAsync(cancellation);
            return stat.ExitCode == 0 && long.TryParse(answer.Trim(), CultureInfo.InvariantCulture, out var blocks) ? blocks * Unit : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
