namespace EcsFargateLogin.EndToEnd.Chaos;

/// <summary>A use of the session in $global:session.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Script">Its script.</param>
/// <param name="Output">The expression that its output fits when it has said no error.</param>
internal sealed record Use(string Name, string Script, string Output)
{
    /// <summary>What is typed; the last of it leaves a shell.</summary>
    public string Input { get; init; } = "";

    /// <summary>Whether it copies <see cref="World.SentPath"/> there and back.</summary>
    public bool IsCopy { get; init; }

    public override string ToString() => Name;
}

/// <summary>The uses of sessions.</summary>
internal static class Uses
{
    public static readonly Use Command = new(
        "command", "Invoke-FargateCommand -Session $global:session 'seq 3; exit 7'; \"code $LASTEXITCODE\"", "^1\n2\n3\ncode 7\n$");

    public static readonly Use Shell = new("shell", "$global:session | Enter-FargateShell; \"code $LASTEXITCODE\"", "^up-42\ncode 7\n$")
    {
        Input = "echo up-$((6*7))\nexit 7\n",
    };

    public static readonly Use Copy = new(
        "copy",
        """
        Copy-FargateItem $env:SENT /tmp/there -Session $global:session
        if ($?) { Copy-FargateItem /tmp/there $env:BACK -Session $global:session -FromSession }
        """,
        "^$")
    {
        IsCopy = true,
    };

    /// <summary>What a tunnel leads to may be cut off at any time, which is no error of the cmdlet that has started it.</summary>
    public static readonly Use Tunnel = new(
        "tunnel",
        """
        $tunnel = Start-FargateTunnel $global:session -RemoteHost 127.0.0.1 -RemotePort $env:TASKPORT -SkipTargetCheck
        if ($tunnel) {
            try {
                $client = [Net.Sockets.TcpClient]::new('127.0.0.1', $tunnel.LocalPort)
                $client.ReceiveTimeout = 5000
                $bytes = [byte[]]::new(8)
                $count = $client.GetStream().Read($bytes, 0, 8)
                "read $([Text.Encoding]::ASCII.GetString($bytes, 0, $count))"
            }
            catch { 'read nothing'; $Error.RemoveAt(0) }
            finally { if ($client) { $client.Dispose() } }
            $tunnel | Stop-FargateTunnel
        }
        else { 'no tunnel' }
        """,
        "^read (SSH-2.0-|nothing|)\n$");

    public static readonly IReadOnlyList<Use> All = [Command, Shell, Copy, Tunnel];
}
