# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The copy worker's own C# in one process with what it is measured against. Answers one JSON line: {parts: {name: seconds}, copy, rated: [seconds]}.
param([string] $Sources, [string] $Staging, [string] $Drives, [string] $Kind, [long] $MaxRate, [int] $Count)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
Add-Type -IgnoreWarnings -Path "$Sources/_DriveJournal.cs", "$Sources/_DriveCopy.cs", "$PSScriptRoot/copying_parts.cs"

function Start-Copy {
    # The worker's copying of one drive
    param([string] $Name)
    $root = "$Drives/$Name"
    $copy = New-Object -TypeName OfflineSeed.DriveCopy -ArgumentList 'bench', $Staging, $root, "$root/list.jsonl", 'bench', $Name, 'ab', $MaxRate
    $copy.Start()
    return $copy
}

function Wait-Copy {
    param([object[]] $Copies)
    foreach ($copy in $Copies) {
        while (-not $copy.Finished) { Start-Sleep -Milliseconds 5 }
        if ($copy.State -ne 'copied') { throw $copy.Message }
    }
}

$watch = New-Object -TypeName System.Diagnostics.Stopwatch
$answer = @{ parts = @{} }
if ($Kind -eq 'parts') {
    foreach ($part in 'read', 'write', 'sha256', 'md5', 'crc64') {
        $watch.Restart()
        [CopyingParts]::Run($part, $Staging, $Drives)
        $answer.parts[$part] = $watch.Elapsed.TotalSeconds
    }
}
$watch.Restart()
Wait-Copy -Copies @(1..$Count | ForEach-Object { Start-Copy -Name "D$_" })
$answer.seconds = $watch.Elapsed.TotalSeconds
ConvertTo-Json -InputObject $answer -Compress
