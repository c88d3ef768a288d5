using ScsiActors.Host.Report.Charts;

namespace ScsiActors.Host.Report;

/// <summary>A chart: a heading, a sentence on what to see, a legend where it takes one, and pictures.</summary>
internal abstract record ReportChart(string Title, string Description) : ReportBlock
{
    /// <summary>The width of a picture that stands beside others, in pixels; a telephone shows one.</summary>
    protected const double PanelWidth = 328;

    internal sealed override void WriteTo(MarkupWriter html)
    {
        using (html.Element("figure", ("class", "chart")))
        {
            WriteCaption(html, Title, Description);
            WriteLegend(html);
            using (html.Element("div", ("class", "panels")))
                WritePictures(new SvgWriter(html));
        }
    }

    /// <summary>The heading and the sentence above a picture.</summary>
    internal static void WriteCaption(MarkupWriter html, string title, string description)
    {
        using (html.Element("figcaption"))
        {
            html.Leaf("h3", title);
            if (description.Length > 0)
                html.Leaf("p", description);
        }
    }

    /// <summary>The legend, where the chart has one.</summary>
    protected virtual void WriteLegend(MarkupWriter html)
    {
    }

    /// <summary>One or more pictures.</summary>
    protected abstract void WritePictures(SvgWriter svg);
}
