using System.Text;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Fuzz;

/// <summary>What parsers once did not bear.</summary>
[Collection(EnvironmentScope.Collection)]
public sealed class FindingTests
{
    /// <summary>The finding, the parser, and the content.</summary>
    public static TheoryData<string, string, string> Texts => new()
    {
        { "half of a pair of code units in an error", "an error in JSON", """{"__type":"\ud800","message":"no"}""" },
        { "two logs of containers of one name", "ecs:DescribeTaskDefinition", """{"taskDefinition":{"taskDefinitionArn":"a","containerDefinitions":[{"name":"a","logConfiguration":{"logDriver":"awslogs"}},{"name":"a","logConfiguration":{"logDriver":"awslogs"}}]}}""" },
        { "two containers of one name", "ecs:DescribeTaskDefinition", """{"taskDefinition":{"taskDefinitionArn":"a","containerDefinitions":[{"name":"a"},{"name":"a"}]}}""" },
        { "a number for a text", "a task definition that is copied", """{"taskDefinition":{"runtimePlatform":{"operatingSystemFamily":7}}}""" },
        { "a text for an object", "a task definition that is copied", """{"taskDefinition":{"family":"x","runtimePlatform":"LINUX"}}""" },
        { "a member that is there twice", "a task definition that is copied", """{"taskDefinition":{"family":"x","family":"y"}}""" },
        { "a control sequence in a name", "a task definition that is copied", """{"taskDefinition":{"family":"\u001b[2J","containerDefinitions":[{"name":"app","environment":[{"name":"\u001b[2J"}]}]}}""" },
        { "NUL in a path", "AWS's config file", "[profile tool]\ncredential_process = ./a\0b\n[profile web]\nrole_arn = x\nweb_identity_token_file = /tmp\0x\n" },
        { "nothing but notices and a refused host key", "ssh's log", "** Host key verification failed.\n" },
        { "a reason that a pattern takes long for", "why a task stopped", string.Concat(Enumerable.Repeat("insufficient ip ", 16_000)) },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void It_is_borne(string finding, string parser, string content)
    {
        using var table = FuzzRun.TableOf(parser);
        Assert.NotEmpty(finding);

        table[parser].Check(Encoding.UTF8.GetBytes(content));
    }
}
