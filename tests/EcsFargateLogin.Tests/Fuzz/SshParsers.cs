using System.Text;
using EcsFargateLogin.Routes;
using EcsFargateLogin.Model;
using EcsFargateLogin.Shells;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Tests.Support;
using EcsFargateLogin.Trust;

namespace EcsFargateLogin.Tests.Fuzz;

/// <summary>Parsers of what SSH servers, and OpenSSH's programs, write.</summary>
internal sealed class SshParsers : ParserTable
{
    private const string Tag = "nonce1234";
    private const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKd0p7WWJQLCTqXGkXMSgcP1ehV6BBVLt3CrzNzSwg8r";

    private readonly TemporaryFolder _folder;

    public SshParsers()
    {
        _folder = Own(new TemporaryFolder());
        var key = PublicKey.TryParse(Key)!;
        AddText("a public key", [Key, $"{Key} a comment"], text => [PublicKey.TryParse(text)?.ToString()]);
        AddText("a colleague's public key", [Key, $"{Key} anna@laptop"], GivenKeyOf);
        AddBytes("a public key of the wire", [Convert.FromBase64String(key.Base64)], bytes => [PublicKey.TryParse(bytes)?.ToString()]);
        AddBytes("a private key's file", ["-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n"u8.ToArray()], bytes =>
            [KeyFileProblem.Find("key", bytes)?.Why]);
        AddText(
            "the host key in a log",
            [$"ecs-fargate-login start user=root {Tag}\n{ContainerContract.HostKeyLine}{Key} {Tag}\nServer listening"],
            text => [HostKeyLines.Find(SampleTask.Session(), Tag, [text])?.ToString()]);
        AddBytes("known_hosts", [Encoding.ASCII.GetBytes($"{SampleTask.Id} {Key}\n")], KnownHostsOf);
        AddBytes("a version line", [Encoding.ASCII.GetBytes($"SSH-2.0-OpenSSH_9.2 {ContainerContract.ProofPrefix}{new string('a', 32)}\r\n")], ProofOf);
        AddBytes("a server's key exchange", [ServerSide(key)], ExchangeOf);
        AddBytes(
            "ssh's log",
            ["debug1: Server host key: ssh-ed25519 SHA256:abc\nEntering interactive session\nConnection to h closed by remote host.\nkex: no\n"u8.ToArray()],
            LogOf);
    }

    private FargateSession Session() => new(SampleRecord.Of("fl-abcdefghjk", SampleTask.Arn) with { LogTag = Tag }, _folder.Path);

    private IEnumerable<string?> KnownHostsOf(byte[] bytes)
    {
        var session = Session();
        File.WriteAllBytes(session.KnownHostsPath!, bytes);
        return [KnownHosts.Find(session)?.ToString()];
    }

    private IEnumerable<string?> ProofOf(byte[] bytes)
    {
        var session = Session();
        File.WriteAllText(session.ProofKeyPath!, new string('0', 64));
        var version = new HostKeyExchange(new MemoryStream(bytes)).ReadVersionAsync(CancellationToken.None).GetAwaiter().GetResult() ?? "";
        var hasProof = HostProof.FinderFor(session)(version);
        try
        {
            return [HostProof.ProvenKey(session, new ServerAnswer(version, PublicKey.TryParse(Key)))?.ToString()];
        }
        catch (FargateException e) when (e.Error == FargateError.HostKeyMismatch)
        {
            // A proof of another key, which the valid line has as well.
            return [$"{hasProof}"];
        }
    }

    private static IEnumerable<string?> GivenKeyOf(string text)
    {
        try
        {
            var given = GivenKey.Parse(text, "-PublicKey");
            return [given.Key.ToString(), given.Comment];
        }
        catch (FargateException e) when (e.Error == FargateError.InvalidAccess)
        {
            return [e.Message];
        }
    }

    private static byte[] ServerSide(PublicKey key)
    {
        byte[] kexInit = [20, .. new byte[16], .. Text("curve25519-sha256,ecdh-sha2-nistp256"u8), .. new byte[45]];
        byte[] reply = [31, .. Text(Convert.FromBase64String(key.Base64)), .. Text(new byte[32]), .. Text(new byte[64])];
        return [.. "Welcome\r\nSSH-2.0-OpenSSH_9.2\r\n"u8, .. Packet(kexInit), .. Packet([2, 0, 0, 0, 0]), .. Packet(reply)];

        static byte[] Text(ReadOnlySpan<byte> content) => [0, 0, (byte)(content.Length >> 8), (byte)content.Length, .. content];

        static byte[] Packet(byte[] content) =>
            [0, 0, (byte)((content.Length + 5) >> 8), (byte)(content.Length + 5), 4, .. content, .. new byte[4]];
    }

    private static IEnumerable<string?> ExchangeOf(byte[] bytes)
    {
        HostKeyExchange exchange = new(new Conversation(bytes));
        try
        {
            return exchange.ReadVersionAsync(CancellationToken.None).GetAwaiter().GetResult() is null ? []
                : [exchange.ReadKeyAsync(CancellationToken.None).GetAwaiter().GetResult()?.ToString()];
        }
        catch (IOException)
        {
            // The server has closed the connection.
            return [];
        }
    }

    private IEnumerable<string?> LogOf(byte[] bytes)
    {
        var path = _folder["ssh.log"];
        File.WriteAllBytes(path, bytes);
        var (_, messages) = SshLog.ReadEnd(path, SshProcess.ConnectionFailed, options: []);
        _ = (SshLog.EndOf(messages), messages.Any(SshLog.IsClosingWord));
        var behindProxy = SampleTask.Session();
        behindProxy.Proxy = SshProxy.ThroughJumpHost("ssh", "bastion");
        FargateException?[] errors =
        [
            LostConnection.FindOtherServer(SampleTask.Session(), [.. messages]),
            LostConnection.FindOtherServer(behindProxy, [.. messages]),
            SshLog.Complaint(messages) is { } complaint ? LoginErrors.SshFailed(SampleTask.Session(), complaint) : null,
        ];
        return errors.Select(error => error?.Message);
    }
}
