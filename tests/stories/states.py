# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""States of a lab on its way, made once a test run by the product itself and saved: no test plays more phases than it needs."""

from __future__ import annotations

import pathlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from filelock import FileLock

from lab import names
from lab.lab import Lab
from lab.person import Person
from lab.playbook import Controller, Run
from lab.story import Waiting

SEED = names.SOURCE.lower()
MIB = 1024 * 1024
DRIVE = "WD-SEED0001"
DRIVE_BYTES = 64 * MIB


class Player:
    """A lab, and somebody who runs playbooks in it and does what they say."""

    def __init__(self, lab: Lab) -> None:
        self.lab, self.control = lab, lab.control
        self.controller = Controller(lab.folder / "controller")
        self.person = Person(lab.control, self.controller.folder / "host_vars" / SEED / "answers.yml")

    @property
    def state_dir(self) -> pathlib.Path:
        return self.controller.folder / "state" / SEED

    def now(self) -> str:
        return self.control.show()["now"]

    def run(self, phase: str = "seed", *options: str) -> Run:
        """One run of a playbook of the collection."""
        return self.controller.run(SEED, self.now(), Waiting(phase), *options, playbook=f"offlineseed.azure.{phase}")

    def good(self, phase: str = "seed", *options: str) -> dict[str, Any]:
        """The seed's summary after a run that must succeed."""
        run = self.run(phase, *options)
        assert run.exit_code == 0 and run.summary, run.trouble
        return run.summary

    def bad(self, phase: str = "seed", *options: str) -> tuple[dict[str, Any], str]:
        """The seed's summary and the whole log of a run that must fail."""
        run = self.run(phase, *options)
        log = run.log.read_text()
        assert run.exit_code != 0, log[-3000:]
        return run.summary, log

    def do(self, wanted: str, entry: dict[str, Any]) -> None:
        """The human step that the summary names."""
        assert entry["next"]["id"] == wanted, entry
        self.person.act(entry["next"])

    def set(self, name: str, value: Any) -> None:
        self.person.set(name, value)

    def leave_out(self, name: str) -> None:
        self.person.leave_out(name)

    def hashes(self) -> dict[str, str]:
        return self.control.hashes()

    def until(self, phase: str, reached: str, runs: int = 12) -> dict[str, Any]:
        """Runs one phase's playbook, letting pass the time that it names, until the seed is in the phase `reached`."""
        for _run in range(runs):
            entry = self.good(phase)
            if entry["phase"] == reached or entry["state"] == "complete":
                return entry
            assert entry["state"] in ("working", "waiting_for_azure"), entry
            self.control.days(n=1 if entry["state"] == "waiting_for_azure" else 1 / 48)
        raise AssertionError(f"{reached} is not reached after {runs} runs of {phase}: {entry}")


def _fresh(player: Player) -> None:
    player.do("accept_undocumented", player.good("preflight"))


def _targeted(player: Player) -> None:
    player.good("preflight")
    player.good("target")


def _entered(player: Player) -> None:
    player.do("enter_offline_values", player.good("stage"))


def _staged(player: Player) -> None:
    player.until("stage", "prepare")


def _named(player: Player) -> None:
    player.do("attach_drives", player.good("prepare"))
    player.do("name_drives", player.good("prepare"))


def _prepared(player: Player) -> None:
    player.until("prepare", "ship")


def _shipped(player: Player) -> None:
    player.do("hand_over_parcel", player.good("ship"))
    entry = player.good("ship")
    assert entry["phase"] == "track", entry


def _landed(player: Player) -> None:
    for _day in range(30):
        entry = player.good("track")
        if any(proof["id"] == "landed" for proof in entry["proven"]):
            return
        player.control.days(n=1)
    raise AssertionError(f"the drives did not land: {entry}")


def _vaulted(player: Player) -> None:
    player.until("track", "complete")


CHAIN = {
    "fresh": _fresh,
    "targeted": _targeted,
    "entered": _entered,
    "staged": _staged,
    "named": _named,
    "prepared": _prepared,
    "shipped": _shipped,
    "landed": _landed,
    "vaulted": _vaulted,
}


def _by_the_tool(player: Player) -> None:
    """The documented way up to the agent's own tool, which nobody has run yet."""
    player.set("seed_disk_prep_method", "diskprep")
    player.leave_out("seed_escrow_password_file")
    player.good("preflight")
    player.good("target")
    _entered(player)
    _staged(player)
    _named(player)
    player.do("give_drive_letters", player.good("prepare"))
    entry = player.good("prepare")
    assert entry["next"]["id"] == "run_disk_prep", entry


def _tool_run(player: Player) -> None:
    player.do("run_disk_prep", player.good("prepare"))


# The documented way, in a lab of its own.
BY_THE_TOOL = {"by_the_tool": _by_the_tool, "tool_run": _tool_run}


@dataclass(frozen=True)
class States:
    """Saved states in a folder that all test workers share. `engine`: who runs the Windows modules."""

    folder: pathlib.Path
    data: pathlib.Path
    engine: str

    def saved(self, name: str) -> pathlib.Path:
        """The folder of a saved state; it is made, with those before it, where it is not there yet."""
        place = self.folder / self.engine / name
        place.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{place}.lock"):
            if not place.exists():
                self._make(name, place)
        return place

    def _make(self, name: str, place: pathlib.Path) -> None:
        chain = CHAIN if name in CHAIN else BY_THE_TOOL
        order = list(chain)
        before = order[order.index(name) - 1] if order.index(name) else None
        scratch, fresh = place.with_name(f"{name}-lab"), place.with_name(f"{name}-new")
        for left_over in (scratch, fresh):
            shutil.rmtree(left_over, ignore_errors=True)
        with self._lab(before, scratch) as lab:
            chain[name](Player(lab))
            lab.save(fresh)
        fresh.rename(place)
        shutil.rmtree(scratch)

    def _lab(self, before: str | None, folder: pathlib.Path) -> Lab:
        if before is None:
            return Lab.start(folder, engine=self.engine, data=self.data)
        return Lab.load(self.saved(before), folder, engine=self.engine)

    @contextmanager
    def player(self, name: str | None, folder: pathlib.Path) -> Iterator[Player]:
        """Somebody in a lab of their own that begins in a saved state (None: a world that nobody has touched)."""
        with self._lab(name, folder) as lab:
            yield Player(lab)
