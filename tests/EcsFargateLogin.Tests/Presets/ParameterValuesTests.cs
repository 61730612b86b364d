using EcsFargateLogin.Model;
using EcsFargateLogin.Presets;

namespace EcsFargateLogin.Tests.Presets;

public sealed class ParameterValuesTests
{
    private const string Project = "/repo/.fargatelogin.json";
    private const string User = "/home/me/presets.json";

    [Fact]
    public void Bound_values_go_before_the_project_s_and_those_before_the_user_s()
    {
        var values = Merge(
            new() { ["Cluster"] = "typed" },
            new() { ["cluster"] = "project", ["Subnet"] = List("subnet-p") },
            new() { ["Cluster"] = "user", ["Subnet"] = List("subnet-u"), ["Port"] = 2222 });

        Assert.Equal("typed", values.Get<string>("Cluster"));
        Assert.Equal(["subnet-p"], values.Get<string[]>("Subnet")!);
        Assert.Equal((2222, 2222, 300), (values.Get("Port", 22), values.Get<int?>("Port"), values.Get("StartTimeout", 300)));
        Assert.Equal((null, Project, User), (values.FileOf("Cluster"), values.FileOf("Subnet"), values.FileOf("Port")));
        Assert.Equal((true, false, true, false), (values.IsBound("cluster"), values.IsBound("Port"), values.IsGiven("Port"), values.IsGiven("Tag")));
    }

    [Fact]
    public void A_declared_default_counts_where_nothing_is_given_and_is_not_given_itself()
    {
        FargateSessionPreset preset = new("default");
        preset.Add(new Dictionary<string, object> { ["Port"] = 2222 }, User);
        Dictionary<string, object> defaults = new() { ["Port"] = 22, ["Count"] = 1, ["Cluster"] = "default" };

        var values = ParameterValues.Merge(
            new Dictionary<string, object> { ["Service"] = "arn:aws:ecs:eu-central-1:1:service/local/web" }, preset, defaults);

        Assert.Equal((2222, 1, "default"), (values.Get<int>("Port"), values.Get<int>("Count"), values.Get<string>("Cluster")));
        Assert.False(values.IsGiven("Cluster"));
        Assert.Equal("local", PresetRules.ClusterOf(values));
    }

    [Theory]
    [InlineData("EcsExec", FargateTransport.EcsExec)]
    [InlineData("auto", FargateTransport.Auto)]
    [InlineData(FargateTransport.Auto, FargateTransport.Auto)]
    [InlineData(null, FargateTransport.Ssh)]
    public void Enumerations_are_read_from_text_and_from_values(object? given, FargateTransport expected) => Assert.Equal(
        expected, Merge([], given is null ? [] : new() { ["Transport"] = given }).Get<FargateTransport>("Transport"));

    [Theory]
    [InlineData("TaskDefinition", "FromTaskDefinition", false)]
    [InlineData("FromTaskDefinition", "TaskDefinition", false)]
    [InlineData("Credential", "ProfileName", false)]
    [InlineData("AccessKey", "ProfileLocation", false)]
    [InlineData("Service", "Subnet", false)]
    [InlineData("Service", "Tag", false)]
    [InlineData("Service", "Port", true)]
    [InlineData("Region", "ProfileName", true)]
    public void A_bound_value_supersedes_others_of_a_preset(string bound, string other, bool isGiven) =>
        Assert.Equal(isGiven, Merge(new() { [bound] = "x" }, new() { [other] = "y" }).IsGiven(other));

    [Fact]
    public void A_service_of_a_project_supersedes_its_parts_in_the_user_s_file_and_none_of_its_own()
    {
        var values = Merge(
            [],
            new() { ["Service"] = "web", ["Subnet"] = List("subnet-1") },
            new() { ["SecurityGroup"] = List("sg-1"), ["UserName"] = "ops" });

        Assert.Equal((true, false, true), (values.IsGiven("Subnet"), values.IsGiven("SecurityGroup"), values.IsGiven("UserName")));
        var service = PresetRules.ServiceOf(values)!;
        Assert.Equal(("web", false, true), (service.Name, service.Includes(ServiceParts.Subnets), service.Includes(ServiceParts.SecurityGroups)));
        Assert.Equal((Project, "service web"), (PresetRules.SourcesOf(values)["Subnet"], PresetRules.SourcesOf(values)["SecurityGroup"]));
    }

    [Theory]
    [InlineData("SecurityGroup", true, false)]
    [InlineData("Port", true, false)]
    [InlineData("Cluster", true, true)]
    [InlineData("SecurityGroup", false, true)]
    public void A_preset_authorizes_no_address_where_another_file_says_the_place(string named, bool byProject, bool isAuthorized)
    {
        var values = byProject
            ? Merge([], new() { [named] = "x" }, new() { ["AuthorizeMyAddress"] = true })
            : Merge([], [], new() { [named] = "x", ["AuthorizeMyAddress"] = true });

        Assert.Equal(isAuthorized, values.Get<bool>("AuthorizeMyAddress"));
        Assert.Equal(isAuthorized ? 0 : 1, values.Warnings.Count);
    }

    [Theory]
    [InlineData("Cluster", "prod", "prod")]
    [InlineData("Service", "arn:aws:ecs:eu-central-1:1:service/local/web", "local")]
    [InlineData("Service", "web", "default")]
    public void The_cluster_is_the_given_one_or_the_service_s(string name, string value, string cluster) =>
        Assert.Equal(cluster, PresetRules.ClusterOf(Merge([], new() { [name] = value })));

    private static string[] List(string item) => [item];

    private static ParameterValues Merge(
        Dictionary<string, object> bound, Dictionary<string, object> project, Dictionary<string, object>? user = null)
    {
        FargateSessionPreset preset = new("default");
        preset.Add(project, Project);
        preset.Add(user ?? [], User);
        return ParameterValues.Merge(new Dictionary<string, object>(bound, StringComparer.OrdinalIgnoreCase), preset);
    }
}
