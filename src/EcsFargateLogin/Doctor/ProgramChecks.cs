using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
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
        await show(ssh is null ? Missing("ssh") : await CheckVersionAsync(ssh, cancellationToken).ConfigureAwait(false))
            .ConfigureAwait(false);
        await show(sshKeygen is null
            ? Missing("ssh-keygen")
            : await CheckKeyAsync(sshKeygen, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private static FargateLoginCheck Missing(string name) => Failed(name, FargateErrors.SshNotFound(name));

    private static FargateLoginCheck Failed(string name, FargateException error) =>
        new(name, FargateCheckResult.Failed, Examination.Finding(error), error.NextStep);

    private static async Task<FargateLoginCheck> CheckVersionAsync(string ssh, CancellationToken cancellationToken)
    {
        try
        {
            var said = await AskVersionAsync(ssh, cancellationToken).ConfigureAwait(false);
            if (Version().Match(said) is not { Success: true } match)
            {
                return new("ssh", FargateCheckResult.Warning, $"{ssh} is not OpenSSH: it says '{said}'", "Install OpenSSH's client.");
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

    private static async Task<string> AskVersionAsync(string ssh, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(ssh, ["-V"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = SshProcess.Start(start);
        process.StandardInput.Close();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = await process.StandardError.ReadToEndAsync(limit.Token).ConfigureAwait(false);
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            return $"{errors}{await output.ConfigureAwait(false)}".Trim().Split('\n')[0].TrimEnd();
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            return $"nothing within {Limit.TotalSeconds:0} s";
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
                .GenerateAsync(Path.Combine(folder.FullName, "key"), "Test-FargateLogin", cancellationToken)
                .ConfigureAwait(false);
            return new("ssh-keygen", FargateCheckResult.Passed, $"{sshKeygen} makes Ed25519 keys; it tells no version of its own");
        }
        catch (FargateException e)
        {
            return Failed("ssh-keygen", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(
                "ssh-keygen", FargateCheckResult.NotChecked, $"there is no place for a key to try: {e.Message}", "Set TMPDIR to a folder of yours.");
        }
        finally
        {
            folder?.Delete(recursive: true);
        }
    }

    [GeneratedRegex(@"OpenSSH(_for_Windows)?_(?<major>\d+)\.(?<minor>\d+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Version();
}
