namespace EcsFargateLogin.Tests.Fuzz;

/// <summary>The parsers of a topic, with what they need: folders, servers, an environment.</summary>
internal abstract class ParserTable : IDisposable
{
    private readonly Dictionary<string, Func<FuzzedParser>> _parsers = [];
    private readonly Stack<object> _owned = [];

    /// <summary>The names of the parsers.</summary>
    public IReadOnlyCollection<string> Names => _parsers.Keys;

    public FuzzedParser this[string name] => _parsers[name]();

    /// <summary>Ends what the table owns, the last first.</summary>
    public void Dispose()
    {
        while (_owned.TryPop(out var each))
        {
            (each as IDisposable)?.Dispose();
            (each as IAsyncDisposable)?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>Makes something end with the table.</summary>
    protected T Own<T>(T each)
        where T : class
    {
        _owned.Push(each);
        return each;
    }

    /// <summary>Adds the parser of bytes.</summary>
    protected void Add(string name, Func<FuzzedParser> create) => _parsers.Add(name, create);

    /// <summary>Adds the parser of a text.</summary>
    protected void AddText(string name, IEnumerable<string> corpus, Func<string, IEnumerable<string?>> parse) =>
        Add(name, () => FuzzedParser.OfText(name, corpus, parse));

    /// <summary>Adds the parser of bytes.</summary>
    protected void AddBytes(string name, IEnumerable<byte[]> corpus, Func<byte[], IEnumerable<string?>> parse) =>
        Add(name, () => new FuzzedParser(name, [.. corpus], parse));
}
