using System.Diagnostics.CodeAnalysis;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>
/// Changes the environment of this process, and so of the PowerShells in it, until it is disposed. Tests that use one
/// are in the collection <see cref="Collection"/>, and start what they need beforehand.
/// </summary>
internal sealed class EnvironmentScope : IDisposable
{
    public const string Collection = "Tests that change the environment of this process";

    private readonly Dictionary<string, string?> _before = [];

    public EnvironmentScope(params (string Name, string? Value)[] variables)
    {
        foreach (var (name, value) in variables)
        {
            _before[name] = Environment.GetEnvironmentVariable(name);
            Environment.SetEnvironmentVariable(name, value);
        }
    }

    public void Dispose()
    {
        foreach (var (name, value) in _before)
        {
            Environment.SetEnvironmentVariable(name, value);
        }
    }
}

/// <summary>Its tests run one after the other, and beside no others.</summary>
[CollectionDefinition(EnvironmentScope.Collection, DisableParallelization = true)]
[SuppressMessage("Naming", "CA1711", Justification = "It is a collection of tests, in xunit's sense.")]
public sealed class EnvironmentCollection;
