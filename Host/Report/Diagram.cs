using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace ScsiActors.Host.Report;

/// <summary>An SVG picture that somebody else drew, such as a sequence diagram: it keeps its own size and scrolls in a box of its own.</summary>
/// <remarks>The picture is one <c>svg</c> element with a <c>viewBox</c>; scripts, event handlers, references to elsewhere and text that is not
/// XML end in an <see cref="ArgumentException"/>.</remarks>
internal sealed record Diagram(string Title, string Description, string Svg) : ReportBlock
{
    private static readonly string[] Forbidden = ["script", "foreignObject", "iframe", "image", "style"];

    private static readonly XNamespace SvgNamespace = "http://www.w3.org/2000/svg";

    internal override void WriteTo(MarkupWriter html)
    {
        using (html.Element("figure", ("class", "diagram")))
        {
            ReportChart.WriteCaption(html, Title, Description);
            using (ScrollBox.Open(html, Title))
                html.Raw(Checked().ToString(SaveOptions.DisableFormatting));
        }
    }

    private XElement Checked()
    {
        var picture = Parse();
        Require(picture.Name == SvgNamespace + "svg", "its root is no svg element");
        foreach (var element in picture.DescendantsAndSelf())
        {
            Require(!Forbidden.Contains(element.Name.LocalName), $"it has an element {element.Name.LocalName}");
            foreach (var attribute in element.Attributes())
                Require(!IsActive(attribute), $"it has an attribute {attribute.Name.LocalName}=\"{attribute.Value}\"");
        }
        var box = (picture.Attribute("viewBox")?.Value ?? "").Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
        Require(box.Length == 4 && box.All(static number => double.TryParse(number, CultureInfo.InvariantCulture, out _)), "it has no viewBox");
        MakeNamesOwn(picture);
        picture.SetAttributeValue("width", box[2]);
        picture.SetAttributeValue("height", box[3]);
        picture.SetAttributeValue("role", "img");
        if (picture.Element(SvgNamespace + "title") is null)
            picture.AddFirst(new XElement(SvgNamespace + "title", Title));
        return picture;
    }

    // All pictures of a page share one space of names, in which each may have called its arrow head the same.
    private void MakeNamesOwn(XElement picture)
    {
        var own = $"d{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{Title}\n{Svg}")), 0, 4).ToLowerInvariant()}-";
        foreach (var attribute in picture.DescendantsAndSelf().Attributes())
        {
            attribute.Value = attribute.Name.LocalName switch
            {
                "id" => own + attribute.Value,
                "href" => $"#{own}{attribute.Value[1..]}",
                "aria-labelledby" or "aria-describedby" => string.Join(' ', attribute.Value.Split(' ').Select(name => own + name)),
                _ => attribute.Value.Replace("url(#", $"url(#{own}", StringComparison.Ordinal),
            };
        }
    }

    private XElement Parse()
    {
        try
        {
            return XElement.Parse(Svg, LoadOptions.PreserveWhitespace);
        }
        catch (XmlException failure)
        {
            throw new ArgumentException($"The diagram \"{Title}\" cannot be shown: {failure.Message}", failure);
        }
    }

    // Pictures are drawn by this program; still, a page that promises to need no network and to run nothing keeps its word.
    private static bool IsActive(XAttribute attribute)
    {
        var name = attribute.Name.LocalName;
        return name.StartsWith("on", StringComparison.OrdinalIgnoreCase)
            || (name == "href" && !attribute.Value.StartsWith('#'))
            || (attribute.Value.Contains("url(", StringComparison.OrdinalIgnoreCase) && !attribute.Value.Contains("url(#", StringComparison.Ordinal));
    }

    private void Require(bool condition, string reason)
    {
        if (!condition)
            throw new ArgumentException($"The diagram \"{Title}\" cannot be shown: {reason}.");
    }
}
