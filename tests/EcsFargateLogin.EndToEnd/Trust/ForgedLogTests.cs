using System.Management.Automation;
using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate.Faults;

namespace EcsFargateLogin.EndToEnd.Trust;

/// <summary>The application in the container prints lines like those of start-sshd.sh to the same log.</summary>
public sealed class ForgedLogTests
{
    private const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO2B7yXIuqGtSggTdE3LoHNsitfkMx8eTATYuLvSP/nU";

    /// <summary>The shell text that computes the end of the script's lines.</summary>
    private const string Tag =
        "tag=\"for $(printf %s \"$_AUTHORIZED_PUBLIC_KEY\" | ssh-keygen -l -f - | cut -d ' ' -f 2) nonce=$_SESSION_NONCE\";";

    private const string Start = "echo \"ecs-fargate-login start user=root port=22 $tag\";";
    private const string HostKey = $"echo \"ecs-fargate-login host-key {Key} $tag\";";

    private const string BadHostKey = "echo \"ecs-fargate-login host-key ssh-ed25519 AAAA $tag\";";

    [Theory]
    [InlineData("Auto", Start + HostKey, "2 start lines and 2 host-key lines")]
    [InlineData("Strict", HostKey, "1 start lines and 2 host-key lines")]
    [InlineData("Strict", Start, "2 start lines and 1 host-key lines")]
    public async Task Lines_of_somebody_who_knows_the_containers_environment_make_the_log_worthless(
        string verification, string forging, string why)
    {
        await using var me = await Operator.StartAsync();
        // Only late does the port answer: by then the log holds the script's own lines as well.
        me.Fargate.Faults.Add(new SshLate { Delay = TimeSpan.FromSeconds(2) });

        // The log is read before ssh would run.
        var error = me.ErrorOf(
            $"New-FargateSession -HostKeyVerification {verification} -Command {Command(Tag + forging)} | Enter-FargateShell -KeepSession");

        var message = error.Is(
            "HostKeyNotVerified", ErrorCategory.SecurityError, Assert.Single(me.Fargate.Tasks).StartedBy!);
        Assert.Contains(why, message, StringComparison.Ordinal);
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task Lines_of_somebody_who_knows_the_key_alone_change_nothing()
    {
        var othersTag = Tag.Replace("$_SESSION_NONCE", "0", StringComparison.Ordinal);
        await using var me = await Operator.StartAsync();

        var run = await me.RunApartAsync(
            $"New-FargateSession -HostKeyVerification Strict -Command {Command(othersTag + Start + HostKey)} | Enter-FargateShell",
            "echo here; exit\n");

        Assert.Equal(("here\n", ""), (run.Output, run.Error));
    }

    [Fact]
    public async Task A_line_without_a_key_is_an_error()
    {
        await using var me = await Operator.StartAsync();

        var error = me.ErrorOf(
            $"New-FargateSession -Command {Command(Tag + Start + BadHostKey + "_SESSION_NONCE=0;")} | Enter-FargateShell");

        var message = error.Is(
            "HostKeyNotVerified", ErrorCategory.SecurityError, Assert.Single(me.Fargate.Tasks).StartedBy!);
        Assert.Contains("holds no public key", message, StringComparison.Ordinal);
        await me.HasLeftNothingAsync();
    }

    /// <summary>
    /// The value of New-FargateSession's parameter that runs some shell text before the image's own script, which proves nothing.
    /// </summary>
    private static string Command(string text) =>
        $"sh, -c, '{("unset _SESSION_PROOF_KEY; " + text + " exec /usr/local/bin/start-sshd.sh").Replace("'", "''", StringComparison.Ordinal)}'";
}
