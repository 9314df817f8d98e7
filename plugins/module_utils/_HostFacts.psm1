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

function Get-HostFact {
    <#
    .SYNOPSIS
    Name, kind, system and clock of this host.
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

Export-ModuleMember -Function Test-VirtualMachine, ConvertTo-UtcText, Get-HostFact, Get-VolumeOfPath, Get-FreeByte
