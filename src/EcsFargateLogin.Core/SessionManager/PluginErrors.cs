namespace EcsFargateLogin.SessionManager;

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
    /// <param name="oldest">The oldest one that can be used.</param>
    internal static FargateException PluginTooOld(string program, Version version, Version oldest) => PluginUnusable(
        program,
        $"version {version} is too old: before {oldest} it takes the secret of the connection only from its command line, where "
        + "every user of this machine can read it");
}
