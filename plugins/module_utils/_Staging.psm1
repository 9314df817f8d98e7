# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -PowerShell ._WorkFolder

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

# <datasource>_<n>_<guid>_AIBBlob or _BaseBlob: what the agent writes for an offline seed (names in Microsoft's screenshots of the disk preparation tool).
$script:STAGED = '^[0-9]{1,20}_[0-9]{1,10}_[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}_(AIBBlob|BaseBlob)$'
$script:DRIVE = 'OfflineSeedStaging'
$script:UNC = '^\\\\(?<server>[^\\]+)\\(?<share>[^\\]+)(?<rest>\\.*)?$'

function Get-SeedFolderPath {
    <#
    .SYNOPSIS
    The agent's folder for one import job below the staging location: <staging>\<account>_<job>.
    #>
    param([Parameter(Mandatory = $true)] [string] $Path, [Parameter(Mandatory = $true)] [string] $StorageAccount, [Parameter(Mandatory = $true)] [string] $JobName)
    return "$($Path.TrimEnd('\'))\${StorageAccount}_$JobName"
}

function Test-StagedName {
    <#
    .SYNOPSIS
    True for a name that the agent gives to a file of an offline seed.
    #>
    param([string] $Name)
    return $Name -match $script:STAGED
}

function New-StagingCredential {
    <#
    .SYNOPSIS
    The credential for the share, or $null without a user name.
    #>
    param([string] $UserName, [string] $Password)
    if (-not $UserName) { return $null }
    $secret = New-Object -TypeName System.Security.SecureString
    foreach ($character in $Password.ToCharArray()) { $secret.AppendChar($character) }
    return New-Object -TypeName System.Management.Automation.PSCredential -ArgumentList $UserName, $secret
}

function Connect-Staging {
    <#
    .SYNOPSIS
    Reaches a staging location and returns the path to use with cmdlets: the path itself, or one on a drive of PowerShell for a share.

    .DESCRIPTION
    A share is reached through one New-PSDrive, with a credential if there is one: WinRM's network logon is not passed on to another server.
    What fails, fails with the path, the account that tried, and the cure. Whether the folder exists is the caller's question.
    #>
    param([Parameter(Mandatory = $true)] [string] $Path, $Credential)
    if ($Path -notmatch $script:UNC) { return $Path }
    $root = '\\{0}\{1}' -f $Matches.server, $Matches.share
    $rest = "$($Matches['rest'])"
    $drive = @{ Name = $script:DRIVE; PSProvider = 'FileSystem'; Root = $root; Scope = 'Global'; ErrorAction = 'Stop' }
    if ($null -ne $Credential) { $drive.Credential = $Credential }
    try {
        $null = New-PSDrive @drive
    } catch {
        throw (Get-ReadComplaint -Path $root -Credential $Credential -Reason $_.Exception.Message)
    }
    return "$($script:DRIVE):$(if ($rest) { $rest } else { '\' })"
}

function Get-ReadComplaint {
    <#
    .SYNOPSIS
    Why a staging location could not be read: path, account, what Windows said, the cure.
    #>
    param([Parameter(Mandatory = $true)] [string] $Path, $Credential, [string] $Reason)
    $who = if ($null -ne $Credential) { $Credential.UserName } else { "$env:USERDOMAIN\$env:USERNAME" }
    $said = "$Path cannot be read by $who on $($env:COMPUTERNAME): $Reason"
    if ($null -ne $Credential) { return "$said Check name and password, and that share and folder let this account in." }
    if ($Path -notmatch $script:UNC) { return "$said Let this account read the folder." }
    return "$said A network logon (WinRM) is not passed on to another server: give credential_username and credential_password, or run this " +
    'on the host that offers the share, with its local path.'
}

function Disconnect-Staging {
    <#
    .SYNOPSIS
    Removes the drive that Connect-Staging made, if it made one.
    #>
    if (Get-PSDrive -Name $script:DRIVE -ErrorAction SilentlyContinue) {
        Remove-PSDrive -Name $script:DRIVE -Scope Global -Force
    }
}

function Get-SortedName {
    <#
    .SYNOPSIS
    Names of what lies in a folder, in ordinal order; a folder's name ends with a backslash. Only the names are kept in memory.
    #>
    param([Parameter(Mandatory = $true)] [string] $Folder)
    $names = New-Object -TypeName 'System.Collections.Generic.List[string]'
    foreach ($path in [System.IO.Directory]::EnumerateFiles($Folder)) { $names.Add([System.IO.Path]::GetFileName($path)) }
    foreach ($path in [System.IO.Directory]::EnumerateDirectories($Folder)) { $names.Add([System.IO.Path]::GetFileName($path) + '\') }
    $names.Sort([System.StringComparer]::Ordinal)
    return , $names
}

function Test-Readable {
    <#
    .SYNOPSIS
    Opens one file for reading and reads a byte of it; throws what Windows says.
    #>
    param([Parameter(Mandatory = $true)] [string] $File)
    $share = [System.IO.FileShare]::ReadWrite -bor [System.IO.FileShare]::Delete
    $stream = New-Object -TypeName System.IO.FileStream -ArgumentList $File, ([System.IO.FileMode]::Open), ([System.IO.FileAccess]::Read), $share
    try { $null = $stream.ReadByte() } finally { $stream.Dispose() }
}

Export-ModuleMember -Function Get-SeedFolderPath, Test-StagedName, New-StagingCredential, Connect-Staging, Get-ReadComplaint, Disconnect-Staging,
Get-SortedName, Test-Readable
