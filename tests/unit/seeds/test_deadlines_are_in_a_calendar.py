# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calendar of deadlines is RFC 5545 to the octet, and does not change while nothing changes."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st
from unit.seeds.stories import INPUTS, chain, judge

from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import clocks, ics, seed_status

ROOT = "ab" * 32
WRITTEN = "2026-01-03T01:00:01Z"
DAYS = {"seed_no_shipping_days": ["2026-01-17"], "seed_time_zone": "Europe/Stockholm"}


def unfolded(document):
    """Lines of a document as a reader sees them (RFC 5545, 3.1)."""
    assert document.endswith("\r\n") and "\n" not in document.replace("\r\n", "")
    return re.sub("\r\n[ \t]", "", document).split("\r\n")[:-1]


def events(document):
    """The events of a document as dictionaries; the values of an alarm under ALARM."""
    found, inside = [], None
    for line in unfolded(document):
        name, value = line.split(":", 1)
        if line == "BEGIN:VEVENT":
            found.append({})
        inside = {"BEGIN:VALARM": "ALARM.", "END:VALARM": ""}.get(line, inside or "")
        if found:
            assert name in ("BEGIN", "END") or inside + name not in found[-1], line
            found[-1][inside + name] = value
    return found


def plain(text):
    """The text behind a value of type TEXT."""
    return re.sub(r"\\(.)", lambda match: "\n" if match[1] in "nN" else match[1], text)


def calendar(until="job_created", now="2026-01-10T00:00:00Z", root=ROOT, **inputs):
    return ics.of_seed("srv1", judge(until, now=now, inputs=inputs)["clocks"], root, WRITTEN)


def test_an_event_says_when_what_and_why_and_warns_before():
    (event,) = events(calendar())
    assert event["DTSTART"] == "20260117T010000Z" and event["DTSTAMP"] == "20260103T010001Z"
    assert plain(event["SUMMARY"]) == "Seed srv1: Carrier and tracking number are due"
    assert "Azure deletes an import job" in plain(event["DESCRIPTION"]) and "Source: Microsoft" in plain(event["DESCRIPTION"])
    assert event["ALARM.TRIGGER;VALUE=DATE-TIME"] == "20260113T010000Z" and event["ALARM.ACTION"] == "DISPLAY"


def test_the_document_has_what_the_rfc_wants():
    lines = unfolded(calendar())
    assert lines[:3] == ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{ics.PRODUCT}"] and lines[-1] == "END:VCALENDAR"
    assert all(len(line.encode()) <= 75 for line in calendar(**DAYS).split("\r\n"))


def test_the_last_chance_is_the_event_and_the_end_is_told():
    (event,) = events(calendar(**DAYS))
    assert event["DTSTART"] == "20260116T225959Z"
    assert "It ends 2026-01-17T01:00:00Z; after 2026-01-16T22:59:59Z nobody ships" in plain(event["DESCRIPTION"])


def test_nothing_changes_from_day_to_day_and_a_uid_stays_when_a_deadline_moves():
    assert calendar(now="2026-01-05T00:00:00Z") == calendar(now="2026-01-16T00:00:00Z")
    assert events(calendar())[0]["UID"] == events(calendar(**DAYS))[0]["UID"]


def test_uids_differ_between_clocks_and_between_records():
    many = events(calendar("shipped", seed_dpm_online_at="2026-01-05T00:00:00Z")) + events(calendar(root="cd" * 32)) + events(calendar())
    assert len(many) == 4 and len({event["UID"] for event in many}) == 4


def test_a_seed_without_a_running_clock_has_an_empty_calendar():
    assert events(calendar("opened")) == []


def test_every_clock_can_stand_in_a_calendar():
    at = "2026-01-01T00:00:00Z"
    faces = [{"id": clock.id, "due": at, "act_by": at, "near_at": at} for clock in clocks.CLOCKS]
    assert [plain(event["SUMMARY"]) for event in events(ics.of_seed("srv1", faces, ROOT, at))] == [
        f"Seed srv1: {clock.title}" for clock in clocks.CLOCKS
    ]


@given(text=st.text(st.characters(codec="utf-8"), max_size=300))
@example(text="a" * 75)
@example(text="€" * 100)
@example(text="semi;colon, comma\\ and\r\nlines\rand\nmore\x00\x1b")
def test_any_text_survives_escaping_and_folding(text):
    line = f"SUMMARY:{ics.escaped(text)}"
    folded = ics.folded(line)
    assert all(len(piece.encode()) <= 75 for piece in folded.split("\r\n"))
    assert re.sub("\r\n ", "", folded) == line
    assert not re.search(r"[\x00-\x08\x0a-\x1f\x7f]", line)
    wanted = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", " ", re.sub(r"\r\n?", "\n", text))
    assert plain(ics.escaped(text)) == wanted


def test_seed_status_returns_the_calendar_when_it_is_asked_for(tmp_path):
    folder = tmp_path / "srv1"
    folder.mkdir()
    told = chain("job_created")
    (folder / "record.jsonl").write_bytes(b"".join(line.encoded() for line in told.lines))
    (folder / "record.head").write_text(f'{{"hash":"{told.head}","n":{len(told.lines)}}}')
    params = {"state_dir": str(tmp_path), "seed": "srv1", "now": "2026-01-10T00:00:00Z", "inputs": {**INPUTS, **DAYS}}
    asked = seed_status.run({**params, "calendar": True}, False)
    assert asked["calendar"] == ics.of_seed("srv1", asked["status"]["clocks"], told.hashes[0], told.lines[-1].at)
    assert "calendar" not in seed_status.run(params, False)
    empty = seed_status.run({**params, "seed": "srv2", "calendar": True}, False)
    assert events(empty["calendar"]) == []
