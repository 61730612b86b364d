using System.Diagnostics;
using System.Management.Automation;
using System.Security;
using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate.Tasks;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Access;

/// <summary>Credentials as users of AWS Tools for PowerShell hand them over.</summary>
public sealed class CredentialParameterTests
{
    [Fact]
    public async Task Keys_start_a_session_that_later_commands_of_the_same_PowerShell_stop()
    {
        await using var me = await Accounts.StartAsync();

        var run = me.Run($"New-FargateSession {Accounts.ByKeys} -Debug -Verbose", Accounts.Keys);
        Succeeded(run);
        Assert.Contains(run.Debug, line => line.Contains("Credentials from -AccessKey and -SecretKey", StringComparison.Ordinal));
        Assert.Contains(run.Verbose, line => line.Contains(me.Fargate.EndpointUrl, StringComparison.Ordinal));
        var session = Assert.Single(run.Output);
        Assert.Equal("Keys", Text(session, "CredentialOrigin"));

        Succeeded(me.Run("Stop-FargateSession -TaskArn $args[0]", Text(session, "TaskArn")));
        await Eventually.BecomesAsync(
            () => Assert.Single(me.Fargate.Tasks).Phase == TaskPhase.Stopped, () => string.Join(", ", me.Fargate.Tasks));
    }

    [Theory]
    [InlineData("-AK $args[0] -SK $args[1] -ST $args[2]")]
    [InlineData("-AccessKey $args[0] -SecretAccessKey $args[1] -SessionToken $args[2]")]
    [InlineData("-ProfileName nobody -AccessKey $args[0] -SecretKey $args[1] -SessionToken $args[2]")]
    public async Task Keys_have_the_aliases_of_AWS_Tools_and_go_before_a_profile(string parameters)
    {
        await using var me = await Accounts.StartAsync();
        Succeeded(me.Run($"New-FargateSession {parameters} | Stop-FargateSession", Accounts.Keys));
    }

    [Theory]
    [InlineData("-AccessKey a", "-AccessKey was given without -SecretKey.")]
    [InlineData("-SecretKey a", "-SecretKey was given without -AccessKey.")]
    [InlineData("-SessionToken a", "-SessionToken was given without -AccessKey and -SecretKey.")]
    [InlineData("-AccessKey a -ProfileName b", "-AccessKey was given without -SecretKey.")]
    [InlineData("-ProfileName a -Credential b", "-ProfileName and -Credential were both given")]
    [InlineData("-ProfileLocation a -Credential b", "-ProfileName and -Credential were both given")]
    [InlineData("-Credential planted", "-Credential takes a credentials object of AWS Tools for PowerShell or a PSCredential, and holds a text.")]
    [InlineData("-Credential @{ a = 1 }", "a PSCredential, and holds a hashtable.")]
    [InlineData("-Credential ([version]::new(1, 0))", "a PSCredential, and holds an object of another kind.")]
    public async Task What_does_not_go_together_is_refused(string parameters, string expected)
    {
        await using var me = await Accounts.StartAsync();
        var error = Caught.From(me, $"New-FargateSession {parameters}");
        Assert.Equal(ErrorCategory.InvalidArgument, error.CategoryInfo.Category);
        Assert.StartsWith("InvalidCredential,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(expected, error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("-ProfileName", error.Exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", error.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(me.Fargate.Calls);
    }

    [Fact]
    public async Task A_PSCredential_holds_access_key_and_secret_key()
    {
        await using var me = await Accounts.StartAsync(sessionToken: null);
        Succeeded(me.Run(
            "New-FargateSession -Credential $args[0] | Stop-FargateSession",
            new PSCredential(Accounts.AccessKey, Secure(Accounts.SecretKey))));
    }

    [Fact]
    public async Task A_credentials_object_of_AWS_Tools_is_asked_on_each_use()
    {
        await using var me = await Accounts.StartAsync();
        var credentials = Renewing();
        Succeeded(me.Run(
            "$s = New-FargateSession -Credential $args[0]; $s | Stop-FargateSession", new AWSPSCredentials(credentials)));
        var uses = credentials.Uses;
        Assert.True(uses >= me.Fargate.Calls.Count, $"It was asked {uses} times for {me.Fargate.Calls.Count} requests.");
    }

    [Fact]
    public async Task Credentials_of_the_SDK_are_used_as_they_are()
    {
        await using var me = await Accounts.StartAsync();
        Succeeded(me.Run("New-FargateSession -Credential $args[0] | Stop-FargateSession", Renewing()));
    }

    [Fact]
    public async Task The_session_variables_of_AWS_Tools_are_read_anew_by_each_command()
    {
        await using var me = await Accounts.StartAsync();
        var credentials = Renewing();
        var run = me.Run(
            """
            $PSDefaultParameterValues.Remove('*-Fargate*:Region')
            $StoredAWSCredentials = $args[0]
            $StoredAWSRegion = $args[1]
            $session = New-FargateSession -Debug
            $session
            """,
            new AWSPSCredentials(credentials), me.Fargate.Region);
        Succeeded(run);
        Assert.Contains(run.Debug, line =>
            line.Contains("Credentials from $StoredAWSCredentials; region from $StoredAWSRegion.", StringComparison.Ordinal));
        Assert.Equal("StoredCredentials", Text(Assert.Single(run.Output), "CredentialOrigin"));

        var error = Caught.From(me, "$StoredAWSCredentials = $null; $session | Stop-FargateSession");
        Assert.Contains("$StoredAWSCredentials", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("Set-AWSCredential", error.Exception.Message, StringComparison.Ordinal);

        Succeeded(me.Run("$StoredAWSCredentials = $args[0]; $session | Stop-FargateSession", Renewing()));
    }

    [Fact]
    public async Task What_is_typed_goes_before_the_session_variables()
    {
        await using var me = await Accounts.StartAsync();
        Succeeded(me.Run(
            $"$StoredAWSCredentials = 'not one'; $StoredAWSRegion = 'eu-nowhere-1'; New-FargateSession {Accounts.ByKeys} | Stop-FargateSession",
            Accounts.Keys));
    }

    [Fact]
    public async Task Another_PowerShell_is_told_to_give_the_same_parameters_again()
    {
        await using var me = await Accounts.StartAsync();
        var first = await EngineProcess.RunAsync(Without(me.Process(
            "(New-FargateSession -AccessKey $env:A -SecretKey $env:B -SessionToken $env:C).TaskArn")));
        Assert.Equal("", first.Error);
        var taskArn = first.Output.Trim();
        Assert.All(
            me.SessionFiles().Where(File.Exists),
            file => Assert.DoesNotContain("planted", File.ReadAllText(file), StringComparison.Ordinal));

        var second = await EngineProcess.RunAsync(Without(me.Process($"Stop-FargateSession -TaskArn {taskArn}")));
        Assert.Contains("Give the same -AccessKey and -SecretKey again", OneLine(second.Error), StringComparison.Ordinal);
        Assert.Equal(TaskPhase.Running, Assert.Single(me.Fargate.Tasks).Phase);

        var third = await EngineProcess.RunAsync(Without(me.Process(
            $"Stop-FargateSession -TaskArn {taskArn} -AccessKey $env:A -SecretKey $env:B -SessionToken $env:C")));
        Assert.Equal(("", ""), (third.Output, third.Error));
        await Eventually.BecomesAsync(
            () => Assert.Single(me.Fargate.Tasks).Phase == TaskPhase.Stopped, () => string.Join(", ", me.Fargate.Tasks));
        Assert.Empty(me.SessionFiles());
    }

    private static ProcessStartInfo Without(ProcessStartInfo start)
    {
        start.Environment.Remove("AWS_ACCESS_KEY_ID");
        start.Environment.Remove("AWS_SECRET_ACCESS_KEY");
        start.Environment["A"] = Accounts.AccessKey;
        start.Environment["B"] = Accounts.SecretKey;
        start.Environment["C"] = Accounts.SessionToken;
        return start;
    }

    private static RenewingCredentials Renewing() =>
        new() { Keys = new KeysOfSdk(Accounts.AccessKey, Accounts.SecretKey, Accounts.SessionToken) };

    private static SecureString Secure(string text)
    {
        var secret = new SecureString();
        foreach (var character in text)
        {
            secret.AppendChar(character);
        }

        return secret;
    }

    private static string Text(PSObject value, string property) => $"{value.Properties[property].Value}";

    private static string OneLine(string text) =>
        string.Join(' ', text.Split(['\r', '\n', ' ', '|'], StringSplitOptions.RemoveEmptyEntries));

    private static void Succeeded(Invocation run)
    {
        Assert.Null(run.TerminatingError);
        Assert.Empty(run.Errors);
    }
}
