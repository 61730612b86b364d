using System.Globalization;
using System.Text.RegularExpressions;
using EcsFargateLogin.SessionManager;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Doctor;

/// <summary>The programs of OpenSSH. Needs no account.</summary>
/// <param name="ssh">Where ssh is; null when it is missing.</param>
/// <param name="sshKeygen">Where ssh-keygen is; null when it is missing.</param>
/// <param name="show">Shows a row.</param>
internal sealed partial class ProgramChecks(string? ssh, string? sshKeygen, Func<FargateLoginCheck, Task> show)
{
    /// <summary>The first one that knows StrictHostKeyChecking=accept-new.</summary>
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
            var result = await SshTool.RunAsync(ssh, ["-V"], Limit, cancellationToken);
            var said = result?.Words.Split('\n')[0].TrimEnd() ?? $"nothing within {Limit.TotalSeconds:0} s";
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

    /// <summary>ssh-keygen tells no version; what counts is that it makes a key.</summary>
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
                $"there is no place to try a key in: {e.Message}",
                "Set TMPDIR to a folder of yours.");
        }
        finally
        {
            folder?.Delete(recursive: true);
        }
    }

    [GeneratedRegex(@"OpenSSH(_for_Windows)?_(?<major>\d+)\.(?<minor>\d+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Version();
}

/// <summary>The program that ECS Exec needs on this machine. Needs no account.</summary>
/// <param name="path">Where it is; null when it is missing.</param>
/// <param name="isRequired">Whether there is no other way in.</param>
internal sealed class PluginCheck(string? path, bool isRequired)
{
    public async Task<FargateLoginCheck> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var version = await new SessionManagerPlugin(
                path ?? throw PluginErrors.PluginNotFound(SessionManagerPlugin.Name)).CheckAsync(cancellationToken);
            return new(SessionManagerPlugin.Name, FargateCheckResult.Passed, $"{version}, {path}");
        }
        catch (FargateException e)
        {
            return new(
                SessionManagerPlugin.Name,
                isRequired ? FargateCheckResult.Failed : FargateCheckResult.Warning,
                Examination.Finding(e),
                e.NextStep);
        }
    }
}
