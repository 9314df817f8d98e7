# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scheduled tasks: from XML, started on demand, ended with the host."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from lab.windows import Host
from lab.windows.tasks import HAS_NOT_RUN, RUNNING, TERMINATED

from .conftest import Refused, Shell

XML = """<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Author>me</Author></RegistrationInfo>
  <Principals><Principal id="Author"><UserId>{user}</UserId><RunLevel>HighestAvailable</RunLevel></Principal></Principals>
  <Settings><ExecutionTimeLimit>PT0S</ExecutionTimeLimit></Settings>
  <Actions Context="Author"><Exec><Command>powershell.exe</Command><Arguments>-EncodedCommand QQA=</Arguments></Exec></Actions>
</Task>"""


class FakeEngine:
    """Starts nothing; a test ends the process."""

    def __init__(self) -> None:
        self.started: list[tuple[str, str]] = []
        self.exits: list[Any] = []

    def start_process(self, host: Host, command: str, account: str, on_exit: Any) -> FakeEngine:
        self.started.append((command, account))
        self.exits.append(on_exit)
        return self

    def stop_processes(self, host: Host) -> None:
        """Nothing runs beside the tasks."""

    def kill(self) -> None:
        self.exits[-1](-9)


@pytest.fixture
def engine(copy_host: Host) -> FakeEngine:
    copy_host.engine = FakeEngine()
    return copy_host.engine


def state(shell: Shell) -> tuple[str, int]:
    task = shell("Get-ScheduledTask", TaskName="worker", TaskPath="\\offlineseed\\")[0]
    return task["State"], shell("Get-ScheduledTaskInfo", InputObject=task)[0]["LastTaskResult"]


def until(shell: Shell, wanted: tuple[str, int]) -> None:
    end = time.monotonic() + 5
    while state(shell) != wanted and time.monotonic() < end:
        time.sleep(0.01)
    assert state(shell) == wanted


def test_task_runs_as_system_and_its_exit_code_is_its_result(shell: Shell, engine: FakeEngine) -> None:
    shell("Register-ScheduledTask", TaskName="worker", TaskPath="\\offlineseed\\", Xml=XML.format(user="S-1-5-18"))
    assert state(shell) == ("Ready", HAS_NOT_RUN)
    shell("Start-ScheduledTask", TaskName="worker", TaskPath="\\offlineseed")
    assert engine.started == [("powershell.exe -EncodedCommand QQA=", "SYSTEM")]
    assert state(shell) == ("Running", RUNNING)
    shell("Start-ScheduledTask", TaskName="worker", TaskPath="\\offlineseed\\")
    assert len(engine.started) == 1
    engine.exits[0](3)
    until(shell, ("Ready", 3))


def test_stopped_task_is_terminated(shell: Shell, engine: FakeEngine) -> None:
    shell("Register-ScheduledTask", TaskName="worker", TaskPath="\\offlineseed\\", Xml=XML.format(user="SYSTEM"))
    shell("Start-ScheduledTask", TaskName="worker", TaskPath="\\offlineseed\\")
    shell("Stop-ScheduledTask", TaskName="worker", TaskPath="\\offlineseed\\")
    until(shell, ("Ready", TERMINATED))


def test_reboot_ends_a_running_task(shell: Shell, engine: FakeEngine) -> None:
    shell("Register-ScheduledTask", TaskName="worker", TaskPath="\\offlineseed\\", Xml=XML.format(user="SYSTEM"))
    shell("Start-ScheduledTask", TaskName="worker", TaskPath="\\offlineseed\\")
    shell.host.reboot()
    assert state(shell) == ("Ready", TERMINATED)


@pytest.mark.parametrize(
    ("xml", "hresult"),
    [
        ("<Task", 0x8004131A),
        (XML.format(user="SYSTEM").replace("2004/02/mit", "1999/other"), 0x80041317),
        (XML.format(user="SYSTEM").replace("Exec>", "ComHandler>"), 0x80041319),
        (XML.format(user="LAB\\somebody"), 0x8004130F),
    ],
)
def test_definition_that_windows_refuses_is_refused_with_its_number(shell: Shell, xml: str, hresult: int) -> None:
    with pytest.raises(Refused) as refused:
        shell("Register-ScheduledTask", TaskName="worker", Xml=xml)
    assert refused.value.record["hresult"] == hresult


def test_managed_service_account_needs_no_password(shell: Shell) -> None:
    made = shell("Register-ScheduledTask", TaskName="worker", Xml=XML.format(user="LAB\\gmsa1$"))[0]
    assert made["Principal"]["UserId"] == "LAB\\gmsa1$"


def test_second_registration_wants_force(shell: Shell) -> None:
    shell("Register-ScheduledTask", TaskName="worker", Xml=XML.format(user="SYSTEM"))
    with pytest.raises(Refused) as refused:
        shell("Register-ScheduledTask", TaskName="worker", Xml=XML.format(user="SYSTEM"))
    assert refused.value.record["hresult"] == 0x800700B7
    assert shell("Register-ScheduledTask", TaskName="worker", Xml=XML.format(user="SYSTEM"), Force=True)


def test_disabled_task_does_not_start(shell: Shell) -> None:
    shell("Register-ScheduledTask", TaskName="worker", Xml=XML.format(user="SYSTEM"))
    shell("Disable-ScheduledTask", TaskName="worker")
    with pytest.raises(Refused) as refused:
        shell("Start-ScheduledTask", TaskName="worker")
    assert refused.value.record["hresult"] == 0x80041326


def test_stand_in_worker_ends_when_it_is_asked_to(copy_host: Host, shell: Shell) -> None:
    begun = threading.Event()

    def worker(host: Host, task: Any) -> Any:
        def work(stop: threading.Event) -> int:
            begun.set()
            stop.wait(5)
            return 1

        return work

    copy_host.workers["test"] = worker
    shell("Register-ScheduledTask", TaskName="worker", TaskPath="\\offlineseed\\", Xml=XML.format(user="SYSTEM"))
    copy_host.tasks.find("worker").worker = "test"
    shell("Start-ScheduledTask", TaskName="worker")
    assert begun.wait(5)
    shell("Stop-ScheduledTask", TaskName="worker")
    until(shell, ("Ready", TERMINATED))
    assert copy_host.network.quiet()
