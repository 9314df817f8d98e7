#!powershell

# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -CSharpUtil Ansible.Basic
#AnsibleRequires -PowerShell ..module_utils._BackupAgent
#AnsibleRequires -PowerShell ..module_utils._Staging

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$spec = @{
    options = @{
        method = @{ type = 'str'; choices = 'wizard', 'cmdlet'; default = 'wizard' }
        staging_path = @{ type = 'str'; required = $true }
        storage_account = @{ type = 'str'; required = $true }
        container = @{ type = 'str'; required = $true }
        subscription_id = @{ type = 'str'; required = $true }
        import_job_name = @{ type = 'str'; required = $true }
        folder_seen = @{ type = 'bool'; default = $false }
    }
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)

# How each value compares: Windows paths and Azure's names do not know case, blob containers have lower case only.
$NORMAL_FORMS = @{
    method = { param($value) "$value".ToLowerInvariant() }
    staging_path = { param($value) "$value".TrimEnd('\').ToLowerInvariant() }
    storage_account = { param($value) "$value".ToLowerInvariant() }
    container = { param($value) "$value" }
    subscription_id = { param($value) "$value".Trim('{}').ToLowerInvariant() }
    import_job_name = { param($value) "$value".ToLowerInvariant() }
}
$EVIDENCE = @{
    job = 'A backup of this agent waits for an import job, so its initial backup is offline. The values themselves cannot be read back.'
    folder = 'The agent made the folder of this account and job in the staging location. The values themselves cannot be read back.'
}
$FIELDS = 'method', 'staging_path', 'storage_account', 'container', 'subscription_id', 'import_job_name'

function Get-Difference {
    <#
    .SYNOPSIS
    Fields in which what the agent has differs from what is wanted; all of them where the agent has nothing.
    #>
    param([hashtable] $Wanted, $Current)
    foreach ($field in $FIELDS) {
        $seen = if ($null -eq $Current) { $null } else { $Current[$field] }
        if ((& $NORMAL_FORMS[$field] $seen) -cne (& $NORMAL_FORMS[$field] $Wanted[$field])) {
            @{ field = $field; current = $seen; wanted = $Wanted[$field] }
        }
    }
}

function Get-Evidence {
    <#
    .SYNOPSIS
    Without a way to read the wizard's values back: what shows that they were entered, or "none".

    .DESCRIPTION
    The name of the agent's folder holds storage account and job name, and it lies in the staging location. A share of another host is out of reach
    here (network logon): whoever saw the folder there says so with folder_seen.
    #>
    $waiting = 'waiting_for_import', 'waiting_for_copy'
    if (@(Get-AgentJob | Where-Object -FilterScript { $_.type -eq 'Backup' -and $waiting -contains $_.seed_state }).Count -gt 0) { return 'job' }
    $path = $module.Params.staging_path
    $folder = Get-SeedFolderPath -Path $path -StorageAccount $module.Params.storage_account -JobName $module.Params.import_job_name
    if ($module.Params.folder_seen -or (-not $path.StartsWith('\\') -and (Test-Path -LiteralPath $folder))) { return 'folder' }
    return 'none'
}

function Complete-Module {
    <#
    .SYNOPSIS
    Ends the module with a state, how it is known, and the next move.
    #>
    param([string] $State, [string] $Verified, [string] $Message)
    $module.Result.state = $State
    $module.Result.verified = $Verified
    $module.Result.message = $Message
    $module.ExitJson()
}

$wanted = @{ method = 'OfflineBackup' }
foreach ($field in $FIELDS) { if ($field -ne 'method') { $wanted[$field] = $module.Params[$field] } }
$module.Result.wanted = $wanted
$module.Result.current = $null
$module.Result.differences = @()

try {
    Connect-BackupAgent
    $policy = Get-SeedPolicy
} catch {
    $module.FailJson("Failed to read the backup policy: $($_.Exception.Message)", $_)
}
if ($null -eq $policy) {
    Complete-Module -State 'needs_policy' -Verified 'readback' -Message ('This host has no backup policy. Create one in the schedule wizard of the agent, ' +
        'choose "Transfer using my own disks" for the initial backup, and enter the wanted values.')
}

$readable = Test-OfflineCommand
if ($module.Params.method -eq 'cmdlet' -and -not $readable) {
    $module.FailJson('method: cmdlet needs Set-OBInitialBackupCreationMethod, which this agent does not have. Use method: wizard.')
}
if (-not $readable) {
    $shown = Get-Evidence
    if ($shown -ne 'none') { Complete-Module -State 'configured' -Verified $shown -Message $EVIDENCE[$shown] }
    Complete-Module -State 'needs_wizard' -Verified 'none' -Message ('This agent cannot be asked for its initial backup. Enter the wanted values in its schedule wizard and start ' +
        '"Back Up Now" there; they count as entered once the agent has made the job''s folder in the staging location.')
}

try {
    $current = Get-InitialBackup -Policy $policy
} catch {
    $module.FailJson("Failed to read the initial backup of the policy: $($_.Exception.Message)", $_)
}
$differences = @(Get-Difference -Wanted $wanted -Current $current)
$module.Result.current = $current
$module.Result.differences = $differences
if ($differences.Count -eq 0) {
    Complete-Module -State 'configured' -Verified 'readback' -Message 'The initial backup is offline, with the wanted values.'
}
$module.Diff.before = @{ initial_backup = $current }
$module.Diff.after = @{ initial_backup = $wanted }
if ($module.Params.method -eq 'wizard') {
    Complete-Module -State 'needs_wizard' -Verified 'readback' -Message 'Change the schedule in the agent, choose "Transfer using my own disks" for the initial backup, and enter the wanted values.'
}

$module.Result.changed = $true
if ($module.CheckMode) {
    Complete-Module -State 'configured' -Verified 'none' -Message 'The initial backup would be made offline, with the wanted values.'
}
try {
    Set-InitialBackup -Policy $policy -Wanted $wanted
    $after = Get-InitialBackup -Policy (Get-SeedPolicy)
} catch {
    $module.FailJson("Failed to make the initial backup offline: $($_.Exception.Message)", $_)
}
$left = @(Get-Difference -Wanted $wanted -Current $after)
if ($left.Count -gt 0) {
    $other = @($left | ForEach-Object -Process { "$($_.field) is $($_.current), wanted is $($_.wanted)" }) -join '; '
    $module.FailJson("The agent took the values without an error but reads back others: $other. Enter them in the schedule wizard instead (method: wizard).")
}
Complete-Module -State 'configured' -Verified 'readback' -Message 'The initial backup was made offline, with the wanted values.'
