using System.Globalization;
using System.Text.RegularExpressions;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Doctor;

/// <summary>Checks the programs of OpenSSH. Needs no account.</summary>
/// <param name="ssh">The path of ssh; null if it is missing.</param>
/// <param name="sshKeygen">The path of ssh-keygen; null if it is missing.</param>
/// <param name="show">Outputs a row.</param>
internal sealed partial class ProgramChecks(string? ssh, string? sshKeygen, Func<FargateLoginCheck, Task> show)
{
    /// <summary>The first version that supports StrictHostKeyChecking=accept-new.</summary>
    private static readonly Version Oldest = new(7, 6);

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await show(ssh is null ? Missing("ssh") : await CheckVersionAsync(ssh, cancellationToken));
        await show(sshKeygen is null
            ? Missing("ssh-keygen")
            : await CheckKeyAsync(sshKeygen, cancellationToken));
    }

    private static FargateLoginCheck Missing(string name) => Failed(name, SshErrors.SshNotFound(name));

    private static FargateLoginCheck Failed(string name, FargateException error) =>
        new(name, FargateCheckResult.Failed, Examination.Finding(error), error.NextStep);

    private static async Task<FargateLoginCheck> CheckVersionAsync(string ssh, CancellationToken cancellationToken)
    {
        try
        {
            var result = await SshProcess.RunAsync(ssh, ["-V"], Limit, cancellationToken);
            var said = result?.Text.Split('\n')[0].TrimEnd() ?? $"nothing within {Limit.TotalSeconds:0} s";
            if (Version().Match(said) is not { Success: true } match)
            {
                return new(
                    "ssh", FargateCheckResult.Warning, $"{ssh} is not OpenSSH: it says '{said}'", "Install OpenSSH's client.");
            }

            Version version = new(
                int.Parse(match.Groups["major"].Value, CultureInfo.InvariantCulture),
                int.Parse(match.Groups["minor"].Value, CultureInfo.InvariantCulture));
            return version < Oldest
                ? new("ssh", FargateCheckResult.Failed, $"{said}, {ssh}, is too old", $"Install OpenSSH {Oldest} or later.")
                : new("ssh", FargateCheckResult.Passed, $"{said}, {ssh}");
        }
        catch (FargateException e)
        {
            return Failed("ssh", e);
        }
    }

    /// <summary>Tries to create a key, because ssh-keygen has no option that prints its version.</summary>
    private static async Task<FargateLoginCheck> CheckKeyAsync(string sshKeygen, CancellationToken cancellationToken)
    {
        DirectoryInfo? folder = null;
        try
        {
            folder = Directory.CreateTempSubdirectory("fargate-login-doctor-");
            await new KeyGenerator(sshKeygen)
                .GenerateAsync(Path.Combine(folder.FullName, "key"), SshKeyType.Ed25519, "Test-FargateLogin", cancellationToken);
            return new("ssh-keygen", FargateCheckResult.Passed, $"{sshKeygen} makes keys; it tells no version of its own");
        }
        catch (FargateException e)
        {
            return Failed("ssh-keygen", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(
                "ssh-keygen",
                FargateCheckResult.NotChecked,
                $"no key can be created there: {e.Message}",
                $"Set {(OperatingSystem.IsWindows() ? "TEMP" : "TMPDIR")} to a folder of yours.");
        }
        finally
        {
            folder?.Delete(recursive: true);
        }
    }

    [GeneratedRegex(@"OpenSSH(_for_Windows)?_(?<major>\d+)\.(?<minor>\d+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Version();
}
