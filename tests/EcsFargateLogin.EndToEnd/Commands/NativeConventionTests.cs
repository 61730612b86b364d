using EcsFargateLogin.EndToEnd.Cmdlets;

namespace EcsFargateLogin.EndToEnd.Commands;

/// <summary>
/// Invoke-FargateCommand beside a native program that does the same: the same output, errors, $?, codes and ends.
/// </summary>
public sealed class NativeConventionTests
{
    private const string Noisy = "echo begun; echo note >&2; echo other >&2; echo ended";

    [Fact]
    public async Task Standard_error_and_exit_codes_mean_what_they_mean_of_a_native_program()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run(
            $$"""
            $session = New-FargateSession -Wait
            $ways = @{
                native = { sh -c $args[0]; $global:ok = $? }
                remote = { Invoke-FargateCommand -Session $session $args[0]; $global:ok = $? }
            }
            function Measure-Way($way, $command, $preference, $redirect, $native) {
                $ErrorActionPreference = $preference
                $PSNativeCommandUseErrorActionPreference = $native
                $global:Error.Clear()
                $global:ok = $null
                $seen = @()
                $caught = ''
                $invoke = $ways[$way]
                try {
                    switch ($redirect) {
                        'merged' { & $invoke $command 2>&1 | ForEach-Object { $seen += "$($_.GetType().Name):$_" } }
                        'none' { & $invoke $command 2>$null | ForEach-Object { $seen += "$_" } }
                    }
                }
                catch { $caught = 'caught' }
                # Of a terminating error, PowerShell itself decides how often it is in $Error.
                $errors = $caught ? 'some' : $global:Error.Count
                # Two pipes have no order, and each says in its own words that the code is an error.
                $seen = $seen -replace 'ErrorRecord:(Program|The command) .*', 'ErrorRecord:code' | Sort-Object
                "$redirect $preference $native [$command] -> $($seen -join ',') | ok=$global:ok code=$LASTEXITCODE errors=$errors $caught"
            }
            foreach ($command in '{{Noisy}}', '{{Noisy}}; exit 3', 'exit 4', 'exit 255', 'true') {
                foreach ($preference in 'Continue', 'Stop', 'SilentlyContinue') {
                    foreach ($redirect in 'merged', 'none') {
                        foreach ($native in $false, $true) {
                            $results = 'native', 'remote' | ForEach-Object { Measure-Way $_ $command $preference $redirect $native }
                            if ($results[0] -ne $results[1]) { "$($results[0]) <> $($results[1])" }
                        }
                    }
                }
            }
            'compared'
            $session | Stop-FargateSession
            """);

        Assert.Null(run.TerminatingError);
        Assert.Equal("compared", string.Join('\n', run.Output));
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task Chains_follow_the_exit_code()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run(
            """
            $session = New-FargateSession -Wait
            Invoke-FargateCommand -Session $session 'echo note >&2' 2>$null && 'yes' || 'no'
            Invoke-FargateCommand -Session $session 'exit 3' && 'yes' || 'no'
            $null = Invoke-FargateCommand -Session $session 'exit 3' -PassThru; $?
            Invoke-FargateCommand -Session $session 'kill -9 $$'; "$? $LASTEXITCODE"
            $session | Stop-FargateSession
            """);

        Assert.Empty(run.Errors);
        Assert.Equal(["yes", "no", "False", "False 255"], run.Output.Select(line => line.ToString()));
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task Error_parameters_of_the_command_itself_hold_for_its_lines()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run(
            """
            $session = New-FargateSession -Wait
            $Error.Clear()
            foreach ($action in 'Stop', 'Continue', 'SilentlyContinue', 'Ignore') {
                Invoke-FargateCommand -Session $session 'echo note >&2; echo end' -ErrorAction $action -ErrorVariable seen
                "$action [$seen] $($Error.Count)"
            }
            $session | Stop-FargateSession
            """);

        Assert.Equal(
            ["end", "Stop [note] 0", "end", "Continue [note] 0", "end", "SilentlyContinue [note] 0", "end", "Ignore [] 0"],
            run.Output.Select(line => line.ToString()));
        Assert.Equal(["note", "note"], run.Errors.Select(line => line.ToString()));
        Assert.All(run.Errors, line => Assert.StartsWith("RemoteStandardError", line.FullyQualifiedErrorId, StringComparison.Ordinal));
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task A_line_of_standard_error_is_shown_as_it_is()
    {
        await using var me = await Operator.StartAsync();

        var run = await me.RunApartAsync("New-FargateSession | Invoke-FargateCommand 'echo note >&2; echo out'");

        Assert.Equal("note\n", run.Error);
        Assert.Equal("out\n", run.Output);
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task A_shell_that_ends_with_another_code_than_0_makes_the_result_false()
    {
        await using var me = await Operator.StartAsync();

        var run = await me.RunApartAsync("New-FargateSession | Enter-FargateShell; \"$? $LASTEXITCODE\"", "exit 4\n");

        Assert.Equal(("False 4\n", ""), (run.Output, run.Error));
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task Arguments_and_input_are_split_as_those_of_a_native_program()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run(
            """
            $session = New-FargateSession -Wait
            $print = 'printf "<%s>"'
            Invoke-FargateCommand -Session $session $print -ArgumentList 'a', $null, '', @('b', $null, 'c')
            Invoke-FargateCommand -Session $session $print -ArgumentList $null
            Invoke-FargateCommand -Session $session $print -ArgumentList @()
            Invoke-FargateCommand -Session $session $print -ArgumentList 1, ([Collections.Generic.List[string]]('x', 'y'))
            $count = 'cat; echo .'
            $null, 1, $null | Invoke-FargateCommand -Session $session $count
            '' | Invoke-FargateCommand -Session $session $count
            Invoke-FargateCommand -Session $session $count -InputObject $null
            Invoke-FargateCommand -Session $session $count -InputObject ([int[]](2, 3)), ([Collections.ArrayList](4, @(5, 6)))
            Invoke-FargateCommand -Session $session $count -InputObject ([Collections.Generic.Queue[string]]('q', 'r'))
            Invoke-FargateCommand -Session $session $count -InputObject @{ a = 1 }
            , ([Collections.Generic.List[byte]](65, 10)) | Invoke-FargateCommand -Session $session $count
            $session | Stop-FargateSession
            """);

        Assert.Empty(run.Errors);
        Assert.Equal(
            [
                "<a><><b><c>", "<>", "<>", "<1><x><y>", "1", ".", "", ".", ".", "2", "3", "4", "5", "6", ".", "q", "r", ".",
                "System.Collections.Hashtable", ".", "A", ".",
            ],
            run.Output.Select(line => line.ToString()));
        await me.LeftNothingAsync();
    }
}
