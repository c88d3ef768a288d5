using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using ScsiActors.Host.Report;
using ScsiActors.Host.Report.Charts;
using ScsiActors.Messages;
using Xunit;

namespace ScsiActors.Interop.Report;

/// <summary>The report as text: what can be said of it without a browser.</summary>
public sealed class ReportTests
{
    private const int Enough = 120_000;

    [Fact]
    public void The_same_contents_give_the_same_bytes() => Assert.Equal(SampleReport.Build().ToHtml(), SampleReport.Build().ToHtml());

    [Fact]
    public void The_culture_of_the_reader_changes_nothing()
    {
        var expected = SampleReport.Build().ToHtml();
        var before = CultureInfo.CurrentCulture;
        try
        {
            var odd = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            odd.NumberFormat.NumberDecimalSeparator = ",";
            odd.NumberFormat.NumberGroupSeparator = ".";
            odd.NumberFormat.NegativeSign = "~";
            CultureInfo.CurrentCulture = odd;
            Assert.Equal(expected, SampleReport.Build().ToHtml());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void The_command_that_repeats_the_run_comes_before_the_verdict_and_the_verdict_before_the_rest()
    {
        var html = SampleReport.Build().ToHtml();
        string[] order = ["Repeat with", "<div class=\"verdict", "<dl class=\"facts", "<section"];
        var places = order.Select(part => html.IndexOf(part, StringComparison.Ordinal)).ToArray();
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
    }

    [Fact]
    public void Nothing_in_the_file_is_loaded_from_elsewhere()
    {
        var html = SampleReport.Build().ToHtml().Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal);
        Assert.DoesNotContain("http://", html, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", html, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", html, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "–")]
    [InlineData(double.NaN, "–")]
    [InlineData(0.0, "0.0")]
    [InlineData(0.974, "0.97")]
    [InlineData(9.994, "9.99")]
    [InlineData(9.996, "10.0")]
    [InlineData(127.7, "127.7")]
    [InlineData(12345.6, "12,346")]
    [InlineData(-0.001, "0.00")]
    public void A_figure_has_the_decimals_it_deserves(double? value, string text) => Assert.Equal(text, Figures.Short(value));

    [Theory]
    [InlineData(0.25, "250 ns")]
    [InlineData(9.07, "9.07 µs")]
    [InlineData(999.9, "1.00 ms")]
    [InlineData(84_450, "84.5 ms")]
    [InlineData(181_750, "182 ms")]
    [InlineData(2_500_000, "2.50 s")]
    public void A_duration_has_the_unit_that_suits_it(double micros, string text) => Assert.Equal(text, Figures.Duration(micros));

    [Theory]
    [InlineData(195.7, 50, 200)]
    [InlineData(16, 4, 16)]
    [InlineData(1, 0.25, 1)]
    [InlineData(0, 0.25, 1)]
    [InlineData(0.7, 0.2, 0.8)]
    [InlineData(76, 20, 80)]
    public void An_axis_ends_at_a_round_number(double highest, double step, double end)
    {
        var scale = LinearScale.UpTo(highest, 0, 100, 4);
        Assert.Equal(step, scale.TickStep, 9);
        Assert.Equal(end, scale.High, 9);
        Assert.Equal(100, scale.At(end));
        Assert.Equal(100, scale.At(end * 3));
    }

    [Fact]
    public void A_logarithmic_axis_goes_from_1_2_or_5_to_1_2_or_5_and_its_powers_of_ten_come_first()
    {
        var scale = LogScale.Around(7, 130, 0, 100);
        Assert.Equal((5, 200), (scale.Low, scale.High));
        Assert.Equal([10, 100, 20, 200, 5, 50], scale.Ticks().Select(static tick => Math.Round(tick, 6)));
        Assert.Equal(50, scale.At(Math.Sqrt(5 * 200)), 9);
    }

    [Fact]
    public void Text_is_broken_at_spaces_and_a_long_word_keeps_its_line()
    {
        Assert.Equal(["patches", "1-4"], TextMetrics.Wrap("patches 1-4", 60, 12));
        Assert.Equal(["a-word-that-is-longer-than-the-line"], TextMetrics.Wrap("a-word-that-is-longer-than-the-line", 60, 12));
        Assert.Equal([""], TextMetrics.Wrap("", 60, 12));
    }

    [Fact]
    public void A_band_includes_its_ends_and_a_missing_value_is_outside()
    {
        Assert.True(new BandRow("", 1, 0.9, 1.1, 0.9).IsInside);
        Assert.True(new BandRow("", 1, 0.9, 1.1, 1.1).IsInside);
        Assert.False(new BandRow("", 1, 0.9, 1.1, 1.11).IsInside);
        Assert.False(new BandRow("", 1, 0.9, 1.1, null).IsInside);
        Assert.True(new BandRow("", 1, 0.8, double.PositiveInfinity, 7).IsInside);
        Assert.Equal("1 of 2 in their bands", new BandChart("", "", [new("", [new("", 1, 1, 1, 1), new("", 1, 1, 1, null)])]).Summary);
    }

    [Fact]
    public void A_million_steps_make_a_small_picture_that_shows_the_one_that_sticks_out()
    {
        var points = Enumerable.Range(0, 1_000_000).Select(static step => new StepPoint(step, step == 700_000 ? 32 : 15 + step % 2)).ToArray();
        var html = Html(new StepChart("depth", "", "time", "in flight", [new StepSeries("queue", points)]));
        Assert.InRange(html.Length, 1, Enough);
        // The top of the wide picture, which nothing but the highest value reaches.
        Assert.Contains("V26H", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Steps_out_of_order_are_refused()
    {
        var chart = new StepChart("", "", "", "", [new StepSeries("", [new(2, 1), new(1, 1)])]);
        Assert.Throws<InvariantViolatedException>(() => Html(chart));
    }

    [Fact]
    public void Charts_of_nothing_and_of_what_is_not_a_number_are_whole_pictures()
    {
        ReportBlock[] blocks =
        [
            new BarChart("", "", "", [], []),
            new BarChart("", "", "", ["a"], [new("", [new("", [new("", [null]), new("", [double.NaN]), new("", [double.PositiveInfinity])])])]),
            new BandChart("", "", [new("", [new("", 1, 0.8, double.PositiveInfinity, 9)])]),
            new BandChart("", "", []), new BandChart("", "", [new("", [new("", 1, 0.9, 1.1, double.NaN)])]),
            new StepChart("", "", "", "", []), new StepChart("", "", "", "", [new("", []), new("", [new(5, 0)])]),
            new HistogramChart("", "", []),
            new HistogramChart("", "", [new("", [], []), new("", [new(0, 0.0001, 3), new(0, 0, 5)], [new("p50", 0)])]),
            new ReportTable("", "", [], []), new ReportTable("", "", [new("a")], [new("", [new("", [])])]),
        ];
        foreach (var html in blocks.Select(Html))
        {
            Assert.DoesNotContain("NaN", html, StringComparison.Ordinal);
            Assert.DoesNotContain("Infinity", html, StringComparison.Ordinal);
            Assert.DoesNotContain("∞", html, StringComparison.Ordinal);
            // Without void elements a block is XML too.
            XElement.Parse($"<block>{html}</block>");
        }
    }

    [Fact]
    public void A_ratio_is_marked_where_it_leaves_its_tolerance()
    {
        Assert.Equal(CellKind.Near, ReportCell.Ratio(1.1, 0.15).Kind);
        Assert.Equal(CellKind.Above, ReportCell.Ratio(1.2, 0.15).Kind);
        Assert.Equal(CellKind.Below, ReportCell.Ratio(0.8, 0.15).Kind);
        Assert.Equal(ReportCell.Missing, ReportCell.Ratio(null, 0.15));
        Assert.Equal(ReportCell.Missing, ReportCell.Ratio(double.NaN, 0.15));
    }

    [Theory]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><script>1</script></svg>")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9' onload='1'/>")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><a href='http://127.0.0.1/'/></svg>")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><rect fill='url(http://127.0.0.1/)'/></svg>")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9'/>")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'>")]
    [InlineData("<div/>")]
    public void A_diagram_that_is_more_than_a_picture_is_refused(string svg) =>
        Assert.Throws<ArgumentException>(() => Html(new Diagram("title", "", svg)));

    [Fact]
    public void A_diagram_keeps_its_size_its_markers_and_its_title()
    {
        const string svg = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 900 90'><title>own</title><marker id='tip'/><path marker-end='url(#tip)'/></svg>";
        var html = Html(new Diagram("other", "", svg));
        var marker = Regex.Match(html, "id=\"([^\"]*-tip)\"").Groups[1].Value;
        Assert.NotEmpty(marker);
        Assert.DoesNotContain(marker, Html(new Diagram("another", "", svg)), StringComparison.Ordinal);
        Assert.Contains("width=\"900\" height=\"90\"", html, StringComparison.Ordinal);
        Assert.Contains($"marker-end=\"url(#{marker})\"", html, StringComparison.Ordinal);
        Assert.Contains("<title>own</title>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<title>other</title>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_remark_that_several_rows_share_stands_below_the_table_once()
    {
        var html = Html(new ReportTable("t", "r", [new("a")], [new("", [new("1", [], "same"), new("2", [], "other"), new("3", [], "same")])]));
        Assert.Equal(2, html.Split("<li>").Length - 1);
        Assert.Equal(2, html.Split("<sup>1</sup>").Length - 1);
    }

    private static string Html(ReportBlock block)
    {
        var html = new MarkupWriter();
        block.WriteTo(html);
        return html.ToString();
    }
}
