# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

# Full control for SYSTEM and Administrators, nothing inherited: %ProgramData% itself lets every user create files.
$script:OWNER = 'O:BA'
$script:ACCESS = 'D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)'
# The same while it is looked at what was there before: users see the names, in this folder only.
$script:LOOKED_AT = "$script:ACCESS(A;;FR;;;BU)"
$script:TRUSTED_OWNER = '^O:(BA|SY|S-1-5-32-544|S-1-5-18)(?=[GDS]:|$)'
$script:TRUSTED_ACCESS = '^[^(]*D:P[A-Z]*(\(A;[A-Z]*;[^;]*;;;(SY|BA)\))+(S:.*)?$'

function Get-WorkRoot {
    <#
    .SYNOPSIS
    The folder under which everything of this collection lies on a Windows host, as a Windows path.
    #>
    return "$env:ProgramData\offlineseed"
}

function Resolve-ProviderPath {
    <#
    .SYNOPSIS
    The path that .NET understands: drives of PowerShell are known to cmdlets only.
    #>
    param([Parameter(Mandatory = $true)] [string] $Path)
    return $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path)
}

function Test-FolderEmpty {
    <#
    .SYNOPSIS
    True when nothing lies in the folder.
    #>
    param([Parameter(Mandatory = $true)] [string] $Path)
    return $null -eq (Get-ChildItem -LiteralPath $Path -Force | Select-Object -First 1)
}

function Protect-Folder {
    <#
    .SYNOPSIS
    Gives a folder to Administrators and lets only those in whom the access list names.
    #>
    param([Parameter(Mandatory = $true)] [string] $Path, [Parameter(Mandatory = $true)] [string] $Access)
    $acl = Get-Acl -LiteralPath $Path
    $acl.SetSecurityDescriptorSddlForm($script:OWNER + $Access)
    Set-Acl -LiteralPath $Path -AclObject $acl
}

function Find-Planted {
    <#
    .SYNOPSIS
    Paths below a folder that belong to an ordinary user, who can open them for himself again whatever the folder above says; and links.
    #>
    param([Parameter(Mandatory = $true)] [string] $Path)
    foreach ($item in @(Get-ChildItem -LiteralPath $Path -Force)) {
        $below = "$Path\$($item.Name)"
        # Volumes of drives are mounted in folders of mnt, and nowhere else.
        if ($item.Attributes -band [System.IO.FileAttributes]::ReparsePoint) {
            if ($Path -ne "$(Get-WorkRoot)\mnt") { $below }
            continue
        }
        if ("$((Get-Acl -LiteralPath $below).Sddl)" -notmatch $script:TRUSTED_OWNER) { $below; continue }
        if ($item.PSIsContainer) { Find-Planted -Path $below }
    }
}

function New-WorkFolder {
    <#
    .SYNOPSIS
    Makes the protected folder of one seed (or of the claims) and returns its Windows path.

    .DESCRIPTION
    The root is protected before anything is written below it. A root that is a link, or that belongs to an ordinary user and
    holds something, was not made by us: it is refused, because SYSTEM will read what lies there. So is one that was open to users, in which one
    of them made something.
    #>
    param([Parameter(Mandatory = $true)] [string] $Name)
    $root = Get-WorkRoot
    if (-not (Test-Path -LiteralPath $root)) {
        $null = New-Item -Path $root -ItemType Directory
    }
    $item = Get-Item -LiteralPath $root -Force
    if ($item.Attributes -band [System.IO.FileAttributes]::ReparsePoint) {
        throw "$root is a link to another folder. Remove the link, and run again."
    }
    $sddl = "$((Get-Acl -LiteralPath $root).Sddl)"
    if ($sddl -notmatch $script:TRUSTED_OWNER -and -not (Test-FolderEmpty -Path $root)) {
        throw "$root belongs neither to SYSTEM nor to Administrators (seen: $sddl) and is not empty. Look at what lies there, remove it, and run again."
    }
    if ($sddl -notmatch $script:TRUSTED_OWNER -or $sddl -notmatch $script:TRUSTED_ACCESS) {
        # Closed first, so that nothing comes in while it is looked at; and not as trusted, so that a run after a crash looks again.
        Protect-Folder -Path $root -Access $script:LOOKED_AT
        $planted = @(Find-Planted -Path $root)
        if ($planted.Count -gt 0) {
            throw "$root was open to users, and what belongs neither to SYSTEM nor to Administrators, or is a link, lies there: " +
            "$($planted -join ', '). Look at it, remove it, and run again."
        }
        Protect-Folder -Path $root -Access $script:ACCESS
    }
    $folder = "$root\$Name"
    if (-not (Test-Path -LiteralPath $folder)) {
        $null = New-Item -Path $folder -ItemType Directory
    }
    return $folder
}

Export-ModuleMember -Function Get-WorkRoot, Resolve-ProviderPath, Test-FolderEmpty, New-WorkFolder
