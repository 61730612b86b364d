using System.Text;
using System.Text.RegularExpressions;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Model;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Tests.Support;
using EcsFargateLogin.Trust;

namespace EcsFargateLogin.Tests.Trust;

/// <summary>The proof in a server's version line: what start-sshd.sh computes, and what the module accepts.</summary>
public sealed class HostProofTests : SessionTest
{
    private const string Tag = "for SHA256:mine nonce=0a";

    private static readonly PublicKey Key =
        PublicKey.TryParse("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO2B7yXIuqGtSggTdE3LoHNsitfkMx8eTATYuLvSP/nU")!;

    private static readonly PublicKey OtherKey =
        PublicKey.TryParse("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEXy/kTKmUnlv8VwYbbwUgwKmvZEEqJwuX9b3H63F3Yv")!;

    /// <summary>Those of RFC 4231 with a key of a block or less; of the last, it has the first half alone.</summary>
    public static TheoryData<string, string, string, string> Vectors()
    {
        (string Key, string Text, string Hmac)[] vectors =
        [
            (Repeat("0b", 20), Hex("Hi There"), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (Hex("Jefe"), Hex("what do ya want for nothing?"), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
            (Repeat("aa", 20), Repeat("dd", 50), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
            ("0102030405060708090a0b0c0d0e0f10111213141516171819", Repeat("cd", 50),
                "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
            (Repeat("0c", 20), Hex("Test With Truncation"), "a3b6167473100ee06e0c796c2955552b"),
        ];
        TheoryData<string, string, string, string> data = [];
        foreach (var shell in new[] { "dash", "bash", "busybox" })
        {
            foreach (var (key, text, hmac) in vectors)
            {
                data.Add(shell, key, text, hmac);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public async Task The_script_computes_HMAC_SHA256_as_RFC_4231_has_it(string shell, string key, string text, string hmac)
    {
        var run = await RunAsync(shell, $"hmac_sha256 {key}", Convert.FromHexString(text));

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Matches($"^{hmac}[0-9a-f]{{{64 - hmac.Length}}}\n$", run.Output);
    }

    [Theory]
    [InlineData("dash")]
    [InlineData("bash")]
    [InlineData("busybox")]
    public async Task The_script_proves_what_the_module_verifies(string shell)
    {
        var session = Session();
        var secret = Proofs.WriteKey(session);
        var config = Folder["sshd_config"];

        var run = await RunAsync(shell, $"""
            say() {"{"} echo "$*"; {"}"}
            folder={Folder.Path} proof_key={Convert.ToHexString(secret)}
            prove "{ContainerContract.ProvenTextOf(Key, Tag)}"
            """, []);

        Assert.Equal((0, "", ""), run);
        var addendum = Regex.Match(await File.ReadAllTextAsync(config), "^VersionAddendum (.*)\n$").Groups[1].Value;
        Assert.Equal(Key, HostProof.ProvenKey(session, new ServerAnswer($"SSH-2.0-OpenSSH_9.2p1 Debian-2 {addendum}", Key)));
        Assert.True($"OpenSSH_10.0p2 Ubuntu-5ubuntu13.14 {addendum}".Length <= 100, addendum);
    }

    [Fact]
    public async Task Without_sha256sum_the_script_says_so_and_proves_nothing()
    {
        var run = await RunAsync("dash", $"""
            PATH={Folder.Path}; say() {"{"} echo "$*"; {"}"}; folder={Folder.Path} proof_key={new string('0', 64)}
            prove text
            """, []);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("takes sha256sum in the image", run.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(Folder["sshd_config"]));
    }

    [Fact]
    public void A_proof_of_another_session_or_of_another_key_never_fits()
    {
        var session = Session();
        var secret = Proofs.WriteKey(session);
        var fitting = Proofs.VersionFor(secret, Key, Tag);
        Assert.Equal(Key, HostProof.ProvenKey(session, new ServerAnswer(fitting, Key)));

        // The real line passed on by a server with another key; the key and the line of another session; an earlier start of this one
        // with another nonce; a secret that was guessed; and a line that was changed by one bit.
        ServerAnswer[] wrong =
        [
            new(fitting, OtherKey),
            new(Proofs.VersionFor(new byte[32], Key, Tag), Key),
            new(Proofs.VersionFor(secret, Key, "for SHA256:mine nonce=0b"), Key),
            new(Proofs.VersionFor(secret, OtherKey, Tag), Key),
            new(fitting[..^1] + (fitting[^1] == '0' ? '1' : '0'), Key),
        ];

        Assert.All(wrong, answer => Assert.Equal(
            FargateError.HostKeyMismatch, Assert.Throws<FargateException>(() => HostProof.ProvenKey(session, answer)).Error));
    }

    [Fact]
    public void An_image_that_lets_other_keys_log_in_as_well_proves_its_own()
    {
        var session = Session();

        var version = Proofs.VersionFor(Proofs.WriteKey(session), Key, "for SHA256:other nonce=0a");

        Assert.Equal(Key, HostProof.ProvenKey(session, new ServerAnswer(version, Key)));
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2p1 Debian-2")]
    [InlineData("SSH-2.0-OpenSSH_9.2p1 ecs-fargate-login proof=")]
    [InlineData("SSH-2.0-OpenSSH_9.2p1 ecs-fargate-login proof=0123456789abcdef0123456789abcde")]
    [InlineData("SSH-2.0-OpenSSH_9.2p1 ecs-fargate-login proof=0123456789abcdef0123456789abcdef0")]
    [InlineData("SSH-2.0-OpenSSH_9.2p1 ecs-fargate-login proof=0123456789abcdef0123456789abcdeg")]
    public void What_is_no_proof_leaves_the_word_to_the_log(string version)
    {
        var session = Session();
        Proofs.WriteKey(session);

        Assert.False(HostProof.FinderFor(session)(version));
        Assert.Null(HostProof.ProvenKey(session, new ServerAnswer(version, Key)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("000000000000000000000000000000000000000000000000000000000000000g")]
    [InlineData("00000000000000000000000000000000000000000000000000000000000000000")]
    public void A_session_without_a_secret_leaves_the_word_to_the_log(string? secret)
    {
        var session = Session();
        if (secret is not null)
        {
            File.WriteAllText(session.ProofKeyPath!, secret);
        }

        var version = Proofs.VersionFor(new byte[32], Key, Tag);

        Assert.False(HostProof.FinderFor(session)(version));
        Assert.Null(HostProof.ProvenKey(session, new ServerAnswer(version, Key)));
    }

    private FargateSession Session()
    {
        SessionJournal journal = new(Folder["sessions"]);
        return journal.SessionOf(SampleRecord.Of(journal.Open(), SampleTask.Arn) with { LogTag = Tag });
    }

    /// <summary>Runs shell lines with the script's own functions before them.</summary>
    private static Task<(int ExitCode, string Output, string Errors)> RunAsync(string shell, string lines, byte[] input)
    {
        var script = File.ReadAllText(Path.Combine(ModuleFolder.Root(), "module", "container", "start-sshd.sh"));
        string[] names = ["escape_bytes", "hmac_sha256", "prove"];
        var functions = string.Concat(names.Select(
            name => Regex.Match(script, $@"^{name}\(\) \{{\n.*?^\}}\n", RegexOptions.Multiline | RegexOptions.Singleline).Value));
        string[] words = ["-c", $"set -u\n{functions}{lines}\n"];
        return RunningProgram.RunWithInputAsync(shell, shell == "busybox" ? ["ash", .. words] : words, input);
    }

    private static string Hex(string text) => Convert.ToHexString(Encoding.ASCII.GetBytes(text));

    private static string Repeat(string hex, int times) => string.Concat(Enumerable.Repeat(hex, times));
}

/// <summary>Secrets of sessions, and version lines with proofs by them.</summary>
internal static class Proofs
{
    /// <summary>Gives a session a secret.</summary>
    public static byte[] WriteKey(FargateSession session)
    {
        var key = ContainerContract.CreateProofKey();
        File.WriteAllText(session.ProofKeyPath!, key);
        return Convert.FromHexString(key);
    }

    public static string VersionFor(byte[] secret, PublicKey key, string tag) =>
        $"SSH-2.0-x ecs-fargate-login proof={Convert.ToHexStringLower(HostProof.Compute(secret, key, tag))}";
}
