using System.Reflection;

namespace EcsFargateLogin.Help;

/// <summary>
/// Reads the cmdlets of an assembly. The build has PowerShellStandard instead of PowerShell, a reference assembly without code,
/// so attributes are read as data.
/// </summary>
internal sealed class CmdletReader
{
    private const string Automation = "System.Management.Automation.";

    /// <summary>The parameters that PowerShell adds to cmdlets with SupportsShouldProcess.</summary>
    private static readonly Parameter[] ShouldProcessParameters =
    [
        OfShouldProcess("WhatIf", "wi", "Shows what would happen if the cmdlet runs. The cmdlet is not run."),
        OfShouldProcess("Confirm", "cf", "Prompts you for confirmation before running the cmdlet."),
    ];

    private readonly Documentation _documentation;

    private CmdletReader(Documentation documentation) => _documentation = documentation;

    /// <summary>Returns the cmdlets, in the order of their names.</summary>
    internal static IReadOnlyList<Cmdlet> Read(string assembly)
    {
        var module = Assembly.LoadFrom(assembly);
        CmdletReader reader = new(Documentation.Load(module, assembly));
        return
        [
            .. module.GetTypes().Where(type => !type.IsAbstract && AttributeOf(type, "CmdletAttribute") is not null)
                .Select(reader.CmdletOf)
                .OrderBy(cmdlet => cmdlet.Name, StringComparer.Ordinal),
        ];
    }

    private Cmdlet CmdletOf(Type type)
    {
        var attribute = AttributeOf(type, "CmdletAttribute")!;
        var parameters = PropertiesOf(type).Where(IsParameter).Select(ParameterOf);
        if (NamedValue(attribute, "SupportsShouldProcess") is true)
        {
            parameters = parameters.Concat(ShouldProcessParameters);
        }

        Parameter[] all = [.. parameters, .. ParametersOfOtherCmdlet(type)];
        return new Cmdlet((string)attribute.ConstructorArguments[0].Value!, (string)attribute.ConstructorArguments[1].Value!)
        {
            HelpUri = NamedValue(attribute, "HelpUri") as string,
            Parameters = all,
            ParameterSets = [.. SetsOf(all, NamedValue(attribute, "DefaultParameterSetName") as string)],
            OutputTypes = [.. AttributesOf(type, "OutputTypeAttribute").SelectMany(OutputTypesOf)],
        };
    }

    /// <summary>Returns the parameters of another cmdlet that a cmdlet accepts, with short descriptions.</summary>
    private IEnumerable<Parameter> ParametersOfOtherCmdlet(Type type)
    {
        var attribute = type.CustomAttributes.FirstOrDefault(own => own.AttributeType.Name == "ParametersOfAttribute");
        if (attribute?.ConstructorArguments[0].Value is not Type other)
        {
            return [];
        }

        var except = Arguments(NamedValue(attribute, "Except")).Cast<string>();
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

    /// <summary>Returns the type's own properties first, then those of its base classes in the same assembly.</summary>
    private static IEnumerable<PropertyInfo> PropertiesOf(Type type)
    {
        var own = type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly);
        return type.BaseType is { } baseType && baseType.Assembly == type.Assembly ? own.Concat(PropertiesOf(baseType)) : own;
    }

    private static bool IsParameter(PropertyInfo property) => AttributesOf(property, "ParameterAttribute")
        .Any(attribute => NamedValue(attribute, "DontShow") is not true);

    private Parameter ParameterOf(PropertyInfo property)
    {
        var type = property.PropertyType;
        var value = Nullable.GetUnderlyingType(type) ?? type;
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

    private static ParameterRole RoleOf(CustomAttributeData attribute) => new(NamedValue(attribute, "ParameterSetName") as string ?? "")
    {
        IsMandatory = NamedValue(attribute, "Mandatory") is true,
        Position = NamedValue(attribute, "Position") as int?,
        IsFromPipeline = NamedValue(attribute, "ValueFromPipeline") is true,
        IsFromProperty = NamedValue(attribute, "ValueFromPipelineByPropertyName") is true,
    };

    private static IReadOnlyList<string> ValuesOf(PropertyInfo property, Type type) => type switch
    {
        { IsEnum: true } enumeration when IsOwn(enumeration) => [.. FieldsOf(enumeration).Select(field => field.Name)],
        _ => [.. AttributesOf(property, "ValidateSetAttribute").SelectMany(TextsOf)],
    };

    private IEnumerable<string> DescriptionsOfValues(Type type) => type is { IsEnum: true } enumeration && IsOwn(enumeration)
        ? FieldsOf(enumeration).Select(
            field => $"- {field.Name}: {string.Join(' ', _documentation.Summary(Documentation.IdOf(field)))}")
        : [];

    private static IEnumerable<FieldInfo> FieldsOf(Type enumeration) =>
        enumeration.GetFields().Where(field => field.IsLiteral);

    private IEnumerable<OutputType> OutputTypesOf(CustomAttributeData attribute) =>
        Arguments(attribute.ConstructorArguments[^1].Value).OfType<Type>().Select(TypeOf);

    private OutputType TypeOf(Type type) => type.FullName == "System.Void"
        ? new OutputType("None", [])
        : new OutputType(type.FullName!, (type.GetElementType() ?? type) is var own && IsOwn(own) ? _documentation.Summary(Documentation.IdOf(own)) : []);

    private static bool IsOwn(Type type) => type.Assembly.GetName().Name is "EcsFargateLogin" or "EcsFargateLogin.Core";

    private static Parameter OfShouldProcess(string name, string alias, string description) => new(name, "SwitchParameter")
    {
        FullType = new OutputType($"{Automation}SwitchParameter", []),
        Description = [description],
        Aliases = [alias],
        Roles = [new ParameterRole("")],
    };

    private static CustomAttributeData? AttributeOf(MemberInfo member, string name) =>
        AttributesOf(member, name).FirstOrDefault();

    private static IEnumerable<CustomAttributeData> AttributesOf(MemberInfo member, string name) =>
        member.GetCustomAttributesData().Where(attribute => attribute.AttributeType.FullName == Automation + name);

    private static object? NamedValue(CustomAttributeData attribute, string name) =>
        attribute.NamedArguments.FirstOrDefault(argument => argument.MemberName == name).TypedValue.Value;

    private static IEnumerable<string> TextsOf(CustomAttributeData attribute) =>
        Arguments(attribute.ConstructorArguments[0].Value).Cast<string>();

    /// <summary>Returns the elements of an attribute's array argument.</summary>
    private static IEnumerable<object?> Arguments(object? array) =>
        ((IEnumerable<CustomAttributeTypedArgument>)array!).Select(element => element.Value);
}
