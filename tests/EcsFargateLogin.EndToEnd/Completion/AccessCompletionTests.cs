using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.EndToEnd.SideBySide;
using LocalFargate;

namespace EcsFargateLogin.EndToEnd.Completion;

/// <summary>Completion asks the account that the command would work in.</summary>
public sealed class AccessCompletionTests
{
    [Fact]
    public Task Every_way_to_an_account_is_followed_and_asked_once() => AssertAllAsync(
        [
            "",
            "-AccessKey KEY -SecretKey SECRET",
            "-AK KEY -SK SECRET -Region us-east-1",
            "-Credential $keys",
            "-Credential $others -Region $region",
            "-ProfileName local",
            "-ProfileName file -ProfileLocation ./profiles",
        ],
        parameters => parameters.Length == 0 ? "own" : "stranger",
        // On a busy machine the first answer may be there for a later Tab only.
        "$found = $null; 1..15 | ForEach-Object { if (-not $found) { $found = Press } }; 1..2 | ForEach-Object { (Press) -join ' ' }",
        (me, output) =>
        {
            Assert.Equal("default local\ndefault local\n0 errors\n", output);
            Assert.Equal(["ListClusters"], me.Fargate.Calls.Select(call => call.Operation));
        });

    [Fact]
    public Task Where_an_account_cannot_be_reached_no_other_one_is_asked() => AssertAllAsync(
        [
            "-AccessKey stranger -SecretKey SECRET",
            "-AccessKey KEY",
            "-SecretKey SECRET",
            "-Credential nonsense",
            "-Credential $others -ProfileName local",
            "-ProfileName nobody",
            "-ProfileLocation ./nowhere -ProfileName local",
        ],
        _ => "own",
        "Press; Press",
        (me, output) =>
        {
            Assert.Equal("0 errors\n", output);
            Assert.All(me.Fargate.Calls, call => Assert.NotNull(call.ErrorCode));
        });

    [Fact]
    public async Task What_is_bound_on_the_line_goes_before_the_default_values_of_parameters()
    {
        await using var me = await Operator.StartAsync();
        await using var other = await LocalFargateServer.StartAsync(
            new LocalFargateOptions { Clusters = ["elsewhere"], Region = "eu-central-1" });
        var there = $"-RegionToCall eu-central-1 -Endpoint {other.EndpointUrl}";

        Assert.Equal(["elsewhere"], Tab.Texts(me, $"New-FargateSession {there} -Cluster "));
        Assert.Equal(["elsewhere"], Tab.Texts(me, $"Stop-FargateSession -TaskArn x -Region 'eu-central-1' -EndpointUrl '{other.EndpointUrl}' -Cluster "));
        Assert.Equal(["default", "local"], Tab.Texts(me, "New-FargateSession -Cluster "));
        me.Run("$PSDefaultParameterValues['Disabled'] = $true");
        Assert.Empty(Tab.Press(me, "New-FargateSession -Cluster l"));
    }

    /// <summary>Presses Tab after each of these parameters, in one process and with an account for each.</summary>
    /// <param name="parameters">Those that say how the account is reached.</param>
    /// <param name="stored">The owner of the keys that AWS Tools has as default: "own", or those of somebody else.</param>
    /// <param name="script">Presses.</param>
    /// <param name="assert">Asserts what was asked of an account, and offered.</param>
    private static async Task AssertAllAsync(
        IReadOnlyList<string> parameters, Func<string, string> stored, string script, Action<Operator, string> assert)
    {
        List<Operator> operators = [];
        try
        {
            foreach (var _ in parameters)
            {
                operators.Add(await Operator.StartAsync());
            }

            // AWS Tools remembers in its process.
            await using var shell = StandingPowerShell.Start();
            foreach (var (each, me) in parameters.Zip(operators))
            {
                var start = me.Process(ScriptOf(me, each, stored(each), script));
                start.Environment.Remove("AWS_ACCESS_KEY_ID");
                start.Environment.Remove("AWS_SECRET_ACCESS_KEY");

                var run = await shell.RunAsync(start);

                Assert.Equal("", run.Error);
                assert(me, run.Output);
            }
        }
        finally
        {
            await Task.WhenAll(operators.Select(me => me.DisposeAsync().AsTask()));
        }
    }

    private static string ScriptOf(Operator me, string parameters, string stored, string script)
    {
        var (key, secret) = (me.Fargate.AccessKeyId, me.Fargate.SecretAccessKey);
        var keys = $"aws_access_key_id = {key}\naws_secret_access_key = {secret}\n";
        File.WriteAllText(Path.Combine(me.StateHome, "credentials"), $"[local]\n{keys}");
        File.WriteAllText(Path.Combine(me.StateHome, "profiles"), $"[file]\n{keys}");
        return $$"""
            $env:AWS_SHARED_CREDENTIALS_FILE = '{{Path.Combine(me.StateHome, "credentials")}}'
            $PSDefaultParameterValues.Clear()
            Set-Location $env:XDG_STATE_HOME
            Import-Module '{{OtherModules.AwsTools}}' -ErrorAction Stop
            Set-DefaultAWSRegion us-east-1
            Set-AWSCredential -AccessKey {{key}} -SecretKey {{secret}}
            $others, $region = (Get-AWSCredential), (Get-DefaultAWSRegion)
            $keys = [pscredential]::new('{{key}}', (ConvertTo-SecureString '{{secret}}' -AsPlainText))
            Set-AWSCredential -AccessKey {{(stored == "own" ? key : stored)}} -SecretKey {{(stored == "own" ? secret : stored)}}
            function Press {
                $line = 'New-FargateSession {{parameters.Replace("KEY", key).Replace("SECRET", secret)}} -EndpointUrl {{me.Fargate.EndpointUrl}} -Cluster '
                (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText
            }
            {{script}}
            "$($Error.Count) errors"
            """;
    }
}
