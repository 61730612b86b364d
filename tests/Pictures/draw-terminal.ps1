<#
.SYNOPSIS
Draws captures of a terminal (text with SGR sequences, as `tmux capture-pane -e -p` writes it) as one SVG image.
.PARAMETER Capture
The files, separated by commas. Each becomes a window, from top to bottom.
.PARAMETER Path
The image.
.PARAMETER Title
What it shows, for those who cannot see it.
.PARAMETER Columns
The terminal's width.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Capture,
    [Parameter(Mandatory)] [string] $Path,
    [Parameter(Mandatory)] [string] $Title,
    [int] $Columns = 88
)

$ErrorActionPreference = 'Stop'
$fontSize = 14
$cell = 8.43
$lineHeight = 20
$padding = 18
$titleBar = 30
$gap = 16
$background = '#1e2127'
$plain = '#d4d7dd'
$palette = '#3b4048', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#d4d7dd',
    '#7f848e', '#ef8a92', '#b5e08f', '#f2d692', '#8cc6ff', '#dba0ec', '#7fd4df', '#ffffff'

# What an SGR sequence changes. One that is not known here fails, for the picture would be wrong.
function Set-Style([hashtable] $Style, [string] $Sequence) {
    $codes = @($Sequence -split ';' | ForEach-Object { [int]('0' + $_) })
    for ($i = 0; $i -lt $codes.Count; $i++) {
        switch ($codes[$i]) {
            0 { $Style.Colour = $plain; $Style.IsBold = $Style.IsDim = $Style.IsItalic = $Style.IsReversed = $false; break }
            1 { $Style.IsBold = $true; break }
            2 { $Style.IsDim = $true; break }
            3 { $Style.IsItalic = $true; break }
            7 { $Style.IsReversed = $true; break }
            22 { $Style.IsBold = $Style.IsDim = $false; break }
            23 { $Style.IsItalic = $false; break }
            27 { $Style.IsReversed = $false; break }
            39 { $Style.Colour = $plain; break }
            { $_ -in 30..37 } { $Style.Colour = $palette[$_ - 30]; break }
            { $_ -in 90..97 } { $Style.Colour = $palette[$_ - 82]; break }
            { $_ -in 49, 10 } { break } # the background and the font that everything has
            default { throw "The capture has an SGR code that is not drawn: $_." }
        }
    }
}

# The text elements of a line: each run of one style, at the column that it begins at.
function ConvertTo-TextElement([string] $Line, [hashtable] $Style, [double] $Y) {
    $column = 0
    foreach ($part in [regex]::Matches($Line, "`e\[(?<sgr>[0-9;]*)m|(?<text>[^`e]+)")) {
        if (-not $part.Groups['text'].Success) {
            Set-Style $Style $part.Groups['sgr'].Value
            continue
        }
        if ($Style.IsReversed) {
            [string]::Format([cultureinfo]::InvariantCulture, '    <rect x="{0:0.##}" y="{1}" width="{2:0.##}" height="{3}" fill="{4}"/>',
                ($padding + $column * $cell), ($Y - 15), ($part.Length * $cell), $lineHeight, $Style.Colour)
        }
        $text = $part.Value.TrimEnd()
        $indent = $text.Length - $text.TrimStart().Length
        if ($text.Length -gt $indent) {
            # A fixed length a run keeps the columns in line, whichever of the fonts the viewer has.
            [string]::Format([cultureinfo]::InvariantCulture,
                '    <text x="{0:0.##}" y="{1}" textLength="{2:0.##}" fill="{3}"{4}{5}{6}>{7}</text>',
                ($padding + ($column + $indent) * $cell), $Y, (($text.Length - $indent) * $cell),
                ($Style.IsReversed ? $background : $Style.Colour), ($Style.IsBold ? ' font-weight="bold"' : ''), ($Style.IsDim ? ' fill-opacity="0.6"' : ''),
                ($Style.IsItalic ? ' font-style="italic"' : ''),
                [Security.SecurityElement]::Escape($text.TrimStart()))
        }
        $column += $part.Length
    }
}

function ConvertTo-Window([string[]] $Lines, [double] $Top, [double] $Width, [double] $Height) {
    "  <g transform=`"translate(0 $Top)`">"
    "    <rect width=`"$Width`" height=`"$Height`" rx=`"9`" fill=`"$background`"/>"
    $x = $padding
    foreach ($button in '#ff5f57', '#febc2e', '#28c840') {
        "    <circle cx=`"$x`" cy=`"17`" r=`"5.5`" fill=`"$button`"/>"
        $x += 18
    }
    $style = @{ Colour = $plain; IsBold = $false; IsDim = $false; IsItalic = $false; IsReversed = $false }
    for ($i = 0; $i -lt $Lines.Count; $i++) {
        ConvertTo-TextElement -Line $Lines[$i] -Style $style -Y ($titleBar + $lineHeight * ($i + 1))
    }
    '  </g>'
}

$width = [Math]::Ceiling(2 * $padding + $Columns * $cell)
$top = 0
$windows = foreach ($file in $Capture -split ',') {
    $lines = @(Get-Content -LiteralPath $file)
    $height = $titleBar + $lineHeight * $lines.Count + $padding
    ConvertTo-Window -Lines $lines -Top $top -Width $width -Height $height
    $top += $height + $gap
}
$fonts = "ui-monospace, 'Cascadia Mono', 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace"
$image = @(
    "<svg xmlns=`"http://www.w3.org/2000/svg`" width=`"$width`" height=`"$($top - $gap)`" role=`"img`""
    "  xml:space=`"preserve`" font-family=`"$fonts`" font-size=`"$fontSize`">"
    "  <title>$([Security.SecurityElement]::Escape($Title))</title>"
    $windows
    '</svg>'
)
[IO.File]::WriteAllText($Path, ($image -join "`n") + "`n")
