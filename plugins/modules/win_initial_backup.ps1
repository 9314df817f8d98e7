#!powershell

# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -CSharpUtil Ansible.Basic
#AnsibleRequires -PowerShell ..module_utils._BackupAgent

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$spec = @{
    options = @{
        state = @{ type = 'str'; choices = 'started', 'polled'; default = 'polled' }
        stage = @{ type = 'str'; choices = 'staging', 'vault_copy'; default = 'staging' }
        job_id = @{ type = 'str' }
        wait = @{ type = 'int'; default = 0 }
    }
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)

$WAITING = 'waiting_for_import', 'waiting_for_copy'
$DONE = 'completed', 'completed_with_warning'

# From which states each stage starts a backup. Anything else is on its way, is past this stage, or is not understood.
$STARTS_FROM = @{
    staging = 'not_started', 'failed', 'aborted'
    vault_copy = @('waiting_for_import')
}

$MESSAGES = @{
    not_started = 'No backup of this agent has waited for an import job yet.'
    running = 'A backup is running.'
    waiting_for_import = 'The staging folder is written; the agent waits for the import job.'
    waiting_for_copy = 'The drives have been read; the copy from the container to the vault is open.'
    completed = 'The backup is complete.'
    completed_with_warning = 'The backup is complete, with a warning.'
    failed = 'The newest backup failed. The agent''s log is <InstallPath>\Temp\CBEngineCurr.errlog.'
    aborted = 'The newest backup was aborted.'
    unknown = 'The agent reports a state that this module does not know, or does not list the job (yet). Look again; if it stays, look at the agent''s console.'
}

function Get-Observation {
    <#
    .SYNOPSIS
    Where the seed stands: state, the backup that says so, and a job of another kind that keeps the agent busy.
    #>
    $jobs = @(Get-AgentJob)
    $backups = @($jobs | Where-Object -FilterScript { $_.type -eq 'Backup' })
    $busy = @($jobs | Where-Object -FilterScript { $_.running -and $_.type -ne 'Backup' }) | Select-Object -First 1
    $newest = if ($backups.Count) { $backups[-1] } else { $null }
    return @{ state = Get-StateOf -Newest $newest -Backups $backups; job = $newest; busy = $busy }
}

function Get-StateOf {
    <#
    .SYNOPSIS
    State of the seed by its newest backup and those before it.

    .DESCRIPTION
    A backup that ended without ever waiting for an import job went over the network. If the caller started it, or names it or an older one as its own
    (job_id), that is the result; otherwise it was there before the seed, which has not started. A finished job can be missing from the agent's list
    for a while, so the job that the caller names counts as unknown until it is listed.
    #>
    param($Newest, [object[]] $Backups)
    if ($null -eq $Newest) { return $(if ($module.Params.job_id) { 'unknown' } else { 'not_started' }) }
    if ($Newest.running) { return 'running' }
    $known = $module.Params.job_id
    $listed = @($Backups | Where-Object -FilterScript { $_.id -eq $known }).Count -gt 0
    if ($known -and -not $listed) { return 'unknown' }
    $own = $listed -or ($script:started -and -not (Test-SameJob -Job $Newest))
    $waited = @($Backups | Where-Object -FilterScript { $WAITING -contains $_.seed_state }).Count -gt 0
    if ($module.Params.stage -eq 'staging' -and $DONE -contains $Newest.seed_state -and -not $waited -and -not $own) { return 'not_started' }
    return $Newest.seed_state
}

function Wait-Backup {
    <#
    .SYNOPSIS
    Looks again, ever more slowly, until no backup runs (and the started one is listed) or the time is over. Returns the last observation.
    #>
    param([datetime] $Until)
    $pause = 1
    $seen = Get-Observation
    while (($seen.state -eq 'running' -or ($script:started -and (Test-SameJob -Job $seen.job))) -and [datetime]::UtcNow -lt $Until) {
        Start-Sleep -Seconds ([math]::Min($pause, [math]::Max(1, ($Until - [datetime]::UtcNow).TotalSeconds)))
        $pause = [math]::Min($pause + 1, 15)
        $seen = Get-Observation
    }
    return $seen
}

function Test-SameJob {
    <#
    .SYNOPSIS
    True while the newest backup is still the one from before the start.
    #>
    param($Job)
    $id = if ($null -eq $Job) { $null } else { $Job.id }
    return $id -eq $script:before
}

function Complete-Module {
    <#
    .SYNOPSIS
    Ends the module with what was observed.
    #>
    param([hashtable] $Seen, [string] $Message)
    $module.Result.seed_state = $Seen.state
    $module.Result.job = $Seen.job
    $module.Result.busy = $Seen.busy
    $module.Result.message = if ($Message) { $Message } else { $MESSAGES[$Seen.state] }
    $module.ExitJson()
}

function Start-Backup {
    <#
    .SYNOPSIS
    Starts a backup of the policy and comes back at once: the agent's engine does the work.
    #>
    $policy = Get-SeedPolicy
    if ($null -eq $policy) {
        $module.FailJson('Failed to start the backup: this host has no backup policy. Create one in the schedule wizard of the agent first.')
    }
    $null = Start-OBBackup -Policy $policy -Async -Confirm:$false
}

$script:started = $false
$script:before = $null
$seconds = $module.Params.wait
if ($seconds -lt 0 -or $seconds -gt 3600) { $module.FailJson("wait is $seconds, must be 0 to 3600 (seconds).") }
try {
    Connect-BackupAgent
    $seen = Get-Observation
} catch {
    $module.FailJson("Failed to read the agent's jobs: $($_.Exception.Message)", $_)
}
$until = [datetime]::UtcNow.AddSeconds($seconds)

$wanted = $module.Params.state -eq 'started' -and $STARTS_FROM[$module.Params.stage] -contains $seen.state
if ($wanted -and $null -ne $seen.busy) {
    Complete-Module -Seen $seen -Message "The agent is busy with another job ($($seen.busy.type), $($seen.busy.id)); nothing was started."
}
if ($wanted -and $module.CheckMode) {
    $module.Result.changed = $true
    Complete-Module -Seen $seen -Message 'A backup would be started.'
}
$script:before = if ($null -eq $seen.job) { $null } else { $seen.job.id }
try {
    if ($wanted) {
        Start-Backup
        $module.Result.changed = $true
        $script:started = $true
    }
    if (-not $module.CheckMode) { $seen = Wait-Backup -Until $until }
} catch {
    $module.FailJson("Failed to start or follow the backup: $($_.Exception.Message)", $_)
}
if ($script:started -and (Test-SameJob -Job $seen.job)) {
    # Started, but neither running nor listed yet: the old job must not speak for the new one.
    Complete-Module -Seen @{ state = 'running'; job = $null; busy = $null } -Message 'A backup was started; the agent does not list it yet.'
}
Complete-Module -Seen $seen
