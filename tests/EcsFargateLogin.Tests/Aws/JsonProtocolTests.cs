using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Amazon.Runtime;
using EcsFargateLogin.Aws.Clients;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Aws;

/// <summary>The client of AWS JSON 1.1 on the wire, by the cases of JsonProtocol.json.</summary>
public sealed partial class JsonProtocolTests
{
    private static readonly JsonObject s_cases = JsonNode.Parse(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Aws", "JsonProtocol.json")))!.AsObject();

    public static TheoryData<string> Errors => Names("errors");

    public static TheoryData<string> Values => Names("values");

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task A_refusal_is_read(string name)
    {
        var refusal = Case("errors", name);
        await using var server = await LoopbackServer.StartAsync((_, context) =>
        {
            if (refusal["header"] is { } header)
            {
                context.Response.Headers["X-Amzn-Errortype"] = (string?)header;
            }

            return context.AnswerAsync(refusal["body"]?.ToJsonString() ?? "", (int)refusal["status"]!);
        });
        using var client = new Client(server);

        var error = await Assert.ThrowsAsync<AmazonServiceException>(() => client.EchoAsync(new()));

        Assert.Equal(
            ((string?)refusal["code"], (string?)refusal["words"] ?? "", (int)refusal["status"]!, HttpContextExtensions.RequestId),
            (error.ErrorCode, error.Message, (int)error.StatusCode, error.RequestId));
    }

    [Theory]
    [MemberData(nameof(Values))]
    public async Task A_value_is_read_and_sent(string name)
    {
        var value = Case("values", name);
        await using var server = await LoopbackServer.StartAsync(value["reply"]!.ToJsonString());
        using var client = new Client(server);

        var read = await client.EchoAsync(new());
        await client.EchoAsync(read);

        Assert.Equal("{}", server.Requests[0].Body);
        var sent = server.Requests[1].Body;
        Assert.True(JsonNode.DeepEquals(value["sent"] ?? value["reply"], JsonNode.Parse(sent)), sent);
        Assert.All(server.Requests, request => Assert.Equal(
            ("JsonProtocol.Echo", "application/x-amz-json-1.1"), (request.Target, request.Headers["Content-Type"])));
    }

    [Theory]
    [InlineData("946845296", "2000-01-02T20:34:56.0000000+00:00")]
    [InlineData("946845296.123", "2000-01-02T20:34:56.1230000+00:00")]
    [InlineData("1.398796238E9", "2014-04-29T18:30:38.0000000+00:00")]
    [InlineData("0", "1970-01-01T00:00:00.0000000+00:00")]
    [InlineData("-0.5", "1969-12-31T23:59:59.5000000+00:00")]
    public async Task A_time_is_a_number_of_seconds_since_1970(string seconds, string expected)
    {
        await using var server = await LoopbackServer.StartAsync($$"""{"timestamp":{{seconds}}}""");
        using var client = new Client(server);
        Assert.Equal(expected, (await client.EchoAsync(new())).Timestamp!.Value.ToString("O"));
    }

    private static TheoryData<string> Names(string kind) =>
        [.. s_cases[kind]!.AsArray().Select(item => (string)item!["case"]!)];

    private static JsonNode Case(string kind, string name) =>
        s_cases[kind]!.AsArray().Single(item => (string)item!["case"]! == name)!;

    /// <summary>A client of one operation, which sends and receives the same structure.</summary>
    private sealed class Client(LoopbackServer server) : AwsJsonClient(
        new BasicAWSCredentials(AwsClouds.AccessKey, AwsClouds.SecretKey),
        new ClientSettings("Json Protocol", "json", AwsClouds.Region, new Uri(server.Url)) { Retries = new(MaxAttempts: 1, Mode: null) },
        "JsonProtocol",
        Shapes.OnWire)
    {
        internal Task<Structure> EchoAsync(Structure input) => CallAsync<Structure, Structure>("Echo", input, CancellationToken.None);
    }

    [JsonSerializable(typeof(Structure))]
    private sealed partial class Shapes : JsonSerializerContext
    {
        internal static Shapes OnWire { get; } = new(WireJson.CreateOptions());
    }

    /// <summary>A member of each kind that the records of EcsFargateLogin.Aws have.</summary>
    internal sealed class Structure
    {
        public string? String { get; init; }

        public int? Integer { get; init; }

        public bool? Boolean { get; init; }

        public DateTimeOffset? Timestamp { get; init; }

        public IReadOnlyList<string?>? Strings { get; init; }

        public IReadOnlyDictionary<string, string?>? Map { get; init; }

        public IReadOnlyList<Structure?>? Structures { get; init; }

        [JsonPropertyName("structure")]
        public Structure? Inner { get; init; }

        public JsonObject? Document { get; init; }
    }
}
