using Xunit;
using Xunit.Abstractions;

namespace ScsiActors.Interop.Report;

/// <summary>Looks at a page as its readers do: at three widths, in both themes.</summary>
internal static class BrowserCheck
{
    private static readonly string Check = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "check.js"));

    /// <summary>Fails with what is wrong: text cut off, overlapping or too pale, a page too wide, something loaded from elsewhere.</summary>
    /// <remarks>With <c>SCSIACTORS_PICTURES=FOLDER</c> each page is saved there as a picture too. Skips the test where there is no browser.</remarks>
    public static async Task PassesAsync(string page, ITestOutputHelper output)
    {
        Tool.Require(output, "chromium", "chromium");
        await using var browser = await Chromium.StartAsync();
        foreach (var width in new[] { 360, 800, 1400 })
        {
            foreach (var isDark in new[] { false, true })
            {
                await browser.ShowAsync(page, width, isDark);
                var seen = (await browser.EvaluateAsync(Check))!;
                if (Environment.GetEnvironmentVariable("SCSIACTORS_PICTURES") is { Length: > 0 } folder)
                {
                    var name = $"{Path.GetFileNameWithoutExtension(page)}-{width}-{(isDark ? "dark" : "light")}.png";
                    await File.WriteAllBytesAsync(Path.Combine(Directory.CreateDirectory(folder).FullName, name), await browser.PictureAsync());
                }
                Assert.Empty(seen["wrong"]!.AsArray().Select(static text => (string)text!));
                Assert.Empty(browser.Complaints);
            }
        }
    }
}
