using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Tests.Foundation;

public sealed class NearestNameTests
{
    private static readonly string[] Names = ["Subnet", "SecurityGroup", "Port", "Cluster"];

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("", "abc", 3)]
    [InlineData("abc", "", 3)]
    [InlineData("abc", "abc", 0)]
    [InlineData("abc", "abd", 1)]
    [InlineData("abc", "abcd", 1)]
    [InlineData("abc", "bc", 1)]
    [InlineData("abc", "bac", 1)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("ca", "abc", 3)]
    public void The_distance_counts_letters_inserted_left_out_replaced_and_swapped(string from, string to, int expected)
    {
        Assert.Equal(expected, NearestName.Distance(from, to));
        Assert.Equal(expected, NearestName.Distance(to, from));
    }

    [Theory]
    [InlineData("Subnets", "Subnet")]
    [InlineData("subent", "Subnet")]
    [InlineData("securitygroups", "SecurityGroup")]
    [InlineData("Prot", "Port")]
    [InlineData("cluster", "Cluster")]
    [InlineData("Vpc", null)]
    [InlineData("", null)]
    public void The_nearest_name_is_found_unless_it_is_far(string typed, string? expected) =>
        Assert.Equal(expected, NearestName.Of(typed, Names));
}
