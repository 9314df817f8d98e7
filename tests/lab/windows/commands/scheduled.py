# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ScheduledTasks module."""

from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING, Any

from ... import clock
from .. import instances, words
from ..answer import NotModelled, WindowsError, moment
from ..tasks import Task, read_xml
from . import command
from .picking import many

if TYPE_CHECKING:
    from ..host import Host


def task_object(host: Host, task: Task) -> dict[str, Any]:
    """MSFT_ScheduledTask with its action, principal and settings."""
    state = 4 if host.tasks.running(task) else (3 if task.enabled else 1)
    action = instances.instance("MSFT_TaskExecAction", Execute=task.execute, Arguments=task.arguments or None)
    run_level = ({0: "Limited", 1: "Highest"}, int(task.run_level in ("HighestAvailable", "Highest")))
    logon = (
        {0: "None", 1: "Password", 3: "Interactive", 5: "ServiceAccount"},
        {"Password": 1, "InteractiveToken": 3}.get(task.logon_type, 5),
    )
    principal = instances.instance("MSFT_TaskPrincipal2", {"RunLevel": run_level, "LogonType": logon}, UserId=task.user, Id="Author")
    settings = instances.instance(
        "MSFT_TaskSettings3", Enabled=task.enabled, ExecutionTimeLimit=task.time_limit, AllowDemandStart=True, MultipleInstances=2
    )
    return instances.instance(
        "MSFT_ScheduledTask",
        {"State": (words.TASK_STATE, state)},
        TaskName=task.name,
        TaskPath=task.path,
        URI=task.path + task.name,
        Author=task.author,
        Description=task.description,
        Actions=[action],
        Triggers=[],
        Principal=principal,
        Settings=settings,
    )


def _find(host: Host, bound: dict[str, Any], name: str) -> Task:
    given = bound.get("InputObject")
    given = given[0] if isinstance(given, list) else given
    task_name, path = (given["TaskName"], given["TaskPath"]) if given else (bound.get("TaskName"), bound.get("TaskPath"))
    task_name = task_name[0] if isinstance(task_name, list) else task_name
    path = path[0] if isinstance(path, list) else path
    task = host.tasks.find(str(task_name).lstrip("\\"), _folder(path))
    if task is None:
        raise WindowsError(
            f"CmdletizationQuery_NotFound_TaskName,{name}",
            f"No MSFT_ScheduledTask objects found with property 'TaskName' equal to '{task_name}'.",
            "ObjectNotFound",
        )
    return task


def _folder(path: str | None) -> str | None:
    return None if not path else "\\" + (path.strip("\\") + "\\" if path.strip("\\") else "")


@command("Get-ScheduledTask", "TaskName TaskPath")
def get_scheduled_task(host: Host, bound: dict[str, Any], session: Any) -> list[dict[str, Any]]:
    """By name and folder, wildcards allowed; a literal name that does not exist is an error."""
    names, folders = many(bound.get("TaskName")) or ["*"], [p if "*" in p else _folder(p) for p in many(bound.get("TaskPath"))] or ["*"]
    found = [
        t
        for _unused, t in sorted(host.tasks.known.items())
        if any(fnmatch.fnmatchcase(t.name.lower(), n.lower()) for n in names)
        and any(fnmatch.fnmatchcase(t.path.lower(), (f or "*").lower()) for f in folders)
    ]
    if not found and bound.get("TaskName") and not any(set(n) & {"*", "?"} for n in names):
        _find(host, {"TaskName": names[0], "TaskPath": bound.get("TaskPath")}, "Get-ScheduledTask")
    return [task_object(host, t) for t in found]


@command("Get-ScheduledTaskInfo", "TaskName TaskPath InputObject")
def get_scheduled_task_info(host: Host, bound: dict[str, Any], session: Any) -> list[dict[str, Any]]:
    """When it ran, with which result, and when it will."""
    task = _find(host, bound, "Get-ScheduledTaskInfo")
    when = [clock.parse(t) if t else None for t in (task.last_run, task.next_run)]
    if host.mars and task.name == "Microsoft-OnlineBackup":
        when[1] = host.mars.next_run()
    return [
        instances.instance(
            "MSFT_TaskDynamicInfo",
            TaskName=task.name,
            TaskPath=task.path,
            LastRunTime=moment(when[0]),
            NextRunTime=moment(when[1]),
            LastTaskResult=task.last_result,
            NumberOfMissedRuns=0,
        )
    ]


@command(
    "Register-ScheduledTask", "TaskName TaskPath Xml User Password Force Action Principal Settings Trigger Description RunLevel InputObject"
)
def register_scheduled_task(host: Host, bound: dict[str, Any], session: Any) -> list[dict[str, Any]]:
    """From XML only; a password of a user is refused loudly (nothing here should pass one)."""
    if not bound.get("Xml"):
        raise NotModelled("Register-ScheduledTask without -Xml")
    if bound.get("Password"):
        raise NotModelled("Register-ScheduledTask with a password")
    path, name = _folder(bound.get("TaskPath")) or "\\", str(bound["TaskName"])
    if "\\" in name.strip("\\"):
        path, name = path + name.strip("\\").rsplit("\\", 1)[0] + "\\", name.rsplit("\\", 1)[1]
    task = read_xml(name.strip("\\"), path, bound["Xml"])
    task.user = bound.get("User") or task.user
    return [task_object(host, host.tasks.register(task, bool(bound.get("Force"))))]


@command("Unregister-ScheduledTask", "TaskName TaskPath InputObject PassThru")
def unregister_scheduled_task(host: Host, bound: dict[str, Any], session: Any) -> None:
    """Remove it."""
    host.tasks.unregister(_find(host, bound, "Unregister-ScheduledTask"))


@command("Start-ScheduledTask", "TaskName TaskPath InputObject")
def start_scheduled_task(host: Host, bound: dict[str, Any], session: Any) -> None:
    """Start it; returns at once."""
    host.tasks.start(_find(host, bound, "Start-ScheduledTask"))


@command("Stop-ScheduledTask", "TaskName TaskPath InputObject", quick=False)
def stop_scheduled_task(host: Host, bound: dict[str, Any], session: Any) -> None:
    """End its process."""
    host.tasks.stop(_find(host, bound, "Stop-ScheduledTask"))


@command("Disable-ScheduledTask", "TaskName TaskPath InputObject")
def disable_scheduled_task(host: Host, bound: dict[str, Any], session: Any) -> list[dict[str, Any]]:
    """No start any more."""
    task = _find(host, bound, "Disable-ScheduledTask")
    task.enabled = False
    host.change("task disabled", task=task.path + task.name)
    return [task_object(host, task)]
