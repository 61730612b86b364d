using System.Diagnostics;
using System.Text.Json;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.SessionManager;

/// <summary>
/// Calls AWS's session-manager-plugin, which connects a terminal to a data channel of Systems Manager. It is called as the AWS
/// CLI calls it, with the channel's token and the session's credentials in its environment.
/// </summary>
/// <param name="path">Its path.</param>
internal sealed class SessionManagerPlugin(string path)
{
    /// <summary>The name of the program.</summary>
    public const string Name = "session-manager-plugin";

    /// <summary>
    /// The environment variable that holds the channel. Its name replaces the channel on the command line, which every user of
    /// this machine can read.
    /// </summary>
    public const string ChannelVariable = "AWS_SSM_START_SESSION_RESPONSE";

    /// <summary>
    /// The first version that reads the channel from the environment. Versions from 1.2.764.0 on sign the channel with
    /// credentials that they find in their environment.
    /// </summary>
    public static readonly Version Oldest = new(1, 2, 536, 0);

    private const string Operation = "StartSession";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public string Path => path;

    /// <summary>Reads its version, and checks that it can be used.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.PluginNotFound"/>.</exception>
    public async Task<Version> CheckAsync(CancellationToken cancellationToken)
    {
        var answer = await AskForVersionAsync(cancellationToken);
        if (!Version.TryParse(answer, out var version))
        {
            throw PluginErrors.PluginUnusable(path, $"asked for its version, it says '{answer}'");
        }

        return version >= Oldest ? version : throw PluginErrors.PluginTooOld(path, version, Oldest);
    }

    /// <summary>Returns the start information for a channel; its arguments hold no secret.</summary>
    public ProcessStartInfo StartFor(PluginChannel channel)
    {
        string[] arguments =
        [
            // A profile would take precedence over the credentials in the environment.
            ChannelVariable, channel.Region, Operation, channel.Credentials is null ? channel.ProfileName ?? "" : "",
            JsonSerializer.Serialize(new { channel.Target }), channel.Endpoint,
        ];
        ProcessStartInfo start = new(path, arguments) { UseShellExecute = false };
        start.Environment[ChannelVariable] = JsonSerializer.Serialize(
            new { sessionId = channel.SessionId, streamUrl = channel.StreamUrl, tokenValue = channel.TokenValue });
        if (channel.Credentials is { } credentials)
        {
            SetCredentials(start.Environment, credentials);
        }

        return start;
    }

    /// <summary>Replaces all credentials in an environment.</summary>
    private static void SetCredentials(IDictionary<string, string?> environment, ChannelCredentials credentials)
    {
        foreach (var name in (string[])["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"])
        {
            environment.Remove(name);
        }

        environment["AWS_ACCESS_KEY_ID"] = credentials.AccessKeyId;
        environment["AWS_SECRET_ACCESS_KEY"] = credentials.SecretAccessKey;
        if (credentials.SessionToken is { } token)
        {
            environment["AWS_SESSION_TOKEN"] = token;
        }
    }

    private async Task<string> AskForVersionAsync(CancellationToken cancellationToken)
    {
        try
        {
            var result = await SshProcess.RunAsync(path, ["--version"], Limit, cancellationToken);
            return result?.Text ?? $"nothing within {Limit.TotalSeconds:0} s";
        }
        catch (FargateException e) when (e.Error == FargateError.SshNotFound)
        {
            throw PluginErrors.PluginUnusable(path, e.InnerException!.Message.TrimEnd('.'), e.InnerException);
        }
    }
}

/// <summary>
/// The data channel that session-manager-plugin connects to the terminal. It holds a secret, so it is not a record,
/// because the ToString() of a record would show it.
/// </summary>
internal sealed class PluginChannel
{
    /// <summary>The id of the channel's session in Systems Manager.</summary>
    public required string SessionId { get; init; }

    public required string StreamUrl { get; init; }

    /// <summary>The secret token that authorizes the connection.</summary>
    public required string TokenValue { get; init; }

    public required string Region { get; init; }

    /// <summary>The credentials with which the plugin signs the channel and resumes an interrupted one.</summary>
    public ChannelCredentials? Credentials { get; init; }

    /// <summary>The profile that the plugin uses where it gets no credentials.</summary>
    public string? ProfileName { get; init; }

    /// <summary>The container's name in Systems Manager.</summary>
    public required string Target { get; init; }

    /// <summary>The URL of Systems Manager; empty for the region's own.</summary>
    public required string Endpoint { get; init; }

    /// <summary>Returns the name of a container in Systems Manager.</summary>
    /// <param name="clusterName">The cluster's name.</param>
    /// <param name="taskId">The last part of the task's ARN.</param>
    /// <param name="runtimeId">The container's id in the container runtime.</param>
    public static string TargetOf(string clusterName, string taskId, string runtimeId) =>
        $"ecs:{clusterName}_{taskId}_{runtimeId}";
}

/// <summary>Errors about session-manager-plugin.</summary>
internal static class PluginErrors
{
    private const string GetPlugin =
        "Install it from https://docs.aws.amazon.com/systems-manager/latest/userguide/"
        + "session-manager-working-with-install-plugin.html, or give -Transport Ssh.";

    internal static FargateException PluginNotFound(string program) => new(
        FargateError.PluginNotFound,
        $"The program '{program}' of AWS Systems Manager, which ECS Exec needs, was not found on PATH.",
        GetPlugin)
    { Target = program };

    internal static FargateException PluginUnusable(string program, string why, Exception? cause = null) => new(
        FargateError.PluginNotFound,
        $"'{program}' cannot be used: {why}.",
        GetPlugin,
        cause)
    { Target = program };

    /// <param name="program">The plugin.</param>
    /// <param name="version">Its version.</param>
    /// <param name="oldest">The oldest supported version.</param>
    internal static FargateException PluginTooOld(string program, Version version, Version oldest) => PluginUnusable(
        program,
        $"version {version} is too old: before {oldest} it takes the secret of the connection only from its command line, where "
        + "every user of this machine can read it");
}
