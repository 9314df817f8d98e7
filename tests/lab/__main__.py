# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m lab serve` starts a lab; every other command acts on the one that runs in a folder."""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import sys
from typing import Any

from .azurite import AzuriteError
from .control import Control, ControlError
from .lab_folder import LabFolderError
from .operations import FIVE

FOLDER = "build/lab"
Option = tuple[str, dict[str, Any]]
SERIAL: Option = ("--serial", {"required": True, "help": "serial number of the drive"})
HOST: Option = ("--host", {"help": "COPY1 or SRV1"})
MORE: Option = ("more", {"nargs": "*", "metavar": "NAME=VALUE", "help": "values are JSON where they can be"})
# command -> (what it does, its options); each is the control's call of that name.
CALLS: dict[str, tuple[str, tuple[Option, ...]]] = {
    "show": ("the lab at a glance", ()),
    "days": ("let days pass", (("n", {"type": float}),)),
    "hours": ("let hours pass", (("n", {"type": float}),)),
    "attach": ("plug a drive in: a new one, or one from the shelf", (SERIAL, ("--size", {"type": int, "help": "bytes"}), HOST, MORE)),
    "detach": ("pull a drive out; it lies on the shelf", (SERIAL, HOST)),
    "give_letter": ("make one volume with a letter on a blank drive, in Disk Management", (SERIAL, HOST)),
    "run_disk_prep": (
        "run AzureOfflineBackupDiskPrep.exe on the copy host and answer its prompts",
        (
            ("--command-line", {"required": True, "help": "as pasted into an elevated prompt"}),
            ("--answers", {"required": True, "type": json.loads, "help": 'JSON: [{"prompt": …, "answer": …}, …]'}),
            HOST,
        ),
    ),
    "ship": (
        "hand a parcel to the carrier",
        (
            ("serials", {"nargs": "*", "help": "default: every prepared drive"}),
            ("--carrier", {"help": "default: DHL"}),
            ("--tracking-number", {"help": "default: a new one, printed"}),
        ),
    ),
    "wizard": (
        "enter the five values in the agent's wizard",
        (HOST, *((f"--{name.replace('_', '-')}", {"required": True}) for name in FIVE)),
    ),
    "create_policy": ("create the backup policy in the wizard", (HOST,)),
    "remove_policy": ("take the backup policy away", (HOST,)),
    "back_up_now": ("press Back Up Now and wait", (HOST,)),
    "reboot": ("restart a host", (("host", {}),)),
    "power": (
        "switch a host on or off",
        (("host", {}), ("on", {"choices": (True, False), "type": {"on": True, "off": False}.get, "metavar": "on|off"})),
    ),
    "fault": ("let Azure fail (where=winrm: a connection), for example: throttle method=PUT retry_after=2", (("kind", {}), MORE)),
    "clear_faults": ("nothing fails on command any more", ()),
    "hashes": ("SHA-256 of model, ARM and the bystander disk", ()),
    "restore": ("give the protected files back from the vault's copy", (("--to", {"required": True, "type": os.path.abspath}), HOST)),
    "save": ("copy the whole state into a new folder", (("--to", {"required": True, "type": os.path.abspath}),)),
    "load": ("take up a saved state in the running lab", (("saved", {"type": os.path.abspath}),)),
    "stop": ("end the lab", ()),
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command; errors are one sentence on stderr and exit code 1."""
    asked = vars(parser().parse_args(arguments))
    act = asked.pop("act")
    try:
        return act(**asked)
    except (LabFolderError, ControlError, AzuriteError, FileNotFoundError, FileExistsError) as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="python -m lab", description=__doc__)
    commands = top.add_subparsers(required=True, metavar="command")
    served = _command(commands, "serve", "start a lab in a folder and stay until Ctrl-C")
    served.add_argument("--engine", choices=("auto", "pwsh", "standins"), default="auto", help="who runs the Windows modules")
    served.add_argument("--data", type=pathlib.Path, help="a folder whose files the source backs up")
    served.add_argument("--until-stdin-closes", action="store_true", help="stop when standard input ends")
    served.set_defaults(act=serve)
    for name, (text, options) in CALLS.items():
        one = _command(commands, name, text)
        for option, settings in options:
            one.add_argument(option, **settings)
        one.set_defaults(act=call, name=name)
    return top


def _command(commands: Any, name: str, text: str) -> argparse.ArgumentParser:
    one = commands.add_parser(name.replace("_", "-"), help=text, description=text)
    one.add_argument("--folder", type=pathlib.Path, default=pathlib.Path(FOLDER), help=f"the lab's folder (default: {FOLDER})")
    return one


def serve(folder: pathlib.Path, engine: str, data: pathlib.Path | None, until_stdin_closes: bool) -> int:
    """Serve until told to stop."""
    from .server import Server

    Server(folder, engine, data).run(until_stdin_closes)
    return 0


def call(folder: pathlib.Path, name: str, more: list[str] | None = None, **given: Any) -> int:
    """Ask the running lab, print its answer."""
    wanted = {key: value for key, value in given.items() if value not in (None, [])}
    result = Control(folder).call(name, **wanted, **dict(map(pair, more or [])))
    if result is not None:
        print(result if isinstance(result, str) else json.dumps(result, indent=1, ensure_ascii=False))
    return 0


def pair(text: str) -> tuple[str, Any]:
    """`name=value`, the value read as JSON where it is JSON."""
    name, _unused, value = text.partition("=")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


if __name__ == "__main__":
    sys.exit(main())
