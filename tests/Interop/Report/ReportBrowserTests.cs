using ScsiActors.Host.Report;
using Xunit;
using Xunit.Abstractions;

namespace ScsiActors.Interop.Report;

/// <summary>The report in a real browser: what a reader would see to be wrong.</summary>
/// <remarks>With <c>SCSIACTORS_PICTURES=FOLDER</c> each page is saved there as a picture too.</remarks>
public sealed class ReportBrowserTests(ITestOutputHelper output) : IDisposable
{
    private const int SampleTexts = 500;

    private static readonly string Check = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "check.js"));

    private readonly TemporaryFolder _folder = new();

    /// <summary>Gone with the test.</summary>
    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public async Task The_report_is_legible_and_whole_at_every_width_in_both_themes_and_needs_no_network()
    {
        await using var browser = await OpenAsync();
        foreach (var width in new[] { 360, 800, 1400 })
        {
            foreach (var isDark in new[] { false, true })
            {
                await browser.ShowAsync(_folder["report.html"], width, isDark);
                var theme = isDark ? "dark" : "light";
                await CheckAsync(browser, $"{width}-{theme}");
                Assert.Empty(browser.Complaints);
            }
        }
    }

    [SkippableFact]
    public async Task The_button_changes_the_theme_and_changes_it_back()
    {
        await using var browser = await OpenAsync();
        await browser.ShowAsync(_folder["report.html"], 1400, isDark: false);
        var before = await CheckAsync(browser, null);

        await browser.EvaluateAsync("document.getElementById('theme').click()");
        var dark = await CheckAsync(browser, null);
        await browser.EvaluateAsync("document.getElementById('theme').click()");
        var after = await CheckAsync(browser, null);

        Assert.NotEqual(before, dark);
        Assert.Equal(before, after);
    }

    [SkippableFact]
    public async Task Paper_is_white_whatever_the_theme_and_nothing_is_cut_off()
    {
        await using var browser = await OpenAsync();
        // A4 between margins of 14 mm.
        await browser.ShowAsync(_folder["report.html"], 688, isDark: true, isPrinted: true);

        var page = await CheckAsync(browser, "print");

        Assert.Equal("rgb(255, 255, 255)", page);
        var widest = await browser.EvaluateAsync("Math.max(...[...document.querySelectorAll('table, pre')].map(box => box.getBoundingClientRect().right))");
        Assert.InRange((double)widest!, 1, 688);
    }

    [SkippableFact]
    public async Task Hostile_text_is_shown_and_not_run()
    {
        const string hostile = "<img src=x onerror=\"document.title='run'\"></title></style></script><script>document.title='run'</script>&amp;";
        var report = new HtmlReport(hostile, hostile, new ReportVerdict(VerdictKind.Neutral, hostile, [hostile]), [new(hostile, hostile)],
            [new(hostile, [new Paragraph(hostile), new Preformatted(hostile, hostile),
                new ReportTable(hostile, hostile, [new(hostile, hostile)], [new(hostile, [new(hostile, [ReportCell.Words(hostile)], hostile)])]),
                new BarChart(hostile, hostile, hostile, [hostile], [new(hostile, [new(hostile, [new(hostile, [1])])])])])]);
        await using var browser = await OpenAsync(report);
        await browser.ShowAsync(_folder["report.html"], 800, isDark: false);

        Assert.Equal(hostile, (string)(await browser.EvaluateAsync("document.title"))!);
        Assert.Equal(hostile, (string)(await browser.EvaluateAsync("document.querySelector('h1').textContent"))!);
        Assert.Equal(0, (int)(await browser.EvaluateAsync("document.querySelectorAll('img').length"))!);
        Assert.Empty(browser.Complaints);
    }

    private async Task<Chromium> OpenAsync(HtmlReport? report = null)
    {
        Tool.Require(output, "chromium", "chromium");
        await File.WriteAllTextAsync(_folder["report.html"], (report ?? SampleReport.Build()).ToHtml());
        return await Chromium.StartAsync();
    }

    // Returns the colour of the page.
    private async Task<string> CheckAsync(Chromium browser, string? name)
    {
        var seen = (await browser.EvaluateAsync(Check))!;
        output.WriteLine($"{name}: {(int)seen["texts"]!} texts, {(int)seen["pictures"]!} pictures, lowest contrast {(double)seen["lowest"]!:0.00}");
        if (name is not null && Environment.GetEnvironmentVariable("SCSIACTORS_PICTURES") is { Length: > 0 } folder)
            await File.WriteAllBytesAsync(Path.Combine(Directory.CreateDirectory(folder).FullName, $"report-{name}.png"), await browser.PictureAsync());
        Assert.Empty(seen["wrong"]!.AsArray().Select(static wrong => (string)wrong!));
        Assert.InRange((int)seen["texts"]!, SampleTexts, int.MaxValue);
        return (string)seen["page"]!;
    }
}
