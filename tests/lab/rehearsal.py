# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``make rehearsal``: one seed from a server into the vault, driven by the product itself.

Runs the playbook, reads the summary file, does the human step that it names, lets the days pass that it says, and runs again, until the
record says complete. Then it checks, past the product, what the product claims.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import time
from typing import Any

from setup.site import Site

from . import given, landing, names, sample
from .clock import parse
from .control import ControlError
from .lab import Lab, LabError
from .lab_folder import LabFolder, LabFolderError
from .person import NotExplained, Person
from .playbook import Controller, Run
from .story import Story

SEED = names.SOURCE.lower()
MOST_RUNS = 40
DAY = 86_400
DRIVES = 2  # the person brings as many where one would do

PROVEN = {
    "preflight_passed": "everything the seed needs was checked before anything was changed",
    "target_ready": "storage account and container are ready",
    "offline_configured": "the agent holds the five offline values",
    "staged": "the initial backup stands in the staging folder",
    "drive_prepared": "a drive is encrypted, filled, and was unlocked with the key in escrow",
    "prepared": "all drives are ready",
    "job_created": "the import job exists",
    "shipped": "the datacenter knows the parcel",
    "evidence_archived": "copy logs, job, manifests and journals lie on the controller, their hashes in the record",
    "landed": "every staged file is a page blob in the container",
    "vault_proven": "the vault shows a recovery point newer than the landing",
    "blobs_removed": "the landing container is cleaned up",
    "staging_removed": "the staging folder is cleaned up",
    "increment_ran": "the first increment went over the network and made a newer recovery point",
    "completed": "the record is closed",
}
STATES = {
    "waiting_for_person": "waits for a person",
    "working": "goes on by itself",
    "waiting_for_azure": "waits for Azure",
    "complete": "complete",
}


class Stopped(Exception):
    """The rehearsal cannot go on; the message says why."""


class Rehearsal:
    """The loop, and what is compared at its end."""

    def __init__(self, lab: Lab, story: Story, source: dict[str, str]) -> None:
        self.lab, self.story, self.source = lab, story, source
        self.control = lab.control
        self.controller = Controller(lab.folder / "controller")
        self.person = Person(lab.control, self.controller.folder / "host_vars" / SEED / "answers.yml", spread=DRIVES)
        self.began = self.now()
        self.proven: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.said = ""
        self.landed: int | None = None
        self.bystander = self.control.hashes()["bystander"]

    def now(self) -> str:
        return self.control.show()["now"]

    def play(self) -> None:
        """Runs and acts until the seed is complete."""
        for _number in range(MOST_RUNS):
            entry = self.run()
            if entry["state"] == "complete":
                return
            self.go_on(entry)
        raise Stopped(f"the seed is not complete after {MOST_RUNS} runs")

    def run(self) -> dict[str, Any]:
        """One run of the playbook; its entry in the summary."""
        now = self.now()
        number = len(self.controller.runs) + 1
        with self.story.waiting(f"run {number}") as waiting:
            run = self.controller.run(SEED, now, waiting)
        self.tell(run, now)
        if run.exit_code or run.summary.get("state") not in STATES:
            error = run.summary.get("error")
            raise Stopped(f"run {number} ended with exit code {run.exit_code}, {error or 'no summary'}\n{run.trouble}")
        return run.summary

    def tell(self, run: Run, now: str) -> None:
        """One line about the run, and one about what it has proven; not if it says what the one before said."""
        day = (parse(now) - parse(self.began)).days
        state = run.summary.get("state") or "wrote no summary"
        words = f"{run.summary['phase']} {STATES.get(state, state)}" if state in STATES and state != "complete" else state
        if waits := state in ("working", "waiting_for_azure"):
            words += f": {first_sentence(run.summary)}"
        proven = run.summary.get("proven") or []
        fresh = [proof_in_words(proof["id"]) for proof in proven if proof not in self.proven]
        self.proven = proven
        if waits and not fresh and words == self.said:
            return
        self.said = words
        passes = f"; {passing(self.seconds_until_again(run.summary))}" if waits else ""
        self.story.tell(f"Day {day:<3} run {run.number}: {words}{passes}   ({run.seconds:.0f} s, {run.log.name})", "bold")
        if fresh:
            self.story.proof("; ".join(fresh))

    def go_on(self, entry: dict[str, Any]) -> None:
        """Does what the summary says is next."""
        if entry["state"] == "waiting_for_person":
            self.do(entry["next"])
        else:
            self.wait(entry)
        self.compare_landing()

    def do(self, step: dict[str, Any]) -> None:
        asked = json.dumps(step, sort_keys=True)
        if asked in self.asked:
            raise Stopped(f"the run asks for {step['id']} again, after exactly that was done: {step['text']}")
        self.asked.append(asked)
        self.story.asked(f"{step['who']}: {step['text']}")
        self.story.done(self.person.act(step))

    def wait(self, entry: dict[str, Any]) -> None:
        """Lets the time pass that the summary says."""
        seconds = self.seconds_until_again(entry)
        with self.story.waiting("time passes in the lab"):
            self.control.days(n=seconds / DAY)

    def seconds_until_again(self, entry: dict[str, Any]) -> float:
        """How long to wait, as the summary says; a minute at least."""
        if not entry.get("again_at"):
            raise Stopped(f"the seed {STATES[entry['state']]}, but the summary does not say when to look again")
        return max(60.0, (parse(entry["again_at"]) - parse(self.now())).total_seconds())

    def compare_landing(self) -> None:
        """Once blobs stand in the container: are they the staged files, byte for byte?"""
        if self.landed is not None or not any(proof["id"] == "shipped" for proof in self.proven):
            return
        blobs, staged = landing.blobs_and_staged(self.lab.folder, self.lab.told, SEED)
        if blobs and set(blobs) >= set(staged):
            wrong = [name for name in staged if blobs[name] != staged[name]]
            if wrong or not staged:
                raise Stopped(f"blobs differ from the staged files: {wrong or 'staging is empty'}")
            self.landed = len(staged)

    def verify(self) -> None:
        """The claims of the product, checked without it."""
        self.story.heading("Checked, past the product")
        if self.landed is None:
            raise Stopped("the landing was never seen: the container was empty or incomplete until it was cleaned up")
        self.story.proof(f"{self.landed} blobs in the container equalled the staged files before the clean-up (SHA-256)")
        for told in (self.what_preflight_found(), self.how_many_drives(), self.every_object_is_proven()):
            self.story.proof(told)
        self.story.proof(self.restored())
        if self.control.hashes()["bystander"] != self.bystander:
            raise Stopped("the disk of somebody else's data on the copy host has changed")
        self.story.proof("the disk full of somebody else's data is byte for byte the same")
        self.story.proof(self.nothing_more())
        self.story.proof(self.record_is_whole())

    def events(self) -> list[dict[str, Any]]:
        """The events of the record."""
        return [json.loads(line) for line in lines(self.state / "record.jsonl")]

    def told(self, event: str) -> dict[str, Any]:
        """What the newest event of a type says; the record must hold one."""
        found = [one["data"] for one in self.events() if one["event"] == event]
        if not found:
            raise Stopped(f"the record holds no event {event}")
        return found[-1]

    def what_preflight_found(self) -> str:
        """How many rules held before anything was changed, and which did not."""
        said = self.told("preflight_passed")
        by_outcome = {word: [rule["id"] for rule in said["not_held"] if rule["outcome"] == word] for word in ("fail", "unknown")}
        held = said["rules"] - len(said["not_held"])
        failed, unknown = (", ".join(by_outcome[word]) or "none" for word in ("fail", "unknown"))
        return f"{held} of {said['rules']} preflight rules held; worth a look: {failed}; could not be checked: {unknown}"

    def how_many_drives(self) -> str:
        """The plan against its lower bound."""
        return f"the plan took {self.told('planned')['bound']}"

    def every_object_is_proven(self) -> str:
        """What the record says of the copy logs, against the blobs that were seen in the container."""
        events = self.events()
        counts = next((event["data"]["counts"] for event in reversed(events) if event["event"] == "verified"), {})
        # The job of the agent's own tool writes no verbose logs, which alone prove an object; its logs can only be free of errors.
        by_the_tool = any(event["data"].get("made_by") for event in events if event["event"] == "job_created")
        if {word: number for word, number in counts.items() if number} != {"present" if by_the_tool else "proven": self.landed}:
            raise Stopped(f"{self.landed} blobs landed, but the record says of the copy logs: {counts or 'nothing'}")
        serials = {event["data"]["serial"] for event in events if event["event"] == "drive_prepared"}
        held = "stand in the container, with no error in the copy logs" if by_the_tool else "are proven by the copy logs"
        return f"{self.landed} of {self.landed} objects from {len(serials)} drives {held}, says the record"

    def record_is_whole(self) -> str:
        """Record and evidence, checked by the script that lies beside them and by nothing of the collection."""
        command = [shutil.which("python3") or sys.executable, "-I", "verify_record.py", "record.jsonl", "--evidence", "evidence"]
        done = subprocess.run(command, cwd=self.state, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Stopped(f"verify_record.py ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return " ".join(done.stdout.split())

    @property
    def state(self) -> pathlib.Path:
        return self.controller.folder / "state" / SEED

    def restored(self) -> str:
        """The data as they come out of the vault, against what the server held at the beginning."""
        target = self.lab.folder / "restored"
        with self.story.waiting("restoring from the vault"):
            self.control.restore(to=str(target))
            found = sample.fingerprints(target)
        lost = sorted(set(self.source) - set(found))
        differing = sorted(name for name in set(self.source) & set(found) if self.source[name] != found[name])
        added = sorted(set(found) - set(self.source))
        wrong = {"lost": lost, "different": differing, "added": added}
        if any(wrong.values()):
            raise Stopped("the restore differs: " + "; ".join(f"{len(files)} {what} {files[:5]}" for what, files in wrong.items()))
        files, size = sample.measure(target)
        return f"{files:,} file{'' if files == 1 else 's'}, {size / 1e6:.1f} MB came back from the vault identical (SHA-256)"

    def nothing_more(self) -> str:
        """One more run must change nothing: not in a task, not on a host, not in Azure."""
        before = self.traces()
        entry = self.run()
        after = self.traces()
        changed = self.controller.runs[-1].changed
        writes = [line for line in after["requests"][len(before["requests"]) :] if is_write(line)]
        journal = after["journal"][len(before["journal"]) :]
        if entry["state"] != "complete" or changed or writes or journal:
            raise Stopped(f"one more run is not without effect: {entry['state']}, {changed} changed, writes {writes}, changes {journal}")
        return "one more run changed nothing: 0 tasks, 0 changes on a host, 0 write requests to Azure"

    def traces(self) -> dict[str, list[str]]:
        return {name: lines(self.lab.folder / f"{name}.jsonl") for name in ("requests", "journal")}


def lines(path: pathlib.Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def is_write(request: str) -> bool:
    told = json.loads(request)
    return told["method"] not in ("GET", "HEAD") and "/oauth2/" not in told["path"]


def first_sentence(summary: dict[str, Any]) -> str:
    text = summary["next"]["text"] if summary.get("next") else "the summary does not say for what"
    return text.split(". ")[0].split(";")[0].rstrip(".")


def proof_in_words(proof: str) -> str:
    """`drive_prepared:SERIAL` and the like, for a newcomer."""
    name, _colon, what = proof.partition(":")
    return PROVEN.get(name, name.replace("_", " ")) + (f" ({what})" if what else "")


def passing(seconds: float) -> str:
    """Words for a time that passes."""
    for unit, length in (("day", DAY), ("hour", 3600), ("minute", 60)):
        number = round(seconds / length)
        if number >= 1:
            return f"{number} {unit}{'s' if number > 1 else ''} pass{'' if number > 1 else 'es'}"
    return "a moment passes"


def free_folder(build: pathlib.Path) -> pathlib.Path:
    """``build/rehearsal``, emptied; with a number where another rehearsal runs in it."""
    for number in range(1, 100):
        folder = build / ("rehearsal" if number == 1 else f"rehearsal-{number}")
        if LabFolder(folder).running() is None:
            shutil.rmtree(folder, ignore_errors=True)
            return folder
    raise Stopped("a hundred rehearsals run in this checkout; stop some")


def main(arguments: list[str] | None = None) -> int:
    """Plays the rehearsal; exit code 0 when the seed is complete and every check held."""
    asked = parser().parse_args(arguments)
    story, started = Story(), time.monotonic()
    try:
        if asked.data:
            given.check(asked.data, asked.folder or Site.of_checkout().build)
        folder = asked.folder or free_folder(Site.of_checkout().build)
        play(story, folder, asked.data, asked.engine)
    except (Stopped, NotExplained, ControlError, LabError, LabFolderError, given.Unfit, OSError) as error:
        story.failure(str(error))
        return 1
    except KeyboardInterrupt:
        story.failure("interrupted")
        return 130
    story.tell(f"\nThe rehearsal took {time.monotonic() - started:.0f} s. Logs of every run: {folder / 'controller' / 'logs'}", "bold")
    return 0


def play(story: Story, folder: pathlib.Path, data: pathlib.Path | None, engine: str, variables: dict[str, Any] | None = None) -> None:
    """The rehearsal of one seed; *variables* are the user's own beside those that the steps ask for, None for one that is left out."""
    story.heading("offlineseed.azure: the rehearsal of one seed")
    source = data or write_sample(folder)
    files, size = sample.measure(source)
    sums = sample.fingerprints(source)
    with story.waiting("the lab starts") as waiting:
        lab = Lab.start(folder, engine=engine, data=source)
    with lab:
        introduce(story, lab, files, size, waiting.seconds, is_sample=data is None)
        rehearsal = Rehearsal(lab, story, sums)
        for name, value in (variables or {}).items():
            if value is None:
                rehearsal.person.leave_out(name)
            else:
                rehearsal.person.set(name, value)
        first = rehearsal.controller.command(rehearsal.began)
        story.tell(f"Every run is the same command: {' '.join(first[:4])} …\n")
        rehearsal.play()
        rehearsal.verify()


ENGINES = {"pwsh": "on a genuine PowerShell", "standins": "by stand-ins, without a PowerShell engine"}


def introduce(story: Story, lab: Lab, files: int, size: int, seconds: int, *, is_sample: bool) -> None:
    whose = " (a sample; make rehearsal DATA=/folder takes yours)" if is_sample else ""
    engine = lab.told["engine"]
    story.tell(f"Server {names.SOURCE} holds {files:,} files, {size / 1e6:.1f} MB{whose}.")
    story.tell("Its network line is too thin for a first full backup: the data go by drive. Azure Backup calls that offline seeding.")
    hosts = f"the Windows hosts {names.SOURCE} and {names.COPY_HOST} over WinRM"
    story.tell(f"The lab is up after {seconds} s: Azure (modelled), Azurite (real), {hosts},")
    story.tell(f"whose modules run {ENGINES.get(engine, engine)}. All of it lies in {lab.folder}")


def write_sample(folder: pathlib.Path) -> pathlib.Path:
    source = folder / "sample"
    sample.write(source)
    return source


def parser() -> argparse.ArgumentParser:
    told = argparse.ArgumentParser(prog="make rehearsal", description="One seed from a server into the vault, on this machine.")
    told.add_argument("--data", type=existing_folder, help="a folder whose files the server backs up (default: a sample of 100 MB)")
    told.add_argument("--folder", type=pathlib.Path, help="where the lab keeps everything (default: build/rehearsal)")
    told.add_argument("--engine", choices=("auto", "pwsh", "standins"), default="auto", help="who runs the Windows modules")
    return told


def existing_folder(text: str) -> pathlib.Path:
    path = pathlib.Path(text).expanduser().resolve()
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is no folder")
    return path


if __name__ == "__main__":
    sys.exit(main())
