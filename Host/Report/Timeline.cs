using System.Text.Json;
using System.Text.Json.Serialization;

namespace ScsiActors.Host.Report;

/// <summary>A row of a timeline.</summary>
/// <param name="Name">For people.</param>
/// <param name="IsTaskSet">True when its bars are tasks of a task set, which is shown at one point of time too.</param>
internal sealed record TimelineTrack(string Name, bool IsTaskSet);

/// <summary>Something that lasted: a bar on a track, coloured by stages.</summary>
/// <param name="Track">The number of its track.</param>
/// <param name="Lane">Its place on the track, from 0; bars of one lane do not overlap.</param>
/// <param name="Group">The number of the group of events that it belongs to; 0 for none.</param>
/// <param name="End">The event with which it ended.</param>
/// <param name="Stages">Pairs: the number of a stage, and the event with which it begins.</param>
/// <param name="Label">What it is, in a few letters.</param>
internal sealed record TimelineBar(int Track, int Lane, int Group, int End, IReadOnlyList<int> Stages, string Label);

/// <summary>Something that happened at one point and deserves to be seen.</summary>
/// <param name="Event">The event.</param>
/// <param name="Track">The number of its track.</param>
/// <param name="IsFinding">True for something that was found wrong, false for a fault that was injected.</param>
/// <param name="Label">What it is, in a few letters.</param>
internal sealed record TimelineMark(int Event, int Track, bool IsFinding, string Label);

/// <summary>Everything that a page shows of a stream of events; numbers of events are indices into its lists.</summary>
internal sealed record TimelineData
{
    /// <summary>Names of senders and receivers, for people.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>Different texts of events.</summary>
    public required IReadOnlyList<string> Texts { get; init; }

    /// <summary>For each event: nanoseconds since the event before.</summary>
    public required IReadOnlyList<long> Steps { get; init; }

    /// <summary>For each event: the number of its sender's name.</summary>
    public required IReadOnlyList<int> From { get; init; }

    /// <summary>For each event: the number of its receiver's name.</summary>
    public required IReadOnlyList<int> To { get; init; }

    /// <summary>For each event: the number of its text.</summary>
    public required IReadOnlyList<int> Text { get; init; }

    /// <summary>For each event: the number of its group, from 1; 0 for none.</summary>
    public required IReadOnlyList<int> Group { get; init; }

    /// <summary>Groups: what each is, in a line.</summary>
    public required IReadOnlyList<string> Groups { get; init; }

    /// <summary>Stages: what each is.</summary>
    public required IReadOnlyList<string> Stages { get; init; }

    /// <summary>Rows, from above.</summary>
    public required IReadOnlyList<TimelineTrack> Tracks { get; init; }

    /// <summary>Bars.</summary>
    public required IReadOnlyList<TimelineBar> Bars { get; init; }

    /// <summary>Marks.</summary>
    public required IReadOnlyList<TimelineMark> Marks { get; init; }

    /// <summary>The first event behind those that are left out; 0 when none are.</summary>
    public int GapBefore { get; init; }

    /// <summary>How many events are left out there.</summary>
    public int GapLength { get; init; }

    /// <summary>Where what is left out can be seen.</summary>
    public string GapText { get; init; } = "";
}

/// <summary>What happened when, and to whom: a picture that can be zoomed, with a cursor that all parts of the page follow.</summary>
/// <param name="Title">The heading.</param>
/// <param name="Description">What to see.</param>
/// <param name="Data">What happened; a page has one.</param>
internal sealed record Timeline(string Title, string Description, TimelineData Data) : ReportBlock
{
    private static readonly JsonSerializerOptions Compact = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    internal override string? Script => "timeline.js";

    internal override string? Style => "timeline.css";

    internal override void WriteTo(MarkupWriter html)
    {
        using (html.Element("figure", ("class", "timeline"), ("id", "timeline")))
        {
            ReportChart.WriteCaption(html, Title, Description);
            html.Leaf("noscript", "The browser draws this; it needs JavaScript.");
        }
        // The serializer writes <, > and & as \u003C and so on: nothing in it ends the element.
        html.Raw($"<script type=\"application/json\" id=\"timeline-data\">{JsonSerializer.Serialize(Data, Compact)}</script>\n");
    }
}

/// <summary>Which tasks are in which state at the timeline's cursor.</summary>
internal sealed record TimelineTaskSets(string Title, string Description) : ReportBlock
{
    internal override void WriteTo(MarkupWriter html)
    {
        using (html.Element("figure", ("class", "tasksets"), ("id", "tasksets")))
        {
            ReportChart.WriteCaption(html, Title, Description);
            html.Leaf("noscript", "The browser draws this; it needs JavaScript.");
        }
    }
}

/// <summary>The timeline's events as text, folded by their groups.</summary>
internal sealed record TimelineMessages : ReportBlock
{
    internal override void WriteTo(MarkupWriter html)
    {
        using (html.Element("div", ("class", "messages"), ("id", "messages")))
            html.Leaf("noscript", "The browser lists these; it needs JavaScript.");
    }
}

/// <summary>Sentences that each lead to an event of the timeline.</summary>
/// <param name="Items">The sentences, and their events; -1 for none.</param>
internal sealed record EventLinks(IReadOnlyList<(string Text, int Event)> Items) : ReportBlock
{
    /// <summary>The address of an event on its page.</summary>
    public static string AddressOf(int index) => $"#event-{index.ToString(System.Globalization.CultureInfo.InvariantCulture)}";

    internal override void WriteTo(MarkupWriter html)
    {
        using (html.Element("ol", ("class", "points findings")))
        {
            foreach (var (text, index) in Items)
            {
                using (html.Element("li"))
                {
                    html.Text(text);
                    if (index < 0)
                        continue;
                    html.Text(" ");
                    html.Leaf("a", "Show it", ("href", AddressOf(index)));
                }
            }
        }
    }
}
