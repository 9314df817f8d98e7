#!powershell

# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -CSharpUtil Ansible.Basic
#AnsibleRequires -PowerShell ..module_utils._HostFacts
#AnsibleRequires -PowerShell ..module_utils._Staging
#AnsibleRequires -PowerShell ..module_utils._WorkFolder

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$spec = @{
    options = @{
        path = @{ type = 'str'; required = $true }
        storage_account = @{ type = 'str'; required = $true }
        import_job_name = @{ type = 'str'; required = $true }
        credential_username = @{ type = 'str' }
        credential_password = @{ type = 'str'; no_log = $true }
        # Read by the action plugin of the same name, which fetches the listing.
        fetch_to = @{ type = 'str' }
    }
    required_together = @(, @('credential_username', 'credential_password'))
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)

$SECTOR = 512
# So many names of files that need attention are listed; all of them are counted.
$MOST_NAMES = 100

function Write-Inventory {
    <#
    .SYNOPSIS
    Streams one JSON line for each staged file, in ordinal order of the names, and counts. Returns the SHA-256 of what was written.

    .DESCRIPTION
    Only names of the agent's pattern are written, none of which needs escaping in JSON. Sizes and times are read file by file, so that
    a folder of a hundred thousand files costs the memory of its names only.
    #>
    param([string] $Folder, [System.Collections.Generic.List[string]] $Names, [System.IO.Stream] $Into)
    $hash = New-Object -TypeName System.Security.Cryptography.SHA256CryptoServiceProvider
    $hashed = New-Object -TypeName System.Security.Cryptography.CryptoStream -ArgumentList $Into, $hash, ([System.Security.Cryptography.CryptoStreamMode]::Write)
    $writer = New-Object -TypeName System.IO.StreamWriter -ArgumentList $hashed, (New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false)
    try {
        foreach ($name in $Names) {
            if (-not (Test-StagedName -Name $name)) { Add-Foreign -Name $name; continue }
            $file = New-Object -TypeName System.IO.FileInfo -ArgumentList ([System.IO.Path]::Combine($Folder, $name))
            Add-Staged -Name $name -Size $file.Length
            $writer.Write('{"mtime":"' + (ConvertTo-UtcText -Time $file.LastWriteTimeUtc) + '","name":"' + $name + '","size":' + $file.Length + "}`n")
        }
    } finally {
        $writer.Dispose()
    }
    return [System.BitConverter]::ToString($hash.Hash).Replace('-', '').ToLowerInvariant()
}

function Add-Staged {
    <#
    .SYNOPSIS
    Counts a staged file; a page blob takes whole sectors only, so that any other size is named.
    #>
    param([string] $Name, [long] $Size)
    $module.Result.files++
    $module.Result.bytes += $Size
    if ($Size % $SECTOR -eq 0 -and $Size -gt 0) { return }
    $module.Result.misaligned_count++
    if ($module.Result.misaligned.Count -lt $MOST_NAMES) { $module.Result.misaligned.Add(@{ name = $Name; size = $Size }) }
}

function Add-Foreign {
    <#
    .SYNOPSIS
    Counts and names what lies in the folder and is not the agent's.
    #>
    param([string] $Name)
    $module.Result.foreign_count++
    if ($module.Result.foreign.Count -lt $MOST_NAMES) { $module.Result.foreign.Add($Name) }
}

function Save-Inventory {
    <#
    .SYNOPSIS
    Writes the listing beside its place and moves it there, so that no half listing is ever fetched. Check mode only counts.
    #>
    param([string] $Folder, [System.Collections.Generic.List[string]] $Names)
    if ($module.CheckMode) {
        $module.Result.listing_sha256 = Write-Inventory -Folder $Folder -Names $Names -Into ([System.IO.Stream]::Null)
        return
    }
    $listing = "$(New-WorkFolder -Name $module.Params.import_job_name)\staging.jsonl"
    $final = Resolve-ProviderPath -Path $listing
    $new = "$final.new"
    $module.Result.listing_sha256 = Write-Inventory -Folder $Folder -Names $Names -Into ([System.IO.File]::Create($new))
    [System.IO.File]::Delete($final)
    [System.IO.File]::Move($new, $final)
    $module.Result.listing = $listing
}

function Find-Folder {
    <#
    .SYNOPSIS
    The job's folder as .NET reaches it, or $null where it does not exist; what keeps it out of reach becomes "read_error".
    #>
    param([string] $Path, $Credential)
    try {
        $reached = Connect-Staging -Path $Path -Credential $Credential
    } catch {
        $module.Result.read_error = $_.Exception.Message
        return $null
    }
    if (-not (Test-Path -LiteralPath $reached)) {
        $module.Result.read_error = "$Path does not exist, seen from $env:COMPUTERNAME. Create the folder, or correct the staging path."
        return $null
    }
    $module.Result.path_exists = $true
    $module.Result.readable = $true
    $folder = Resolve-ProviderPath -Path (Get-SeedFolderPath -Path $reached -StorageAccount $module.Params.storage_account -JobName $module.Params.import_job_name)
    if (-not [System.IO.Directory]::Exists($folder)) { return $null }
    $module.Result.exists = $true
    return $folder
}

function Read-Folder {
    <#
    .SYNOPSIS
    The names in the job's folder, after one of its files was opened; what Windows refuses becomes "read_error".
    #>
    param([string] $Folder, $Credential)
    try {
        $names = Get-SortedName -Folder $Folder
        $first = $names | Where-Object -FilterScript { Test-StagedName -Name $_ } | Select-Object -First 1
        if ($first) { Test-Readable -File ([System.IO.Path]::Combine($Folder, $first)) }
        return , $names
    } catch {
        $module.Result.readable = $false
        $module.Result.read_error = Get-ReadComplaint -Path $module.Result.folder -Credential $Credential -Reason $_.Exception.GetBaseException().Message
        return $null
    }
}

$path = $module.Params.path
$module.Result.changed = $false
$module.Result.folder = Get-SeedFolderPath -Path $path -StorageAccount $module.Params.storage_account -JobName $module.Params.import_job_name
$module.Result.path_exists = $false
$module.Result.exists = $false
$module.Result.readable = $false
$module.Result.read_error = $null
$module.Result.files = 0
$module.Result.bytes = [long] 0
$module.Result.misaligned = New-Object -TypeName 'System.Collections.Generic.List[object]'
$module.Result.misaligned_count = 0
$module.Result.foreign = New-Object -TypeName 'System.Collections.Generic.List[string]'
$module.Result.foreign_count = 0
$module.Result.listing = $null
$module.Result.listing_sha256 = $null
$module.Result.free_bytes = Get-FreeByte -Path $path

$credential = New-StagingCredential -UserName $module.Params.credential_username -Password $module.Params.credential_password
try {
    $folder = Find-Folder -Path $path -Credential $credential
    $names = if ($folder) { Read-Folder -Folder $folder -Credential $credential } else { $null }
    if ($null -ne $names) { Save-Inventory -Folder $folder -Names $names }
} catch {
    $module.FailJson("Failed to write the inventory of $($module.Result.folder): $($_.Exception.GetBaseException().Message)", $_)
} finally {
    Disconnect-Staging
}
$module.ExitJson()
