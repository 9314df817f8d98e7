# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -PowerShell ._WorkFolder
#AnsibleRequires -PowerShell ._DriveFacts
#AnsibleRequires -PowerShell ._DriveGuard
#AnsibleRequires -PowerShell ._DriveStep
#AnsibleRequires -PowerShell ._DriveToolPaper

# This module_util is for internal use only. It is not intended to be used by collections outside of offlineseed.azure.

# The agent's own tool on the copy host: its folder, what it left there, and its drives. No disk is changed here, and no key is read.

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$script:Program = 'AzureOfflineBackupDiskPrep.exe'

function Get-ToolFolder { param([string] $Seed) "$(Get-SeedFolder -Seed $Seed)\tool" }

function Get-FileSha256 {
    # SHA-256 of a file in lower-case hex.
    param([string] $Path)
    # CryptoServiceProvider: on .NET Framework SHA256.Create() is the managed one, which a FIPS policy forbids.
    $sha = New-Object -TypeName System.Security.Cryptography.SHA256CryptoServiceProvider
    $stream = [System.IO.File]::OpenRead((Resolve-ProviderPath -Path $Path))
    try { ([BitConverter]::ToString($sha.ComputeHash($stream)) -replace '-', '').ToLowerInvariant() } finally { $stream.Dispose(); $sha.Dispose() }
}

function Get-ToolFile {
    <#
    .SYNOPSIS
    The files of the tool's folder with their sub-folders: tables of name (relative), size and sha256.
    .DESCRIPTION
    What the tool writes beside itself (journals, DriveInfo files, summaries) is none of them: it holds keys, and belongs to one seed.
    #>
    [CmdletBinding()]
    param([string] $Folder)
    $root = (Resolve-ProviderPath -Path $Folder).TrimEnd([System.IO.Path]::DirectorySeparatorChar, [System.IO.Path]::AltDirectorySeparatorChar)
    foreach ($item in @(Get-ChildItem -LiteralPath $Folder -Recurse -Force)) {
        if ($item.PSIsContainer) { continue }
        $name = $item.FullName.Substring($root.Length + 1).Replace('/', '\')
        if ((Test-ToolPaper -Name $name)) { continue }
        @{ name = $name; size = [long] $item.Length; sha256 = Get-FileSha256 -Path $item.FullName }
    }
}

function Test-ToolProgram {
    <#
    .SYNOPSIS
    Whether the program itself lies in a folder.
    #>
    [CmdletBinding()]
    param([string] $Folder)
    Test-Path -LiteralPath "$($Folder.TrimEnd('\'))\$script:Program"
}

function Get-MissingFile {
    # The names of Sources (name, sha256) that are not in the folder as they should be.
    param([string] $Folder, [object[]] $Sources)
    foreach ($source in $Sources) {
        $path = "$Folder\$($source.name)"
        if (-not (Test-Path -LiteralPath $path) -or (Get-FileSha256 -Path $path) -ne $source.sha256) { "$($source.name)" }
    }
}

function New-ToolFolder {
    <#
    .SYNOPSIS
    The folder of the tool with the sub-folders that the names ask for, in the protected work folder: the tool writes its keys beside itself.
    #>
    [CmdletBinding()]
    param([string] $Seed, [string[]] $Names)
    $null = New-SeedFolder -Seed $Seed
    $folder = Get-ToolFolder -Seed $Seed
    $wanted = @($folder) + @($Names | Where-Object { $_ -match '\\' } | ForEach-Object { "$folder\$($_.Substring(0, $_.LastIndexOf('\')))" })
    foreach ($one in @($wanted | Select-Object -Unique)) {
        if (-not (Test-Path -LiteralPath $one)) { $null = New-Item -Path $one -ItemType Directory -Force }
    }
    return $folder
}

function Copy-Tool {
    <#
    .SYNOPSIS
    Copies the tool's folder from a folder that this host reaches into the work folder of a seed. Returns whether anything was copied.
    .DESCRIPTION
    The program comes last and as a whole: where it lies, all of the tool does, also after a copying that broke off.
    #>
    [CmdletBinding()]
    param([string] $Seed, [string] $From)
    $files = @(Get-ToolFile -Folder $From)
    $folder = New-ToolFolder -Seed $Seed -Names @($files | ForEach-Object { $_.name })
    $missing = @(Get-MissingFile -Folder $folder -Sources $files)
    foreach ($name in @($missing | Where-Object { $_ -ne $script:Program }) + @($missing | Where-Object { $_ -eq $script:Program })) {
        Copy-Item -LiteralPath "$($From.TrimEnd('\'))\$name" -Destination "$folder\$name.new" -Force
        Move-Item -LiteralPath "$folder\$name.new" -Destination "$folder\$name" -Force
    }
    return $missing.Count -gt 0
}

function Get-DriveManifest {
    # Path, size and MD5 of the manifest that a paper names on an open volume; $null where it does not lie there.
    param([string] $Root, [string] $File)
    if (-not $Root -or $File -notmatch '^\\[A-Za-z0-9_. -]+(\\[A-Za-z0-9_. -]+)*$' -or $File -match '\\\.\.?(\\|$)') { return $null }
    $path = "$($Root.TrimEnd('\'))$File"
    if (-not (Test-Path -LiteralPath $path)) { return $null }
    $md5 = [System.Security.Cryptography.MD5]::Create()
    $stream = [System.IO.File]::OpenRead((Resolve-ProviderPath -Path $path))
    try {
        $hash = [BitConverter]::ToString($md5.ComputeHash($stream)) -replace '-', ''
        return @{ path = $path; size = [long] $stream.Length; md5 = $hash }
    } finally {
        $stream.Dispose()
        $md5.Dispose()
    }
}

function Get-ToolVolume {
    # The one volume of a drive that a person, or the tool, has made; nothing where there is none or more than one.
    param($Drive)
    if ($null -eq $Drive -or $Drive.unseen_partitions -gt 0) { return }
    $foreign = @(Get-ForeignPartition -Drive $Drive)
    $volumes = @($Drive.volumes)
    if ($foreign.Count -ne 1 -or $volumes.Count -ne 1) { return }
    @{ volume = $volumes[0]; letter = $foreign[0].letter }
}

function Get-ToolDrive {
    <#
    .SYNOPSIS
    What the guard says of a drive that consent names, and what of its volume the tool's answers and the check afterwards need.
    .OUTPUTS
    The keys of every drive's state, and number, letter, blank (an empty volume), lock and manifest (path, size, md5, or nothing).
    #>
    [CmdletBinding()]
    param([hashtable] $Wanted, [object[]] $Drives, [object[]] $Papers)
    $judgement = Get-DriveStanding -Drives $Drives -Wanted $Wanted
    $found = Get-ToolVolume -Drive $judgement.drive
    $state = New-DriveState -Wanted $Wanted -State 'planned' -Standing $judgement.standing -Reasons $judgement.reasons
    $state.reasons = [object[]] @($judgement.reasons | ForEach-Object { @{ id = $_.id; kind = $_.kind; text = $_.text } })
    foreach ($name in 'number', 'letter', 'lock', 'manifest') { $state[$name] = $null }
    $state.blank = $false
    if ($null -ne $judgement.drive) {
        $state.number = $judgement.drive.number
        $state.holds = [object[]] @(Get-Holding -Drive $judgement.drive)
    }
    if ($null -eq $found) { return $state }
    $volume = $found.volume
    $state.letter = $found.letter
    $state.blank = $null -ne $volume.content -and [bool] $volume.content.blank
    if ($null -ne $volume.encryption) {
        $state.lock = $volume.encryption.lock
        $state.protector = @($volume.encryption.protectors + $null)[0]
    }
    $told = @($Papers | ForEach-Object { $_.drives } | Where-Object { ($_.serial -replace '\s', '') -ceq $Wanted.serial })
    foreach ($file in @($told | ForEach-Object { $_.manifest_file } | Select-Object -Unique)) {
        if ($null -eq $state.manifest -and $state.lock -ne 'locked') { $state.manifest = Get-DriveManifest -Root $volume.root -File $file }
    }
    return $state
}

function Get-ToolState {
    <#
    .SYNOPSIS
    Everything that the next step of the attended way is decided by: @{ tool; papers; summaries; drives }. Nothing is changed.
    #>
    [CmdletBinding()]
    param([string] $Seed, [hashtable[]] $Wanted, [object[]] $Sources, [string] $StagingPath)
    $folder = Get-ToolFolder -Seed $Seed
    $exists = Test-ToolProgram -Folder $folder
    $papers = @(Get-ToolPaper -Folder $folder)
    $facts = Get-DriveFact -StagingPath $StagingPath
    @{
        tool = @{ folder = $folder; exists = $exists; missing = [object[]] @(Get-MissingFile -Folder $folder -Sources $Sources) }
        papers = [object[]] $papers
        summaries = [object[]] @(Get-ToolSummary -Folder $folder)
        drives = [object[]] @(foreach ($one in $Wanted) { Get-ToolDrive -Wanted $one -Drives $facts.drives -Papers $papers })
    }
}

Export-ModuleMember -Function Get-ToolState, Get-ToolFile, Test-ToolProgram, New-ToolFolder, Copy-Tool
