# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The people of a rehearsal: each human step of the product, done with exactly what the step says and nothing else."""

from __future__ import annotations

import pathlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml

MIB = 1024 * 1024
SMALLEST_DRIVE = 192 * MIB  # no drive is smaller than what Windows needs for a GPT partition
SMALLEST_OF_MANY = 64 * MIB  # where the data are to be spread over several, so that none holds them all
SHORTEST_TEXT = 30  # characters; less is no explanation


class NotExplained(Exception):
    """A step that cannot be acted on with what it says."""


@dataclass(frozen=True)
class Step:
    """``next`` of a summary. Reading something that is not there raises NotExplained."""

    id: str
    who: str
    text: str
    variables: dict[str, Any]
    data: dict[str, Any]

    @classmethod
    def of(cls, told: dict[str, Any]) -> Step:
        missing = [part for part in ("id", "who", "text", "variables", "data") if part not in told]
        if missing:
            raise NotExplained(f"the summary's next step has no {', '.join(missing)}: {told}")
        step = cls(told["id"], told["who"], told["text"], told["variables"], told["data"])
        if len(step.text) < SHORTEST_TEXT:
            raise NotExplained(f"step {step.id} does not explain itself: {step.text!r}")
        return step

    def says(self, *path: str) -> Any:
        """A value of `data`."""
        found: Any = self.data
        for part in path:
            if not isinstance(found, dict) or found.get(part) in (None, "", []):
                raise NotExplained(f"step {self.id} does not say {'.'.join(path)}")
            found = found[part]
        return found

    def spells(self, value: str) -> str:
        """A value that a person reads in the text."""
        if value not in self.text:
            raise NotExplained(f"step {self.id} wants {value!r}, but its text does not name it: {self.text}")
        return value

    def variable(self, name: str) -> Any:
        """The value to paste for a variable."""
        if name not in self.variables or name not in self.text:
            raise NotExplained(f"step {self.id} does not say what to set {name} to")
        return self.variables[name]


@dataclass
class Person:
    """Hands (`control`), and the file of answers that belongs to the user."""

    control: Any
    answers: pathlib.Path
    drives: dict[str, int] = field(default_factory=dict)  # serials that this person attached, with their size
    spread: int = 1  # brings the bytes that are asked for on so many drives

    def act(self, told: dict[str, Any]) -> str:
        """Does the step; answers what was done, in a sentence. Raises NotExplained for a step that is unknown or says too little."""
        step = Step.of(told)
        if step.id not in STEPS:
            raise NotExplained(f"step {step.id} is none that a person of this rehearsal knows: {step.text}")
        return STEPS[step.id](self, step)

    def set(self, name: str, value: Any) -> None:
        """Sets a variable of the seed in the user's own file."""
        known = yaml.safe_load(self.answers.read_text()) if self.answers.exists() else {}
        self.answers.parent.mkdir(parents=True, exist_ok=True)
        self.answers.write_text("---\n" + yaml.safe_dump({**known, name: value}, sort_keys=False))

    def leave_out(self, name: str) -> None:
        """This user does not give a variable that the lab has given."""
        given = self.answers.with_name("seed.yml")
        known = yaml.safe_load(given.read_text())
        known.pop(name, None)
        given.write_text("---\n" + yaml.safe_dump(known, sort_keys=False, allow_unicode=True))


def accept_undocumented(person: Person, step: Step) -> str:
    person.set("seed_accept_undocumented", step.variable("seed_accept_undocumented"))
    return "set seed_accept_undocumented: true"


def enter_offline_values(person: Person, step: Step) -> str:
    host, values = step.says("host"), step.says("values")
    names = ("staging_path", "storage_account", "container", "subscription_id", "import_job_name")
    entered = {name: step.spells(step.says("values", name)) for name in names}
    if set(values) != set(names):
        raise NotExplained(f"step {step.id} has values that the wizard does not ask for: {sorted(set(values) - set(names))}")
    person.control.wizard(host=host, values=entered)
    if "Back Up Now" in step.text:
        person.control.back_up_now(host=host)
    return f"entered the five values in the wizard on {host}: {', '.join(entered.values())}"


def create_policy_in_wizard(person: Person, step: Step) -> str:
    person.control.create_policy(host=step.says("host"))
    return enter_offline_values(person, step)


def restart_copy_host(person: Person, step: Step) -> str:
    host = step.spells(step.says("copy_host"))
    person.control.reboot(host=host)
    return f"restarted {host}"


def attach_drives(person: Person, step: Step) -> str:
    """Drives of the size that is asked for, and a little more, or the drives that are asked for by name."""
    host = step.says("copy_host")
    step.spells(host)
    for serial in step.data.get("serials") or new_serials(person, max(step.says("minimum_drives"), person.spread)):
        size = person.drives.get(serial) or size_of_one(step, person.spread)
        person.control.attach(host=host, serial=serial, size=size)
        person.drives[serial] = size
    return f"attached to {host}: " + ", ".join(f"{serial} ({size / 1e6:.0f} MB)" for serial, size in person.drives.items())


def size_of_one(step: Step, spread: int) -> int:
    """Bytes of one drive: all of what is asked for and a tenth more, or the share of one of several, with room for what is left over."""
    more, least = (1.1, SMALLEST_DRIVE) if spread == 1 else (1.3, SMALLEST_OF_MANY)
    return max(least, step.data.get("largest") or 0, -(-int(step.says("bytes") * more / spread) // MIB) * MIB)


def new_serials(person: Person, count: int) -> list[str]:
    return [f"WD-SEED{len(person.drives) + number:04d}" for number in range(1, count + 1)]


def name_drives(person: Person, step: Step) -> str:
    """Compares what the product proposes with the labels on the drives, then pastes it."""
    drives = step.variable("seed_drives")
    foreign = [drive["serial"] for drive in drives if drive["serial"] not in person.drives]
    if foreign:
        raise NotExplained(f"step {step.id} proposes to wipe {foreign}, which nobody attached for this seed")
    person.set("seed_drives", drives)
    return "read the labels, pasted seed_drives: " + ", ".join(drive["serial"] for drive in drives)


def give_drive_letters(person: Person, step: Step) -> str:
    """One simple volume over each drive, in Disk Management."""
    host = step.spells(step.says("copy_host"))
    serials = [step.spells(drive["serial"]) for drive in step.says("drives")]
    letters = [person.control.give_letter(serial=serial, host=host)["letter"] for serial in serials]
    return f"gave letters on {host}: " + ", ".join(f"{serial} {letter}" for serial, letter in zip(serials, letters, strict=True))


def run_disk_prep(person: Person, step: Step) -> str:
    """Pastes the command line into an elevated prompt and answers what the tool asks, with these answers and no others."""
    host, command_line = step.spells(step.says("copy_host")), step.spells(step.says("command_line"))
    answers = [{"prompt": answer["prompt"], "answer": answer["answer"]} for answer in step.says("answers")]
    told = person.control.run_disk_prep(command_line=command_line, answers=answers, host=host)
    return f"ran the agent's tool on {host}: {', '.join(drive['serial'] for drive in told['drives'])}, import job {told['job']}"


def repair_import(person: Person, step: Step) -> str:
    """Copies and uploads what the step lists, blob by blob; a blob of which ranges are wrong is uploaded as a whole."""
    told = step.says("repair")
    copies = told["copies"]
    for one in copies:
        person.control.copy_blob(source=step.spells(one["from"]), target=step.spells(one["to"]))
    uploads = [step.spells(one["path"]) for one in (*told["ranges"], *told["files"])]
    if not copies and not uploads:
        raise NotExplained(f"step {step.id} does not say what to repair: {step.text}")
    for path in uploads:
        person.control.upload(path=path)
    return f"copied {len(copies)} blobs inside the account, uploaded {len(uploads)} again: {', '.join(uploads) or 'none'}"


def hand_over_parcel(person: Person, step: Step) -> str:
    """Packs the named drives, addresses the parcel, notes the tracking number."""
    serials, address = step.says("serials"), step.says("ship_to")
    label = [step.spells(step.says("ship_to", part)) for part in ("street_address1", "city", "postal_code", "country_or_region")]
    step.spells(step.says("job"))
    for serial in serials:
        step.spells(serial)
    parcel = {**step.variable("seed_parcel"), "tracking_number": "1Z999AA10123456784"}
    if address.get("carriers") and parcel["carrier"] not in address["carriers"]:
        raise NotExplained(f"step {step.id} proposes the carrier {parcel['carrier']}, the datacenter takes {address['carriers']}")
    person.control.ship(serials=serials, **parcel)
    person.set("seed_parcel", parcel)
    return f"sent {', '.join(serials)} by {parcel['carrier']} to {', '.join(label)}; set seed_parcel"


def run_again(person: Person, step: Step) -> str:
    return "ran the playbook again"


STEPS: dict[str, Callable[[Person, Step], str]] = {
    "accept_undocumented": accept_undocumented,
    "create_policy_in_wizard": create_policy_in_wizard,
    "enter_offline_values": enter_offline_values,
    "restart_copy_host": restart_copy_host,
    "attach_drives": attach_drives,
    "name_drives": name_drives,
    "give_drive_letters": give_drive_letters,
    "run_disk_prep": run_disk_prep,
    "hand_over_parcel": hand_over_parcel,
    "repair_import": repair_import,
    "run_playbook": run_again,
}
