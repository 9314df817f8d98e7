#!powershell

# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -CSharpUtil Ansible.Basic
#AnsibleRequires -PowerShell ..module_utils._DrivePaper
#AnsibleRequires -PowerShell ..module_utils._DriveStep
#AnsibleRequires -PowerShell ..module_utils._DriveTask
#AnsibleRequires -PowerShell ..module_utils._DriveWanted

Set-StrictMode -Version 2.0

# Ansible.Basic's own `int` has 32 bits, a drive has more bytes.
$whole = [Func[[object], [long]]] { [long]::Parse("$($args[0])", [System.Globalization.CultureInfo]::InvariantCulture) }
$spec = @{
    options = @{
        seed = @{ type = 'str'; required = $true }
        drives = @{ type = 'list'; elements = 'dict'; required = $true; options = @{
                serial = @{ type = 'str'; required = $true }
                size = @{ type = $whole; required = $true }
                wipe = @{ type = 'bool'; default = $false }
            }
        }
        proven = @{ type = 'list'; elements = 'dict'; default = @(); options = @{
                serial = @{ type = 'str'; required = $true }
                protector = @{ type = 'str'; required = $true }
            }
        }
        probe_staging_path = @{ type = 'str' }
    }
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)
$options = $module.Params

function Get-Asked {
    # A drive of which consent is known, and of the plan what this seed's claim on this host says.
    foreach ($one in $options.drives) {
        $claim = Get-DriveClaim -Serial ("$($one.serial)" -replace '\s', '')
        $plan = $null
        if ($null -ne $claim -and $claim.seed -ceq $options.seed) { $plan = $claim.plan_hash }
        $drive = @{
            serial = $one.serial; size = $one.size; wipe = $one.wipe; planned_serial = $one.serial; planned_size = $one.size
            plan_hash = $plan; container = $null; files = $null; bytes = $null
        }
        New-Wanted -Seed $options.seed -Drive $drive -Proven $options.proven -StagingPath $options.probe_staging_path
    }
}

$module.Result.changed = $false
$module.Result.source = $null
try {
    Update-HostStorageCache
    $found = Get-DriveStates -Seed $options.seed -Wanted @(Get-Asked) -StagingPath $options.probe_staging_path
    foreach ($state in $found.drives) {
        if ($state.state -ne 'interrupted') { continue }
        $state.state = 'copying'
        if (-not $state.message) { $state.message = 'the worker does not run; run win_disk_prep again, it goes on where it stopped' }
    }
    $module.Result.drives = $found.drives
    $module.Result.running = $found.running
    if ($options.probe_staging_path -and -not $module.CheckMode) { $module.Result.source = Test-SourceAsSystem -Seed $options.seed -Path $options.probe_staging_path }
} catch {
    $module.FailJson("Failed to look at the drives of seed $($options.seed): $($_.Exception.GetBaseException().Message)", $_)
}
$module.ExitJson()
