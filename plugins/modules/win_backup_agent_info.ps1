#!powershell

# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -CSharpUtil Ansible.Basic
#AnsibleRequires -PowerShell ..module_utils._BackupAgent
#AnsibleRequires -PowerShell ..module_utils._HostFacts

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$spec = @{
    options = @{
        reach = @{ type = 'list'; elements = 'str'; default = @() }
    }
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)

# What the agent refused to answer: a null in the result then means "not known", not "not there".
$unreadable = New-Object -TypeName 'System.Collections.Generic.List[object]'

function Read-Answer {
    <#
    .SYNOPSIS
    What a reading returns, or $null with a line in "unreadable" that says why.
    #>
    param([string] $Command, [scriptblock] $Reading)
    try {
        return & $Reading
    } catch {
        $unreadable.Add(@{ command = $Command; seen = $_.Exception.Message })
        return $null
    }
}

function Get-ServiceState {
    <#
    .SYNOPSIS
    State of the agent's service as a lower-case word, or $null where it does not exist.
    #>
    $service = Get-Service -Name 'obengine' -ErrorAction SilentlyContinue
    if ($null -eq $service) { return $null }
    return "$($service.Status)".ToLowerInvariant()
}

function Get-ScheduleTask {
    <#
    .SYNOPSIS
    The task that runs the scheduled backups: the copy from the container to the vault depends on it.
    #>
    $path = '\Microsoft\OnlineBackup\'
    $name = 'Microsoft-OnlineBackup'
    $task = Get-ScheduledTask -TaskName $name -TaskPath $path -ErrorAction SilentlyContinue
    if ($null -eq $task) { return @{ exists = $false; enabled = $false; account = $null; next_run = $null } }
    $info = Get-ScheduledTaskInfo -TaskName $name -TaskPath $path
    $account = Read-Member -InputObject $task.Principal -Name 'UserId'
    if (-not $account) { $account = Read-Member -InputObject $task.Principal -Name 'GroupId' }
    return @{
        exists = $true
        # State 1 is Disabled; an enum prints as its word, a compatibility session may hand over the number.
        enabled = @('Disabled', '1') -notcontains "$($task.State)"
        account = if ($account) { "$account" } else { $null }
        next_run = ConvertTo-UtcText -Time $info.NextRunTime
    }
}

function Get-SelectedVolume {
    <#
    .SYNOPSIS
    The volumes that the policy's paths lie on, each once; of one that Windows does not know or cannot read the numbers are $null.
    #>
    param($Policy)
    $volumes = @{}
    foreach ($path in @($Policy.datasources | ForEach-Object -Process { $_.file_specs })) {
        $volume = Get-VolumeOfPath -Path $path
        $known = $null -ne $volume -and $null -ne $volume.Capacity
        $name = if ($null -ne $volume) { "$($volume.Name)" } else { "$path" }
        $volumes[$name] = @{
            name = $name
            kind = Get-DriveKind -Path $path
            file_system = if ($known) { "$($volume.FileSystem)" } else { $null }
            size = if ($known) { [long] $volume.Capacity } else { $null }
            used_bytes = if ($known) { [long] $volume.Capacity - [long] $volume.FreeSpace } else { $null }
        }
    }
    return @($volumes.Values | Sort-Object -Property { $_.name })
}

function Get-SelectedByte {
    <#
    .SYNOPSIS
    Bytes in use on these volumes; $null if one of them is not known.
    #>
    param([object[]] $Volumes)
    $sum = [long] 0
    foreach ($volume in $Volumes) {
        if ($null -eq $volume.used_bytes) { return $null }
        $sum += $volume.used_bytes
    }
    return $sum
}

function Get-PassphraseSet {
    <#
    .SYNOPSIS
    Whether a passphrase is stored; $null where the agent does not say.
    #>
    $status = Read-Member -InputObject (Read-Member -InputObject (Get-OBMachineSetting) -Name 'EncryptionSetting') -Name 'EncryptionKeyStatus'
    if ($null -eq $status) { return $null }
    return "$status" -eq 'Set'
}

function Get-RecoveryPoint {
    <#
    .SYNOPSIS
    Recovery points of this host, oldest first.
    #>
    return @(Get-OBAllRecoveryPoints | Where-Object -FilterScript { $null -ne $_ } | ForEach-Object -Process {
            @{ time = ConvertTo-UtcText -Time $_.BackupTime; datasource = "$($_.DataSources)" }
        } | Sort-Object -Property { $_.time })
}

$setup = Get-AgentSetup
$commands = [bool] (Read-Answer -Command 'Import-Module MSOnlineBackup' -Reading {
        $setup.installed -and (Import-AgentCommand -InstallPath $setup.install_path)
    })

$agent = @{}
foreach ($name in 'installed', 'product', 'version', 'install_path', 'vault', 'resource_group', 'subscription_id', 'machine_id', 'scratch', 'disk_prep_tool',
    'dpm_version') {
    $agent[$name] = $setup[$name]
}
$agent.registered = [bool] ($setup.vault -and $setup.machine_id)
$agent.scratch.free_bytes = Get-FreeByte -Path $setup.scratch.path
$agent.scratch.kind = Get-DriveKind -Path $setup.scratch.path
$agent.scratch.traits = [object[]] @(Get-ScratchTrait -Path $setup.scratch.path)
$agent.temp_files = Get-TempFileCount
$agent.service = Read-Answer -Command 'Get-Service' -Reading { Get-ServiceState }
$agent.scheduled_task = Read-Answer -Command 'Get-ScheduledTask' -Reading { Get-ScheduleTask }
$agent.commands = $commands
$agent.offline_cmdlets = $commands -and (Test-OfflineCommand)
$agent.passphrase_set = $null
if (-not $setup.installed) { $agent.product = $null }

$policy = $null
$initial = $null
$jobs = @()
$points = @()
if ($commands) {
    $agent.passphrase_set = Read-Answer -Command 'Get-OBMachineSetting' -Reading { Get-PassphraseSet }
    $object = Read-Answer -Command 'Get-OBPolicy' -Reading { Get-SeedPolicy }
    if ($null -ne $object) {
        $policy = ConvertTo-PolicyResult -Policy $object
        $policy.volumes = [object[]] @(Get-SelectedVolume -Policy $policy)
        $policy.selected_bytes = Get-SelectedByte -Volumes $policy.volumes
        $initial = Read-Answer -Command 'Get-OBInitialBackupCreationMethod' -Reading { Get-InitialBackup -Policy $object }
    }
    $jobs = @(Read-Answer -Command 'Get-OBJob' -Reading { Get-AgentJob } | Where-Object -FilterScript { $null -ne $_ -and $_.type -eq 'Backup' })
    $points = @(Read-Answer -Command 'Get-OBAllRecoveryPoints' -Reading { Get-RecoveryPoint } | Where-Object -FilterScript { $null -ne $_ })
}

$module.Result.agent = $agent
$module.Result.policy = $policy
$module.Result.initial_backup = $initial
$module.Result.job = if ($jobs.Count) { $jobs[-1] } else { $null }
$module.Result.recovery_points = $points
$module.Result.host = Get-HostFact
$module.Result.host.reached = [object[]] @(Get-ReachResult -Target $module.Params.reach)
$module.Result.unreadable = $unreadable.ToArray()
$module.ExitJson()
