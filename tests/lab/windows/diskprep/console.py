# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of the tool, from the command line to the job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..answer import WindowsError
from . import command_line, drive, papers, staging, tool
from .order import Order
from .prompts import PERSON, Answers, Screen
from .refusal import ConsoleRefused
from .staging import ELEVATED, Seed

if TYPE_CHECKING:
    from ..host import Host

MOST_DRIVES = 10


def run(host: Host, line: str, given: list[dict[str, str]], *, elevated: bool = True) -> dict[str, Any]:
    """A person runs the tool on a host and answers its prompts. Raises ConsoleRefused; what was done until then stays."""
    if not host.running:
        raise ConsoleRefused(f"{host.name} is switched off.")
    screen = Screen()
    answers, asked = Answers(given, screen), command_line.parse(line)
    version = _tool(host, asked.folder)
    if not elevated:
        raise ConsoleRefused("the prompt is not elevated; open it with 'Run as administrator'.")
    drive.refuse_without_bitlocker(host)
    seed = staging.find(host, asked.staging, answers, screen)
    drives, order = _drives(host, seed, asked.folder, answers, screen)
    result = {
        "job": seed.job,
        "job_id": order.job_id,
        "resource_group": order.group,
        "region": order.region,
        "storage_account": seed.account,
    }
    screen.say("Finished blob copy task successfully.", "Disks prepared for this job:", *(one["serial"] for one in drives))
    screen.say(*(f"{name} : {result[name]}" for name in ("storage_account", "resource_group", "region")))
    result["ship_to"] = _make_job(order, drives, answers, screen, version)
    result["carriers"] = result["ship_to"].get("supportedCarriersForReturnShipment", [])
    result["drives"] = [{name: value for name, value in one.items() if name != "key"} for one in drives]
    return {**result, "summary": _summary(host, asked.folder, result, screen), "unused": answers.unused, "console": screen.lines}


def _tool(host: Host, folder: str) -> tuple[int, ...]:
    try:
        if not host.path(folder, ELEVATED, write=True).is_dir():
            raise ConsoleRefused(f"{host.name} has no folder {folder}; copy the folder of the agent there.")
        return tool.check(host, folder)
    except WindowsError as error:
        raise ConsoleRefused(f"{folder} cannot be the current directory on {host.name}: {error.message}") from error


def _drives(host: Host, seed: Seed, folder: str, answers: Answers, screen: Screen) -> tuple[list[dict[str, Any]], Order]:
    """Prepare drives until no staged file is left; the person signs in before the first is formatted."""
    kept = {"the staging location": seed.folder, "the tool with its journal": host.path(folder)}
    left, done, order = list(seed.files), [], None
    while left:
        if len(done) == MOST_DRIVES:
            raise ConsoleRefused(f"a job takes {MOST_DRIVES} drives, and {len(left)} staged files are left. Use larger disks.")
        if done:
            screen.say("There is not enough space on the disk; attach another one.")
        letter = answers.take("drive_letter")
        chosen = drive.choose(host, letter, kept, [one["serial"] for one in done])
        files = drive.fitting(chosen, left)
        if answers.take("confirm_format", letter=letter.upper()) != "yes":
            raise ConsoleRefused(f'the format of drive {letter.upper()} was not confirmed with "yes"; the drive was not touched.')
        order = order or _sign_in(host, seed, answers)
        screen.say("Session Started", f"Current Directory : {folder}")
        one = drive.prepare(host, chosen, seed, files, folder)
        screen.say(
            f"Journal file name : {one['journal'].rpartition(chr(92))[2]}", "BitLockerKey: ******", "Parsed journal file successfully"
        )
        done.append(one)
        left = [file for file in left if file not in files]
    return done, order


def _sign_in(host: Host, seed: Seed, answers: Answers) -> Order:
    person = answers.take("sign_in", PERSON) or PERSON
    if host.azure is None:
        raise ConsoleRefused(f"Azure cannot be reached from {host.name}; open TCP 443 to the sign-in and to management.")
    return Order(host.azure, seed, person)


def _make_job(order: Order, drives: list[dict[str, Any]], answers: Answers, screen: Screen, version: tuple[int, ...]) -> dict[str, Any]:
    contact = answers.contact()
    screen.say("Trying to create the import job.")
    if version < tool.FIRST_OF_TODAY:
        seen, first = (".".join(map(str, one)) for one in (version, tool.FIRST_OF_TODAY))
        raise ConsoleRefused(
            f"the tool of version {seen} uses an import API that is retired; install the agent {first} or later, copy its tool anew, and "
            "run that."
        )
    ship_to = order.make(drives, contact)
    screen.say(f"Import job with name '{order.job_id.rpartition('/')[2]}' is not found", "Done creating the import job.")
    return ship_to


def _summary(host: Host, folder: str, result: dict[str, Any], screen: Screen) -> str:
    path, lines = f"{folder}\\{result['storage_account']}_{result['job']}.txt", papers.summary(result)
    host.path(path).write_text("\n".join([*lines, ""]), encoding="utf-8")
    host.change("import job made by the console", job=result["job"])
    screen.say(*lines, f"Import Job Summary has been dumped at location: [{path}]", "Session Completed Successfully")
    return path
