#!powershell

# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -CSharpUtil Ansible.Basic
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

# States that ask for the next run, in the words of the result
$IDLE = @{
    interrupted = @{ state = 'copying'; message = 'the worker does not run; run win_disk_prep again, it goes on where it stopped' }
    unsealed = @{ state = 'planned'; message = 'begun, but not encrypted yet; run win_disk_prep again' }
}

$module.Result.changed = $false
$module.Result.source = $null
try {
    Update-HostStorageCache
    $asked = @(foreach ($drive in $options.drives) {
            New-Remembered -Seed $options.seed -Drive $drive -Proven $options.proven -StagingPath $options.probe_staging_path
        })
    $found = Get-DriveState -Seed $options.seed -Wanted $asked -StagingPath $options.probe_staging_path
    foreach ($state in $found.drives) {
        if (-not $IDLE.ContainsKey($state.state)) { continue }
        $told = $IDLE[$state.state]
        $state.state = $told.state
        if (-not $state.message) { $state.message = $told.message }
    }
    $module.Result.drives = $found.drives
    $module.Result.running = $found.running
    if ($options.probe_staging_path -and -not $module.CheckMode) {
        $module.Result.source = Test-SourceAsSystem -Seed $options.seed -Path $options.probe_staging_path
    }
} catch {
    $module.FailJson("Failed to look at the drives of seed $($options.seed): $($_.Exception.GetBaseException().Message)", $_)
}
$module.ExitJson()
