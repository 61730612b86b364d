<#
.SYNOPSIS
A tour of the module at PowerShell's own prompt: Enter at an empty prompt runs the line of the step that is shown.
.PARAMETER Place
The Fargate on this machine, as it describes itself.
#>
[CmdletBinding()]
param([Parameter(Mandatory)] $Place)

$steps = @(
    @{ Title = 'Start a task, and wait until its SSH server answers'; Line = '$session = New-FargateSession -Wait; $session' }
    @{ Title = 'Open a shell in it. `exit` leaves the shell, and the task goes on'; Line = '$session | Enter-FargateShell' }
    @{ Title = 'Run a command in it'; Line = 'Invoke-FargateCommand -Session $session ''hostname; exit 3''; $LASTEXITCODE' }
    @{ Title = 'Copy a file from it'; Line = '$session | Copy-FargateItem /etc/os-release . -FromSession -PassThru' }
    @{
        Title = 'Open a local port to a server that the task reaches'
        Line  = '$session | Start-FargateTunnel -RemoteHost 127.0.0.1 -RemotePort {0}' -f ([uri]$Place.endpointUrl).Port
    }
    @{ Title = 'List what runs'; Line = 'Get-FargateSession' }
    @{ Title = 'Stop both'; Line = 'Get-FargateTunnel | Stop-FargateTunnel; $session | Stop-FargateSession' }
    @{ Title = 'All in one: the task ends when you leave the shell'; Line = 'New-FargateSession | Enter-FargateShell' }
)

# PowerShell's prompt and the handler of its keys find it here.
$global:FargateTour = @{ Steps = $steps; Next = 0 }

function global:prompt {
    $tour = $global:FargateTour
    $dim = $PSStyle.Foreground.BrightBlack
    if ($tour.Next -lt $tour.Steps.Count) {
        $step = $tour.Steps[$tour.Next]
        Write-Host "`n$($PSStyle.Bold)$($tour.Next + 1) of $($tour.Steps.Count): $($step.Title)$($PSStyle.Reset)"
        Write-Host "    $($PSStyle.Foreground.BrightYellow)$($step.Line)$($PSStyle.Reset)"
        Write-Host "${dim}Enter runs this line; a line of your own runs in its place; exit leaves.$($PSStyle.Reset)"
    }
    else { Write-Host "`n${dim}That was the tour. Try what you like; exit leaves, and everything here ends.$($PSStyle.Reset)" }
    'PS> '
}

Import-Module PSReadLine
Set-PSReadLineOption -HistorySaveStyle SaveNothing
Set-PSReadLineKeyHandler -Key Enter -ScriptBlock {
    $text = ''
    $cursor = 0
    [Microsoft.PowerShell.PSConsoleReadLine]::GetBufferState([ref]$text, [ref]$cursor)
    $tour = $global:FargateTour
    if (-not $text.Trim() -and $tour.Next -lt $tour.Steps.Count) {
        [Microsoft.PowerShell.PSConsoleReadLine]::Insert($tour.Steps[$tour.Next].Line)
        $tour.Next++
    }
    [Microsoft.PowerShell.PSConsoleReadLine]::AcceptLine()
}

Set-Location $Place.home
$ErrorActionPreference = 'Continue'
Write-Host "A Fargate runs on this machine. It is no AWS account, but its tasks are real`nprocesses with a real SSH server."
$Host.EnterNestedPrompt()
