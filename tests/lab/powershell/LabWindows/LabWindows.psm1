# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# What every runspace of a modelled host knows: how to ask the model (LABWINDOWS_SOCKET, LABWINDOWS_SESSION), how its answers become
# objects and errors, and the host's drives. The wire is described in model_socket.py.

Set-StrictMode -Version 2.0

$script:Cim = 'Microsoft.Management.Infrastructure.CimInstance'
$script:Drives = ''
$script:Types = @{}
$script:Casts = @{
    uint8 = [byte]; uint16 = [uint16]; uint32 = [uint32]; uint64 = [uint64]; sint8 = [sbyte]; sint16 = [int16]; sint32 = [int]
    sint64 = [long]; real32 = [float]; real64 = [double]; char16 = [char]
}
$script:Common = @(
    [System.Management.Automation.PSCmdlet]::CommonParameters
    [System.Management.Automation.PSCmdlet]::OptionalCommonParameters
)
$script:Unmodelled = 'AsJob', 'CimSession', 'ThrottleLimit', 'ComputerName', 'UseTransaction'

function Send-Order {
    param([string] $Command, [System.Collections.IDictionary] $Bound, [string] $ParameterSet)

    $order = @{
        command = $Command
        bound = $Bound
        set = $ParameterSet
        session = Microsoft.PowerShell.Utility\ConvertFrom-Json -InputObject $env:LABWINDOWS_SESSION -AsHashtable
    }
    $json = Microsoft.PowerShell.Utility\ConvertTo-Json -InputObject $order -Depth 30 -Compress
    $socket = [System.Net.Sockets.Socket]::new('Unix', 'Stream', 'Unspecified')
    try {
        $socket.Connect([System.Net.Sockets.UnixDomainSocketEndPoint]::new($env:LABWINDOWS_SOCKET))
        $stream = [System.Net.Sockets.NetworkStream]::new($socket)
        $bytes = [System.Text.Encoding]::UTF8.GetBytes("$json`n")
        $stream.Write($bytes, 0, $bytes.Length)
        $line = [System.IO.StreamReader]::new($stream).ReadLine()
    }
    finally {
        $socket.Dispose()
    }
    if (-not $line) { throw "The model of host $env:COMPUTERNAME did not answer to $Command." }
    $answer = Microsoft.PowerShell.Utility\ConvertFrom-Json -InputObject $line -AsHashtable
    Sync-Drive $answer.drives
    $script:Types = $answer.types
    $answer
}

function Sync-Drive {
    param([System.Collections.IDictionary] $Wanted)

    $seen = @($Wanted.Keys | Microsoft.PowerShell.Utility\Sort-Object | ForEach-Object { "$_=$($Wanted[$_])" }) -join ';'
    if ($seen -eq $script:Drives) { return }
    foreach ($drive in @(Microsoft.PowerShell.Management\Get-PSDrive -PSProvider FileSystem -Scope Global)) {
        if ($drive.Name.Length -eq 1 -and $drive.Name -match '^[A-Z]$' -and $Wanted[$drive.Name] -ne $drive.Root) {
            Microsoft.PowerShell.Management\Remove-PSDrive -Name $drive.Name -Scope Global -Force
        }
    }
    foreach ($letter in $Wanted.Keys) {
        if (-not (Microsoft.PowerShell.Management\Get-PSDrive -Name $letter -Scope Global -ErrorAction Ignore)) {
            $null = Microsoft.PowerShell.Management\New-PSDrive -Name $letter -PSProvider FileSystem -Root $Wanted[$letter] -Scope Global
        }
    }
    $script:Drives = $seen
}

function Enter-LabHost {
    <# .SYNOPSIS Makes this runspace one of the modelled host: its drives, and the user's folder as the current one. #>
    $null = Send-Order -Command '#enter' -Bound @{} -ParameterSet ''
    if ($env:USERPROFILE -and (Microsoft.PowerShell.Management\Test-Path -LiteralPath $env:USERPROFILE)) {
        Microsoft.PowerShell.Management\Set-Location -LiteralPath $env:USERPROFILE
    }
    elseif (Microsoft.PowerShell.Management\Test-Path -LiteralPath 'C:\') {
        Microsoft.PowerShell.Management\Set-Location -LiteralPath 'C:\'
    }
}

function ConvertTo-Wire {
    # A bound value as it travels to the model.
    param($Value)

    if ($null -eq $Value) { return $null }
    $base = $Value
    if ($Value -is [psobject] -and $null -ne $Value.PSObject.BaseObject) { $base = $Value.PSObject.BaseObject }
    if ($base -is [bool] -or $base -is [int] -or $base -is [long] -or $base -is [uint16] -or $base -is [uint32] -or $base -is [uint64] -or
        $base -is [byte] -or $base -is [int16] -or $base -is [double]) { return $base }
    if ($base -is [switch]) { return $base.IsPresent }
    if ($base -is [string] -or $base -is [char] -or $base -is [guid] -or $base -is [uri] -or $base -is [enum] -or $base -is [version]) {
        return [string] $base
    }
    if ($base -is [datetime]) { return @{ _datetime = $base.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ssZ') } }
    if ($base -is [timespan]) { return @{ _timespan = $base.TotalSeconds } }
    if ($base -is [pscredential]) {
        return @{ _type = 'PSCredential'; UserName = $base.UserName; Password = $base.GetNetworkCredential().Password }
    }
    if ($base -is [securestring]) {
        return @{ _type = 'SecureString'; value = [System.Net.NetworkCredential]::new('', $base).Password }
    }
    if ($base -is [System.IO.FileSystemInfo]) { return $base.FullName }
    if ($base -is [System.Collections.IDictionary]) {
        $table = @{}
        foreach ($key in $base.Keys) { $table["$key"] = ConvertTo-Wire $base[$key] }
        return $table
    }
    if ($base -is [System.Collections.IEnumerable]) {
        return , @(foreach ($item in $base) { , (ConvertTo-Wire $item) })
    }
    if ($base -is [System.Management.Automation.PSCustomObject]) {
        $table = @{}
        foreach ($property in $Value.PSObject.Properties) {
            if ($property.MemberType -eq 'NoteProperty' -and $property.Name -notin 'CimInstanceProperties', 'CimClass', 'CimSystemProperties') {
                $table[$property.Name] = ConvertTo-Wire $property.Value
            }
        }
        $table['_type'] = @($Value.PSTypeNames)[0] -replace '^.*[#/]', ''
        return $table
    }
    throw "The lab cannot send a value of type $($base.GetType().FullName) to the model."
}

function ConvertFrom-Wire {
    # A value of an answer as PowerShell has it.
    param($Value, [string] $CimType)

    if ($Value -is [System.Collections.IDictionary]) {
        if ($Value.Contains('_string')) { return [string] $Value['_string'] }
        if ($Value.Contains('_datetime')) { return ConvertTo-Moment $Value['_datetime'] }
        if ($Value.Contains('_timespan')) { return [timespan]::FromSeconds($Value['_timespan']) }
        if ($Value.Contains('_type')) { return New-Instance $Value }
        $table = @{}
        foreach ($key in $Value.Keys) { $table[$key] = ConvertFrom-Wire $Value[$key] '' }
        return $table
    }
    if ($Value -is [System.Collections.IList]) {
        $item = $CimType -replace '\[\]$', ''
        return , @(foreach ($one in $Value) { , (ConvertFrom-Wire $one $item) })
    }
    if ($CimType -eq 'char16') {
        if ([string]::IsNullOrEmpty($Value)) { return [char] 0 }
        return [char] ([string] $Value).Substring(0, 1)
    }
    if ($CimType -and $null -ne $Value -and $Value -isnot [string] -and $script:Casts.ContainsKey($CimType)) {
        return $Value -as $script:Casts[$CimType]
    }
    $Value
}

function ConvertTo-Moment {
    param($Value)

    if ($Value -is [datetime]) { return $Value.ToLocalTime() }
    $style = [System.Globalization.DateTimeStyles]::AdjustToUniversal
    [datetime]::Parse($Value, [cultureinfo]::InvariantCulture, $style).ToLocalTime()
}

function New-Instance {
    # An object of the model: a CIM instance where it has a namespace, an object of a named type else.
    param([System.Collections.IDictionary] $Value)

    $class = $Value['_type']
    $types = @{}
    if ($script:Types.Contains($class)) { $types = $script:Types[$class] }
    $properties = [ordered] @{}
    foreach ($name in $Value.Keys) {
        if ($name -notin '_type', '_namespace', '_numbers') { $properties[$name] = ConvertFrom-Wire $Value[$name] "$($types[$name])" }
    }
    if (-not $Value['_namespace']) {
        $instance = [pscustomobject] $properties
        $instance.PSTypeNames.Insert(0, $class)
        Add-Method $instance $class
        return $instance
    }
    $numbers = @{}
    if ($Value.Contains('_numbers')) { $numbers = $Value['_numbers'] }
    $raw = [ordered] @{}
    foreach ($name in @($properties.Keys)) {
        $inner = $properties[$name]
        if ($numbers.Contains($name)) { $inner = ConvertFrom-Wire $numbers[$name] "$($types[$name])" }
        $raw[$name] = [pscustomobject] @{ Name = $name; Value = $inner; CimType = "$($types[$name])" }
    }
    $namespace = $Value['_namespace'] -replace '\\', '/'
    $properties['CimClass'] = [pscustomobject] @{ CimClassName = $class; CimSystemProperties = [pscustomobject] @{ ClassName = $class; Namespace = $namespace } }
    $properties['CimInstanceProperties'] = $raw
    $properties['CimSystemProperties'] = [pscustomobject] @{ ClassName = $class; Namespace = $namespace; ServerName = $env:COMPUTERNAME }
    $properties['PSComputerName'] = $null
    $instance = [pscustomobject] $properties
    $instance.PSTypeNames.Clear()
    foreach ($name in "$script:Cim#$namespace/$class", "$script:Cim#$class", $script:Cim, 'System.Object') { $instance.PSTypeNames.Add($name) }
    $instance
}

function Add-Method {
    # The few methods that scripts call on objects which are not CIM instances.
    param($Instance, [string] $Class)

    if ($Class -like '*Security') {
        $Instance | Microsoft.PowerShell.Utility\Add-Member -MemberType ScriptMethod -Name SetSecurityDescriptorSddlForm -Value { param($Sddl) $this.Sddl = $Sddl }
        $Instance | Microsoft.PowerShell.Utility\Add-Member -MemberType ScriptMethod -Name GetSecurityDescriptorSddlForm -Value { param($Sections) $this.Sddl }
    }
}

function New-ErrorRecord {
    # BitLocker's functions report COM exceptions, everything over CIM reports CIM exceptions.
    param([System.Collections.IDictionary] $About, [string] $Module)

    $number = 0
    if ($About['hresult']) { $number = [System.BitConverter]::ToInt32([System.BitConverter]::GetBytes([uint32] $About['hresult']), 0) }
    $category = [System.Management.Automation.ErrorCategory] $About['category']
    $id = ($About['id'] -split ',')[0]
    if ($category -eq 'PermissionDenied') { $exception = [System.UnauthorizedAccessException]::new($About['message']) }
    elseif ($number -and $Module -eq 'BitLocker') {
        $exception = [System.Runtime.InteropServices.COMException]::new($About['message'], $number)
    }
    else { $exception = [Microsoft.Management.Infrastructure.CimException]::new($About['message']) }
    if ($number) { $exception.HResult = $number }
    [System.Management.Automation.ErrorRecord]::new($exception, $id, $category, $null)
}

function Invoke-LabCommand {
    <# .SYNOPSIS Sends a command with its bound parameters to the model; gives Objects, Errors, Warnings, Terminating. #>
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [System.Collections.IDictionary] $Bound)

    $name = $Cmdlet.MyInvocation.MyCommand.Name
    $wire = @{}
    foreach ($parameter in $Bound.Keys) {
        # -WhatIf comes as far as here only for commands that answer it themselves.
        if ($parameter -in $script:Common -and -not ($parameter -eq 'WhatIf' -and $Bound[$parameter])) { continue }
        if ($parameter -in $script:Unmodelled) { throw "The lab does not model the parameter -$parameter of $name." }
        $wire[$parameter] = ConvertTo-Wire $Bound[$parameter]
    }
    Read-Answer (Send-Order -Command $name -Bound $wire -ParameterSet $Cmdlet.ParameterSetName) $Cmdlet.MyInvocation.MyCommand.ModuleName
}

function Read-Answer {
    param([System.Collections.IDictionary] $Answer, [string] $Module)

    @{
        Objects = @(foreach ($object in $Answer.objects) { , (ConvertFrom-Wire $object '') })
        Errors = @(foreach ($about in $Answer.errors) { New-ErrorRecord $about $Module })
        Warnings = @($Answer.warnings)
        Terminating = [bool] $Answer.terminating
    }
}

function Write-Answer {
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [System.Collections.IDictionary] $Read)

    foreach ($text in $Read.Warnings) { $Cmdlet.WriteWarning($text) }
    foreach ($object in $Read.Objects) { $Cmdlet.WriteObject($object) }
    foreach ($record in $Read.Errors) {
        if ($Read.Terminating) { $Cmdlet.ThrowTerminatingError($record) }
        $Cmdlet.WriteError($record)
    }
}

function Get-BoundPath {
    param([System.Collections.IDictionary] $Bound)

    foreach ($name in 'LiteralPath', 'Path', 'Destination', 'FilePath') { if ($Bound.ContainsKey($name)) { $Bound[$name] } }
}

function Test-LabRegistry {
    <# .SYNOPSIS Whether the paths of a call lie in the registry. #>
    param([System.Collections.IDictionary] $Bound)

    @(Get-BoundPath $Bound) -match '^((Microsoft\.PowerShell\.Core\\)?Registry::|HKLM:|HKCU:)' -as [bool]
}

function Assert-LabPath {
    <# .SYNOPSIS Refuses a UNC path: on this machine it would silently mean another place. #>
    param([System.Collections.IDictionary] $Bound)

    $unc = @(Get-BoundPath $Bound) -match '^(\\\\|//)(?![?.])'
    if ($unc) { throw "The lab reaches a share only through New-PSDrive; this is a plain UNC path: $($unc -join ', ')" }
}

function Invoke-LabRegistry {
    <# .SYNOPSIS Answers a cmdlet on a registry path from the model. #>
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [System.Collections.IDictionary] $Bound)

    $name = $Cmdlet.MyInvocation.MyCommand.Name
    foreach ($path in @(Get-BoundPath $Bound)) {
        $key = $path -replace '^(Microsoft\.PowerShell\.Core\\)?Registry::', '' -replace '^HKEY_LOCAL_MACHINE', 'HKLM:' -replace '^HKEY_CURRENT_USER', 'HKCU:'
        $wire = @{ Operation = $name; Path = $key.Replace('/', '\').TrimEnd('\') }
        if ($Bound.ContainsKey('Name')) { $wire['Name'] = ConvertTo-Wire $Bound['Name'] }
        if ($Bound.ContainsKey('Recurse')) { $wire['Recurse'] = [bool] $Bound['Recurse'] }
        $read = Read-Answer (Send-Order -Command 'Registry' -Bound $wire -ParameterSet $name)
        if ($name -in 'Get-Item', 'Get-ChildItem') { foreach ($object in $read.Objects) { Add-RegistryMethod $object } }
        Write-Answer $Cmdlet $read
    }
}

function Add-RegistryMethod {
    param($Key)

    $Key | Microsoft.PowerShell.Utility\Add-Member -MemberType ScriptMethod -Name GetValueNames -Value { , @($this.Property) }
    $Key | Microsoft.PowerShell.Utility\Add-Member -MemberType ScriptMethod -Name GetValue -Value {
        param($Name, $Default)
        if ($Name -notin @($this.Property)) { return $Default }
        (LabOverrides\Get-ItemProperty -LiteralPath $this.PSPath -Name $Name).$Name
    }
}

function New-LabDrive {
    <# .SYNOPSIS New-PSDrive: a root on a share is asked of the model and becomes a drive on the folder that it answers. #>
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [System.Collections.IDictionary] $Bound)

    $real = @{}
    foreach ($name in $Bound.Keys) {
        if ($name -notin 'Credential', 'Persist', 'UseTransaction', 'Confirm', 'WhatIf', 'Scope') { $real[$name] = $Bound[$name] }
    }
    if ($Bound['Root'] -match '^(\\\\|//)') {
        $wire = @{}
        foreach ($name in 'Name', 'PSProvider', 'Root', 'Credential', 'Persist') { if ($Bound.ContainsKey($name)) { $wire[$name] = ConvertTo-Wire $Bound[$name] } }
        $read = Read-Answer (Send-Order -Command 'New-PSDrive' -Bound $wire -ParameterSet 'Name')
        foreach ($record in $read.Errors) {
            if ($read.Terminating) { $Cmdlet.ThrowTerminatingError($record) }
            $Cmdlet.WriteError($record)
        }
        if ($read.Errors) { return }
        $real['Root'] = $read.Objects[0]._folder
    }
    Microsoft.PowerShell.Management\New-PSDrive @real -Scope Global
}

function Invoke-LabProgram {
    <# .SYNOPSIS A console program of Windows that the model plays: prints the answer's texts and sets LASTEXITCODE. #>
    param([string] $Name, [object[]] $Arguments)

    $answer = Send-Order -Command $Name -Bound @{ Arguments = @($Arguments | ForEach-Object { ConvertTo-Wire $_ }) } -ParameterSet 'Arguments'
    if ($answer.terminating) { throw (New-ErrorRecord $answer.errors[0]) }
    foreach ($text in $answer.objects) { "$(ConvertFrom-Wire $text '')" }
    $global:LASTEXITCODE = [int] [bool] $answer.errors.Count
}

Export-ModuleMember -Function Enter-LabHost, Invoke-LabCommand, Invoke-LabRegistry, Test-LabRegistry, Assert-LabPath, New-LabDrive, Invoke-LabProgram
