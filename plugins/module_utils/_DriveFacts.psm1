# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -PowerShell ._WorkFolder
#AnsibleRequires -PowerShell ._DrivePaper

# This module_util is for internal use only. It is not intended to be used by collections outside of offlineseed.azure.

# What Windows says of its disks, in one snapshot and in numbers. Letters and disk numbers identify nothing here: partitions are joined to
# disks by the disk's path, volumes to partitions by the volume's path. Nothing is changed, and no method is called on what a cmdlet returns.

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

# Words of MSFT_Disk and Win32_EncryptableVolume (Microsoft's class pages); Windows itself gives numbers.
$script:BusWords = @{
    0 = 'Unknown'; 1 = 'SCSI'; 2 = 'ATAPI'; 3 = 'ATA'; 4 = '1394'; 5 = 'SSA'; 6 = 'Fibre Channel'; 7 = 'USB'; 8 = 'RAID'; 9 = 'iSCSI'; 10 = 'SAS'
    11 = 'SATA'; 12 = 'SD'; 13 = 'MMC'; 14 = 'Virtual'; 15 = 'File Backed Virtual'; 16 = 'Spaces'; 17 = 'NVMe'; 18 = 'SCM'; 19 = 'UFS'
}
$script:StyleWords = @{ 0 = 'RAW'; 1 = 'MBR'; 2 = 'GPT' }
$script:HealthWords = @{ 0 = 'healthy'; 1 = 'warning'; 2 = 'unhealthy' }
$script:LockWords = @{ 0 = 'unlocked'; 1 = 'locked' }
$script:ProtectionWords = @{ 0 = 'off'; 1 = 'on'; 2 = 'unknown' }
$script:ConversionWords = @{
    0 = 'fully_decrypted'; 1 = 'fully_encrypted'; 2 = 'encryption_in_progress'; 3 = 'decryption_in_progress'; 4 = 'encryption_paused'; 5 = 'decryption_paused'
}
$script:MethodWords = @{
    0 = 'none'; 1 = 'aes128_diffuser'; 2 = 'aes256_diffuser'; 3 = 'aes128'; 4 = 'aes256'; 5 = 'hardware'; 6 = 'xts_aes128'; 7 = 'xts_aes256'
}
$script:GptWords = @{
    '{ebd0a0a2-b9e5-4433-87c0-68b6b72699c7}' = 'basic'; '{e3c9e316-0b5c-4db8-817d-f92df00215ae}' = 'reserved'
    '{c12a7328-f81f-11d2-ba4b-00a0c93ec93b}' = 'system'; '{de94bba4-06d1-4d40-a16a-bfd50179d6ac}' = 'recovery'
    '{5808c8aa-7e8f-42e0-85d2-e1e90434cfb3}' = 'dynamic'; '{af9b60a0-1431-4f62-bc68-3311714a69ad}' = 'dynamic'
    '{e75caf8f-f680-4cee-afa3-b001e56efc2d}' = 'storage_pool'
}
$script:RemovableBuses = @(12, 13)
$script:SpacesBus = 16
$script:InPool = 2
$script:RemovableMedia = 4
$script:RemovableVolume = 2
$script:NoSuchNamespace = '0x8004100e'

function Get-Raw {
    # The number of a property: on the objects of the Storage module the property itself is a word, made by a script property.
    param($Object, [string] $Name)
    if (@($Object.PSObject.Properties | ForEach-Object { $_.Name }) -contains 'CimInstanceProperties') {
        $property = $Object.CimInstanceProperties[$Name]
        if ($null -ne $property) { return $property.Value }
    }
    if (@($Object.PSObject.Properties | ForEach-Object { $_.Name }) -contains $Name) { return $Object.$Name }
    return $null
}

function Get-Word {
    param([hashtable] $Table, $Number)
    if ($null -eq $Number) { return $null }
    if ($Table.ContainsKey([int] $Number)) { return $Table[[int] $Number] }
    return "unknown ($Number)"
}

function Get-EncryptableVolume {
    <#
    .SYNOPSIS
    The volumes that BitLocker can encrypt; nothing where BitLocker is not installed, which $Missing.Value then says.
    #>
    [CmdletBinding()]
    param([ref] $Missing)
    if ($null -ne $Missing) { $Missing.Value = $false }
    try {
        Get-CimInstance -Namespace 'root/CIMV2/Security/MicrosoftVolumeEncryption' -ClassName 'Win32_EncryptableVolume'
    } catch {
        if ("$($_.FullyQualifiedErrorId)" -notmatch $script:NoSuchNamespace) { throw }
        if ($null -ne $Missing) { $Missing.Value = $true }
    }
}

function Get-EncryptionFact {
    param($Volume)
    $lock = (Invoke-CimMethod -InputObject $Volume -MethodName 'GetLockStatus' -Arguments @{}).LockStatus
    $held = Invoke-CimMethod -InputObject $Volume -MethodName 'GetKeyProtectors' -Arguments @{ KeyProtectorType = [uint32] 0 }
    $protectors = @()
    if ($held.ReturnValue -eq 0) { $protectors = @($held.VolumeKeyProtectorID | Where-Object { $_ }) }
    @{
        lock = Get-Word -Table $script:LockWords -Number $lock
        protection = Get-Word -Table $script:ProtectionWords -Number (Get-Raw -Object $Volume -Name 'ProtectionStatus')
        conversion = Get-Word -Table $script:ConversionWords -Number (Get-Raw -Object $Volume -Name 'ConversionStatus')
        method = Get-Word -Table $script:MethodWords -Number (Get-Raw -Object $Volume -Name 'EncryptionMethod')
        protectors = [object[]] $protectors
    }
}

function Get-ReadableRoot {
    # Where the files of a partition's volume are reached: our mount folder, else a letter, else the volume's own path.
    param([string[]] $AccessPaths)
    $mount = "$(Get-WorkRoot)\mnt\"
    $known = @($AccessPaths | Where-Object { $_ })
    $ranked = @($known | Where-Object { "$_\" -like "$mount*" }) + @($known | Where-Object { $_ -match '^[A-Za-z]:' }) + $known
    if ($ranked.Count -eq 0) { return $null }
    return $ranked[0]
}

function Get-VolumeFact {
    param($Volume, [string[]] $AccessPaths, [hashtable] $Context)
    $path = "$($Volume.Path)"
    $encryption = $null
    if ($Context.encryptable.ContainsKey($path)) { $encryption = Get-EncryptionFact -Volume $Context.encryptable[$path] }
    $win32 = $null
    if ($Context.win32.ContainsKey($path)) { $win32 = $Context.win32[$path] }
    $content = $null
    $root = Get-ReadableRoot -AccessPaths $AccessPaths
    if ($root -and $Volume.FileSystem -and ($null -eq $encryption -or $encryption.lock -eq 'unlocked')) { $content = Get-DrivePaper -Root $root }
    @{
        path = $path
        label = "$($Volume.FileSystemLabel)"
        file_system = "$($Volume.FileSystem)"
        size = [long] (Get-Raw -Object $Volume -Name 'Size')
        free = [long] (Get-Raw -Object $Volume -Name 'SizeRemaining')
        removable = [int] (Get-Raw -Object $Volume -Name 'DriveType') -eq $script:RemovableVolume
        page_file = $null -ne $win32 -and [bool] $win32.PageFilePresent
        system = $null -ne $win32 -and [bool] $win32.SystemVolume
        boot = $null -ne $win32 -and [bool] $win32.BootVolume
        root = $root
        encryption = $encryption
        content = $content
    }
}

function Get-PartitionFact {
    param($Partition)
    $gpt = "$(Get-Raw -Object $Partition -Name 'GptType')".ToLowerInvariant()
    if ($gpt -and $gpt -notmatch '^\{') { $gpt = "{$gpt}" }
    $mbr = Get-Raw -Object $Partition -Name 'MbrType'
    $type = "mbr_$mbr"
    if ($gpt) {
        $type = 'unknown'
        if ($script:GptWords.ContainsKey($gpt)) { $type = $script:GptWords[$gpt] }
    }
    $letter = "$($Partition.DriveLetter)".Trim([char] 0, ' ')
    if (-not $letter) { $letter = $null }
    @{
        number = [int] (Get-Raw -Object $Partition -Name 'PartitionNumber')
        type = $type
        gpt_type = $gpt
        mbr_type = $mbr
        size = [long] (Get-Raw -Object $Partition -Name 'Size')
        offset = [uint64] (Get-Raw -Object $Partition -Name 'Offset')
        letter = $letter
        access_paths = [object[]] @($Partition.AccessPaths | Where-Object { $_ })
        system = [bool] $Partition.IsSystem
        boot = [bool] $Partition.IsBoot
    }
}

function Test-PathOnPartition {
    # Whether a local path lies below one of the access paths, and no other partition has a longer one.
    param([string] $Path, [object[]] $AccessPaths, [object[]] $AllAccessPaths)
    if (-not $Path) { return $false }
    $below = "$($Path.TrimEnd('\'))\"
    $best = ''
    foreach ($candidate in $AllAccessPaths) {
        $root = "$("$candidate".TrimEnd('\'))\"
        if ($below.StartsWith($root, [StringComparison]::OrdinalIgnoreCase) -and $root.Length -gt $best.Length) { $best = $root }
    }
    if (-not $best) { return $false }
    return @($AccessPaths | Where-Object { "$("$_".TrimEnd('\'))\" -eq $best }).Count -gt 0
}

function Get-LocalStagingPath {
    # The staging folder as a local path of this host: a share of this host is followed, another host's share has none.
    param([string] $StagingPath, [object[]] $Shares)
    if ($StagingPath -notmatch '^\\\\(?<server>[^\\]+)\\(?<share>[^\\]+)(?<rest>\\.*)?$') { return $StagingPath }
    $found = $Matches
    $server = "$($found['server'])".Split('.')[0]
    if ($server -ne "$env:COMPUTERNAME" -and @('localhost', '127', '.') -notcontains $server) { return $null }
    foreach ($share in $Shares) {
        if ($share.Name -eq $found['share']) { return "$("$($share.Path)".TrimEnd('\'))$($found['rest'])" }
    }
    return $null
}

function Get-Snapshot {
    # Everything is asked once.
    param([string] $StagingPath)
    $missing = $false
    $shares = @(Get-SmbShare | Where-Object { $_.Path -and -not $_.Special })
    $context = @{
        partitions = @(Get-Partition)
        volumes = @{}
        physical = @(Get-PhysicalDisk)
        encryptable = @{}
        win32 = @{}
        shares = $shares
        staging = Get-LocalStagingPath -StagingPath $StagingPath -Shares $shares
        bitlocker = $true
    }
    foreach ($volume in @(Get-Volume)) { $context.volumes["$($volume.Path)"] = $volume }
    foreach ($volume in @(Get-CimInstance -ClassName 'Win32_Volume')) { $context.win32["$($volume.DeviceID)"] = $volume }
    foreach ($volume in @(Get-EncryptableVolume -Missing ([ref] $missing))) { $context.encryptable["$($volume.DeviceID)"] = $volume }
    $context.bitlocker = -not $missing
    $context.all_paths = @($context.partitions | ForEach-Object { $_.AccessPaths } | Where-Object { $_ })
    return $context
}

function Get-PhysicalTrait {
    # What the physical disks of this unique id say of pool and medium.
    param([string] $UniqueId, [object[]] $Physical)
    $trait = @{ pooled = $false; removable = $false }
    foreach ($disk in $Physical) {
        if (-not $UniqueId -or "$($disk.UniqueId)" -ne $UniqueId) { continue }
        $why = @(Get-Raw -Object $disk -Name 'CannotPoolReason')
        if ($why -contains $script:InPool) { $trait.pooled = $true }
        if ($why -contains $script:RemovableMedia) { $trait.removable = $true }
    }
    return $trait
}

function Get-OneDriveFact {
    param($Disk, [hashtable] $Context)
    $own = @($Context.partitions | Where-Object { "$($_.DiskId)" -eq "$($Disk.Path)" })
    $partitions = @($own | ForEach-Object { Get-PartitionFact -Partition $_ })
    $paths = @($partitions | ForEach-Object { $_.access_paths })
    $volumes = @(foreach ($partition in $partitions) {
            foreach ($path in $partition.access_paths) {
                if (-not $Context.volumes.ContainsKey("$path")) { continue }
                Get-VolumeFact -Volume $Context.volumes["$path"] -AccessPaths $partition.access_paths -Context $Context
            }
        })
    $bus = [int] (Get-Raw -Object $Disk -Name 'BusType')
    $health = [int] (Get-Raw -Object $Disk -Name 'HealthStatus')
    $physical = Get-PhysicalTrait -UniqueId "$($Disk.UniqueId)" -Physical $Context.physical
    $serial = "$($Disk.SerialNumber)" -replace '\s', ''
    @{
        number = [int] (Get-Raw -Object $Disk -Name 'Number')
        serial = $serial
        size = [long] (Get-Raw -Object $Disk -Name 'Size')
        bus = Get-Word -Table $script:BusWords -Number $bus
        bus_number = $bus
        model = "$($Disk.Model)"
        unique_id = "$($Disk.UniqueId)"
        path = "$($Disk.Path)"
        logical_sector_size = [int] (Get-Raw -Object $Disk -Name 'LogicalSectorSize')
        physical_sector_size = [int] (Get-Raw -Object $Disk -Name 'PhysicalSectorSize')
        partition_style = Get-Word -Table $script:StyleWords -Number (Get-Raw -Object $Disk -Name 'PartitionStyle')
        partitions = [object[]] $partitions
        unseen_partitions = [Math]::Max(0, [int] (Get-Raw -Object $Disk -Name 'NumberOfPartitions') - $partitions.Count)
        offline = [bool] $Disk.IsOffline
        offline_reason = [int] (Get-Raw -Object $Disk -Name 'OfflineReason')
        read_only = [bool] $Disk.IsReadOnly
        boot = [bool] $Disk.IsBoot -or [bool] $Disk.BootFromDisk -or @(@($partitions) + @($volumes) | Where-Object { $_.boot }).Count -gt 0
        system = [bool] $Disk.IsSystem -or @(@($partitions) + @($volumes) | Where-Object { $_.system }).Count -gt 0
        page_file = @($volumes | Where-Object { $_.page_file }).Count -gt 0
        clustered = [bool] $Disk.IsClustered
        pooled = $bus -eq $script:SpacesBus -or $physical.pooled
        removable = $script:RemovableBuses -contains $bus -or $physical.removable -or @($volumes | Where-Object { $_.removable }).Count -gt 0
        staging = Test-PathOnPartition -Path $Context.staging -AccessPaths $paths -AllAccessPaths $Context.all_paths
        work_folder = Test-PathOnPartition -Path (Get-WorkRoot) -AccessPaths $paths -AllAccessPaths $Context.all_paths
        shares = [object[]] @($Context.shares | Where-Object { Test-PathOnPartition -Path $_.Path -AccessPaths $paths -AllAccessPaths $Context.all_paths } |
                ForEach-Object { $_.Name })
        health = Get-Word -Table $script:HealthWords -Number $health
        health_number = $health
        operational_status = [object[]] @(Get-Raw -Object $Disk -Name 'OperationalStatus' | ForEach-Object { [int] $_ })
        volumes = [object[]] $volumes
        claim = Get-DriveClaim -Serial $serial
    }
}

function Get-DriveFact {
    <#
    .SYNOPSIS
    The facts of every disk of this host, as the guard reads them, and whether BitLocker is there: @{ drives; bitlocker }.
    .DESCRIPTION
    Windows answers from a cache. Who decides by the answer calls Update-HostStorageCache first, in the same call.
    .PARAMETER StagingPath
    The staging folder as this host reaches it, so that its disk is known.
    #>
    [CmdletBinding()]
    param([string] $StagingPath)
    $context = Get-Snapshot -StagingPath $StagingPath
    $drives = @(Get-Disk | ForEach-Object { Get-OneDriveFact -Disk $_ -Context $context })
    @{ drives = [object[]] @($drives | Sort-Object -Property { $_.number }); bitlocker = $context.bitlocker }
}

Export-ModuleMember -Function Get-DriveFact, Get-EncryptableVolume, Get-Raw
