#Requires -Version 7.4
# What the tests of the surface share: the built module, the account of Account.psm1, and ways to read what a command says.

$script:root = Split-Path (Split-Path $PSScriptRoot)
$script:runspace = $null
$script:recorder = $null

$account = Import-Module "$PSScriptRoot/Account.psm1" -PassThru
Import-Module "$script:root/EcsFargateLogin.psd1" -Global

# Account.psm1 goes with this module.
$MyInvocation.MyCommand.ScriptBlock.Module.OnRemove = {
    if ($script:runspace) { $script:runspace.Dispose() }
}

<#
.SYNOPSIS
Runs a command and returns its errors, in order, as a user's script sees them.
#>
function Get-ErrorOf([scriptblock] $Command) {
    $seen = [Collections.Generic.List[object]]::new()
    # Only in a try block does an error that ends a command end the script too.
    try {
        & $Command 2>&1 | ForEach-Object {
            if ($_ -is [Management.Automation.ErrorRecord]) { $seen.Add((ConvertTo-SeenError $_ $false)) }
        }
    }
    catch { $seen.Add((ConvertTo-SeenError $_ $true)) }
    $seen
}

function ConvertTo-SeenError([Management.Automation.ErrorRecord] $Record, [bool] $IsTerminating) {
    [pscustomobject]@{
        Id            = $Record.FullyQualifiedErrorId
        Category      = "$($Record.CategoryInfo.Category)"
        Target        = "$($Record.TargetObject)"
        Message       = "$Record"
        NextStep      = "$($Record.ErrorDetails.RecommendedAction)"
        Exception     = $Record.Exception
        IsTerminating = $IsTerminating
    }
}

<#
.SYNOPSIS
Returns a session of this machine's with nothing in it, so that no task and no key belongs to it.
#>
function New-UnknownSession {
    $type = [EcsFargateLogin.FargateSession]
    $record = [Activator]::CreateInstance($type.Assembly.GetType('EcsFargateLogin.Model.SessionRecord'))
    [Activator]::CreateInstance($type, [Reflection.BindingFlags]'Instance, NonPublic', $null, @($record, $null), $null)
}

<#
.SYNOPSIS
Asserts that a command failed with one error of the module, and that it has all that each of these has.
.PARAMETER Said
The errors of the command, from Get-ErrorOf.
.PARAMETER Id
Its id, without the cmdlet.
.PARAMETER Category
Its category.
.PARAMETER Target
The user's own value that it is about, as text.
.PARAMETER Text
What its message holds, each of it.
.PARAMETER Terminating
No further record of the command could succeed, so it has ended.
#>
function Assert-FargateError($Said, [string] $Id, [string] $Category, [string] $Target, [string[]] $Text, [switch] $Terminating) {
    @($Said).Count | Should -Be 1 -Because "there is one error, not '$(@($Said).Message -join "', '")'"
    $Said.Id -replace ',.*' | Should -BeExactly $Id -Because $Said.Message
    $Said.Category | Should -BeExactly $Category
    $Said.Target | Should -BeExactly $Target
    $Said.IsTerminating | Should -Be ([bool]$Terminating) -Because "of $Id"
    $Said.Exception.GetType().FullName | Should -BeExactly 'EcsFargateLogin.FargateException'
    $Said.NextStep | Should -Not -BeNullOrEmpty
    $whole = $Said.Exception.Message
    $whole.EndsWith(" $($Said.NextStep)", 'Ordinal') | Should -BeTrue -Because "'$whole' says what to do next"
    # PowerShell 7.5 and later show that on a line of its own.
    $isSaidApart = $PSVersionTable.PSVersion -ge [version]'7.5'
    $Said.Message | Should -BeExactly ($isSaidApart ? $whole.Substring(0, $whole.Length - $Said.NextStep.Length - 1) : $whole)
    $Said.Message | Should -Not -Match "`n"
    foreach ($part in $Text) {
        $whole.Contains($part, 'Ordinal') | Should -BeTrue -Because "'$whole' says '$part'"
    }
}

<#
.SYNOPSIS
Runs a script in a runspace of its own; its global variables are kept, and returns what came of it: Output, Errors,
Warning, Verbose and Debug, and in Host what was shown to the person at the terminal.
.PARAMETER Answer
The index of the choice that each question is answered with: 0 is Yes, 2 is No.
#>
function Invoke-Recorded([string] $Script, [object[]] $Argument = @(), [int[]] $Answer = @(), [string] $Path) {
    if (-not $script:runspace) {
        Import-Module "$PSScriptRoot/RecordingHost.psm1"
        $recordingHost = New-RecordingHost
        $script:recorder = $recordingHost.Interface
        $script:runspace = [runspacefactory]::CreateRunspace($recordingHost)
        $script:runspace.Open()
        $null = Invoke-InRunspace 'Import-Module $args[0] -ErrorAction Stop' "$script:root/EcsFargateLogin.psd1"
    }
    $defaults = Get-DefaultParameter
    $null = Invoke-InRunspace 'param($defaults, $path) $global:PSDefaultParameterValues = $defaults; Set-Location $path' @(
        $defaults, ($Path ? $Path : $pwd.ProviderPath))
    $script:recorder.Lines.Clear()
    $script:recorder.Answers.Clear()
    foreach ($index in $Answer) { $script:recorder.Answers.Enqueue($index) }
    $seen = Invoke-InRunspace $Script $Argument
    $seen.Host = @($script:recorder.Lines)
    $seen
}

function Invoke-InRunspace([string] $Script, [object[]] $Argument = @()) {
    $shell = [powershell]::Create()
    try {
        $shell.Runspace = $script:runspace
        $null = $shell.AddScript($Script)
        foreach ($value in $Argument) { $null = $shell.AddArgument($value) }
        $output = $shell.Invoke()
        [pscustomobject]@{
            Output  = @($output)
            Errors  = @($shell.Streams.Error)
            Warning = @($shell.Streams.Warning | ForEach-Object Message)
            Verbose = @($shell.Streams.Verbose | ForEach-Object Message)
            Debug   = @($shell.Streams.Debug | ForEach-Object Message)
            Host    = @()
        }
    }
    finally { $shell.Dispose() }
}

<#
.SYNOPSIS
What -WhatIf said of each thing that it did not do.
#>
function Get-WhatIf([string] $Script, [object[]] $Argument = @(), [string] $Path) {
    $seen = Invoke-Recorded $Script -Argument $Argument -Path $Path
    $seen.Errors | Should -BeNullOrEmpty
    $seen.Host | Where-Object { $_ -like 'What if: *' } | ForEach-Object { $_ -replace '^What if: Performing the operation ' }
}

<#
.SYNOPSIS
What Tab offers at the end of a line. That nothing is written to any stream, nor to $Error, is checked here.
.PARAMETER Wait
Presses Tab until something is offered: on a busy machine the first answers of AWS may be there for a later Tab only.
#>
function Get-Completion([string] $Line, [switch] $Wait, [string] $Path, [string] $Before = '') {
    $limit = [Diagnostics.Stopwatch]::StartNew()
    do {
        $seen = Invoke-Recorded -Path $Path -Argument $Line -Script @"
param(`$line)
`$VerbosePreference = `$DebugPreference = 'Continue'
$Before
`$Error.Clear()
(TabExpansion2 `$line `$line.Length).CompletionMatches
if (`$Error.Count) { throw "An error came of Tab: `$(`$Error[0])" }
"@
        @($seen.Errors) + $seen.Warning + $seen.Verbose + $seen.Debug + $seen.Host | Should -BeNullOrEmpty
    } while ($Wait -and -not $seen.Output.Count -and $limit.Elapsed.TotalSeconds -lt 60)
    $seen.Output
}

<#
.SYNOPSIS
The texts of what Tab offers in the end.
#>
function Get-CompletionText([string] $Line, [string] $Path) {
    (Get-Completion $Line -Wait -Path $Path).CompletionText
}

<#
.SYNOPSIS
The parameter sets of a cmdlet in a line each: its name with * where it is the default, the parameters with a position
in order and the others that are mandatory, each with ! where it must be given, and what the pipeline gives.
#>
function Get-ParameterSetText([string] $Cmdlet) {
    foreach ($set in (Get-Command $Cmdlet -Module EcsFargateLogin).ParameterSets | Sort-Object { -not $_.IsDefault }, Name) {
        $label = { "$($_.Name)$($_.IsMandatory ? '!' : '')" }
        $positional = @($set.Parameters | Where-Object Position -GE 0 | Sort-Object Position | ForEach-Object $label)
        $mandatory = @($set.Parameters | Where-Object { $_.IsMandatory -and $_.Position -lt 0 } | Sort-Object Name | ForEach-Object $label)
        $value = @($set.Parameters | Where-Object ValueFromPipeline | ForEach-Object Name)
        $named = @($set.Parameters | Where-Object ValueFromPipelineByPropertyName | Sort-Object Name | ForEach-Object Name)
        $parts = @(
            "$($set.Name -replace '^__AllParameterSets$', 'All')$($set.IsDefault ? '*' : ''): [$positional] $mandatory".TrimEnd()
            if ($value) { "value: $value" }
            if ($named) { "by name: $named" }
        )
        $parts -join '; '
    }
}

Export-ModuleMember -Function (@($account.ExportedFunctions.Keys) + 'Get-ErrorOf', 'New-UnknownSession', 'Assert-FargateError', 'Invoke-Recorded',
    'Get-WhatIf', 'Get-Completion', 'Get-CompletionText', 'Get-ParameterSetText')
