using PowerShellHost;
using System.Globalization;
using System.Text.RegularExpressions;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>The views of objects: in tables, in lists, on terminals of any width, and where colours are wanted or not.</summary>
public sealed class ViewTests
{
    /// <summary>All but the checks, which are the doctor's, and what this module has no view of its own for.</summary>
    private const string MakeEverything =
        """
        $session = New-FargateSession -Wait -MaxLifetime 3600
        $address = $session | Get-FargateTaskAddress
        $tunnel = $session | Start-FargateTunnel -RemoteHost 127.0.0.1 -RemotePort 9 -KeepSession -SkipTargetCheck
        $result = Invoke-FargateCommand -Session $session 'echo printed; exit 3' -PassThru
        $item = $session | Copy-FargateItem $PSCommandPath /tmp/view-copied -KeepSession -PassThru -ErrorAction Stop
        """;

    [Fact]
    public async Task Tables_have_at_most_5_columns_and_lists_tell_everything_but_secrets()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run(
            """
            $session = New-FargateSession -Wait -MaxLifetime 3600
            $address = $session | Get-FargateTaskAddress
            foreach ($item in $session, $address) {
                $item | Out-String -Width 120
                $item | Format-List | Out-String -Width 200
                ($item.PSObject.Properties.Name | Sort-Object) -join ' '
            }
            [IO.File]::ReadAllLines($session.KeyPath)[1]
            $session | Stop-FargateSession
            """);

        Assert.Null(run.TerminatingError);
        var text = run.Output.Select(item => item.ToString()).ToList();
        Assert.Equal(["SessionId", "State", "Created", "Address", "TaskDefinition"], Headers(text[0]));
        Assert.Equal(["Address", "Port", "PrivateAddress", "Interface", "Session"], Headers(text[3]));
        var task = Assert.Single(me.Fargate.Tasks);
        Assert.Matches($@"{task.StartedBy} +READY +\d+ (s|min) ago +127\.[\d.]+ +rails-cli:1", text[0]);
        Assert.Matches(@"CreatedAt +: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d\d:\d\d \(\d+ (s|min) ago\)", text[1]);
        Assert.Matches(@"EndsAt +: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d\d:\d\d \(in 5\d min\)", text[1]);
        Assert.Matches($@"127\.[\d.]+ +{me.Fargate.SshPort} {task.PrivateAddress} +eni-\w+ +{task.StartedBy}", text[3]);
        Assert.Equal(text[2].Split(' ').Where(name => name != "TaskId"), Labels(text[1]));
        Assert.Equal(text[5].Split(' '), Labels(text[4]));
        Assert.All(text[..^1], shown => Assert.DoesNotContain(text[^1], shown, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tables_fit_40_80_and_120_columns_cut_nothing_off_and_have_colours_only_where_they_are_wanted()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run(MakeEverything.Replace("$PSCommandPath", $"'{Checkout.Manifest}'", StringComparison.Ordinal) +
            """

            function Show($Item, $Width) { $Item | Format-Table | Out-String -Width $Width }
            $items = $session, $address, $tunnel, $result, $item
            foreach ($width in 40, 80, 120) { foreach ($item in $items) { Show $item $width } }
            $PSStyle.OutputRendering = 'Ansi'
            foreach ($item in $session, $tunnel, $result) { Show $item 80 }
            $PSStyle.OutputRendering = 'PlainText'
            foreach ($item in $session, $tunnel, $result) { Show $item 80 }
            $session.NetworkInterfaceId, $PSStyle.Foreground.Green, $PSStyle.Formatting.Error
            $session | Stop-FargateSession
            """);

        Assert.Null(run.TerminatingError);
        Assert.Empty(run.Errors);
        var text = run.Output.Select(item => item.ToString()!).ToList();
        var id = Assert.Single(me.Fargate.Tasks).StartedBy!;
        Assert.Equal(24, text.Count);
        Assert.All(text[..15].Concat(text[18..21]), table => Assert.DoesNotContain('\u001b', table));
        AssertFits(text[..5], 40);
        AssertFits(text[5..10], 80);
        AssertFits(text[10..15], 120);
        // From 80 columns on, each has all of its columns and the session's id in one piece.
        Assert.All(text[5..15], table => Assert.Contains(id, table, StringComparison.Ordinal));
        Assert.Contains(text[^3], text[6], StringComparison.Ordinal);
        Assert.All(text[5..10].Zip(text[10..15]), pair => Assert.Equal(Headers(pair.Second), Headers(pair.First)));
        var (green, red) = (text[^2], text[^1]);
        string[] painted = [$"{green}READY\u001b[0m", $"{green}Open\u001b[0m", $"{red}3\u001b[0m"];
        Assert.All(text[15..18].Zip(painted), pair => Assert.Contains(pair.Second, pair.First, StringComparison.Ordinal));
        // With the colours removed the columns are where they are without.
        Assert.Equal(
            text[18..21].Select(AtNoTime),
            text[15..18].Select(table => AtNoTime(Regex.Replace(table, @"\u001b\[[\d;]*m", ""))));
    }

    [Fact]
    public async Task What_containers_print_is_shown_in_tables_that_fit_and_without_control_sequences()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run(
            """
            $session = New-FargateSession -Wait
            $long = 'a text that is longer than a terminal of forty columns is wide'
            $command = Invoke-FargateCommand -Session $session "printf 'red \033[31m $long\n'; sleep 600" -Detach
            do { $seen = $command | Receive-FargateCommand -Keep } until ($seen.Output)
            $log = Get-FargateLog $session | Select-Object -First 1
            foreach ($width in 40, 80, 120) { foreach ($item in $seen, $log) { $item | Format-Table | Out-String -Width $width } }
            foreach ($item in $seen, $log) { $item | Format-List | Out-String -Width 120 }
            $seen.Output[0].Contains("`e[31m")
            $session | Stop-FargateSession
            """);

        Assert.Empty(run.Errors);
        var text = run.Output.Select(item => item.ToString()!).ToList();
        AssertFits(text[..2], 40);
        AssertFits(text[2..4], 80);
        AssertFits(text[4..6], 120);
        Assert.All(text[..8], shown => Assert.DoesNotContain('\u001b', shown));
        Assert.Equal(["SessionId", "State", "ExitCode", "Started", "Output"], Headers(text[2]));
        Assert.Equal(["Time", "ContainerName", "Message"], Headers(text[3]));
        Assert.Equal(["CommandId", "ExitCode", "Output", "SessionId", "StartedAt", "State"], Labels(text[6]));
        Assert.Equal("True", text[8]);
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task Accesses_are_shown_in_tables_that_fit_and_in_lists_with_all_that_a_colleague_needs()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run(
            """
            $session = New-FargateSession -Wait
            $access = Grant-FargateAccess 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO2B7yXIuqGtSggTdE3LoHNsitfkMx8eTATYuLvSP/nU' -Session $session -Name ('anna ' * 9)
            foreach ($width in 40, 80, 120) { $access | Format-Table | Out-String -Width $width }
            $access | Format-List | Out-String -Width 200
            $access.Fingerprint
            $session | Stop-FargateSession
            """);

        Assert.Empty(run.Errors);
        var text = run.Output.Select(item => item.ToString()!).ToList();
        AssertFits(text[..1], 40);
        AssertFits(text[1..2], 80);
        AssertFits(text[2..3], 120);
        Assert.Equal(["SessionId", "Until", "Name", "Fingerprint"], Headers(text[1]));
        Assert.Contains(text[4], text[2], StringComparison.Ordinal);
        Assert.Equal(["Fingerprint", "KnownHosts", "Name", "SessionId", "SshConfig", "Until"], Labels(text[3]));
        Assert.Contains($"    HostKeyAlias {me.Fargate.Tasks[0].Arn.Split('/')[^1]}", text[3], StringComparison.Ordinal);
    }

    /// <summary>Between two polls a second may have passed.</summary>
    private static string AtNoTime(string table) => Regex.Replace(table, @"(now|\d+ \w+ ago) *", "");

    private static void AssertFits(IEnumerable<string> tables, int width) => Assert.All(tables, table =>
    {
        Assert.DoesNotContain('…', table);
        Assert.All(table.Split('\n'), line => Assert.True(
            new StringInfo(line.TrimEnd()).LengthInTextElements <= width, $"wider than {width}: {line}"));
    });

    private static string[] Headers(string table) =>
        table.Trim().Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<string> Labels(string list) => list.Split('\n')
        .Where(line => line.Contains(" : ", StringComparison.Ordinal))
        .Select(line => line.Split(' ')[0])
        .Order(StringComparer.OrdinalIgnoreCase);
}
