# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time zones, daylight saving, days on which nobody ships, and the clock of a DPM server."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.seeds.stories import SHIP_TO, chain, judge

from ansible_collections.offlineseed.azure.plugins.module_utils import times
from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import clocks, closing, shipping_days

UTC = dt.timezone.utc
# The job of the story is made 2026-01-03T01:00:00Z, so its tracking number is due 2026-01-17T01:00:00Z.
DUE = "2026-01-17T01:00:00Z"


def tracking(now, **inputs):
    return judge("job_created", now=now, inputs=inputs)["clocks"][0]


def test_without_a_list_every_day_counts():
    face = tracking("2026-01-10T00:00:00Z")
    assert (face["due"], face["act_by"], face["near_at"]) == (DUE, DUE, "2026-01-13T01:00:00Z")


@pytest.mark.parametrize(
    ("closed", "zone", "act_by", "near_at"),
    [
        (["2026-01-17"], None, "2026-01-16T23:59:59Z", "2026-01-12T23:59:59Z"),
        (["2026-01-17", "2026-01-16"], None, "2026-01-15T23:59:59Z", "2026-01-11T23:59:59Z"),
        (["2026-01-14"], None, DUE, "2026-01-12T01:00:00Z"),
        (["2026-01-14", "2026-01-13", "2026-01-12"], None, DUE, "2026-01-10T01:00:00Z"),
        (["2026-01-18", "2026-02-01"], None, DUE, "2026-01-13T01:00:00Z"),
        # The end is the evening of the 16th in New York, so a day off on the 17th changes nothing there, and one on the 16th does.
        (["2026-01-17"], "America/New_York", DUE, "2026-01-13T01:00:00Z"),
        (["2026-01-16"], "America/New_York", "2026-01-16T04:59:59Z", "2026-01-12T04:59:59Z"),
        (["2026-01-17"], "Europe/Stockholm", "2026-01-16T22:59:59Z", "2026-01-12T22:59:59Z"),
    ],
)
def test_days_on_which_nobody_ships_bring_the_last_chance_and_the_warning_forward(closed, zone, act_by, near_at):
    face = tracking("2026-01-09T00:00:00Z", seed_no_shipping_days=closed, seed_time_zone=zone)
    assert (face["due"], face["act_by"], face["near_at"]) == (DUE, act_by, near_at)


def test_a_warning_that_begins_earlier_is_told_with_the_last_chance():
    closed = [f"2026-01-{day}" for day in (14, 15, 16, 17)]
    face = tracking("2026-01-10T00:00:00Z", seed_no_shipping_days=closed)
    assert face["level"] == "near" and tracking("2026-01-10T00:00:00Z")["level"] == "ok"
    assert face["text"].endswith(f"(until {DUE}, and nobody ships after 2026-01-13T23:59:59Z)")
    assert tracking("2026-01-17T00:59:59Z", seed_no_shipping_days=closed)["level"] == "near"
    assert tracking("2026-01-17T01:00:01Z", seed_no_shipping_days=closed)["level"] == "past"


def test_the_step_that_hands_the_parcel_over_names_the_last_chance():
    step = judge("job_created", ship_to=SHIP_TO, inputs={"seed_no_shipping_days": ["2026-01-17"]})["next"]
    assert step["id"] == "hand_over_parcel" and "Do it before 2026-01-16T23:59:59Z" in step["text"]


def test_no_open_day_at_all_warns_from_the_beginning():
    closed = [f"2026-01-{day:02}" for day in range(1, 32)]
    face = tracking("2026-01-03T01:00:00Z", seed_no_shipping_days=closed)
    assert (face["act_by"], face["near_at"], face["level"]) == ("2026-01-03T01:00:00Z", "2026-01-03T01:00:00Z", "near")


def test_clocks_that_need_no_parcel_know_no_closed_days():
    closed = [f"2026-04-{day:02}" for day in range(1, 31)]
    for face in judge("landed", now="2026-03-01T00:00:00Z", inputs={"seed_no_shipping_days": closed})["clocks"]:
        assert face["act_by"] == face["due"]


def test_texts_tell_the_time_of_the_place_with_its_offset():
    assert "(until 2026-01-17T02:00:00+01:00)" in tracking("2026-01-09T00:00:00Z", seed_time_zone="Europe/Stockholm")["text"]
    assert "It ended 2026-01-16T20:00:00-05:00." in tracking("2026-02-01T00:00:00Z", seed_time_zone="America/New_York")["text"]


def read_from(start, now, **inputs):
    known = chain("job_created").replay()
    known["job"] = {**known["job"], "created_at": start}
    return clocks.read(known, {}, inputs, times.parse(now))[0]


@pytest.mark.parametrize(
    ("start", "due", "said"),
    [
        # Two weeks of Azure are 336 hours, also over a night that has 23 or 25 of them (29 March and 25 October 2026).
        ("2026-03-20T12:00:00+01:00", "2026-04-03T11:00:00Z", "2026-04-03T13:00:00+02:00"),
        ("2026-10-20T12:00:00+02:00", "2026-11-03T10:00:00Z", "2026-11-03T11:00:00+01:00"),
        ("2026-10-11T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-25T02:30:00+02:00"),
        ("2026-10-11T01:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00+01:00"),
    ],
)
def test_fourteen_days_are_336_hours_also_over_a_change_of_the_clocks(start, due, said):
    face = read_from(start, start, seed_time_zone="Europe/Stockholm")
    assert (face["due"], face["days_left"]) == (due, 14)
    assert said in face["text"]


def test_a_closed_day_is_one_of_the_place_and_has_as_many_hours_as_it_has_there():
    sunday = {"seed_time_zone": "Europe/Stockholm", "seed_no_shipping_days": ["2026-10-25"]}  # 25 hours, from 22:00 to 23:00 UTC
    for start, due in (("2026-10-11T22:59:59Z", "2026-10-25T22:59:59Z"), ("2026-10-10T22:00:00Z", "2026-10-24T22:00:00Z")):
        face = read_from(start, start, **sunday)
        assert (face["due"], face["act_by"]) == (due, "2026-10-24T21:59:59Z")
    for start in ("2026-10-11T23:00:00Z", "2026-10-10T21:59:59Z"):
        face = read_from(start, start, **sunday)
        assert face["act_by"] == face["due"]


def test_midnight_that_a_change_of_the_clocks_leaves_out_is_the_moment_of_the_change():
    place = shipping_days.ShippingDays(frozenset({dt.date(2026, 9, 6)}), ZoneInfo("America/Santiago"))  # 00:00 to 01:00 is left out
    due = dt.datetime(2026, 9, 6, 12, tzinfo=UTC)
    assert place.last_open(due, dt.datetime(2026, 9, 1, tzinfo=UTC)) == dt.datetime(2026, 9, 6, 3, 59, 59, tzinfo=UTC)


MOMENTS = st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2030, 1, 1)).map(lambda moment: moment.replace(microsecond=0, tzinfo=UTC))
ZONES = st.sampled_from(["UTC", "Europe/Stockholm", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Santiago"])


@settings(max_examples=200, deadline=None)
@given(due=MOMENTS, zone=ZONES, offsets=st.sets(st.integers(-25, 3), max_size=20), days=st.integers(1, 5))
def test_last_chance_and_warning_lie_on_open_days_and_leave_the_days_that_were_asked_for(due, zone, offsets, days):
    zone = ZoneInfo(zone)

    def day_of(moment):
        return moment.astimezone(zone).date()

    closed = frozenset(day_of(due) + dt.timedelta(days=offset) for offset in offsets)
    place, start = shipping_days.ShippingDays(closed, zone), due - dt.timedelta(days=60)
    last = place.last_open(due, start)
    assert start <= last <= due and day_of(last) not in closed
    assert all(day_of(due) - dt.timedelta(days=gone) in closed for gone in range((day_of(due) - day_of(last)).days))
    near = place.before(last, dt.timedelta(days=days))
    assert near < last
    if closed:
        between = [day_of(near) + dt.timedelta(days=number) for number in range((day_of(last) - day_of(near)).days)]
        assert sum(day not in closed for day in between) == days


@pytest.mark.parametrize("days", [["2026-12-24", "2026-12-25"], [dt.date(2026, 12, 24), " 2026-12-25 "], ("2026-12-24", "2026-12-25")])
def test_days_are_dates_as_text_or_as_yaml_reads_them(days):
    assert shipping_days.of_inputs({"seed_no_shipping_days": days}).closed == {dt.date(2026, 12, 24), dt.date(2026, 12, 25)}


@pytest.mark.parametrize(
    ("inputs", "match"),
    [
        ({"seed_no_shipping_days": ["25.12.2026"]}, "seed_no_shipping_days is '25.12.2026'; it must be a list of days such as 2026-12-25"),
        ({"seed_no_shipping_days": ["2026-02-30"]}, "There is no such day"),
        ({"seed_no_shipping_days": ["20261225"]}, "seed_no_shipping_days"),
        ({"seed_no_shipping_days": ["2026-W52-5"]}, "seed_no_shipping_days"),
        ({"seed_no_shipping_days": "2026-12-25"}, "must be a list"),
        ({"seed_no_shipping_days": 5}, "must be a list"),
        ({"seed_time_zone": "Middle/Earth"}, "seed_time_zone is 'Middle/Earth'.*Europe/Stockholm"),
        ({"seed_time_zone": "../etc/passwd"}, "seed_time_zone"),
        ({"seed_time_zone": "Europe"}, "seed_time_zone"),
    ],
)
def test_what_is_no_day_or_no_place_is_refused_with_an_example(inputs, match):
    with pytest.raises(Failure, match=match):
        shipping_days.of_inputs(inputs)


def test_closing_lines_know_the_days_and_speak_also_when_they_are_no_days(tmp_path):
    folder = tmp_path / "srv1"
    folder.mkdir()
    told = chain("job_created")
    (folder / "record.jsonl").write_bytes(b"".join(line.encoded() for line in told.lines))
    (folder / "record.head").write_text(f'{{"hash":"{told.head}","n":{len(told.lines)}}}')
    now, failed = times.parse("2026-01-10T00:00:00Z"), {"what": "a", "seen": "b", "cure": "c", "kind": "failed"}

    def entry(days, error=None, **more):
        return closing.entry_of(closing.Told("srv1", None, error, str(tmp_path), "srv1", {"seed_no_shipping_days": days, **more}), now)

    assert entry(["2026-01-17"], failed)["clocks"][0]["act_by"] == "2026-01-16T23:59:59Z"
    wrong = entry(["Christmas"])
    assert wrong["state"] == "failed" and "Christmas" in wrong["error"]["seen"] and wrong["clocks"][0]["id"] == "tracking"
    for name in clocks.TIMES:
        wrong = entry([], **{name: "last week"})
        assert wrong["state"] == "failed" and f"{name} is 'last week'" in wrong["error"]["seen"] and len(wrong["clocks"]) == 1


# DPM and MABS.

DPM = {"agent": {"product": "dpm"}, "recovery_points": [{"time": "2026-01-02T00:00:00Z"}, {"time": "2026-01-04T00:00:00Z"}]}


def dpm(until, now="2026-01-06T00:00:00Z", source=None, **inputs):
    return {face["id"]: face for face in judge(until, now=now, inputs=inputs, source=source)["clocks"]}.get("dpm_offline")


def test_a_dpm_server_has_fifteen_days_from_its_last_online_backup():
    assert dpm("shipped", source=DPM)["due"] == "2026-01-19T00:00:00Z"
    assert dpm("shipped", source=DPM, seed_dpm_online_at="2026-01-05T00:00:00Z")["due"] == "2026-01-20T00:00:00Z"
    assert dpm("preflight_passed", source=DPM)["level"] == "ok"


def test_a_dpm_server_that_tells_nothing_counts_from_the_parcel():
    silent = {"agent": {"product": "dpm"}, "recovery_points": None}
    assert dpm("job_created", source=silent) is None
    assert dpm("shipped", source=silent)["due"] == "2026-01-20T00:00:00Z"


@pytest.mark.parametrize("source", [None, {}, {"agent": None}, {**DPM, "agent": {"product": "mars"}}])
def test_a_server_that_is_no_dpm_has_no_such_clock(source):
    assert dpm("shipped", source=source) is None


def test_the_clock_of_a_dpm_server_warns_runs_out_and_ends_with_the_proof():
    assert dpm("shipped", source=DPM, now="2026-01-14T00:00:00Z")["level"] == "near"
    late = dpm("shipped", source=DPM, now="2026-01-19T00:00:01Z")
    assert late["level"] == "past" and "register it again" in late["text"]
    assert dpm("vault_proven", source=DPM, now="2026-01-19T00:00:01Z") is None


def test_one_hour_and_one_day_are_said_in_the_singular():
    assert tracking("2026-01-16T00:00:00Z")["text"].startswith("1 day left")
    assert tracking("2026-01-16T23:30:00Z")["text"].startswith("1 hour left")
