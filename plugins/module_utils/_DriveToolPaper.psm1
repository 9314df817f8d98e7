# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -PowerShell ._WorkFolder

# This module_util is for internal use only. It is not intended to be used by collections outside of offlineseed.azure.

# The papers of AzureOfflineBackupDiskPrep: DriveInfo files and journals. Both hold recovery passwords in clear text, a journal perhaps a storage
# key. Only serial number, path and hash of a manifest are ever taken out of them, and whether there is a key: what is not picked cannot leak.

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$script:Journal = '^Journal[^\\]*\.jrn$'
$script:DriveInfo = '^Journal[^\\]*_DriveInfo_[^\\]*\.xml$'
$script:Summary = '^[a-z0-9]{3,24}_[^\\]+\.txt$'
$script:Largest = 16777216
$script:Parts = @{ DriveId = 'serial'; ManifestFile = 'manifest_file'; ManifestHash = 'manifest_hash' }

function Test-ToolPaper {
    <#
    .SYNOPSIS
    Whether a name is one that the tool gives to what it writes.
    #>
    [CmdletBinding()]
    param([string] $Name)
    $Name -match $script:Journal -or $Name -match $script:DriveInfo -or $Name -cmatch $script:Summary
}

function Read-SharedText {
    # The text of a file that the tool may still hold open.
    param([string] $Path)
    $share = [System.IO.FileShare]::ReadWrite -bor [System.IO.FileShare]::Delete
    $stream = New-Object -TypeName System.IO.FileStream -ArgumentList (Resolve-ProviderPath -Path $Path), ([System.IO.FileMode]::Open), ([System.IO.FileAccess]::Read), $share
    try {
        if ($stream.Length -gt $script:Largest) { throw "it is bigger than $script:Largest bytes" }
        $reader = New-Object -TypeName System.IO.StreamReader -ArgumentList $stream, ([System.Text.Encoding]::UTF8), $true
        return $reader.ReadToEnd()
    } finally {
        $stream.Dispose()
    }
}

function New-XmlReader {
    # A reader that resolves nothing and follows no document type.
    param([string] $Text)
    $settings = New-Object -TypeName System.Xml.XmlReaderSettings
    $settings.DtdProcessing = [System.Xml.DtdProcessing]::Prohibit
    $settings.XmlResolver = $null
    $settings.ConformanceLevel = [System.Xml.ConformanceLevel]::Fragment
    $source = New-Object -TypeName System.IO.StringReader -ArgumentList $Text.Trim()
    return [System.Xml.XmlReader]::Create($source, $settings)
}

function Read-DriveElement {
    # Every element Drive of a piece of XML, in whatever namespace and depth: its serial, manifest and hash, and whether it has a key.
    param([string] $Text)
    $reader = New-XmlReader -Text $Text
    $drive = $null
    $depth = 0
    $part = $null
    try {
        while ($reader.Read()) {
            switch ("$($reader.NodeType)") {
                'Element' {
                    $part = $null
                    if ($reader.LocalName -ceq 'Drive' -and -not $reader.IsEmptyElement) {
                        $drive = @{ serial = ''; manifest_file = ''; manifest_hash = ''; has_key = $false }
                        $depth = $reader.Depth
                    } elseif ($null -ne $drive -and $reader.Depth -eq $depth + 1 -and -not $reader.IsEmptyElement) {
                        $part = $reader.LocalName
                    }
                }
                { $_ -eq 'Text' -or $_ -eq 'CDATA' } {
                    if ($null -ne $drive -and $script:Parts.ContainsKey("$part")) { $drive[$script:Parts["$part"]] += $reader.Value.Trim() }
                    if ($null -ne $drive -and $part -ceq 'BitLockerKey') { $drive.has_key = $true }
                }
                'EndElement' {
                    $part = $null
                    if ($reader.LocalName -ceq 'Drive' -and $null -ne $drive -and $reader.Depth -eq $depth) {
                        $drive
                        $drive = $null
                    }
                }
            }
        }
    } finally {
        $reader.Close()
    }
}

function Read-JournalDrive {
    # The drives that the whole update records of a journal tell, the last word on each.
    param([string] $Text)
    $last = @{}
    $value = $null
    $pending = @()
    foreach ($line in $Text.Split("`n")) {
        $line = $line.TrimEnd("`r")
        if ($line.StartsWith('[BeginUpdateRecord]')) {
            $value = $null
            $pending = @()
        } elseif ($null -ne $value) {
            if ($line.Trim() -eq '[EndValue]') {
                $pending += @(Read-DriveElement -Text ($value -join "`n"))
                $value = $null
            } else {
                $value += , $line
            }
        } elseif ($line -match '^DriveState:\s?\[BeginValue\](.*)$') {
            $value = @($Matches[1])
        } elseif ($line.Trim() -eq '[EndUpdateRecord]') {
            foreach ($drive in $pending) { $last[$drive.serial] = $drive }
            $pending = @()
        }
    }
    return $last.Values
}

function Get-ToolPaper {
    <#
    .SYNOPSIS
    The DriveInfo files and journals in the tool's folder: tables of file, kind, modified, drives and problem. No key, no text of a file.
    #>
    [CmdletBinding()]
    param([string] $Folder)
    if (-not (Test-Path -LiteralPath $Folder)) { return }
    foreach ($item in @(Get-ChildItem -LiteralPath $Folder -Force | Where-Object { -not $_.PSIsContainer })) {
        $kind = $null
        if ($item.Name -match $script:DriveInfo) { $kind = 'drive_info' } elseif ($item.Name -match $script:Journal) { $kind = 'journal' }
        if ($null -eq $kind) { continue }
        $paper = @{
            file = $item.Name; kind = $kind; drives = [object[]] @(); problem = $null
            modified = $item.LastWriteTimeUtc.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", [System.Globalization.CultureInfo]::InvariantCulture)
        }
        try {
            $text = Read-SharedText -Path $item.FullName
            $drives = if ($kind -eq 'journal') { @(Read-JournalDrive -Text $text) } else { @(Read-DriveElement -Text $text) }
            $paper.drives = [object[]] @($drives)
        } catch {
            # The words of an XML error could quote the file.
            $paper.problem = "it cannot be read ($($_.Exception.GetBaseException().GetType().Name))"
        }
        $paper
    }
}

function Get-ToolSummary {
    <#
    .SYNOPSIS
    Names of the summaries that the tool writes once it has made a job: <account>_<job>.txt.
    #>
    [CmdletBinding()]
    param([string] $Folder)
    if (-not (Test-Path -LiteralPath $Folder)) { return }
    foreach ($item in @(Get-ChildItem -LiteralPath $Folder -Force)) {
        if (-not $item.PSIsContainer -and $item.Name -cmatch $script:Summary) { $item.Name }
    }
}

Export-ModuleMember -Function Test-ToolPaper, Get-ToolPaper, Get-ToolSummary
