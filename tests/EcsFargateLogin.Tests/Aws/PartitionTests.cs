using Amazon;
using EcsFargateLogin.Aws.Clients;
using EcsFargateLogin.Aws.Ec2;
using EcsFargateLogin.Aws.Ecs;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Aws;

/// <summary>The hosts of every service in every region that the SDK knows, of every partition.</summary>
[Collection(EnvironmentScope.Collection)]
public sealed class PartitionTests
{
    private const string LogsServiceId = "CloudWatch Logs";

    public static TheoryData<string, string, bool, bool> Endpoints
    {
        get
        {
            TheoryData<string, string, bool, bool> endpoints = [];
            foreach (var (serviceId, prefix) in new[]
            {
                (EcsClient.ServiceId, EcsClient.SigningName), (Ec2Client.ServiceId, Ec2Client.SigningName), (LogsServiceId, "logs"),
            })
            {
                endpoints.Add(serviceId, prefix, false, false);
                endpoints.Add(serviceId, prefix, true, false);
                endpoints.Add(serviceId, prefix, false, true);
                endpoints.Add(serviceId, prefix, true, true);
            }

            return endpoints;
        }
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public void Hosts_are_those_of_the_SDKs_endpoint_data(string serviceId, string prefix, bool fips, bool dualStack)
    {
        using var environment = Environment(fips, dualStack);
        var expected = RegionEndpoint.EnumerableAllRegions.ToDictionary(
            region => region, region => EndpointData.Host(prefix, region.SystemName, fips, dualStack));
        var known = expected.Where(pair => pair.Value is not null).ToList();

        Assert.Equal(known.Select(pair => pair.Value), known.Select(pair => Host(serviceId, prefix, pair.Key.SystemName)));
        // The older data has no dual-stack hosts for the isolated partitions.
        Assert.Equal(
            !dualStack ? [] : (string[])["aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f"],
            expected.Where(pair => pair.Value is null).Select(pair => pair.Key.PartitionName).Distinct().Order());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void IAMs_hosts_are_those_of_the_SDKs_endpoint_data_where_it_has_them(bool fips)
    {
        using var environment = Environment(fips, dualStack: false);
        var regions = RegionEndpoint.EnumerableAllRegions
            .Where(region => region.PartitionName is "aws" or "aws-us-gov" || (!fips
                && region.PartitionName is "aws-cn" or "aws-iso" or "aws-iso-b"))
            .Select(region => region.SystemName);

        Assert.All(regions, region => Assert.Equal(
            EndpointData.Host("iam", region, fips, dualStack: false),
            new ServiceEndpoints(new(), profile: null, region).ResolveIam("IAM").Url.Host));
    }

    [Fact]
    public void Every_region_is_in_one_of_the_partitions_that_were_checked() =>
        Assert.Equal(
            ["aws", "aws-cn", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-us-gov"],
            RegionEndpoint.EnumerableAllRegions.Select(region => region.PartitionName).Distinct().Order());

    [Fact]
    public void Plain_hosts_have_the_suffix_of_their_partition()
    {
        using var environment = Environment(fips: false, dualStack: false);
        Assert.All(RegionEndpoint.EnumerableAllRegions, region => Assert.Equal(
            $"ecs.{region.SystemName}.{region.PartitionDnsSuffix}",
            Host(EcsClient.ServiceId, EcsClient.SigningName, region.SystemName)));
    }

    [Theory]
    [InlineData("us-iso-east-1", "ecs.us-iso-east-1.api.aws.ic.gov")]
    [InlineData("us-isob-west-1", "ecs.us-isob-west-1.api.aws.scloud")]
    [InlineData("eu-isoe-west-1", "ecs.eu-isoe-west-1.api.cloud-aws.adc-e.uk")]
    [InlineData("us-isof-south-1", "ecs.us-isof-south-1.api.aws.hci.ic.gov")]
    public void Dual_stack_hosts_of_isolated_partitions_are_those_of_the_newer_data(string region, string expected)
    {
        using var environment = Environment(fips: false, dualStack: true);
        Assert.Equal(expected, Host(EcsClient.ServiceId, EcsClient.SigningName, region));
    }

    private static EnvironmentScope Environment(bool fips, bool dualStack) => new(
        ("AWS_USE_FIPS_ENDPOINT", fips ? "true" : "false"), ("AWS_USE_DUALSTACK_ENDPOINT", dualStack ? "true" : "false"));

    private static string Host(string serviceId, string prefix, string region) =>
        new ServiceEndpoints(new(), profile: null, region).Resolve(serviceId, prefix).Host;
}
