#!powershell

# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -CSharpUtil Ansible.Basic
#AnsibleRequires -PowerShell ..module_utils._DriveProof
#AnsibleRequires -PowerShell ..module_utils._DriveStep
#AnsibleRequires -PowerShell ..module_utils._DriveTask
#AnsibleRequires -PowerShell ..module_utils._DriveTool
#AnsibleRequires -PowerShell ..module_utils._DriveTurn
#AnsibleRequires -PowerShell ..module_utils._DriveWanted
#AnsibleRequires -PowerShell ..module_utils._Staging

Set-StrictMode -Version 2.0

# Ansible.Basic's own `int` has 32 bits, a drive has more bytes.
$whole = [Func[[object], [long]]] { [long]::Parse("$($args[0])", [System.Globalization.CultureInfo]::InvariantCulture) }
$drive = @{
    serial = @{ type = 'str'; required = $true }
    size = @{ type = $whole; required = $true }
    wipe = @{ type = 'bool'; default = $false }
}
$planned = $drive + @{
    planned_serial = @{ type = 'str' }
    planned_size = @{ type = $whole }
    plan_hash = @{ type = 'str' }
    container = @{ type = 'str' }
    files = @{ type = $whole }
    bytes = @{ type = $whole }
    list_sha256 = @{ type = 'str' }
    recovery_password = @{ type = 'str'; no_log = $true }
}
$spec = @{
    options = @{
        seed = @{ type = 'str'; required = $true }
        method = @{ type = 'str'; choices = @('native', 'diskprep'); default = 'native' }
        drives = @{ type = 'list'; elements = 'dict'; required = $true; options = $drive }
        plan_file = @{ type = 'path' }
        plan = @{ type = 'dict' }
        staging_path = @{ type = 'str' }
        credential_username = @{ type = 'str' }
        credential_password = @{ type = 'str'; no_log = $true }
        container = @{ type = 'str' }
        escrow_dir = @{ type = 'path' }
        escrow_password_file = @{ type = 'path'; no_log = $false }
        evidence_dir = @{ type = 'path' }
        encryption_method = @{ type = 'str'; choices = @('Aes128', 'Aes256', 'XtsAes128', 'XtsAes256'); default = 'Aes256' }
        wait = @{ type = 'int'; default = 600 }
        max_rate = @{ type = 'int'; default = 0 }
        tool_path = @{ type = 'str' }
        tool_dir = @{ type = 'path' }
        staging_location = @{ type = 'str' }
        inventory_file = @{ type = 'path' }
        job_name = @{ type = 'str' }
        jobs = @{ type = 'list'; elements = 'dict'; default = @() }
        resource_group = @{ type = 'str' }
        storage_account_id = @{ type = 'str' }
        return_address = @{ type = 'dict' }
        state = @{ type = 'str'; choices = @('prepared', 'sealed', 'cancelled'); default = 'prepared' }
        proven = @{ type = 'list'; elements = 'dict'; default = @(); options = @{
                serial = @{ type = 'str'; required = $true }
                protector = @{ type = 'str'; required = $true }
            }
        }
        # Set by the action plugin of the same name, which refuses them from a user.
        _operation = @{ type = 'str'; choices = @('inspect', 'begin', 'attach', 'start', 'poll', 'prove', 'cancel', 'probe_source', 'tool_look', 'tool_bring') }
        _drives = @{ type = 'list'; elements = 'dict'; default = @(); options = $planned }
        _sources = @{ type = 'list'; elements = 'dict'; default = @(); options = @{
                name = @{ type = 'str'; required = $true }
                sha256 = @{ type = 'str'; required = $true }
            }
        }
    }
    required_together = @(, @('credential_username', 'credential_password'))
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)
$options = $module.Params

function Get-Wanted {
    # Consent and plan of each drive of this call; cancelling needs no plan
    if ($options.state -eq 'cancelled') {
        foreach ($one in $options.drives) { New-Remembered -Seed $options.seed -Drive $one -Proven $options.proven -StagingPath $options.staging_path }
        return
    }
    foreach ($one in $options._drives) { New-Wanted -Seed $options.seed -Drive $one -Proven $options.proven -StagingPath $options.staging_path }
}

function Invoke-OneDrive {
    # begin, attach and prove are about one drive, and are the only ones that see a key. It stands in hashtables only.
    param([string] $Operation)
    $wanted = @(Get-Wanted)[0]
    $key = @{ NumericalPassword = @($options._drives)[0].recovery_password }
    $done = switch ($Operation) {
        'begin' { Start-DrivePreparation -Wanted $wanted -Key $key -Method $options.encryption_method }
        'attach' { Resume-Drive -Wanted $wanted -Key $key -Method $options.encryption_method }
        'prove' { Confirm-Drive -Wanted $wanted -Key $key }
    }
    $module.Result.changed = $done.changed
    $module.Result.drive = $done.drive
}

function Invoke-EveryDrive {
    param([string] $Operation)
    $wanted = @(Get-Wanted)
    $done = switch ($Operation) {
        'inspect' {
            Update-HostStorageCache
            Get-DriveState -Seed $options.seed -Wanted $wanted -StagingPath $options.staging_path
        }
        'poll' { Get-DriveState -Seed $options.seed -Wanted $wanted -StagingPath $options.staging_path }
        'cancel' { Stop-DrivePreparation -Seed $options.seed -Wanted $wanted -StagingPath $options.staging_path }
        'start' {
            $orders = @(for ($i = 0; $i -lt $wanted.Count; $i++) { @{ wanted = $wanted[$i]; list_sha256 = $options._drives[$i].list_sha256 } })
            Start-Copy -Seed $options.seed -Orders $orders -Sources $options._sources -StagingPath $options.staging_path -MaxRate $options.max_rate
        }
    }
    $module.Result.changed = $Operation -eq 'start' -or ($Operation -eq 'cancel' -and $done.changed)
    $module.Result.drives = $done.drives
    $module.Result.running = $done.running
}

function Invoke-Tool {
    # The agent's own tool: what it left behind is read; its folder is brought, or made for files that are put there.
    param([string] $Operation)
    if ($Operation -eq 'tool_look') {
        Update-HostStorageCache
        $found = Get-ToolState -Seed $options.seed -Wanted @(Get-Wanted) -Sources $options._sources -StagingPath $options.staging_path
        foreach ($name in 'tool', 'papers', 'summaries', 'drives') { $module.Result[$name] = $found[$name] }
        return
    }
    if (-not $options.tool_path) {
        $null = New-ToolFolder -Seed $options.seed -Names @($options._sources | ForEach-Object { $_.name })
        return
    }
    $credential = New-StagingCredential -UserName $options.credential_username -Password $options.credential_password
    try {
        $from = Connect-Staging -Path $options.tool_path -Credential $credential
        if (-not (Test-ToolProgram -Folder $from)) {
            throw "$($options.tool_path) holds no AzureOfflineBackupDiskPrep.exe, seen from $env:COMPUTERNAME. Give the folder of the tool as this host reaches it."
        }
        $module.Result.changed = Copy-Tool -Seed $options.seed -From $from
    } finally {
        Disconnect-Staging
    }
}

$operation = $options._operation
$module.Result.changed = $false
$module.Result.folder = Get-SeedFolder -Seed $options.seed
if (-not $operation) {
    $module.FailJson('win_disk_prep works through its action plugin on the controller only; call it as offlineseed.azure.win_disk_prep in a playbook.')
}
if ($module.CheckMode -and @('inspect', 'tool_look') -notcontains $operation) { $module.ExitJson() }
try {
    $turn = if ($operation -ne 'probe_source') { Wait-DriveTurn -Seed $options.seed -Operation $operation }
    try {
        switch ($operation) {
            { @('begin', 'attach', 'prove') -contains $_ } { Invoke-OneDrive -Operation $operation }
            { @('inspect', 'poll', 'start', 'cancel') -contains $_ } { Invoke-EveryDrive -Operation $operation }
            { @('tool_look', 'tool_bring') -contains $_ } { Invoke-Tool -Operation $operation }
            'probe_source' { $module.Result.source = Test-SourceAsSystem -Seed $options.seed -Path $options.staging_path }
        }
    } finally {
        if ($null -ne $turn) { $turn.Dispose() }
    }
} catch {
    $about = @($options._drives | ForEach-Object { $_.serial }) -join ', '
    $module.FailJson("Failed to $operation drives of seed $($options.seed) ($about): $($_.Exception.GetBaseException().Message)", $_)
}
$module.ExitJson()
