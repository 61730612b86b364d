using System.Reflection;
using System.Text.RegularExpressions;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;
using EcsFargateLogin.Routes;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Tests.Architecture;
using EcsFargateLogin.Tests.Support;
using EcsFargateLogin.Transfers;

namespace EcsFargateLogin.Tests.Foundation;

public sealed class FargateErrorsTests
{
    /// <summary>A text of two lines, as services and programs give them.</summary>
    private const string TwoLines = "first line\r\nsecond line";

    /// <summary>Everything that makes an error, by its name and what it takes.</summary>
    public static TheoryData<string> Factories => [.. FactoryMethods.Select(method => method.ToString()!)];

    private static IEnumerable<MethodInfo> FactoryMethods => new[] { CompiledAssembly.OfCore, CompiledAssembly.OfSurface }
        .SelectMany(assembly => assembly.Types, (assembly, type) => $"{type.Name}, {assembly.Name}")
        .Where(type => type.Contains("Errors,", StringComparison.Ordinal))
        .Select(type => Type.GetType(type, throwOnError: true)!)
        .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.NonPublic))
        .Where(method => method.IsAssembly && method.ReturnType == typeof(FargateException));

    [Theory]
    [MemberData(nameof(Factories))]
    public void A_message_is_one_line_and_ends_with_what_to_do_next(string factory)
    {
        var method = FactoryMethods.Single(method => method.ToString() == factory);

        var error = (FargateException)method.Invoke(null, [.. method.GetParameters().Select(SampleOf)])!;

        Assert.EndsWith($" {error.NextStep}", error.Message, StringComparison.Ordinal);
        Assert.True(error.NextStep.Length > 10);
        Assert.DoesNotContain('\n', error.Message);
        Assert.DoesNotContain('\r', error.Message);
        Assert.DoesNotContain("  ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_went_wrong_with_a_file_is_said_without_its_path()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var file = Path.Combine(folder.FullName, "file");
            File.WriteAllText(file, "");
            (string Words, Action Use)[] uses =
            [
                ("there is no such file or folder", () => File.ReadAllText(Path.Combine(folder.FullName, "none"))),
                ("there is no such file or folder", () => File.WriteAllText(Path.Combine(folder.FullName, "none", "file"), "")),
                ("access is denied", () => File.ReadAllText(folder.FullName)),
                ("The file already exists", () => Directory.CreateDirectory(file)),
                ("The file already exists", () => File.Open(file, FileMode.CreateNew).Dispose()),
            ];
            Assert.All(uses, use => Assert.Equal(use.Words, ErrorText.ReasonOf(Assert.ThrowsAny<Exception>(use.Use))));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Every_kind_of_error_is_made_somewhere()
    {
        var made = FactoryMethods.Select(method =>
            ((FargateException)method.Invoke(null, [.. method.GetParameters().Select(SampleOf)])!).Error);

        // Made of another error or of ECS's own words, which the samples here are not.
        FargateError[] others = [FargateError.CapacityUnavailable, FargateError.RequestRejected];
        Assert.Equal(Enum.GetValues<FargateError>(), made.Concat(others).Distinct().Order());
    }

    [Fact]
    public void Whatever_makes_an_error_is_called_somewhere()
    {
        var sources = string.Concat(Directory
            .GetFiles(Path.Combine(ModuleFolder.Root(), "src"), "*.cs", SearchOption.AllDirectories)
            .Select(File.ReadAllText));

        // Beside its declaration, which stands where the type is written that it returns.
        Assert.All(FactoryMethods, method => Assert.True(
            Regex.IsMatch(sources, $@"(?<!FargateException )\b{method.Name}\("), $"Nothing calls {method.Name}."));
    }

    [Fact]
    public void Every_error_has_a_row_in_the_table() =>
        Assert.All(Enum.GetValues<FargateError>(), error => Assert.NotNull(ErrorRowAttribute.Of(error)));

    [Theory]
    [InlineData("root@10.0.0.1: Permission denied (publickey).", "-UserName")]
    [InlineData("Host key verification failed.", "Do not go on")]
    [InlineData("ssh: connect to host 10.0.0.1 port 22: No route to host", "Check the network")]
    public void What_ssh_complains_of_decides_what_to_do_next(string complaint, string expected) => Assert.Contains(
        expected, LoginErrors.SshFailed(SampleTask.Session(), complaint).NextStep, StringComparison.Ordinal);

    [Fact]
    public void Commands_in_an_error_leave_out_what_is_not_known()
    {
        FargateSession session = new(new SessionRecord { TaskArn = "0123", Cluster = "dev" });

        var error = SessionErrors.StopFailed(session, SampleTask.ServiceFailed());

        Assert.Equal(
            "Stop it with: Stop-FargateSession -TaskArn 0123 -Cluster dev or: aws ecs stop-task --cluster dev --task 0123",
            error.NextStep);
    }

    private static object? SampleOf(ParameterInfo parameter) => parameter.ParameterType switch
    {
        var type when type == typeof(string) => TwoLines,
        var type when type == typeof(int) || type == typeof(int?) => 12,
        var type when type == typeof(TimeSpan) => TimeSpan.FromSeconds(90),
        var type when type == typeof(Uri) => new Uri("https://ecs.eu-central-1.amazonaws.com/"),
        var type when type == typeof(Exception) => new IOException(TwoLines),
        var type when type == typeof(FargateException) => SampleTask.ServiceFailed(),
        var type when type == typeof(ServiceReply) => new ServiceReply("SomeException", TwoLines),
        var type when type == typeof(FargateSession) => SampleTask.Session(),
        var type when type == typeof(CloudFailure) => new CloudFailure(TwoLines, TwoLines, TwoLines),
        var type when type == typeof(IReadOnlyList<string>) => new[] { TwoLines },
        var type when type == typeof(IReadOnlyList<(string, string)>) => new[] { ("cli", TwoLines) },
        var type when type == typeof(IEnumerable<string>) => new[] { "web", "db" },
        var type when type == typeof(TaskDescription) => SampleTask.Of("STOPPED") with { StoppedReason = TwoLines },
        var type when type == typeof(TunnelRoute) => new TunnelRoute("127.0.0.1", 5432, "db.internal", 5432),
        var type when type == typeof(CopyItem) => new CopyItem(TwoLines, "/tmp/x"),
        var type when type == typeof(ProgramLostException) => new ProgramLostException(TwoLines),
        var type when type == typeof(bool) => true,
        var type when type == typeof(FargateRoute) => FargateRoute.SessionManager,
        var type when type == typeof(Version) => new Version(1, 2),
        var type when type == typeof(ManagedAgentDescription) => new ManagedAgentDescription("STOPPED", TwoLines),
        var type when type == typeof(Type) => typeof(string),
        var type when type == typeof(IngressRule) => new IngressRule("sg-1", "198.51.100.7/32", 22, TwoLines),
        var type when type == typeof(FargateHostKey) => new FargateHostKey(
            PublicKey.TryParse("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO2B7yXIuqGtSggTdE3LoHNsitfkMx8eTATYuLvSP/nU")!, HostKeySource.Proof),
        var type when type == typeof(MfaRequest) => new MfaRequest("ops", "arn:aws:iam::123456789012:mfa/me"),
        var type when type == typeof(TaskSize) => new TaskSize { Cpu = 256, Memory = 512 },
        var type when type == typeof(ContainerSize) => new ContainerSize(TwoLines, 512, 1024, null),
        var type when type == typeof(SessionRequest) =>
            new SessionRequest { Cluster = "dev", TaskDefinition = "rails-cli", Subnets = ["subnet-1"], PlatformVersion = "1.3.0" },
        var type when type == typeof(RunTaskRequest) => new RunTaskRequest
        {
            Cluster = "dev",
            TaskDefinition = "rails-cli",
            Subnets = ["subnet-1"],
            ContainerName = "cli",
            StartedBy = "fl-abcdefghjk",
            ClientToken = "0123",
        },
        var type => throw new NotSupportedException($"No sample of {type}."),
    };
}
