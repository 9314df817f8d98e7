# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -PowerShell ._WorkFolder

# This module_util is for internal use only. It is not intended to be used by collections outside of offlineseed.azure.

# The papers of a drive: claim, proof, order and progress on the host, marker and journal on the drive. Forms: docs/formats.md.

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

# What Windows and Explorer put on every volume
$script:SystemEntries = 'System Volume Information', '$RECYCLE.BIN', 'RECYCLER', 'desktop.ini'
$script:SeedFolder = 'offlineseed'
$script:Tries = 5

function Test-SafeSerial {
    # A serial number becomes the name of a file and a folder: letters, digits and . _ - only, no dot at the ends.
    param([string] $Serial)
    return $Serial -match '^[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9_-])?$'
}

function Read-Paper {
    <#
    .SYNOPSIS
    The object in a JSON file; $null where there is none or it is torn.
    .DESCRIPTION
    The worker replaces its progress while it is read: a moment without the file, or with it held, is waited over.
    #>
    [CmdletBinding()]
    param([string] $Path)
    for ($tries = 1; ; $tries++) {
        if (-not (Test-Path -LiteralPath $Path)) { return $null }
        try { return ConvertFrom-Line -Text (Get-Content -LiteralPath $Path -Raw -Encoding UTF8) } catch { if ($tries -eq $script:Tries) { throw } }
        Start-Sleep -Milliseconds 100
    }
}

function ConvertFrom-Line {
    # One JSON object; $null for what is none. Torn text is what a power cut leaves, so it is no error here.
    param($Text)
    if (-not "$Text".Trim()) { return $null }
    try { $object = ConvertFrom-Json -InputObject "$Text" } catch { return $null }
    if ($object -isnot [System.Management.Automation.PSCustomObject]) { return $null }
    return $object
}

function Get-Field {
    # A property of an object read from JSON, $null where it is missing (StrictMode throws).
    param($Object, [string] $Name)
    if ($null -eq $Object) { return $null }
    foreach ($property in $Object.PSObject.Properties) { if ($property.Name -eq $Name) { return $property.Value } }
    return $null
}

function Write-Paper {
    <#
    .SYNOPSIS
    Writes an object as JSON so that the file is there wholly or not at all, and on the medium when this returns.
    #>
    [CmdletBinding()]
    param([string] $Path, $Content)
    $final = Resolve-ProviderPath -Path $Path
    $draft = "$final.new"
    $bytes = (New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false).GetBytes((ConvertTo-Json -InputObject $Content -Depth 6 -Compress) + "`n")
    $stream = New-Object -TypeName System.IO.FileStream -ArgumentList $draft, ([System.IO.FileMode]::Create)
    try {
        $stream.Write($bytes, 0, $bytes.Length)
        $stream.Flush($true)
    } finally {
        $stream.Dispose()
    }
    if ([System.IO.File]::Exists($final)) {
        [System.IO.File]::Replace($draft, $final, [NullString]::Value)
    } else {
        [System.IO.File]::Move($draft, $final)
    }
}

function Get-UtcNow { [DateTime]::UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", [System.Globalization.CultureInfo]::InvariantCulture) }

function Get-ClaimPath { param([string] $Serial) "$(Get-WorkRoot)\claims\$Serial.json" }

function Get-DriveClaim {
    <#
    .SYNOPSIS
    Which seed holds a drive on this host: seed, size, plan_hash, state, protector; $null where none does.
    #>
    [CmdletBinding()]
    param([string] $Serial)
    if (-not (Test-SafeSerial -Serial $Serial)) { return $null }
    $claim = Read-Paper -Path (Get-ClaimPath -Serial $Serial)
    if ($null -eq $claim) {
        # A claim that cannot be read still says that somebody claimed the drive.
        if (Test-Path -LiteralPath (Get-ClaimPath -Serial $Serial)) {
            return @{ seed = '(unreadable claim file)'; size = $null; plan_hash = $null; state = $null; protector = $null; had_data = $true }
        }
        return $null
    }
    @{
        seed = Get-Field -Object $claim -Name 'seed'
        size = Get-Field -Object $claim -Name 'size'
        plan_hash = Get-Field -Object $claim -Name 'plan_hash'
        state = Get-Field -Object $claim -Name 'state'
        protector = Get-Field -Object $claim -Name 'protector'
        had_data = Get-Field -Object $claim -Name 'had_data'
    }
}

function Set-DriveClaim {
    <#
    .SYNOPSIS
    Writes the claim of a seed on a drive: state clearing, begun or proven.
    #>
    [CmdletBinding()]
    param([hashtable] $Wanted, [string] $State, $Protector, $HadData)
    $null = New-WorkFolder -Name 'claims'
    Write-Paper -Path (Get-ClaimPath -Serial $Wanted.serial) -Content @{
        v = 1; seed = $Wanted.seed; serial = $Wanted.serial; size = $Wanted.size; plan_hash = $Wanted.plan_hash
        state = $State; protector = $Protector; had_data = $HadData; at = Get-UtcNow
    }
}

function Get-PaperOf {
    # The three names by which a marker or a journal's first line says whose drive this is.
    param($Object)
    if ($null -eq $Object -or $null -eq (Get-Field -Object $Object -Name 'seed')) { return $null }
    @{
        v = Get-Field -Object $Object -Name 'v'
        seed = "$(Get-Field -Object $Object -Name 'seed')"
        serial = "$(Get-Field -Object $Object -Name 'serial')"
        plan_hash = "$(Get-Field -Object $Object -Name 'plan_hash')"
    }
}

function Get-JournalPaper {
    # Whose journal it is, and its last whole line: is the drive copied, did the worker give it up?
    param([string] $Path)
    if (-not (Test-Path -LiteralPath $Path)) { return $null }
    $first = ConvertFrom-Line -Text (Get-Content -LiteralPath $Path -TotalCount 1 -Encoding UTF8)
    $paper = Get-PaperOf -Object $first
    if ($null -eq $paper -or (Get-Field -Object $first -Name 'event') -ne 'opened') { return $null }
    $paper.last = $null
    $last = ConvertFrom-Line -Text (Get-Content -LiteralPath $Path -Tail 1 -Encoding UTF8)
    if ($null -ne $last) { $paper.last = $last }
    return $paper
}

function Get-DrivePaper {
    <#
    .SYNOPSIS
    What a readable volume says of itself: marker, journal, whether a manifest lies there, whether it is blank. $null where it cannot be read.
    #>
    [CmdletBinding()]
    param([string] $Root)
    $root = $Root.TrimEnd('\')
    try {
        $names = @(Get-ChildItem -LiteralPath "$root\" -Force | ForEach-Object { $_.Name })
        $own = @()
        if ($names -contains $script:SeedFolder) { $own = @(Get-ChildItem -LiteralPath "$root\$script:SeedFolder" -Force | ForEach-Object { $_.Name }) }
        $marker = Get-PaperOf -Object (Read-Paper -Path "$root\$script:SeedFolder\marker.json")
        $journal = Get-JournalPaper -Path "$root\$script:SeedFolder\journal.jsonl"
    } catch [System.IO.IOException], [System.UnauthorizedAccessException], [System.NotSupportedException], [System.Management.Automation.ItemNotFoundException],
    [System.Management.Automation.DriveNotFoundException], [System.ArgumentException] {
        # Not readable for this account, or only by the volume's own path where this PowerShell does not know it: nothing is known of its content.
        return $null
    }
    $other = @($names | Where-Object { $script:SystemEntries -notcontains $_ -and $_ -ne $script:SeedFolder })
    $ours = @($own | Where-Object { @('marker.json', 'marker.json.new', 'journal.jsonl') -notcontains $_ })
    @{
        marker = $marker
        journal = $journal
        manifest = $names -contains 'DriveManifest.xml'
        blank = $other.Count -eq 0 -and $ours.Count -eq 0 -and $null -eq $marker
    }
}

Export-ModuleMember -Function Read-Paper, Write-Paper, Get-Field, Get-UtcNow, Get-ClaimPath, Get-DriveClaim, Set-DriveClaim, Get-DrivePaper, Test-SafeSerial
