using Mono.Cecil;

namespace EcsFargateLogin.Help;

/// <summary>Reads the cmdlets of an assembly without loading it, for PowerShell is not there when it is built.</summary>
internal sealed class CmdletReader
{
    private const string Automation = "System.Management.Automation.";

    /// <summary>What PowerShell adds to cmdlets that can be asked what they would do.</summary>
    private static readonly Parameter[] ShouldProcessParameters =
    [
        OfShouldProcess("WhatIf", "wi", "Shows what would happen if the cmdlet runs. The cmdlet is not run."),
        OfShouldProcess("Confirm", "cf", "Prompts you for confirmation before running the cmdlet."),
    ];

    private readonly Documentation _documentation;

    private CmdletReader(Documentation documentation) => _documentation = documentation;

    /// <summary>The cmdlets by name.</summary>
    internal static IReadOnlyList<Cmdlet> Read(string assembly)
    {
        using var module = ModuleDefinition.ReadModule(assembly);
        CmdletReader reader = new(Documentation.Load(Path.ChangeExtension(assembly, ".xml")));
        return
        [
            .. module.Types.Where(type => !type.IsAbstract && AttributeOf(type, "CmdletAttribute") is not null)
                .Select(reader.CmdletOf)
                .OrderBy(cmdlet => cmdlet.Name, StringComparer.Ordinal),
        ];
    }

    private Cmdlet CmdletOf(TypeDefinition type)
    {
        var attribute = AttributeOf(type, "CmdletAttribute")!;
        var parameters = PropertiesOf(type).Where(IsParameter).Select(ParameterOf);
        if (NamedValue(attribute, "SupportsShouldProcess") is true)
        {
            parameters = parameters.Concat(ShouldProcessParameters);
        }

        Parameter[] all = [.. parameters, .. ParametersOfAnother(type)];
        return new Cmdlet((string)attribute.ConstructorArguments[0].Value, (string)attribute.ConstructorArguments[1].Value)
        {
            HelpUri = NamedValue(attribute, "HelpUri") as string,
            Parameters = all,
            ParameterSets = [.. SetsOf(all, NamedValue(attribute, "DefaultParameterSetName") as string)],
            OutputTypes = [.. AttributesOf(type, "OutputTypeAttribute").SelectMany(OutputTypesOf)],
        };
    }

    /// <summary>The parameters of another cmdlet that a cmdlet takes while it runs. A word on each is enough.</summary>
    private IEnumerable<Parameter> ParametersOfAnother(TypeDefinition type)
    {
        var attribute = type.CustomAttributes.FirstOrDefault(own => own.AttributeType.Name == "ParametersOfAttribute");
        if (attribute?.ConstructorArguments[0].Value is not TypeDefinition other)
        {
            return [];
        }

        var except = ((CustomAttributeArgument[])NamedValue(attribute, "Except")!).Select(name => (string)name.Value);
        return PropertiesOf(other).Where(IsParameter).ExceptBy(except, property => property.Name).Select(ParameterOf)
            .Select(parameter => parameter with { Description = [.. parameter.Description.Take(1)], DefaultValue = null, Roles = [] });
    }

    private static IEnumerable<string> SetsOf(IEnumerable<Parameter> parameters, string? defaultSet) => parameters
        .SelectMany(parameter => parameter.Roles)
        .Select(role => role.Set)
        .Where(set => set.Length > 0)
        .Distinct()
        .OrderBy(set => set != defaultSet)
        .DefaultIfEmpty("");

    /// <summary>Its own properties first, then those of its base classes, as far as they are in the same assembly.</summary>
    private static IEnumerable<PropertyDefinition> PropertiesOf(TypeDefinition type) => type.BaseType is TypeDefinition baseType
        ? type.Properties.Concat(PropertiesOf(baseType))
        : type.Properties;

    private static bool IsParameter(PropertyDefinition property) => AttributesOf(property, "ParameterAttribute")
        .Any(attribute => NamedValue(attribute, "DontShow") is not true);

    private Parameter ParameterOf(PropertyDefinition property)
    {
        var type = property.PropertyType;
        var value = type is GenericInstanceType { Name: "Nullable`1" } nullable ? nullable.GenericArguments[0] : type;
        var id = Documentation.IdOf(property);
        var values = ValuesOf(property, value);
        return new Parameter(property.Name, value.Name)
        {
            FullType = TypeOf(value),
            Description = [.. _documentation.Summary(id), .. DescriptionsOfValues(value)],
            DefaultValue = _documentation.Value(id),
            Aliases = [.. AttributesOf(property, "AliasAttribute").SelectMany(TextsOf)],
            Values = values,
            TakesWildcards = AttributeOf(property, "SupportsWildcardsAttribute") is not null,
            Roles = [.. AttributesOf(property, "ParameterAttribute").Select(RoleOf)],
        };
    }

    private static ParameterRole RoleOf(CustomAttribute attribute) => new(NamedValue(attribute, "ParameterSetName") as string ?? "")
    {
        IsMandatory = NamedValue(attribute, "Mandatory") is true,
        Position = NamedValue(attribute, "Position") as int?,
        IsFromPipeline = NamedValue(attribute, "ValueFromPipeline") is true,
        IsFromProperty = NamedValue(attribute, "ValueFromPipelineByPropertyName") is true,
    };

    private static IReadOnlyList<string> ValuesOf(PropertyDefinition property, TypeReference type) => type switch
    {
        TypeDefinition { IsEnum: true } enumeration => [.. FieldsOf(enumeration).Select(field => field.Name)],
        _ => [.. AttributesOf(property, "ValidateSetAttribute").SelectMany(TextsOf)],
    };

    private IEnumerable<string> DescriptionsOfValues(TypeReference type) => type is TypeDefinition { IsEnum: true } enumeration
        ? FieldsOf(enumeration).Select(field => $"- {field.Name}: {string.Join(' ', _documentation.Summary(Documentation.IdOf(field)))}")
        : [];

    private static IEnumerable<FieldDefinition> FieldsOf(TypeDefinition enumeration) =>
        enumeration.Fields.Where(field => field.IsLiteral);

    private IEnumerable<OutputType> OutputTypesOf(CustomAttribute attribute) =>
        ((CustomAttributeArgument[])attribute.ConstructorArguments[^1].Value)
            .Select(argument => argument.Value)
            .OfType<TypeReference>()
            .Select(TypeOf);

    private OutputType TypeOf(TypeReference type) => type.FullName == "System.Void"
        ? new OutputType("None", [])
        : new OutputType(type.FullName, type.GetElementType() is TypeDefinition own ? _documentation.Summary(Documentation.IdOf(own)) : []);

    private static Parameter OfShouldProcess(string name, string alias, string description) => new(name, "SwitchParameter")
    {
        FullType = new OutputType($"{Automation}SwitchParameter", []),
        Description = [description],
        Aliases = [alias],
        Roles = [new ParameterRole("")],
    };

    private static CustomAttribute? AttributeOf(ICustomAttributeProvider member, string name) =>
        AttributesOf(member, name).FirstOrDefault();

    private static IEnumerable<CustomAttribute> AttributesOf(ICustomAttributeProvider member, string name) =>
        member.CustomAttributes.Where(attribute => attribute.AttributeType.FullName == Automation + name);

    private static object? NamedValue(CustomAttribute attribute, string name) =>
        attribute.Properties.FirstOrDefault(property => property.Name == name).Argument.Value;

    private static IEnumerable<string> TextsOf(CustomAttribute attribute) =>
        ((CustomAttributeArgument[])attribute.ConstructorArguments[0].Value).Select(argument => (string)argument.Value);
}
