#!powershell

# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -CSharpUtil Ansible.Basic
#AnsibleRequires -PowerShell ..module_utils._BackupAgent
#AnsibleRequires -PowerShell ..module_utils._DriveTool

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$spec = @{
    options = @{
        path = @{ type = 'str' }
        fetch_to = @{ type = 'path' }
    }
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)

function Find-Tool {
    <#
    .SYNOPSIS
    The folder of the tool, and in words why there is none.
    #>
    if ($module.Params.path) {
        $folder = $module.Params.path.TrimEnd('\')
        if (Test-ToolProgram -Folder $folder) { return @{ folder = $folder; reason = $null } }
        return @{ folder = $folder; reason = "$folder holds no AzureOfflineBackupDiskPrep.exe, seen from $env:COMPUTERNAME. Correct path." }
    }
    $setup = Get-AgentSetup
    if (-not $setup.install_path) {
        return @{ folder = $null; reason = "The backup agent is not installed on $env:COMPUTERNAME. Install it, or give path." }
    }
    $folder = "$($setup.install_path)\Utils\AzureOfflineBackupDiskPrep"
    if (Test-ToolProgram -Folder $folder) { return @{ folder = $folder; reason = $null } }
    $told = "$folder holds no AzureOfflineBackupDiskPrep.exe (agent $($setup.version) on $env:COMPUTERNAME). The tool comes with the agent: " +
    'repair or update its installation, or give path.'
    return @{ folder = $folder; reason = $told }
}

$module.Result.changed = $false
try {
    $found = Find-Tool
    $files = New-Object -TypeName 'System.Collections.Generic.SortedDictionary[string,object]' -ArgumentList ([System.StringComparer]::Ordinal)
    $bytes = [long] 0
    if (-not $found.reason) {
        foreach ($file in @(Get-ToolFile -Folder $found.folder)) {
            $files[$file.name] = $file
            $bytes += $file.size
        }
    }
    $module.Result.tool = @{
        found = -not $found.reason
        folder = $found.folder
        reason = $found.reason
        files = [object[]] @($files.Values)
        bytes = $bytes
    }
} catch {
    $module.FailJson("Failed to read the folder of AzureOfflineBackupDiskPrep: $($_.Exception.GetBaseException().Message)", $_)
}
$module.ExitJson()
