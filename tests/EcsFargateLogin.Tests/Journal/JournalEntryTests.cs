using System.Reflection;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Lifecycle.Starting;
using EcsFargateLogin.Model;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Tests.Lifecycle.Starting;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Journal;

/// <summary>No property of an entry is forgotten: by the launch, by the journal, or by the session that the entry stands for.</summary>
public sealed class JournalEntryTests : LaunchTest
{
    private const string PublicKey =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO2B7yXIuqGtSggTdE3LoHNsitfkMx8eTATYuLvSP/nU";

    /// <summary>What RunTask and the journal itself use, and nobody else.</summary>
    private static readonly string[] NotOfTheSession = [nameof(JournalEntry.ClientToken), nameof(JournalEntry.Version)];

    private static readonly PropertyInfo[] Properties =
        [.. typeof(JournalEntry).GetProperties().Where(property => property.CanWrite)];

    public JournalEntryTests()
    {
        Cloud = new ScriptedCloud
        {
            Connection = new CloudConnection
            {
                Region = "eu-central-1",
                RegionSource = "the test",
                CredentialSource = "the test",
                EcsEndpoint = "https://ecs.eu-central-1.amazonaws.com/",
                ProfileName = "ops",
                CredentialOrigin = CredentialOrigin.Profile,
                ProfileLocation = "/home/me/credentials",
                EndpointUrl = "http://127.0.0.1:4566/",
            },
            OnDescribeTaskDefinition = () => SampleTask.Definition("cli") with
            {
                Logs = new Dictionary<string, ContainerLog> { ["cli"] = new("/ecs/cli", "eu-west-1", "login") },
                Starts = new Dictionary<string, ContainerStart> { ["cli"] = new() { Command = ["start-sshd.sh"] } },
            },
        };
    }

    [Fact]
    public async Task Every_property_is_written_by_a_launch_and_survives_the_journal()
    {
        var request = Request with
        {
            SecurityGroups = ["sg-1"],
            AuthorizedCidr = "198.51.100.7/32",
            Transport = FargateTransport.Auto,
            KeyType = SshKeyType.Ecdsa,
            HostKeyVerification = HostKeyVerification.Strict,
            Limits = new() { MaxLifetime = 3600, ReconnectWindow = 60 },
        };
        var withOwnKey = request with { KeyPath = Folder.Write("id.pub", PublicKey) };

        FargateSession[] sessions = [await LaunchAsync(request), await LaunchAsync(withOwnKey)];

        var written = sessions.Select(session => session.Plan!.Entry).ToList();
        Assert.Equal(written, sessions.Select(session => Journal.Find(session.SessionId)));
        Assert.All(Properties, property => Assert.True(
            written.Exists(entry => !Equals(property.GetValue(entry), DefaultOf(property))), $"{property.Name} is not written."));
    }

    [Fact]
    public void Every_property_reaches_the_session()
    {
        var entry = SampleEntry.Of("fl-abcdefghjk", SampleTask.Arn) with
        {
            Transport = FargateTransport.Auto,
            Log = new ContainerLog("/ecs/cli", "eu-west-1", "login"),
            MaxLifetime = 1,
            CommandLimit = 2,
            ReconnectWindow = 3,
            Ingress = new IngressRule("sg-1", "198.51.100.7/32", 22, "the test"),
        };
        var session = ValuesOf(Journal.SessionOf(entry));

        Assert.All(Properties.ExceptBy(NotOfTheSession, property => property.Name), property =>
        {
            // The account is the ARN's as long as there is one.
            var changed = property.Name == nameof(JournalEntry.Account) ? entry with { TaskArn = null } : entry with { };
            var before = ValuesOf(Journal.SessionOf(changed));
            property.SetValue(changed, AnotherThan(property.GetValue(changed), property.PropertyType));

            Assert.NotEqual(before, ValuesOf(Journal.SessionOf(changed)));
        });
        Assert.Equal(session, ValuesOf(Journal.SessionOf(entry)));
    }

    private protected override SessionLauncher Launcher => new(Cloud, Journal, new KeyGenerator("ssh-keygen"))
    {
        OwnKeys = new OwnKeyReader("ssh-keygen", Folder.WriteScript("ssh-add", $"echo '{PublicKey}'")),
        Starter = base.Launcher.Starter,
    };

    private static object? DefaultOf(PropertyInfo property) =>
        property.PropertyType.IsValueType ? Activator.CreateInstance(property.PropertyType) : null;

    private static object AnotherThan(object? value, Type type) => (value, Nullable.GetUnderlyingType(type) ?? type) switch
    {
        (bool flag, _) => !flag,
        (int number, _) => number + 1,
        (DateTimeOffset time, _) => time.AddHours(1),
        (Enum choice, var of) => Enum.GetValues(of).Cast<object>().First(other => !other.Equals(choice)),
        (ContainerLog log, _) => log with { Group = "/ecs/other" },
        (IngressRule rule, _) => rule with { Port = 2222 },
        (_, var of) when of == typeof(string) => $"{value}x",
        _ => throw new NotSupportedException($"The test knows no other {type}."),
    };

    private static List<object?> ValuesOf(FargateSession session) =>
    [
        .. typeof(FargateSession).GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Where(property => property.Name != nameof(FargateSession.Timing))
            .Select(property => property.GetValue(session)),
    ];
}
