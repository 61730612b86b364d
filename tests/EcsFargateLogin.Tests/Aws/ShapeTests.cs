using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using EcsFargateLogin.Aws.Ecs;
using EcsFargateLogin.Aws.Logs;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Aws;

public sealed class ShapeTests
{
    public static TheoryData<string, Type, Type> Operations => new()
    {
        { "RunTask", typeof(RunTaskInput), typeof(RunTaskOutput) },
        { "DescribeTasks", typeof(DescribeTasksInput), typeof(DescribeTasksOutput) },
        { "StopTask", typeof(StopTaskInput), typeof(StopTaskOutput) },
        { "ExecuteCommand", typeof(ExecuteCommandInput), typeof(ExecuteCommandOutput) },
        { "ListTasks", typeof(ListTasksInput), typeof(ListTasksOutput) },
        { "DescribeTaskDefinition", typeof(DescribeTaskDefinitionInput), typeof(DescribeTaskDefinitionOutput) },
        { "DescribeTaskDefinition", typeof(DescribeTaskDefinitionInput), typeof(WholeTaskDefinitionOutput) },
        { "RegisterTaskDefinition", typeof(RegisterTaskDefinitionInput), typeof(RegisterTaskDefinitionOutput) },
        { "DescribeClusters", typeof(DescribeClustersInput), typeof(DescribeClustersOutput) },
        { "DescribeServices", typeof(DescribeServicesInput), typeof(DescribeServicesOutput) },
        { "ListServices", typeof(ListServicesInput), typeof(ListServicesOutput) },
        { "ListClusters", typeof(ListClustersInput), typeof(ListClustersOutput) },
        {
            "ListTaskDefinitionFamilies",
            typeof(ListTaskDefinitionFamiliesInput),
            typeof(ListTaskDefinitionFamiliesOutput)
        },
        { "ListTaskDefinitions", typeof(ListTaskDefinitionsInput), typeof(ListTaskDefinitionsOutput) },
    };

    [Theory]
    [MemberData(nameof(Operations))]
    public void Every_member_of_a_record_is_a_member_of_its_shape_and_of_its_type(
        string operation, Type input, Type output)
    {
        Assert.Empty(Problems(input, ServiceModel.Ecs.Input(operation), operation, EcsShapes.OnWire));
        Assert.Empty(Problems(output, ServiceModel.Ecs.Output(operation), operation, EcsShapes.OnWire));
    }

    [Fact]
    public void Every_member_of_the_records_of_CloudWatch_Logs_is_a_member_of_its_shape_and_of_its_type()
    {
        Assert.Empty(Problems(typeof(GetLogEventsInput), ServiceModel.Logs.Input("GetLogEvents"), "in", LogsShapes.OnWire));
        Assert.Empty(Problems(typeof(GetLogEventsOutput), ServiceModel.Logs.Output("GetLogEvents"), "out", LogsShapes.OnWire));
    }

    [Fact]
    public void A_record_that_does_not_fit_its_shape_is_found() =>
        Assert.NotEmpty(Problems(typeof(TaskShape), ServiceModel.Ecs.Shape("Cluster"), "Cluster", EcsShapes.OnWire));

    private static IEnumerable<string> Problems(Type type, ModelShape shape, string path, JsonSerializerContext onWire)
    {
        var members = shape.Members;
        foreach (var property in onWire.GetTypeInfo(type)!.Properties)
        {
            var place = $"{path}.{property.Name}";
            if (!members.TryGetValue(property.Name, out var member))
            {
                yield return $"{place} is not a member of {shape.Name}";
                continue;
            }

            foreach (var problem in ProblemsOfValue(property.PropertyType, member.Shape, place, onWire))
            {
                yield return problem;
            }
        }
    }

    private static IEnumerable<string> ProblemsOfValue(
        Type type, ModelShape shape, string path, JsonSerializerContext onWire)
    {
        var value = Nullable.GetUnderlyingType(type) ?? type;
        return onWire.GetTypeInfo(value)?.Kind switch
        {
            JsonTypeInfoKind.Object when shape.Type == "structure" => Problems(value, shape, path, onWire),
            JsonTypeInfoKind.Dictionary when shape.Type == "map" => [],
            JsonTypeInfoKind.Enumerable when shape.Type == "list" =>
                ProblemsOfValue(value.GetGenericArguments()[0], shape.Item.Shape, path, onWire),
            _ => Expected(value) == shape.Type ? [] : [$"{path} is a {value.Name}, but {shape.Name} is a {shape.Type}"],
        };
    }

    private static string? Expected(Type type) =>
        type == typeof(string) ? "string"
        : type == typeof(int) ? "integer"
        : type == typeof(long) ? "long"
        : type == typeof(bool) ? "boolean"
        : type == typeof(DateTimeOffset) ? "timestamp"
        : type == typeof(JsonObject) ? "structure"
        : type == typeof(JsonArray) ? "list"
        : null;
}
