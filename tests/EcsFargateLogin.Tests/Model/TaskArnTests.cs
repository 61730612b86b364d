using EcsFargateLogin.Model;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Model;

public sealed class TaskArnTests
{
    [Theory]
    [InlineData(SampleTask.Arn, "eu-central-1", "dev")]
    [InlineData("arn:aws-cn:ecs:cn-north-1:123456789012:task/a_b-c/0123", "cn-north-1", "a_b-c")]
    [InlineData("arn:aws:ecs:us-east-1:123456789012:task/0123", "us-east-1", null)]
    [InlineData("arn:aws:ecs:us-east-1:123456789012:cluster/dev/0123", "us-east-1", null)]
    [InlineData("arn:aws:ecs::123456789012:task//0123", null, null)]
    [InlineData("arn:aws:ec2:us-east-1:123456789012:instance/i-1", null, null)]
    [InlineData("0123456789abcdef", null, null)]
    [InlineData("dev/0123456789abcdef", null, null)]
    [InlineData("", null, null)]
    public void An_ARN_tells_region_and_cluster(string text, string? region, string? cluster)
    {
        Assert.Equal(region, TaskArn.RegionOf(text));
        Assert.Equal(cluster, TaskArn.ClusterOf(text));
    }
}
