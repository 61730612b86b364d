using EcsFargateLogin.Tests.Support;
using EcsFargateLogin.Trust;

namespace EcsFargateLogin.Tests.Trust;

/// <summary>The recognition of the script's own lines in a log.</summary>
public sealed class HostKeyLinesTests
{
    private const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO2B7yXIuqGtSggTdE3LoHNsitfkMx8eTATYuLvSP/nU";
    private const string OtherKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEXy/kTKmUnlv8VwYbbwUgwKmvZEEqJwuX9b3H63F3Yv";
    private const string Tag = "for SHA256:mine nonce=0a";
    private const string Start = $"ecs-fargate-login start user=root port=22 {Tag}";
    private const string HostKey = $"ecs-fargate-login host-key {Key} {Tag}";

    [Theory]
    [InlineData(Start, HostKey)]
    [InlineData(Start + "\r", HostKey + "\r")]
    [InlineData(Start + "\n" + HostKey)]
    [InlineData("the application starts", Start, "its first line", HostKey, "Server listening on 0.0.0.0 port 22.")]
    public void The_key_is_in_the_line_with_the_tag_after_the_start(params string[] log) => Assert.Equal(Key, $"{Find(log)}");

    [Theory]
    [InlineData]
    [InlineData(Start)]
    [InlineData("the application starts")]
    public void While_the_line_has_not_come_there_is_no_key(params string[] log) => Assert.Null(Find(log));

    [Theory]
    [InlineData("ecs-fargate-login host-key " + OtherKey + " for SHA256:mine")]
    [InlineData("ecs-fargate-login host-key " + OtherKey + " for SHA256:mine nonce=0b")]
    [InlineData("ecs-fargate-login host-key " + OtherKey + " for SHA256:mine nonce=0a and more")]
    [InlineData("GET / ecs-fargate-login host-key " + OtherKey + " for SHA256:mine nonce=0a")]
    [InlineData("ecs-fargate-login start user=root port=22 for SHA256:mine nonce=")]
    public void Lines_of_others_who_do_not_know_the_tag_are_skipped(string forged)
    {
        Assert.Equal(Key, $"{Find(forged, Start, HostKey)}");
        Assert.Equal(Key, $"{Find(Start, forged, HostKey)}");
        Assert.Equal(Key, $"{Find(Start, HostKey, forged)}");
    }

    [Theory]
    [InlineData("2 start lines and 1 host-key lines", Start, Start, HostKey)]
    [InlineData("2 start lines and 2 host-key lines", Start, HostKey, Start, HostKey)]
    [InlineData("1 start lines and 2 host-key lines", Start, "ecs-fargate-login host-key " + OtherKey + " " + Tag, HostKey)]
    [InlineData("1 start lines and 2 host-key lines", Start, HostKey, HostKey)]
    [InlineData("no start line of start-sshd.sh precedes", HostKey)]
    [InlineData("no start line of start-sshd.sh precedes", HostKey, Start)]
    [InlineData("holds no public key", Start, "ecs-fargate-login host-key ssh-ed25519 AAAA " + Tag)]
    [InlineData("holds no public key", Start, "ecs-fargate-login host-key " + Tag)]
    [InlineData("holds no public key", Start, "ecs-fargate-login host-key @cert-authority * " + Key + " " + Tag)]
    public void As_soon_as_it_cannot_be_the_scripts_own_writing_nothing_is_believed(string why, params string[] log)
    {
        var error = Assert.Throws<FargateException>(() => Find(log));

        Assert.Equal(FargateError.HostKeyNotVerified, error.Error);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    private static EcsFargateLogin.Ssh.PublicKey? Find(params string[] log) => HostKeyLines.Find(SampleTask.Session(), Tag, log);
}
