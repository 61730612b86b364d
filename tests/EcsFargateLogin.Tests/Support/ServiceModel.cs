using System.Text.Json;

namespace EcsFargateLogin.Tests.Support;

/// <summary>An AWS service model: what may go over the wire.</summary>
internal sealed class ServiceModel
{
    private readonly JsonElement _root;

    private ServiceModel(JsonElement root) => _root = root;

    internal static ServiceModel Ecs { get; } = Load("ecs-2014-11-13.json");

    internal static ServiceModel Ec2 { get; } = Load("ec2-2016-11-15.json");

    internal static ServiceModel Logs { get; } = Load("logs-2014-03-28.json");

    internal string TargetPrefix => _root.GetProperty("metadata").GetProperty("targetPrefix").GetString()!;

    internal string ApiVersion => _root.GetProperty("metadata").GetProperty("apiVersion").GetString()!;

    internal ModelShape Input(string operation) => Of(operation, "input");

    internal ModelShape Output(string operation) => Of(operation, "output");

    internal IReadOnlyList<string> Errors(string operation) =>
        [.. _root.GetProperty("operations").GetProperty(operation).GetProperty("errors").EnumerateArray()
            .Select(error => error.GetProperty("shape").GetString()!)];

    internal ModelShape Shape(string name) => new(this, name, _root.GetProperty("shapes").GetProperty(name));

    private ModelShape Of(string operation, string side)
    {
        var reference = _root.GetProperty("operations").GetProperty(operation).GetProperty(side);
        return Shape(reference.GetProperty("shape").GetString()!);
    }

    private static ServiceModel Load(string file) =>
        new(JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Models", file))).RootElement);
}
