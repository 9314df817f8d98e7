# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -PowerShell ._WorkFolder
#AnsibleRequires -PowerShell ._DrivePaper

# This module_util is for internal use only. It is not intended to be used by collections outside of offlineseed.azure.

# The worker as a scheduled task: SYSTEM, no stored password, started by encoded command. An AllSigned policy stops script files, not an
# encoded command; so the command reads the worker's source, which lies in the protected work folder, as text. It holds no key.

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$script:TaskPath = '\offlineseed\'
$script:PowerShell = '%SystemRoot%\System32\WindowsPowerShell\v1.0\powershell.exe'
$script:ConstrainedExit = 87
$script:ProbeSeconds = 60
$script:StartSeconds = 3
$script:Definition = @'
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Author>offlineseed.azure</Author><Description>{0}</Description></RegistrationInfo>
  <Principals><Principal id="Author"><UserId>S-1-5-18</UserId><RunLevel>HighestAvailable</RunLevel></Principal></Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <AllowHardTerminate>true</AllowHardTerminate>
    <StartWhenAvailable>false</StartWhenAvailable>
    <RunOnlyIfIdle>false</RunOnlyIfIdle>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Priority>6</Priority>
    <Enabled>true</Enabled>
  </Settings>
  <Actions Context="Author"><Exec><Command>{1}</Command><Arguments>{2}</Arguments></Exec></Actions>
</Task>
'@
$script:Bootstrap = @'
if ($ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') {{ exit {0} }}
$path = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath('{1}\worker\_DriveWorker.psm1')
$worker = New-Module -Name OfflineSeedWorker -ScriptBlock ([scriptblock]::Create([System.IO.File]::ReadAllText($path)))
Import-Module -ModuleInfo $worker
exit (Invoke-DriveWorker -Folder '{1}')
'@
$script:Probe = @'
if ($ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') {{ exit {2} }}
$ErrorActionPreference = 'Stop'
$found = @{{ readable = $false; files = 0; error = $null; account = "$env:USERNAME" }}
try {{
    $path = '{0}'
    if ($path -match '^(?<share>\\\\[^\\]+\\[^\\]+)(?<rest>\\.*)?$') {{
        $rest = "$($Matches['rest'])"
        $null = New-PSDrive -Name OfflineSeedProbe -PSProvider FileSystem -Root $Matches['share'] -Scope Global
        $path = "OfflineSeedProbe:$rest\"
    }}
    $files = @(Get-ChildItem -LiteralPath $path -Force | Where-Object {{ -not $_.PSIsContainer }})
    $found.files = $files.Count
    if ($files.Count -gt 0) {{
        $stream = [System.IO.File]::OpenRead($files[0].FullName)
        try {{ $null = $stream.ReadByte() }} finally {{ $stream.Dispose() }}
    }}
    $found.readable = $true
}} catch {{
    $found.error = $_.Exception.Message
}}
$target = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath('{1}')
[System.IO.File]::WriteAllText("$target.new", (ConvertTo-Json -InputObject $found -Compress))
[System.IO.File]::Move("$target.new", $target)
exit 0
'@

function Get-QuotedText {
    # A text inside single quotes of a script. PowerShell takes the typographic ones for single quotes, too.
    param([string] $Text)
    $quotes = "'" + [char] 0x2018 + [char] 0x2019 + [char] 0x201A + [char] 0x201B
    $Text -replace "[$quotes]", '$0$0'
}

function Register-SeedTask {
    # Registers a task that runs a script as SYSTEM; one of the same name is replaced.
    param([string] $Name, [string] $Description, [string] $Script)
    $encoded = [Convert]::ToBase64String([System.Text.Encoding]::Unicode.GetBytes($Script))
    $arguments = "-NoProfile -NonInteractive -EncodedCommand $encoded"
    $xml = $script:Definition -f [System.Security.SecurityElement]::Escape($Description), $script:PowerShell, $arguments
    $null = Register-ScheduledTask -TaskPath $script:TaskPath -TaskName $Name -Xml $xml -Force
}

function Get-SeedTask {
    param([string] $Name)
    foreach ($task in @(Get-ScheduledTask -TaskPath $script:TaskPath -ErrorAction SilentlyContinue)) {
        if ("$($task.TaskName)" -eq $Name) { return $task }
    }
}

function Test-Worker {
    <#
    .SYNOPSIS
    Whether the seed's worker runs, and how it ended otherwise: @{ registered; running; exit; message }.
    #>
    [CmdletBinding()]
    param([string] $Seed)
    $task = Get-SeedTask -Name $Seed
    if ($null -eq $task) { return @{ registered = $false; running = $false; exit = $null; message = $null } }
    $running = @('Running', 'Queued') -contains "$($task.State)"
    $code = [long] (Get-ScheduledTaskInfo -TaskPath $script:TaskPath -TaskName $Seed).LastTaskResult
    $message = $null
    if (-not $running -and $code -eq $script:ConstrainedExit) {
        $message = 'the task refused to run: PowerShell is in ConstrainedLanguage mode for SYSTEM (AppLocker or WDAC); ' +
        'allow Windows PowerShell for SYSTEM on this host'
    }
    @{ registered = $true; running = $running; exit = $code; message = $message }
}

function Start-Worker {
    <#
    .SYNOPSIS
    The seed's worker runs. A running one is left alone: it takes new orders up by itself.
    #>
    [CmdletBinding()]
    param([string] $Seed)
    if ((Test-Worker -Seed $Seed).running) { return }
    $folder = Get-QuotedText -Text "$(Get-WorkRoot)\$Seed"
    Register-SeedTask -Name $Seed -Description "Copies staged files of seed $Seed to its drives" -Script ($script:Bootstrap -f $script:ConstrainedExit, $folder)
    Start-ScheduledTask -TaskPath $script:TaskPath -TaskName $Seed
    # The state follows the start by a moment; without the wait it would look like a worker that had ended.
    $until = [DateTime]::UtcNow.AddSeconds($script:StartSeconds)
    while (-not (Test-Worker -Seed $Seed).running -and [DateTime]::UtcNow -lt $until) { Start-Sleep -Milliseconds 200 }
}

function Stop-Worker {
    <#
    .SYNOPSIS
    The seed's worker does not run and is not registered; says whether anything had to be done.
    #>
    [CmdletBinding()]
    param([string] $Seed)
    if ($null -eq (Get-SeedTask -Name $Seed)) { return $false }
    Stop-ScheduledTask -TaskPath $script:TaskPath -TaskName $Seed
    Unregister-ScheduledTask -TaskPath $script:TaskPath -TaskName $Seed -Confirm:$false
    return $true
}

function Test-SourceAsSystem {
    <#
    .SYNOPSIS
    Lists the staging folder and reads a byte of one file in the account that will copy: @{ readable; files; error; account }.
    .OUTPUTS
    An account only where a task of it answered: without an answer nothing is known of the folder, and error says why there was none.
    #>
    [CmdletBinding()]
    param([string] $Seed, [string] $Path)
    $name = "$Seed-probe"
    $answer = "$(New-WorkFolder -Name $Seed)\probe.json"
    if (Test-Path -LiteralPath $answer) { Remove-Item -LiteralPath $answer -Force }
    $text = $script:Probe -f (Get-QuotedText -Text $Path), (Get-QuotedText -Text $answer), $script:ConstrainedExit
    Register-SeedTask -Name $name -Description "Reads one staged file of seed $Seed" -Script $text
    try {
        Start-ScheduledTask -TaskPath $script:TaskPath -TaskName $name
        $until = [DateTime]::UtcNow.AddSeconds($script:ProbeSeconds)
        $refused = $null
        while (-not (Test-Path -LiteralPath $answer) -and -not $refused -and [DateTime]::UtcNow -lt $until) {
            Start-Sleep -Milliseconds 200
            $refused = (Test-Worker -Seed $name).message
        }
        $found = Read-Paper -Path $answer
    } finally {
        Stop-ScheduledTask -TaskPath $script:TaskPath -TaskName $name -ErrorAction SilentlyContinue
        Unregister-ScheduledTask -TaskPath $script:TaskPath -TaskName $name -Confirm:$false
        if (Test-Path -LiteralPath $answer) { Remove-Item -LiteralPath $answer -Force }
    }
    if ($null -eq $found) {
        if (-not $refused) { $refused = "no answer from a task run as SYSTEM within $script:ProbeSeconds seconds" }
        return @{ readable = $false; files = 0; error = $refused; account = $null }
    }
    @{ readable = [bool] $found.readable; files = [int] $found.files; error = $found.error; account = "$($found.account)" }
}

Export-ModuleMember -Function Test-Worker, Start-Worker, Stop-Worker, Test-SourceAsSystem
