using System.Management.Automation;
using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate.Faults;
using LocalFargate.Tasks;

namespace EcsFargateLogin.EndToEnd.Access;

/// <summary>Credentials that no longer do while a session lives.</summary>
public sealed class StopFailureTests : IDisposable
{
    private const string ProfileName = "ops team's, @night";
    private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("fargate-login-").FullName, "my ’credentials’");

    [Theory]
    [InlineData("ExpiredTokenException")]
    [InlineData("AccessDeniedException")]
    public async Task A_task_that_cannot_be_stopped_stays_listed_and_the_error_says_how_to_stop_it(string code)
    {
        File.WriteAllText(_file, $"""
            [{ProfileName}]
            aws_access_key_id = {Accounts.AccessKey}
            aws_secret_access_key = {Accounts.SecretKey}
            aws_session_token = {Accounts.SessionToken}
            """);
        await using var me = await Accounts.StartAsync();
        var started = me.Run(
            "$session = New-FargateSession -ProfileName $args[0] -ProfileLocation $args[1]; $session", ProfileName, _file);
        Assert.Empty(started.Errors);
        var session = Assert.Single(started.Output);
        var fault = me.Fargate.Faults.Add<Fault>(code == "ExpiredTokenException"
            ? new ExpiredCredentials { Operation = "StopTask" }
            : new AccessDenied { Operation = "StopTask" });

        var error = Assert.Single(me.Run("$session | Stop-FargateSession").Errors);

        Assert.StartsWith("StopFailed,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(code, error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal(code, Property(error, "ErrorCode"));
        Assert.NotEqual("", Property(error, "RequestId"));
        Assert.True(Directory.Exists(JournalOf(session)));
        var commands = error.ErrorDetails.RecommendedAction["Stop it with: ".Length..].Split(" or: ");

        string[] words = ["aws", "ecs", "stop-task", "--cluster", me.Fargate.Cluster, "--task", Text(session, "TaskArn"),
            "--region", me.Fargate.Region, "--profile", ProfileName, "--endpoint-url", me.Fargate.EndpointUrl];
        var command = commands[1].Split(" (the latter with $env:AWS_SHARED_CREDENTIALS_FILE = ");
        var read = me.Run($"function aws {{ 'aws'; $args }}; {command[0]}; {command[1].TrimEnd(')')}");
        Assert.Equal([.. words, _file], read.Output.Select(word => $"{word}"));

        me.Fargate.Faults.Remove(fault);
        var stopped = me.Run($"$PSDefaultParameterValues.Clear(); {commands[0]}");
        Assert.Empty(stopped.Errors);
        await Eventually.BecomesAsync(
            () => Assert.Single(me.Fargate.Tasks).Phase == TaskPhase.Stopped, () => string.Join(", ", me.Fargate.Tasks));
        Assert.False(Directory.Exists(JournalOf(session)));
    }

    [Fact]
    public async Task Credentials_that_are_gone_are_an_error_that_says_which()
    {
        await using var me = await Accounts.StartAsync();
        var credentials = new RenewingCredentials
        {
            Keys = new KeysOfSdk(Accounts.AccessKey, Accounts.SecretKey, Accounts.SessionToken),
        };
        Assert.Empty(me.Run("$session = New-FargateSession -Credential $args[0]", credentials).Errors);
        credentials.Keys = new KeysOfSdk("", "", "");

        var error = Caught.From(me, "$session | Stop-FargateSession");

        Assert.StartsWith("NoCredentials,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("The credentials of -Credential could not be obtained", error.Exception.Message, StringComparison.Ordinal);
        credentials.Keys = new KeysOfSdk(Accounts.AccessKey, Accounts.SecretKey, Accounts.SessionToken);
        Assert.Empty(me.Run("$session | Stop-FargateSession").Errors);
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);

    private static string JournalOf(PSObject session) =>
        Path.Combine(OperatorHome.StateHome, "EcsFargateLogin", "sessions", Text(session, "SessionId"));

    private static string Text(PSObject value, string property) => $"{value.Properties[property].Value}";

    private static string Property(ErrorRecord error, string name) =>
        $"{PSObject.AsPSObject(error.Exception).Properties[name].Value}";
}
