using System.Collections;

namespace EcsFargateLogin.Tests.Support;

/// <summary>
/// An environment in which AWS's variables are those of a test alone: no metadata service, no files of this user. It is
/// the process's own environment, so tests that use one must be in the collection <see cref="Collection"/>.
/// </summary>
internal sealed class EnvironmentScope : IDisposable
{
    internal const string Collection = "Tests that set the process's environment";

    private readonly Dictionary<string, string?> _before = [];
    private readonly TemporaryFolder _home = new();

    internal EnvironmentScope(params (string Name, string Value)[] variables)
    {
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            if (name.StartsWith("AWS_", StringComparison.Ordinal))
            {
                Set(name, null);
            }
        }

        Set("HOME", _home.Path);
        Set("AWS_SHARED_CREDENTIALS_FILE", Path.Combine(_home.Path, "credentials"));
        Set("AWS_CONFIG_FILE", Path.Combine(_home.Path, "config"));
        Set("AWS_EC2_METADATA_DISABLED", "true");
        foreach (var (name, value) in variables)
        {
            Set(name, value);
        }
    }

    /// <summary>The home folder.</summary>
    internal string Home => _home.Path;

    internal void WriteCredentials(string content) => _home.Write("credentials", content);

    internal void WriteConfig(string content) => _home.Write("config", content);

    internal string Write(string name, string content) => _home.Write(name, content);

    internal void Set(string name, string? value)
    {
        _before.TryAdd(name, Environment.GetEnvironmentVariable(name));
        Environment.SetEnvironmentVariable(name, value);
    }

    public void Dispose()
    {
        foreach (var (name, value) in _before)
        {
            Environment.SetEnvironmentVariable(name, value);
        }

        _home.Dispose();
    }
}
