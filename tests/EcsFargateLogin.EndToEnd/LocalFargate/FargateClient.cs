using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using LocalFargate;

namespace EcsFargateLogin.EndToEnd.LocalFargateTests;

/// <summary>Talks to a server as the AWS protocols say, and can be made to say wrong things.</summary>
internal sealed class FargateClient(FargatePlace fargate) : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };

    public FargateClient(LocalFargateServer fargate)
        : this(new FargatePlace(fargate.EndpointUrl, fargate.Cluster, fargate.Subnets[0], fargate.SecurityGroups[0]))
    {
    }

    /// <summary>Null sends requests that are not signed.</summary>
    public RequestSigner? Signer { get; init; } = new();

    public Task<JsonReply> EcsAsync(string operation, JsonNode parameters) =>
        JsonAsync("ecs", $"AmazonEC2ContainerServiceV20141113.{operation}", parameters);

    public Task<JsonReply> SsmAsync(string operation, JsonNode parameters) =>
        JsonAsync("ssm", $"AmazonSSM.{operation}", parameters);

    public Task<JsonReply> LogsAsync(string operation, JsonNode parameters) =>
        JsonAsync("logs", $"Logs_20140328.{operation}", parameters);

    public async Task<XmlReply> Ec2Async(string operation, params (string Name, string Value)[] parameters)
    {
        var fields = parameters.Prepend(("Version", "2016-11-15")).Prepend(("Action", operation))
            .Select(field => $"{Uri.EscapeDataString(field.Item1)}={Uri.EscapeDataString(field.Item2)}");
        using var request = Create(string.Join('&', fields), "application/x-www-form-urlencoded", "ec2");
        using var response = await _http.SendAsync(request);
        return new XmlReply((int)response.StatusCode, XDocument.Parse(await response.Content.ReadAsStringAsync()));
    }

    /// <summary>Performs RunTask with parameters that are right, and with these changes to them.</summary>
    public Task<JsonReply> RunTaskAsync(Action<JsonObject>? change = null)
    {
        var parameters = RunTaskParameters();
        change?.Invoke(parameters);
        return EcsAsync("RunTask", parameters);
    }

    /// <summary>Starts a task that must start; returns its ARN.</summary>
    public async Task<string> StartTaskAsync(Action<JsonObject>? change = null)
    {
        var reply = await RunTaskAsync(change);
        Assert.Equal((200, null), (reply.Status, reply.Error));
        return (string)reply.Body["tasks"]![0]!["taskArn"]!;
    }

    public async Task<JsonObject> DescribeTaskAsync(string taskArn)
    {
        var reply = await EcsAsync(
            "DescribeTasks", new JsonObject { ["cluster"] = fargate.Cluster, ["tasks"] = new JsonArray(taskArn) });
        return reply.Body["tasks"]![0]!.AsObject();
    }

    public Task<JsonReply> StopTaskAsync(string taskArn, string? reason = null) => EcsAsync(
        "StopTask", new JsonObject { ["cluster"] = fargate.Cluster, ["task"] = taskArn, ["reason"] = reason });

    public Task<JsonObject> WaitForStatusAsync(string taskArn, string status) => Wait.ForAsync(
        async () => await DescribeTaskAsync(taskArn) is { } task && (string?)task["lastStatus"] == status ? task : null,
        $"{taskArn} to be {status}");

    public JsonObject RunTaskParameters() => new()
    {
        ["cluster"] = fargate.Cluster,
        ["taskDefinition"] = "rails-cli",
        ["launchType"] = "FARGATE",
        ["networkConfiguration"] = new JsonObject
        {
            ["awsvpcConfiguration"] = new JsonObject
            {
                ["subnets"] = new JsonArray(fargate.Subnet),
                ["securityGroups"] = new JsonArray(fargate.SecurityGroup),
                ["assignPublicIp"] = "ENABLED",
            },
        },
    };

    public async Task<JsonReply> SendJsonAsync(string service, string target, string body)
    {
        using var request = Create(body, "application/x-amz-json-1.1", service);
        request.Headers.Add("X-Amz-Target", target);
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new JsonReply((int)response.StatusCode, text, response.Headers.GetValues("x-amzn-RequestId").Single());
    }

    public void Dispose() => _http.Dispose();

    private Task<JsonReply> JsonAsync(string service, string target, JsonNode parameters) =>
        SendJsonAsync(service, target, parameters.ToJsonString());

    private HttpRequestMessage Create(string body, string mediaType, string service)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(fargate.EndpointUrl + "/"))
        {
            Content = new ByteArrayContent(bytes),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        Signer?.Sign(request, bytes, service);
        return request;
    }
}

/// <summary>The place in which a client starts tasks.</summary>
internal sealed record FargatePlace(string EndpointUrl, string Cluster, string Subnet, string SecurityGroup);

/// <summary>An answer in JSON.</summary>
internal sealed record JsonReply(int Status, string Text, string RequestId)
{
    public JsonObject Body => JsonNode.Parse(Text)!.AsObject();

    public string? Error => (string?)Body["__type"];

    public string? Message => (string?)Body["message"];
}

/// <summary>An answer in XML.</summary>
internal sealed record XmlReply(int Status, XDocument Document)
{
    public string? Error => Value("Code");

    public string? Value(string element) => Document.Descendants().FirstOrDefault(node => node.Name.LocalName == element)?.Value;
}
