# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -PowerShell ._WorkFolder
#AnsibleRequires -PowerShell ._DriveGuard
#AnsibleRequires -PowerShell ._DriveKey
#AnsibleRequires -PowerShell ._DrivePaper
#AnsibleRequires -PowerShell ._DriveStep
#AnsibleRequires -PowerShell ._DriveTask
#AnsibleRequires -PowerShell ._DriveVolume

# This module_util is for internal use only. It is not intended to be used by collections outside of offlineseed.azure.

# The end of preparing a drive: it is prepared when the escrowed key has really opened it, not before. And the end of not preparing it.

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

function Confirm-Drive {
    <#
    .SYNOPSIS
    prove: lock, unlock with the escrowed key, protection on and everything encrypted, manifest as the journal says; then lock and unmount for good.
    .OUTPUTS
    @{ changed; drive }. A drive that is not that far comes back in its own state; one whose proof fails is `failed` and says at which step.
    #>
    [CmdletBinding()]
    param([hashtable] $Wanted, [hashtable] $Key)
    $state = Get-OneState -Wanted $Wanted
    if ($state.state -ne 'copied') { return @{ changed = $false; drive = $state } }
    $mounted = Mount-Drive -Wanted $Wanted
    $keeper = Get-VolumeKeeper -VolumePath $mounted.volume
    $complaint = Test-Proof -Wanted $Wanted -Keeper $keeper -State $state -Key $Key -Root $mounted.root
    if ($complaint) {
        $state.state = 'failed'
        $state.message = "not proven: $complaint"
        return @{ changed = $true; drive = $state }
    }
    $state.evidence = [object[]] @(Copy-Evidence -Wanted $Wanted -Root $mounted.root)
    Lock-Drive -Keeper $keeper
    Dismount-Drive -Wanted $Wanted
    Save-Proof -Wanted $Wanted -State $state
    $state.state = 'proven'
    $state.standing = 'prepared'
    $state.message = $null
    @{ changed = $true; drive = $state }
}

function Test-Proof {
    # What is wrong, or nothing. The drive is left unlocked, so that what is wrong can be cured and proven again.
    param([hashtable] $Wanted, $Keeper, [hashtable] $State, [hashtable] $Key, [string] $Root)
    $conversion = Get-DriveConversion -Keeper $Keeper
    if (-not $conversion.done) { return "the encryption stands at $($conversion.percentage) % (conversion status $($conversion.status))" }
    if (-not (Test-DriveProtected -Keeper $Keeper)) { return 'BitLocker protection is off; resume it (manage-bde -protectors -enable) and run again' }
    $State.protector = Get-DriveProtector -Keeper $Keeper
    $complaint = Test-Manifest -Root $Root -State $State
    if ($complaint) { return $complaint }
    Lock-Drive -Keeper $Keeper
    if (-not (Unlock-Drive -Keeper $Keeper -Key $Key)) {
        return 'the escrowed key does not open the drive: the escrow file of this drive is not the one it was prepared with; put it back, or set wipe: true'
    }
    if (-not (Test-DriveProtected -Keeper $Keeper)) { return 'BitLocker protection is off after unlocking' }
    if (-not (Get-DriveConversion -Keeper $Keeper).done) { return 'the drive is not encrypted as a whole after unlocking' }
    return Test-Manifest -Root $Root -State $State
}

function Test-Manifest {
    # Marker, size and MD5 of the manifest, read from the drive
    param([string] $Root, [hashtable] $State)
    $path = "$Root\DriveManifest.xml"
    if ($null -eq (Read-Paper -Path "$Root\offlineseed\marker.json")) { return "the marker of the drive cannot be read in $Root" }
    if (-not (Test-Path -LiteralPath $path)) { return 'DriveManifest.xml is not on the drive' }
    $size = (Get-Item -LiteralPath $path).Length
    $hash = (Get-FileHash -LiteralPath $path -Algorithm MD5).Hash
    if ($size -ne $State.manifest_size -or $hash -ne $State.manifest_hash) {
        return "DriveManifest.xml has $size bytes and MD5 $hash, the journal says $($State.manifest_size) and $($State.manifest_hash)"
    }
}

function Copy-Evidence {
    # Journal and manifest stay behind when the drive leaves: name, SHA-256 and size of each copy, as it lies in the work folder.
    param([hashtable] $Wanted, [string] $Root)
    $folder = "$(New-SeedFolder -Seed $Wanted.seed)\evidence\$($Wanted.serial)"
    if (-not (Test-Path -LiteralPath $folder)) { $null = New-Item -Path $folder -ItemType Directory }
    foreach ($path in "$Root\DriveManifest.xml", "$Root\offlineseed\journal.jsonl") {
        $copy = "$folder\$($path.Substring($path.LastIndexOf('\') + 1))"
        Copy-Item -LiteralPath $path -Destination $copy -Force
        @{
            name = $copy.Substring($folder.Length + 1)
            sha256 = (Get-FileHash -LiteralPath $copy -Algorithm SHA256).Hash.ToLowerInvariant()
            bytes = (Get-Item -LiteralPath $copy).Length
        }
    }
}

function Save-Proof {
    # The proof outlives the drive on this host; its order is done.
    param([hashtable] $Wanted, [hashtable] $State)
    $folder = New-SeedFolder -Seed $Wanted.seed
    $claim = Get-DriveClaim -Serial $Wanted.serial
    Write-Paper -Path (Get-ProofPath -Wanted $Wanted) -Content @{
        v = 1; seed = $Wanted.seed; serial = $Wanted.serial; size = $Wanted.size; plan_hash = $Wanted.plan_hash; protector = $State.protector
        manifest_file = $State.manifest_file; manifest_hash = $State.manifest_hash; manifest_size = $State.manifest_size
        files = $Wanted.files; bytes = $Wanted.bytes; evidence = $State.evidence; at = Get-UtcNow
    }
    Set-DriveClaim -Wanted $Wanted -State 'proven' -Protector $State.protector -HadData ($null -eq $claim -or $claim.had_data -ne $false)
    foreach ($done in 'orders', 'progress') {
        $path = "$folder\$done\$($Wanted.serial).json"
        if (Test-Path -LiteralPath $path) { Remove-Item -LiteralPath $path -Force }
    }
    $State.files_done = $State.files_total = $Wanted.files
    $State.bytes_done = $State.bytes_total = $Wanted.bytes
}

function Stop-DrivePreparation {
    <#
    .SYNOPSIS
    cancel: the worker is gone, the seed's drives are locked and unmounted as they are, and their claims are given up. Nothing on a drive is deleted.
    .OUTPUTS
    @{ changed; drives; running }
    #>
    [CmdletBinding()]
    param([string] $Seed, [hashtable[]] $Wanted, [string] $StagingPath)
    $changed = Stop-Worker -Seed $Seed
    $before = Get-DriveState -Seed $Seed -Wanted $Wanted -StagingPath $StagingPath
    foreach ($one in $Wanted) {
        $state = @($before.drives | Where-Object { $_.serial -eq $one.serial })[0]
        if ($state.standing -eq 'ours') {
            $mounted = Mount-Drive -Wanted $one
            $keeper = Get-VolumeKeeper -VolumePath $mounted.volume
            if (Test-DriveProtected -Keeper $keeper) { Lock-Drive -Keeper $keeper }
            Dismount-Drive -Wanted $one
            $changed = $true
        }
        if (Remove-Claim -Wanted $one) { $changed = $true }
    }
    $after = Get-DriveState -Seed $Seed -Wanted $Wanted -StagingPath $StagingPath
    @{ changed = $changed; drives = $after.drives; running = $after.running }
}

function Remove-Claim {
    # Gives up this seed's claim on a drive; another seed's stays.
    param([hashtable] $Wanted)
    $claim = Get-DriveClaim -Serial $Wanted.serial
    if ($null -eq $claim -or $claim.seed -cne $Wanted.seed) { return $false }
    Remove-Item -LiteralPath (Get-ClaimPath -Serial $Wanted.serial) -Force
    foreach ($part in 'orders', 'progress') {
        $path = "$(Get-SeedFolder -Seed $Wanted.seed)\$part\$($Wanted.serial).json"
        if (Test-Path -LiteralPath $path) { Remove-Item -LiteralPath $path -Force }
    }
    $evidence = "$(Get-SeedFolder -Seed $Wanted.seed)\evidence\$($Wanted.serial)"
    if (Test-Path -LiteralPath $evidence) { Remove-Item -LiteralPath $evidence -Recurse -Force }
    return $true
}

Export-ModuleMember -Function Confirm-Drive, Stop-DrivePreparation
