using System.Globalization;
using System.Text.Json.Nodes;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Doctor;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Aws;

/// <summary>The calls on the wire that show beforehand whether a session can be reached, and whole task definitions.</summary>
public sealed class SurveyTests
{
    [Fact]
    public async Task Route_tables_are_read_with_what_their_routes_lead_to()
    {
        const string Tables = """
            <item><routeTableId>rtb-1</routeTableId>
              <associationSet><item><main>true</main></item></associationSet>
              <routeSet>
                <item><destinationCidrBlock>10.0.0.0/16</destinationCidrBlock><gatewayId>local</gatewayId><state>active</state></item>
                <item><destinationCidrBlock>0.0.0.0/0</destinationCidrBlock><natGatewayId>nat-1</natGatewayId><state>blackhole</state></item>
              </routeSet></item>
            <item><routeTableId>rtb-2</routeTableId>
              <associationSet><item><main>false</main><subnetId>subnet-1</subnetId></item></associationSet>
              <routeSet><item><destinationIpv6CidrBlock>::/0</destinationIpv6CidrBlock><gatewayId>igw-1</gatewayId></item></routeSet></item>
            """;
        await using var server = await LoopbackServer.StartAsync((_, context) => context.AnswerAsync(
            $"<DescribeRouteTablesResponse><routeTableSet>{Tables}</routeTableSet></DescribeRouteTablesResponse>",
            contentType: "text/xml"));
        using var cloud = AwsClouds.At(server);

        var tables = await cloud.Survey.DescribeRouteTablesAsync("vpc-1", CancellationToken.None);

        Assert.Equal(("DescribeRouteTables", "vpc-id", "vpc-1"), (
            server.Single.Form["Action"], server.Single.Form["Filter.1.Name"], server.Single.Form["Filter.1.Value.1"]));
        Assert.Equal([(true, 0), (false, 1)], tables.Select(table => (table.IsMain, table.SubnetIds.Count)));
        Assert.Equal(
            [
                new("10.0.0.0/16", "local", IsActive: true), new("0.0.0.0/0", "nat-1", IsActive: false),
                new RouteDescription("::/0", "igw-1", IsActive: true),
            ],
            tables.SelectMany(table => table.Routes));
    }

    [Theory]
    [InlineData("tcp", 22, 22, 22, true)]
    [InlineData("tcp", 20, 30, 22, true)]
    [InlineData("-1", null, null, 22, true)]
    [InlineData("udp", 22, 22, 22, false)]
    [InlineData("tcp", 23, 30, 22, false)]
    public void A_rule_covers_a_port_by_its_protocol_and_range(string protocol, int? from, int? to, int port, bool expected) =>
        Assert.Equal(expected, new AllowedIngress(protocol, from, to, ["0.0.0.0/0"]).Covers(port));

    [Fact]
    public async Task The_caller_and_the_time_are_those_of_STS()
    {
        await using var server = await LoopbackServer.StartAsync((_, context) =>
        {
            context.Response.Headers.Date = DateTimeOffset.UtcNow.AddHours(1).ToString("R", CultureInfo.InvariantCulture);
            return context.AnswerAsync(
                """
                <GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
                <Arn>arn:aws:sts::123456789012:assumed-role/x/me</Arn><UserId>A</UserId><Account>123456789012</Account>
                </GetCallerIdentityResult></GetCallerIdentityResponse>
                """,
                contentType: "text/xml");
        });
        using var cloud = AwsClouds.At(server);

        var caller = await cloud.Survey.GetCallerAsync(CancellationToken.None);

        Assert.Equal("arn:aws:sts::123456789012:assumed-role/x/me", caller.Arn);
        Assert.InRange(caller.ClockSkew!.Value.TotalMinutes, 50, 61);
        Assert.Contains($"/{AwsClouds.Region}/sts/aws4_request", server.Single.Authorization, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("allowed", "", true, 0)]
    [InlineData("implicitDeny", "<member>aws:SourceIp</member>", false, 1)]
    [InlineData("explicitDeny", "", false, 0)]
    public async Task The_policy_simulator_is_asked_in_IAMs_words(string decision, string missing, bool isAllowed, int missed)
    {
        await using var server = await LoopbackServer.StartAsync((_, context) => context.AnswerAsync(
            $"""
            <SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><SimulatePrincipalPolicyResult>
            <EvaluationResults><member><EvalActionName>ecs:RunTask</EvalActionName><EvalDecision>{decision}</EvalDecision>
            <MissingContextValues>{missing}</MissingContextValues></member></EvaluationResults>
            </SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>
            """,
            contentType: "text/xml"));
        using var cloud = AwsClouds.At(server);
        PermissionQuestion question = new("arn:aws:iam::123456789012:user/me", "ecs:RunTask", "arn:aws:ecs:r:1:task-definition/x:1")
        {
            Context = new Dictionary<string, string> { ["ecs:cluster"] = "arn:c", ["ecs:CreateAction"] = "RunTask" },
        };

        var answer = await cloud.Survey.SimulateAsync(question, CancellationToken.None);

        Assert.Equal((isAllowed, missed), (answer.IsAllowed, answer.MissingContext.Count));
        var form = server.Single.Form;
        Assert.Equal(
            (question.PrincipalArn, question.Action, question.Resource),
            (form["PolicySourceArn"], form["ActionNames.member.1"], form["ResourceArns.member.1"]));
        Assert.Equal(
            ("ecs:CreateAction", "string", "RunTask"),
            (form["ContextEntries.member.2.ContextKeyName"], form["ContextEntries.member.2.ContextKeyType"],
                form["ContextEntries.member.2.ContextKeyValues.member.1"]));
    }

    [Theory]
    [InlineData("22", "numeric")]
    [InlineData("10.0.1.5", "ip")]
    [InlineData("2001:db8::5", "ip")]
    [InlineData("arn:aws:ecs:r:1:cluster/c", "string")]
    [InlineData("", "string")]
    public async Task A_value_of_a_condition_is_sent_with_the_type_that_conditions_compare(string value, string type)
    {
        await using var server = await LoopbackServer.StartAsync((_, context) => context.AnswerAsync(
            """
            <SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><SimulatePrincipalPolicyResult>
            <EvaluationResults><member><EvalDecision>allowed</EvalDecision></member></EvaluationResults>
            </SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>
            """,
            contentType: "text/xml"));
        using var cloud = AwsClouds.At(server);

        await cloud.Survey.SimulateAsync(
            new PermissionQuestion("arn:p", "a:B", "*") { Context = new Dictionary<string, string> { ["a:k"] = value } },
            CancellationToken.None);

        Assert.Equal(type, server.Single.Form["ContextEntries.member.1.ContextKeyType"]);
    }

    [Fact]
    public async Task IAMs_refusal_is_understood()
    {
        await using var server = await LoopbackServer.StartAsync((_, context) => context.AnswerAsync(
            """
            <ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>AccessDenied</Code>
            <Message>User: me is not authorized to perform: iam:GetRole</Message></Error><RequestId>7a62</RequestId></ErrorResponse>
            """,
            status: 403,
            contentType: "text/xml"));
        using var cloud = AwsClouds.At(server);

        var error = await Assert.ThrowsAsync<FargateException>(
            () => cloud.Survey.GetRoleArnAsync("x", CancellationToken.None));

        Assert.Equal((FargateError.AccessDenied, "7a62"), (error.Error, error.RequestId));
        Assert.Contains("iam:GetRole", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("arn:aws:iam::123456789012:user/me", "arn:aws:iam::123456789012:user/me")]
    [InlineData("arn:aws:sts::123456789012:assumed-role/ops/me", "arn:aws:iam::123456789012:role/path/ops")]
    [InlineData("arn:aws:iam::123456789012:root", null)]
    [InlineData("arn:aws:sts::123456789012:federated-user/me", null)]
    public async Task The_policies_of_a_caller_are_those_of_its_user_or_role(string caller, string? expected)
    {
        await using var server = await LoopbackServer.StartAsync((_, context) => context.AnswerAsync(
            """
            <GetRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetRoleResult><Role>
            <Arn>arn:aws:iam::123456789012:role/path/ops</Arn></Role></GetRoleResult></GetRoleResponse>
            """,
            contentType: "text/xml"));
        using var cloud = AwsClouds.At(server);

        Assert.Equal(expected, await new PolicySimulator(cloud.Survey).PrincipalOfAsync(caller, CancellationToken.None));
    }

    [Fact]
    public async Task A_role_that_may_not_be_read_is_assumed_to_have_no_path()
    {
        await using var server = await LoopbackServer.StartAsync(
            (_, context) => context.AnswerAsync("<x/>", status: 403, contentType: "text/xml"));
        using var cloud = AwsClouds.At(server);

        Assert.Equal(
            "arn:aws-cn:iam::123456789012:role/ops",
            await new PolicySimulator(cloud.Survey).PrincipalOfAsync(
                "arn:aws-cn:sts::123456789012:assumed-role/ops/me", CancellationToken.None));
    }

    [Fact]
    public async Task A_task_definition_is_read_whole_and_registered_as_the_model_says()
    {
        var sample = new ModelSample().Json(ServiceModel.Ecs.Output("DescribeTaskDefinition"))!;
        await using var server = await LoopbackServer.StartAsync((_, context) => context.AnswerAsync(sample.ToJsonString()));
        using var cloud = AwsClouds.At(server);

        var definition = await cloud.Definitions.ReadAsync("rails", CancellationToken.None);
        await cloud.Definitions.RegisterAsync(definition, CancellationToken.None);

        Assert.True(JsonNode.DeepEquals(sample["taskDefinition"], definition));
        var sent = server.Requests[^1].Json;
        Assert.Empty(ServiceModel.Ecs.Input("RegisterTaskDefinition").Problems(sent, "RegisterTaskDefinition"));
        Assert.True(JsonNode.DeepEquals(
            definition["containerDefinitions"], JsonNode.Parse(sent.GetProperty("containerDefinitions").GetRawText())));
    }

    [Theory]
    [InlineData("LimitExceededException", "The limit for the resource was exceeded.", FargateError.QuotaExceeded)]
    [InlineData("ClientException", "The maximum number of revisions was exceeded.", FargateError.QuotaExceeded)]
    [InlineData(
        "ClientException", "Too many concurrent attempts to create a new revision of the specified family.", FargateError.Throttled)]
    [InlineData("ClientException", "Role is not valid", FargateError.RequestRejected)]
    public async Task A_refusal_to_register_becomes_the_error_that_it_means(string code, string words, FargateError expected)
    {
        await using var server = await LoopbackServer.StartAsync((_, context) => context.AnswerErrorAsync(code, words));
        using var cloud = AwsClouds.At(server);

        var error = await Assert.ThrowsAsync<FargateException>(() => cloud.Definitions.RegisterAsync(
            new JsonObject { ["family"] = "rails-cli" }, CancellationToken.None));

        Assert.Equal(expected, error.Error);
        Assert.Contains(words.TrimEnd('.'), error.Message, StringComparison.Ordinal);
    }
}
