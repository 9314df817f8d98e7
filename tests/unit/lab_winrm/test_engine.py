# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scripts, modules and scheduled tasks run on a genuine PowerShell that takes its host for Windows."""

from __future__ import annotations

import json
import os
import pathlib
import threading
import time
from typing import Any

import pytest

from lab.powershell.command_line import encode
from lab.powershell.signatures import ParameterSet, Signature, excerpted, signature
from lab.winrm.engine import Engine

pytestmark = pytest.mark.engine


def run(engine: Engine, host: Any, script: str, logon: str = "network", account: str = "Administrator") -> Any:
    """What a script's ConvertTo-Json printed."""
    outcome = engine.run_script(host, script, account, logon)
    assert outcome.code == 0, outcome.err.decode()
    return json.loads(outcome.out)


def test_an_object_has_words_and_the_numbers_behind_them(engine: Engine, host: Any) -> None:
    seen = run(
        engine,
        host,
        """$disk = Get-Disk -Number 1 -WarningAction SilentlyContinue
        @{ word = $disk.BusType; number = $disk.CimInstanceProperties['BusType'].Value; type = $disk.Size.GetType().Name
           class = $disk.CimClass.CimClassName; names = @($disk.PSTypeNames); status = @($disk.OperationalStatus) } | ConvertTo-Json""",
    )
    assert (seen["word"], seen["number"], seen["type"], seen["class"]) == ("SATA", 11, "UInt64", "MSFT_Disk")
    assert seen["names"][:2] == [
        "Microsoft.Management.Infrastructure.CimInstance#root/Microsoft/Windows/Storage/MSFT_Disk",
        "Microsoft.Management.Infrastructure.CimInstance#MSFT_Disk",
    ]
    assert seen["status"] == ["Online"]


def test_the_model_hears_what_was_bound_and_by_which_set(engine: Engine, host: Any) -> None:
    run(engine, host, "Get-Disk 1 | Clear-Disk -RemoveData -Confirm:$false -ErrorAction SilentlyContinue 3>$null; '1' ")
    command, bound, parameter_set, session = host.asked[-1]
    assert (command, bound["RemoveData"], session) == ("Clear-Disk", True, {"account": "Administrator", "logon": "network"})
    assert "Confirm" not in bound
    assert "ErrorAction" not in bound
    assert parameter_set in ("InputObject", "Number")


@pytest.mark.parametrize(
    ("script", "id"),
    [
        ("Clear-Disk -Number 1 -Confirm:$false", "StorageWMI 41000,Clear-Disk"),
        ("Get-Disk -Nmber 1", "NamedParameterNotFound,Get-Disk"),
        ("Get-Disk -Number 1 -UniqueId x", "AmbiguousParameterSet,Get-Disk"),
        ("Clear-Disk -InputObject ([pscustomobject] @{ Number = 1 }) -Confirm:$false", "MismatchedPSTypeName,Clear-Disk"),
        ("Get-StorageReliabilityCounter -Disk (Get-Disk 1)", "LabNotModelled,Get-StorageReliabilityCounter"),
    ],
)
def test_an_error_has_the_id_that_windows_gives_it(engine: Engine, host: Any, script: str, id: str) -> None:
    seen = run(
        engine,
        host,
        f"""$ErrorActionPreference = 'Stop'; $WarningPreference = 'SilentlyContinue'
        try {{ {script}; $id = 'no error' }} catch {{ $id = $_.FullyQualifiedErrorId }}
        $id | ConvertTo-Json""",
    )
    assert seen == id


def test_a_com_error_carries_its_number(engine: Engine, host: Any) -> None:
    script = (
        """try { Unlock-BitLocker -MountPoint X: -RecoveryPassword 1 -ErrorAction Stop } catch { $_.Exception.HResult | ConvertTo-Json }"""
    )
    assert run(engine, host, script) & 0xFFFFFFFF == 0x80310027


def test_an_error_can_be_silenced(engine: Engine, host: Any) -> None:
    script = (
        "$none = Get-Disk -Number 9 -ErrorAction SilentlyContinue -ErrorVariable seen; @(($null -eq $none), $seen.Count) | ConvertTo-Json"
    )
    assert run(engine, host, script) == [True, 1]


def test_a_cmdlet_sees_its_callers_preference_and_a_function_does_not(engine: Engine, host: Any) -> None:
    script = """$host_error = New-Module -ScriptBlock {
        $ErrorActionPreference = 'Stop'
        function Try-It { try { Get-CimInstance -ClassName Nothing; 'went on' } catch { 'stopped' } }
        function Try-Other { try { Get-Disk -Number 9 2>$null; 'went on' } catch { 'stopped' } } }
    @((Try-It), (Try-Other)) | ConvertTo-Json"""
    host._get_cimininstance = None
    host._get_ciminstance = lambda name, bound, session: {
        "errors": [{"id": "HRESULT 0x80041010", "message": "Invalid class", "category": "NotSpecified"}]
    }
    assert run(engine, host, script) == ["stopped", "went on"]


def test_what_if_asks_nobody(engine: Engine, host: Any) -> None:
    assert engine.run_script(host, "Clear-Disk -Number 1 -WhatIf", "Administrator").out.startswith(b"What if:")
    assert host.asked == []


def test_paths_of_the_host_are_its_real_folders_also_for_dotnet(engine: Engine, host: Any) -> None:
    seen = run(
        engine,
        host,
        r"""Set-Content -LiteralPath C:\sub.txt -Value 'one'
        $real = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath('C:\sub.txt')
        [System.IO.File]::AppendAllText($real, 'two')
        @{ text = Get-Content -LiteralPath C:\sub.txt -Raw; where = "$($PWD.Drive.Name)" } | ConvertTo-Json""",
    )
    assert seen == {"text": "one\ntwo", "where": "C"}
    assert (host.folder / "C" / "sub.txt").read_text(encoding="utf-8") == "one\ntwo"


def test_a_drive_that_comes_during_a_script_is_there(engine: Engine, host: Any) -> None:
    script = r"""$before = Test-Path E:\; $null = Get-Disk 1 3>$null; @($before, (Test-Path E:\)) | ConvertTo-Json"""
    command = host.command

    def attach(*args: Any, **named: Any) -> Any:
        (host.folder / "E").mkdir(exist_ok=True)
        host.letters["E"] = host.folder / "E"
        return command(*args, **named)

    host.command = attach
    assert run(engine, host, script) == [False, True]


def test_an_unresolved_path_given_to_dotnet_fails_the_task(engine: Engine, host: Any) -> None:
    outcome = engine.run_script(host, r"[System.IO.File]::WriteAllText('C:\lost.txt', 'x'); 'fine'", "Administrator")
    assert outcome.code == 1
    assert "GetUnresolvedProviderPathFromPSPath" in json.loads(outcome.out)["msg"]


def test_a_share_is_asked_of_the_model_and_then_real(engine: Engine, host: Any) -> None:
    script = r"""$null = New-PSDrive -Name stg -PSProvider FileSystem -Root '\\COPY1\staging'
        Get-Content -LiteralPath 'stg:\one.bin' -Raw | ConvertTo-Json; Remove-PSDrive -Name stg"""
    assert run(engine, host, script, logon="system", account="SYSTEM") == "staged"


def test_the_second_hop_of_a_network_logon_is_refused(engine: Engine, host: Any) -> None:
    script = r"""try { New-PSDrive -Name stg -PSProvider FileSystem -Root '\\COPY1\staging'; $said = 'in' }
        catch { $said = $_.Exception.GetType().Name }
        $said | ConvertTo-Json"""
    assert run(engine, host, script) == "UnauthorizedAccessException"


@pytest.mark.parametrize(
    "call",
    [
        r"Get-ChildItem -LiteralPath '\\COPY1\staging'",
        r"Set-Content -Path '\\COPY1\staging\x' -Value 1",
        r"New-Item -Path '\\COPY1\staging\d' -ItemType Directory -Force",
        r"Copy-Item -LiteralPath C:\Users -Destination '\\COPY1\staging'",
        r"'\\COPY1\staging' | Remove-Item -Recurse",
        r"'x' | Out-File '\\COPY1\staging\x'",
    ],
)
def test_a_plain_unc_path_is_refused(engine: Engine, host: Any, call: str) -> None:
    script = f"""try {{ {call}; $said = 'in' }} catch {{ $said = "$_" }}; $said | ConvertTo-Json"""
    assert "only through New-PSDrive" in run(engine, host, script)
    assert not pathlib.Path("/COPY1").exists()


SAME = [
    r"'a', 'b' | Set-Content -LiteralPath C:\t\1.txt; Get-Content C:\t\1.txt",
    r"Add-Content C:\t\1.txt 'c', 'd' -Encoding UTF8; Get-Content -Path C:\t\1.txt -Raw -Encoding UTF8",
    r"Get-Content C:\t\1.txt -TotalCount 2; Get-Content C:\t\1.txt -Last 1",
    r"New-Item C:\t\d\e -Type Directory -Force | ForEach-Object Name; Test-Path C:\t\d -PathType Container",
    r"Copy-Item C:\t\1.txt C:\t\d; Get-ChildItem C:\t -Recurse -File | ForEach-Object Name",
    r"Get-ChildItem -Path C:\t -Filter *.txt | Get-Item | ForEach-Object Name",
    r"Get-ChildItem C:\t\d -File | Rename-Item -NewName { $_.Name + '.bak' } -PassThru | ForEach-Object Name",
    r"Move-Item -LiteralPath C:\t\d\1.txt.bak -Destination C:\t\2.txt; Get-ChildItem C:\t -Name",
    r"'one' | Out-File -FilePath C:\t\3.txt -Encoding utf8 -Width 20; (Get-Content C:\t\3.txt).Count",
    r"Clear-Content C:\t\3.txt; (Get-Item C:\t\3.txt).Length; (Resolve-Path C:\t).Path",
    r"try { Get-Content C:\t\none -ErrorAction Stop } catch { $_.CategoryInfo.Category }",
    r"Get-Item C:\t\none -ErrorAction SilentlyContinue; 'went on'",
    r"Get-ChildItem C:\t\*.txt | Remove-Item -Confirm:$false; Remove-Item C:\t -Recurse -Force; Test-Path C:\t",
    r"Push-Location C:\; Set-Location C:\Users; (Get-Location).Path; Pop-Location",
]


def test_a_guarded_cmdlet_does_what_the_cmdlet_does(engine: Engine, host: Any) -> None:
    script = (
        "New-Item C:\\t -ItemType Directory | Out-Null\n@(" + "\n".join(f"(. {{ {one} }}) -join '|'" for one in SAME) + ") | ConvertTo-Json"
    )
    guarded = run(engine, host, script)
    plain = "Remove-Module LabOverrides -Force\n" + script
    assert guarded == run(engine, host, plain)
    assert guarded[0] == "a|b"


def test_the_registry_is_the_models(engine: Engine, host: Any) -> None:
    script = r"""@{ there = Test-Path -LiteralPath HKLM:\SOFTWARE\Lab; gone = Test-Path -LiteralPath 'HKLM:\SOFTWARE\No'
        size = (Get-ItemProperty -LiteralPath HKLM:\SOFTWARE\Lab).Size
        when = (Get-ItemProperty -LiteralPath HKLM:\SOFTWARE\Lab).When.GetType().Name
        file = Test-Path -LiteralPath C:\Users } | ConvertTo-Json"""
    assert run(engine, host, script) == {"there": True, "gone": False, "size": 3, "when": "String", "file": True}


def test_the_environment_is_the_hosts(engine: Engine, host: Any) -> None:
    script = "@($env:COMPUTERNAME, $env:ProgramData, $env:TEMP, [System.IO.Path]::GetTempPath()) | ConvertTo-Json"
    name, data, temp, real = run(engine, host, script)
    assert (name, data, temp) == ("SRV1", r"C:\ProgramData", r"C:\Users\Administrator\AppData\Local\Temp")
    assert pathlib.Path(real) == host.folder / "C" / "Users" / "Administrator" / "AppData" / "Local" / "Temp"


def test_secrets_in_objects_are_recorded_as_the_name_of_their_type(engine: Engine, host: Any) -> None:
    run(
        engine,
        host,
        r"""$disk = Get-Disk 1 3>$null
        $null = Invoke-CimMethod -InputObject $disk -MethodName Protect -Arguments @{ NumericalPassword = 'CANARY-1' }
        $secret = ConvertTo-SecureString -String 'CANARY-2' -AsPlainText -Force
        $null = New-PSDrive -Name s -PSProvider FileSystem -Root '\\COPY1\staging' -Credential ([pscredential]::new('u', $secret))
        1""",
    )
    arguments = next(bound for name, bound, *_rest in host.asked if name == "Invoke-CimMethod")["Arguments"]
    assert arguments == {"NumericalPassword": "CANARY-1"}
    recorded = (engine.folder / "commands.jsonl").read_text(encoding="utf-8")
    assert "CANARY" not in recorded
    assert '"Arguments": "System.Collections.IDictionary"' in recorded
    assert '"Credential": "PSCredential"' in recorded


def test_a_job_leaves_nothing_to_the_next(engine: Engine, host: Any) -> None:
    run(engine, host, "$global:left = 1; $env:LEFT = 'x'; Set-Location C:\\; 1")
    assert run(engine, host, "@(($null -eq (Get-Variable left -ErrorAction Ignore)), ($null -eq $env:LEFT)) | ConvertTo-Json") == [
        True,
        True,
    ]


def test_a_script_that_ends_the_process_ends_only_itself(engine: Engine, host: Any) -> None:
    assert engine.run_script(host, "[Environment]::Exit(7)", "Administrator").code == 7
    assert run(engine, host, "2 | ConvertTo-Json") == 2


# -- scheduled tasks ---------------------------------------------------------------------------------------------------------------


def test_a_task_runs_as_system_beside_everything_else(engine: Engine, host: Any) -> None:
    ended = threading.Event()
    codes: list[int] = []
    script = r"""$null = New-PSDrive -Name stg -PSProvider FileSystem -Root '\\COPY1\staging'
        Copy-Item -LiteralPath stg:\one.bin -Destination C:\copied.bin; Set-Content -LiteralPath C:\who.txt -Value $env:USERNAME; exit 5"""
    task = engine.start_process(
        host,
        f"powershell.exe -NoProfile -NonInteractive -EncodedCommand {encode(script)}",
        on_exit=lambda code: (codes.append(code), ended.set()),
    )
    assert ended.wait(30)
    assert codes == [5], task.log.read_text(encoding="utf-8")
    assert (host.folder / "C" / "copied.bin").read_bytes() == b"staged"
    assert (host.folder / "C" / "who.txt").read_text(encoding="utf-8").strip() == "SRV1$"
    assert host.asked[-1][3] == {"account": "SYSTEM", "logon": "system"}


def test_a_task_runs_a_file_with_arguments(engine: Engine, host: Any) -> None:
    (host.folder / "C" / "work it.ps1").write_text(
        "param([string] $Seed)\nSet-Content -LiteralPath C:\\seed.txt -Value $Seed\n", encoding="utf-8"
    )
    task = engine.start_process(host, r'powershell.exe -NoProfile -File "C:\work it.ps1" -Seed "s 1"')
    assert task.wait() == 0, task.log.read_text(encoding="utf-8")
    assert (host.folder / "C" / "seed.txt").read_text(encoding="utf-8").strip() == "s 1"


def test_a_power_cut_ends_tasks_and_jobs_of_the_host(engine: Engine, host: Any) -> None:
    task = engine.start_process(host, f"powershell.exe -EncodedCommand {encode('Start-Sleep -Seconds 60')}")
    seen: list[Any] = []
    job = threading.Thread(target=lambda: seen.append(engine.run_script(host, "Start-Sleep -Seconds 60", "Administrator")))
    job.start()
    time.sleep(1)
    engine.stop_processes(host)
    job.join(10)
    assert not job.is_alive()
    assert seen[0].code is None
    assert task.wait() == -9


def test_a_task_that_starts_no_powershell_is_refused(engine: Engine, host: Any) -> None:
    with pytest.raises(ValueError, match=r"cmd\.exe"):
        engine.start_process(host, "cmd.exe /c dir")


# -- without the laboratory's own build -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def plain_engine(pwsh: str, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The engine as on a stranger's PowerShell: a process for each job."""
    folder = tmp_path_factory.mktemp("plain")
    program = folder / "pwsh"
    program.write_text(f'#!/bin/sh\nexec "{pwsh}" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    made = Engine(folder / "lab", os.fspath(program))
    yield made
    made.close()


def test_a_strangers_powershell_gives_the_same(plain_engine: Engine, host: Any) -> None:
    script = r"""@{ disk = (Get-Disk 1 3>$null).BusType; key = Test-Path -LiteralPath HKLM:\SOFTWARE\Lab
        drive = Test-Path -LiteralPath C:\Users } | ConvertTo-Json"""
    assert type(plain_engine.pool).__name__ == "Processes"
    assert run(plain_engine, host, script) == {"disk": "SATA", "key": True, "drive": True}


# -- generated functions bind as the tables say -----------------------------------------------------------------------------------


TYPES = {
    "switch": "SwitchParameter",
    "string": "String",
    "bool": "Boolean",
    "int": "Int32",
    "int16": "Int16",
    "long": "Int64",
    "uint16": "UInt16",
    "uint32": "UInt32",
    "uint64": "UInt64",
    "char": "Char",
    "datetime": "DateTime",
    "timespan": "TimeSpan",
    "uri": "Uri",
    "securestring": "SecureString",
    "pscredential": "PSCredential",
    "IDictionary": "IDictionary",
    "hashtable": "Hashtable",
}


def test_generated_functions_have_the_sets_positions_and_types_of_the_tables(engine: Engine, host: Any) -> None:
    names = sorted(name for name in excerpted() if not signature(name).module.startswith("Microsoft.PowerShell."))
    listed = ",".join(f"'{name}'" for name in names)
    script = f"""$made = @{{}}
        $common = [System.Management.Automation.PSCmdlet]::CommonParameters + 'WhatIf' + 'Confirm'
        foreach ($name in {listed}) {{
            $made[$name] = @(foreach ($set in (Get-Command -Name $name).ParameterSets) {{
                @{{ name = $set.Name; places = @(foreach ($p in $set.Parameters) {{ if ($p.Name -notin $common) {{
                    @{{ name = $p.Name; mandatory = $p.IsMandatory; position = $p.Position; type = $p.ParameterType.Name }} }} }}) }} }})
        }}
        $made | ConvertTo-Json -Depth 6 -Compress"""
    seen = run(engine, host, script)
    for name in names:
        known = signature(name)
        assert known is not None
        bound = {one["name"]: {p["name"]: (p["mandatory"], p["position"]) for p in one["places"]} for one in seen[name]}
        for one in known.sets:
            assert bound.get(one.name, bound.get("__AllParameterSets")) == places(known, one), (name, one.name)
        for parameter in (p for one in seen[name] for p in one["places"]):
            kind = known.parameters[parameter["name"]]
            wanted = TYPES.get(kind.removesuffix("[]"))
            assert wanted is None or parameter["type"] == wanted + "[]" * kind.endswith("[]"), (name, parameter)


def places(known: Signature, one: ParameterSet) -> dict[str, tuple[bool, int]]:
    """Parameter -> (mandatory, position) of a set, as Get-Command shows them; what ShouldProcess adds is left out."""
    named_only = -2147483648
    return {
        place.name: (place.mandatory, named_only if place.position is None else place.position)
        for place in one.places
        if not (known.should_process and place.name in ("WhatIf", "Confirm"))
    }


def test_errors_are_text_where_no_console_reads_them(engine: Engine, host: Any) -> None:
    outcome = engine.run_script(host, "Write-Error 'seen'", "Administrator", plain_errors=True)
    assert b"seen" in outcome.err
    assert b"CLIXML" not in outcome.err
