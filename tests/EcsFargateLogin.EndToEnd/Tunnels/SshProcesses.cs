using System.Diagnostics;

namespace EcsFargateLogin.EndToEnd.Tunnels;

/// <summary>The ssh processes of this machine, by a word of their command lines.</summary>
internal static class SshProcesses
{
    /// <summary>The ids of those that have all these words somewhere in their command lines.</summary>
    public static IReadOnlyList<int> With(params string[] words) =>
    [
        .. Directory.GetDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0)
            .Where(id => id != 0 && CommandLineOf(id) is var line && line.Contains("ssh\0-F\0none", StringComparison.Ordinal)
                && words.All(word => line.Contains(word, StringComparison.Ordinal))),
    ];

    public static void Signal(int processId, string signal)
    {
        using var kill = Process.Start("kill", ["-s", signal, $"{processId}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    private static string CommandLineOf(int processId)
    {
        try
        {
            return File.ReadAllText($"/proc/{processId}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }
}
