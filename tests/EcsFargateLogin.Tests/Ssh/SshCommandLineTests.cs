using EcsFargateLogin.Ssh;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Ssh;

/// <summary>The arguments, read by the real ssh.</summary>
public sealed class SshCommandLineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Ssh_trusts_the_session_s_own_files_and_nothing_else()
    {
        var settings = await SettingsAsync([]);

        Assert.Equal(["127.0.0.1"], settings["hostname"]);
        Assert.Equal(["2222"], settings["port"]);
        Assert.Equal(["app"], settings["user"]);
        Assert.Equal([_folder["id"]], settings["identityfile"]);
        Assert.Equal(["yes"], settings["identitiesonly"]);
        Assert.Equal(["none"], settings["identityagent"]);
        Assert.Equal(["publickey"], settings["preferredauthentications"]);
        Assert.Equal([_folder["known_hosts"]], settings["userknownhostsfile"]);
        Assert.Equal(["none"], settings["globalknownhostsfile"]);
        Assert.Equal([SampleTask.Id], settings["hostkeyalias"]);
        Assert.Equal(["accept-new"], settings["stricthostkeychecking"]);
        Assert.Equal(["false"], settings["updatehostkeys"]);
        Assert.Equal(["15"], settings["serveraliveinterval"]);
    }

    [Fact]
    public async Task The_user_s_options_rank_before_the_defaults_and_behind_what_is_trusted()
    {
        // Made by hand: Parse refuses those that touch trust, and order is the second lock.
        var settings = await SettingsAsync(
        [
            new SshOption("ServerAliveInterval", "7"),
            new SshOption("Compression", "yes"),
            new SshOption("StrictHostKeyChecking", "no"),
            new SshOption("UserKnownHostsFile", "/dev/null"),
            new SshOption("HostKeyAlias", "elsewhere"),
            new SshOption("IdentitiesOnly", "no"),
        ]);

        Assert.Equal(["7"], settings["serveraliveinterval"]);
        Assert.Equal(["4"], settings["serveralivecountmax"]);
        Assert.Equal(["yes"], settings["compression"]);
        Assert.Equal(["accept-new"], settings["stricthostkeychecking"]);
        Assert.Equal([_folder["known_hosts"]], settings["userknownhostsfile"]);
        Assert.Equal([SampleTask.Id], settings["hostkeyalias"]);
        Assert.Equal(["yes"], settings["identitiesonly"]);
    }

    [Fact]
    public async Task A_host_key_that_is_known_stays_the_only_one()
    {
        var settings = await SettingsAsync([], endpoint: Endpoint with { HostKeyIsKnown = true });

        // ssh -G prints a yes so.
        Assert.Equal(["true"], settings["stricthostkeychecking"]);
        Assert.Equal(["no"], settings["hashknownhosts"]);
    }

    [Theory]
    [InlineData(true, "true")]
    [InlineData(false, "false")]
    public async Task A_terminal_is_asked_for_or_not(bool allocateTerminal, string expected)
    {
        var settings = await SettingsAsync([], allocateTerminal);

        Assert.Equal([expected], settings["requesttty"]);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData(" a  b ")]
    [InlineData("100% %h %d %%")]
    [InlineData("say \"hi\"")]
    [InlineData("it's")]
    [InlineData("back\\slash \\\" \\\\")]
    [InlineData("#not a comment")]
    [InlineData("$HOME ~ *?")]
    [InlineData("ümläut")]
    public async Task Any_path_arrives_at_ssh_as_it_is(string name)
    {
        var key = Path.Combine(Directory.CreateDirectory(_folder[name]).FullName, "id");
        await new KeyGenerator("ssh-keygen").GenerateAsync(key, SshKeyType.Ed25519, "fl-test", CancellationToken.None);
        var endpoint = Endpoint with { KeyPath = key, KnownHostsPath = Path.Combine(_folder[name], "known_hosts") };

        var settings = await SettingsAsync([], endpoint: endpoint);
        await RunningProgram.RunAsync("ssh", SshCommandLine.ForShell(
            endpoint, [new("ProxyCommand", "false"), new("LogLevel", "DEBUG1")], _folder["log"], allocateTerminal: false));

        Assert.Equal([endpoint.KnownHostsPath], settings["userknownhostsfile"]);

        // ssh -G shows this one before the substitution of %; that the key was found and read (type 3) shows the rest.
        Assert.Equal([key.Replace("%", "%%", StringComparison.Ordinal)], settings["identityfile"]);
        Assert.Contains(SshLog.Read(_folder["log"]), line =>
            line.Contains("identity file ", StringComparison.Ordinal) && line.EndsWith("/id type 3", StringComparison.Ordinal));
    }

    private SshEndpoint Endpoint => new()
    {
        Address = "127.0.0.1",
        Port = 2222,
        UserName = "app",
        KeyPath = _folder["id"],
        KnownHostsPath = _folder["known_hosts"],
        HostKeyAlias = SampleTask.Id,
        HostKeyIsKnown = false,
    };

    /// <summary>Returns the output of ssh -G, by setting.</summary>
    private async Task<ILookup<string, string>> SettingsAsync(
        IEnumerable<SshOption> options, bool allocateTerminal = true, SshEndpoint? endpoint = null)
    {
        var arguments = SshCommandLine.ForShell(endpoint ?? Endpoint, options, _folder["log"], allocateTerminal);
        var (exitCode, output, errors) = await RunningProgram.RunAsync("ssh", ["-G", .. arguments]);
        Assert.True(exitCode == 0, errors);
        return output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', 2))
            .ToLookup(words => words[0], words => words[^1]);
    }
}
