namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>The container's handling of New-FargateSession's request.</summary>
public sealed class RunTaskRequestTests
{
    [Fact]
    public async Task Environment_variables_reach_the_remote_shell_character_by_character()
    {
        await using var me = await Operator.StartAsync();

        var run = await me.RunApartAsync(
            """
            $variables = @{
                QUOTES  = "it's ""quoted"" and ``ticked``"
                DOLLARS = '$HOME ${HOME} $(id) \n \\ %s ! *'
                LINES   = "first`nsecond`n`n"
                EQUALS  = '=a=b'
                PEOPLE  = 'čšž ü 日本 🚢'
                EMPTY   = ''
            }
            New-FargateSession -EnvironmentVariable $variables | Enter-FargateShell
            """,
            "for i in QUOTES DOLLARS LINES EQUALS PEOPLE EMPTY; do eval \"printf '%s<%s>\\n' $i \\\"\\$$i\\\"\"; done; exit\n");

        Assert.Equal("", run.Error);
        Assert.Equal(
            """
            QUOTES<it's "quoted" and `ticked`>
            DOLLARS<$HOME ${HOME} $(id) \n \\ %s ! *>
            LINES<first
            second

            >
            EQUALS<=a=b>
            PEOPLE<čšž ü 日本 🚢>
            EMPTY<>

            """,
            run.Output);
    }

    [Fact]
    public async Task Another_user_port_and_command_make_another_server()
    {
        await using var me = await Operator.StartAsync();

        var run = await me.RunApartAsync(
            """
            $command = 'usermod -s /bin/sh games; exec /usr/local/bin/start-sshd.sh'
            New-FargateSession -UserName games -Port 2201 -Command sh, -c, $command | Enter-FargateShell
            """,
            "id -un; echo \"${SSH_CONNECTION##* }\"; exit\n");

        Assert.Equal(("games\n2201\n", ""), (run.Output, run.Error));
    }
}
