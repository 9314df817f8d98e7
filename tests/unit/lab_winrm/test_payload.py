# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Ansible sends is understood the same for every generation of ansible-core, and what it is not is refused.

data/payloads.json holds what stock plugins of ansible-core sent to this server for one play (a module, put, fetch, remove, …), with the
sources of scripts left out.
"""

from __future__ import annotations

import base64
import json
import pathlib

import pytest

from lab.powershell.command_line import encode
from lab.winrm.payload import Helper, ModuleRun, NotUnderstood, Raw, parse_command, parse_script
from lab.winrm.payload.scripts import plain

CAPTURES = json.loads((pathlib.Path(__file__).parent / "data" / "payloads.json").read_text(encoding="utf-8"))
POWERSHELL = "PowerShell -NoProfile -NonInteractive -ExecutionPolicy Unrestricted -EncodedCommand "


def capture_id(capture: dict) -> str:
    """Names a capture in the output of pytest."""
    expected = capture["expected"]
    return "-".join([capture["core"], capture["connection"], expected.get("action") or expected["kind"]])


@pytest.mark.parametrize("capture", CAPTURES, ids=capture_id)
def test_a_captured_payload_is_understood(capture: dict) -> None:
    stdin, expected = capture["stdin"].encode("latin-1"), capture["expected"]
    if capture["connection"] == "winrm":
        request = parse_command(capture["text"], stdin)
    else:
        request = parse_script(capture["text"], stdin, tuple(capture["arguments"]))
    assert type(request).__name__ == expected["kind"]
    if isinstance(request, Helper):
        seen = {name: value for name, value in request.parameters.items() if name != "Script"}
        assert (request.action, seen) == (expected["action"], expected["parameters"])
    if isinstance(request, ModuleRun):
        assert (request.name, request.arguments, request.check_mode, request.environment, request.generation) == tuple(
            expected[name] for name in ("name", "arguments", "check_mode", "environment", "generation")
        )


@pytest.mark.parametrize("core", ["2.16", "2.18", "2.19", "2.21"])
def test_every_generation_is_among_the_captures(core: str) -> None:
    assert any(capture["core"] == core and capture["expected"]["kind"] == "ModuleRun" for capture in CAPTURES)


def test_the_name_of_a_collections_module_is_read_from_its_script() -> None:
    capture = next(one for one in CAPTURES if one["core"] == "2.19" and one["expected"]["kind"] == "ModuleRun")
    text = capture["stdin"].replace("ansible.legacy.win_probe", "ansible_collections.offlineseed.azure.plugins.modules.win_disk_info")
    request = parse_command(capture["text"], text.encode("latin-1"))
    assert isinstance(request, ModuleRun)
    assert request.name == "offlineseed.azure.win_disk_info"


def test_async_is_refused_by_name() -> None:
    capture = next(one for one in CAPTURES if one["core"] == "2.19" and one["expected"]["kind"] == "ModuleRun")
    stdin = capture["stdin"].replace('"actions": [', '"actions": [{"name": "async_wrapper.ps1", "params": {}, "secure_params": {}}, ')
    with pytest.raises(NotUnderstood, match="async_wrapper"):
        parse_command(capture["text"], stdin.encode("latin-1"))


def test_a_helper_with_an_unknown_parameter_is_refused() -> None:
    capture = next(one for one in CAPTURES if one["core"] == "2.19" and one["expected"].get("action") == "mkdtemp")
    stdin = capture["stdin"].replace('"Directory"', '"Folder"')
    with pytest.raises(NotUnderstood, match="Folder"):
        parse_command(capture["text"], stdin.encode("latin-1"))


def test_a_powershell_in_a_powershell_is_unwrapped() -> None:
    inner = POWERSHELL + encode("Remove-Item 'C:\\a' -Force;\nIf (-not $?) { exit 1 }")
    assert parse_command(POWERSHELL + encode(inner), b"") == Helper("remove", {"Path": "C:\\a", "Recurse": False})


def test_free_text_stays_free_text() -> None:
    assert parse_command("ipconfig /all", b"") == Raw("ipconfig /all", b"")


def test_a_program_with_a_file_is_refused() -> None:
    with pytest.raises(NotUnderstood):
        parse_command("powershell.exe -File C:\\x.ps1", b"")


@pytest.mark.parametrize(("quoted", "text"), [("a''b", "a'b"), ("\u2018\u2018", "\u2018"), ("plain", "plain"), ("''''", "''")])
def test_quotes_are_undoubled(quoted: str, text: str) -> None:
    assert plain(quoted) == text


def test_a_payload_in_a_file_is_named_with_the_script_that_reads_it() -> None:
    request = parse_command("type C:\\x.ps1 | " + POWERSHELL + encode("$exec_wrapper_str = $input | Out-String"), b"")
    assert request == Helper("type", {"Path": "C:\\x.ps1", "Script": "$exec_wrapper_str = $input | Out-String"})


def test_encoded_arguments_are_read() -> None:
    namespace = "http://schemas.microsoft.com/powershell/2004/04"
    clixml = f'<Objs Version="1.1.0.1" xmlns="{namespace}"><Obj RefId="0"><LST><S>C:\\p.txt</S></LST></Obj></Objs>'
    script = "param([string]$InputFile)\n$codeJson = $input; ConvertFrom-Json -InputObject $codeJson"
    named = base64.b64encode(clixml.encode("utf-16-le")).decode()
    line = f"powershell.exe -InputFormat None -EncodedCommand {encode(script)} -EncodedArguments {named}"
    assert parse_command(line, b"") == Helper("type", {"Path": "C:\\p.txt", "Script": script})
