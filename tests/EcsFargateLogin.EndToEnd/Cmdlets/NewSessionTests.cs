using System.Text.Json;
using LocalFargate;
using LocalFargate.Faults;
using LocalFargate.Tasks;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>New-FargateSession: what it returns, writes down and asks first.</summary>
public sealed class NewSessionTests
{
    [Fact]
    public async Task A_session_is_returned_before_its_task_runs()
    {
        await using var me = await Operator.StartAsync(
            new LocalFargateOptions { Timeline = new Timeline { Provisioning = TimeSpan.FromMinutes(5) } });

        var run = me.Run("New-FargateSession");

        Assert.Empty(run.Errors);
        var session = Assert.Single(run.Output);
        var task = Assert.Single(me.Fargate.Tasks);
        Assert.Equal("EcsFargateLogin.FargateSession", session.BaseObject.GetType().FullName);
        Assert.Matches("^fl-[a-z2-9]{10}$", session.Text("SessionId"));
        Assert.Equal(session.Text("SessionId"), session.ToString());
        Assert.Equal(task.Arn, session.Text("TaskArn"));
        Assert.Equal(task.Arn.Split('/')[^1], session.Text("TaskId"));
        Assert.Equal("PROVISIONING", session.Text("Status"));
        Assert.Equal(("local", "us-east-1"), (session.Text("Cluster"), session.Text("Region")));
        Assert.Equal(("cli", "root"), (session.Text("ContainerName"), session.Text("UserName")));
        Assert.Equal(me.Fargate.SshPort, session.Get("Port"));
        Assert.Empty(me.Calls("DescribeTasks"));
        me.Run("$args[0] | Stop-FargateSession", session);
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task With_Wait_a_session_is_returned_when_its_server_answers()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run("New-FargateSession -Wait");

        Assert.Empty(run.Errors);
        var session = Assert.Single(run.Output);
        Assert.Equal("RUNNING", session.Text("Status"));
        Assert.Equal(Assert.Single(me.Fargate.Tasks).PublicAddress, session.Text("PublicAddress"));
        Assert.Matches("^SSH-2.0-", await BannerOfAsync(session.Text("PublicAddress"), me.Fargate.SshPort));
        Assert.Contains(run.Progress, record => record.StatusDescription.Contains("s since RunTask", StringComparison.Ordinal));
        Assert.Equal("Completed", run.Progress[^1].RecordType.ToString());
        me.Run("$args[0] | Stop-FargateSession", session);
    }

    /// <summary>A table cannot leave a column out for one row. What $PSDefaultParameterValues holds counts as typed.</summary>
    private const string Row =
        """
        $row = @{}
        foreach ($name in 'TaskDefinition', 'Cluster', 'Subnet', 'SecurityGroup', 'Port') {
            $row[$name] = $PSDefaultParameterValues["New-FargateSession:$name"]
            $PSDefaultParameterValues.Remove("New-FargateSession:$name")
        }

        """;

    [Fact]
    public async Task A_blank_cell_of_any_column_stands_for_the_parameters_default()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run(
            $$"""
            {{Row}}
            $columns = (Get-Command New-FargateSession).Parameters.Values | Where-Object {
                $_.Attributes.Where({ $_ -is [Parameter] -and $_.ValueFromPipelineByPropertyName }) -and
                $_.Name -notin 'TaskDefinition', 'Subnet'
            }
            foreach ($column in $columns.Name) {
                foreach ($blank in '', '  ', $null, [DBNull]::Value, @(), @('')) {
                    $cells = $row.Clone()
                    $cells[$column] = $blank
                    [pscustomobject]$cells | New-FargateSession -WhatIf -ErrorVariable failed -ErrorAction SilentlyContinue
                    if ($failed) { "$column [$blank]: $failed" }
                }
            }
            "$($columns.Count -ge 18)"
            foreach ($column in 'TaskDefinition', 'Subnet') {
                $cells = $row.Clone()
                $cells[$column] = ''
                [pscustomobject]$cells | New-FargateSession -WhatIf -ErrorVariable failed -ErrorAction SilentlyContinue
                "$($failed.FullyQualifiedErrorId)"
            }
            """);

        const string Missing = "MissingMandatoryParameter,EcsFargateLogin.Cmdlets.NewFargateSessionCommand";
        Assert.Equal(["True", Missing, Missing], run.Output.Select(line => line.ToString()));
        Assert.Empty(run.Errors);
        me.HasStartedNothing();
    }

    [Fact]
    public async Task A_row_with_blank_cells_asks_for_what_a_row_without_the_columns_does()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run(
            $$"""
            {{Row}}
            $full = $row + @{ Reason = 'INC-1'; StartTimeout = 99; UserName = 'games'; CapacityProvider = 'FARGATE_SPOT' }
            $blank = $row.Clone()
            $full.Keys | Where-Object { $_ -notin $row.Keys } | ForEach-Object { $blank[$_] = '' }
            $full, $blank, $row | ForEach-Object { [pscustomobject]$_ } | New-FargateSession | Stop-FargateSession
            """);

        Assert.Empty(run.Errors);
        var asked = me.Calls("RunTask").Select(call => call.Parameters).ToArray();
        Assert.Equal("FARGATE_SPOT", (string?)asked[0]["capacityProviderStrategy"]?[0]?["capacityProvider"]);
        Assert.Equal(asked[2].Select(parameter => parameter.Key).Order(), asked[1].Select(parameter => parameter.Key).Order());
        Assert.All(
            asked[1].Where(parameter => parameter.Key is not ("startedBy" or "clientToken" or "overrides" or "tags")),
            parameter => Assert.Equal(asked[2][parameter.Key]?.ToJsonString(), parameter.Value?.ToJsonString()));
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task The_key_and_the_journal_entry_are_there_before_RunTask_arrives_and_are_the_owners_alone()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new ServerError { Operation = "RunTask" });
        var started = me.Start("New-FargateSession");
        await me.ReceivesAsync("RunTask");

        var startedBy = (string)me.Calls("RunTask")[0].Parameters["startedBy"]!;
        var folder = Operator.SharedFolderOf(startedBy);
        var entry = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "session.json"))).RootElement;

        Assert.Equal(startedBy, entry.GetProperty("sessionId").GetString());
        Assert.Equal((string)me.Calls("RunTask")[0].Parameters["clientToken"]!, entry.GetProperty("clientToken").GetString());
        Assert.Equal("local", entry.GetProperty("cluster").GetString());
        Assert.False(entry.TryGetProperty("taskArn", out var taskArn) && taskArn.ValueKind != JsonValueKind.Null);
        AssertOwnersAlone(folder);
        await started.Completion;
        Directory.Delete(folder, recursive: true);
    }

    private static void AssertOwnersAlone(string folder)
    {
        Assert.Equal(Convert.ToInt32("700", 8), (int)File.GetUnixFileMode(folder));
        Assert.Equal(Convert.ToInt32("700", 8), (int)File.GetUnixFileMode(Path.GetDirectoryName(folder)!));
        foreach (var name in (string[])["id_ed25519", "session.json"])
        {
            Assert.Equal(Convert.ToInt32("600", 8), (int)File.GetUnixFileMode(Path.Combine(folder, name)));
        }
    }

    private static async Task<string?> BannerOfAsync(string address, int port)
    {
        using System.Net.Sockets.TcpClient client = new();
        await client.ConnectAsync(address, port);
        using StreamReader reader = new(client.GetStream());
        return await reader.ReadLineAsync().WaitAsync(Eventually.DefaultLimit);
    }
}
