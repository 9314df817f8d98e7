# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Asks the guard about many hosts in one process: JSON lines of {drives, wanted} in, JSON lines of {standing, number, reasons} out.

param([string] $Guard, [string] $Questions, [string] $Answers)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
Import-Module -Name $Guard

$lines = foreach ($line in [System.IO.File]::ReadAllLines($Questions)) {
    $question = ConvertFrom-Json -InputObject $line -AsHashtable
    $found = Get-DriveStanding -Drives @($question.drives) -Wanted $question.wanted
    $number = $null
    if ($null -ne $found.drive) { $number = $found.drive.number }
    $offer = @(foreach ($drive in $question.drives) { if (@(Get-DriveReason -Drive $drive -Drives $question.drives -Wanted $null).Count -eq 0) { $drive.number } })
    ConvertTo-Json -Compress -Depth 5 -InputObject @{ standing = $found.standing; number = $number; reasons = @($found.reasons | ForEach-Object { @{ id = $_.id; text = $_.text } }); offered = $offer }
}
[System.IO.File]::WriteAllLines($Answers, [string[]] $lines)
