# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is for internal use only. It is not intended to be used by collections outside of offlineseed.azure.

# The one place that decides whether a disk may be wiped. Pure: it reads a table of facts (_DriveFacts) and calls nothing, so that
# win_disk_info, the preview and the wiping call itself give the same answer, and a test can ask it about any host.

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

# MSFT_Disk.BusType, the buses behind which a bare SATA drive shows itself and its own serial number
$script:Buses = @{ 3 = 'ATA'; 10 = 'SAS'; 11 = 'SATA' }
# MSFT_Disk.OfflineReason: none or the SAN policy; every other reason protects data that Windows knows of
$script:HarmlessOffline = @(0, 1)
# MSFT_Disk.OperationalStatus: OK, Online, Offline (which has a rule of its own)
$script:GoodStatus = @(2, 53264, 53267)
$script:ReservedPartition = '{e3c9e316-0b5c-4db8-817d-f92df00215ae}'
$script:DynamicPartitions = '{5808c8aa-7e8f-42e0-85d2-e1e90434cfb3}', '{af9b60a0-1431-4f62-bc68-3311714a69ad}'
$script:PoolPartition = '{e75caf8f-f680-4cee-afa3-b001e56efc2d}'
$script:Label = 'OFFLINESEED'

function Get-ForeignPartition {
    # Partitions that make a disk non-empty: all but Microsoft's reserved one.
    param($Drive)
    foreach ($partition in $Drive.partitions) {
        if ($partition.gpt_type -ne $script:ReservedPartition) { $partition }
    }
}

function Test-Ours {
    # Marker and journal carry this seed, this serial and this plan: the drive is continued, never wiped.
    param($Drive, $Wanted)
    foreach ($volume in $Drive.volumes) {
        $content = $volume.content
        if ($null -eq $content -or $null -eq $content.marker -or $null -eq $content.journal) { continue }
        $agree = $true
        foreach ($paper in $content.marker, $content.journal) {
            if ($paper.v -ne 1 -or $paper.seed -cne $Wanted.seed) { $agree = $false }
            if ($paper.serial -cne $Wanted.serial -or $paper.plan_hash -ne $Wanted.plan_hash) { $agree = $false }
        }
        if ($agree) { return $true }
    }
    return $false
}

function Test-Reopen {
    # Killed between clearing and marker: one volume with our label, nothing on it, and this seed's claim still says "clearing". A volume that
    # was not mounted yet shows nothing of its content: the rule `unmounted` then stands in the way until begin has mounted it and looked.
    param($Drive, $Wanted)
    $claim = $Drive.claim
    if ($null -eq $claim -or $claim.seed -cne $Wanted.seed -or $claim.state -ne 'clearing') { return $false }
    if ($claim.size -ne $Wanted.size -or $claim.plan_hash -ne $Wanted.plan_hash) { return $false }
    $foreign = @(Get-ForeignPartition -Drive $Drive)
    $volumes = @($Drive.volumes)
    if ($foreign.Count -ne 1 -or $volumes.Count -ne 1 -or $Drive.unseen_partitions -gt 0) { return $false }
    return $volumes[0].label -ceq $script:Label -and -not (Test-Locked -Volume $volumes[0]) -and
    ($null -eq $volumes[0].content -or ($volumes[0].content.blank -and $null -eq $volumes[0].content.marker))
}

function Test-Locked {
    param($Volume)
    return $null -ne $Volume.encryption -and $Volume.encryption.lock -eq 'locked'
}

# Each rule: id, kind, and a test that returns what is wrong (seen, expected, cure) or nothing.
#   never    whatever anybody says
#   consent  cured by begin itself on a drive that the seed names
#   content  cured by wipe: true on that drive's entry
$script:Rules = @(
    @{ Id = 'boot'; Kind = 'never'; Test = { param($d) if ($d.boot) { 'Windows of this host starts from it; name another drive' } } }
    @{ Id = 'system'; Kind = 'never'; Test = { param($d) if ($d.system) { 'it holds the system partition of this host; name another drive' } } }
    @{ Id = 'page_file'; Kind = 'never'; Test = { param($d) if ($d.page_file) { 'it holds a page file of this host; name another drive' } } }
    @{ Id = 'clustered'; Kind = 'never'; Test = { param($d) if ($d.clustered) { 'it is a disk of a failover cluster; name another drive' } } }
    @{ Id = 'pooled'; Kind = 'never'; Test = { param($d)
            $pooled = @($d.partitions | Where-Object { $_.gpt_type -eq $script:PoolPartition })
            if ($d.pooled -or $pooled.Count -gt 0) { 'it belongs to a storage pool; take it out of the pool or name another drive' } } }
    @{ Id = 'dynamic'; Kind = 'never'; Test = { param($d)
            $dynamic = @($d.partitions | Where-Object { $script:DynamicPartitions -contains $_.gpt_type -or $_.mbr_type -eq 66 })
            if ($dynamic.Count -gt 0) { 'it is a dynamic disk, which may be one part of a volume over several disks; name another drive' } } }
    @{ Id = 'removable'; Kind = 'never'; Test = { param($d)
            if ($d.removable) { 'it is a removable medium; the service takes internal SATA drives only' } } }
    @{ Id = 'staging'; Kind = 'never'; Test = { param($d) if ($d.staging) { 'the staging folder lies on it; name another drive' } } }
    @{ Id = 'work_folder'; Kind = 'never'; Test = { param($d)
            if ($d.work_folder) { 'the work folder with the journals lies on it; name another drive' } } }
    @{ Id = 'shared'; Kind = 'never'; Test = { param($d)
            if (@($d.shares).Count -gt 0) { "the shares $(@($d.shares) -join ', ') lie on it; name another drive" } } }
    @{ Id = 'wrong_bus'; Kind = 'never'; Test = { param($d)
            if (-not $script:Buses.ContainsKey([int] $d.bus_number)) {
                "it is attached by $($d.bus); SATA, ATA or SAS shows the drive's own serial number, which the datacenter looks for: " +
                'attach it to an internal port, or let the controller pass it through' } } }
    @{ Id = 'no_serial'; Kind = 'never'; Test = { param($d)
            if ($d.serial -notmatch '[1-9A-Za-z]') { 'it shows no serial number; attach it without an adaptor or controller that hides it' } } }
    @{ Id = 'odd_serial'; Kind = 'never'; Test = { param($d)
            if ($d.serial -match '[1-9A-Za-z]' -and $d.serial -notmatch '^[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9_-])?$') {
                "its serial number '$($d.serial)' has other characters than letters, digits, dot, dash and underscore; attach it without an adaptor" } } }
    @{ Id = 'duplicate_serial'; Kind = 'never'; Test = { param($d, $all)
            $same = @($all | Where-Object { $d.serial -and $_.serial -eq $d.serial })
            if ($same.Count -gt 1) {
                $numbers = @($same | ForEach-Object { $_.number }) -join ', '
                "$($same.Count) disks of this host show the serial number '$($d.serial)' (disks $numbers); detach one of them" } } }
    @{ Id = 'duplicate_unique_id'; Kind = 'never'; Test = { param($d, $all)
            $same = @($all | Where-Object { $d.unique_id -and $_.unique_id -eq $d.unique_id })
            if ($same.Count -gt 1) {
                $numbers = @($same | ForEach-Object { $_.number }) -join ', '
                "$($same.Count) disks of this host show the unique id '$($d.unique_id)' (disks $numbers); detach one of them" } } }
    @{ Id = 'sector_size'; Kind = 'never'; Test = { param($d)
            if ($d.logical_sector_size -ne 512) {
                "its logical sectors have $($d.logical_sector_size) bytes, the service reads 512 only; use a 512n or 512e drive" } } }
    @{ Id = 'unhealthy'; Kind = 'never'; Test = { param($d)
            $bad = @($d.operational_status | Where-Object { $script:GoodStatus -notcontains $_ })
            if ($d.health_number -ne 0 -or $bad.Count -gt 0) {
                "Windows calls it $($d.health) (operational status $(@($d.operational_status) -join ', ')), not healthy; replace the drive" } } }
    @{ Id = 'offline_for_cause'; Kind = 'never'; Test = { param($d)
            if ($d.offline -and $script:HarmlessOffline -notcontains [int] $d.offline_reason) {
                "Windows holds it offline for reason $($d.offline_reason) (2 second path, 3 snapshot, 4 collision with another disk, " +
                '5 resources, 6 write failures, 7 data integrity), not by policy; find out why, then bring it online yourself' } } }
    @{ Id = 'claimed'; Kind = 'never'; Test = { param($d, $all, $w)
            if ($null -ne $d.claim -and ($null -eq $w -or $d.claim.seed -cne $w.seed)) {
                "it belongs to seed '$($d.claim.seed)' on this host; a drive stands in one seed only: name another one, or cancel that seed's preparation" } } }
    @{ Id = 'wrong_size'; Kind = 'never'; Test = { param($d, $all, $w)
            if ($null -ne $w -and $d.size -ne $w.size) {
                "it has $($d.size) bytes, seed_drives says $($w.size); compare the label on the drive and correct seed_drives" } } }
    @{ Id = 'not_planned'; Kind = 'never'; Test = { param($d, $all, $w)
            if ($null -ne $w -and ($w.planned_serial -cne $w.serial -or $w.planned_size -ne $w.size)) {
                "the plan names drive '$($w.planned_serial)' of $($w.planned_size) bytes, seed_drives '$($w.serial)' of $($w.size); make the plan again" } } }
    @{ Id = 'other_drive'; Kind = 'never'; Test = { param($d, $all, $w)
            if ($null -ne $w -and $d.serial -cne $w.serial) { "its serial number is '$($d.serial)', seed_drives says '$($w.serial)'" } } }
    @{ Id = 'changed_after_proof'; Kind = 'never'; Test = { param($d, $all, $w)
            if ($null -eq $w -or @($w.proven).Count -eq 0) { return }
            $present = @($d.volumes | Where-Object { $null -ne $_.encryption } | ForEach-Object { $_.encryption.protectors })
            $held = @($present | Where-Object { @($w.proven) -contains $_ })
            if ($held.Count -eq 0) {
                "the record says that it was prepared with key protector $(@($w.proven) -join ', '), which is not on it any more; " +
                'find out who changed it' } } }
    @{ Id = 'offline'; Kind = 'consent'; Test = { param($d)
            if ($d.offline) {
                'Windows holds it offline by policy, as new disks often are; it is brought online if seed_drives names it and no partition shows ' +
                "(by hand: Set-Disk -Number $($d.number) -IsOffline `$false)" } } }
    @{ Id = 'read_only'; Kind = 'consent'; Test = { param($d)
            if ($d.read_only) {
                'Windows holds it read-only; it is made writable if seed_drives names it ' +
                "(by hand: Set-Disk -Number $($d.number) -IsReadOnly `$false)" } } }
    @{ Id = 'unmounted'; Kind = 'consent'; Test = { param($d, $all, $w)
            if ($null -ne $w -and (Test-Reopen -Drive $d -Wanted $w) -and $null -eq @($d.volumes)[0].content) {
                'an interrupted preparation of this seed left a volume that is not mounted; it is mounted, and judged again by what is on it' } } }
    @{ Id = 'other_seed'; Kind = 'content'; Test = { param($d, $all, $w)
            foreach ($volume in $d.volumes) {
                if ($null -eq $volume.content) { continue }
                foreach ($paper in $volume.content.marker, $volume.content.journal) {
                    if ($null -ne $paper -and ($null -eq $w -or $paper.seed -cne $w.seed)) {
                        return "it carries the marker or journal of seed '$($paper.seed)'; set wipe: true for it only if that seed is over" } } } } }
    @{ Id = 'other_plan'; Kind = 'content'; Test = { param($d, $all, $w)
            if ($null -eq $w -or (Test-Ours -Drive $d -Wanted $w)) { return }
            foreach ($volume in $d.volumes) {
                if ($null -ne $volume.content -and $null -ne $volume.content.marker -and $volume.content.marker.seed -ceq $w.seed) {
                    return "it carries this seed's marker, but marker and journal do not both name this drive and plan $($w.plan_hash); " +
                        'set wipe: true for it to prepare it anew' } } } }
    @{ Id = 'manifest_left'; Kind = 'content'; Test = { param($d, $all, $w)
            foreach ($volume in $d.volumes) {
                if ($null -ne $volume.content -and $volume.content.manifest -and $null -eq $volume.content.marker) {
                    return 'it carries a DriveManifest.xml of an earlier import; set wipe: true for it if that import is over' } } } }
    @{ Id = 'locked'; Kind = 'content'; Test = { param($d)
            foreach ($volume in $d.volumes) {
                if (Test-Locked -Volume $volume) {
                    return "it holds a locked BitLocker volume (protectors $(@($volume.encryption.protectors) -join ', ')); " +
                        'unlock it and look, or set wipe: true for it' } } } }
    @{ Id = 'not_empty'; Kind = 'content'; Test = { param($d)
            $foreign = @(Get-ForeignPartition -Drive $d)
            if ($foreign.Count -gt 0) {
                $words = @($foreign | ForEach-Object { "$($_.type) of $($_.size) bytes" })
                $labels = @($d.volumes | Where-Object { $_.label } | ForEach-Object { "'$($_.label)'" })
                $named = ''
                if ($labels.Count -gt 0) { $named = " with the volumes $($labels -join ', ')" }
                return "it is not empty: partitions $($words -join '; ')$named; set wipe: true for it only if nobody needs what it holds" }
            if ($d.unseen_partitions -gt 0) {
                "it has $($d.unseen_partitions) partitions that Windows does not show; set wipe: true for it only if nobody needs them" } } }
)

function Get-DriveReason {
    <#
    .SYNOPSIS
    Why a disk may not be wiped; nothing at all if it may.
    .PARAMETER Drive
    One disk of the facts (Get-DriveFact).
    .PARAMETER Drives
    All disks of the host, in the same snapshot.
    .PARAMETER Wanted
    What consent and plan say: seed, serial, size, wipe, plan_hash, planned_serial, planned_size, proven (protector ids); and key_refused: the
    escrowed key was tried on the locked volume and did not open it. $null asks whether the disk could be offered to a person.
    .OUTPUTS
    Tables of id, kind (never, consent, content) and text, in the order of the rules.
    #>
    [CmdletBinding()]
    param($Drive, [object[]] $Drives, $Wanted)
    $excused = @()
    if ($null -ne $Wanted -and ($Wanted.wipe -eq $true -or (Test-Reopen -Drive $Drive -Wanted $Wanted))) { $excused = @('content') }
    foreach ($rule in $script:Rules) {
        if ($excused -contains $rule.Kind) { continue }
        $text = & $rule.Test $Drive $Drives $Wanted
        if ($text) { @{ id = $rule.Id; kind = $rule.Kind; text = "disk $($Drive.number), serial '$($Drive.serial)': $text" } }
    }
}

function Get-DriveStanding {
    <#
    .SYNOPSIS
    What a drive that consent and plan name is now, and so what may be done with it.
    .OUTPUTS
    standing: absent     no disk shows this serial number
              prepared   proven: locked with the protector of the record, or detached after that
              ours       marker and journal are this seed's and plan's: continue
              locked     locked, not proven: the escrowed key may open it, and has to be tried first
              blank      may be wiped, nothing is on it
              reopen     may be wiped, an interrupted preparation of this seed left an empty volume
              wipeable   may be wiped, because the entry says wipe: true
              refused    none of these; see reasons
    drive, reasons: as from Get-DriveReason; of a drive that may be wiped only the kind `consent` is left, which begin cures.
    #>
    [CmdletBinding()]
    param([object[]] $Drives, $Wanted)
    $found = @($Drives | Where-Object { $_.serial -ceq $Wanted.serial })
    if ($found.Count -eq 0) {
        $standing = 'absent'
        if (@($Wanted.proven).Count -gt 0) { $standing = 'prepared' }
        return @{ standing = $standing; drive = $null; reasons = @() }
    }
    $drive = $found[0]
    $reasons = @(Get-DriveReason -Drive $drive -Drives $Drives -Wanted $Wanted)
    $never = @($reasons | Where-Object { $_.kind -eq 'never' })
    if ($never.Count -gt 0) { return @{ standing = 'refused'; drive = $drive; reasons = $never } }
    $locked = @($drive.volumes | Where-Object { Test-Locked -Volume $_ })
    if ($locked.Count -gt 0 -and -not $Wanted.key_refused) {
        $known = @($locked | ForEach-Object { $_.encryption.protectors } | Where-Object { @($Wanted.proven) -contains $_ })
        $standing = 'locked'
        if ($known.Count -gt 0) { $standing = 'prepared' }
        return @{ standing = $standing; drive = $drive; reasons = $reasons }
    }
    if (Test-Ours -Drive $drive -Wanted $Wanted) { return @{ standing = 'ours'; drive = $drive; reasons = @() } }
    $content = @($reasons | Where-Object { $_.kind -eq 'content' })
    if ($content.Count -gt 0) { return @{ standing = 'refused'; drive = $drive; reasons = $reasons } }
    $standing = 'blank'
    if (@(Get-ForeignPartition -Drive $drive).Count -gt 0 -or $drive.unseen_partitions -gt 0) {
        $standing = 'wipeable'
        if (Test-Reopen -Drive $drive -Wanted $Wanted) { $standing = 'reopen' }
    }
    @{ standing = $standing; drive = $drive; reasons = $reasons }
}

Export-ModuleMember -Function Get-DriveReason, Get-DriveStanding, Get-ForeignPartition
