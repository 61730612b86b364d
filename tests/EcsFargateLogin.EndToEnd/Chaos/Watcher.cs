namespace EcsFargateLogin.EndToEnd.Chaos;

/// <summary>
/// Reads, over and over, the command lines of all processes and the files of the journal: what is secret there, and what is not to
/// hold a secret.
/// </summary>
/// <param name="sessions">The folder with the folders of sessions.</param>
internal sealed class Watcher(string sessions) : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(150);

    private readonly CancellationTokenSource _end = new();
    private readonly HashSet<string> _secrets = [];
    private readonly HashSet<string> _texts = [];
    private Task _run = Task.CompletedTask;

    /// <summary>The lines of private keys, and proof keys.</summary>
    public IReadOnlySet<string> Secrets => _secrets;

    /// <summary>Command lines, and entries of the journal.</summary>
    public IReadOnlySet<string> Texts => _texts;

    public void Start() => _run = Task.Run(RunAsync);

    /// <summary>Ends it; what it has found stays.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task RunAsync()
    {
        while (true)
        {
            _texts.UnionWith(ProcessView.All.Select(ProcessView.CommandLine).Where(line => !IsOfLocalFargate(line)));
            foreach (var file in Files())
            {
                var text = TryRead(file);
                if (Path.GetFileName(file) is "id_ed25519")
                {
                    // The first line of the body tells the kind alone, and is the same in all keys.
                    _secrets.UnionWith(text.Split('\n').Skip(2).Where(line => line.Length > 40));
                }
                else if (Path.GetFileName(file) is "proof_key" && text.Length > 40)
                {
                    _secrets.Add(text.Trim());
                }
                else
                {
                    _texts.Add(text);
                }
            }

            await Task.Delay(Interval, _end.Token);
        }
    }

    /// <summary>LocalFargate hands a container its environment, proof key and all, as Fargate does without a command line.</summary>
    private static bool IsOfLocalFargate(string line) =>
        line.Contains("AWS_EXECUTION_ENV=AWS_ECS_FARGATE", StringComparison.Ordinal);

    private string[] Files()
    {
        try
        {
            return Directory.GetFiles(sessions, "*", SearchOption.AllDirectories);
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static string TryRead(string file)
    {
        try
        {
            // A socket, which ssh has there, is no file to read.
            return new FileInfo(file) is { Exists: true, UnixFileMode: var mode, Length: > 0 } && mode != UnixFileMode.None
                ? File.ReadAllText(file)
                : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
