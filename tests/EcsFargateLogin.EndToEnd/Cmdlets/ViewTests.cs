namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>How sessions and addresses look.</summary>
public sealed class ViewTests
{
    [Fact]
    public async Task Tables_have_at_most_5_columns_and_lists_tell_everything_but_secrets()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run(
            """
            $session = New-FargateSession -Wait
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
        Assert.Equal(["SessionId", "Status", "TaskDefinition", "Address", "Age"], Headers(text[0]));
        Assert.Equal(["Address", "Port", "PrivateAddress", "Interface", "Session"], Headers(text[3]));
        var task = Assert.Single(me.Fargate.Tasks);
        Assert.Matches($@"{task.StartedBy} +RUNNING +rails-cli:1 +127\.[\d.]+ +00:00:\d\d", text[0]);
        Assert.Matches($@"127\.[\d.]+ +{me.Fargate.SshPort} {task.PrivateAddress} +eni-\w+ {task.StartedBy}", text[3]);
        Assert.Equal(text[2].Split(' ').Where(name => name != "TaskId"), Labels(text[1]));
        Assert.Equal(text[5].Split(' '), Labels(text[4]));
        Assert.All(text[..^1], shown => Assert.DoesNotContain(text[^1], shown, StringComparison.Ordinal));
    }

    private static string[] Headers(string table) =>
        table.Trim().Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<string> Labels(string list) => list.Split('\n')
        .Where(line => line.Contains(" : ", StringComparison.Ordinal))
        .Select(line => line.Split(' ')[0])
        .Order(StringComparer.OrdinalIgnoreCase);
}
