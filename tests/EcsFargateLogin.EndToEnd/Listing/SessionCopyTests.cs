using EcsFargateLogin.EndToEnd.Cmdlets;

namespace EcsFargateLogin.EndToEnd.Listing;

/// <summary>
/// A copy of a session, as another process or Select-Object makes it, stands for the session itself, and so does its id.
/// </summary>
public sealed class SessionCopyTests
{
    private const string Copies =
        """
        $session | Export-Clixml "$env:XDG_STATE_HOME/session.xml"
        $copies = (Import-Clixml "$env:XDG_STATE_HOME/session.xml"), ($session | Select-Object *)
        """;

    [Fact]
    public async Task Every_cmdlet_takes_it_from_the_pipeline_and_by_name()
    {
        await using var me = await Operator.StartAsync();

        var run = await me.RunApartAsync(
            $$"""
            $session = New-FargateSession -Wait
            {{Copies}}
            foreach ($copy in $copies) {
                $copy | Invoke-FargateCommand 'echo piped' -KeepSession
                Invoke-FargateCommand 'echo named' -Session $copy, $copy -KeepSession
                "wait $((Wait-FargateSession -Session $copy).SessionId -eq $session.SessionId)"
                "address $((Get-FargateTaskAddress -Session $copy).SessionId -eq $session.SessionId)"
                "tunnel $(($copy | Start-FargateTunnel -RemoteHost localhost -RemotePort 22 -SkipTargetCheck -KeepSession).Status)"
                Get-FargateTunnel | Stop-FargateTunnel -KeepSession
                Copy-FargateItem "$env:XDG_STATE_HOME/session.xml" /tmp/copy -Session $copy -KeepSession
            }
            $session.SessionId | Invoke-FargateCommand 'echo by its id'
            'input' | Invoke-FargateCommand 'cat' -Session $session.SessionId
            Stop-FargateSession -Session $copies[0]
            """);

        const string Each = "piped\nnamed\nnamed\nwait True\naddress True\ntunnel Open\n";
        Assert.Equal((Each + Each + "by its id\ninput\n", ""), (run.Output, run.Error));
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task A_background_job_uses_it()
    {
        await using var me = await Operator.StartAsync();

        var run = await me.RunApartAsync(
            $$"""
            $session = New-FargateSession -Wait
            Start-Job -ArgumentList $session, $PSDefaultParameterValues {
                param($session, $defaults)
                Import-Module '{{me.Module}}'
                Invoke-FargateCommand 'echo in a job' -Session $session -KeepSession
            } | Receive-Job -Wait
            "$($session.Owner)"
            $session | Stop-FargateSession
            """);

        Assert.Equal(("in a job\nThisProcess\n", ""), (run.Output, run.Error));
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task One_that_has_ended_is_an_error_that_names_what_lists_the_others()
    {
        await using var me = await Operator.StartAsync();

        var run = await me.RunApartAsync(
            $$"""
            $session = New-FargateSession
            {{Copies}}
            $session | Stop-FargateSession
            $ErrorActionPreference = 'Stop'
            foreach ($copy in $copies) {
                foreach ($use in { $copy | Invoke-FargateCommand 'true' }, { Invoke-FargateCommand 'true' -Session $copy }, { $copy | Enter-FargateShell }, { Enter-FargateShell $copy.SessionId }) {
                    try { & $use } catch { "$_" -match "There is no session '$session' .* Get-FargateSession lists" }
                }
            }
            """);

        Assert.Equal((string.Concat(Enumerable.Repeat("True\n", 8)), ""), (run.Output, run.Error));
    }
}
