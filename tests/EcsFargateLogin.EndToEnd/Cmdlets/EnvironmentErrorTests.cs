using System.Management.Automation;
using EcsFargateLogin.EndToEnd.Engine;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>What a machine lacks is found before anything is started.</summary>
[Collection(EnvironmentScope.Collection)]
public sealed class EnvironmentErrorTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private Operator _me = null!;
    private int _foldersBefore;

    public async Task InitializeAsync()
    {
        _me = await Operator.StartAsync();
        Assert.Null(_me.Run("$null").TerminatingError);
        _foldersBefore = CountSessionFolders();
    }

    public async Task DisposeAsync() => await _me.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Without_ssh_no_task_is_started()
    {
        using EnvironmentScope scope = new(("PATH", _folder.Path));

        var error = _me.ErrorOf("New-FargateSession | Enter-FargateShell");

        var message = error.Is("SshNotFound", ErrorCategory.NotInstalled, "ssh", isTerminating: true);
        Assert.Contains("openssh-client", message, StringComparison.Ordinal);
        HasLeftNothing();
    }

    [Fact]
    public void Without_ssh_keygen_no_task_is_started()
    {
        _folder.WriteProgram("ssh", "exit 0");
        using EnvironmentScope scope = new(("PATH", _folder.Path));

        var error = _me.ErrorOf("New-FargateSession");

        var message = error.Is("SshNotFound", ErrorCategory.NotInstalled, "ssh-keygen", isTerminating: true);
        Assert.Contains("openssh-client", message, StringComparison.Ordinal);
        HasLeftNothing();
    }

    [Theory]
    [InlineData("echo no entropy >&2; exit 3", "exit code 3 (no entropy)")]
    [InlineData("exit 0", ".pub")]
    public void When_ssh_keygen_makes_no_key_no_task_is_started(string program, string why)
    {
        _folder.WriteProgram("ssh", "exit 0");
        _folder.WriteProgram("ssh-keygen", program);
        using EnvironmentScope scope = new(("PATH", _folder.Path));

        var error = _me.ErrorOf("New-FargateSession");

        var message = error.Is("KeyGenerationFailed", ErrorCategory.InvalidResult, _me.Fargate.TaskDefinition);
        Assert.Contains(why, message, StringComparison.Ordinal);
        HasLeftNothing();
    }

    [Fact]
    public void Without_credentials_the_command_ends()
    {
        using EnvironmentScope scope = new(("AWS_ACCESS_KEY_ID", null), ("AWS_SECRET_ACCESS_KEY", null));

        var error = _me.ErrorOf("'a', 'b' | ForEach-Object { New-FargateSession $_ }");

        var message = error.Is("NoCredentials", ErrorCategory.AuthenticationError, "a", isTerminating: true);
        Assert.Contains("-ProfileName", message, StringComparison.Ordinal);
        HasLeftNothing();
    }

    [Fact]
    public void Half_a_pair_of_keys_is_told_by_the_name_of_the_missing_half()
    {
        using EnvironmentScope scope = new(("AWS_SECRET_ACCESS_KEY", null));

        var error = _me.ErrorOf("New-FargateSession");

        var message = error.Is(
            "NoCredentials", ErrorCategory.AuthenticationError, _me.Fargate.TaskDefinition, isTerminating: true);
        Assert.Contains("AWS_SECRET_ACCESS_KEY is not", message, StringComparison.Ordinal);
        HasLeftNothing();
    }

    [Theory]
    [InlineData("AWS_ACCESS_KEY_ID")]
    [InlineData("AWS_SECRET_ACCESS_KEY")]
    public void Keys_that_AWS_does_not_accept_end_the_command_and_are_not_shown(string name)
    {
        using EnvironmentScope scope = new((name, "wrong-and-secret"));

        var error = _me.ErrorOf("New-FargateSession");

        var message = error.Is(
            "NoCredentials", ErrorCategory.AuthenticationError, _me.Fargate.TaskDefinition, isTerminating: true);
        Assert.Contains("environment variables", message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-and-secret", message, StringComparison.Ordinal);
        HasLeftNothing();
    }

    [Fact]
    public void Where_the_journal_cannot_be_written_no_task_is_started()
    {
        var file = _folder.Write("state", "a file, not a folder");
        using EnvironmentScope scope = new(("XDG_STATE_HOME", file));

        var error = _me.ErrorOf("New-FargateSession");

        var message = error.Is(
            "JournalUnavailable", ErrorCategory.WriteError, Path.Combine(file, "EcsFargateLogin", "sessions"));
        Assert.Contains("XDG_STATE_HOME", message, StringComparison.Ordinal);
        HasLeftNothing();
    }

    /// <summary>Nothing else runs now, so a folder without an entry would be this test's.</summary>
    private void HasLeftNothing()
    {
        _me.HasStartedNothing();
        Assert.Equal(_foldersBefore, CountSessionFolders());
    }

    private static int CountSessionFolders()
    {
        var sessions = Path.Combine(OperatorHome.StateHome, "EcsFargateLogin", "sessions");
        return Directory.Exists(sessions) ? Directory.GetFileSystemEntries(sessions).Length : 0;
    }
}
