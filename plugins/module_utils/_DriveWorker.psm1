# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The worker: run by a scheduled task as SYSTEM, it outlives the connection and the controller. It copies between folders, writes journal,
# manifest and progress, and knows no key. The action plugin puts this file and its C# beside each other into the work folder.

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$script:Sources = '_DriveJournal.cs', '_DriveCopy.cs'
$script:Round = 500
$script:Shares = @{}

function Resolve-Place {
    # The path that .NET understands
    param([string] $Path)
    $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path)
}

function Write-WorkerLog {
    param([string] $Folder, [string] $Text)
    $now = [DateTime]::UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", [System.Globalization.CultureInfo]::InvariantCulture)
    [System.IO.File]::AppendAllText((Resolve-Place -Path "$Folder\worker.log"), "$now $Text`r`n")
}

function Resolve-Source {
    # The staging folder in this account: a share is reached through one drive of PowerShell for each root.
    param([string] $Path)
    if ($Path -notmatch '^(?<share>\\\\[^\\]+\\[^\\]+)(?<rest>\\.*)?$') { return Resolve-Place -Path $Path }
    $share = $Matches['share']
    $rest = "$($Matches['rest'])"
    if (-not $script:Shares.ContainsKey($share)) {
        $name = "OfflineSeedSource$($script:Shares.Count)"
        $null = New-PSDrive -Name $name -PSProvider FileSystem -Root $share -Scope Global
        $script:Shares[$share] = $name
    }
    return Resolve-Place -Path "$($script:Shares[$share]):$rest\"
}

function Get-NewOrder {
    # Orders that this worker has not taken up in their present attempt
    param([string] $Folder, [hashtable] $Taken)
    foreach ($file in @(Get-ChildItem -LiteralPath "$Folder\orders" -Filter '*.json')) {
        try { $order = ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText((Resolve-Place -Path "$Folder\orders\$($file.Name)"))) } catch {
            Write-WorkerLog -Folder $Folder -Text "order $($file.Name) cannot be read: $($_.Exception.Message)"
            continue
        }
        if (-not $Taken.ContainsKey($order.serial) -or $Taken[$order.serial] -ne $order.attempt) { $order }
    }
}

function Start-Order {
    # One drive begins; an order that cannot even begin is told in its progress, the others go on.
    param([string] $Folder, $Order)
    $progress = Resolve-Place -Path "$Folder\progress\$($Order.serial).json"
    try {
        $copy = New-Object -TypeName OfflineSeed.DriveCopy -ArgumentList @(
            $Order.attempt, (Resolve-Source -Path $Order.source), (Resolve-Place -Path $Order.mount), (Resolve-Place -Path $Order.list),
            $Order.seed, $Order.serial, $Order.plan_hash, [long] $Order.max_rate)
        $copy.Start()
        Write-WorkerLog -Folder $Folder -Text "drive $($Order.serial): copying"
        @{ serial = $Order.serial; copy = $copy; progress = $progress; told = $false }
    } catch {
        $message = $_.Exception.GetBaseException().Message
        Write-WorkerLog -Folder $Folder -Text "drive $($Order.serial): $message"
        $failed = @{ v = 1; attempt = $Order.attempt; serial = $Order.serial; state = 'failed'; files_total = 0; files_done = 0; bytes_total = 0; bytes_done = 0
            current = $null; message = $message; manifest = $null; at = [DateTime]::UtcNow.ToString('s') + 'Z' }
        [System.IO.File]::WriteAllText($progress, (ConvertTo-Json -InputObject $failed -Compress))
    }
}

function Save-Job {
    # Tells how far a drive is; its end is told until the file was really written.
    param([string] $Folder, [hashtable] $Job)
    if ($Job.told) { return }
    $finished = $Job.copy.Finished
    $saved = $Job.copy.SaveProgress($Job.progress)
    if ($finished -and $saved) {
        $Job.told = $true
        Write-WorkerLog -Folder $Folder -Text "drive $($Job.serial): $($Job.copy.State) $($Job.copy.Message)"
    }
}

function Invoke-DriveWorker {
    <#
    .SYNOPSIS
    Carries out the orders in a seed's work folder and returns when none is left: 0, or 1 if a drive failed.
    #>
    [CmdletBinding()]
    param([string] $Folder)
    Add-Type -IgnoreWarnings -Path @($script:Sources | ForEach-Object { Resolve-Place -Path "$Folder\worker\$_" })
    Write-WorkerLog -Folder $Folder -Text 'worker begins'
    $jobs = @{}
    $taken = @{}
    while ($true) {
        foreach ($order in @(Get-NewOrder -Folder $Folder -Taken $taken)) {
            # A drive whose earlier attempt still runs keeps it; the new order waits for its end.
            if ($jobs.ContainsKey($order.serial) -and -not $jobs[$order.serial].told) { continue }
            $taken[$order.serial] = $order.attempt
            $job = Start-Order -Folder $Folder -Order $order
            if ($null -ne $job) { $jobs[$order.serial] = $job }
        }
        foreach ($job in @($jobs.Values)) { Save-Job -Folder $Folder -Job $job }
        if (@($jobs.Values | Where-Object { -not $_.told }).Count -eq 0 -and @(Get-NewOrder -Folder $Folder -Taken $taken).Count -eq 0) { break }
        Start-Sleep -Milliseconds $script:Round
    }
    $failed = @($jobs.Values | Where-Object { $_.copy.State -eq 'failed' })
    Write-WorkerLog -Folder $Folder -Text "worker ends; $($failed.Count) of $($jobs.Count) drives failed"
    return [int] ($failed.Count -gt 0)
}

Export-ModuleMember -Function Invoke-DriveWorker
