using System.Diagnostics;
using EcsFargateLogin.EndToEnd.Cmdlets;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.SideBySide;

/// <summary>
/// Other modules bring an AWS SDK of their own into the same PowerShell, before this module or after it. Each test is a
/// process of its own, because what is loaded stays.
/// </summary>
public sealed class IsolationTests
{
    private const string Life =
        """
        $session = New-FargateSession | Stop-FargateSession -PassThru
        "$($session.GetType().Name), $($Error.Count) errors"
        """;

    // Each copy of the SDK with its context, and an error of this module as users catch it.
    private const string Copies =
        """
        [Runtime.Loader.AssemblyLoadContext]::All | ForEach-Object {
            $context = $_.Name
            $_.Assemblies | Where-Object { $_.GetName().Name -eq 'AWSSDK.Core' } | ForEach-Object {
                "$context $($_.Location)"
            }
        } | Sort-Object
        try { Get-FargateTaskAddress -TaskArn x -EndpointUrl ftp://x -ErrorAction Stop }
        catch [EcsFargateLogin.FargateException] { "caught $($_.Exception.Error)" }
        """;

    /// <summary>Uses a module like AWS Tools, and forgets what it has stored.</summary>
    private const string UseTheirs =
        """
        Set-AWSCredential -AccessKey AKIDOTHER -SecretKey other
        Set-DefaultAWSRegion eu-central-1
        "$(Get-AWSCredential) $((Get-DefaultAWSRegion).Name)"
        Remove-Variable StoredAWS*

        """;

    /// <summary>Other copies of the SDK: the command that loads each, its file, and the output of the command.</summary>
    public static TheoryData<string, string, string> OtherSdks => new()
    {
        { $"Add-Type -Path '{OtherModules.Sdk4}'", OtherModules.Sdk4, "" },
        { $"Add-Type -Path '{OtherModules.Sdk3}'", OtherModules.Sdk3, "" },
        {
            $"Import-Module '{OtherModules.AwsTools}' -ErrorAction Stop\n{UseTheirs}",
            OtherModules.Sdk4,
            "supplied keys parameters Europe (Frankfurt)"
        },
    };

    [Theory]
    [MemberData(nameof(OtherSdks))]
    public Task An_SDK_that_is_there_before_this_module_is_left_alone(string load, string theirs, string said) =>
        AssertBothWorkAsync(before: load, after: "", theirs, said);

    [Theory]
    [MemberData(nameof(OtherSdks))]
    public Task An_SDK_that_comes_after_this_module_is_left_alone(string load, string theirs, string said) =>
        AssertBothWorkAsync(before: "", after: load, theirs, said);

    [Theory]
    [MemberData(nameof(OtherSdks))]
    public Task An_SDK_that_comes_between_import_and_first_use_is_left_alone(string load, string theirs, string said) =>
        AssertBothWorkAsync(before: $"Import-Module '{Checkout.Manifest}' -ErrorAction Stop; {load}", after: "", theirs, said);

    [Fact]
    public async Task The_SDKs_clients_are_not_loaded_before_they_are_needed()
    {
        const string parts =
            """
            $parts = { "$([Runtime.Loader.AssemblyLoadContext]::All.Assemblies.GetName().Name.Where{ $_ -like 'AWSSDK.*' } | Sort-Object)" }
            "imported: $(& $parts)"
            $session = New-FargateSession
            "started: $(& $parts)"
            $null = $session | Get-FargateTaskAddress
            "its address: $(& $parts)"
            $session | Stop-FargateSession
            """;

        Assert.Equal(
            ["imported: ", "started: AWSSDK.Core", "its address: AWSSDK.Core AWSSDK.EC2"],
            (await RunAsync("", parts)).Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static async Task AssertBothWorkAsync(string before, string after, string theirs, string said)
    {
        var output = await RunAsync(before, after.Length == 0 ? $"{Life}\n{Copies}" : $"{Life}\n{after}\n{Life}\n{Copies}");

        const string life = "FargateSession, 0 errors";
        string[] sayings = said.Length == 0 ? [] : [said];
        string[] lives = after.Length == 0 ? [.. sayings, life] : [life, .. sayings, life];
        Assert.Equal(
            [.. lives, $"Default {theirs}", $"EcsFargateLogin.Aws {OtherModules.Ours}", "caught InvalidEndpoint"],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.NotEqual(VersionOf(theirs), VersionOf(OtherModules.Ours));
    }

    private static string? VersionOf(string file) => FileVersionInfo.GetVersionInfo(file).FileVersion;

    /// <param name="before">Runs before this module is imported.</param>
    /// <param name="after">Runs then.</param>
    private static async Task<string> RunAsync(string before, string after)
    {
        await using var me = await Operator.StartAsync();
        var start = me.Process(after, before);
        var run = await EngineProcess.RunAsync(start);
        Assert.Equal(("", 0), (run.Error, run.ExitCode));
        Assert.Empty(me.SessionFiles());
        return run.Output;
    }
}
