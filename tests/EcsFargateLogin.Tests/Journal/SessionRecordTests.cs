using System.Reflection;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Lifecycle.Starting;
using EcsFargateLogin.Model;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Tests.Lifecycle.Starting;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Journal;

/// <summary>No property of a record is forgotten: by the launch, by the journal, or by the session that holds it.</summary>
public sealed class SessionRecordTests : LaunchTest
{
    private const string PublicKey =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO2B7yXIuqGtSggTdE3LoHNsitfkMx8eTATYuLvSP/nU";

    /// <summary>Every property of the record and of the records that it holds.</summary>
    private static readonly PropertyPath[] Properties = [.. PathsOf(typeof(SessionRecord), [])];

    /// <summary>
    /// Properties that only the container, RunTask or the journal itself use, and those that the session's users read in the
    /// record.
    /// </summary>
    private static readonly string[] NotShownBySession =
    [
        "Version", "ClientToken", "StartTimeout", "CommandLimit", "AssignPublicIp", "HasFromAddresses", "LogTag", "IsKeyInAgent",
        "Log.Group", "Log.Region", "Log.StreamPrefix", "Limits.LoginTimeout", "Limits.IdleTimeout", "Limits.UnusedTimeout",
    ];

    public SessionRecordTests()
    {
        Cloud = new ScriptedCloud
        {
            Connection = new CloudConnection
            {
                Aws = new AwsConnection
                {
                    Region = "eu-central-1",
                    ProfileName = "ops",
                    CredentialOrigin = CredentialOrigin.Profile,
                    ProfileLocation = "/home/me/credentials",
                    EndpointUrl = "http://127.0.0.1:4566/",
                },
                RegionSource = "the test",
                CredentialSource = "the test",
                EcsEndpoint = "https://ecs.eu-central-1.amazonaws.com/",
            },
            OnDescribeTaskDefinition = () => SampleTask.Definition("cli") with
            {
                Logs = new Dictionary<string, ContainerLog> { ["cli"] = new("/ecs/cli", "eu-west-1", "login") },
                Starts = new Dictionary<string, ContainerStart> { ["cli"] = new() { Command = ["start-sshd.sh"] } },
            },
        };
    }

    [Fact]
    public async Task A_launch_fills_every_property_and_the_journal_keeps_it()
    {
        var request = Request with
        {
            SecurityGroups = ["sg-1"],
            AuthorizedCidr = "198.51.100.7/32",
            Transport = FargateTransport.Auto,
            Route = FargateRoute.InstanceConnect,
            InstanceConnectEndpoint = "eice-0123",
            FromAddresses = ["198.51.100.7"],
            UserName = "app",
            Port = 3389,
            KeyType = SshKeyType.Ecdsa,
            HostKeyVerification = HostKeyVerification.Strict,
            StartTimeout = TimeSpan.FromMinutes(7),
            Limits = new() { MaxLifetime = 3600, LoginTimeout = 30, IdleTimeout = 40, ReconnectWindow = 60, UnusedTimeout = 70 },
        };
        var withOwnKey = request with { KeyPath = Folder.Write("id.pub", PublicKey) };

        FargateSession[] sessions = [await LaunchAsync(request), await LaunchAsync(withOwnKey)];

        var records = sessions.Select(session => session.Record).ToList();
        SessionRecord untouched = new() { Version = 0 };
        Assert.All(Properties, property => Assert.True(
            records.Exists(record => property.ValueOf(record) is { } value && !Equals(value, property.ValueOf(untouched))),
            $"{property} is not filled."));
        Assert.Equal(records, sessions.Select(session => Journal.Find(session.SessionId)));
    }

    [Fact]
    public void Any_value_of_every_property_survives_the_journal()
    {
        var sample = Sample with { SessionId = Journal.Open() };
        // A record of another session or version is not read.
        Assert.All(Properties.Where(property => property.ToString() is not ("SessionId" or "Version")), property =>
        {
            var record = property.Change(sample);
            Assert.NotEqual(sample, record);

            Journal.Write(record);

            Assert.Equal(record, Journal.Find(record.SessionId));
        });
    }

    [Fact]
    public void Every_property_reaches_the_session()
    {
        Assert.All(Properties.Where(property => !NotShownBySession.Contains(property.ToString())), property =>
        {
            // The account is the ARN's as long as there is one.
            var record = property.ToString() == nameof(SessionRecord.DefinitionAccount) ? Sample with { TaskArn = null } : Sample;

            Assert.NotEqual(ValuesOf(record), ValuesOf(property.Change(record)));
        });
        Assert.Equal(ValuesOf(Sample), ValuesOf(Sample));
    }

    private static SessionRecord Sample => SampleRecord.Of("fl-abcdefghjk", SampleTask.Arn) with
    {
        Transport = FargateTransport.Auto,
        Log = new ContainerLog("/ecs/cli", "eu-west-1", "login"),
        Limits = new SessionLimits { MaxLifetime = 1, ReconnectWindow = 3 },
        Ingress = new IngressRule("sg-1", "198.51.100.7/32", 22, "the test"),
    };

    private protected override SessionLauncher Launcher => new(Cloud, Journal, new KeyGenerator("ssh-keygen"))
    {
        OwnKeys = new OwnKeyReader("ssh-keygen", Folder.WriteScript("ssh-add", $"echo '{PublicKey}'")),
        Starter = base.Launcher.Starter,
    };

    private static IEnumerable<PropertyPath> PathsOf(Type type, PropertyInfo[] parents) => type.GetProperties()
        .Where(property => property.CanWrite)
        .SelectMany(property => property.PropertyType is { IsClass: true } held && held.Assembly == typeof(SessionRecord).Assembly
            ? PathsOf(held, [.. parents, property])
            : [new PropertyPath([.. parents, property])]);

    /// <summary>All that the session shows of its record.</summary>
    private List<object?> ValuesOf(SessionRecord record)
    {
        var session = Journal.SessionOf(record);
        // Until then its end is not known.
        session.StartedAt = record.CreatedAt;
        return
        [
            .. typeof(FargateSession).GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                .Where(property => property.Name is not (nameof(FargateSession.Timing) or nameof(FargateSession.Record)))
                .Select(property => property.GetValue(session)),
        ];
    }

    /// <summary>A property of the record, or of a record that it holds.</summary>
    private sealed record PropertyPath(PropertyInfo[] Steps)
    {
        public object? ValueOf(SessionRecord record) =>
            Steps.Aggregate((object?)record, (held, step) => held is null ? null : step.GetValue(held));

        /// <summary>A copy of the record with another value.</summary>
        public SessionRecord Change(SessionRecord record) => (SessionRecord)Change(record, Steps);

        public override string ToString() => string.Join('.', Steps.Select(step => step.Name));

        private static object Change(object held, PropertyInfo[] steps)
        {
            var copy = held.GetType().GetMethod("<Clone>$")!.Invoke(held, null)!;
            var value = steps[0].GetValue(held);
            steps[0].SetValue(copy, steps.Length > 1 ? Change(value!, steps[1..]) : AnotherThan(value, steps[0].PropertyType));
            return copy;
        }

        private static object AnotherThan(object? value, Type type) => (value, Nullable.GetUnderlyingType(type) ?? type) switch
        {
            (bool flag, _) => !flag,
            (int number, _) => number + 1,
            (DateTimeOffset time, _) => time.AddHours(1),
            (TimeSpan time, _) => time + TimeSpan.FromMilliseconds(1500),
            (Enum choice, var of) => Enum.GetValues(of).Cast<object>().First(other => !other.Equals(choice)),
            (null, var of) when of.IsValueType => AnotherThan(Activator.CreateInstance(of), of),
            (_, var of) when of == typeof(string) => $"{value}x",
            _ => throw new NotSupportedException($"The test knows no other {type}."),
        };
    }
}
