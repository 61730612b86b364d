using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Access;

/// <summary>No secret leaves the module: not in a stream, a transcript, an error, an exception or a file but the key's.</summary>
public sealed class SecretTests
{
    private const string EnvironmentSecret = "planted-secret-environment";
    private const string ProcessSecret = "planted-secret-process";

    /// <summary>Succeeds, then fails wherever a secret is near.</summary>
    private const string Script = """
        Start-Transcript -Path $env:TRANSCRIPT | Out-Null
        $VerbosePreference = $DebugPreference = $InformationPreference = 'Continue'
        function Show([scriptblock] $command) {
            try { & $command 2>&1 | ForEach-Object { $_; $_ | Format-List * -Force } }
            catch { $_; $_ | Format-List * -Force; $_.Exception | Format-List * -Force; $_.Exception.ToString() }
            if ($Error.Count) { $Error[0] | Format-List * -Force; $Error[0].Exception.ToString(); Get-Error }
            $Error.Clear()
        }
        $keys = @{ AccessKey = 'AKIDGIVEN'; SecretKey = $env:SECRET; SessionToken = $env:TOKEN }
        $wrong = @{ AccessKey = 'AKIDGIVEN'; SecretKey = "$env:SECRET-x"; SessionToken = $env:TOKEN }
        $credential = [pscredential]::new('AKIDGIVEN', (ConvertTo-SecureString $env:SECRET -AsPlainText -Force))

        Show { $global:session = New-FargateSession @keys; $global:session }
        [IO.File]::Copy($session.KeyPath, $env:KEYCOPY)
        [IO.File]::Copy((Join-Path (Split-Path $session.KeyPath) proof_key), $env:PROOFCOPY)
        Show { $session | Get-FargateTaskAddress }
        Show { $session | Get-FargateTaskAddress @wrong }
        Show { $session | ConvertTo-Json -Depth 5; $session | Export-Clixml $env:CLIXML }
        Show { $session | Enter-FargateShell -Option 'Compression=yes' }
        Show { New-FargateSession @wrong }
        Show { New-FargateSession -AccessKey $env:SECRET }
        Show { New-FargateSession -SecretKey $env:SECRET }
        Show { New-FargateSession -Credential $credential }
        Show { New-FargateSession -Credential $env:SECRET }
        Show { New-FargateSession -Credential @{ Key = $env:SECRET } }
        Show { $StoredAWSCredentials = $env:SECRET; New-FargateSession }
        Show { New-FargateSession -ProfileName malformed -ProfileLocation $env:MALFORMED }
        Show { New-FargateSession -ProfileName garbage }
        Show { New-FargateSession -ProfileName failing }
        Show { New-FargateSession }
        Show { New-FargateSession @keys -Region 'not a region' }
        Show { New-FargateSession @keys -EndpointUrl "http://user:$env:SECRET@127.0.0.1/" }
        Show { New-FargateSession @keys -EndpointUrl 'http://127.0.0.1:1/' }
        Stop-Transcript | Out-Null
        """;

    [Fact]
    public async Task No_secret_is_in_any_stream_transcript_error_or_exception()
    {
        await using var me = await Accounts.StartAsync();
        string InHome(string name) => Path.Combine(me.StateHome, name);
        File.WriteAllText(InHome("malformed"), $"[malformed]\naws_access_key_id = AKID\n{Accounts.SecretKey}\n");
        File.WriteAllText(InHome("config"), $"""
            [profile garbage]
            credential_process = /bin/echo {ProcessSecret}
            [profile failing]
            credential_process = /bin/ls /{ProcessSecret}
            """);
        var start = me.Process(Script);
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["SECRET"] = Accounts.SecretKey,
            ["TOKEN"] = Accounts.SessionToken,
            ["TRANSCRIPT"] = InHome("transcript"),
            ["KEYCOPY"] = InHome("key-copy"),
            ["PROOFCOPY"] = InHome("proof-copy"),
            ["CLIXML"] = InHome("clixml"),
            ["MALFORMED"] = InHome("malformed"),
            ["AWS_CONFIG_FILE"] = InHome("config"),
            ["AWS_SECRET_ACCESS_KEY"] = EnvironmentSecret,
        })
        {
            start.Environment[name] = value;
        }

        var run = await EngineProcess.RunAsync(start, "echo in-the-shell\n");

        var everything = run.Output + run.Error + File.ReadAllText(InHome("transcript")) + File.ReadAllText(InHome("clixml"));
        string[] happened = ["InvalidSignatureException", "InvalidCredential", "credential_process", "line 3 of", "NoRegion",
            "InvalidEndpoint", "EndpointUnreachable", "in-the-shell", "DEBUG: ", "VERBOSE: "];
        Assert.All(happened, word => Assert.Contains(word, everything, StringComparison.Ordinal));
        var proofKey = File.ReadAllText(InHome("proof-copy"));
        Assert.Matches("^[0-9a-f]{64}$", proofKey);
        string[] secrets =
        [
            Accounts.SecretKey, Accounts.SessionToken, EnvironmentSecret, ProcessSecret, proofKey, .. KeyLines(InHome("key-copy")),
        ];
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, everything, StringComparison.Ordinal));
    }

    private static IEnumerable<string> KeyLines(string file)
    {
        var lines = File.ReadAllLines(file);
        Assert.StartsWith("-----BEGIN OPENSSH PRIVATE KEY-----", lines[0], StringComparison.Ordinal);
        return lines.Where(line => line.Length > 0);
    }
}
