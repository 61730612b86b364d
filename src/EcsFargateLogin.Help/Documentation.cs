using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace EcsFargateLogin.Help;

/// <summary>The XML documentation that the compiler generates from the source.</summary>
internal sealed partial class Documentation
{
    private readonly Dictionary<string, XElement> _members;

    private Documentation(IEnumerable<XDocument> documents) => _members = documents
        .SelectMany(document => document.Descendants("member"))
        // Generated code has the same names in each assembly.
        .DistinctBy(member => (string)member.Attribute("name")!)
        .ToDictionary(member => (string)member.Attribute("name")!, StringComparer.Ordinal);

    /// <summary>Loads the documentation of an assembly, and of referenced assemblies in the same folder.</summary>
    internal static Documentation Load(Assembly assembly, string path)
    {
        var referenced = assembly.GetReferencedAssemblies()
            .Select(name => Path.Combine(Path.GetDirectoryName(path)!, $"{name.Name}.xml"))
            .Where(File.Exists);
        return new Documentation(referenced.Prepend(Path.ChangeExtension(path, ".xml")).Select(XDocument.Load));
    }

    internal static string IdOf(PropertyInfo property) => $"P:{property.DeclaringType!.FullName}.{property.Name}";

    internal static string IdOf(FieldInfo field) => $"F:{field.DeclaringType!.FullName}.{field.Name}";

    internal static string IdOf(Type type) => $"T:{type.FullName}";

    /// <summary>Returns the paragraphs of a member's summary.</summary>
    internal IReadOnlyList<string> Summary(string id) => Element(id, "summary") is { } summary ? ParagraphsOf(summary) : [];

    /// <summary>Returns a property's documented default value; null for none.</summary>
    internal string? Value(string id) => Element(id, "value") is { } value ? string.Join(' ', ParagraphsOf(value)) : null;

    private XElement? Element(string id, string name) => _members.GetValueOrDefault(id)?.Element(name);

    private static IReadOnlyList<string> ParagraphsOf(XElement element) =>
    [
        .. string.Concat(element.Nodes().Select(TextOf)).Split('\f')
            .Select(paragraph => Blanks().Replace(paragraph, " ").Trim())
            .Where(paragraph => paragraph.Length > 0),
    ];

    /// <summary>Returns a node as text, with form feeds between paragraphs.</summary>
    private static string TextOf(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "para" } paragraph => $"\f{string.Concat(paragraph.Nodes().Select(TextOf))}\f",
        XElement { Name.LocalName: "paramref" } reference => $"-{reference.Attribute("name")?.Value}",
        XElement element when element.Attribute("cref") is { } reference => NameOf(reference.Value),
        XElement element when element.Attribute("langword") is { } word => word.Value,
        XElement element => string.Concat(element.Nodes().Select(TextOf)),
        _ => "",
    };

    /// <summary>Returns the short name of a reference such as M:A.B.C(System.String).</summary>
    private static string NameOf(string reference) => reference.Split('(')[0].Split('.', ':')[^1];

    [GeneratedRegex("[ \t\r\n]+")]
    private static partial Regex Blanks();
}
