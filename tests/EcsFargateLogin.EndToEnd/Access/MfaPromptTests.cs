using System.Diagnostics;
using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.Tests.Support;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Access;

/// <summary>The code of an MFA device is asked for through the host.</summary>
public sealed class MfaPromptTests
{
    private const string Profiles = """
        [base]
        aws_access_key_id = AKIDBASE
        aws_secret_access_key = planted-secret-base
        [ops]
        role_arn = arn:aws:iam::123456789012:role/ops
        source_profile = base
        mfa_serial = arn:aws:iam::123456789012:mfa/me
        """;

    [Fact]
    public async Task One_code_is_enough_for_all_commands_of_a_PowerShell()
    {
        await using var sts = await TokenService.StartAsync();
        await using var me = await StartAsync();

        var run = await EngineProcess.RunAsync(
            Furnish(me, sts, "$session = New-FargateSession -ProfileName ops; $session | Stop-FargateSession -ProfileName ops; 'done'"),
            "123456\n");

        Assert.Equal("", run.Error);
        Assert.Equal("done\n", run.Output);
        Assert.Equal("123456", sts.CallOf("AssumeRole")["TokenCode"]);
    }

    [Fact]
    public async Task A_PowerShell_that_nobody_answers_says_so()
    {
        await using var sts = await TokenService.StartAsync();
        await using var me = await StartAsync();

        var run = await EngineProcess.RunAsync(Furnish(
            me, sts, "try { New-FargateSession -ProfileName ops } catch { $_.FullyQualifiedErrorId; $_.Exception.Message }"));

        Assert.Contains("NoCredentials,", run.Output, StringComparison.Ordinal);
        Assert.Contains("but none was given", run.Output, StringComparison.Ordinal);
        Assert.Empty(sts.Requests);
    }

    private static Task<Operator> StartAsync() =>
        Accounts.StartAsync(TokenService.AccessKey, TokenService.SecretKey, TokenService.SessionToken);

    private static ProcessStartInfo Furnish(Operator me, LoopbackServer sts, string script)
    {
        var start = me.Process(script);
        start.Environment["AWS_ENDPOINT_URL_STS"] = sts.Url;
        start.Environment["AWS_SHARED_CREDENTIALS_FILE"] = Path.Combine(me.StateHome, "credentials");
        File.WriteAllText(start.Environment["AWS_SHARED_CREDENTIALS_FILE"]!, Profiles);
        return start;
    }
}
