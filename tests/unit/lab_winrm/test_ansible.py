# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stock ansible-playbook over stock winrm and psrp: a module on the engine, files there and back, refusals."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
from typing import Any

import pytest

from lab import certificates
from lab.winrm import WinRm

pytestmark = pytest.mark.engine

DATA = pathlib.Path(__file__).parent / "data" / "play"
PASSWORD = "CANARY-password"


@pytest.fixture(params=["winrm", "psrp"])
def inventory(request: pytest.FixtureRequest, engine: Any, host: Any, tmp_path: pathlib.Path):
    """An inventory with one host, reached by each plugin."""
    made = certificates.ensure(tmp_path)
    server = WinRm()
    port = server.start(host, made, engine, {"Administrator": PASSWORD})
    variables = {
        "ansible_host": "127.0.0.1",
        "ansible_port": port,
        "ansible_user": "Administrator",
        "ansible_password": PASSWORD,
        "ansible_connection": request.param,
        "ansible_winrm_transport": "basic",
        "ansible_winrm_ca_trust_path": str(made.ca),
        "ansible_psrp_auth": "basic",
        "ansible_psrp_protocol": "https",
        "ansible_psrp_ca_cert": str(made.ca),
    }
    path = tmp_path / "inventory.json"
    path.write_text(json.dumps({"all": {"hosts": {"srv1": variables}}}), encoding="utf-8")
    yield path
    server.stop()


def play(inventory: pathlib.Path, keep_files: bool = False) -> tuple[dict[str, Any], str]:
    """Results by the name of the task, and everything that was printed."""
    environment = os.environ | {
        "ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.default",
        "ANSIBLE_KEEP_REMOTE_FILES": str(int(keep_files)),
        "ANSIBLE_LOCALHOST_WARNING": "False",
        "ANSIBLE_NOCOLOR": "1",
    }
    program = pathlib.Path(sys.executable).with_name("ansible-playbook")
    results = inventory.with_name("results.json")
    done = subprocess.run(
        [str(program), "-i", str(inventory), "-e", f"results={results}", "-e", f"scratch={inventory.parent}", str(DATA / "play.yml")],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(results.read_text(encoding="utf-8")), done.stdout + done.stderr


def test_a_play_of_modules_and_files(inventory: pathlib.Path, host: Any, request: pytest.FixtureRequest) -> None:
    # the payload goes through a pipe with one plugin and through a file (ANSIBLE_KEEP_REMOTE_FILES) with the other
    results, printed = play(inventory, keep_files="psrp" in request.node.name)
    assert results["probe"]["disks"] == [{"number": 1, "serial": "ZB1", "bus": 11}, {"number": 2, "serial": "ZB2", "bus": 11}]
    assert (results["probe"]["text"], results["probe"]["host"], results["probe"]["refused"]) == ("hällo", "SRV1", "Access is denied")
    assert (results["check"]["check"], results["failing"]["msg"]) == (True, "as asked")
    assert results["raw"].strip() == "hi SRV1"
    assert (results["moved"]["same"], results["moved"]["home"]) == (True, "C:\\Users\\Administrator\\x")
    assert "failed to transfer" in results["moved"]["missing"]
    assert "async and coverage are not modelled" in json.dumps(results["async"])
    assert "CANARY" not in printed
    arguments = next(bound for name, bound, *_rest in host.asked if name == "Invoke-CimMethod")["Arguments"]
    assert arguments == {"NumericalPassword": "CANARY-key"}
