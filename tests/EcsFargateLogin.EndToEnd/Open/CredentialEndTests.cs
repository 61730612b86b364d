using EcsFargateLogin.EndToEnd.Access;
using EcsFargateLogin.EndToEnd.Cmdlets;

namespace EcsFargateLogin.EndToEnd.Open;

/// <summary>Credentials that end while the shell is open.</summary>
public sealed class CredentialEndTests
{
    [Fact]
    public async Task Their_end_is_told_in_the_terminal_before_it_comes()
    {
        await using var me = await Accounts.StartAsync();
        var start = me.Process("New-FargateSession | Enter-FargateShell");
        start.Environment["AWS_ACCESS_KEY_ID"] = Accounts.AccessKey;
        start.Environment["AWS_SECRET_ACCESS_KEY"] = Accounts.SecretKey;
        start.Environment["AWS_SESSION_TOKEN"] = Accounts.SessionToken;
        start.Environment["AWS_CREDENTIAL_EXPIRATION"] = DateTimeOffset.UtcNow.AddMinutes(9).ToString("O");
        await using var terminal = TerminalRun.UnderTerminal(start);
        await terminal.ShowsPromptAsync();

        await terminal.ShowsAsync("EcsFargateLogin: the AWS credentials (environment variables) end in ");
        await terminal.TypeAsync("exit\n");

        Assert.Equal(0, await terminal.EndAsync());
        await me.LeftNothingAsync();
    }
}
