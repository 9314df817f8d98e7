# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -PowerShell ._DriveFacts

# This module_util is for internal use only. It is not intended to be used by collections outside of offlineseed.azure.

# BitLocker through Win32_EncryptableVolume alone. A recovery password travels in a hashtable only, also between our own functions: module
# logging writes the string parameters of every command, our functions included, to the event log; a hashtable prints as its type name.

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$script:Numerical = [uint32] 3
$script:AnyType = [uint32] 0
$script:Methods = @{ Aes128 = 3; Aes256 = 4; XtsAes128 = 6; XtsAes256 = 7 }
$script:UsedSpaceOnly = [uint32] 1
$script:WholeVolume = [uint32] 0
$script:FullyDecrypted = 0
$script:FullyEncrypted = 1
$script:AccessDenied = 2147942405
$script:HandleOpen = 2150695001
# Codes that a person can do something about (Microsoft, "COM Error Codes", FVE range)
$script:Cures = @{
    2147942405 = 'the volume is in use: close what has files open on it'
    2147942487 = 'the policy of this host sets another encryption method: choose it with encryption_method'
    2150694912 = 'the volume is locked'
    2150694951 = 'the recovery password does not open this volume'
    2150694963 = 'the volume has no recovery password protector'
    2150694967 = 'FIPS policy forbids recovery passwords'
    2150695001 = 'the volume is in use: close what has files open on it'
    2150695004 = 'Group Policy (FVE, FDVRecoveryPassword) forbids recovery passwords on data drives'
    2150695005 = 'Group Policy (FVE) requires another protector than the recovery password'
    2150695057 = 'Group Policy (FVE) requires a backup to Active Directory but forbids recovery passwords'
    2150695077 = 'the disk is thinly provisioned'
    2150695101 = 'a shadow copy of the volume exists: delete it'
}

function Get-VolumeKeeper {
    <#
    .SYNOPSIS
    The BitLocker object of the volume with this path.
    #>
    [CmdletBinding()]
    param([string] $VolumePath)
    foreach ($volume in @(Get-EncryptableVolume)) { if ("$($volume.DeviceID)" -eq $VolumePath) { return $volume } }
    throw "BitLocker does not know the volume $VolumePath. Install the BitLocker feature (Install-WindowsFeature BitLocker) and restart this host."
}

function Invoke-Keeper {
    # Calls a method; a code that is not expected becomes an error with number and cure, never with an argument.
    param($Keeper, [string] $Method, [hashtable] $Arguments = @{}, [long[]] $Expected = @(0))
    $answer = Invoke-CimMethod -InputObject $Keeper -MethodName $Method -Arguments $Arguments
    $code = [long] $answer.ReturnValue
    if ($Expected -notcontains $code) {
        $cure = ''
        if ($script:Cures.ContainsKey($code)) { $cure = ": $($script:Cures[$code])" }
        throw ('BitLocker answered {0} with 0x{1:X8}{2}' -f $Method, $code, $cure)
    }
    return $answer
}

function Get-Protector {
    # Ids of the volume's key protectors of a type.
    param($Keeper, [uint32] $Type)
    $answer = Invoke-Keeper -Keeper $Keeper -Method 'GetKeyProtectors' -Arguments @{ KeyProtectorType = $Type } -Expected 0, 2150694920
    @($answer.VolumeKeyProtectorID | Where-Object { $_ })
}

function Test-KeyOfVolume {
    # Whether an unlocked volume's one recovery password is the one in the hashtable.
    param($Keeper, [string] $Protector, [hashtable] $Key)
    $held = Invoke-Keeper -Keeper $Keeper -Method 'GetKeyProtectorNumericalPassword' -Arguments @{ VolumeKeyProtectorID = $Protector }
    return $held.NumericalPassword -eq $Key.NumericalPassword
}

function Add-DriveKey {
    <#
    .SYNOPSIS
    The volume has the escrowed recovery password as its only key protector and is being encrypted; returns @{ protector; changed }.
    .PARAMETER Key
    @{ NumericalPassword = ... }
    .PARAMETER Encryption
    @{ method = Aes256 ...; whole = $true for a drive that held data before }
    #>
    [CmdletBinding()]
    param($Keeper, [hashtable] $Key, [hashtable] $Encryption)
    $changed = $false
    $held = @(Get-Protector -Keeper $Keeper -Type $script:AnyType)
    if ($held.Count -eq 0) {
        $told = @{ FriendlyName = 'offlineseed'; NumericalPassword = $Key.NumericalPassword }
        $made = Invoke-Keeper -Keeper $Keeper -Method 'ProtectKeyWithNumericalPassword' -Arguments $told
        $held = @($made.VolumeKeyProtectorID)
        $changed = $true
    }
    $numerical = @(Get-Protector -Keeper $Keeper -Type $script:Numerical)
    if ($held.Count -ne 1 -or $numerical.Count -ne 1) {
        throw "the volume has the key protectors $($held -join ', '), expected one recovery password; " +
        'remove what somebody added, or set wipe: true to prepare the drive anew'
    }
    if (-not (Test-KeyOfVolume -Keeper $Keeper -Protector $numerical[0] -Key $Key)) {
        throw "the key protector $($numerical[0]) is not the one in escrow; put the escrow file of this drive back, or set wipe: true to prepare it anew"
    }
    if ((Get-DriveConversion -Keeper $Keeper).status -eq $script:FullyDecrypted) {
        $flags = $script:UsedSpaceOnly
        if ($Encryption.whole) { $flags = $script:WholeVolume }
        $method = [uint32] $script:Methods[$Encryption.method]
        $null = Invoke-Keeper -Keeper $Keeper -Method 'Encrypt' -Arguments @{ EncryptionMethod = $method; EncryptionFlags = $flags }
        $changed = $true
    }
    @{ protector = $numerical[0]; changed = $changed }
}

function Get-DriveConversion {
    <#
    .SYNOPSIS
    How far the encryption is: @{ status (number of ConversionStatus); percentage; done }.
    #>
    [CmdletBinding()]
    param($Keeper)
    $answer = Invoke-Keeper -Keeper $Keeper -Method 'GetConversionStatus' -Arguments @{ PrecisionFactor = [uint32] 0 }
    $status = [int] $answer.ConversionStatus
    @{ status = $status; percentage = [int] $answer.EncryptionPercentage; done = $status -eq $script:FullyEncrypted }
}

function Test-DriveLocked {
    <#
    .SYNOPSIS
    Whether the volume is locked.
    #>
    [CmdletBinding()]
    param($Keeper)
    return [int] (Invoke-Keeper -Keeper $Keeper -Method 'GetLockStatus').LockStatus -eq 1
}

function Test-DriveProtected {
    <#
    .SYNOPSIS
    Whether protection is on, which it is only when the volume is encrypted as a whole and its keys are in force.
    #>
    [CmdletBinding()]
    param($Keeper)
    return [int] (Invoke-Keeper -Keeper $Keeper -Method 'GetProtectionStatus').ProtectionStatus -eq 1
}

function Unlock-Drive {
    <#
    .SYNOPSIS
    Opens a locked volume with @{ NumericalPassword }; says whether the key opened it.
    #>
    [CmdletBinding()]
    param($Keeper, [hashtable] $Key)
    # FAILED_AUTHENTICATION and PROTECTOR_NOT_FOUND are answers, not errors: another key's volume.
    $expected = 0, 2150694951, 2150694963
    $answer = Invoke-Keeper -Keeper $Keeper -Method 'UnlockWithNumericalPassword' -Arguments @{ NumericalPassword = $Key.NumericalPassword } -Expected $expected
    return [long] $answer.ReturnValue -eq 0
}

function Lock-Drive {
    <#
    .SYNOPSIS
    Locks a volume; one that something still holds open is dismounted by force, since all of ours is flushed.
    #>
    [CmdletBinding()]
    param($Keeper)
    $answer = Invoke-Keeper -Keeper $Keeper -Method 'Lock' -Arguments @{ ForceDismount = $false } -Expected 0, $script:AccessDenied, $script:HandleOpen
    if ([long] $answer.ReturnValue -ne 0) { $null = Invoke-Keeper -Keeper $Keeper -Method 'Lock' -Arguments @{ ForceDismount = $true } }
    if (-not (Test-DriveLocked -Keeper $Keeper)) { throw 'BitLocker said that it locked the volume, but the volume is not locked' }
}

function Get-DriveProtector {
    <#
    .SYNOPSIS
    The id of the one recovery password of a volume; an error where there are other protectors or auto-unlock.
    #>
    [CmdletBinding()]
    param($Keeper)
    $held = @(Get-Protector -Keeper $Keeper -Type $script:AnyType)
    $numerical = @(Get-Protector -Keeper $Keeper -Type $script:Numerical)
    if ($held.Count -ne 1 -or $numerical.Count -ne 1) {
        throw "the volume has the key protectors $($held -join ', '), expected one recovery password and nothing else"
    }
    return $numerical[0]
}

Export-ModuleMember -Function Get-VolumeKeeper, Add-DriveKey, Get-DriveConversion, Test-DriveLocked, Test-DriveProtected, Unlock-Drive, Lock-Drive,
Get-DriveProtector
