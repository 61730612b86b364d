using EcsFargateLogin.Tests.Support;
using EcsFargateLogin.Trust;
using Microsoft.AspNetCore.Http;

namespace EcsFargateLogin.Tests.Trust;

[Collection(EnvironmentScope.Collection)]
public sealed class MyAddressTests
{
    [Theory]
    [InlineData("198.51.100.7", "198.51.100.7/32")]
    [InlineData("198.51.100.7/32", "198.51.100.7/32")]
    [InlineData("10.0.0.1", "10.0.0.1/32")]
    [InlineData("2001:db8::7", "2001:db8::7/128")]
    [InlineData("2001:0DB8:0:0::7/128", "2001:db8::7/128")]
    public void One_address_becomes_a_block_of_one(string text, string cidr) => Assert.Equal(cidr, MyAddress.ToCidr(text));

    [Theory]
    [InlineData("")]
    [InlineData("/32")]
    [InlineData("0.0.0.0")]
    [InlineData("0.0.0.0/0")]
    [InlineData("198.51.100.0/24")]
    [InlineData("198.51.100.7/33")]
    [InlineData("198.51.100.7/032")]
    [InlineData("198.51.100.7/32/32")]
    [InlineData("198.51.100.07")]
    [InlineData("3325256711")]
    [InlineData("198.7")]
    [InlineData("0xC6336407")]
    [InlineData(" 198.51.100.7")]
    [InlineData("198.51.100.7\n")]
    [InlineData("198.51.100.7:22")]
    [InlineData("127.0.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::/0")]
    [InlineData("::1")]
    [InlineData("::ffff:198.51.100.7")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%eth0")]
    [InlineData("ff02::1")]
    [InlineData("[2001:db8::7]")]
    [InlineData("2001:db8::7/64")]
    [InlineData("2001:db8::7/32")]
    [InlineData("example.com")]
    [InlineData("198.51.100.7; rm -rf /")]
    public void Anything_else_is_refused(string text) => Assert.Null(MyAddress.ToCidr(text));

    [Theory]
    [InlineData("198.51.100.7\n", "198.51.100.7/32")]
    [InlineData("2001:db8::7", "2001:db8::7/128")]
    public async Task The_service_of_the_environment_is_asked(string answer, string cidr)
    {
        await using var server = await LoopbackServer.StartAsync((_, context) => context.Response.WriteAsync(answer));
        using EnvironmentScope environment = new();
        environment.Set(MyAddress.ServiceVariable, server.Url);

        Assert.Equal(cidr, await MyAddress.FindAsync(given: null, CancellationToken.None));
        Assert.Equal("203.0.113.9/32", await MyAddress.FindAsync("203.0.113.9", CancellationToken.None));
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("0.0.0.0/0", 200)]
    [InlineData("<html>Log in</html>", 200)]
    [InlineData("198.51.100.7", 500)]
    public async Task An_answer_that_is_no_address_is_an_error(string answer, int status)
    {
        await using var server = await LoopbackServer.StartAsync((_, context) =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync(answer);
        });

        await FailsAsync(server.Url);
    }

    [Fact]
    public async Task An_endless_answer_is_not_read()
    {
        await using var server = await LoopbackServer.StartAsync(
            (_, context) => context.Response.WriteAsync(new string('1', 100_000)));

        await FailsAsync(server.Url);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/")]
    [InlineData("file:///etc/hostname")]
    [InlineData("checkip.amazonaws.com")]
    public Task A_service_that_cannot_be_asked_is_an_error(string url) => FailsAsync(url);

    [Fact]
    public async Task Without_either_the_error_names_both()
    {
        using EnvironmentScope environment = new();
        environment.Set(MyAddress.ServiceVariable, null);

        var error = await Assert.ThrowsAsync<FargateException>(() => MyAddress.FindAsync(given: null, CancellationToken.None));

        Assert.Equal(FargateError.InvalidMyAddress, error.Error);
        Assert.Contains("-MyAddress", error.NextStep, StringComparison.Ordinal);
        Assert.Contains(MyAddress.ServiceVariable, error.NextStep, StringComparison.Ordinal);
    }

    private static async Task FailsAsync(string url)
    {
        using EnvironmentScope environment = new();
        environment.Set(MyAddress.ServiceVariable, url);

        var error = await Assert.ThrowsAsync<FargateException>(() => MyAddress.FindAsync(given: null, CancellationToken.None));

        Assert.Equal(FargateError.InvalidMyAddress, error.Error);
        Assert.Contains(url, error.Message, StringComparison.Ordinal);
    }
}
