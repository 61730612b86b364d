using System.Text;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Setup;
using EcsFargateLogin.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace EcsFargateLogin.Tests.Fuzz;

/// <summary>Parsers of AWS's replies, as the clients get them over HTTP.</summary>
internal sealed class ReplyParsers : ParserTable
{
    private const string Json = "application/x-amz-json-1.1";
    private const string Xml = "text/xml;charset=UTF-8";

    private byte[] _body = [];

    public ReplyParsers()
    {
        AddEcs("DescribeTasks", async cloud =>
        {
            var reply = await cloud.DescribeTasksAsync("prod", ["a"], CancellationToken.None);
            return
            [
                .. reply.Failures.Select(failure => failure.Reason),
                .. reply.Tasks.SelectMany(task => new[] { task.TaskArn, task.StoppedReason, task.StartedBy, task.PrivateIPv4Address }),
                .. reply.Tasks.SelectMany(task => task.Containers).SelectMany(container => new[] { container.Name, container.Reason }),
            ];
        });
        AddEcs("RunTask", async cloud =>
            (await cloud.RunTaskAsync(AwsClouds.FullRequest, CancellationToken.None)).Failures.Select(failure => failure.Detail));
        AddEcs("DescribeTaskDefinition", async cloud =>
            (await cloud.DescribeTaskDefinitionAsync("a", CancellationToken.None)).ContainerNames);
        AddEcs("DescribeClusters", async cloud => [(await cloud.DescribeClusterAsync("prod", CancellationToken.None))?.Name]);
        AddEcs("DescribeServices", async cloud => [(await cloud.DescribeServiceAsync("prod", "web", CancellationToken.None))?.Arn]);
        AddEcs("ListTasks", async cloud => await cloud.ListTasksAsync("prod", "fl-a", CancellationToken.None));
        AddReply("a task definition that is copied", [DefinitionToCopy], 200, Json, async cloud =>
        {
            LoginDefinitionRequest request = new()
            {
                Image = ImageReference.Parse("ghcr.io/a/b"), Family = "b-cli", FromTaskDefinition = "web", FromContainer = "app",
            };
            var registration = await DefinitionRegistration.PrepareAsync(cloud, request, CancellationToken.None);
            return [registration.Description, .. registration.Notes];
        });
        AddReply("events of a log", ["""{"events":[{"message":"one","timestamp":1},{"message":"two"}]}"""], 200, Json, async cloud =>
        {
            _ = await cloud.GetLogEventsAsync(new("group", AwsClouds.Region, "stream"), fromStart: true, 10, CancellationToken.None);
            return [];
        });
        AddReply("a session's start", ["""{"SessionId":"s-1","StreamUrl":"wss://h/x","TokenValue":"t"}"""], 200, Json, async cloud =>
            [$"{await cloud.SessionManager.ResumeAsync("s-1", CancellationToken.None)}"]);
        AddReply("a data key", [$$"""{"Plaintext":"{{Convert.ToBase64String(new byte[64])}}","CiphertextBlob":"AAAA"}"""], 200, Json, async cloud =>
            [$"{(await cloud.SessionManager.GenerateDataKeyAsync("a", new Dictionary<string, string>(), CancellationToken.None)).Plaintext.Length}"]);
        AddReply("an error in JSON", ["""{"__type":"com.amazonaws.ecs#ClientException:http://x","message":"no"}""", "{}"], 400, Json, ErrorOf(cloud =>
            cloud.StopTaskAsync("prod", "arn", "done", CancellationToken.None)));
        AddReply(
            "an error in XML",
            ["<?xml version=\"1.0\"?><Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors><RequestID>1</RequestID></Response>"],
            403,
            Xml,
            ErrorOf(cloud => cloud.DescribeNetworkInterfacesAsync(["eni-1"], CancellationToken.None)));
        AddEc2("DescribeNetworkInterfaces", async cloud =>
            (await cloud.DescribeNetworkInterfacesAsync(["eni-1"], CancellationToken.None)).Select(each => $"{each.Id.Length}"));
        AddEc2("DescribeSubnets", async cloud => (await ((IFargateCatalog)cloud).DescribeSubnetsAsync(CancellationToken.None)).Select(each => $"{each.Id.Length}"));
        AddReply(
            "the caller",
            ["<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult><Arn>arn:aws:sts::123456789012:assumed-role/ops/me</Arn><UserId>u</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"],
            200,
            Xml,
            async cloud => [(await cloud.Survey.GetCallerAsync(CancellationToken.None)).Arn]);
    }

    private const string DefinitionToCopy = """
        {"taskDefinition":{"family":"web","revision":7,"taskRoleArn":"arn:aws:iam::123456789012:role/web","networkMode":"awsvpc","cpu":"256","memory":"512",
        "runtimePlatform":{"cpuArchitecture":"ARM64","operatingSystemFamily":"LINUX"},
        "volumes":[{"name":"data","host":{}},{"name":"efs","configuredAtLaunch":false}],
        "containerDefinitions":[{"name":"app","image":"ghcr.io/a/b:1","environment":[{"name":"A","value":"b"}],"secrets":[{"name":"S","valueFrom":"arn"}],
        "logConfiguration":{"logDriver":"awslogs","options":{"awslogs-group":"g","awslogs-region":"eu-central-1"}},"portMappings":[{"containerPort":80}],
        "mountPoints":[{"sourceVolume":"data","containerPath":"/data"}],"linuxParameters":{"capabilities":{"drop":["ALL"]}},"user":"app",
        "readonlyRootFilesystem":true,"repositoryCredentials":{"credentialsParameter":"arn"},"ulimits":[{"name":"nofile","softLimit":1,"hardLimit":2}]},{"name":"side"}]}}
        """;

    private void AddEcs(string operation, Func<IFargateCloud, Task<IEnumerable<string?>>> call) => AddReply(
        $"ecs:{operation}",
        [new ModelSample { Instead = { ["nextToken"] = "", ["clusters[0].status"] = "ACTIVE" } }.Json(ServiceModel.Ecs.Output(operation))!.ToJsonString()],
        200,
        Json,
        call);

    private void AddEc2(string operation, Func<IFargateCloud, Task<IEnumerable<string?>>> call) => AddReply(
        $"ec2:{operation}",
        [new ModelSample { Instead = { ["nextToken"] = "" } }.Xml(ServiceModel.Ec2.Output(operation), $"{operation}Response").ToString()],
        200,
        Xml,
        call);

    private void AddReply(
        string name, string[] corpus, int status, string contentType, Func<IFargateCloud, Task<IEnumerable<string?>>> call) =>
        Add(name, () =>
        {
            var server = Own(LoopbackServer.StartAsync((_, context) => AnswerAsync(context, status, contentType)).GetAwaiter().GetResult());
            var cloud = Own(AwsClouds.At(server));
            return new FuzzedParser(name, [.. corpus.Select(Encoding.UTF8.GetBytes)], bytes =>
            {
                _body = bytes;
                return call(cloud).GetAwaiter().GetResult();
            });
        });

    private static Func<IFargateCloud, Task<IEnumerable<string?>>> ErrorOf(Func<IFargateCloud, Task> call) => async cloud =>
    {
        var error = await Assert.ThrowsAsync<FargateException>(() => call(cloud));
        return [error.Message, error.ErrorCode, error.RequestId];
    };

    private async Task AnswerAsync(HttpContext context, int status, string contentType)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        await context.Response.Body.WriteAsync(_body);
    }
}
