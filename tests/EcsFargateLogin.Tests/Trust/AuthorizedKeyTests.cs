using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Trust;

namespace EcsFargateLogin.Tests.Trust;

public sealed class AuthorizedKeyTests
{
    private const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO2B7yXIuqGtSggTdE3LoHNsitfkMx8eTATYuLvSP/nU";

    private static readonly DateTimeOffset Now = new(2026, 3, 4, 5, 6, 7, TimeSpan.FromHours(2));

    private static SessionRequest Request => new() { TaskDefinition = "rails-cli", Cluster = "dev", Subnets = ["subnet-1"] };

    [Fact]
    public void A_key_allows_a_terminal_and_ports_and_nothing_else() =>
        Assert.Equal($"restrict,pty,port-forwarding {Key} fl-1", AuthorizedKey.LineOf(PublicKey.TryParse(Key)!, "fl-1", null, []));

    [Fact]
    public void A_key_allows_logins_until_its_time_is_over_and_from_the_addresses_that_were_named() => Assert.Equal(
        $"restrict,pty,port-forwarding,expiry-time=\"20260304030607\",from=\"10.0.0.0/8,2001:db8::1\" {Key} fl-1",
        AuthorizedKey.LineOf(PublicKey.TryParse(Key)!, "fl-1", Now, ["10.0.0.0/8", "2001:db8::1"]));

    [Theory]
    [InlineData(3600, null, 3600)]
    [InlineData(3600, "60", 3600)]
    [InlineData(0, "60", null)]
    [InlineData(null, null, 14400)]
    [InlineData(null, "", 14400)]
    [InlineData(null, "60", 60)]
    [InlineData(null, "0", null)]
    [InlineData(null, "for ever", null)]
    public void The_time_is_the_tasks_lifetime_after_the_last_start_and_allows_for_any_time_zone(
        int? asked, string? defined, int? lifetime)
    {
        var request = Request with
        {
            Limits = new() { MaxLifetime = asked }, RetryCount = 1, StartTimeout = TimeSpan.FromSeconds(100),
        };
        ContainerStart start = new()
        {
            Environment = defined is null ? [] : new Dictionary<string, string> { ["_MAX_LIFETIME"] = defined },
        };

        var expiry = AuthorizedKey.ExpiryOf(request, start, Now);

        Assert.Equal(lifetime is { } seconds ? Now + TimeSpan.FromSeconds(300 + seconds) + TimeSpan.FromHours(15) : null, expiry);
    }

    [Fact]
    public void Where_the_task_definition_may_not_be_read_nobody_knows_the_time() =>
        Assert.Null(AuthorizedKey.ExpiryOf(Request, null, Now));

    [Theory]
    [InlineData("198.51.100.7")]
    [InlineData("198.51.100.0/24")]
    [InlineData("198.51.100.7/32")]
    [InlineData("2001:db8::7")]
    [InlineData("2001:db8::/32")]
    public void Addresses_and_networks_are_used_as_they_are(string text) =>
        Assert.Equal([text], AuthorizedKey.CheckAddresses([text]));

    [Theory]
    [InlineData("2001:DB8:0::7", "2001:db8::7")]
    public void Addresses_of_IPv6_are_written_in_one_way(string text, string expected) =>
        Assert.Equal([expected], AuthorizedKey.CheckAddresses([text]));

    [Theory]
    [InlineData("")]
    [InlineData("everywhere")]
    [InlineData("*")]
    [InlineData("!10.0.0.1")]
    [InlineData("10.1")]
    [InlineData("10")]
    [InlineData("010.0.0.1")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.1/8")]
    [InlineData("10/8")]
    [InlineData("0.0.0.0/0")]
    [InlineData("::/0")]
    [InlineData("fe80::1%eth0")]
    [InlineData("10.0.0.1\",command=\"id")]
    public void Anything_else_is_an_error(string text)
    {
        var error = Assert.Throws<FargateException>(() => AuthorizedKey.CheckAddresses([text]));

        Assert.Equal((FargateError.InvalidFromAddress, text), (error.Error, (string?)error.Target));
    }
}
