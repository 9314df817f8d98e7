# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in is called as Ansible calls the real module: its own argument rules, check mode, failures, no secret in the result."""

from __future__ import annotations

import pathlib
from typing import Any

import pytest

from lab import standins
from lab.shared import CHECKOUT
from lab.standins import HIDDEN, ModuleFailure, Session, specification
from lab.standins.literals import NotALiteral, read_assignment

SPEC = """
$spec = @{
    options = @{
        name = @{ type = 'str'; required = $true }   # a comment
        state = @{ type = 'str'; choices = 'present', 'absent'; default = 'present' }
        wait = @{ type = "int"; default = 600 }
        _operation = @{ type = 'str'; choices = @(, 'begin') }
        drives = @{ type = 'list'; elements = 'dict'; options = @{ key = @{ type = 'str'; no_log = $true }; serial = @{ type = 'str' } } }
        password = @{ type = 'str'; no_log = $true }
    }
    required_together = @(, @('password', 'drives'))
    required_if = @(
        , @('state', 'absent', @('wait'))
    )
    supports_check_mode = $true
}
$other = Get-Disk
"""
DOCUMENT = """
DOCUMENTATION:
  module: win_thing
  options:
    name: {type: str, required: true}
    state: {type: str, choices: [present, absent], default: present}
    wait: {type: int, default: 600}
    drives: {type: list, elements: dict, suboptions: {key: {type: str}, serial: {type: str}}}
    password: {type: str}
"""


@pytest.fixture
def thing(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple]:
    """A module win_thing with a stand-in that notes its calls."""
    (tmp_path / "win_thing.ps1").write_text(SPEC, encoding="utf-8")
    (tmp_path / "win_thing.yml").write_text(DOCUMENT, encoding="utf-8")
    monkeypatch.setattr(specification, "MODULES", tmp_path)
    specification.of.cache_clear()
    calls: list[tuple] = []

    def stand_in(host: Any, params: dict[str, Any], check_mode: bool, session: Session) -> dict[str, Any]:
        calls.append((host, params, check_mode, session))
        if params["name"] == "fail":
            raise ModuleFailure("as asked", disks=[1])
        if params["name"] == "break":
            raise KeyError("broken")
        return {"changed": True, "echo": params["password"], "text": f"is {params['password']} here", "diff": {"before": 1}}

    monkeypatch.setitem(standins.HANDLERS, "a.b.win_thing", stand_in)
    yield calls
    specification.of.cache_clear()


def call(arguments: dict[str, Any], **internal: Any) -> dict[str, Any]:
    """The result of win_thing."""
    return standins.call("host", "a.b.win_thing", arguments, {f"_ansible_{name}": value for name, value in internal.items()})


def test_defaults_and_types_are_the_modules(thing: list[tuple]) -> None:
    assert call({"name": 5, "wait": "7"})["changed"] is True
    host, params, check_mode, session = thing[0]
    assert (host, check_mode, session) == ("host", False, Session("Administrator", "network"))
    assert (params["name"], params["wait"], params["state"]) == ("5", 7, "present")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "missing required arguments: name"),
        ({"name": "a", "state": "gone"}, "value of state must be one of: present, absent"),
        ({"name": "a", "nonsense": 1}, "Unsupported parameters"),
        ({"name": "a", "wait": "soon"}, "wait"),
    ],
)
def test_wrong_arguments_are_refused_in_ansibles_words(thing: list[tuple], arguments: dict[str, Any], message: str) -> None:
    result = call(arguments)
    assert (result["failed"], message in result["msg"], thing) == (True, True, [])


def test_a_hidden_option_of_the_module_is_taken(thing: list[tuple]) -> None:
    call({"name": "a", "_operation": "begin"})
    assert thing[0][1]["_operation"] == "begin"


def test_no_secret_leaves_in_result_or_invocation(thing: list[tuple]) -> None:
    result = call({"name": "a", "password": "CANARY", "drives": [{"key": "CANARY-2", "serial": "Z"}]})
    assert "CANARY" not in str(result)
    shown = result["invocation"]["module_args"]
    assert (shown["password"], shown["drives"]) == (HIDDEN, [{"key": HIDDEN, "serial": "Z"}])


def test_a_failure_keeps_its_fields(thing: list[tuple]) -> None:
    result = call({"name": "fail"})
    assert (result["failed"], result["msg"], result["disks"], result["changed"]) == (True, "as asked", [1], False)


def test_an_exception_is_a_failure_as_of_a_real_module(thing: list[tuple]) -> None:
    result = call({"name": "break"})
    assert result["failed"]
    assert result["msg"].startswith("Unhandled exception while executing module")


def test_check_mode_reaches_the_stand_in(thing: list[tuple]) -> None:
    call({"name": "a"}, check_mode=True)
    assert thing[0][2] is True


def test_a_diff_is_given_only_when_asked(thing: list[tuple]) -> None:
    assert "diff" not in call({"name": "a"})
    assert call({"name": "a"}, diff=True)["diff"] == {"before": 1}


def test_a_module_without_a_stand_in_fails_by_name() -> None:
    result = standins.call("host", "ansible.windows.win_nothing", {}, {})
    assert (result["failed"], "ansible.windows.win_nothing" in result["msg"]) == (True, True)


def test_the_literal_of_a_spec_is_read() -> None:
    spec = read_assignment(SPEC, "spec")
    assert spec["required_together"] == [["password", "drives"]]
    assert spec["required_if"] == [["state", "absent", ["wait"]]]
    assert spec["options"]["state"] == {"type": "str", "choices": ["present", "absent"], "default": "present"}
    assert spec["options"]["_operation"]["choices"] == ["begin"]


def test_what_only_powershell_can_evaluate_is_refused() -> None:
    with pytest.raises(NotALiteral):
        read_assignment("$spec = @{ options = Get-Spec }", "spec")


def test_a_module_of_the_collection_has_a_readable_spec_and_documents_its_options() -> None:
    for module in sorted((CHECKOUT / "plugins" / "modules").glob("win_*.ps1")):
        spec = specification.of(f"offlineseed.azure.{module.stem}")
        assert spec.supports_check_mode, module.stem


def test_two_stand_ins_for_one_module_are_refused(thing: list[tuple]) -> None:
    with pytest.raises(ValueError, match="two stand-ins"):
        standins.handler("a.b.win_thing")(lambda host, params, check_mode, session: {})
