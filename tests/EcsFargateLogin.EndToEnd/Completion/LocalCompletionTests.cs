using EcsFargateLogin.EndToEnd.Cmdlets;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Completion;

/// <summary>What this machine knows by itself.</summary>
public sealed class LocalCompletionTests
{
    [Fact]
    public async Task Regions_of_all_partitions_are_completed_and_shown_by_name()
    {
        await using var me = await Operator.StartAsync();

        Assert.Equal(["cn-north-1", "cn-northwest-1"], Tab.Texts(me, "New-FargateSession -Region cn-"));
        Assert.Equal(["us-gov-east-1", "us-gov-west-1"], Tab.Texts(me, "Stop-FargateSession -Region us-g"));
        var frankfurt = Assert.Single(Tab.Press(me, "Get-FargateTaskAddress -RegionToCall EU-CENTRAL-1"));
        Assert.Equal(("eu-central-1", "Europe (Frankfurt)"), (frankfurt.CompletionText, frankfurt.ToolTip));
        Assert.Equal(["'eu-west-1'", "'eu-west-2'", "'eu-west-3'"], Tab.Texts(me, "Enter-FargateShell -Region 'eu-w"));
        Assert.Empty(me.Fargate.Calls);
    }

    [Fact]
    public async Task Profiles_of_every_kind_are_completed_by_the_files_as_they_are_now()
    {
        var me = await OperatorWithProfilesAsync(
            """
            Press ''; Press 'o'; Press "'OPS t"; Press '"it'
            Set-Content $env:AWS_CONFIG_FILE "[profile new]`ncredential_process = true"
            Press ''
            """);

        Assert.Equal(
            """
            'it''s' keys 'ops team' role sso
            'ops team'
            'ops team'
            "it's"
            keys new

            """,
            me);
    }

    [Theory]
    [InlineData("this is no profile file")]
    [InlineData("[profile unfinished")]
    public async Task A_file_that_cannot_be_read_is_not_heard_of(string content)
    {
        var output = await OperatorWithProfilesAsync(
            $"Set-Content $env:AWS_SHARED_CREDENTIALS_FILE '{content}'; Press 'x'; $Error.Count");

        Assert.Equal("\n0\n", output);
    }

    // A process of its own, because the files are named by its environment.
    private static async Task<string> OperatorWithProfilesAsync(string script)
    {
        await using var me = await Operator.StartAsync();
        var start = me.Process(
            $$"""
            function Press($word) {
                $line = "New-FargateSession -ProfileName $word"
                (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText -join ' '
            }
            {{script}}
            """);
        start.Environment["AWS_SHARED_CREDENTIALS_FILE"] = Write(me, "credentials", "[keys]\naws_access_key_id = a\naws_secret_access_key = b\n");
        start.Environment["AWS_CONFIG_FILE"] = Write(
            me,
            "config",
            """
            [profile role]
            role_arn = arn:aws:iam::123456789012:role/ops
            source_profile = keys
            [profile sso]
            sso_session = company
            sso_account_id = 123456789012
            sso_role_name = ops
            [sso-session company]
            sso_region = eu-central-1
            sso_start_url = https://example.com/start
            [profile ops team]
            credential_process = true
            [profile it's]
            credential_process = true
            [services local]
            ecs =
              endpoint_url = http://127.0.0.1:1
            """);
        var run = await EngineProcess.RunAsync(start);
        Assert.Equal("", run.Error);
        return run.Output;
    }

    private static string Write(Operator me, string name, string content)
    {
        var file = Path.Combine(me.StateHome, name);
        File.WriteAllText(file, content);
        return file;
    }
}
