using System.Collections;
using EcsFargateLogin.Aws.Profiles;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Completion;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Lifecycle.Closing;
using EcsFargateLogin.Model;
using EcsFargateLogin.SessionManager;
using EcsFargateLogin.Setup;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Tests.Support;
using EcsFargateLogin.Transfers;
using EcsFargateLogin.Trust;

namespace EcsFargateLogin.Tests.Fuzz;

/// <summary>Parsers of one word or line: names, addresses, sizes, URLs, reasons.</summary>
internal sealed class WordParsers : ParserTable
{
    public WordParsers()
    {
        AddText("the URL of a WebSocket", ["wss://ssmmessages.eu-central-1.amazonaws.com/v1/data-channel/a?role=b&X-Amz-Date=1"], text =>
            [StreamUrl.Parse(text) is { } url ? $"{url} {StreamUrl.IsPresigned(url)}" : null]);
        AddText("the answer to a refused WebSocket", ["""{"ErrorCode":"Denied","Message":"no"}""", "<html>"], text =>
            [new UpgradeRefusedException(403, text, null).ToError(new Uri("wss://h/"), "ssm:x", DateTimeOffset.UnixEpoch).Message]);
        AddText("this machine's address", ["192.0.2.1", "192.0.2.1/32", "2001:db8::1/128"], text => [MyAddress.ToCidr(text)]);
        AddText("an address that a key is for", ["192.0.2.0/24", "2001:db8::1"], text => AuthorizedKey.CheckAddresses([text]));
        AddText("an image", ["ghcr.io/a/ubuntu-c:1.2@sha256:" + new string('a', 64), "localhost:5000/x_y:1-alpine", "debian"], text =>
            ImageReference.TryParse(text) is { } image ? [image.LoginName, $"{DistributionNames.Of(image)}"] : []);
        AddText("a task's size", ["0.25", "1024", "4GB", "4294967296", "1 vCPU"], text =>
            [.. Enum.GetValues<TaskSizeValue>().Select(value => $"{TaskSizeRule.Of(value).Parse(text)}")]);
        AddText("an ARN", [SampleTask.Arn, "arn:aws:ecs:eu-central-1:123456789012:service/dev/web"], text =>
        {
            string?[] parts = [TaskArn.RegionOf(text), TaskArn.AccountOf(text), TaskArn.ClusterOf(text), TaskArn.ClusterOfService(text)];
            return [$"{SessionIds.IsValid(TaskArn.IdOf(text))} {parts.Length}"];
        });
        AddText("why a task stopped", ["CannotPullContainerError: pull access denied\nbash: not found", "insufficient free addresses"], text =>
        {
            var task = SampleTask.Of("STOPPED") with { StoppedReason = text, Containers = [new() { Name = "cli", Reason = text }] };
            return [StopCauses.NextStepFor(task, text.Split('\n')), $"{TransientFailures.Matches(task)}"];
        });
        AddText("an option of ssh", ["ServerAliveInterval=5", "Compression yes"], text => Checked($"{SshOption.Parse(text)}"));
        AddText("a jump host", ["ops@bastion.example.com:2222", "[2001:db8::1]:22"], text =>
            Checked(SshProxy.ThroughJumpHost("ssh", text).QuietCommand));
        AddText("a word that is being typed", ["'it''s", "\"a", "pr*d", "[a-"], text =>
        {
            TypedWord word = new(text);
            return word.Fits(new Candidate("prod")) ? [word.CompleteTo(new Candidate("prod") { Description = text }).ToolTip] : [];
        });
        AddText("a tag", ["team=ops"], text => Checked(string.Join(' ', SessionTags.Of(text, new Hashtable { [text] = text }).Values)));
        AddText("a command line", ["/bin/get 'a b' \"c\\\"d\" e\\ f", @"C:\x\get.exe ""a\\"" b"], text =>
            [$"{CommandWords.SplitPosix(text)?.Count} {CommandWords.SplitWindows(text)?.Count}"]);
        AddText("a path of a container", ["/var/log/app", "~/x/../y", "a//b/"], text =>
            [$"{RemotePath.NameOf(text).Length} {RemotePath.FolderOf(text).Length} {RemotePath.FromUser(text).Length}"]);
        AddText("text for a terminal", ["a\tb\r\nc", "é‮"], text => [TerminalText.Clean(text), TerminalText.OneLine(text)]);
        AddBytes("lines of output", ["one\ntwo\r\nthree"u8.ToArray()], bytes =>
        {
            LineReader reader = new();
            return [$"{reader.Read(bytes).Concat(reader.ReadRest()).Sum(line => line.Length)}"];
        });
    }

    /// <summary>What these accept holds no control character, because it becomes part of a command or a tag.</summary>
    private static string[] Checked(string accepted) =>
        accepted.Any(char.IsControl) ? throw new InvalidOperationException("A control character was accepted.") : [];
}
