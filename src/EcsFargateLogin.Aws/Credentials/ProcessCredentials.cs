using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Amazon.Runtime;

namespace EcsFargateLogin.Aws.Credentials;

/// <summary>
/// The credentials that a profile's credential_process prints. The SDK's own runs such a process without a limit and
/// leaves it behind; this one ends it. What the process prints is never repeated, for it may be a secret.
/// </summary>
/// <param name="command">The profile's credential_process: by AWS's definition a line for the system's shell.</param>
/// <param name="source">The profile, for people.</param>
internal sealed class ProcessCredentials(string command, string source) : RefreshingAWSCredentials
{
    /// <summary>Less than what obtaining credentials may take in all, so that the process is ended before anybody gives up.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(1);

    protected override CredentialsRefreshState GenerateNewCredentials() =>
        GenerateNewCredentialsAsync().GetAwaiter().GetResult();

    protected override async Task<CredentialsRefreshState> GenerateNewCredentialsAsync()
    {
        var output = await RunAsync();
        try
        {
            var answer = JsonSerializer.Deserialize<Answer>(output);
            return answer is { Version: 1, AccessKeyId.Length: > 0, SecretAccessKey.Length: > 0 }
                ? new CredentialsRefreshState(
                    new ImmutableCredentials(answer.AccessKeyId, answer.SecretAccessKey, answer.SessionToken),
                    answer.Expiration?.UtcDateTime ?? DateTime.MaxValue.ToUniversalTime())
                : throw Unusable("printed no keys of version 1");
        }
        catch (JsonException)
        {
            throw Unusable("printed something else than credentials");
        }
    }

    private static ProcessStartInfo StartInfo(string command)
    {
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo("cmd.exe", $"/c {command}")
            : new ProcessStartInfo("sh", ["-c", command]);
        start.UseShellExecute = false;
        start.CreateNoWindow = true;
        // Its input would be the shell's: nothing for it to read.
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        return start;
    }

    private async Task<string> RunAsync()
    {
        using var process = Start();
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            process.StandardInput.Close();
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await errors;
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0 ? output : throw Unusable($"failed with exit code {process.ExitCode}");
        }
        catch (OperationCanceledException)
        {
            throw Unusable($"did not end within {Limit.TotalSeconds:0} s");
        }
        finally
        {
            End(process);
        }
    }

    private Process Start()
    {
        try
        {
            return Process.Start(StartInfo(command))!;
        }
        catch (Exception exception) when (exception is Win32Exception or IOException)
        {
            throw Unusable("could not be started");
        }
    }

    private static void End(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit(KillLimit);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended already.
        }
    }

    private FargateException Unusable(string what) =>
        FargateErrors.CredentialsUnusable(source, $"its credential_process {what}.", exception: null);

    /// <summary>A class, not a record, so that it does not print what it holds.</summary>
    private sealed class Answer
    {
        public int Version { get; init; }

        public string? AccessKeyId { get; init; }

        public string? SecretAccessKey { get; init; }

        public string? SessionToken { get; init; }

        public DateTimeOffset? Expiration { get; init; }
    }
}
