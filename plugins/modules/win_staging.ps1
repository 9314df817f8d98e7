#!powershell

# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -CSharpUtil Ansible.Basic
#AnsibleRequires -PowerShell ..module_utils._Staging
#AnsibleRequires -PowerShell ..module_utils._WorkFolder

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$spec = @{
    options = @{
        state = @{ type = 'str'; choices = @(, 'absent'); default = 'absent' }
        path = @{ type = 'str'; required = $true }
        storage_account = @{ type = 'str'; required = $true }
        import_job_name = @{ type = 'str'; required = $true }
        credential_username = @{ type = 'str' }
        credential_password = @{ type = 'str'; no_log = $true }
        inventory_file = @{ type = 'str'; required = $true }
    }
    required_together = @(, @('credential_username', 'credential_password'))
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)

function Read-Inventory {
    <#
    .SYNOPSIS
    Name -> size of the inventoried files. A line that does not name a file of the agent ends the module before anything is removed.
    #>
    param([string] $File)
    $wanted = New-Object -TypeName 'System.Collections.Generic.Dictionary[string,long]' -ArgumentList ([System.StringComparer]::OrdinalIgnoreCase)
    $number = 0
    foreach ($line in [System.IO.File]::ReadLines($File)) {
        $number++
        $name = if ($line -match '"name" *: *"([^"\\]*)"') { $Matches[1] } else { '' }
        $size = if ($line -match '"size" *: *([0-9]+)') { [long] $Matches[1] } else { -1 }
        if ($size -lt 0 -or -not (Test-StagedName -Name $name)) {
            $module.FailJson("inventory_file, line ${number}: not an entry of a staged file. Nothing was removed. Use the inventory that win_staging_info fetched for this seed.")
        }
        $wanted[$name] = $size
    }
    return $wanted
}

function Remove-Staged {
    <#
    .SYNOPSIS
    Removes a file if the inventory has it with this size; anything else is kept and named.
    #>
    param([string] $Folder, [string] $Name, $Wanted)
    $file = [System.IO.Path]::Combine($Folder, $Name)
    $size = if ($Name.EndsWith('\')) { -1 } else { (New-Object -TypeName System.IO.FileInfo -ArgumentList $file).Length }
    if (-not $Wanted.ContainsKey($Name) -or $Wanted[$Name] -ne $size) {
        $module.Result.kept.Add($Name)
        return
    }
    if (-not $module.CheckMode) { [System.IO.File]::Delete($file) }
    $module.Result.changed = $true
    $module.Result.removed++
    $module.Result.removed_bytes += $size
}

$folder = Get-SeedFolderPath -Path $module.Params.path -StorageAccount $module.Params.storage_account -JobName $module.Params.import_job_name
$module.Result.folder = $folder
$module.Result.changed = $false
$module.Result.removed = 0
$module.Result.removed_bytes = [long] 0
$module.Result.kept = New-Object -TypeName 'System.Collections.Generic.List[string]'
$module.Result.folder_removed = $false

$credential = New-StagingCredential -UserName $module.Params.credential_username -Password $module.Params.credential_password
try {
    $wanted = Read-Inventory -File (Resolve-ProviderPath -Path $module.Params.inventory_file)
    $reached = Connect-Staging -Path $module.Params.path -Credential $credential
    $inside = Get-SeedFolderPath -Path $reached -StorageAccount $module.Params.storage_account -JobName $module.Params.import_job_name
    $real = Resolve-ProviderPath -Path $inside
    if ([System.IO.Directory]::Exists($real)) {
        foreach ($name in (Get-SortedName -Folder $real)) { Remove-Staged -Folder $real -Name $name -Wanted $wanted }
        if ($module.Result.kept.Count -eq 0) {
            if (-not $module.CheckMode) { [System.IO.Directory]::Delete($real) }
            $module.Result.changed = $true
            $module.Result.folder_removed = $true
        }
    }
} catch {
    $module.FailJson("Failed to remove the staged files of ${folder}: $($_.Exception.GetBaseException().Message)", $_)
} finally {
    Disconnect-Staging
}
$module.Diff.before = @{ folder = $folder; files = $module.Result.removed + $module.Result.kept.Count }
$module.Diff.after = @{ folder = if ($module.Result.folder_removed) { $null } else { $folder }; files = $module.Result.kept.Count }
$module.ExitJson()
