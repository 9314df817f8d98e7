# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the record and Azure cannot both be right: nothing is changed then, both sides are said, and the ways out."""

from __future__ import annotations

from dataclasses import dataclass

SEED_TAG = "offlineseed"
RECORD_TAG = "offlineseed_record"


@dataclass(frozen=True)
class Conflict:
    """What the *record* says, what was *seen* in Azure, and the *ways_out* (sentences)."""

    record: str
    seen: str
    ways_out: tuple

    def as_error(self):
        return {"what": self.record, "seen": self.seen, "cure": " ".join(self.ways_out)}


def tags(seed, head):
    """Tags that an import job carries so that it can be told to be this seed's."""
    return {SEED_TAG: seed, **({RECORD_TAG: head} if head else {})}


def find(record, job, hashes):
    """Conflict between the *record* and the *job* that Azure answered with (None: there is none), or None.

    *hashes* are those of all events in the record: a job that carries one of them was made by this record, even if the run
    was killed before it could say so.
    """
    for rule in RULES:
        found = rule(record, job, hashes)
        if found:
            return found
    return None


def _job_is_gone(record, job, hashes):
    known = record["job"]
    if not known or job or record["landed"]:
        return None
    return Conflict(
        f"The record says that import job {known['name']} was made ({known.get('created_at') or known['at']}; {known['id']})"
        + (f" and its parcel sent with {record['parcel']['carrier']} {record['parcel']['tracking_number']}." if record["parcel"] else "."),
        "Azure has no such job: it was deleted, moved to another resource group, or the credentials look at another subscription.",
        (
            "If it was moved or you look in the wrong place: set seed_subscription_id and seed_resource_group to where it is.",
            (
                "If it is gone for good and the parcel is not on its way: append the event job_forgotten with seed_record "
                f"(data: name {known['name']}, why), and the next run makes a new job for the same drives."
            ),
            "If the parcel is on its way: ask Microsoft support with the tracking number before anything else.",
        ),
    )


def _job_is_not_ours(record, job, hashes):
    if record["job"] or not job:
        return None
    tagged = (job.get("tags") or {}).get(SEED_TAG)
    made_by = (job.get("tags") or {}).get(RECORD_TAG)
    if tagged == record["seed"] and made_by in hashes:
        return None
    whose = (
        f"it is tagged for seed {tagged}"
        if tagged and tagged != record["seed"]
        else "it is tagged for this seed, but by a record that is not the one here" if tagged else "it carries no tag of this collection"
    )
    return Conflict(
        f"The record of seed {record['seed']} knows of no import job.",
        f"Azure has a job of that name ({job.get('id')}, {job.get('service_state') or job.get('stage')}); {whose}.",
        (
            "If another record made it: put the right folder back into seed_state_dir.",
            (
                "If somebody else made it: set seed_job_name to a free name (and enter that name in the agent's wizard), or have that job"
                " cancelled and deleted."
            ),
        ),
    )


def _another_job(record, job, hashes):
    known = record["job"]
    if not known or not job or record["landed"] or not job.get("id") or str(job["id"]).lower() == str(known["id"]).lower():
        return None
    return Conflict(
        f"The record says that the import job is {known['id']}.",
        f"Azure answered with {job['id']}.",
        ("Set seed_subscription_id, seed_resource_group and seed_job_name back to those of the job in the record.",),
    )


def _went_on_elsewhere(record, job, hashes):
    """The head that the job was tagged with is a line of the record that tagged it: where this one lacks it, it is older, or a branch."""
    known, tags = record["job"], (job or {}).get("tags") or {}
    if not known or record["landed"] or tags.get(SEED_TAG) != record["seed"] or tags.get(RECORD_TAG) in (None, "", *hashes):
        return None
    return Conflict(
        f"The record of seed {record['seed']} has no event {tags[RECORD_TAG]}.",
        f"Azure's job {job.get('name')} was last changed by a record of this seed that has it: it went on in another place.",
        (
            "Put the folder that has this event into seed_state_dir (verify_record.py --hash finds it), or name its store in seed_store.",
            "Let one controller work on a seed, or have all of them name the same seed_store.",
        ),
    )


def _parcel_unknown(record, job, hashes):
    if not record["parcel"] or not job or job.get("stage") != "creating" or (job.get("inbound") or {}).get("tracking_number"):
        return None
    return Conflict(
        f"The record says that the parcel was sent with {record['parcel']['carrier']} {record['parcel']['tracking_number']}.",
        f"Azure's job {job.get('name')} still waits for a tracking number: it was made anew, or the entry was lost.",
        (
            (
                "Enter carrier and tracking number in the job with the module shipping_update, or in the portal, before the two weeks are"
                " over."
            ),
            "If the job was made anew by somebody else, its drives must be those of the record: compare the serials.",
        ),
    )


def _job_canceled(record, job, hashes):
    if not record["job"] or not job or job.get("stage") != "canceled" or record["landed"]:
        return None
    return Conflict(
        f"The record says that import job {record['job']['name']} was made for this seed.",
        "Azure says that the job was cancelled.",
        (
            (
                "If the drives are still here: delete the job in Azure, append the event job_forgotten with seed_record "
                f"(data: name {record['job']['name']}, why), and the next run makes a new job for the same drives."
            ),
            "If the drives are on their way: wait until they are back, then do the same.",
        ),
    )


RULES = (_job_is_gone, _job_is_not_ours, _another_job, _went_on_elsewhere, _job_canceled, _parcel_unknown)
