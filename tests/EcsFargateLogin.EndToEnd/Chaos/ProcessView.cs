using System.Globalization;

namespace EcsFargateLogin.EndToEnd.Chaos;

/// <summary>The processes of this machine and what they hold, as /proc tells it.</summary>
internal static class ProcessView
{
    /// <summary>Those that LISTEN, in the tables of the kernel.</summary>
    private const string Listening = "0A";

    /// <summary>The ids of all processes.</summary>
    public static IEnumerable<int> All => Directory.GetDirectories("/proc")
        .Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0)
        .Where(id => id != 0);

    /// <summary>The command line of a process, its words apart; empty for one that is gone.</summary>
    public static string CommandLine(int id) => Read($"/proc/{id}/cmdline").Replace('\0', ' ');

    /// <summary>What keeps a folder of a user busy, and the ports that the user's PowerShells listen on.</summary>
    /// <param name="folders">The folders.</param>
    /// <param name="shells">The ids of the PowerShells, which themselves may stay.</param>
    public static IReadOnlyList<string> Holders(IReadOnlyList<string> folders, IReadOnlyList<int> shells)
    {
        bool IsOurs(string text) => folders.Any(folder => text.Contains(folder, StringComparison.Ordinal));
        var ports = ListeningPorts();
        var others = All.Except(shells).Where(id => id != Environment.ProcessId).ToList();
        return
        [
            .. from id in others
               where IsOurs(CommandLine(id)) || IsOurs(Read($"/proc/{id}/environ"))
               select $"process {id} runs: {CommandLine(id)}",
            .. from id in shells
               from file in OpenFiles(id)
               where IsOurs(file) && !file.EndsWith(" (deleted)", StringComparison.Ordinal)
               select $"PowerShell {id} holds {file}",
            .. from id in shells
               from file in OpenFiles(id)
               where file.StartsWith("socket:[", StringComparison.Ordinal) && ports.ContainsKey(file[8..^1])
               select $"PowerShell {id} listens on port {ports[file[8..^1]]}",
        ];
    }

    /// <summary>A process and its children, and theirs.</summary>
    public static IReadOnlyList<int> Family(int id)
    {
        var parents = All.ToDictionary(each => each, ParentOf);
        List<int> family = [id];
        for (var i = 0; i < family.Count; i++)
        {
            family.AddRange(parents.Where(pair => pair.Value == family[i]).Select(pair => pair.Key));
        }

        return family;
    }

    private static int ParentOf(int id)
    {
        var status = Read($"/proc/{id}/stat");
        var words = status[(status.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 1 ? int.Parse(words[1], CultureInfo.InvariantCulture) : 0;
    }

    /// <summary>The ports of this machine that are listened on, by the numbers of their sockets.</summary>
    private static Dictionary<string, string> ListeningPorts() => Read("/proc/net/tcp").Split('\n')
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(words => words.Length > 9 && words[3] == Listening)
        .DistinctBy(words => words[9])
        .ToDictionary(words => words[9], words => words[1].Split(':')[1]);

    private static IEnumerable<string> OpenFiles(int id)
    {
        try
        {
            return [.. Directory.GetFiles($"/proc/{id}/fd").Select(file => new FileInfo(file).LinkTarget ?? "")];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
