# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -PowerShell ._WorkFolder
#AnsibleRequires -PowerShell ._DriveFacts
#AnsibleRequires -PowerShell ._DriveGuard
#AnsibleRequires -PowerShell ._DriveKey
#AnsibleRequires -PowerShell ._DrivePaper
#AnsibleRequires -PowerShell ._DriveTask
#AnsibleRequires -PowerShell ._DriveVolume

# This module_util is for internal use only. It is not intended to be used by collections outside of offlineseed.azure.

# The steps of preparing a drive. Each can be repeated: it looks first, and does what is left. A step answers with the state of the drive;
# a refusal is a state with reasons, not an error.

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

# Directory entries, manifest (36 bytes a range and more) and journal beside the data, and NTFS' own growth
$script:SpareBytes = 1048576
$script:BytesARange = 200
$script:RangeSize = 4194304
$script:BytesAFile = 2048

function Get-SeedFolder { param([string] $Seed) "$(Get-WorkRoot)\$Seed" }

function New-DriveState {
    # The answer about one drive, with the same keys in every state.
    param([hashtable] $Wanted, [string] $State, [string] $Standing, $Message, [object[]] $Reasons = @())
    @{
        serial = $Wanted.serial; size = $Wanted.size; plan_hash = $Wanted.plan_hash; state = $State; standing = $Standing
        wipes = $false; holds = [object[]] @(); files_total = $null; files_done = 0; bytes_total = $null; bytes_done = 0
        manifest_file = $null; manifest_hash = $null; manifest_size = $null; protector = $null; message = $Message
        evidence = [object[]] @()
        reasons = [object[]] @($Reasons | ForEach-Object { @{ id = $_.id; text = $_.text } })
    }
}

function Assert-EngineFit {
    <#
    .SYNOPSIS
    Refuses a host whose policies keep the copying from working, in their own words, before anything is touched.
    #>
    [CmdletBinding()]
    param()
    $mode = "$($ExecutionContext.SessionState.LanguageMode)"
    if ($mode -ne 'FullLanguage') {
        throw "PowerShell runs in $mode mode on this host (AppLocker or WDAC); the copying needs FullLanguage. " +
        'Allow Windows PowerShell for administrators and SYSTEM.'
    }
    if ((Get-PolicyNumber -Key 'HKLM:\SYSTEM\CurrentControlSet\Control\Lsa\FipsAlgorithmPolicy' -Name 'Enabled') -eq 1) {
        throw 'The FIPS policy (FipsAlgorithmPolicy, Enabled = 1) forbids MD5, which the manifest of Azure Import/Export is made of. ' +
        'Prepare the drives on a host without it.'
    }
    $missing = $false
    $null = Get-EncryptableVolume -Missing ([ref] $missing)
    if ($missing) {
        throw 'BitLocker is not installed on this host. Install it (Install-WindowsFeature -Name BitLocker -IncludeAllSubFeature), ' +
        'restart the host, and run again.'
    }
}

function Get-PolicyNumber {
    <#
    .SYNOPSIS
    A number in the registry; $null where it is not set.
    #>
    [CmdletBinding()]
    param([string] $Key, [string] $Name)
    if (-not (Test-Path -LiteralPath $Key)) { return $null }
    $item = Get-ItemProperty -LiteralPath $Key
    foreach ($property in $item.PSObject.Properties) { if ($property.Name -eq $Name) { return [long] $property.Value } }
    return $null
}

function Get-ProofPath { param([hashtable] $Wanted) "$(Get-SeedFolder -Seed $Wanted.seed)\proofs\$($Wanted.serial).json" }

function Add-Proof {
    # What was proven of a drive, out of the file that `prove` left, if it is about this plan and this protector.
    param([hashtable] $Wanted, [hashtable] $State)
    $proof = Read-Paper -Path (Get-ProofPath -Wanted $Wanted)
    if ($null -eq $proof -or $proof.seed -cne $Wanted.seed -or @($Wanted.proven) -notcontains $proof.protector) { return }
    foreach ($name in 'manifest_file', 'manifest_hash', 'manifest_size', 'plan_hash') { $State[$name] = $proof.$name }
    $papers = "$(Get-SeedFolder -Seed $Wanted.seed)\evidence\$($Wanted.serial)"
    $State.evidence = [object[]] @(Get-Field -Object $proof -Name 'evidence' | Where-Object { $null -ne $_ -and (Test-Path -LiteralPath "$papers\$($_.name)") })
    $State.files_total = $State.files_done = $proof.files
    $State.bytes_total = $State.bytes_done = $proof.bytes
}

function Add-Progress {
    # How far the worker is, and whether it still runs: "copying" without a running task is "interrupted".
    param([hashtable] $Wanted, [hashtable] $State, [hashtable] $Worker, $Content)
    $progress = Read-Paper -Path "$(Get-SeedFolder -Seed $Wanted.seed)\progress\$($Wanted.serial).json"
    $order = Read-Paper -Path "$(Get-SeedFolder -Seed $Wanted.seed)\orders\$($Wanted.serial).json"
    $last = $Content.journal.last
    $State.state = 'interrupted'
    if ($null -ne $last -and $last.event -eq 'opened') { $State.state = 'sealed' }
    if ($null -ne $progress) {
        foreach ($name in 'files_total', 'files_done', 'bytes_total', 'bytes_done', 'message') { $State[$name] = $progress.$name }
    }
    $present = $null -ne $order -and $null -ne $progress -and $progress.attempt -eq $order.attempt
    if ($Worker.running -and $null -ne $order) {
        $State.state = 'copying'
        if (-not $present) { $State.message = $null }
    }
    if ($present -and $progress.state -eq 'failed') { $State.state = 'failed' }
    if ($null -ne $last -and $last.event -eq 'manifest' -and -not ($Worker.running -and $present -and $progress.state -eq 'copying')) {
        $State.state = 'copied'
        $State.message = $null
        $State.manifest_file = $last.file
        $State.manifest_hash = $last.md5
        $State.manifest_size = $last.size
    }
    if (@('sealed', 'interrupted') -contains $State.state -and $null -ne $Worker.message) { $State.message = $Worker.message }
}

function Get-OpenVolume {
    # The volume of a drive that is ours: with marker and journal.
    param($Drive)
    foreach ($volume in $Drive.volumes) { if ($null -ne $volume.content -and $null -ne $volume.content.marker) { return $volume } }
}

function Get-StateOf {
    # Standing and papers as one answer.
    param([hashtable] $Wanted, $Judgement, [hashtable] $Worker)
    $state = New-DriveState -Wanted $Wanted -State 'planned' -Standing $Judgement.standing -Reasons $Judgement.reasons
    switch ($Judgement.standing) {
        'absent' {
            $state.state = 'refused'
            $text = "no disk of this host shows the serial number '$($Wanted.serial)' ($($Wanted.size) bytes expected); attach it and look at its label"
            $state.reasons = [object[]] @(@{ id = 'absent'; text = $text })
        }
        'refused' { $state.state = 'refused' }
        'prepared' {
            $state.state = 'proven'
            $state.protector = @($Wanted.proven)[0]
            $state.reasons = [object[]] @()
            Add-Proof -Wanted $Wanted -State $state
        }
        'locked' { $state.message = 'locked; the escrowed key will be tried' }
        'ours' {
            $volume = Get-OpenVolume -Drive $Judgement.drive
            Add-Progress -Wanted $Wanted -State $state -Worker $Worker -Content $volume.content
            if ($null -ne $volume.encryption) { $state.protector = @($volume.encryption.protectors + $null)[0] }
            $state.state = Get-SealedState -State $state.state -Encryption $volume.encryption
        }
        default { $state.wipes = $Judgement.standing -ne 'blank' }
    }
    if ($null -ne $Judgement.drive) { $state.holds = [object[]] @(Get-Holding -Drive $Judgement.drive) }
    return $state
}

function Get-SealedState {
    # A drive without key or encryption is `unsealed`, whatever lies on it: attach makes that good. A copied one may still be encrypting.
    param([string] $State, $Encryption)
    if ($State -eq 'copying') { return $State }
    if ($null -eq $Encryption -or @($Encryption.protectors).Count -eq 0 -or $Encryption.conversion -eq 'fully_decrypted') { return 'unsealed' }
    if ($State -eq 'copied' -and $Encryption.conversion -ne 'fully_encrypted') { return 'encrypting' }
    return $State
}

function Get-Holding {
    # What a person is told that a disk holds: each partition but Microsoft's reserved one, with its volume.
    param($Drive)
    foreach ($partition in @(Get-ForeignPartition -Drive $Drive)) {
        $volume = @($Drive.volumes | Where-Object { $partition.access_paths -contains $_.path })
        $named = ''
        if ($volume.Count -gt 0) {
            $named = ", volume '$($volume[0].label)' $($volume[0].file_system) with $($volume[0].size - $volume[0].free) bytes used"
            if ($null -ne $volume[0].encryption -and $volume[0].encryption.lock -eq 'locked') { $named = ', locked by BitLocker' }
        }
        "$($partition.type) partition of $($partition.size) bytes$named"
    }
    if ($Drive.unseen_partitions -gt 0) { "$($Drive.unseen_partitions) partitions that Windows does not show" }
}

function Get-DriveState {
    <#
    .SYNOPSIS
    Looks at all drives of a seed in one snapshot and changes nothing: @{ drives; running; worker_exit }.
    #>
    [CmdletBinding()]
    param([string] $Seed, [hashtable[]] $Wanted, [string] $StagingPath)
    $facts = Get-DriveFact -StagingPath $StagingPath
    $worker = Test-Worker -Seed $Seed
    $states = @(foreach ($one in $Wanted) { Get-StateOf -Wanted $one -Judgement (Get-DriveStanding -Drives $facts.drives -Wanted $one) -Worker $worker })
    @{ drives = [object[]] $states; running = $worker.running; worker_exit = $worker.exit; bitlocker = $facts.bitlocker }
}

function Get-OneState {
    # The state of one drive after a step.
    param([hashtable] $Wanted)
    $found = Get-DriveState -Seed $Wanted.seed -Wanted @($Wanted) -StagingPath $Wanted.staging_path
    @($found.drives)[0]
}

function New-SeedFolder {
    # The protected work folder of a seed with its parts.
    param([string] $Seed)
    $folder = New-WorkFolder -Name $Seed
    foreach ($part in 'lists', 'worker', 'orders', 'progress', 'proofs', 'evidence') {
        if (-not (Test-Path -LiteralPath "$folder\$part")) { $null = New-Item -Path "$folder\$part" -ItemType Directory }
    }
    return $folder
}

function Start-DrivePreparation {
    <#
    .SYNOPSIS
    begin: a drive that consent, plan and guard all name is cleared, formatted, mounted, marked and being encrypted; one that is ours goes on.
    .OUTPUTS
    @{ changed; drive }
    #>
    [CmdletBinding()]
    param([hashtable] $Wanted, [hashtable] $Key, [string] $Method)
    Assert-EngineFit
    $null = New-SeedFolder -Seed $Wanted.seed
    if ((Get-OneState -Wanted $Wanted).standing -eq 'locked') {
        $opened = Open-LockedDrive -Wanted $Wanted -Key $Key -Method $Method
        if ($opened.drive.standing -ne 'locked' -or -not $Wanted.wipe) { return $opened }
        $Wanted.key_refused = $true
    }
    $done = Reset-Drive -Wanted $Wanted
    if ($done.formatted) {
        $mounted = Mount-Drive -Wanted $Wanted
        Initialize-DrivePaper -Wanted $Wanted -Root $mounted.root
        $protected = Complete-Drive -Wanted $Wanted -Key $Key -Method $Method
        return @{ changed = $true; drive = $protected.drive }
    }
    if ($done.judgement.standing -eq 'ours') { return Complete-Drive -Wanted $Wanted -Key $Key -Method $Method }
    @{ changed = $false; drive = (Get-StateOf -Wanted $Wanted -Judgement $done.judgement -Worker (Test-Worker -Seed $Wanted.seed)) }
}

function Complete-Drive {
    # A drive of ours is mounted, has its key and is being encrypted; its claim says so.
    param([hashtable] $Wanted, [hashtable] $Key, [string] $Method)
    $mounted = Mount-Drive -Wanted $Wanted
    $claim = Get-DriveClaim -Serial $Wanted.serial
    $hadData = $null -eq $claim -or $claim.had_data -ne $false
    $keeper = Get-VolumeKeeper -VolumePath $mounted.volume
    $sealed = Add-DriveKey -Keeper $keeper -Key $Key -Encryption @{ method = $Method; whole = $hadData }
    if ($null -eq $claim -or $claim.state -ne 'begun' -or $claim.protector -ne $sealed.protector) {
        Set-DriveClaim -Wanted $Wanted -State 'begun' -Protector $sealed.protector -HadData $hadData
    }
    @{ changed = $mounted.changed -or $sealed.changed; drive = (Get-OneState -Wanted $Wanted) }
}

function Open-LockedDrive {
    # A locked volume is ours if the escrowed key opens it and marker and journal agree; otherwise it is left as it was, locked.
    # Only what our key does not open may be wiped, and only by consent.
    param([hashtable] $Wanted, [hashtable] $Key, [string] $Method)
    $judgement = Get-Judgement -Wanted $Wanted
    $locked = @($judgement.drive.volumes | Where-Object { $null -ne $_.encryption -and $_.encryption.lock -eq 'locked' })
    $keeper = Get-VolumeKeeper -VolumePath $locked[0].path
    if (-not (Unlock-Drive -Keeper $keeper -Key $Key)) {
        $state = Get-StateOf -Wanted $Wanted -Judgement $judgement -Worker (Test-Worker -Seed $Wanted.seed)
        $state.state = 'refused'
        $text = "disk $($judgement.drive.number), serial '$($Wanted.serial)': it holds a locked BitLocker volume that the escrowed key does not open, " +
        'so it is not one that this seed prepared; look at it, or set wipe: true for it'
        $state.reasons = [object[]] @(@{ id = 'key_refused'; text = $text })
        return @{ changed = $false; drive = $state }
    }
    $null = Mount-Drive -Wanted $Wanted
    $opened = Get-OneState -Wanted $Wanted
    if ($opened.standing -eq 'refused') {
        Lock-Drive -Keeper $keeper
        Dismount-Drive -Wanted $Wanted
    }
    if ($opened.standing -ne 'ours') { return @{ changed = $true; drive = $opened } }
    $done = Complete-Drive -Wanted $Wanted -Key $Key -Method $Method
    @{ changed = $true; drive = $done.drive }
}

function Resume-Drive {
    <#
    .SYNOPSIS
    attach: a drive of ours is unlocked and mounted again, for example after a reboot. Never clears or formats.
    .OUTPUTS
    @{ changed; drive }
    #>
    [CmdletBinding()]
    param([hashtable] $Wanted, [hashtable] $Key, [string] $Method)
    Assert-EngineFit
    $null = New-SeedFolder -Seed $Wanted.seed
    $state = Get-OneState -Wanted $Wanted
    if ($state.standing -eq 'locked') { return Open-LockedDrive -Wanted $Wanted -Key $Key -Method $Method }
    if ($state.standing -eq 'ours') { return Complete-Drive -Wanted $Wanted -Key $Key -Method $Method }
    @{ changed = $false; drive = $state }
}

function Get-NeededByte {
    # What the rest of a list still needs on the drive: data in clusters, journal, manifest.
    param([hashtable] $Head, [long] $Done)
    $left = [Math]::Max(0, $Head.bytes - $Done)
    $left + [long] ($Head.bytes / $script:RangeSize + $Head.files) * $script:BytesARange + $Head.files * $script:BytesAFile + $script:SpareBytes
}

function Start-Copy {
    <#
    .SYNOPSIS
    start: an order for each drive, and the worker runs.
    .PARAMETER Orders
    Tables of wanted (as everywhere) and list_sha256.
    .OUTPUTS
    @{ drives; running }: drives whose list is torn or whose space is too small are `failed` and get no order; the others are copied.
    #>
    [CmdletBinding()]
    param([string] $Seed, [hashtable[]] $Orders, [object[]] $Sources, [string] $StagingPath, [long] $MaxRate)
    Assert-EngineFit
    $folder = New-SeedFolder -Seed $Seed
    foreach ($source in $Sources) { Assert-File -Path "$folder\worker\$($source.name)" -Sha256 $source.sha256 }
    if (-not (Test-Worker -Seed $Seed).running) {
        # Orders that no worker is left to carry out would be taken up beside the new ones.
        foreach ($old in @(Get-ChildItem -LiteralPath "$folder\orders" -Filter '*.json')) { Remove-Item -LiteralPath "$folder\orders\$($old.Name)" -Force }
    }
    $refused = @{}
    foreach ($order in $Orders) {
        $complaint = Add-Order -Folder $folder -Wanted $order.wanted -ListHash $order.list_sha256 -StagingPath $StagingPath -MaxRate $MaxRate
        if ($complaint) { $refused[$order.wanted.serial] = $complaint }
    }
    if ($refused.Count -lt $Orders.Count) { Start-Worker -Seed $Seed }
    $answer = Get-DriveState -Seed $Seed -Wanted @($Orders | ForEach-Object { $_.wanted }) -StagingPath $StagingPath
    foreach ($state in $answer.drives) {
        if ($refused.ContainsKey($state.serial)) {
            $state.state = 'failed'
            $state.message = $refused[$state.serial]
        }
    }
    return $answer
}

function Assert-File {
    # A file that the controller has put: a torn one is found here and put again by the next run.
    param([string] $Path, [string] $Sha256)
    if (-not (Test-Path -LiteralPath $Path)) { throw "$Path is missing; run again, it is put again" }
    $seen = (Get-FileHash -LiteralPath $Path -Algorithm SHA256).Hash
    if ($seen -ne $Sha256) { throw "$Path has SHA-256 $seen, expected $Sha256; run again, it is put again" }
}

function Add-Order {
    # Writes the order of one drive; returns why not, if so.
    param([string] $Folder, [hashtable] $Wanted, [string] $ListHash, [string] $StagingPath, [long] $MaxRate)
    $list = "$Folder\lists\$($Wanted.serial).jsonl"
    $state = Get-OneState -Wanted $Wanted
    if ($state.standing -ne 'ours') { return "it is $($state.standing), not open for copying; run again" }
    try { Assert-File -Path $list -Sha256 $ListHash } catch { return "$_" }
    $mounted = Mount-Drive -Wanted $Wanted
    $needed = Get-NeededByte -Head @{ files = [long] $Wanted.files; bytes = [long] $Wanted.bytes } -Done (Get-CopiedByte -Root $mounted.root)
    $free = Get-DriveFree -VolumePath $mounted.volume
    if ($free -lt $needed) { return "it has $free bytes free, the rest of its files needs $needed ($($needed - $free) missing); name a bigger drive" }
    $progress = "$Folder\progress\$($Wanted.serial).json"
    if (Test-Path -LiteralPath $progress) { Remove-Item -LiteralPath $progress -Force }
    Write-Paper -Path "$Folder\orders\$($Wanted.serial).json" -Content @{
        v = 1; attempt = [guid]::NewGuid().ToString(); seed = $Wanted.seed; serial = $Wanted.serial; plan_hash = $Wanted.plan_hash
        source = $StagingPath; mount = $mounted.root; list = $list; max_rate = $MaxRate
    }
}

function Get-CopiedByte {
    # Bytes of the staged files that lie on the drive already.
    param([string] $Root)
    if (-not (Test-Path -LiteralPath "$Root\data")) { return [long] 0 }
    $sum = [long] 0
    Get-ChildItem -LiteralPath "$Root\data" -Force | ForEach-Object { $sum += $_.Length }
    return $sum
}

Export-ModuleMember -Function Get-PolicyNumber, Get-DriveState, Get-OneState, Get-SeedFolder, Get-ProofPath, New-SeedFolder, New-DriveState, Get-Holding,
Start-DrivePreparation, Resume-Drive, Start-Copy
