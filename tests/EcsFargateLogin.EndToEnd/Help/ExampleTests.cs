using System.Text.Json;
using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Help;

/// <summary>The examples of Get-Help, typed as they stand there.</summary>
public sealed class ExampleTests
{
    /// <summary>How many read at the same time, each with an account and a journal of their own: examples mostly wait.</summary>
    private const int Readers = 3;

    /// <summary>Examples that cannot be run here, by cmdlet and title, and why.</summary>
    private static readonly Dictionary<string, string> NotRun = new()
    {
        ["New-FargateSession: Reach a task in a private subnet through a bastion"] =
            "There is no bastion.example.com to log in to; JumpHostTests has a bastion of its own.",
    };

    /// <summary>
    /// What stands in the examples for things of the reader's own, and what it is here. Region, cluster and task definition
    /// are called as in the examples.
    /// </summary>
    private static Dictionary<string, string> Words(Operator me) => new()
    {
        ["subnet-1"] = me.Fargate.Subnets[0],
        ["subnet-2"] = me.Fargate.Subnets[1],
        ["sg-1"] = me.Fargate.SecurityGroups[0],
        ["db.internal"] = "127.0.0.1",
        ["cache.internal"] = "127.0.0.1",
        // Any free port: others may run these tests at the same time.
        [" -LocalPort 1080"] = "",
    };

    [Fact]
    public async Task Every_example_runs_without_an_error_and_the_session_it_starts_can_be_stopped()
    {
        var examples = (await Task.WhenAll(Enumerable.Range(0, Readers).Select(ReadAsync))).SelectMany(read => read).ToList();

        Assert.Equal(NotRun.Keys.Order(), examples.Where(example => !example.WasRun).Select(example => example.Name).Order());
        Assert.All(examples, example => Assert.True(example.Errors.Length == 0, $"{example.Name}\n{string.Join('\n', example.Errors)}"));
    }

    /// <summary>Runs a reader's share of the examples, and asserts that it leaves nothing.</summary>
    private static async Task<RunExample[]> ReadAsync(int reader)
    {
        await using var me = await Operator.StartAsync(
            new LocalFargateOptions { Region = "eu-central-1", Clusters = ["prod", "default"] });
        var examples = await RunAllAsync(me, reader);
        Assert.NotEmpty(me.Fargate.Tasks);
        await Eventually.BecomesAsync(() => me.Fargate.Tasks.All(task => !task.IsAlive), () => string.Join(", ", me.Fargate.Tasks));
        Assert.Empty(me.SessionFiles());
        return examples;
    }

    private static async Task<RunExample[]> RunAllAsync(Operator me, int reader)
    {
        var report = Path.Combine(me.StateHome, "examples.json");
        var words = Path.Combine(me.StateHome, "words.json");
        await File.WriteAllTextAsync(words, JsonSerializer.Serialize(Words(me)));
        var notRun = Path.Combine(me.StateHome, "not-run.json");
        await File.WriteAllTextAsync(notRun, JsonSerializer.Serialize(NotRun.Keys));
        await File.WriteAllTextAsync(
            Path.Combine(me.StateHome, "sessions.csv"),
            $"""
            TaskDefinition,Cluster,Subnet,SecurityGroup
            rails-cli,prod,"{string.Join(',', me.Fargate.Subnets.Take(2))}",{me.Fargate.SecurityGroups[0]}
            """);
        var start = me.Process(Script(reader, report, words, notRun));
        start.WorkingDirectory = me.StateHome;
        start.Environment["AWS_REGION"] = me.Fargate.Region;
        start.Environment["AWS_ENDPOINT_URL"] = me.Fargate.EndpointUrl;
        start.Environment["XDG_CONFIG_HOME"] = Path.Combine(me.StateHome, "config");
        var run = await EngineProcess.RunAsync(start, "");
        Assert.True(File.Exists(report), run.Output + run.Error);
        return JsonSerializer.Deserialize<RunExample[]>(await File.ReadAllTextAsync(report))!;
    }

    /// <summary>The examples of one cmdlet are run one after the other, as its reader would: later ones use earlier ones' variables.</summary>
    private static string Script(int reader, string report, string words, string notRun) => $$"""
        # Examples say for themselves what is started, and where. The account is the environment's.
        $PSDefaultParameterValues = @{ 'New-FargateSession:Port' = $PSDefaultParameterValues['New-FargateSession:Port'] }
        $words = Get-Content '{{words}}' | ConvertFrom-Json -AsHashtable
        $notRun = @(Get-Content '{{notRun}}' | ConvertFrom-Json)
        # Programs of others, which show what they were asked for.
        function psql { "psql $args" }
        function curl { "curl $args" }

        function Invoke-Example($name, $code) {
            foreach ($word in $words.Keys) { $code = $code.Replace($word, $words[$word]) }
            $Error.Clear()
            try { . ([scriptblock]::Create($code)) | Out-Default } catch { }
            @{ Name = $name; WasRun = $true; Errors = @($Error | ForEach-Object { "$($_.FullyQualifiedErrorId): $_" }) }
        }

        $commands = @(Get-Command -Module EcsFargateLogin | Sort-Object Name)
        $seen = for ($i = {{reader}}; $i -lt $commands.Count; $i += {{Readers}}) {
            $command = $commands[$i]
            & {
                foreach ($example in (Get-Help $command.Name).examples.example) {
                    $name = "$($command.Name): $($example.title -replace '^-+ Example \d+: | -+$')"
                    if ($notRun -contains $name) { @{ Name = $name; WasRun = $false; Errors = @() } }
                    else { . Invoke-Example $name $example.code }
                }
            }
            # A preset of one cmdlet's examples is not for the next one's.
            Remove-Item "$env:XDG_CONFIG_HOME/EcsFargateLogin", ./.fargatelogin.json -Recurse -ErrorAction Ignore
            Get-FargateTunnel | Stop-FargateTunnel
            Get-FargateSession -Mine | Stop-FargateSession
        }
        ConvertTo-Json -InputObject @($seen) -Depth 4 | Set-Content '{{report}}'
        """;

    private sealed record RunExample(string Name, bool WasRun, string[] Errors);
}
