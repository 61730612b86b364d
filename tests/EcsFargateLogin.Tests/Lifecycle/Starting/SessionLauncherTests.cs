using EcsFargateLogin.Cloud;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Lifecycle.Starting;

public sealed class SessionLauncherTests : LaunchTest
{
    private const UnixFileMode OwnerOnlyFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnlyFolder = OwnerOnlyFile | UnixFileMode.UserExecute;

    [Fact]
    public async Task Entry_and_key_are_there_for_their_owner_alone_before_RunTask()
    {
        var wasAsked = false;
        Cloud.OnRunTask = async (request, _) =>
        {
            wasAsked = true;
            var entry = Assert.Single(Journal.ReadAll());
            Assert.Equal(request.StartedBy, entry.SessionId);
            Assert.Equal(request.ClientToken, entry.ClientToken);
            Assert.Null(entry.TaskArn);
            var key = Journal.KeyPathOf(entry.SessionId);
            var folder = Path.GetDirectoryName(key)!;
            Assert.Equal(OwnerOnlyFile, File.GetUnixFileMode(key));
            Assert.Equal(OwnerOnlyFile, File.GetUnixFileMode(Path.Combine(folder, "session.json")));
            Assert.Equal(OwnerOnlyFolder, File.GetUnixFileMode(folder));
            Assert.Equal(OwnerOnlyFolder, File.GetUnixFileMode(Folder["sessions"]));
            var (_, publicKey, _) = await RunningProgram.RunAsync("ssh-keygen", "-y", "-f", key);
            Assert.Equal($"restrict,pty,port-forwarding {publicKey.Trim()}", request.Environment["_AUTHORIZED_PUBLIC_KEY"]);
            return new RunTaskReply([SampleTask.Of("PROVISIONING")], []);
        };

        var session = await LaunchAsync(Request);

        Assert.True(wasAsked);
        Assert.Equal(SampleTask.Arn, session.TaskArn);
        Assert.Equal(SampleTask.Arn, Assert.Single(Journal.ReadAll()).TaskArn);
        Assert.True(File.Exists(session.KeyPath));
    }

    [Theory]
    [InlineData(null, "cli", "web,cli")]
    [InlineData(null, "app", "app")]
    [InlineData("web", "web", "web,cli")]
    public async Task The_container_is_the_one_named_or_cli_or_the_only_one(string? wanted, string expected, string present)
    {
        Cloud.OnDescribeTaskDefinition = () => SampleTask.Definition(present.Split(','));

        var session = await LaunchAsync(Request with { ContainerName = wanted });

        Assert.Equal(expected, RunTask().ContainerName);
        Assert.Equal(expected, session.ContainerName);
    }

    [Theory]
    [InlineData(null, "has several essential containers and none is called 'cli': web, db.")]
    [InlineData("app", "has no container 'app'; it has: web, db.")]
    public async Task A_container_that_is_missing_is_an_error_that_lists_those_present(string? wanted, string expected)
    {
        Cloud.OnDescribeTaskDefinition = () => SampleTask.Definition("web", "db");

        var error = await FailAsync(FargateError.ContainerNotFound, Request with { ContainerName = wanted });

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        AssertNothingStarted();
    }

    [Theory]
    [InlineData(null, "FARGATE", "networkMode is 'bridge'")]
    [InlineData("host", "FARGATE", "networkMode is 'host'")]
    [InlineData("awsvpc", "EC2", "compatible with EC2, not with FARGATE")]
    public async Task A_task_definition_that_cannot_run_on_Fargate_is_refused(string? mode, string compatibility, string why)
    {
        Cloud.OnDescribeTaskDefinition = () =>
            SampleTask.Definition("cli") with { NetworkMode = mode, Compatibilities = [compatibility] };

        var error = await FailAsync(FargateError.TaskDefinitionUnsuitable);

        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        AssertNothingStarted();
    }

    [Fact]
    public async Task Who_may_not_read_the_task_definition_may_still_start_it()
    {
        Cloud.OnDescribeTaskDefinition = () => throw SampleTask.AccessDenied("ecs:DescribeTaskDefinition");

        await LaunchAsync(Request);

        Assert.Equal("cli", RunTask().ContainerName);
    }

    [Fact]
    public async Task The_request_carries_what_the_user_asked_for()
    {
        var request = Request with
        {
            SecurityGroups = ["sg-1"],
            AssignPublicIp = false,
            Port = 2222,
            UserName = "app",
            Environment = new Dictionary<string, string> { ["RAILS_ENV"] = "production" },
            Command = ["sh", "-c", "exec sshd"],
            TaskRoleArn = "arn:aws:iam::123456789012:role/x",
        };

        var session = await LaunchAsync(request);

        var sent = RunTask();
        Assert.Equal(("dev", "rails-cli", false), (sent.Cluster, sent.TaskDefinition, sent.AssignPublicIp));
        Assert.Equal(["subnet-1"], sent.Subnets);
        Assert.Equal(["sg-1"], sent.SecurityGroups);
        Assert.Equal(request.Command, sent.Command);
        Assert.Equal(request.TaskRoleArn, sent.TaskRoleArn);
        Assert.Equal(
            ["RAILS_ENV", "_AUTHORIZED_PUBLIC_KEY", "_SESSION_NONCE", "_SESSION_PROOF_KEY", "_SSH_PORT", "_SSH_USER", "_UNUSED_TIMEOUT"],
            sent.Environment.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("production", "2222", "app"),
            (sent.Environment["RAILS_ENV"], sent.Environment["_SSH_PORT"], sent.Environment["_SSH_USER"]));
        Assert.Equal((2222, "app", "eu-central-1"), (session.Port, session.UserName, session.Region));
    }
}
