namespace EcsFargateLogin.Tests.Architecture;

/// <summary>A type as the compiler made it, together with the types that are nested in it.</summary>
/// <param name="Name">Its full name.</param>
/// <param name="Namespace">Its namespace; empty for the global one.</param>
/// <param name="Folder">The folder of its source in the project, with slashes; empty for the project's own.</param>
/// <param name="IsPublic">Whether other assemblies see it.</param>
internal sealed record CompiledType(string Name, string Namespace, string Folder, bool IsPublic)
{
    /// <summary>The full names of all types that its code names, its own and those of other assemblies.</summary>
    public HashSet<string> Uses { get; } = [];

    /// <summary>Those of them that its public members, its base and its attributes name.</summary>
    public HashSet<string> PublicUses { get; } = [];

    /// <summary>The methods of its own assembly that its code calls, as TYPE.METHOD.</summary>
    public HashSet<string> Calls { get; } = [];

    /// <summary>The names of its properties that are parameters of a cmdlet.</summary>
    public HashSet<string> Parameters { get; } = [];
}
