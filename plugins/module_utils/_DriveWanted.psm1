# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -PowerShell ._DrivePaper

# This module_util is for internal use only. It is not intended to be used by collections outside of offlineseed.azure.

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

function New-Wanted {
    <#
    .SYNOPSIS
    What consent, plan and record say of one drive, as guard and steps read it. A recovery password is not part of it.
    .PARAMETER Drive
    serial, size, wipe (consent); planned_serial, planned_size, plan_hash, container, files, bytes (plan)
    .PARAMETER Proven
    serial and protector of the drives that the record calls prepared
    #>
    [CmdletBinding()]
    param([string] $Seed, $Drive, [object[]] $Proven, [string] $StagingPath)
    $serial = "$($Drive.serial)" -replace '\s', ''
    @{
        seed = $Seed
        serial = $serial
        size = [long] $Drive.size
        wipe = [bool] $Drive.wipe
        plan_hash = $Drive.plan_hash
        planned_serial = "$($Drive.planned_serial)" -replace '\s', ''
        planned_size = [long] $Drive.planned_size
        container = $Drive.container
        files = $Drive.files
        bytes = $Drive.bytes
        proven = [object[]] @($Proven | Where-Object { $_ -and ("$($_.serial)" -replace '\s', '') -eq $serial } | ForEach-Object { $_.protector })
        key_refused = $false
        staging_path = $StagingPath
    }
}

function New-Remembered {
    <#
    .SYNOPSIS
    The same of a drive whose plan is not at hand: what this seed's claim on this host says of it. Enough to look and to let go, not to begin.
    #>
    [CmdletBinding()]
    param([string] $Seed, $Drive, [object[]] $Proven, [string] $StagingPath)
    $claim = Get-DriveClaim -Serial ("$($Drive.serial)" -replace '\s', '')
    $plan = $null
    if ($null -ne $claim -and $claim.seed -ceq $Seed) { $plan = $claim.plan_hash }
    $known = @{
        serial = $Drive.serial; size = $Drive.size; wipe = $Drive.wipe; planned_serial = $Drive.serial; planned_size = $Drive.size
        plan_hash = $plan; container = $null; files = $null; bytes = $null
    }
    New-Wanted -Seed $Seed -Drive $known -Proven $Proven -StagingPath $StagingPath
}

Export-ModuleMember -Function New-Wanted, New-Remembered
