using System.Globalization;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Container;

/// <summary>The command of the contract that adds further keys and takes them away, with a real sshd.</summary>
public sealed class ContainerAccessTests
{
    private const string Access = "ecs-fargate-login-access";

    /// <summary>The time zones of the images: read in local time, a time in UTC is 14 hours ago, or 12 hours later.</summary>
    private const string East = "Etc/GMT-14";
    private const string West = "Etc/GMT+12";

    private static string Later => Time(DateTimeOffset.UtcNow.AddHours(1));

    [Theory]
    [InlineData(ImageKind.Debian, 0, null, East)]
    [InlineData(ImageKind.Debian, 0, "app", West)]
    [InlineData(ImageKind.Bash, 0, "app", East)]
    [InlineData(ImageKind.BusyBox, 0, null, West)]
    [InlineData(ImageKind.BusyBox, 0, "app", East)]
    [InlineData(ImageKind.BusyBox, 1000, null, East)]
    public async Task A_key_logs_in_from_when_it_is_added_until_its_time_in_UTC(ImageKind kind, int userId, string? user, string zone)
    {
        await using var container = await SshContainer.StartAsync(Options(kind, userId, user, zone));

        await AssertTimesAsync(container, user ?? (userId == 0 ? "root" : "app"), zone == West ? "none -1200" : "FIVE-5 +0500");
    }

    [Debian13Fact]
    public async Task So_it_does_with_OpenSSH_10()
    {
        await using var west = await SshContainer.StartAsync(Options(ImageKind.Debian13, 0, "app", West));
        await using var east = await SshContainer.StartAsync(Options(ImageKind.Debian13, 0, null, East));

        await AssertTimesAsync(west, "app", "none -1200");
        await AssertTimesAsync(east, "root", "FIVE-5 +0500");
    }

    [Theory]
    [InlineData(ImageKind.Debian)]
    [InlineData(ImageKind.Bash)]
    [InlineData(ImageKind.BusyBox)]
    public async Task Many_at_once_lose_no_key_and_leave_none(ImageKind kind)
    {
        await using var container = await SshContainer.StartAsync(Options(kind, 0, null, null));
        const string Change = "change() { printf '%s\\n' \"$1\" \"$2\" | SSH_ORIGINAL_COMMAND=" + Access + " /bin/sh \"$script\" || echo failed; }";

        var result = await container.SshAsync(
            $$"""
            script=$(echo /run/ecs-fargate-login.*/login.sh)
            {{Change}}
            for i in 0 1 2 3 4 5 6 7 8 9 a b c d e f 10 11 12 13; do change $i "line-$i" & done
            wait
            sort "${script%/*}/login/access/authorized_keys" | tr '\n' ' '
            for i in 0 1 2 3 4 5 6 7 8 9; do change $i "" & change 2$i "line-2$i" & done
            wait
            sort "${script%/*}/login/access/authorized_keys" | tr '\n' ' '
            """);

        string[] first = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "e", "f", "10", "11", "12", "13"];
        string[] then = [.. first[10..], .. first[..10].Select(id => $"2{id}")];
        string[] lines = [.. first.Select(id => $"line-{id}").Order(StringComparer.Ordinal), .. then.Select(id => $"line-{id}").Order(StringComparer.Ordinal)];
        Assert.Equal(($"{string.Join(' ', lines)} ", ""), (result.Output, result.Error));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("00\nssh-ed25519 cut-off")]
    [InlineData("../../x\nline\n")]
    [InlineData("0g\nline\n")]
    [InlineData("\nline\n")]
    public async Task Input_that_is_cut_off_or_no_id_changes_nothing(string input)
    {
        await using var container = await SshContainer.StartAsync(Options(ImageKind.Debian, 0, null, null));

        var result = await ChangeAsync(container, "root", input);
        var files = await container.SshAsync("find /run/ecs-fargate-login.*/login/access -type f");

        Assert.Equal((1, ""), (result.ExitCode, files.Output));
    }

    [Fact]
    public async Task A_key_gets_no_more_than_a_login_of_its_user()
    {
        await using var container = await SshContainer.StartAsync(Options(ImageKind.Debian, 0, "app", null));
        Assert.Equal(0, (await ChangeAsync(container, "app", $"00\nrestrict,pty,port-forwarding {await MakeAsync(container)}")).ExitCode);
        await container.SshAsync("mkdir -p ~/.ssh; echo 'echo rc-was-run' >~/.ssh/rc", "app");
        container.KeyPath = container.FilePath("other");

        var allowed = await container.SshAsync("id -un; echo \"<$SSH_AUTH_SOCK$DISPLAY>\"", "app", "-A", "-Y");
        var remote = await container.SshAsync("echo in", "app", "-o", "ExitOnForwardFailure=yes", "-R", "127.0.0.1:0:127.0.0.1:9");
        await using var local = container.StartSsh("-W", $"{container.Address}:22", $"app@{container.Address}");
        await using var terminal = container.StartSsh("-tt", $"app@{container.Address}", "tty");

        Assert.Equal("app\n<>\n", allowed.Output);
        Assert.Contains("remote port forwarding failed", remote.Error, StringComparison.Ordinal);
        Assert.Contains("Permission denied", (await container.SshAsync("id", "root")).Error, StringComparison.Ordinal);
        Assert.Contains("/dev/pts/", (await terminal.EndAsync()).Output, StringComparison.Ordinal);
        await SshContainer.UntilAsync(() => local.Output.Length > 0);
    }

    [Fact]
    public async Task Other_users_add_no_keys_and_links_of_the_session_s_user_lead_nowhere()
    {
        await using var container = await SshContainer.StartAsync(Options(ImageKind.Debian, 0, "app", null) with
        {
            Setup = $": >/tmp/seen; chmod 666 /tmp/seen\n{{ {SshContainer.As(1001, """
                while :; do
                    for folder in /run/ecs-fargate-login.*/login; do
                        (cd $folder/access && echo entered; echo line >$folder/access/authorized_keys && echo written)
                        printf '%s\n' 00 line | SSH_ORIGINAL_COMMAND=ecs-fargate-login-access sh ${folder%/*}/login.sh
                    done
                done >>/tmp/seen 2>/dev/null
                """)}; }} >/dev/null 2>&1 &",
        });
        await MakeAsync(container);
        var own = container.KeyPath;
        const string Folder = "cd /run/ecs-fargate-login.*/login/access && rm -f authorized_keys";

        var linked = await container.SshAsync($"{Folder} && cat /tmp/seen && ls && ln -s /etc/shadow authorized_keys", "app");
        container.KeyPath = container.FilePath("other");
        var other = await container.SshAsync("id", "app");
        container.KeyPath = own;
        var piped = await container.SshAsync($"{Folder} && mkfifo authorized_keys && stat -c '%U %a' /etc/shadow", "app");
        container.KeyPath = container.FilePath("other");
        var another = await container.SshAsync("id", "app");

        Assert.Equal((0, ""), (linked.ExitCode, linked.Output));
        Assert.Equal("root 640\n", piped.Output);
        Assert.All([other, another], result => Assert.Contains("Permission denied", result.Error, StringComparison.Ordinal));
        container.KeyPath = own;
        Assert.Equal("in\n", (await container.SshAsync("echo in", "app")).Output);
    }

    /// <summary>Adds a key for an hour, in which it logs in, and then for a moment.</summary>
    private static async Task AssertTimesAsync(SshContainer container, string user, string zone)
    {
        var key = await MakeAsync(container);
        var own = container.KeyPath;
        Assert.Contains("Permission denied", (await OtherAsync()).Error, StringComparison.Ordinal);
        Assert.Equal(0, (await ChangeAsync(container, user, $"0a\nrestrict,pty,expiry-time=\"{Later}\" {key}")).ExitCode);

        var login = await OtherAsync();
        var until = DateTimeOffset.UtcNow.AddSeconds(2);
        Assert.Equal(0, (await ChangeAsync(container, user, $"0a\nrestrict,pty,expiry-time=\"{Time(until)}\" {key}")).ExitCode);
        await SshContainer.UntilAsync(() => OtherAsync().GetAwaiter().GetResult().ExitCode == 255);

        Assert.Equal($"{zone}\n", login.Output);
        Assert.True(DateTimeOffset.UtcNow > until.AddSeconds(-1));
        Assert.Equal(0, (await ChangeAsync(container, user, $"0a\n{key}")).ExitCode);
        Assert.Equal(0, (await OtherAsync()).ExitCode);
        Assert.Equal(0, (await ChangeAsync(container, user, "0a\n\n")).ExitCode);
        Assert.Contains("Permission denied", (await OtherAsync()).Error, StringComparison.Ordinal);

        async Task<ProcessResult> OtherAsync()
        {
            container.KeyPath = container.FilePath("other");
            try
            {
                return await container.SshAsync("echo \"${TZ-none} $(date +%z)\"", user);
            }
            finally
            {
                container.KeyPath = own;
            }
        }
    }

    private static Task<ProcessResult> ChangeAsync(SshContainer container, string user, string input) =>
        ProcessRun.CompleteAsync("ssh", [.. container.ClientOptions, $"{user}@{container.Address}", Access], input);

    private static Task<string> MakeAsync(SshContainer container) => SshContainer.MakeKeyAsync(container.FilePath("other"));

    private static string Time(DateTimeOffset time) => time.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);

    /// <summary>A container that is kept, with that time zone as the image's own; and, if that is the eastern one, with a TZ of its own.</summary>
    private static ContainerOptions Options(ImageKind kind, int userId, string? user, string? zone)
    {
        Dictionary<string, string> variables = new() { ["_KEEP_SESSION"] = "yes" };
        if (zone == East)
        {
            variables["TZ"] = "FIVE-5";
        }

        if (user is not null)
        {
            variables["_SSH_USER"] = user;
        }

        var octal = zone is null ? "" : string.Concat(
            File.ReadAllBytes($"/usr/share/zoneinfo/{zone}").Select(value => $"\\{Convert.ToString(value, 8).PadLeft(3, '0')}"));
        return new ContainerOptions
        {
            Kind = kind,
            UserId = userId,
            Variables = variables,
            // A container that does not run as root has what its image has.
            Setup = zone is null || userId != 0 ? "" : $"printf '{octal}' >/etc/localtime",
        };
    }
}
