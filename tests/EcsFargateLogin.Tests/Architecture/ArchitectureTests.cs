using System.Text.RegularExpressions;
using EcsFargateLogin.Presets;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Architecture;

/// <summary>The layers of the module, as CONTRIBUTING.md lists them, in what the compiler has made of the sources.</summary>
public sealed class ArchitectureTests
{
    private const string Root = "EcsFargateLogin";
    private const string Surface = "Pipeline";
    private const string CmdletFolder = "Cmdlets";

    /// <summary>Public types that no cmdlet takes, gives or throws, and who else calls them.</summary>
    private static readonly string[] CalledByPowerShell =
    [
        "EcsFargateLogin.Cmdlets.ModuleCleanup",
        "EcsFargateLogin.Views.ViewText",
    ];

    private static readonly string[] Layers =
    [
        .. Regex
            .Matches(
                File.ReadAllText(Path.Combine(ModuleFolder.Root(), "CONTRIBUTING.md")),
                @"^\| `src/EcsFargateLogin(?:\.Core)?/([^`]+)`",
                RegexOptions.Multiline)
            .Select(match => match.Groups[1].Value),
    ];

    private static readonly IReadOnlyList<CompiledType> Types =
        [.. CompiledAssembly.OfCore.Types, .. CompiledAssembly.OfSurface.Types];

    [Fact]
    public void The_map_lists_every_folder_once() =>
        Assert.Equal(Types.Select(type => type.Folder).Distinct().Order(), Layers.Order());

    [Fact]
    public void No_type_names_one_of_a_layer_below()
    {
        var folders = Types.ToDictionary(type => type.Name, type => type.Folder);

        Assert.Empty(
            from type in Types
            from used in type.Uses
            where folders.TryGetValue(used, out var folder) && IsBelow(folder, type.Folder)
            select $"{type.Folder}: {type.Name} names {used}");
    }

    [Fact]
    public void No_source_uses_the_namespace_of_a_layer_below()
    {
        // Constants leave no trace in an assembly.
        var sources = Layers.SelectMany(layer => Directory.GetFiles(FolderOf(layer), "*.cs").Select(file => (Layer: layer, File: file)));

        Assert.Empty(
            from source in sources
            from Match used in Regex.Matches(File.ReadAllText(source.File), @"^using EcsFargateLogin\.([\w.]+);", RegexOptions.Multiline)
            where IsBelow(used.Groups[1].Value.Replace('.', '/'), source.Layer)
            select $"{source.Layer}/{Path.GetFileName(source.File)}: {used.Value}");
    }

    [Fact]
    public void Every_namespace_is_a_folder_but_for_types_that_users_name() => Assert.Empty(
        from type in Types
        let expected = type.IsPublic && !IsSurface(type.Folder) ? Root : $"{Root}.{type.Folder.Replace('/', '.')}"
        where type.Namespace != expected
        select $"{type.Name} in {type.Folder}");

    [Fact]
    public void No_namespaces_of_the_side_of_AWS_form_a_cycle()
    {
        var spaces = CompiledAssembly.OfAws.Types.ToDictionary(type => type.Name, type => type.Namespace);
        var uses = CompiledAssembly.OfAws.Types
            .SelectMany(
                type => type.Uses.Where(spaces.ContainsKey),
                (type, used) => (From: type.Namespace, To: spaces[used], Text: $"{type.Name} names {used}"))
            .Where(use => use.From != use.To)
            .ToLookup(use => use.From);

        HashSet<string> Reached(string from, HashSet<string> seen)
        {
            foreach (var use in uses[from].Where(use => seen.Add(use.To)))
            {
                Reached(use.To, seen);
            }

            return seen;
        }

        Assert.Empty(
            from use in uses.SelectMany(each => each)
            where Reached(use.To, []).Contains(use.From)
            select use.Text);
    }

    [Fact]
    public void Types_of_PowerShell_are_named_by_the_surface_alone()
    {
        Assert.Empty(NamingAny(Types.Where(type => !IsSurface(type.Folder)), "System.Management.Automation.", "Microsoft.PowerShell."));
        Assert.Empty(NamingAny(CompiledAssembly.OfAws.Types, "System.Management.Automation.", "Microsoft.PowerShell."));
        Assert.NotEmpty(NamingAny(Types, "System.Management.Automation."));
    }

    [Fact]
    public void Types_of_the_SDK_are_named_by_its_own_side_alone()
    {
        Assert.Empty(NamingAny(Types, "Amazon."));
        Assert.NotEmpty(NamingAny(CompiledAssembly.OfAws.Types, "Amazon."));
    }

    [Fact]
    public void New_FargateSession_reads_its_parameters_only_from_the_merged_values()
    {
        // A preset's values are never in the properties. -Preset itself says which preset that is.
        var cmdlets = CompiledAssembly.OfSurface.Types
            .Where(type => type.Name is "EcsFargateLogin.Cmdlets.NewFargateSessionCommand" or "EcsFargateLogin.Cmdlets.AwsCmdlet")
            .ToList();
        var getters = cmdlets.SelectMany(
            type => type.Parameters.Where(name => name != "Preset"), (type, name) => $"{type.Name}.get_{name}").ToList();

        Assert.Contains("EcsFargateLogin.Cmdlets.AwsCmdlet.get_ProfileName", getters);
        Assert.Contains("EcsFargateLogin.Cmdlets.NewFargateSessionCommand.get_Cluster", getters);
        Assert.Empty(cmdlets.SelectMany(type => type.Calls).Intersect(getters));
        // The check sees such calls where there are some.
        Assert.Contains("EcsFargateLogin.Cmdlets.NewFargateSessionCommand.get_Preset", cmdlets.SelectMany(type => type.Calls));
    }

    [Fact]
    public void Rules_of_presets_name_parameters_of_New_FargateSession() => Assert.Subset(
        CompiledAssembly.OfSurface.Types
            .Where(type => type.Name is "EcsFargateLogin.Cmdlets.NewFargateSessionCommand" or "EcsFargateLogin.Cmdlets.AwsCmdlet")
            .SelectMany(type => type.Parameters)
            .ToHashSet(),
        PresetRules.Names.ToHashSet());

    [Fact]
    public void Public_types_are_those_that_users_meet()
    {
        var types = Types.Where(type => type.IsPublic).ToDictionary(type => type.Name);
        HashSet<string> met = ["EcsFargateLogin.FargateException", .. CalledByPowerShell];
        Stack<string> open = new(met.Concat(types.Keys.Where(name => name.EndsWith("Command", StringComparison.Ordinal))));
        while (open.TryPop(out var name))
        {
            met.Add(name);
            foreach (var used in types[name].PublicUses.Where(used => types.ContainsKey(used) && !met.Contains(used)))
            {
                open.Push(used);
            }
        }

        Assert.Equal(types.Keys.Order(), met.Order());
        Assert.Equal([CmdletFolder, Surface, "Views"], types.Values
            .Where(type => IsSurface(type.Folder)).Select(type => type.Folder).Distinct().Order());
    }

    /// <summary>The folder of a layer's sources: a map that names the wrong assembly has none.</summary>
    private static string FolderOf(string layer) =>
        Path.Combine(ModuleFolder.Root(), "src", IsSurface(layer) ? Root : $"{Root}.Core", layer);

    private static bool IsSurface(string folder) => !IsBelow(Surface, folder);

    /// <summary>Whether a folder is one of a layer below another one.</summary>
    private static bool IsBelow(string folder, string other) => Array.IndexOf(Layers, folder) > Array.IndexOf(Layers, other);

    private static IEnumerable<string> NamingAny(IEnumerable<CompiledType> types, params string[] prefixes) =>
        from type in types
        from used in type.Uses
        where prefixes.Any(prefix => used.StartsWith(prefix, StringComparison.Ordinal))
        select $"{type.Name} names {used}";
}
