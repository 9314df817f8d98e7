# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -PowerShell ._HostFacts

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

# Where the agent and its installer write; names as Microsoft's own scripts read them (Windows Admin Center's module for Azure Backup,
# the support script for DPM, MABS and MARS).
$script:SETUP_KEY = 'HKLM:\SOFTWARE\Microsoft\Windows Azure Backup\Setup'
$script:CONFIG_KEY = 'HKLM:\SOFTWARE\Microsoft\Windows Azure Backup\Config'
$script:PROVIDER_KEY = 'HKLM:\SOFTWARE\Microsoft\Windows Azure Backup\Config\CloudBackupProvider'
$script:DPM_KEY = 'HKLM:\SOFTWARE\Microsoft\Microsoft Data Protection Manager\Setup'
$script:UNINSTALL_KEY = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall'
$script:PRODUCT_NAME = 'Microsoft Azure Recovery Services Agent'

# JobState of a finished backup -> state of the seed. Words as in Windows Admin Center's module for Azure Backup; what is not here is unknown.
$script:SEED_STATES = @{
    Completed = 'completed'
    CompletedWithWarning = 'completed_with_warning'
    CompletedWithWaitingForImportJob = 'waiting_for_import'
    CompletedWithWaitingForCopyBlob = 'waiting_for_copy'
    Failed = 'failed'
    Aborted = 'aborted'
}

# The data source "system state" of a policy (same source).
$script:SYSTEM_STATE_WRITER = 'DA57A531-E7E7-4346-9A68-B511F551DEB6'

# The six values of an offline initial backup: name in results -> member of the agent's object and parameter of its command.
$script:OFFLINE_VALUES = @(
    @{ Name = 'method'; Member = 'IBMethod' }
    @{ Name = 'staging_path'; Member = 'StagingLocation' }
    @{ Name = 'storage_account'; Member = 'AzureStorageAccount' }
    @{ Name = 'container'; Member = 'AzureStorageContainer' }
    @{ Name = 'subscription_id'; Member = 'AzureSubscriptionID' }
    @{ Name = 'import_job_name'; Member = 'AzureImportJobName' }
)

# "MARS agent: supported configurations" (backup-support-matrix-mars-agent): the scratch folder may be none of these.
$script:SCRATCH_TRAITS = @(
    @{ Name = 'compressed'; Flag = [System.IO.FileAttributes]::Compressed }
    @{ Name = 'encrypted'; Flag = [System.IO.FileAttributes]::Encrypted }
    @{ Name = 'reparse_point'; Flag = [System.IO.FileAttributes]::ReparsePoint }
)

function Read-Member {
    <#
    .SYNOPSIS
    A member of an object, or $null where the object is nothing or has no such member (strict mode would throw).
    #>
    param($InputObject, [Parameter(Mandatory = $true)] [string] $Name)
    if ($null -eq $InputObject) { return $null }
    $property = $InputObject.PSObject.Properties[$Name]
    if ($null -eq $property) { return $null }
    return $property.Value
}

function Get-RegistryValue {
    <#
    .SYNOPSIS
    A value of the registry, or $null where key or value is missing.
    #>
    param([Parameter(Mandatory = $true)] [string] $Key, [Parameter(Mandatory = $true)] [string] $Name)
    if (-not (Test-Path -LiteralPath $Key)) { return $null }
    return Read-Member -InputObject (Get-ItemProperty -LiteralPath $Key) -Name $Name
}

function Get-UninstallVersion {
    <#
    .SYNOPSIS
    The version that the installer registered for the agent, or $null.
    #>
    if (-not (Test-Path -LiteralPath $script:UNINSTALL_KEY)) { return $null }
    foreach ($entry in Get-ChildItem -LiteralPath $script:UNINSTALL_KEY) {
        $values = Get-ItemProperty -LiteralPath $entry.PSPath
        if ((Read-Member -InputObject $values -Name 'DisplayName') -eq $script:PRODUCT_NAME) {
            return Read-Member -InputObject $values -Name 'DisplayVersion'
        }
    }
    return $null
}

function Get-AgentVersion {
    <#
    .SYNOPSIS
    Version of the agent: of CBEngine.exe, else the one that the installer registered (a file can lack a version resource).
    #>
    param([Parameter(Mandatory = $true)] [string] $InstallPath)
    $engine = "$InstallPath\bin\CBEngine.exe"
    $found = $null
    if (Test-Path -LiteralPath $engine) {
        $file = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($engine)
        $found = [System.Diagnostics.FileVersionInfo]::GetVersionInfo($file).ProductVersion
    }
    foreach ($candidate in @($found, (Get-UninstallVersion))) {
        if ("$candidate" -match '\d+(\.\d+)+') { return $Matches[0] }
    }
    return $null
}

function Get-AgentSetup {
    <#
    .SYNOPSIS
    What the registry and the file system say about the agent; nothing here needs its commands.
    #>
    $install = Get-RegistryValue -Key $script:SETUP_KEY -Name 'InstallPath'
    if ($install) { $install = "$install".TrimEnd('\') }
    $scratch = Get-RegistryValue -Key $script:CONFIG_KEY -Name 'ScratchLocation'
    return @{
        installed = [bool] $install -and (Test-Path -LiteralPath "$install\bin\CBEngine.exe")
        product = if (Test-Path -LiteralPath $script:DPM_KEY) { 'dpm' } else { 'mars' }
        install_path = $install
        version = if ($install) { Get-AgentVersion -InstallPath $install } else { $null }
        machine_id = Get-RegistryValue -Key $script:CONFIG_KEY -Name 'MachineId'
        vault = Get-RegistryValue -Key $script:CONFIG_KEY -Name 'ServiceResourceName'
        resource_group = Get-RegistryValue -Key $script:CONFIG_KEY -Name 'ResourceGroupName'
        subscription_id = Get-RegistryValue -Key $script:CONFIG_KEY -Name 'SubscriptionId'
        scratch = @{
            path = $scratch
            provider_path = Get-RegistryValue -Key $script:PROVIDER_KEY -Name 'ScratchLocation'
            exists = [bool] $scratch -and (Test-Path -LiteralPath $scratch)
        }
        disk_prep_tool = [bool] $install -and (Test-Path -LiteralPath "$install\Utils\AzureOfflineBackupDiskPrep\AzureOfflineBackupDiskPrep.exe")
        dpm_version = Get-DpmVersion
    }
}

function Get-DpmVersion {
    <#
    .SYNOPSIS
    Build of the DPM or MABS server, that of its MsdpmDll.dll; $null where there is none.
    #>
    $folder = Get-RegistryValue -Key $script:DPM_KEY -Name 'InstallPath'
    if (-not $folder) { return $null }
    $library = "$("$folder".TrimEnd('\'))\bin\MsdpmDll.dll"
    if (-not (Test-Path -LiteralPath $library)) { return $null }
    $file = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($library)
    if ("$([System.Diagnostics.FileVersionInfo]::GetVersionInfo($file).ProductVersion)" -match '\d+(\.\d+)+') { return $Matches[0] }
    return $null
}

function Get-ScratchTrait {
    <#
    .SYNOPSIS
    What the agent cannot work with in its scratch folder: compressed, encrypted, reparse_point. Empty for a plain folder.
    #>
    param([string] $Path)
    if (-not $Path -or -not (Test-Path -LiteralPath $Path)) { return @() }
    $seen = [System.IO.File]::GetAttributes($ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path))
    return @(foreach ($trait in $script:SCRATCH_TRAITS) { if ($seen -band $trait.Flag) { $trait.Name } })
}

function Get-TempFileCount {
    <#
    .SYNOPSIS
    How many .tmp files lie in the Windows folder's Temp, counted as far as the limit and one more.
    #>
    param([int] $Limit = 60000)
    $folder = "$env:SystemRoot\Temp"
    if (-not $env:SystemRoot -or -not (Test-Path -LiteralPath $folder)) { return $null }
    $path = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($folder)
    $count = 0
    foreach ($file in [System.IO.Directory]::EnumerateFiles($path, '*.tmp')) {
        if ($file) { $count++ }
        if ($count -gt $Limit) { break }
    }
    return $count
}

function Import-AgentCommand {
    <#
    .SYNOPSIS
    Makes the agent's commands available. Returns whether they are.

    .DESCRIPTION
    The installer changes the machine's PSModulePath only: a WinRM host process that is older than the installation does not see the module, so it
    is imported by its path ("Deploy and manage backup to Azure using PowerShell", Microsoft Learn). An import that fails, throws.
    #>
    param([string] $InstallPath)
    if (Get-Command -Name 'Get-OBPolicy' -ErrorAction SilentlyContinue) { return $true }
    $folder = "$InstallPath\bin\Modules\MSOnlineBackup"
    if (-not $InstallPath -or -not (Test-Path -LiteralPath $folder)) { return $false }
    Import-Module -Name $folder -Global -ErrorAction Stop
    return [bool] (Get-Command -Name 'Get-OBPolicy' -ErrorAction SilentlyContinue)
}

function Connect-BackupAgent {
    <#
    .SYNOPSIS
    Makes the agent's commands available, or throws what is missing and the cure.
    #>
    $setup = Get-AgentSetup
    if (-not $setup.installed) {
        throw 'The Azure Backup agent (MARS) is not installed on this host. Install it from https://aka.ms/azurebackup_agent, register it with the vault, and run again.'
    }
    if (-not (Import-AgentCommand -InstallPath $setup.install_path)) {
        throw "The agent's commands are missing: there is no $($setup.install_path)\bin\Modules\MSOnlineBackup. Repair or upgrade the agent, and run again."
    }
}

function Test-OfflineCommand {
    <#
    .SYNOPSIS
    True where this agent has the commands that read and set an offline initial backup (today's reference no longer lists them).
    #>
    foreach ($name in 'Get-OBInitialBackupCreationMethod', 'Set-OBInitialBackupCreationMethod') {
        if (-not (Get-Command -Name $name -ErrorAction SilentlyContinue)) { return $false }
    }
    return $true
}

function Get-SeedPolicy {
    <#
    .SYNOPSIS
    The backup policy object of this host, or $null.
    #>
    return Get-OBPolicy | Select-Object -First 1
}

function ConvertTo-DatasourceResult {
    <#
    .SYNOPSIS
    One data source of a policy with the paths that it takes in and leaves out.
    #>
    param([Parameter(Mandatory = $true)] $Datasource)
    $specs = @(Read-Member -InputObject $Datasource -Name 'FileSpec' | Where-Object -FilterScript { $null -ne $_ })
    return @{
        id = "$(Read-Member -InputObject $Datasource -Name 'DataSourceId')"
        name = "$(Read-Member -InputObject $Datasource -Name 'DataSourceName')"
        file_specs = @($specs | Where-Object -FilterScript { -not $_.IsExclude } | ForEach-Object -Process { "$($_.FileSpec)" })
        excluded = @($specs | Where-Object -FilterScript { $_.IsExclude } | ForEach-Object -Process { "$($_.FileSpec)" })
    }
}

function ConvertTo-PolicyResult {
    <#
    .SYNOPSIS
    A policy in words of this collection; the size of what it selects is the caller's matter.
    #>
    param([Parameter(Mandatory = $true)] $Policy)
    $schedule = Read-Member -InputObject $Policy -Name 'BackupSchedule'
    $days = @(Read-Member -InputObject $schedule -Name 'ScheduleRunDays' | Where-Object -FilterScript { $null -ne $_ })
    $times = @(Read-Member -InputObject $schedule -Name 'ScheduleRunTimes' | Where-Object -FilterScript { $null -ne $_ })
    $sources = @(Read-Member -InputObject $Policy -Name 'DsList' | Where-Object -FilterScript { $null -ne $_ })
    return @{
        name = "$(Read-Member -InputObject $Policy -Name 'PolicyName')"
        state = "$(Read-Member -InputObject $Policy -Name 'State')"
        policy_state = "$(Read-Member -InputObject $Policy -Name 'PolicyState')"
        schedule = @{
            days = @($days | ForEach-Object -Process { "$_" })
            times = @($times | ForEach-Object -Process { ([timespan] $_).ToString('hh\:mm') })
        }
        datasources = @($sources | ForEach-Object -Process { ConvertTo-DatasourceResult -Datasource $_ })
        system_state = @($sources | Where-Object -FilterScript { "$(Read-Member -InputObject $_ -Name 'WriterId')" -eq $script:SYSTEM_STATE_WRITER }).Count -gt 0
    }
}

function Get-InitialBackup {
    <#
    .SYNOPSIS
    How the policy makes its initial copy, as the agent tells it; $null where it cannot be read back.

    .DESCRIPTION
    The members of the object are documented for DPM only (InitialOnlineBackupMethod: IBMethod and OfflineBackupParams); both shapes, nested
    and flat, are read.
    #>
    param($Policy)
    if ($null -eq $Policy -or -not (Test-OfflineCommand)) { return $null }
    $method = Get-OBInitialBackupCreationMethod -Policy $Policy
    if ($null -eq $method) { return $null }
    $nested = Read-Member -InputObject $method -Name 'OfflineBackupParams'
    $result = @{}
    foreach ($value in $script:OFFLINE_VALUES) {
        $seen = Read-Member -InputObject $method -Name $value.Member
        if ($null -eq $seen) { $seen = Read-Member -InputObject $nested -Name $value.Member }
        $result[$value.Name] = if ("$seen" -eq '') { $null } else { "$seen" }
    }
    return $result
}

function Set-InitialBackup {
    <#
    .SYNOPSIS
    Makes the initial copy of an existing policy an offline one and commits the policy.

    .PARAMETER Wanted
    The values by their names in results: method, staging_path, storage_account, container, subscription_id, import_job_name.
    #>
    param([Parameter(Mandatory = $true)] $Policy, [Parameter(Mandatory = $true)] [hashtable] $Wanted)
    $given = @{ Policy = $Policy; Confirm = $false }
    foreach ($value in $script:OFFLINE_VALUES) { $given[$value.Member] = $Wanted[$value.Name] }
    $null = Set-OBInitialBackupCreationMethod @given
    # Set-OBPolicy asks by default; nobody answers in a session without a user.
    $null = Set-OBPolicy -Policy $Policy -Confirm:$false
}

function Get-ByteSum {
    <#
    .SYNOPSIS
    Sum of one number of ByteProgress over the data sources of a job; $null where no data source tells it.
    #>
    param($Status, [Parameter(Mandatory = $true)] [string] $Name)
    $sum = $null
    foreach ($source in @(Read-Member -InputObject $Status -Name 'DatasourceStatus' | Where-Object -FilterScript { $null -ne $_ })) {
        $bytes = Read-Member -InputObject (Read-Member -InputObject $source -Name 'ByteProgress') -Name $Name
        if ($null -ne $bytes) { $sum = [long] $bytes + [long] $(if ($null -eq $sum) { 0 } else { $sum }) }
    }
    return $sum
}

function ConvertTo-JobResult {
    <#
    .SYNOPSIS
    A job of the agent in words of this collection; the agent's own word stays in "state".
    #>
    param([Parameter(Mandatory = $true)] $Job, [bool] $Running)
    $status = Read-Member -InputObject $Job -Name 'JobStatus'
    $word = "$(Read-Member -InputObject $status -Name 'JobState')"
    $failure = Read-Member -InputObject (Read-Member -InputObject $status -Name 'ErrorInfo') -Name 'ErrorCode'
    return @{
        id = "$($Job.JobId)"
        type = "$(Read-Member -InputObject $Job -Name 'JobType')"
        state = $word
        seed_state = ConvertTo-SeedState -Word $word -Running $Running
        running = $Running
        start_time = ConvertTo-UtcText -Time (Read-Member -InputObject $status -Name 'StartTime')
        end_time = ConvertTo-UtcText -Time (Read-Member -InputObject $status -Name 'EndTime')
        bytes_total = Get-ByteSum -Status $status -Name 'Total'
        bytes_changed = Get-ByteSum -Status $status -Name 'Changed'
        error_code = if ($failure) { [long] $failure } else { $null }
    }
}

function ConvertTo-SeedState {
    <#
    .SYNOPSIS
    What a job's word means for the seed. A word that is not in the table is "unknown", never success.
    #>
    param([string] $Word, [bool] $Running)
    if ($Running) { return 'running' }
    if ($script:SEED_STATES.ContainsKey($Word)) { return $script:SEED_STATES[$Word] }
    return 'unknown'
}

function Get-AgentJob {
    <#
    .SYNOPSIS
    Jobs of the agent, oldest first: the finished ones of its list, then what runs now.

    .DESCRIPTION
    A running job shows only without arguments, a finished one only with -Previous, backups and restores mixed. What runs is known by where it
    stands: no source lists the words of a running job.
    #>
    $running = @(Get-OBJob | Where-Object -FilterScript { $null -ne $_ } | ForEach-Object -Process { ConvertTo-JobResult -Job $_ -Running $true })
    $ids = @($running | ForEach-Object -Process { $_.id })
    $finished = @(Get-OBJob -Previous 50 | Where-Object -FilterScript { $null -ne $_ } |
            ForEach-Object -Process { ConvertTo-JobResult -Job $_ -Running $false } |
            Where-Object -FilterScript { $ids -notcontains $_.id } |
            Sort-Object -Property { "$($_.start_time)" })
    return @($finished + $running)
}

Export-ModuleMember -Function Read-Member, Get-AgentSetup, Get-ScratchTrait, Get-TempFileCount, Import-AgentCommand, Connect-BackupAgent, Test-OfflineCommand, Get-SeedPolicy,
ConvertTo-PolicyResult, Get-InitialBackup, Set-InitialBackup, Get-AgentJob
