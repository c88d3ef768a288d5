using System.Globalization;
using System.Xml.Linq;
using ScsiActors.Journal;
using Xunit;

namespace ScsiActors.Tests.Machines.Journal;

/// <summary>A sequence diagram says who told whom what, however much there is of it.</summary>
public sealed class SequenceDiagramTests
{
    private const double CharacterWidth = 7.2;

    private static readonly SequenceOptions Options = new() { Title = "Three commands" };

    [Fact]
    public void The_sample_as_Mermaid_text() => GoldenText.Check("sample.mmd", SequenceDiagram.From(SampleRun.Events, Options).ToMermaid());

    [Fact]
    public void The_sample_as_an_SVG_file() => GoldenText.Check("sample.svg", SequenceDiagram.From(SampleRun.Events, Options).ToSvg());

    [Fact]
    public void The_pieces_of_a_transfer_are_shown_once_and_counted()
    {
        var diagram = SequenceDiagram.From(SampleRun.Events);
        Assert.Equal(["... the last 8 messages 3 times more, 196608 bytes"], diagram.Items.OfType<SequenceGap>().Select(static gap => gap.Text));
    }

    [Fact]
    public void What_actors_tell_themselves_and_observers_is_left_out() =>
        Assert.DoesNotContain(SequenceDiagram.From(SampleRun.Events).Items, static item => item is SequenceArrow arrow
            && (arrow.From == arrow.To || arrow.Text.StartsWith("BusPhaseChanged", StringComparison.Ordinal)));

    [Theory]
    [InlineData(4)]
    [InlineData(9)]
    [InlineData(20)]
    public void A_diagram_keeps_to_its_limit_and_keeps_its_fault(int maximum)
    {
        var diagram = SequenceDiagram.From(SampleRun.Events, new SequenceOptions { MaximumItems = maximum });
        Assert.True(diagram.Items.Count(static item => item is not SequenceGap) <= maximum);
        Assert.Contains(diagram.Items, static item => item is SequenceNote { IsFault: true });
        Assert.Contains(diagram.Items, static item => item is SequenceGap gap && gap.Text.EndsWith(" more", StringComparison.Ordinal));
    }

    [Fact]
    public void Actors_beyond_the_limit_share_the_last_lane()
    {
        var diagram = SequenceDiagram.From(SampleRun.Events, new SequenceOptions { MaximumLanes = 4 });
        Assert.Equal(4, diagram.Lanes.Count);
        Assert.Equal("4 others", diagram.Lanes[^1]);
    }

    [Fact]
    public void No_events_make_an_empty_diagram()
    {
        var diagram = SequenceDiagram.From([]);
        Assert.Equal("sequenceDiagram\n", diagram.ToMermaid());
        Assert.NotNull(XDocument.Parse(diagram.ToSvg()).Root);
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(4, true)]
    [InlineData(10, true)]
    public void No_text_of_a_message_touches_a_lane(int lanes, bool showTimes)
    {
        var diagram = SequenceDiagram.From(WithLongWords(), new SequenceOptions { MaximumLanes = lanes });
        var svg = XDocument.Parse(diagram.ToSvg(isStandalone: false, showTimes)).Root!;
        var lines = Of(svg, "sd-lane").SelectMany(static lane => lane.Elements()).Where(static e => (string?)e.Attribute("class") == "sd-line")
            .Select(static e => Number(((string)e.Attribute("d")!)[1..].Split(' ')[0])).ToArray();
        Assert.Equal(diagram.Lanes.Count, lines.Length);
        // What two actors in the shared lane tell each other stands in a box, where the line has a hole.
        var arrows = Of(svg, "sd-arrow").Where(static e => e.Elements().All(static part => part.Name.LocalName != "rect"));
        var labels = arrows.Elements().Where(static e => e.Attribute("textLength") is not null).ToArray();
        Assert.NotEmpty(labels);
        foreach (var label in labels)
        {
            var (middle, width) = (Number((string)label.Attribute("x")!), label.Value.Length * CharacterWidth);
            Assert.Equal(width, Number((string)label.Attribute("textLength")!), 0.06);
            Assert.DoesNotContain(lines, x => x > middle - width / 2 - 1 && x < middle + width / 2 + 1);
        }
    }

    [Fact]
    public void Every_text_is_inside_the_picture_and_cut_text_is_whole_in_its_title()
    {
        var svg = XDocument.Parse(SequenceDiagram.From(WithLongWords()).ToSvg()).Root!;
        var width = Number((string)svg.Attribute("width")!);
        foreach (var text in svg.Descendants().Where(static e => e.Attribute("textLength") is not null))
        {
            var (middle, half) = (Number((string)text.Attribute("x")!), Number((string)text.Attribute("textLength")!) / 2);
            Assert.True(middle - half >= 0 && middle + half <= width, text.Value);
        }
        Assert.Contains(svg.Descendants(), static e => e.Name.LocalName == "title" && e.Value.Contains(new string('x', 300)));
    }

    [Fact]
    public void An_SVG_has_only_the_colour_of_its_page_and_the_agreed_classes()
    {
        var svg = SequenceDiagram.From(SampleRun.Events, Options).ToSvg(isStandalone: false);
        Assert.DoesNotContain("<style", svg);
        var elements = XDocument.Parse(svg).Descendants().ToArray();
        Assert.All(elements.Attributes().Where(static a => a.Name.LocalName is "fill" or "stroke"),
            static a => Assert.Contains(a.Value, new[] { "none", "currentColor" }));
        var classes = elements.Attributes("class").SelectMany(static a => a.Value.Split(' ')).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(["sd-arrow", "sd-fault", "sd-lane", "sd-line", "sd-note", "sd-text", "sd-time"], classes);
    }

    [Fact]
    public void Mermaid_text_has_nothing_that_ends_a_statement()
    {
        using var journal = new ScsiActors.Journal.Journal(SampleRun.Header, new JournalOptions { Keep = 10 });
        journal.RecordFault(default, 1, "a", "x; y # z <b>\nend");
        Assert.Contains("Fault 1: x#59; y #35; z #lt;b#gt; end", SequenceDiagram.From(journal.Events).ToMermaid());
    }

    private static IReadOnlyList<JournalEvent> WithLongWords()
    {
        using var journal = new ScsiActors.Journal.Journal(SampleRun.Header, new JournalOptions { Keep = int.MaxValue });
        SampleRun.Record(journal);
        journal.RecordFault(default, 4, "driver", new string('x', 300));
        journal.Record(default, "an-actor-with-a-very-long-name-indeed-of-which-nobody-can-read-all", "client", new Messages.ScriptsTraced("never shown"));
        journal.Record(default, "client", "another-actor-with-a-very-long-name-indeed", new Messages.DataPhaseEnded(1, false));
        journal.Record(default, "", "client", new Messages.MessageOutMoved(1, 2, new byte[200]));
        return journal.Events;
    }

    private static IEnumerable<XElement> Of(XElement svg, string name) =>
        svg.Descendants().Where(e => ((string?)e.Attribute("class") ?? "").Split(' ').Contains(name));

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
