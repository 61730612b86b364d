using System.Diagnostics;

namespace EcsFargateLogin.EndToEnd.Container;

/// <summary>A test that runs where network namespaces can be made and joined, and says why it did not run elsewhere.</summary>
internal sealed class NetworkNamespaceFactAttribute : FactAttribute
{
    private const string Trial = "ip link add trial0 type veth peer name trial1 && ip link set trial0 up && exec nsenter --version";

    private static readonly Lazy<string?> Obstacle = new(FindObstacle);

    public NetworkNamespaceFactAttribute() => Skip = Obstacle.Value;

    /// <summary>Tries it: who may, and whether the kernel can, is told by nothing else.</summary>
    private static string? FindObstacle()
    {
        try
        {
            using var trial = Process.Start(new ProcessStartInfo("unshare", ["--net", "sh", "-c", Trial])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var error = trial.StandardError.ReadToEnd();
            trial.WaitForExit();
            return trial.ExitCode == 0 ? null : $"Not run: no network namespace can be made here: {error.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return $"Not run: {e.Message}";
        }
    }
}
