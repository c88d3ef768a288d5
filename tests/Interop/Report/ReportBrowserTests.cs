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

    [SkippableFact]
    public async Task Long_names_and_large_figures_are_broken_into_lines_and_overlap_nothing()
    {
        const string words = "WRITE(10) of 64 blocks by the thread pool through the LSI 53C895A with all four patches";
        var points = Enumerable.Range(0, 4).Select(static step => new StepPoint(step * 1e7, step * 1_250_000)).ToArray();
        var report = new HtmlReport(words, words, new ReportVerdict(VerdictKind.Good, words, []), [new(words, words)],
            [new(words, [
                new BarChart(words, words, "requests/s", [words, words, words],
                    [new(words, [new(words, [new(words, [1_234_567, 7_654_321, null]), new("Unbreakable", [0, 1, 2])])]), new("short", [])]),
                new BandChart(words, words,
                    [new(words, [new(words, 1_234_567, 1e6, 2e6, 9_999_999), new(words, 0.8, 0.8, double.PositiveInfinity, 7)])]),
                new StepChart(words, words, words[..30], words,
                    [new(words, points), new(words, points), new("end", points), new(words, [.. points.Take(1)])]),
                new HistogramChart(words, words,
                    [new(words, [new(1, 1e7, 100)], [new("p50", 1.1e6), new("p90", 1.2e6), new("p99", 9e6), new("p99.99", 9.9e6)]),
                        new("low", [new(1, 2, 3)], [new("p50", 1.5)])])])]);
        await using var browser = await OpenAsync(report);
        foreach (var width in new[] { 360, 1400 })
        {
            await browser.ShowAsync(_folder["report.html"], width, isDark: false);
            await CheckAsync(browser, $"long-{width}", fewestTexts: 50);
        }
    }

    [SkippableFact]
    public async Task A_page_that_is_not_as_it_should_be_is_found()
    {
        var faults = new (string Script, string Complaint)[]
        {
            ("document.querySelector('h1').style.color = 'light-dark(#8a8a8a, #666)'", "has a contrast of"),
            ("document.querySelector('.panels text').style.fill = 'light-dark(#8a8a8a, #666)'", "has a contrast of"),
            ("document.querySelector('section p').style.cssText = 'width: 1500px; max-width: none'", "the page is"),
            ("document.querySelector('.panels svg .label').setAttribute('x', '-40')", "is cut off by its picture"),
            ("document.querySelector('.panels svg .value').setAttribute('y', document.querySelectorAll('.panels svg .value')[1].getAttribute('y'))",
                "overlap"),
            ("document.querySelector('.panels svg .value').setAttribute('x', '120')", "stands on a bar"),
            ("document.querySelector('.panels').style.zoom = 0.5", "pixels high"),
            ("document.querySelector('caption').remove()", "has no caption"),
        };
        await using var browser = await OpenAsync();
        foreach (var (script, complaint) in faults)
        {
            await browser.ShowAsync(_folder["report.html"], 1400, isDark: false);
            await browser.EvaluateAsync($"{script}; 0");
            var wrong = (await browser.EvaluateAsync(Check))!["wrong"]!.AsArray().Select(static text => (string)text!);
            Assert.Contains(wrong, text => text.Contains(complaint, StringComparison.Ordinal));
        }
        const string nowhere = "http://127.0.0.1:9/";
        foreach (var script in new[] { "console.error('a')", $"new Image().src = '{nowhere}'", $"fetch('{nowhere}').catch(() => 0)" })
        {
            await browser.ShowAsync(_folder["report.html"], 1400, isDark: false);
            Assert.Empty(browser.Complaints);
            await browser.EvaluateAsync($"{script}; new Promise(requestAnimationFrame).then(() => 0)");
            Assert.NotEmpty(browser.Complaints);
        }
    }

    private async Task<Chromium> OpenAsync(HtmlReport? report = null)
    {
        Tool.Require(output, "chromium", "chromium");
        await File.WriteAllTextAsync(_folder["report.html"], (report ?? SampleReport.Build()).ToHtml());
        return await Chromium.StartAsync();
    }

    // Returns the colour of the page.
    private async Task<string> CheckAsync(Chromium browser, string? name, int fewestTexts = SampleTexts)
    {
        var seen = (await browser.EvaluateAsync(Check))!;
        output.WriteLine($"{name}: {(int)seen["texts"]!} texts, {(int)seen["pictures"]!} pictures, lowest contrast {(double)seen["lowest"]!:0.00}");
        if (name is not null && Environment.GetEnvironmentVariable("SCSIACTORS_PICTURES") is { Length: > 0 } folder)
            await File.WriteAllBytesAsync(Path.Combine(Directory.CreateDirectory(folder).FullName, $"report-{name}.png"), await browser.PictureAsync());
        var wrong = seen["wrong"]!.AsArray().Select(static text => (string)text!).ToList();
        wrong.ForEach(output.WriteLine);
        Assert.Empty(wrong);
        Assert.InRange((int)seen["texts"]!, fewestTexts, int.MaxValue);
        return (string)seen["page"]!;
    }
}
