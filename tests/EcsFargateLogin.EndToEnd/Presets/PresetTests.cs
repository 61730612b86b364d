using System.Management.Automation;
using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.EndToEnd.Completion;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Presets;

/// <summary>Sessions that are started with what a file says.</summary>
public sealed class PresetTests : IAsyncLifetime
{
    /// <summary>What types nothing: all that the other tests' preamble would give.</summary>
    private const string TypeNothing = "$PSDefaultParameterValues.Clear();";

    private readonly string _project = Directory.CreateTempSubdirectory("fargate-login-project-").FullName;
    private Operator _me = null!;

    private string ProjectFile => Path.Combine(_project, ".fargatelogin.json");

    public async Task InitializeAsync()
    {
        _me = await Operator.StartAsync();
        Directory.CreateDirectory(Path.Combine(_project, "app", "models"));
    }

    public async Task DisposeAsync()
    {
        await _me.DisposeAsync();
        Directory.Delete(_project, recursive: true);
    }

    [Fact]
    public async Task Presets_that_are_saved_at_the_same_time_are_all_kept()
    {
        var output = await RunProcessAsync(
            $$"""
            1..6 | ForEach-Object -ThrottleLimit 6 -Parallel {
                Import-Module '{{Checkout.Manifest}}'
                foreach ($number in 1..8) { Save-FargateSessionPreset "p$_-$number" -Cluster prod -ErrorAction Stop }
            }
            @(Get-FargateSessionPreset).Count
            """);

        Assert.Equal(["48"], output);
    }

    [Fact]
    public async Task A_project_and_the_user_give_together_what_nobody_types_and_the_object_says_who_gave_what()
    {
        var output = await RunProcessAsync(
            $$"""
            Save-FargateSessionPreset -TaskDefinition rails-cli -Cluster local -Subnet {{_me.Fargate.Subnets[1]}} `
                -Port {{_me.Fargate.SshPort}} -Project -ErrorAction Stop
            Save-FargateSessionPreset -Cluster mine -Region us-east-1 -EndpointUrl {{_me.Fargate.EndpointUrl}} `
                -EnvironmentVariable @{ RAILS_ENV = 'test' } -ErrorAction Stop
            Set-Location app/models
            $session = New-FargateSession
            $session | ForEach-Object { "$($_.Cluster) $($_.EndpointUrl -eq '{{_me.Fargate.EndpointUrl}}')" }
            foreach ($name in 'Cluster', 'Subnet', 'Region', 'EnvironmentVariable') {
                "$name $($session.ParameterSource[$name] | Split-Path -Leaf)"
            }
            $session | Stop-FargateSession
            (Get-FargateSessionPreset).Source['Cluster'] -eq (Join-Path (Get-Location) ../../.fargatelogin.json -Resolve)
            """);

        Assert.Equal(
            [
                "local True", "Cluster .fargatelogin.json", "Subnet .fargatelogin.json", "Region presets.json",
                "EnvironmentVariable presets.json", "True",
            ],
            output);
        var sent = Assert.Single(_me.Calls("RunTask")).Parameters;
        Assert.Equal(_me.Fargate.Subnets[1], (string?)sent["networkConfiguration"]!["awsvpcConfiguration"]!["subnets"]![0]);
        await _me.LeftNothingAsync();
    }

    [Fact]
    public async Task Presets_are_saved_shown_and_removed_and_WhatIf_does_none_of_it()
    {
        var output = await RunProcessAsync(
            """
            Save-FargateSessionPreset -Cluster prod -WhatIf
            @(Get-FargateSessionPreset).Count
            Save-FargateSessionPreset -Cluster prod -Tag @{ team = 'billing' }
            Save-FargateSessionPreset staging -Cluster stage -Project
            Save-FargateSessionPreset staging -Cluster stage-2 -ContainerName x -Project
            (Get-FargateSessionPreset | Out-String -Width 500).Trim() -replace '\s+', ' ' -replace '\S*/'
            (Get-FargateSessionPreset s*).Parameter['Cluster']
            Remove-FargateSessionPreset staging -Project -WhatIf
            Get-FargateSessionPreset staging | Remove-FargateSessionPreset -Project
            Get-FargateSessionPreset | ForEach-Object Name
            """);

        Assert.Equal(
            [
                "What if: Performing the operation \"Save preset default\" on target \"presets.json\".",
                "0",
                "Name Parameter Path ---- --------- ---- default Cluster=prod; Tag={team} presets.json "
                    + "staging Cluster=stage-2; ContainerName=x .fargatelogin.json",
                "stage-2",
                "What if: Performing the operation \"Remove preset staging\" on target \".fargatelogin.json\".",
                "default",
            ],
            output.Select(line => System.Text.RegularExpressions.Regex.Replace(line, "\"/[^\"]*/", "\"")));
    }

    [Fact]
    public async Task What_is_typed_wins_and_so_do_PSDefaultParameterValues_and_columns()
    {
        WriteProject(
            """
            { "default": { "TaskDefinition": "from-file", "Cluster": "file", "Subnet": "subnet-1" },
              "staging": { "TaskDefinition": "staging-cli", "Subnet": ["subnet-2"] } }
            """);

        var output = await RunProcessAsync(
            """
            New-FargateSession -WhatIf -Verbose
            New-FargateSession typed -WhatIf
            New-FargateSession -Preset staging -WhatIf
            New-FargateSession -Preset staging -FromTaskDefinition web -WhatIf
            New-FargateSession -Service web -WhatIf
            @{ Preset = 'staging' }, @{ TaskDefinition = 'column' }, @{ Cluster = 'column' }, @{ Preset = 'staging' } |
                ForEach-Object { [pscustomobject]$_ } | New-FargateSession -WhatIf
            $PSDefaultParameterValues['New-FargateSession:Cluster'] = 'defaults'
            New-FargateSession -WhatIf
            """);

        Assert.Equal(
            $"VERBOSE: Preset 'default' in '{ProjectFile}' gives TaskDefinition, Cluster, Subnet.",
            output[0]);
        Assert.Equal(
            [
                "from-file in cluster file", "typed in cluster file", "staging-cli in cluster default", "web in cluster default",
                "web in cluster file", "staging-cli in cluster default", "column in cluster file", "from-file in cluster column",
                "staging-cli in cluster default",
                "from-file in cluster defaults",
            ],
            WhatIfs(output));
    }

    [Fact]
    public async Task The_current_folder_is_PowerShells_and_the_nearest_file_counts()
    {
        WriteProject("""{ "default": { "TaskDefinition": "above", "Subnet": "subnet-1" } }""");
        WriteProject("""{ "default": { "TaskDefinition": "nearer", "Subnet": "subnet-1" } }""", "app");

        var output = await RunProcessAsync(
            "New-FargateSession -WhatIf; cd app/models; New-FargateSession -WhatIf; cd Env:; New-FargateSession -WhatIf");

        Assert.Equal(["above in cluster default", "nearer in cluster default", "nearer in cluster default"], WhatIfs(output));
    }

    [Theory]
    [InlineData("New-FargateSession", "TaskDefinition and Subnet")]
    [InlineData("New-FargateSession rails-cli", "Subnet")]
    [InlineData("New-FargateSession -Subnet subnet-1", "TaskDefinition")]
    [InlineData("New-FargateSession -NoPreset", "TaskDefinition and Subnet")]
    public void What_is_missing_is_named_with_the_ways_to_give_it(string script, string missing)
    {
        if (script.EndsWith("NoPreset", StringComparison.Ordinal))
        {
            WriteProject("no JSON at all");
        }

        var error = ErrorOf(script);

        var message = error.Is("MissingMandatoryParameter", ErrorCategory.InvalidArgument, "");
        Assert.StartsWith($"A session cannot be started without {missing}.", message, StringComparison.Ordinal);
        Assert.All(["-Preset", "-Service"], way => Assert.Contains(way, message, StringComparison.Ordinal));
        _me.HasStartedNothing();
    }

    [Fact]
    public void A_preset_that_is_not_there_is_named_with_the_nearest_one()
    {
        WriteProject("""{ "staging": {} }""");

        var error = ErrorOf("New-FargateSession -Preset stagign");

        var message = error.Is("PresetNotFound", ErrorCategory.ObjectNotFound, "stagign");
        Assert.Contains("did you mean 'staging'?", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "a": { "Subnets": ["x"] } }""", "column 21: 'Subnets' is no parameter that a preset can hold; did you mean 'Su")]
    [InlineData("""{ "a": { "Port": "22" } }""", "column 29: 'Port' takes a whole number from 1 to 65535")]
    [InlineData("""{ "a": { "HostKeyVerification": "AcceptNew" } }""", "'HostKeyVerification' may not stand in a project's file")]
    [InlineData("""{ "a": { "EndpointUrl": "https://evil.example" } }""", "'EndpointUrl' may not stand")]
    [InlineData("""{ "a": { "ProfileName": "admin" } }""", "'ProfileName' may not stand")]
    [InlineData("""{ "a": { "ProfileLocation": "./credentials" } }""", "'ProfileLocation' may not stand")]
    [InlineData("""{ "a": { "Command": ["sh"] } }""", "'Command' may not stand")]
    [InlineData("""{ "a": { "EnvironmentVariable": { "LD_PRELOAD": "x" } } }""", "'EnvironmentVariable' may not stand")]
    [InlineData("""{ "a": { "TaskRoleArn": "admin" } }""", "'TaskRoleArn' may not stand")]
    [InlineData("""{ "a": { "SecretKey": "x" } }""", "'SecretKey' is a secret")]
    [InlineData("""{ "a": { "CapacityProvider": "EC2" } }""", "one of FARGATE, FARGATE_SPOT")]
    public void A_project_s_file_that_says_what_it_must_not_ends_the_command(string presets, string why)
    {
        WriteProject(presets);

        var error = ErrorOf("New-FargateSession rails-cli -Subnet subnet-1");

        var message = error.Is("InvalidPreset", ErrorCategory.InvalidData, ProjectFile, isTerminating: true);
        Assert.Contains(why, message, StringComparison.Ordinal);
        Assert.Contains("Line 1, column ", message, StringComparison.Ordinal);
        _me.HasStartedNothing();
    }

    [Fact]
    public void Saving_into_a_damaged_file_and_what_a_project_must_not_say_changes_nothing()
    {
        WriteProject("no JSON");

        ErrorOf("Save-FargateSessionPreset -Cluster x -Project")
            .Is("InvalidPreset", ErrorCategory.InvalidData, ProjectFile, isTerminating: true);
        Assert.Equal("{\"presets\":no JSON}", File.ReadAllText(ProjectFile));
        File.Delete(ProjectFile);
        foreach (var (parameter, errorId) in new[]
        {
            ("Command", "InvalidPreset"), ("SecretKey", "NamedParameterNotFound"), ("Port", "ParameterArgumentValidationError"),
        })
        {
            var error = ErrorOf($"Save-FargateSessionPreset -{parameter} 0 -Project");
            Assert.Equal(errorId, error.Id.Split(',')[0]);
            Assert.Contains(parameter, error.Message, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(ProjectFile));
    }

    [Fact]
    public void Names_are_completed_and_a_cluster_of_a_preset_counts_for_other_completions()
    {
        WriteProject("""{ "default": { "Cluster": "local" }, "staging": { "Cluster": "default" } }""");
        foreach (var (name, cluster) in new[] { ("web", "local"), ("worker", "default") })
        {
            _me.Fargate.RegisterService(new(name) { Cluster = cluster, TaskDefinition = "rails-cli" });
        }

        _me.Run($"{TypeNothing} Set-Location '{_project}'");
        Assert.Equal(["default", "staging"], Tab.Texts(_me, "New-FargateSession -Preset "));
        Assert.Equal(["staging"], Tab.Texts(_me, "Remove-FargateSessionPreset s"));
        var access = $"New-FargateSession -Region us-east-1 -EndpointUrl {_me.Fargate.EndpointUrl}";
        Assert.Equal(["web"], Tab.Texts(_me, $"{access} -Service "));
        Assert.Equal(["worker"], Tab.Texts(_me, $"{access} -Preset staging -Service w"));
        Assert.Equal(["worker"], Tab.Texts(_me, $"{access} -Cluster default -Service w"));
    }

    private void WriteProject(string presets, string folder = "") => File.WriteAllText(
        Path.Combine(_project, folder, ".fargatelogin.json"), $"{{\"presets\":{presets}}}");

    private SeenError ErrorOf(string script) => _me.ErrorOf($"{TypeNothing} Set-Location '{_project}'; {script}");

    private static IEnumerable<string> WhatIfs(IEnumerable<string> output) => output
        .Where(line => line.StartsWith("What if", StringComparison.Ordinal))
        .Select(line => line.Split("on target \"")[^1].TrimEnd('.', '"'));

    /// <summary>Runs a script in a process whose user has an empty configuration, and returns its lines.</summary>
    private async Task<string[]> RunProcessAsync(string script)
    {
        var start = _me.Process($"{TypeNothing} Set-Location '{_project}'\n{script}");
        start.Environment["XDG_CONFIG_HOME"] = Path.Combine(_project, "config");
        start.Environment["NO_COLOR"] = "1";
        var run = await EngineProcess.RunAsync(start);
        Assert.Equal("", run.Error);
        return run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
