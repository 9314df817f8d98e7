# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a seed stands: one phase, one state, what is proven, which clocks run, and what is next.

``judge`` is told everything: the replayed record, what was observed in this run (missing keys: not looked at), the inputs that a step's
text needs, an error if there was one, and the time. Observations: ``findings`` (blocking ones of seed_preflight), ``offline``
(win_offline_backup), ``agent`` (win_initial_backup), ``source`` (win_backup_agent_info), ``disks`` (of win_disk_info), ``prep``
(win_disk_prep), ``jobs`` (of import_job_info), ``ship_to``, ``vault`` (recovery_vault_info), ``again_at``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from .. import times
from ..agent import states as agent_states
from . import clocks, conflict, proof
from .case import SOON, Verdict
from .drive_steps import for_prepare
from .rules.controller import CONSENT
from .rules.copy_host import RESTART
from .steps import step
from .words import STATES, amount, one_line

STATE_NAMES = tuple(STATES)
TOMORROW = timedelta(days=1)


def judge(case):
    """Entry of the summary for one seed: ``{seed, phase, state, proven, clocks, next, again_at, error, still_to_do}``."""
    verdict = _verdict(case)
    seen = {"stage": (case.job or {}).get("stage"), "source": case.observations.get("source")}
    return {
        "seed": case.seed,
        "phase": case.phase,
        "state": verdict.state,
        "proven": case.record["proven"],
        "clocks": clocks.read(case.record, seen, case.inputs, case.now),
        "next": verdict.next,
        "again_at": verdict.again_at,
        "error": verdict.error,
        "still_to_do": (case.record["completed"] or {}).get("still_to_do") or [],
    }


def _verdict(case):
    if case.record["completed"] is not None and not case.error:
        return Verdict("complete", None)
    found = conflict.find(case.record, case.job, case.hashes) if "jobs" in case.observations and not case.error else None
    if found:
        return Verdict("conflict", step("resolve_conflict", ways_out=list(found.ways_out)), error=found.as_error())
    if case.error:
        return _after_error(case.error)
    return PHASES[case.phase](case) or Verdict("waiting_for_person", step("run_playbook", phase=case.phase))


def _after_error(error):
    error = {key: error.get(key) or "" for key in ("what", "seen", "cure")} | ({"kind": error["kind"]} if error.get("kind") else {})
    kind = error.pop("kind", "failed")
    cure = error["cure"] or f"See the message of the task that failed: {error['seen']}"
    if kind == "conflict":
        return Verdict("conflict", step("resolve_conflict", ways_out=[cure]), error=error)
    if kind == "unreachable":
        return Verdict("unreachable", step("make_host_reachable", cure=cure), error=error)
    return Verdict("failed", step("fix_error", cure=cure), error=error)


def _failed(what, seen, cure):
    return _after_error({"what": what, "seen": seen, "cure": cure})


def _preflight(case):
    findings = case.observations.get("findings") or []
    ids = {finding["id"] for finding in findings}
    others = [finding for finding in findings if finding["id"] not in (CONSENT, RESTART)]
    if others:
        return Verdict("waiting_for_person", step("fix_findings", findings=others))
    if RESTART in ids:
        return Verdict("waiting_for_person", step("restart_copy_host", copy_host=case.inputs.get("seed_copy_host") or case.host))
    if CONSENT in ids:
        return Verdict("waiting_for_person", step("accept_undocumented"))
    return None


def _stage(case):
    offline = case.observations.get("offline") or {}
    if offline.get("state") in ("needs_policy", "needs_wizard"):
        name = "create_policy_in_wizard" if offline["state"] == "needs_policy" else "enter_offline_values"
        return Verdict("waiting_for_person", step(name, host=case.host, values=_offline_values(case), verified=offline.get("verified")))
    if not case.observations.get("agent"):
        return None
    backup = case.observations["agent"]
    meaning = agent_states.meaning(backup.get("seed_state"))
    if not meaning.well:
        return _agent_failed(case, backup, meaning)
    if meaning.seed_state in ("completed", "completed_with_warning"):
        return _failed(
            f"Initial backup of {case.host}",
            "the agent finished it without waiting for an import job: it went over the network, not to the staging folder",
            "The data are in the vault already and need no drives. If you still want a seed, stop the protection in the agent, and make a"
            " policy whose initial backup is offline.",
        )
    if meaning.seed_state in ("running", "unknown"):
        return Verdict("working", step("wait_for_backup", host=case.host, progress=_progress(backup)), case.again(SOON))
    return None


def _agent_failed(case, backup, meaning):
    job = backup.get("job") or {}
    return _failed(
        f"Backup on {case.host}",
        one_line(f"{meaning.text} {backup.get('message') or ''} (error code {job.get('error_code')})"),
        "Mend what the agent names in its console on that host; the next run starts the backup again.",
    )


def _offline_values(case):
    keys = ("staging_path", "storage_account", "container", "subscription_id", "import_job_name")
    wanted = (case.observations.get("offline") or {}).get("wanted") or {}
    given = {"import_job_name": case.inputs.get("seed_job_name") or case.seed}
    return {key: wanted.get(key) or given.get(key) or case.inputs.get(f"seed_{key}") for key in keys}


def _progress(backup):
    job = backup.get("job") or {}
    return (
        f" ({amount(job['bytes_changed'])} of {amount(job['bytes_total'])})" if job.get("bytes_total") and job.get("bytes_changed") else ""
    )


def _ship(case):
    job = case.record["job"]
    if job is None:
        return None
    given = (case.inputs.get("seed_parcel") or {}).get("tracking_number")
    if given:
        return None
    ship_to = case.observations.get("ship_to") or (case.job or {}).get("ship_to") or _kept(case.record["ship_to"])
    if ship_to is None:
        return None
    parcel = {
        "job": job["name"],
        "serials": sorted(case.record["drives"]),
        "ship_to": ship_to,
        "return_carrier": ((case.job or {}).get("return_shipping") or {}).get("carrier"),
        "due": next((face["act_by"] for face in clocks.read(case.record, {}, case.inputs, case.now) if face["id"] == "tracking"), None),
    }
    return Verdict("waiting_for_person", step("hand_over_parcel" if ship_to.get("street_address1") else "ask_inbound_id", **parcel))


def _kept(ship_to):
    return {key: value for key, value in ship_to.items() if key != "at"} if ship_to else None


DATACENTER = {
    "creating": "Azure has not taken note of the parcel yet",
    "shipped": "The parcel is on its way to the datacenter, or lies there unopened",
    "received": "The datacenter has the drives; copying has not begun yet",
    "copying": "The datacenter is copying the drives into the container",
    "returning": "The data are copied; the datacenter is sending the drives back",
    "unknown": "Azure answers with a state that is not known here",
}


def _track(case):
    if case.record["landed"] is None:
        return _on_its_way(case)
    if proof.of_vault(case.record, case.observations):
        return None
    return _vault_copy(case)


def _on_its_way(case):
    job = case.job
    if job is None or job.get("terminal") or job.get("stage") in OVER:
        return _unproven(case) if case.record["verified"] else None
    asked = job.get("customer_action")
    if asked:
        return Verdict("waiting_for_person", step("answer_datacenter", job=job.get("name"), **asked))
    what = DATACENTER.get(job.get("stage"), DATACENTER["unknown"])
    if job.get("percent"):
        what += f" ({job['percent']} %)"
    return Verdict("waiting_for_azure", step("wait_for_datacenter", what=what, stage=job.get("stage")), case.again(TOMORROW))


OVER = frozenset({"completed", "completed_with_errors"})


def _unproven(case):
    """What the copy logs leave open, with the smallest repair; None where they prove enough to go on."""
    verified = case.record["verified"]
    if proof.landed_well(case.record):
        return None
    if verified is None:
        return _failed(
            f"Seed {case.seed}",
            "the record says that the data landed, but not that they were verified",
            "Verify them with import_evidence and import_verify, and append the event verified with seed_record. Nothing is removed"
            " before.",
        )
    counts = {word: number for word, number in (verified.get("counts") or {}).items() if number and word != "extra"}
    unproven = {word: number for word, number in counts.items() if word not in proof.LANDED_WELL}
    repair, problems = verified.get("repair") or {}, verified.get("problems") or []
    data = {
        "job": (case.record["job"] or {}).get("name") or case.seed,
        "objects": sum(counts.values()),
        "unproven": sum(unproven.values()),
        "repair": {part: repair.get(part) or [] for part in ("copies", "ranges", "files")},
        "report": verified.get("report"),
        "problems": problems,
        "support": repair.get("support") or "Which of the objects were written whole, and by which checksum was that checked?",
    }
    next_step = step("repair_import" if any(data["repair"].values()) else "ask_import_support", **data)
    words = ", ".join(f"{number} {word}" for word, number in sorted(unproven.items())) or "the copy logs have problems"
    seen = f"{words} of {data['objects']} objects; nothing is removed from container and staging"
    return Verdict("failed", next_step, error={"what": f"Import job {data['job']}", "seen": seen, "cure": next_step["text"]})


def _vault_copy(case):
    backup = case.observations.get("agent")
    if not backup:
        return None
    meaning = agent_states.meaning(backup.get("seed_state"))
    if not meaning.well:
        return _agent_failed(case, backup, meaning)
    return _waits_for_backup(case, meaning, "wait_for_vault_copy", COPY)


@dataclass(frozen=True)
class Wait:
    """Words for a backup that is waited for: while it *runs*, when it is *planned* (with the time), and where no *time* is known."""

    runs: str
    planned: str
    untold: str


COPY = Wait(
    "The vault copy is running.",
    "The next scheduled backup ({}) copies them to the vault.",
    "The next scheduled backup copies them to the vault; seed_start_vault_copy starts one.",
)
INCREMENT = Wait(
    "A backup is running.",
    "The next scheduled backup ({}) is the first increment.",
    "The next scheduled backup is the first increment; the agent does not say when it is.",
)


def _waits_for_backup(case, meaning, step_id, words):
    task = ((case.observations.get("source") or {}).get("agent") or {}).get("scheduled_task") or {}
    next_run = times.parse(task["next_run"], "next_run") if task.get("next_run") else None
    running = meaning.seed_state == "running"
    how = words.runs if running else words.planned.format(times.iso(next_run)) if next_run else words.untold
    again = case.again(SOON if running else max(SOON, next_run - case.now + SOON) if next_run else TOMORROW)
    agent = f"the agent on {case.host} says: {meaning.text}"
    return Verdict("working" if running else "waiting_for_azure", step(step_id, agent=agent, how=how), again)


def _complete(case):
    """Nothing is cleaned while anything is unproven; what is cleaned waits for the first increment."""
    cleaned = case.record["cleaned"] or {}
    backup = case.observations.get("agent")
    if not {"blobs", "staging"} <= set(cleaned):
        return _unproven(case)
    if case.record["increment"] is not None or not backup or proof.of_increment(case.record, case.observations):
        return None
    meaning = agent_states.meaning(backup.get("seed_state"))
    return _waits_for_backup(case, meaning, "wait_for_increment", INCREMENT) if meaning.well else _agent_failed(case, backup, meaning)


PHASES = {
    "preflight": _preflight,
    "target": lambda case: None,
    "stage": _stage,
    "prepare": for_prepare,
    "ship": _ship,
    "track": _track,
    "complete": _complete,
}
