namespace EcsFargateLogin.Shells;

/// <summary>A shell that outlives its connection, in a terminal multiplexer of the image.</summary>
internal static class ResumableShell
{
    /// <summary>
    /// Opens it, or takes it over from a connection that is not known to be lost yet. An image that has neither program says
    /// so, and gives a shell that ends with its connection.
    /// </summary>
    public const string Command =
        """
        if command -v tmux >/dev/null; then exec tmux -u new-session -A -D -s fargate
        elif command -v screen >/dev/null; then exec screen -D -R -S fargate
        else echo 'EcsFargateLogin: the image has neither tmux nor screen: this shell ends with its connection' >&2
        exec "${SHELL:-sh}" -l
        fi
        """;
}
