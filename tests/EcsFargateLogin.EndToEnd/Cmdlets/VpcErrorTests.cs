using System.Management.Automation;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>What ECS itself does not know is named by the user's own words, and leaves nothing behind.</summary>
public sealed class VpcErrorTests
{
    [Theory]
    [InlineData("-Cluster nowhere", "ClusterNotFound", "nowhere", "-Cluster")]
    [InlineData("-Subnet subnet-0nowhere", "SubnetNotFound", "subnet-0nowhere", "-Subnet")]
    [InlineData("-SecurityGroup sg-0nobody", "SecurityGroupNotFound", "sg-0nobody", "-SecurityGroup")]
    public async Task What_ECS_does_not_know_is_named(string parameter, string errorId, string target, string hint)
    {
        await using var me = await Operator.StartAsync();

        var error = me.ErrorOf($"New-FargateSession {parameter}");

        var message = error.Is(errorId, ErrorCategory.ObjectNotFound, target);
        Assert.Contains(hint, message, StringComparison.Ordinal);
        await me.HasLeftNothingAsync(startedTasks: 0);
    }

    [Fact]
    public async Task The_one_unknown_subnet_among_several_is_named()
    {
        await using var me = await Operator.StartAsync();

        var error = me.ErrorOf("New-FargateSession -Subnet $args[0], subnet-0nowhere", me.Fargate.Subnets[0]);

        error.Is("SubnetNotFound", ErrorCategory.ObjectNotFound, "subnet-0nowhere");
        await me.HasLeftNothingAsync(startedTasks: 0);
    }
}
