# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

# How hypervisors introduce themselves in Win32_ComputerSystem; HypervisorPresent does not tell (it is true on a Hyper-V host, too).
# Sources: Model/Manufacturer values of Microsoft (Hyper-V, Azure), VMware, Red Hat/KVM, Xen, Oracle VirtualBox, Nutanix, Google, Amazon as their
# guests report them; Amazon's "*.metal" types are physical.
$script:VIRTUAL = @(
    @{ Manufacturer = '^Microsoft Corporation$'; Model = '^Virtual Machine' }
    @{ Manufacturer = '^VMware'; Model = '.' }
    @{ Manufacturer = '^(QEMU|Red Hat|oVirt|OpenStack|Bochs|Nutanix|Xen|innotek|Parallels|DigitalOcean|Alibaba Cloud|Google)'; Model = '.' }
    @{ Manufacturer = '^Amazon EC2'; Model = '^(?!.*\.metal)' }
    @{ Manufacturer = '.'; Model = '^(KVM|VirtualBox|HVM domU|Standard PC|RHEV|AHV|Google Compute Engine|Parallels)' }
)

$script:WINDOWS_KEY = 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion'
$script:NET_FULL_KEY = 'HKLM:\SOFTWARE\Microsoft\NET Framework Setup\NDP\v4\Full'
$script:NET_KEY = 'HKLM:\SOFTWARE\Microsoft\.NETFramework\v4.0.30319'
$script:TLS_KEY = 'HKLM:\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2\Client'
$script:FILE_SYSTEM_KEY = 'HKLM:\SYSTEM\CurrentControlSet\Control\FileSystem'
$script:EXECUTION_KEYS = @(
    'HKLM:\SOFTWARE\Policies\Microsoft\Windows\PowerShell'
    'HKLM:\SOFTWARE\Microsoft\PowerShell\1\ShellIds\Microsoft.PowerShell'
)
$script:APP_PATHS = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths'
$script:BROWSERS = @(
    @{ Name = 'edge'; Program = 'msedge.exe' }
    @{ Name = 'ie'; Program = 'IEXPLORE.EXE' }
)
# What waits for a restart: features and updates. A rename of a file that waits, too, is left out: scanners leave such all the time.
$script:RESTART_KEYS = @(
    'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending'
    'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired'
)
# DriveType of Win32_Volume
$script:DRIVE_TYPES = @{ 2 = 'removable'; 3 = 'fixed'; 4 = 'network'; 5 = 'optical'; 6 = 'ram' }

function Test-VirtualMachine {
    <#
    .SYNOPSIS
    True when manufacturer and model are those of a virtual machine: no drive can be attached to it for shipping.
    #>
    param([string] $Manufacturer, [string] $Model)
    foreach ($known in $script:VIRTUAL) {
        if ($Manufacturer -match $known.Manufacturer -and $Model -match $known.Model) { return $true }
    }
    return $false
}

function ConvertTo-UtcText {
    <#
    .SYNOPSIS
    A time as 2026-01-31T12:00:00Z; $null for nothing and for .NET's zero time.

    .DESCRIPTION
    A time without a kind is taken as UTC: the backup agent returns such. CIM returns local times, marked as such.
    #>
    param($Time)
    if ($null -eq $Time -or "$Time" -eq '') { return $null }
    $moment = [datetime] $Time
    if ($moment.Year -lt 1971) { return $null }
    if ($moment.Kind -eq [System.DateTimeKind]::Local) { $moment = $moment.ToUniversalTime() }
    return $moment.ToString('yyyy-MM-ddTHH:mm:ssZ', [System.Globalization.CultureInfo]::InvariantCulture)
}

function Read-Setting {
    <#
    .SYNOPSIS
    A value of the registry, or $null where key or value is missing.
    #>
    param([Parameter(Mandatory = $true)] [string] $Key, [Parameter(Mandatory = $true)] [string] $Name)
    $values = Get-ItemProperty -LiteralPath $Key -ErrorAction SilentlyContinue
    if ($null -eq $values) { return $null }
    $property = $values.PSObject.Properties[$Name]
    if ($null -eq $property) { return $null }
    return $property.Value
}

function Get-ExecutionRule {
    <#
    .SYNOPSIS
    The execution policy that a group policy sets, else the one of the machine; $null where neither is set.

    .DESCRIPTION
    Get-ExecutionPolicy would tell the one of this process, which WinRM and the task scheduler do not share.
    #>
    foreach ($key in $script:EXECUTION_KEYS) {
        $found = Read-Setting -Key $key -Name 'ExecutionPolicy'
        if ($found) { return "$found" }
    }
    return $null
}

function Get-Tls12Setting {
    <#
    .SYNOPSIS
    What the registry says of TLS 1.2 as numbers; $null where Windows' own default holds.
    #>
    return @{
        enabled = Read-Setting -Key $script:TLS_KEY -Name 'Enabled'
        disabled_by_default = Read-Setting -Key $script:TLS_KEY -Name 'DisabledByDefault'
        strong_crypto = Read-Setting -Key $script:NET_KEY -Name 'SchUseStrongCrypto'
    }
}

function Get-Browser {
    <#
    .SYNOPSIS
    The browsers of this host in which the agent's wizard and the disk preparation tool can sign in: edge, ie.
    #>
    return @(foreach ($browser in $script:BROWSERS) {
            if (Test-Path -LiteralPath "$script:APP_PATHS\$($browser.Program)") { $browser.Name }
        })
}

function Test-RestartPending {
    <#
    .SYNOPSIS
    True when an installed feature or update waits for a restart of this host.
    #>
    foreach ($key in $script:RESTART_KEYS) {
        if (Test-Path -LiteralPath $key) { return $true }
    }
    return $false
}

function Test-Elevated {
    <#
    .SYNOPSIS
    Whether this process has an administrator's full rights; $null where the system does not tell.
    #>
    try {
        $identity = [System.Security.Principal.WindowsIdentity]::GetCurrent()
    } catch [System.PlatformNotSupportedException] {
        return $null
    }
    $who = New-Object -TypeName System.Security.Principal.WindowsPrincipal -ArgumentList $identity
    return $who.IsInRole([System.Security.Principal.WindowsBuiltInRole]::Administrator)
}

function Get-ReachResult {
    <#
    .SYNOPSIS
    Which of the given hosts ("name" or "name:port", port 443) take a TCP connection within three seconds, and what was said of the others.
    #>
    param([string[]] $Target)
    return @(foreach ($one in $Target) {
            $name, $port = $one -split ':', 2
            $client = New-Object -TypeName System.Net.Sockets.TcpClient
            $reached = $false
            $said = 'no answer within 3 seconds'
            try {
                $reached = $client.ConnectAsync($name, [int] $(if ($port) { $port } else { 443 })).Wait(3000)
            } catch {
                $said = $_.Exception.GetBaseException().Message
            } finally {
                $client.Dispose()
            }
            @{ target = $one; reached = $reached; error = if ($reached) { $null } else { $said } }
        })
}

function Get-HostFact {
    <#
    .SYNOPSIS
    Name, kind, system, clock and readiness of this host.
    #>
    $computer = Get-CimInstance -ClassName Win32_ComputerSystem
    $system = Get-CimInstance -ClassName Win32_OperatingSystem
    return @{
        name = $env:COMPUTERNAME
        domain = if ($computer.PartOfDomain) { $computer.Domain } else { $computer.Workgroup }
        part_of_domain = [bool] $computer.PartOfDomain
        virtual = Test-VirtualMachine -Manufacturer $computer.Manufacturer -Model $computer.Model
        manufacturer = $computer.Manufacturer
        model = $computer.Model
        os_caption = $system.Caption
        os_version = $system.Version
        os_build = $system.BuildNumber
        time = ConvertTo-UtcText -Time $system.LocalDateTime
        time_zone = [System.TimeZoneInfo]::Local.Id
        powershell = $PSVersionTable.PSVersion.ToString()
        is_server = $system.ProductType -ne 1
        is_64_bit = [System.Environment]::Is64BitOperatingSystem
        installation_type = Read-Setting -Key $script:WINDOWS_KEY -Name 'InstallationType'
        net_release = Read-Setting -Key $script:NET_FULL_KEY -Name 'Release'
        execution_policy = Get-ExecutionRule
        tls12 = Get-Tls12Setting
        browsers = [object[]] @(Get-Browser)
        azurerm = [object[]] @(Get-Module -ListAvailable -Name 'AzureRM' | ForEach-Object -Process { "$($_.Version)" })
        restart_pending = Test-RestartPending
        elevated = Test-Elevated
        long_paths = (Read-Setting -Key $script:FILE_SYSTEM_KEY -Name 'LongPathsEnabled') -eq 1
    }
}

function Get-VolumeOfPath {
    <#
    .SYNOPSIS
    The local volume that a path lies on (the one with the longest matching mount point); $null for a share or an unknown drive.
    #>
    param([Parameter(Mandatory = $true)] [string] $Path)
    $wanted = $Path.TrimEnd('\') + '\'
    return Get-CimInstance -ClassName Win32_Volume |
        Where-Object -FilterScript { $_.Name -and $wanted.StartsWith($_.Name, [System.StringComparison]::OrdinalIgnoreCase) } |
        Sort-Object -Property { $_.Name.Length } |
        Select-Object -Last 1
}

function Get-DriveKind {
    <#
    .SYNOPSIS
    fixed, removable, network and so on for the volume that a path lies on; $null for a drive that is not known.
    #>
    param([string] $Path)
    if (-not $Path) { return $null }
    if ($Path.StartsWith('\\')) { return 'network' }
    $volume = Get-VolumeOfPath -Path $Path
    if ($null -eq $volume) { return $null }
    return $script:DRIVE_TYPES[[int] $volume.DriveType]
}

function Get-FreeByte {
    <#
    .SYNOPSIS
    Free bytes of the local volume that a path lies on; $null where Windows tells none (a share).
    #>
    param([string] $Path)
    if (-not $Path -or $Path.StartsWith('\\')) { return $null }
    $volume = Get-VolumeOfPath -Path $Path
    if ($null -eq $volume -or $null -eq $volume.FreeSpace) { return $null }
    return [long] $volume.FreeSpace
}

Export-ModuleMember -Function Test-VirtualMachine, ConvertTo-UtcText, Get-HostFact, Get-VolumeOfPath, Get-DriveKind, Get-FreeByte, Get-ReachResult
