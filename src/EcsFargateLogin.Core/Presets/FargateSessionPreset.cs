namespace EcsFargateLogin;

/// <summary>Parameters of New-FargateSession that are kept under a name.</summary>
public sealed class FargateSessionPreset
{
    private readonly Dictionary<string, object> _parameters = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _sources = new(StringComparer.OrdinalIgnoreCase);

    internal FargateSessionPreset(string name) => Name = name;

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The values of the parameters, by name: text, numbers, true or false, lists of texts, or texts by key.</summary>
    public IReadOnlyDictionary<string, object> Parameter => _parameters;

    /// <summary>The file that gives each parameter, by the parameter's name.</summary>
    public IReadOnlyDictionary<string, string> Source => _sources;

    /// <summary>The files that it comes from, the project's first.</summary>
    public IReadOnlyList<string> Path { get; private set; } = [];

    /// <summary>Its name.</summary>
    public override string ToString() => Name;

    /// <summary>Adds the parameters of another file. Those that the preset already has are kept.</summary>
    internal void Add(IReadOnlyDictionary<string, object> values, string file)
    {
        Path = [.. Path, file];
        foreach (var (parameter, value) in values)
        {
            if (_parameters.TryAdd(parameter, value))
            {
                _sources.Add(parameter, file);
            }
        }
    }
}
