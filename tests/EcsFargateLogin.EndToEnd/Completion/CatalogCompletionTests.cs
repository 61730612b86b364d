using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate;

namespace EcsFargateLogin.EndToEnd.Completion;

/// <summary>What an account has, completed by asking it.</summary>
public sealed class CatalogCompletionTests
{
    [Theory]
    [InlineData("New-FargateSession -Cluster ")]
    [InlineData("Stop-FargateSession -TaskArn x -Cluster ")]
    [InlineData("Get-FargateTaskAddress -TaskArn x -Cluster ")]
    public async Task Clusters_are_completed_by_name_and_shown_by_ARN(string line)
    {
        await using var me = await Operator.StartAsync();

        Assert.Equal(
            [("default", "default"), ("local", "local")],
            Tab.Press(me, line).Select(result => (result.CompletionText, result.ListItemText)));
        Assert.EndsWith(":cluster/local", Tab.Press(me, line)[1].ToolTip, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_definition_is_completed_to_its_family_and_after_a_colon_to_its_revisions()
    {
        await using var me = await Operator.StartAsync();
        foreach (var family in new[] { "rails-db", "rails-db", "rails-db-old", "worker" })
        {
            me.Fargate.RegisterTaskDefinition(new TaskDefinitionOptions(family) { Containers = [new ContainerOptions("cli")] });
        }

        Assert.Equal(["rails-cli", "rails-db", "rails-db-old"], Tab.Texts(me, "New-FargateSession rails"));
        Assert.Equal(["worker"], Tab.Texts(me, "New-FargateSession -TaskDefinition w"));
        Assert.Equal(["rails-db:2", "rails-db:1"], Tab.Texts(me, "New-FargateSession rails-db:"));
        Assert.Equal(["rails-db:1"], Tab.Texts(me, "New-FargateSession -TaskDefinition rails-db:1"));
        Assert.Empty(Tab.Texts(me, "New-FargateSession nothing:"));
    }

    [Fact]
    public async Task A_subnet_is_found_by_id_and_by_name_and_shown_with_its_addresses()
    {
        await using var me = await Operator.StartAsync();
        var subnets = me.Fargate.Subnets;

        var all = Tab.Press(me, "New-FargateSession -Subnet ");
        Assert.Equal(subnets, all.Select(result => result.CompletionText));
        Assert.Equal($"{subnets[0]} (local-a)", all[0].ListItemText);
        Assert.Matches(@"^local-a, 127\.[0-9.]+/[0-9]+, us-east-1a, vpc-[0-9a-f]+$", all[0].ToolTip);
        Assert.Equal([subnets[1]], Tab.Texts(me, "New-FargateSession -Subnet local-b"));
        Assert.Equal([subnets[1]], Tab.Texts(me, $"New-FargateSession -Subnet {subnets[1][..^1]}"));
    }

    [Theory]
    [InlineData("New-FargateSession -Subnet subnet-1,")]
    [InlineData("New-FargateSession -Subnet subnet-1,'subnet-2', local-")]
    public async Task Every_member_of_a_list_is_completed(string line)
    {
        await using var me = await Operator.StartAsync();

        Assert.Equal(me.Fargate.Subnets, Tab.Texts(me, line));
    }

    [Fact]
    public async Task A_security_group_is_found_by_id_and_by_name_and_shown_with_its_description()
    {
        await using var me = await Operator.StartAsync();
        var groups = me.Fargate.SecurityGroups;

        var all = Tab.Press(me, "New-FargateSession -SecurityGroup ");
        Assert.Equal(groups, all.Select(result => result.CompletionText));
        Assert.Equal($"{groups[0]} (default)", all[0].ListItemText);
        Assert.Matches("^default, default security group, vpc-[0-9a-f]+$", all[0].ToolTip);
        Assert.Equal([groups[1]], Tab.Texts(me, "New-FargateSession -SecurityGroup sg-1,LOCAL"));
    }

    [Theory]
    [InlineData("'bl", "'blue green'", "'blue-green'")]
    [InlineData("\"bl", "\"blue green\"", "\"blue-green\"")]
    [InlineData("bl", "'blue green'", "blue-green")]
    [InlineData("*green", "'blue green'", "blue-green")]
    [InlineData("'*n'", "'blue green'", "'blue-green'")]
    [InlineData("[x")]
    public async Task Quotes_and_wildcards_are_understood_and_values_are_quoted_where_they_need_it(
        string word, params string[] expected)
    {
        await using var me = await Operator.StartAsync(new LocalFargateOptions { Clusters = ["blue green", "blue-green", "other"] });

        Assert.Equal(expected, Tab.Texts(me, $"New-FargateSession -Cluster {word}"));
    }

    [Fact]
    public async Task What_is_bound_on_the_line_goes_before_the_default_values_of_parameters()
    {
        await using var me = await Operator.StartAsync();
        await using var other = await LocalFargateServer.StartAsync(
            new LocalFargateOptions { Clusters = ["elsewhere"], Region = "eu-central-1" });
        var there = $"-RegionToCall eu-central-1 -Endpoint {other.EndpointUrl}";

        Assert.Equal(["elsewhere"], Tab.Texts(me, $"New-FargateSession {there} -Cluster "));
        Assert.Equal(["elsewhere"], Tab.Texts(me, $"Stop-FargateSession -TaskArn x -Region 'eu-central-1' -EndpointUrl '{other.EndpointUrl}' -Cluster "));
        Assert.Equal(["default", "local"], Tab.Texts(me, "New-FargateSession -Cluster "));
        me.Run("$PSDefaultParameterValues['Disabled'] = $true");
        Assert.Empty(Tab.Texts(me, "New-FargateSession -Cluster l"));
    }
}
