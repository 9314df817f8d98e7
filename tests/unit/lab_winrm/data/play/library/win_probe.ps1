# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -CSharpUtil Ansible.Basic

Set-StrictMode -Version 2.0

$spec = @{
    options = @{
        share = @{ type = 'str' }
        key = @{ type = 'str'; no_log = $true }
        fail = @{ type = 'bool'; default = $false }
    }
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)

$module.Result.disks = @(Get-Disk | ForEach-Object -Process {
        @{ number = $_.Number; serial = $_.SerialNumber; bus = $_.CimInstanceProperties['BusType'].Value }
    })
Set-Content -LiteralPath 'C:\probe.txt' -Value "h$([char] 0xE4)llo" -Encoding UTF8
$module.Result.text = Get-Content -LiteralPath 'C:\probe.txt' -Encoding UTF8
$module.Result.host = $env:COMPUTERNAME
$module.Result.check = $module.CheckMode
if ($module.Params.key) {
    $null = Invoke-CimMethod -InputObject (Get-Disk -Number 1) -MethodName Protect -Arguments @{ NumericalPassword = $module.Params.key }
}
if ($module.Params.share) {
    try {
        $null = New-PSDrive -Name stg -PSProvider FileSystem -Root $module.Params.share -ErrorAction Stop
    } catch {
        $module.Result.refused = $_.Exception.Message
    }
}
if ($module.Params.fail) { $module.FailJson('as asked') }
$module.ExitJson()
