# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -PowerShell ._WorkFolder
#AnsibleRequires -PowerShell ._DriveFacts
#AnsibleRequires -PowerShell ._DriveGuard
#AnsibleRequires -PowerShell ._DrivePaper

# This module_util is for internal use only. It is not intended to be used by collections outside of offlineseed.azure.

# The only file that changes a disk. Reset-Drive asks the guard itself, right before each step that cannot be taken back.

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$script:Label = 'OFFLINESEED'
$script:FileSystem = 'NTFS'
$script:Raw = 0

function Get-MountPath {
    <#
    .SYNOPSIS
    The folder of this host in which a drive's volume is mounted.
    #>
    [CmdletBinding()]
    param([string] $Serial)
    "$(Get-WorkRoot)\mnt\$Serial"
}

function Get-Judgement {
    <#
    .SYNOPSIS
    Looks at the host again and judges one drive: @{ standing; drive; reasons }.
    #>
    [CmdletBinding()]
    param([hashtable] $Wanted)
    Update-HostStorageCache
    $facts = Get-DriveFact -StagingPath $Wanted.staging_path
    Get-DriveStanding -Drives $facts.drives -Wanted $Wanted
}

function Test-MayBeWiped {
    # The answer of the guard, with nothing left that would have to be cured first.
    param($Judgement)
    return @('blank', 'wipeable', 'reopen') -contains $Judgement.standing -and @($Judgement.reasons).Count -eq 0
}

function Enable-Drive {
    # Online and writable, in two calls (one call takes one parameter set), and only after the guard found nothing else against the drive.
    param($Judgement, [hashtable] $Wanted)
    $cures = @($Judgement.reasons | ForEach-Object { $_.id })
    if ($cures -contains 'offline') { Set-Disk -Path $Judgement.drive.path -IsOffline $false }
    if ($cures -contains 'read_only') { Set-Disk -Path $Judgement.drive.path -IsReadOnly $false }
    if ($cures -contains 'unmounted') { $null = Mount-Drive -Wanted $Wanted }
}

function Reset-Drive {
    <#
    .SYNOPSIS
    Clears and formats a drive, if and only if the guard allows it in this very call.
    .DESCRIPTION
    Returns @{ judgement; formatted }. A drive that is this seed's own already, or that the guard refuses, comes back untouched with its judgement.
    The claim is written before the first change, with the state "clearing": together with our label on an empty volume it says that an
    interrupted preparation may be repeated.
    #>
    [CmdletBinding()]
    param([hashtable] $Wanted)
    $judgement = Get-Judgement -Wanted $Wanted
    if (@('blank', 'wipeable', 'reopen') -notcontains $judgement.standing) { return @{ judgement = $judgement; formatted = $false } }
    if (-not (Test-MayBeWiped -Judgement $judgement)) {
        Enable-Drive -Judgement $judgement -Wanted $Wanted
        $judgement = Get-Judgement -Wanted $Wanted
        # What shows itself only now as this seed's own, or as locked, is no drive to be wiped, and none to be refused either.
        if (@('blank', 'wipeable', 'reopen') -notcontains $judgement.standing) { return @{ judgement = $judgement; formatted = $false } }
        if (-not (Test-MayBeWiped -Judgement $judgement)) { return @{ judgement = (Get-Refusal -Judgement $judgement); formatted = $false } }
    }
    Set-DriveClaim -Wanted $Wanted -State 'clearing' -Protector $null -HadData (Test-HadData -Judgement $judgement)
    $path = $judgement.drive.path
    if ($judgement.drive.partition_style -ne 'RAW') { Clear-Disk -Path $path -RemoveData -RemoveOEM -Confirm:$false }
    Initialize-Disk -Path $path -PartitionStyle GPT -Confirm:$false
    $made = New-Partition -DiskPath $path -UseMaximumSize
    Format-Drive -DiskPath $path -Offset (Get-Raw -Object $made -Name 'Offset')
    @{ judgement = $judgement; formatted = $true }
}

function Test-HadData {
    # Whether the free space of the drive may hold old data, so that it has to be encrypted too. An interrupted preparation says so in its claim.
    param($Judgement)
    $claim = $Judgement.drive.claim
    if ($null -ne $claim -and $claim.had_data) { return $true }
    return $Judgement.standing -eq 'wipeable'
}

function Get-Refusal {
    # What is left after online and writable is a refusal now, also where it would be a cure before.
    param($Judgement)
    @{ standing = 'refused'; drive = $Judgement.drive; reasons = $Judgement.reasons }
}

function Get-DataPartition {
    # The one partition of a drive of ours that carries a volume, found by the disk's path and its offset.
    param([string] $DiskPath, $Offset)
    foreach ($partition in @(Get-Partition)) {
        if ("$($partition.DiskId)" -eq $DiskPath -and [uint64] (Get-Raw -Object $partition -Name 'Offset') -eq [uint64] $Offset) { return $partition }
    }
    throw "The partition at offset $Offset of disk $DiskPath is gone"
}

function Get-VolumePath {
    # \\?\Volume{guid}\ among the access paths of a partition
    param($Partition)
    foreach ($path in @($Partition.AccessPaths)) { if ("$path" -like '\\?\Volume{*') { return "$path" } }
    throw "The partition at offset $(Get-Raw -Object $Partition -Name 'Offset') shows no volume"
}

function Format-Drive {
    # Formats the new partition by the path of its volume: it has no letter, and none is asked for.
    param([string] $DiskPath, $Offset)
    Set-Partition -DiskId $DiskPath -Offset $Offset -NoDefaultDriveLetter $true -Confirm:$false
    $volume = Get-VolumePath -Partition (Get-DataPartition -DiskPath $DiskPath -Offset $Offset)
    $null = Format-Volume -Path $volume -FileSystem $script:FileSystem -NewFileSystemLabel $script:Label -Force -Confirm:$false
}

function Mount-Drive {
    <#
    .SYNOPSIS
    The volume of a drive is mounted in its folder and has no letter; returns @{ root; volume; changed }.
    .DESCRIPTION
    After formatting, since a mounted folder wants NTFS. Automount may have given a letter in between: it is taken away, after the folder is there.
    #>
    [CmdletBinding()]
    param([hashtable] $Wanted)
    $partition = Get-SeedPartition -Wanted $Wanted
    $diskPath = "$($partition.DiskId)"
    $offset = [uint64] (Get-Raw -Object $partition -Name 'Offset')
    $root = Get-MountPath -Serial $Wanted.serial
    $changed = $false
    $paths = @($partition.AccessPaths | Where-Object { $_ } | ForEach-Object { "$_".TrimEnd('\') })
    if ($paths -notcontains $root) {
        $null = New-WorkFolder -Name 'mnt'
        if (-not (Test-Path -LiteralPath $root)) { $null = New-Item -Path $root -ItemType Directory }
        Add-PartitionAccessPath -DiskId $diskPath -Offset $offset -AccessPath $root -Confirm:$false
        $changed = $true
    }
    foreach ($path in $paths) {
        if ($path -match '^[A-Za-z]:$') {
            Remove-PartitionAccessPath -DiskId $diskPath -Offset $offset -AccessPath "$path\" -Confirm:$false
            $changed = $true
        }
    }
    @{ root = $root; volume = Get-VolumePath -Partition $partition; changed = $changed }
}

function Get-SeedPartition {
    # The data partition of the drive with this serial number and size: exactly one disk, exactly one partition beside MSR.
    param([hashtable] $Wanted)
    $disks = @(Get-Disk | Where-Object { ("$($_.SerialNumber)" -replace '\s', '') -ceq $Wanted.serial } |
            Where-Object { [long] (Get-Raw -Object $_ -Name 'Size') -eq $Wanted.size })
    if ($disks.Count -ne 1) { throw "$($disks.Count) disks of this host have the serial number '$($Wanted.serial)' and $($Wanted.size) bytes, expected one" }
    $own = @(Get-Partition | Where-Object { "$($_.DiskId)" -eq "$($disks[0].Path)" })
    $partitions = @($own | Where-Object { @($_.AccessPaths | Where-Object { "$_" -like '\\?\Volume{*' }).Count -gt 0 })
    if ($partitions.Count -ne 1) { throw "drive '$($Wanted.serial)' has $($partitions.Count) volumes, expected one" }
    return $partitions[0]
}

function Dismount-Drive {
    <#
    .SYNOPSIS
    Takes the drive's mount folder away; the volume keeps its own path only.
    #>
    [CmdletBinding()]
    param([hashtable] $Wanted)
    $partition = Get-SeedPartition -Wanted $Wanted
    $root = Get-MountPath -Serial $Wanted.serial
    foreach ($path in @($partition.AccessPaths | Where-Object { $_ })) {
        if ("$path".TrimEnd('\') -eq $root) {
            $offset = [uint64] (Get-Raw -Object $partition -Name 'Offset')
            Remove-PartitionAccessPath -DiskId "$($partition.DiskId)" -Offset $offset -AccessPath "$path" -Confirm:$false
        }
    }
    if ((Test-Path -LiteralPath $root) -and (Test-FolderEmpty -Path $root)) { Remove-Item -LiteralPath $root -Force }
}

function Initialize-DrivePaper {
    <#
    .SYNOPSIS
    Writes the journal's first line, then the marker, on a freshly formatted drive; after that the drive is this seed's.
    #>
    [CmdletBinding()]
    param([hashtable] $Wanted, [string] $Root)
    $folder = "$Root\offlineseed"
    if (-not (Test-Path -LiteralPath $folder)) { $null = New-Item -Path $folder -ItemType Directory }
    Write-Paper -Path "$folder\journal.jsonl" -Content ([ordered] @{
            event = 'opened'; v = 1; seed = $Wanted.seed; serial = $Wanted.serial; plan_hash = $Wanted.plan_hash
            container = $Wanted.container; files = $Wanted.files; bytes = $Wanted.bytes; at = Get-UtcNow
        })
    Write-Paper -Path "$folder\marker.json" -Content ([ordered] @{ v = 1; seed = $Wanted.seed; serial = $Wanted.serial; plan_hash = $Wanted.plan_hash })
}

function Get-DriveFree {
    <#
    .SYNOPSIS
    Free bytes of a volume.
    #>
    [CmdletBinding()]
    param([string] $VolumePath)
    foreach ($volume in @(Get-Volume)) { if ("$($volume.Path)" -eq $VolumePath) { return [long] (Get-Raw -Object $volume -Name 'SizeRemaining') } }
    throw "Windows does not show the volume $VolumePath any more"
}

Export-ModuleMember -Function Get-MountPath, Get-Judgement, Reset-Drive, Mount-Drive, Dismount-Drive, Initialize-DrivePaper, Get-DriveFree
