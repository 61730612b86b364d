using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace EcsFargateLogin.Help;

/// <summary>Writes help as MAML, the XML that Get-Help reads.</summary>
internal static class MamlWriter
{
    private static readonly XNamespace Msh = "http://msh";
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    internal static void Write(IEnumerable<(Cmdlet Cmdlet, HelpPage Page)> pages, string file)
    {
        XDocument document = new(new XElement(
            Msh + "helpItems",
            new XAttribute("schema", "maml"),
            pages.Select(page => CommandOf(page.Cmdlet, page.Page))));
        // Indentation would be a fifth of the file.
        XmlWriterSettings settings = new() { NewLineChars = "\n", Encoding = new UTF8Encoding(false) };
        using var writer = XmlWriter.Create(file, settings);
        document.Save(writer);
    }

    private static XElement CommandOf(Cmdlet cmdlet, HelpPage page) => new(
        Command + "command",
        // The namespace of most elements has no prefix and others have short ones, which saves a sixth of the file.
        new XAttribute("xmlns", Maml),
        new XAttribute(XNamespace.Xmlns + "c", Command),
        new XAttribute(XNamespace.Xmlns + "d", Dev),
        new XElement(
            Command + "details",
            new XElement(Command + "name", cmdlet.Name),
            new XElement(Command + "verb", cmdlet.Verb),
            new XElement(Command + "noun", cmdlet.Noun),
            Description([page.Synopsis])),
        Description(page.Description),
        new XElement(Command + "syntax", cmdlet.ParameterSets.Select(set => SyntaxOf(cmdlet, set))),
        new XElement(
            Command + "parameters",
            cmdlet.Parameters.OrderBy(parameter => parameter.Name, StringComparer.Ordinal)
                .Select(ParameterOf)),
        new XElement(Command + "inputTypes", InputsOf(cmdlet).Select(type => TypeOf(Command + "inputType", type))),
        new XElement(Command + "returnValues", cmdlet.OutputTypes.Select(type => TypeOf(Command + "returnValue", type))),
        page.Notes.Count == 0 ? null : new XElement(Maml + "alertSet", new XElement(Maml + "alert", Paragraphs(page.Notes))),
        new XElement(Command + "examples", page.Examples.Select(ExampleOf)),
        new XElement(
            Maml + "relatedLinks",
            page.Links.Select(link => LinkOf(link.Text, IsWebAddress(link.Address) ? link.Address : ""))
                .Prepend(LinkOf("Online version:", cmdlet.HelpUri!))));

    private static XElement SyntaxOf(Cmdlet cmdlet, string set) => new(
        Command + "syntaxItem",
        new XElement(Maml + "name", cmdlet.Name),
        cmdlet.Parameters
            .Select(parameter => (Parameter: parameter, Role: parameter.RoleIn(set)))
            .Where(member => member.Role is not null)
            .OrderBy(member => member.Role!.Position ?? int.MaxValue)
            .ThenBy(member => !member.Role!.IsMandatory)
            // Parameters are described only once, below.
            .Select(member => new XElement(
                Command + "parameter",
                RoleAttributesOf(member.Role!),
                new XElement(Maml + "name", member.Parameter.Name),
                ValueOf(member.Parameter))));

    private static XElement ParameterOf(Parameter parameter) => new(
        Command + "parameter",
        RoleAttributesOf(CombinedRoleOf(parameter)),
        new XAttribute("globbing", Text(parameter.TakesWildcards)),
        new XAttribute("pipelineInput", PipelineInputOf(CombinedRoleOf(parameter))),
        new XAttribute("aliases", parameter.Aliases.Count == 0 ? "none" : string.Join(", ", parameter.Aliases)),
        new XElement(Maml + "name", parameter.Name),
        Description(parameter.Description),
        ValueOf(parameter, new XAttribute("required", "true")),
        new XElement(Dev + "type", new XElement(Maml + "name", parameter.Type)),
        new XElement(Dev + "defaultValue", parameter.DefaultValue ?? (parameter.IsSwitch ? "False" : "None")));

    /// <summary>Returns the attributes that show a parameter's role in the syntax.</summary>
    private static XAttribute[] RoleAttributesOf(ParameterRole role) =>
    [
        new("required", Text(role.IsMandatory)),
        new("position", role.Position?.ToString(CultureInfo.InvariantCulture) ?? "named"),
    ];

    /// <summary>Returns the value after a parameter's name: permitted values, a type, or nothing.</summary>
    private static IEnumerable<XElement> ValueOf(Parameter parameter, XAttribute? isRequired = null)
    {
        if (parameter.Values.Count > 0)
        {
            yield return new XElement(
                Command + "parameterValueGroup",
                parameter.Values.Select(value => new XElement(Command + "parameterValue", value)));
        }

        if (!parameter.IsSwitch)
        {
            yield return new XElement(Command + "parameterValue", isRequired, parameter.Type);
        }
    }

    /// <summary>Returns a parameter's combined role in all of its sets.</summary>
    private static ParameterRole CombinedRoleOf(Parameter parameter) => new("")
    {
        IsMandatory = parameter.Roles.Any(role => role.IsMandatory),
        Position = parameter.Roles.Select(role => role.Position).FirstOrDefault(position => position is not null),
        IsFromPipeline = parameter.Roles.Any(role => role.IsFromPipeline),
        IsFromProperty = parameter.Roles.Any(role => role.IsFromProperty),
    };

    private static string PipelineInputOf(ParameterRole role) => role switch
    {
        { IsFromPipeline: true, IsFromProperty: true } => "True (ByPropertyName, ByValue)",
        { IsFromPipeline: true } => "True (ByValue)",
        { IsFromProperty: true } => "True (ByPropertyName)",
        _ => "False",
    };

    private static IEnumerable<OutputType> InputsOf(Cmdlet cmdlet) => cmdlet.Parameters
        .Where(parameter => parameter.Roles.Any(role => role.IsFromPipeline))
        .Select(parameter => parameter.FullType)
        .DistinctBy(type => type.Name)
        .DefaultIfEmpty(new OutputType("None", []));

    private static XElement TypeOf(XName name, OutputType type) => new(
        name,
        new XElement(Dev + "type", new XElement(Maml + "name", type.Name)),
        Description(type.Description));

    private static XElement ExampleOf(Example example, int index) => new(
        Command + "example",
        new XElement(Maml + "title", string.Create(
            CultureInfo.InvariantCulture, $"---------- Example {index + 1}: {example.Title} ----------")),
        new XElement(Dev + "code", example.Code),
        // The empty paragraph separates the next title.
        new XElement(Dev + "remarks", Paragraphs([.. example.Remarks, ""])));

    private static XElement LinkOf(string text, string address) => new(
        Maml + "navigationLink", new XElement(Maml + "linkText", text), new XElement(Maml + "uri", address));

    private static bool IsWebAddress(string address) => address.StartsWith("https://", StringComparison.Ordinal);

    private static XElement Description(IEnumerable<string> paragraphs) => new(Maml + "description", Paragraphs(paragraphs));

    private static IEnumerable<XElement> Paragraphs(IEnumerable<string> texts) =>
        texts.Select(text => new XElement(Maml + "para", text));

    private static string Text(bool value) => value ? "true" : "false";
}
