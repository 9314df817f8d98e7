# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guard on the real engine: over generated hosts, and one by one for what it must say."""

from __future__ import annotations

import json
import os
import random
import subprocess
from pathlib import Path

import pytest

from lab.standins import drive_guard

from . import drive_tables as tables

pytestmark = pytest.mark.engine

HERE = Path(__file__).resolve().parent
GUARD = HERE.parents[1] / "plugins" / "module_utils" / "_DriveGuard.psm1"
MAY_BE_WIPED = {"blank", "wipeable", "reopen"}
CURED_FIRST = {"offline", "read_only", "unmounted"}  # by begin, which then asks again
HOSTS = int(os.environ.get("OFFLINESEED_GUARD_HOSTS", "3000"))


@pytest.fixture(scope="module")
def ask(pwsh, tmp_path_factory):
    """Answers of the guard to a list of questions, in one process."""

    def answers(questions):
        folder = tmp_path_factory.mktemp("guard")
        (folder / "in").write_text("".join(json.dumps(question) + "\n" for question in questions))
        command = [
            pwsh,
            "-NoProfile",
            "-File",
            HERE / "drive_guard.ps1",
            "-Guard",
            GUARD,
            "-Questions",
            folder / "in",
            "-Answers",
            folder / "out",
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "TERM": "dumb"})
        assert done.returncode == 0, done.stdout + done.stderr
        return [json.loads(line) for line in (folder / "out").read_text().splitlines()]

    return answers


@pytest.fixture(scope="module")
def judged(ask):
    """Generated hosts with the guard's answers; the generator's seed is fixed, so that a failure can be repeated."""
    dice = random.Random(20260102)
    questions = [tables.question(dice) for _unused in range(HOSTS)]
    return list(zip(questions, ask(questions), strict=True))


def test_no_disk_may_be_wiped_that_consent_plan_and_guard_do_not_all_name(judged):
    for question, answer in judged:
        if answer["standing"] in MAY_BE_WIPED and not answer["reasons"]:
            drive = next(d for d in question["drives"] if d["number"] == answer["number"])
            assert not tables.forbidden(question["drives"], drive, question["wanted"]), (question, answer)


def test_what_is_to_be_cured_first_is_nothing_but_offline_read_only_or_not_mounted(judged):
    pending = [answer for _unused, answer in judged if answer["standing"] in MAY_BE_WIPED and answer["reasons"]]
    assert pending and all({reason["id"] for reason in answer["reasons"]} <= CURED_FIRST for answer in pending)


def test_what_nothing_speaks_against_may_be_wiped(judged):
    checked = 0
    for question, answer in judged:
        asked = question["wanted"]
        found = [d for d in question["drives"] if d["serial"] == asked["serial"]]
        locked = (
            any(v["encryption"] and v["encryption"]["lock"] == "locked" for d in found for v in d["volumes"]) and not asked["key_refused"]
        )
        if len(found) != 1 or locked or answer["standing"] == "ours" or tables.forbidden(question["drives"], found[0], asked):
            continue
        checked += 1
        assert answer["standing"] in MAY_BE_WIPED, (question, answer)
    assert checked > HOSTS // 20


def test_a_drive_of_this_seed_and_plan_is_never_wiped_whatever_consent_says(judged):
    ours = [(q, a) for q, a in judged for d in q["drives"] if d["number"] == a["number"] and _both_papers(d, q["wanted"])]
    assert ours and all(a["standing"] in ("ours", "refused", "locked", "prepared") for _unused, a in ours)


def test_only_what_could_be_wiped_without_a_word_is_offered(judged):
    for question, answer in judged:
        for drive in question["drives"]:
            if drive["number"] in answer["offered"]:
                asked = tables.wanted(
                    serial=drive["serial"], size=drive["size"], planned_serial=drive["serial"], planned_size=drive["size"]
                )
                assert not tables.forbidden(question["drives"], drive, asked) and not drive["claim"] and not drive["offline"], (
                    drive,
                    answer,
                )


def test_the_stand_in_of_the_lab_judges_as_the_guard_does(judged):
    for question, answer in judged:
        told = drive_guard.standing_of(question["drives"], question["wanted"])
        assert told["standing"] == answer["standing"], (question, answer)
        assert [{"id": one["id"], "text": one["text"]} for one in told["reasons"]] == answer["reasons"], question


def test_every_refusal_names_the_disk_and_what_was_seen(judged):
    for _unused, answer in judged:
        if answer["standing"] == "refused":
            assert answer["reasons"]
            assert all(reason["text"].startswith(f"disk {answer['number']}, serial '") for reason in answer["reasons"]), answer


def _both_papers(drive, asked):
    names = {"v": 1, "seed": asked["seed"], "serial": asked["serial"], "plan_hash": asked["plan_hash"]}
    for volume in drive["volumes"]:
        inside = volume["content"] or {}
        papers = [inside.get("marker"), inside.get("journal")]
        if all(paper and {key: paper[key] for key in names} == names for paper in papers):
            return True
    return False


LOCKED = [tables.volume(lock="locked", protectors=(tables.OURS,))]
DATA = {"partition_style": "GPT", "partitions": [tables.partition()]}
OPEN_PAPERS = [tables.volume("OFFLINESEED", tables.content(tables.paper(), tables.paper(), empty=False), "unlocked")]
FRESH = [tables.volume("OFFLINESEED", tables.content())]

# what the drive is, what consent and record say → standing, first reason, words of its text
CASES = {
    "new drive": ({}, {}, "blank", None, ""),
    "new drive behind a SAS controller": ({"bus_number": 10}, {}, "blank", None, ""),
    "fresh GPT": ({"partition_style": "GPT", "partitions": [tables.partition(tables.RESERVED)]}, {}, "blank", None, ""),
    "one sector smaller": ({"size": tables.SIZE - 512}, {}, "refused", "wrong_size", "4000787029504 bytes, seed_drives says 4000787030016"),
    "somebody's data": (DATA, {}, "refused", "not_empty", "wipe: true"),
    "somebody's data with wipe": (DATA, {"wipe": True}, "wipeable", None, ""),
    "system disk with wipe": ({**DATA, "system": True}, {"wipe": True}, "refused", "system", "name another drive"),
    "removable with wipe": ({"removable": True}, {"wipe": True}, "refused", "removable", "internal SATA"),
    "USB with wipe": ({"bus_number": 7, "bus": "USB"}, {"wipe": True}, "refused", "wrong_bus", "attached by USB"),
    "share with wipe": ({**DATA, "shares": ["staging"]}, {"wipe": True}, "refused", "shared", "staging"),
    "offline by policy": ({"offline": True, "offline_reason": 1}, {}, "blank", "offline", "Set-Disk -Number 5 -IsOffline $false"),
    "offline by collision": ({"offline": True, "offline_reason": 4}, {"wipe": True}, "refused", "offline_for_cause", "collision"),
    "offline with data": ({**DATA, "offline": True}, {}, "refused", "offline", ""),
    "4K native": ({"logical_sector_size": 4096}, {}, "refused", "sector_size", "512e"),
    "claimed by another seed": ({"claim": tables.claim("srv2")}, {"wipe": True}, "refused", "claimed", "seed 'srv2'"),
    "locked": ({**DATA, "volumes": LOCKED}, {}, "locked", None, ""),
    "locked with wipe": ({**DATA, "volumes": LOCKED}, {"wipe": True}, "locked", None, ""),
    "locked, key refused": ({**DATA, "volumes": LOCKED}, {"key_refused": True}, "refused", "locked", tables.OURS),
    "locked, key refused, wipe": ({**DATA, "volumes": LOCKED}, {"key_refused": True, "wipe": True}, "wipeable", None, ""),
    "locked and proven": ({**DATA, "volumes": LOCKED}, {"proven": [tables.OURS], "wipe": True}, "prepared", None, ""),
    "blank but proven": ({}, {"proven": [tables.OURS], "wipe": True}, "refused", "changed_after_proof", "find out who changed it"),
    "ours": ({**DATA, "volumes": OPEN_PAPERS}, {"wipe": True}, "ours", None, ""),
    "another plan's": ({**DATA, "volumes": OPEN_PAPERS}, {"plan_hash": "c" * 64}, "refused", "other_plan", "prepare it anew"),
    "another seed's": ({**DATA, "volumes": OPEN_PAPERS}, {"seed": "srv3"}, "refused", "other_seed", "seed 'srv1'"),
    "leftover manifest": (
        {**DATA, "volumes": [tables.volume("x", tables.content(manifest=True, empty=False))]},
        {},
        "refused",
        "manifest_left",
        "DriveManifest.xml",
    ),
    "killed between clear and marker": ({**DATA, "volumes": FRESH, "claim": tables.claim()}, {}, "reopen", None, ""),
    "killed before it was mounted": (
        {**DATA, "volumes": [tables.volume("OFFLINESEED")], "claim": tables.claim()},
        {},
        "reopen",
        "unmounted",
        "judged again",
    ),
    "our label without open claim": ({**DATA, "volumes": FRESH, "claim": tables.claim(state="begun")}, {}, "refused", "not_empty", ""),
    "our label, claim of another plan": (
        {**DATA, "volumes": FRESH, "claim": tables.claim(plan_hash="c" * 64)},
        {},
        "refused",
        "not_empty",
        "",
    ),
    "open claim, volume not empty": (
        {**DATA, "volumes": [tables.volume("OFFLINESEED", tables.content(empty=False))], "claim": tables.claim()},
        {},
        "refused",
        "not_empty",
        "",
    ),
}


def test_the_guard_says_of_each_case_what_it_is_and_what_to_do(ask):
    questions = [{"drives": [{**tables.blank(), **drive}], "wanted": tables.wanted(**said)} for drive, said, *_unused in CASES.values()]
    for (name, (_unused, _unused, standing, reason, words)), answer in zip(CASES.items(), ask(questions), strict=True):
        assert answer["standing"] == standing, (name, answer)
        if reason:
            texts = {one["id"]: one["text"] for one in answer["reasons"]}
            assert words in texts.get(reason, f"no reason {reason}: {texts}"), (name, answer)
