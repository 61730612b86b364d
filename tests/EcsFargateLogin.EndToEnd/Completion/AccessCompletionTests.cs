using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.EndToEnd.SideBySide;
using LocalFargate;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Completion;

/// <summary>Completion asks the account that the command would work in.</summary>
public sealed class AccessCompletionTests
{
    [Theory]
    [InlineData("", "own")]
    [InlineData("-AccessKey KEY -SecretKey SECRET")]
    [InlineData("-AK KEY -SK SECRET -Region us-east-1")]
    [InlineData("-Credential $keys")]
    [InlineData("-Credential $others -Region $region")]
    [InlineData("-ProfileName local")]
    [InlineData("-ProfileName file -ProfileLocation ./profiles")]
    public async Task Every_way_to_an_account_is_followed_and_asked_once(string parameters, string stored = "stranger")
    {
        await using var me = await Operator.StartAsync();

        // On a busy machine the first answer may be there for a later Tab only.
        var output = await RunAsync(
            me,
            parameters,
            stored,
            "1..15 | ForEach-Object { if (-not $found) { $found = Press } }; 1..2 | ForEach-Object { (Press) -join ' ' }");

        Assert.Equal("default local\ndefault local\n0 errors\n", output);
        Assert.Equal(["ListClusters"], me.Fargate.Calls.Select(call => call.Operation));
    }

    [Theory]
    [InlineData("-AccessKey stranger -SecretKey SECRET")]
    [InlineData("-AccessKey KEY")]
    [InlineData("-SecretKey SECRET")]
    [InlineData("-Credential nonsense")]
    [InlineData("-Credential $others -ProfileName local")]
    [InlineData("-ProfileName nobody")]
    [InlineData("-ProfileLocation ./nowhere -ProfileName local")]
    public async Task Where_an_account_cannot_be_reached_no_other_one_is_asked(string parameters)
    {
        await using var me = await Operator.StartAsync();

        var output = await RunAsync(me, parameters, stored: "own", "Press; Press");

        Assert.Equal("0 errors\n", output);
        Assert.All(me.Fargate.Calls, call => Assert.NotNull(call.ErrorCode));
    }

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

    private static async Task<string> RunAsync(Operator me, string parameters, string stored, string script)
    {
        var (key, secret) = (me.Fargate.AccessKeyId, me.Fargate.SecretAccessKey);
        var start = me.Process(
            $$"""
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
            """);
        start.Environment.Remove("AWS_ACCESS_KEY_ID");
        start.Environment.Remove("AWS_SECRET_ACCESS_KEY");
        var keys = $"aws_access_key_id = {key}\naws_secret_access_key = {secret}\n";
        await File.WriteAllTextAsync(Path.Combine(me.StateHome, "credentials"), $"[local]\n{keys}");
        await File.WriteAllTextAsync(Path.Combine(me.StateHome, "profiles"), $"[file]\n{keys}");
        start.Environment["AWS_SHARED_CREDENTIALS_FILE"] = Path.Combine(me.StateHome, "credentials");

        var run = await EngineProcess.RunAsync(start);

        Assert.Equal(("", 0), (run.Error, run.ExitCode));
        return run.Output;
    }
}
