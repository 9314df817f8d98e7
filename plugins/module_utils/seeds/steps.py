# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of a seed that only a person can do, and those where there is only to wait: id, who, what to do, what to paste."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from . import drives_wanted
from .words import amount, listed, one_line

AGAIN = "Then run the playbook again."
LABEL = (
    "recipient_name",
    "street_address1",
    "street_address2",
    "city",
    "state_or_province",
    "postal_code",
    "country_or_region",
    "phone",
)


@dataclass(frozen=True)
class Step:
    """One step: *who* does it, *text* made of the step's data, *variables* to set (name → value to paste) made of them too."""

    id: str
    who: str
    text: Callable
    variables: Callable = lambda data: {}


def _drives(serials):
    return f"drive{'s' if len(serials) != 1 else ''} {listed(serials, most=10)}"


def _blank_drives(data):
    telling = data.get("largest") and data["largest"] * 4 > data["bytes"]
    biggest = f", one of them at least {amount(data['largest'])} for the biggest file," if telling else ""
    example = drives_wanted.examples(data.get("wanted"))
    return f"{data['minimum_drives']} or more blank SATA drives of together at least {amount(data['bytes'])}{biggest}{example}"


def _attach_drives(data):
    what = _drives(data["serials"]) if data.get("serials") else _blank_drives(data)
    text = f"Attach {what} to {data['copy_host']} (SATA, 512-byte sectors, no data on them, disk online). {AGAIN}"
    if data.get("not_usable"):
        text += f" Attached but not usable: {'; '.join(disk['why'].rstrip('.') for disk in data['not_usable'][:3])}."
    return text + drives_wanted.verdict(data.get("wanted"))


def _name_drives(data):
    names = listed([f"{drive['serial']} ({amount(drive['size'])})" for drive in data["proposed"]])
    text = f"Say which drives may be wiped: set seed_drives, for example to {names}. Read the serial off each drive's label first. {AGAIN}"
    if data["compare_serials"]:
        text += (
            f" {listed(data['compare_serials'])}: behind USB, RAID or SAS a serial may be hidden or invented, so compare it letter by"
            " letter."
        )
    return text + drives_wanted.verdict(data.get("wanted"))


def _give_letters(data):
    drives = listed([f"{drive['serial']} (disk {drive['number']}, {amount(drive['size'])})" for drive in data["drives"]], most=10)
    return (
        f"On {data['copy_host']} open Disk Management and give each of these drives one simple volume with a drive letter, over all of its"
        f" space: {drives}. Bring the disk online and initialise it as GPT if it is new. The tool of the agent takes drives by their letter"
        f" only. {AGAIN}"
    )


def _run_disk_prep(data):
    letters = listed([f"{drive['letter']} ({drive['serial']}, disk {drive['number']})" for drive in data["drives"]], most=10)
    return (
        f"{_so_far(data)}On {data['copy_host']}, at its own console, open an elevated PowerShell and run: {data['command_line']} The tool"
        f" lies in {data['folder']}. It formats, without asking what the drive is, the drive of the letter that you enter: enter no other"
        f" letters than {letters}. What it asks, and the answers, perhaps in another order: {'; '.join(data['asked'])}. When it says that"
        f" it made the import job, leave the drives attached and unlocked: the next run checks what stands on them. {AGAIN}"
    )


def _so_far(data):
    if not data["begun"]:
        return ""
    held = _drives(data["done"]) if data["done"] else "no drive"
    return (
        f"The tool has been started, has prepared {held}, and has made no import job yet. If it still runs, go on at its window. If it was"
        " closed, run it again: a run again prepares the drives anew. "
    )


def _offline_values(data):
    values = data["values"]
    return (
        f"On {data['host']} open Microsoft Azure Backup, Schedule Backup (or Change Schedule), page Choose Initial Backup Type, take "
        f"'Transfer using my own disks' and enter: Staging Location {values['staging_path']}; Azure Resource Manager Storage Account "
        f"{values['storage_account']}; Azure Storage Container {values['container']}; Azure Subscription ID {values['subscription_id']}; "
        f"Azure Import Job Name {values['import_job_name']}. Sign in when the wizard asks.{_back_up_now(data)} {AGAIN}"
    )


def _back_up_now(data):
    """Agents of today do not say what was entered; only the folder that a backup makes shows it."""
    if data.get("verified") != "none":
        return ""
    return (
        " This agent does not tell what was entered: press Back Up Now after it, and check the values before. The next run goes on once the"
        " backup has made its folder in the staging location."
    )


def _parcel(data):
    to = data["ship_to"]
    label = ", ".join(to[part] for part in LABEL if to.get(part))
    carriers = f" Carriers that the datacenter takes: {listed(to['carriers'])}." if to.get("carriers") else ""
    until = f" Do it before {data['due']}, else Azure deletes the job." if data.get("due") else ""
    return (
        f"Pack {_drives(data['serials'])} in one parcel (drives only, no cables, no"
        f" caddies) and send it with a tracking number to: {label}. Job {data['job']} on the label.{carriers} Set seed_parcel to carrier"
        f" and tracking number and run the playbook again.{until}"
    )


def _parcel_variables(data):
    """The carrier of the return, if the datacenter takes it from there too, else the first that it takes."""
    carriers = data["ship_to"].get("carriers") or []
    theirs = {carrier.lower(): carrier for carrier in carriers}
    proposed = theirs.get(str(data.get("return_carrier")).lower()) or next(iter(carriers), data.get("return_carrier") or "CARRIER")
    return {"seed_parcel": {"carrier": proposed, "tracking_number": "TRACKING_NUMBER"}}


def _findings(data):
    findings = data["findings"]
    lines = [f"{finding['id']}: {one_line(finding['seen'])}. {one_line(finding['cure'])}" for finding in findings[:4]]
    more = f" And {len(findings) - 4} more, see the result of seed_preflight." if len(findings) > 4 else ""
    return f"{' '.join(lines)}{more} {AGAIN}"


MOST_REPAIRS = 5


def _repair(data):
    """The smallest repair in words, the cheapest part first; the report names the rest."""
    told = data["repair"]
    rows = (
        ("copy inside the storage account", [f"{one['from']} to {one['to']}" for one in told["copies"]]),
        ("upload these ranges, or the whole file", [f"{one['path']} {_ranges(one['ranges'])}" for one in told["ranges"]]),
        ("upload again as a page blob", [f"{one['path']} ({one['bytes']} bytes; {one['why']})" for one in told["files"]]),
    )
    parts = [f"{what}: {'; '.join(those[:MOST_REPAIRS])}{_more(those)}" for what, those in rows if those]
    report = f" The whole list stands in {data['report']}." if data.get("report") else ""
    return (
        f"{_missed(data)} From the staging folder, which is kept: {'. Then '.join(parts)}.{report} {AGAIN} It reads back what was put"
        " right, and goes on once every object is proven."
    )


def _missed(data):
    return f"Import job {data['job']} left {data['unproven']} of {data['objects']} objects unproven."


def _ranges(ranges):
    shown = ", ".join(f"offset {one['offset']} length {one['length']}" for one in ranges[:MOST_REPAIRS])
    return f"({shown}{_more(ranges)})"


def _more(those):
    return f" and {len(those) - MOST_REPAIRS} more" if len(those) > MOST_REPAIRS else ""


def _ask_support(data):
    problems = "; ".join(one_line(one).rstrip(".") for one in data["problems"][:3])
    return (
        f"{_missed(data)} The copy logs have problems that no upload cures: {problems or 'see the report'}."
        f" Send this to Microsoft support: {one_line(data['support'])} {AGAIN}"
    )


def _answer(data):
    said = f" Azure says: {one_line(data['reason']).rstrip('.')}." if data["reason"] else ""
    return f"{one_line(data['text'])}{said} {AGAIN}"


STEPS = {
    step.id: step
    for step in (
        Step(
            "accept_undocumented",
            "operator",
            lambda data: (
                "Decide: this seed makes its import job outside of the agent's own tool. Microsoft documents the parts, not this way as a"
                f" whole, and an agent might not take up such a job. If you want that, set seed_accept_undocumented to true. {AGAIN}"
            ),
            lambda data: {"seed_accept_undocumented": True},
        ),
        Step("fix_findings", "operator", _findings),
        Step(
            "restart_copy_host",
            "copy host",
            lambda data: (
                f"BitLocker is installed on {data['copy_host']} and works after a restart only. Restart it when nobody works on it"
                f" (Restart-Computer, or shutdown /r /t 0); no playbook does. {AGAIN}"
            ),
        ),
        Step(
            "create_policy_in_wizard",
            "backup administrator",
            lambda data: (
                f"On {data['host']} open Microsoft Azure Backup and make a backup policy with Schedule Backup: the files to protect, the"
                " schedule, and on the page Choose Initial Backup Type 'Transfer using my own disks' with Staging Location"
                f" {data['values']['staging_path']}, Storage Account {data['values']['storage_account']}, Container"
                f" {data['values']['container']}, Subscription ID {data['values']['subscription_id']}, Import Job Name"
                f" {data['values']['import_job_name']}. {AGAIN}"
            ),
        ),
        Step("enter_offline_values", "backup administrator", _offline_values),
        Step("attach_drives", "copy host", _attach_drives),
        Step(
            "name_drives",
            "operator",
            _name_drives,
            lambda data: {"seed_drives": [{"serial": drive["serial"], "size": drive["size"]} for drive in data["proposed"]]},
        ),
        Step("give_drive_letters", "copy host", _give_letters),
        Step("run_disk_prep", "backup administrator", _run_disk_prep),
        Step("fix_drives", "copy host", lambda data: f"{' '.join(one_line(drive['why']) for drive in data['drives'][:3])} {AGAIN}"),
        Step("hand_over_parcel", "shipping", _parcel, _parcel_variables),
        Step(
            "ask_inbound_id",
            "shipping",
            lambda data: (
                f"The datacenter of job {data['job']} gives no address without an inbound id: write to adbops@microsoft.com, name the job"
                f" and the number of drives ({len(data['serials'])}), and send the parcel as they answer. Then set seed_parcel and run the"
                " playbook again."
            ),
            lambda data: {"seed_parcel": {"carrier": "CARRIER", "tracking_number": "TRACKING_NUMBER"}},
        ),
        Step("answer_datacenter", "operator", _answer),
        Step("repair_import", "operator", _repair),
        Step("ask_import_support", "operator", _ask_support),
        Step("fix_error", "operator", lambda data: f"{one_line(data['cure'])} {AGAIN}"),
        Step("make_host_reachable", "operator", lambda data: f"{one_line(data['cure'])} {AGAIN}"),
        Step(
            "resolve_conflict", "operator", lambda data: f"Nothing is changed until this is settled. Ways out: {' '.join(data['ways_out'])}"
        ),
        Step(
            "run_playbook",
            "operator",
            lambda data: f"Run the playbook: it goes on with phase {data['phase']}.{drives_wanted.verdict(data.get('wanted'))}",
        ),
        Step(
            "wait_for_backup",
            "nobody",
            lambda data: f"The initial backup is being written on {data['host']}{data['progress']}. Run the playbook again later.",
        ),
        Step(
            "wait_for_copying",
            "nobody",
            lambda data: (
                f"The drives are being filled on {data['copy_host']}: {amount(data['done'])} of {amount(data['total'])}. Run the playbook"
                " again later."
            ),
        ),
        Step("wait_for_datacenter", "nobody", lambda data: f"{data['what']}. Run the playbook again in a day or two."),
        Step(
            "wait_for_vault_copy",
            "nobody",
            lambda data: f"All data are in the container; {data['agent']}. {data['how']} Run the playbook after that.",
        ),
        Step(
            "wait_for_increment",
            "nobody",
            lambda data: (
                f"The seed stands in the vault, container and staging are cleaned; {data['agent']}. {data['how']} The record is closed once"
                " an increment has run. Run the playbook after that."
            ),
        ),
    )
}


def step(step_id, **data):
    """The step as a summary tells it: ``{id, who, text, variables, data}``."""
    found = STEPS[step_id]
    return {"id": step_id, "who": found.who, "text": found.text(data), "variables": found.variables(data), "data": data}
