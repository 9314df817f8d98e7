#!powershell

# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -CSharpUtil Ansible.Basic
#AnsibleRequires -PowerShell ..module_utils._DriveFacts
#AnsibleRequires -PowerShell ..module_utils._DriveGuard
#AnsibleRequires -PowerShell ..module_utils._DriveStep
#AnsibleRequires -PowerShell ..module_utils._HostFacts

Set-StrictMode -Version 2.0

$spec = @{
    options = @{
        staging_path = @{ type = 'str' }
        reach = @{ type = 'list'; elements = 'str'; default = @() }
    }
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)

# What a disk is told as; the guard's own joints (numbers, handles of volumes, claims) stay inside.
$DISK_FIELDS = @(
    'number', 'serial', 'size', 'bus', 'bus_number', 'model', 'unique_id', 'path', 'logical_sector_size', 'physical_sector_size', 'partition_style',
    'offline', 'read_only', 'boot', 'system', 'page_file', 'clustered', 'pooled', 'removable', 'staging', 'health'
)
$PARTITION_FIELDS = @('number', 'type', 'size', 'offset', 'letter', 'access_paths')
$VOLUME_FIELDS = @('label', 'file_system', 'size', 'free', 'encryption')
# Group policies that decide how data drives are encrypted (BitLocker policy settings, "Fixed data drives")
$POLICY_ROOT = 'HKLM:\SOFTWARE\Policies\Microsoft\FVE'
$POLICY_NAMES = @(
    'FDVRecovery', 'FDVRecoveryPassword', 'FDVRecoveryKey', 'FDVRequireActiveDirectoryBackup', 'FDVActiveDirectoryBackup', 'FDVEncryptionType',
    'FDVPassphrase', 'FDVEnforcePassphrase', 'EncryptionMethod', 'EncryptionMethodWithXtsFdv'
)
$DENY_KEY = 'HKLM:\SYSTEM\CurrentControlSet\Policies\Microsoft\FVE'
$FIPS_KEY = 'HKLM:\SYSTEM\CurrentControlSet\Control\Lsa\FipsAlgorithmPolicy'

function Select-Field {
    # A table with some of the keys of another
    param($From, [string[]] $Names)
    $table = @{}
    foreach ($name in $Names) { $table[$name] = $From[$name] }
    return $table
}

function Get-DiskResult {
    # One disk as it is told: raw facts, and what the guard says of it when nobody has named it yet.
    param($Drive, [object[]] $Drives)
    $reasons = @(Get-DriveReason -Drive $Drive -Drives $Drives -Wanted $null)
    $disk = Select-Field -From $Drive -Names $DISK_FIELDS
    $disk.partitions = [object[]] @($Drive.partitions | ForEach-Object { Select-Field -From $_ -Names $PARTITION_FIELDS })
    $disk.volumes = [object[]] @($Drive.volumes | ForEach-Object { Select-Field -From $_ -Names $VOLUME_FIELDS })
    $disk.empty = @(Get-ForeignPartition -Drive $Drive).Count -eq 0 -and $Drive.unseen_partitions -eq 0
    $disk.seed = $null
    if ($null -ne $Drive.claim) { $disk.seed = $Drive.claim.seed }
    $disk.eligible = $reasons.Count -eq 0
    $disk.reasons = [object[]] @($reasons | ForEach-Object { @{ id = $_.id; text = $_.text } })
    return $disk
}

function Get-FeatureState {
    # State of the server feature BitLocker: installed, install_pending (until the restart), available, removed; null on a client
    if (-not (Get-Command -Name 'Get-WindowsFeature' -ErrorAction SilentlyContinue)) { return $null }
    $feature = Get-WindowsFeature -Name 'BitLocker'
    if ($null -eq $feature) { return $null }
    return ("$($feature.InstallState)" -creplace '([a-z])([A-Z])', '$1_$2').ToLowerInvariant()
}

function Get-HostResult {
    # The host, and what its policies and features mean for preparing drives
    param([bool] $BitLocker)
    $known = Get-HostFact
    $policies = @{}
    foreach ($name in $POLICY_NAMES) { $policies[$name] = Get-PolicyNumber -Key $POLICY_ROOT -Name $name }
    $policies.FDVDenyWriteAccess = Get-PolicyNumber -Key $DENY_KEY -Name 'FDVDenyWriteAccess'
    $known.bitlocker = $BitLocker
    # Get-WindowsFeature takes seconds, so it is asked only where the answer matters.
    $known.bitlocker_feature = if ($BitLocker) { 'installed' } else { Get-FeatureState }
    $known.fips = (Get-PolicyNumber -Key $FIPS_KEY -Name 'Enabled') -eq 1
    $known.language_mode = "$($ExecutionContext.SessionState.LanguageMode)"
    $known.policies = $policies
    $known.reached = [object[]] @(Get-ReachResult -Target $module.Params.reach)
    return $known
}

$module.Result.changed = $false
try {
    Update-HostStorageCache
    $facts = Get-DriveFact -StagingPath $module.Params.staging_path
    $module.Result.disks = [object[]] @($facts.drives | ForEach-Object { Get-DiskResult -Drive $_ -Drives $facts.drives })
    $module.Result.host = Get-HostResult -BitLocker $facts.bitlocker
} catch {
    $module.FailJson("Failed to read the disks of this host: $($_.Exception.GetBaseException().Message)", $_)
}
$module.ExitJson()
