using System.Text.Json;
using EcsFargateLogin.Aws.Profiles;
using EcsFargateLogin.Aws.Sts;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Aws.Credentials;

/// <summary>
/// The credentials that a profile's credential_process prints. As in the AWS CLI, it is started without a shell. Its output and
/// errors are never shown, because they may contain a secret.
/// </summary>
/// <param name="profile">The profile.</param>
/// <param name="setting">Its credential_process.</param>
/// <param name="limit">Its time limit; null for the default.</param>
internal sealed class ProcessCredentials(Profile profile, Setting setting, TimeSpan? limit = null) : RenewableCredentials
{
    /// <summary>The default time limit, shorter than that of obtaining credentials, so that the process ends first.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(6);

    private readonly TimeSpan _limit = limit ?? s_limit;

    protected override async Task<TemporaryKeys> ObtainAsync(CancellationToken cancellationToken)
    {
        var output = await RunAsync(cancellationToken);
        try
        {
            var answer = JsonSerializer.Deserialize<Answer>(output);
            return answer is { Version: 1, AccessKeyId.Length: > 0, SecretAccessKey.Length: > 0 }
                ? new(new(answer.AccessKeyId, answer.SecretAccessKey, answer.SessionToken), answer.Expiration)
                : throw Unusable("printed no keys of version 1");
        }
        catch (JsonException)
        {
            throw Unusable("printed something else than credentials");
        }
    }

    private async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        var words = CommandWords.Split(setting.Value) ?? throw Unusable("has a quotation mark that is not closed");
        var program = ProgramPath.Find(words[0]) ?? throw Unusable($"names a program that is not there, '{words[0]}'");
        var start = ChildProcess.WithPipes(program, words.Skip(1));
        start.CreateNoWindow = true;
        return await ChildProcess.RunAsync(start, _limit, NotStarted, cancellationToken) switch
        {
            null => throw Unusable($"did not end within {_limit.TotalSeconds:0} s"),
            { ExitCode: null } => throw Unusable($"printed more than {ChildProcess.LongestOutput / 1024} KB"),
            { ExitCode: 0 } result => result.Output,
            var result => throw Unusable($"failed with exit code {result.ExitCode}; run it by hand to see what it says"),
        };
    }

    private FargateException NotStarted(string program, Exception cause) =>
        Unusable($"could not be started: '{program}' is not a program that runs here");

    private FargateException Unusable(string what) =>
        CredentialErrors.CredentialsUnusable(
            profile.Source, $"its credential_process {what} ({setting.Where}).", exception: null);

    /// <summary>A class, not a record, so that ToString shows no secret.</summary>
    private sealed class Answer
    {
        public int Version { get; init; }

        public string? AccessKeyId { get; init; }

        public string? SecretAccessKey { get; init; }

        public string? SessionToken { get; init; }

        public DateTimeOffset? Expiration { get; init; }
    }
}

/// <summary>
/// Finds programs as the system's shell does. .NET itself would first search the folder of PowerShell and the current folder,
/// where another user may have put a program of that name.
/// </summary>
internal static class ProgramPath
{
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private static readonly string[] s_extensions = [".exe", ".cmd", ".bat", ".com"];

    /// <summary>Returns the path of a program; null if there is none.</summary>
    internal static string? Find(string program)
    {
        if (program.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        if (program.Contains(Path.DirectorySeparatorChar) || program.Contains(Path.AltDirectorySeparatorChar))
        {
            return Candidates(Path.GetFullPath(program)).FirstOrDefault(IsProgram);
        }

        return (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(Path.IsPathRooted)
            .SelectMany(folder => Candidates(Path.Combine(folder, program)))
            .FirstOrDefault(IsProgram);
    }

    private static IEnumerable<string> Candidates(string path)
    {
        IEnumerable<string> withExtension = OperatingSystem.IsWindows() ? s_extensions.Select(extension => path + extension) : [];
        return Path.HasExtension(path) ? withExtension.Prepend(path) : withExtension.Append(path);
    }

    private static bool IsProgram(string path) =>
        File.Exists(path)
        && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & Executable) != 0);
}
