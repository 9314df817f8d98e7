# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -PowerShell ._DriveStep

# This module_util is for internal use only. It is not intended to be used by collections outside of offlineseed.azure.

# A step goes on on the host when its controller is killed. The next run must neither look at a drive nor change it in the middle of that.

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$script:Changing = 'begin', 'attach', 'start', 'prove', 'cancel'

function Wait-DriveTurn {
    <#
    .SYNOPSIS
    Waits until no other run is at work on the drives of a seed, then holds the turn until what it returns is disposed of, or the process ends.
    .DESCRIPTION
    Only a changing operation makes the file; a look where nothing was ever begun takes no turn and leaves no trace.
    .OUTPUTS
    The open file that is the turn, or nothing.
    #>
    [CmdletBinding()]
    param([string] $Seed, [string] $Operation, [int] $Seconds = 300)
    $folder = Get-SeedFolder -Seed $Seed
    $name = "$folder\turn.lock"
    $mode = 'Open'
    if ($script:Changing -contains $Operation) {
        $null = New-SeedFolder -Seed $Seed
        $mode = 'OpenOrCreate'
    } elseif (-not (Test-Path -LiteralPath $name)) {
        return
    }
    $path = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($name)
    $until = [DateTime]::UtcNow.AddSeconds($Seconds)
    while ($true) {
        try {
            return [System.IO.File]::Open($path, $mode, [System.IO.FileAccess]::ReadWrite, [System.IO.FileShare]::None)
        } catch [System.IO.IOException] {
            if ([DateTime]::UtcNow -gt $until) {
                throw "another run has been at work on the drives of seed $Seed for $Seconds seconds; run again when it is done"
            }
            Start-Sleep -Milliseconds 300
        }
    }
}

Export-ModuleMember -Function Wait-DriveTurn
