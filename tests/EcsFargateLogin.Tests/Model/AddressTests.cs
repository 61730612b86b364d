using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Model;

/// <summary>The choice of the address at which a task is reached.</summary>
public sealed class AddressTests
{
    private const string IPv4 = "10.0.0.7";
    private const string Public = "198.51.100.7";
    private const string IPv6 = "2001:db8::7";

    [Theory]
    // Dual-stack, with a public address, before and after that has come.
    [InlineData(true, null, IPv4, IPv6, null, IPv4)]
    [InlineData(true, Public, IPv4, IPv6, Public, IPv4)]
    // Dual-stack, without one.
    [InlineData(false, null, IPv4, IPv6, IPv6, IPv4)]
    // IPv6 alone, whatever was asked for.
    [InlineData(true, null, null, IPv6, IPv6, IPv6)]
    [InlineData(false, null, null, IPv6, IPv6, IPv6)]
    // IPv4 alone.
    [InlineData(true, null, IPv4, null, null, IPv4)]
    [InlineData(false, null, IPv4, null, IPv4, IPv4)]
    // Somebody else's task.
    [InlineData(null, null, IPv4, IPv6, IPv6, IPv4)]
    [InlineData(null, Public, IPv4, IPv6, Public, IPv4)]
    // Nothing is known yet.
    [InlineData(true, null, null, null, null, null)]
    public void The_address_is_the_one_that_can_be_reached_from_there(
        bool? assignPublicIp, string? publicAddress, string? privateAddress, string? ipv6, string? outside, string? inside)
    {
        FargateSession session = new(new SessionRecord { AssignPublicIp = assignPublicIp })
        {
            PublicAddress = publicAddress,
            PrivateAddress = privateAddress,
            IPv6Address = ipv6,
        };

        Assert.Equal((outside, inside), (session.AddressFor(FargateRoute.Auto), session.AddressFor(FargateRoute.Private)));
    }

    [Fact]
    public void A_client_authorized_with_an_IPv6_address_comes_by_IPv6()
    {
        FargateSession session = new(new SessionRecord { AssignPublicIp = true })
        {
            HasIPv6Ingress = true, PublicAddress = Public, PrivateAddress = IPv4, IPv6Address = IPv6,
        };

        Assert.Equal((IPv6, IPv4), (session.AddressFor(FargateRoute.Auto), session.AddressFor(FargateRoute.Private)));
    }

    [Fact]
    public void A_network_interface_with_IPv6_alone_is_read_from_ECS_and_from_EC2()
    {
        FargateSession fromEcs = new(new SessionRecord { AssignPublicIp = true });
        FargateSession fromEc2 = new(new SessionRecord { AssignPublicIp = true });

        fromEcs.Update(SampleTask.Of("RUNNING") with { PrivateIPv4Address = null, IPv6Address = IPv6 });
        fromEc2.Update(new NetworkInterfaceDescription { Id = "eni-1", IPv6Addresses = [IPv6, "2001:db8::8"] });

        Assert.Equal((IPv6, IPv6), (fromEcs.AddressFor(FargateRoute.Auto), fromEc2.AddressFor(FargateRoute.Auto)));
    }
}
