using System.Globalization;

namespace ScsiActors.Host.Report;

/// <summary>How a run ended.</summary>
internal enum VerdictKind
{
    /// <summary>There was nothing to judge.</summary>
    Neutral,

    /// <summary>What was asked for holds.</summary>
    Good,

    /// <summary>Something does not hold.</summary>
    Bad,
}

/// <summary>The verdict in one line, and its reasons.</summary>
internal sealed record ReportVerdict(VerdictKind Kind, string Headline, IReadOnlyList<string> Reasons);

/// <summary>Something that was so throughout the run: the engine, the seed, the machine.</summary>
internal sealed record ReportFact(string Name, string Value);

/// <summary>A chapter of the report.</summary>
internal sealed record ReportSection(string Title, IReadOnlyList<ReportBlock> Blocks);

/// <summary>A report as one HTML file that needs nothing else: no network, no clock, and the same bytes for the same contents.</summary>
/// <param name="Title">What was done.</param>
/// <param name="Repeat">The command line that does it again.</param>
/// <param name="Verdict">How it ended.</param>
/// <param name="Facts">What was so throughout.</param>
/// <param name="Sections">The chapters, in the order in which they are read.</param>
internal sealed record HtmlReport(
    string Title, string Repeat, ReportVerdict Verdict, IReadOnlyList<ReportFact> Facts, IReadOnlyList<ReportSection> Sections)
{
    // Whatever a value in the report may hold, the page loads nothing.
    private const string NothingFromElsewhere =
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

    private const int SectionsWorthAList = 3;

    /// <summary>The whole file.</summary>
    public string ToHtml()
    {
        var html = new MarkupWriter();
        html.Raw("<!DOCTYPE html>\n");
        using (html.Element("html", ("lang", "en")))
        {
            using (html.Element("head"))
                WriteHead(html);
            using (html.Element("body"))
            {
                using (html.Element("header"))
                    WriteHeader(html);
                using (html.Element("main"))
                {
                    for (var i = 0; i < Sections.Count; i++)
                        WriteSection(html, Sections[i], Anchor(i));
                }
                html.Raw($"<script>\n{Resource("report.js")}</script>\n");
                foreach (var script in Parts(static block => block.Script))
                    html.Raw($"<script>\n{Resource(script)}</script>\n");
            }
        }
        return html.ToString();
    }

    private void WriteHead(MarkupWriter html)
    {
        html.Void("meta", ("charset", "utf-8"));
        html.Void("meta", ("http-equiv", "Content-Security-Policy"), ("content", NothingFromElsewhere));
        html.Void("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1"));
        html.Void("meta", ("name", "color-scheme"), ("content", "light dark"));
        // A browser asks the server for an icon unless the page has one.
        html.Void("link", ("rel", "icon"), ("href", "data:,"));
        html.Leaf("title", Title);
        html.Raw($"<style>\n{Resource("report.css")}</style>\n");
        foreach (var style in Parts(static block => block.Style))
            html.Raw($"<style>\n{Resource(style)}</style>\n");
    }

    private IEnumerable<string> Parts(Func<ReportBlock, string?> part) =>
        Sections.SelectMany(static section => section.Blocks).Select(part).OfType<string>().Distinct();

    private void WriteHeader(MarkupWriter html)
    {
        using (html.Element("div", ("class", "top")))
        {
            html.Leaf("h1", Title);
            html.Leaf("button", "Dark", ("type", "button"), ("id", "theme"), ("hidden", ""));
        }
        using (html.Element("p", ("class", "repeat")))
        {
            html.Leaf("span", "Repeat with ");
            html.Leaf("code", Repeat);
        }
        WriteVerdict(html);
        if (Facts.Count > 0)
        {
            using (html.Element("dl", ("class", "facts")))
            {
                foreach (var fact in Facts)
                    WriteFact(html, fact);
            }
        }
        if (Sections.Count >= SectionsWorthAList)
            WriteContents(html);
    }

    private void WriteVerdict(MarkupWriter html)
    {
        var kind = Verdict.Kind.ToString().ToLowerInvariant();
        using (html.Element("div", ("class", $"verdict {kind}")))
        {
            using (html.Element("p", ("class", "headline")))
            {
                if (Verdict.Kind != VerdictKind.Neutral)
                    html.Leaf("span", Verdict.Kind == VerdictKind.Good ? "✓" : "✗", ("class", "sign"), ("aria-hidden", "true"));
                html.Text(Verdict.Headline);
            }
            if (Verdict.Reasons.Count > 0)
                new BulletList(Verdict.Reasons).WriteTo(html);
        }
    }

    private static void WriteFact(MarkupWriter html, ReportFact fact)
    {
        using (html.Element("div"))
        {
            html.Leaf("dt", fact.Name);
            html.Leaf("dd", fact.Value);
        }
    }

    private void WriteContents(MarkupWriter html)
    {
        using (html.Element("nav", ("aria-label", "Contents")))
        {
            for (var i = 0; i < Sections.Count; i++)
                html.Leaf("a", Sections[i].Title, ("href", $"#{Anchor(i)}"));
        }
    }

    private static void WriteSection(MarkupWriter html, ReportSection section, string anchor)
    {
        using (html.Element("section", ("id", anchor)))
        {
            html.Leaf("h2", section.Title);
            html.Line();
            foreach (var block in section.Blocks)
                block.WriteTo(html);
        }
    }

    private static string Anchor(int section) => $"part-{(section + 1).ToString(CultureInfo.InvariantCulture)}";

    private static string Resource(string name)
    {
        using var stream = typeof(HtmlReport).Assembly.GetManifestResourceStream($"ScsiActors.Host.Report.{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
