using EcsFargateLogin.Aws.Credentials;
using EcsFargateLogin.Aws.Profiles;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Aws;

/// <summary>Running a credential_process: which program, with what, and for how long.</summary>
[Collection(EnvironmentScope.Collection)]
public sealed class ProcessCredentialTests
{
    private const string Answer = """echo '{"Version":1,"AccessKeyId":"AKIDPROCESS","SecretAccessKey":"planted-secret"}'""";
    private static readonly CloudSettings It = new() { ProfileName = "it", Region = "eu-central-1" };

    [Fact]
    public async Task A_program_of_the_current_folder_is_not_run_in_place_of_one_of_PATH()
    {
        using EnvironmentScope environment = new();
        using TemporaryFolder planted = new();
        var program = $"creds-{Guid.NewGuid():N}";
        planted.WriteScript(program, $"touch '{planted["ran"]}'\n{Answer}");
        environment.WriteConfig($"[profile it]\ncredential_process = {program}\n");
        var before = Environment.CurrentDirectory;
        Environment.CurrentDirectory = planted.Path;
        try
        {
            var error = await Assert.ThrowsAsync<FargateException>(() => Signer.ConnectAsync(It));
            Assert.Contains($"names a program that is not there, '{program}'", error.Message);
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }

        Assert.False(File.Exists(planted["ran"]));
    }

    [Fact]
    public async Task A_program_of_PATH_gets_its_arguments_as_they_are()
    {
        using EnvironmentScope environment = new();
        using TemporaryFolder tools = new();
        var program = $"creds-{Guid.NewGuid():N}";
        tools.WriteScript(program, $"printf '%s\\n' \"$@\" >'{tools["arguments"]}'\n{Answer}");
        environment.Set("PATH", $"{tools.Path}:{Environment.GetEnvironmentVariable("PATH")}");
        environment.WriteConfig($"[profile it]\ncredential_process = {program} --account \"123 456\" '$HOME' a;b >c\n");

        Assert.Equal("AKIDPROCESS", (await Signer.OfAsync(It)).AccessKey);

        Assert.Equal(["--account", "123 456", "$HOME", "a;b", ">c"], File.ReadAllLines(tools["arguments"]));
    }

    [Theory]
    [InlineData("yes", "printed more than 64 KB")]
    [InlineData("yes >&2 & sleep 0.2; kill $!", null)]
    [InlineData("exec 2>&-", null)]
    public async Task What_it_prints_has_a_limit_and_its_complaints_stop_nobody(string before, string? complaint)
    {
        using EnvironmentScope environment = new();
        var script = environment.Write("print.sh", $"{before}\n{Answer}\n");
        environment.WriteConfig($"[profile it]\ncredential_process = sh {script}\n");
        if (complaint is null)
        {
            Assert.Equal("AKIDPROCESS", (await Signer.OfAsync(It)).AccessKey);
        }
        else
        {
            var error = await Assert.ThrowsAsync<FargateException>(() => Signer.ConnectAsync(It));
            Assert.Contains($"its credential_process {complaint} (line 2 of", error.Message);
        }
    }

    [Fact]
    public async Task Who_gives_up_does_not_wait_for_it()
    {
        using EnvironmentScope environment = new();
        var pid = Path.Combine(environment.Home, "pid");
        var script = environment.Write("hang.sh", $"echo $$ >'{pid}.new'; mv '{pid}.new' '{pid}'; exec sleep 600\n");
        environment.WriteConfig($"[profile it]\ncredential_process = sh {script}\n");
        var profile = new ProfileFiles().Get("it");
        ProcessCredentials credentials = new(profile, profile.Find("credential_process")!, limit: TimeSpan.FromHours(1));
        using CancellationTokenSource giveUp = new();

        var obtaining = credentials.GetAsync(giveUp.Token);
        await Eventually.Async(() => File.Exists(pid), () => "no process");
        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => obtaining);
        await RunningProgram.EndsAsync(pid);
    }

    [Fact]
    public async Task Keys_that_have_ended_already_are_an_error()
    {
        using EnvironmentScope environment = new();
        var script = environment.Write("old.sh", Answer.Replace("}'", ",\"Expiration\":\"2020-01-01T00:00:00Z\"}'"));
        environment.WriteConfig($"[profile it]\ncredential_process = sh {script}\n");
        var error = await Assert.ThrowsAsync<FargateException>(() => Signer.ConnectAsync(It));
        Assert.Contains("profile 'it'", error.Message);
        Assert.Contains("2020-01-01", error.Message);
    }

    [Fact]
    public async Task A_profile_of_aws_login_may_let_a_process_hand_over_the_keys()
    {
        using EnvironmentScope environment = new();
        var script = environment.Write("print.sh", Answer);
        environment.WriteConfig($"[profile it]\nlogin_session = arn:aws:iam::123456789012:user/jane\ncredential_process = sh {script}\n");
        Assert.Equal("AKIDPROCESS", (await Signer.OfAsync(It)).AccessKey);
    }
}
