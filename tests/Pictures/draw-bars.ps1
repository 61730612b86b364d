<#
.SYNOPSIS
Draws the table of a benchmark as bars in one SVG image: a group for all that stands before the colon, a bar for each median.
.DESCRIPTION
dotnet run --project tests/Benchmarks -c Release -- peers > run.txt; pwsh tests/Pictures/draw-bars.ps1 run.txt tests/Pictures/peers.svg
.PARAMETER Table
The file with the output of the run. Rows without a colon are left out.
.PARAMETER Path
The image.
.PARAMETER Highlight
The bar with this name is drawn in colour.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Table,
    [Parameter(Mandatory)] [string] $Path,
    [string] $Highlight = 'EcsFargateLogin'
)

$ErrorActionPreference = 'Stop'
$rows = @(Get-Content $Table | ForEach-Object {
        if ($_ -match '^\| (?<group>[^|:]+): (?<name>[^|]+?) *\| +(?<median>[0-9.]+) (?<unit>\S*) ') {
            [pscustomobject]@{
                Group = $Matches.group; Name = $Matches.name; Unit = $Matches.unit
                Median = [double]::Parse($Matches.median, [cultureinfo]::InvariantCulture)
            }
        }
    })
if ($rows.Count -eq 0) { throw "There is no row with a colon in '$Table'." }

function Get-Markup([string] $Text) { [Security.SecurityElement]::Escape($Text) }
function Get-Number([double] $Value) { $Value.ToString('0.#', [cultureinfo]::InvariantCulture) }

$width = 760
$left = 210
$longest = ($rows.Median | Measure-Object -Maximum).Maximum
$scale = ($width - $left - 80) / $longest
$y = 16
# In the order of the table, which Group-Object does not keep.
$parts = foreach ($group in $rows.Group | Select-Object -Unique) {
    "<text class=`"group`" x=`"8`" y=`"$($y + 14)`">$(Get-Markup $group)</text>"
    $y += 28
    foreach ($row in $rows | Where-Object Group -EQ $group) {
        $kind = $row.Name -eq $Highlight ? 'ours' : 'other'
        $length = Get-Number ([Math]::Max($row.Median * $scale, 1))
        "<text x=`"$($left - 10)`" y=`"$($y + 14)`" text-anchor=`"end`">$(Get-Markup $row.Name)</text>"
        "<rect class=`"$kind`" x=`"$left`" y=`"$y`" width=`"$length`" height=`"18`" rx=`"3`"/>"
        $end = Get-Number ($left + $row.Median * $scale + 8)
        "<text x=`"$end`" y=`"$($y + 14)`">$($row.Median.ToString('0.0', [cultureinfo]::InvariantCulture)) $(Get-Markup $row.Unit)</text>"
        $y += 26
    }

    $y += 12
}

# Colours that can be read on a page that is light and on one that is dark.
$title = Get-Markup "Medians: $(($rows | ForEach-Object { "$($_.Group), $($_.Name): $($_.Median) $($_.Unit)" }) -join '; ')"
@"
<svg xmlns="http://www.w3.org/2000/svg" width="$width" height="$y" viewBox="0 0 $width $y" role="img">
<title>$title</title>
<style>
text { font: 13px system-ui, sans-serif; fill: #57606a; }
.group { font-weight: 600; }
.ours { fill: #2f81f7; }
.other { fill: #8b949e; }
@media (prefers-color-scheme: dark) { text { fill: #adbac7; } }
</style>
$($parts -join "`n")
</svg>
"@ | Set-Content $Path
