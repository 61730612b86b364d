using System.Text.Json;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.SessionManager;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.SessionManager;

public sealed class SessionManagerPluginTests : IDisposable
{
    private const string Secret = "AAEAAT-the-token";

    private readonly TemporaryFolder _folder = new();

    private static PluginChannel Channel => new()
    {
        SessionId = "ecs-execute-command-0123",
        StreamUrl = "wss://ssmmessages.eu-central-1.amazonaws.com/v1/data-channel/ecs-execute-command-0123?role=publish_subscribe",
        TokenValue = Secret,
        Region = "eu-central-1",
        ProfileName = "ops",
        Target = PluginChannel.TargetOf("prod", SampleTask.Id, $"{SampleTask.Id}-0123456789"),
        Endpoint = "https://ssm.eu-central-1.amazonaws.com/",
    };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_arguments_are_those_of_the_AWS_CLI_and_name_the_variable_in_place_of_the_secret() => Assert.Equal(
        [
            "AWS_SSM_START_SESSION_RESPONSE", "eu-central-1", "StartSession", "ops",
            $$"""{"Target":"ecs:prod_{{SampleTask.Id}}_{{SampleTask.Id}}-0123456789"}""",
            "https://ssm.eu-central-1.amazonaws.com/",
        ],
        new SessionManagerPlugin("/plugin").StartFor(Channel).ArgumentList);

    [Fact]
    public void Without_a_profile_there_is_an_empty_argument_in_its_place()
    {
        var channel = new PluginChannel
        {
            SessionId = "a", StreamUrl = "b", TokenValue = "c", Region = "eu-central-1", Target = "d", Endpoint = "e",
        };

        Assert.Equal("", new SessionManagerPlugin("/plugin").StartFor(channel).ArgumentList[3]);
    }

    [Fact]
    public void The_secret_is_in_the_environment_of_the_plugin_and_nowhere_else()
    {
        var start = new SessionManagerPlugin("/plugin").StartFor(Channel);

        using var session = JsonDocument.Parse(start.Environment["AWS_SSM_START_SESSION_RESPONSE"]!);
        Assert.Equal(Channel.SessionId, session.RootElement.GetProperty("sessionId").GetString());
        Assert.Equal(Channel.StreamUrl, session.RootElement.GetProperty("streamUrl").GetString());
        Assert.Equal(Secret, session.RootElement.GetProperty("tokenValue").GetString());
        Assert.DoesNotContain(Secret, string.Join(' ', start.ArgumentList), StringComparison.Ordinal);
        Assert.Null(Environment.GetEnvironmentVariable("AWS_SSM_START_SESSION_RESPONSE"));
        Assert.DoesNotContain(Secret, Channel.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("the-session-token")]
    [InlineData(null)]
    public void The_credentials_of_the_session_take_the_place_of_all_others_in_the_environment_of_the_plugin(string? sessionToken)
    {
        PluginChannel channel = new()
        {
            SessionId = "a", StreamUrl = "b", TokenValue = "c", Region = "eu-central-1", Target = "d", Endpoint = "",
            ProfileName = "ops",
            Credentials = new ChannelCredentials("AKIDSESSION", "the-secret-key", sessionToken),
        };

        var start = new SessionManagerPlugin("/plugin").StartFor(channel);

        Assert.Equal(
            ("AKIDSESSION", "the-secret-key", sessionToken),
            (start.Environment["AWS_ACCESS_KEY_ID"], start.Environment["AWS_SECRET_ACCESS_KEY"],
                start.Environment.TryGetValue("AWS_SESSION_TOKEN", out var token) ? token : null));
        Assert.False(start.Environment.ContainsKey("AWS_PROFILE"));
        // A profile on the command line would count for more.
        Assert.Equal(["", ""], [start.ArgumentList[3], start.ArgumentList[5]]);
        Assert.DoesNotContain("the-secret-key", string.Join(' ', start.ArgumentList), StringComparison.Ordinal);
        Assert.DoesNotContain("the-secret-key", $"{channel.Credentials}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.2.536.0")]
    [InlineData("1.2.707.0")]
    [InlineData("1.10.1.0")]
    [InlineData("2.0.0.0")]
    public async Task A_version_that_reads_the_variable_can_be_used(string version) => Assert.Equal(
        Version.Parse(version), await PluginThat($"[ \"$*\" = --version ] && echo {version}").CheckAsync(CancellationToken.None));

    [Theory]
    [InlineData("echo 1.2.463.0", "1.2.463.0 is too old")]
    [InlineData("echo 1.2.497.0", "1.2.497.0 is too old")]
    [InlineData("echo 1.2.535.0", "before 1.2.536.0")]
    [InlineData("echo 1.2.0.0", "every user of this machine")]
    [InlineData("echo hello", "it says 'hello'")]
    [InlineData("exit 3", "it says ''")]
    public async Task Another_one_is_refused(string script, string why)
    {
        var plugin = PluginThat(script);

        var error = await Assert.ThrowsAsync<FargateException>(() => plugin.CheckAsync(CancellationToken.None));

        Assert.Equal((FargateError.PluginNotFound, plugin.Path), (error.Error, error.Target));
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.Contains("https://docs.aws.amazon.com/", error.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_cannot_be_started_is_refused()
    {
        SessionManagerPlugin plugin = new(_folder.Write("plugin", "no program"));

        var error = await Assert.ThrowsAsync<FargateException>(() => plugin.CheckAsync(CancellationToken.None));

        Assert.Equal(FargateError.PluginNotFound, error.Error);
    }

    private SessionManagerPlugin PluginThat(string script) => new(_folder.WriteScript("session-manager-plugin", script));
}
