using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.EndToEnd.Engine;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Listing;

/// <summary>
/// With XDG_STATE_HOME or XDG_CONFIG_HOME in a folder that all may write, somebody else can be there first: with a journal or
/// presets that name a file of credentials with a credential_process that would run as the victim.
/// </summary>
public sealed class PlantedFileTests
{
    private const string Nobody = "65534";

    [RootFact]
    public async Task A_journal_that_somebody_else_has_put_there_is_not_believed()
    {
        await using var me = await Operator.StartAsync();
        var (credentials, proof) = Bait(me);
        var entry = Plant(me);
        await File.WriteAllTextAsync(entry, (await File.ReadAllTextAsync(entry))
            .Replace("\"profileName\": null", "\"profileName\": \"bait\"", StringComparison.Ordinal)
            .Replace("\"profileLocation\": null", $"\"profileLocation\": \"{credentials}\"", StringComparison.Ordinal)
            .Replace("\"credentialOrigin\": \"Default\"", "\"credentialOrigin\": \"Profile\"", StringComparison.Ordinal));
        var id = Path.GetFileName(Path.GetDirectoryName(entry)!);
        await GiveAwayAsync(Path.Combine(me.StateHome, "EcsFargateLogin"));

        var run = await me.RunApartAsync(
            $$"""
            $ErrorActionPreference = 'Stop'
            foreach ($use in { Get-FargateSession }, { Get-FargateSession -Mine }, { Stop-FargateSession -SessionId {{id}} }, { New-FargateSession }) {
                try { & $use } catch { "$($_.FullyQualifiedErrorId.Split(',')[0]) $($_.Exception.Message -match 'belongs to another user')" }
            }
            """);

        Assert.Equal((string.Concat(Enumerable.Repeat("JournalUnavailable True\n", 4)), ""), (run.Output, run.Error));
        Assert.False(File.Exists(proof));
        Assert.Single(me.Fargate.Tasks);
    }

    [RootFact]
    public async Task A_session_that_somebody_else_has_put_into_the_journal_is_warned_of_and_not_used()
    {
        await using var me = await Operator.StartAsync();
        await GiveAwayAsync(Plant(me));

        var run = await me.RunApartAsync(
            "Get-FargateSession -Mine -WarningVariable warnings -WarningAction SilentlyContinue | ForEach-Object { $_.Status }; \"$warnings\"");

        Assert.StartsWith("UNKNOWN\n", run.Output, StringComparison.Ordinal);
        Assert.Contains($"it belongs to another user (uid {Nobody})", run.Output, StringComparison.Ordinal);
    }

    [RootTheory]
    [InlineData("EcsFargateLogin")]
    [InlineData("EcsFargateLogin/presets.json")]
    public async Task Presets_that_somebody_else_has_put_there_are_not_used(string planted)
    {
        await using var me = await Operator.StartAsync();
        var (credentials, proof) = Bait(me);
        var folder = Directory.CreateDirectory(Path.Combine(me.StateHome, "config", "EcsFargateLogin")).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(folder, "presets.json"),
            $$"""{ "presets": { "default": { "ProfileName": "bait", "ProfileLocation": "{{credentials}}" } } }""");
        await GiveAwayAsync(Path.Combine(me.StateHome, "config", planted));
        var start = me.Process(
            """
            try { New-FargateSession -ErrorAction Stop } catch { "$($_.FullyQualifiedErrorId.Split(',')[0]) $($_.Exception.Message -match 'belongs to another user')" }
            """);
        start.Environment["XDG_CONFIG_HOME"] = Path.Combine(me.StateHome, "config");

        Assert.Equal(new ProcessResult(0, "InvalidPreset True\n", ""), await StandingPowerShell.RunInAnyAsync(start));
        Assert.False(File.Exists(proof));
        Assert.Empty(me.Fargate.Tasks);
    }

    /// <summary>Puts a session into the journal that processes see, as it is in this process's own.</summary>
    /// <returns>Its entry.</returns>
    private static string Plant(Operator me)
    {
        Assert.Empty(me.ErrorsOf("$session = New-FargateSession"));
        var session = Assert.Single(me.SessionFolders());
        var folder = Path.Combine(me.SessionsFolder, session.SessionId);
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var entry = Path.Combine(folder, Path.GetFileName(session.EntryPath));
        File.Copy(session.EntryPath, entry);
        File.Copy(session.KeyPath, Path.Combine(folder, Path.GetFileName(session.KeyPath)));
        return entry;
    }

    /// <summary>A file of credentials that proves that it was used.</summary>
    private static (string Credentials, string Proof) Bait(Operator me)
    {
        var proof = Path.Combine(me.StateHome, "it-ran");
        var credentials = Path.Combine(me.StateHome, "credentials");
        File.WriteAllText(credentials, $"[bait]\ncredential_process = /usr/bin/touch {proof}\n");
        return (credentials, proof);
    }

    private static async Task GiveAwayAsync(string path) =>
        Assert.Equal(0, (await EngineProcess.RunAsync(new("chown", [Nobody, path]))).ExitCode);
}
