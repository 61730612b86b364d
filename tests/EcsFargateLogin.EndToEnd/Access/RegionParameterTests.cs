using EcsFargateLogin.EndToEnd.Cmdlets;

namespace EcsFargateLogin.EndToEnd.Access;

/// <summary>Regions as users of AWS Tools for PowerShell name them.</summary>
public sealed class RegionParameterTests
{
    public static TheoryData<string> Regions => new("text", "AWSRegion", "RegionEndpoint");

    [Theory]
    [MemberData(nameof(Regions))]
    public async Task A_region_is_a_name_or_a_region_object(string kind)
    {
        await using var me = await Operator.StartAsync();
        object region = kind switch
        {
            "AWSRegion" => new AWSRegion(me.Fargate.Region),
            "RegionEndpoint" => new RegionEndpoint(me.Fargate.Region),
            _ => me.Fargate.Region,
        };
        var byParameter = me.Run("Get-FargateTaskAddress -TaskArn 0123 -NoWait -RegionToCall $args[0]", region);
        var byVariable = me.Run(
            """
            $PSDefaultParameterValues.Remove('*-Fargate*:Region')
            $StoredAWSRegion = $args[0]
            Get-FargateTaskAddress -TaskArn 0123 -NoWait
            """,
            region);
        // LocalFargate accepts signatures for its own region alone.
        foreach (var run in new[] { byParameter, byVariable })
        {
            Assert.Null(run.TerminatingError);
            Assert.StartsWith("TaskNotFound,", Assert.Single(run.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_is_no_region_is_refused_with_its_source()
    {
        await using var me = await Operator.StartAsync();
        var error = Caught.From(me, "Get-FargateTaskAddress -TaskArn 0123 -NoWait -Region (Get-Date)");
        Assert.StartsWith("NoRegion,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("-Region takes the name of an AWS region or a region object of AWS Tools, and holds a date.", error.Exception.Message, StringComparison.Ordinal);
    }
}
