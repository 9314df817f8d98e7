# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The clocks: when they run, when they warn, what stops them."""

from __future__ import annotations

import pytest
from unit.seeds.stories import chain, job, judge

from ansible_collections.offlineseed.azure.plugins.module_utils import times
from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import clocks, seed_status


def faces(until, now, **more):
    return {face["id"]: (face["days_left"], face["level"]) for face in judge(until, now=now, **more)["clocks"]}


@pytest.mark.parametrize(
    ("until", "now", "expected"),
    [
        ("prepared", "2026-01-04T00:00:00Z", {}),
        ("job_created", "2026-01-03T01:00:00Z", {"tracking": (14, "ok")}),
        ("job_created", "2026-01-13T00:59:59Z", {"tracking": (4, "ok")}),
        ("job_created", "2026-01-13T01:00:00Z", {"tracking": (4, "near")}),
        ("job_created", "2026-01-17T00:00:00Z", {"tracking": (0, "near")}),
        ("job_created", "2026-01-17T01:00:01Z", {"tracking": (-1, "past")}),
        ("shipped", "2026-01-05T00:00:00Z", {"arrive": (14, "ok")}),
        ("shipped", "2026-01-20T00:00:00Z", {"arrive": (-1, "past")}),
        ("evidence_archived", "2026-01-13T00:00:00Z", {"evidence": (90, "ok")}),
        ("verified", "2026-04-01T00:00:00Z", {"evidence": (12, "near")}),
        ("verified", "2026-05-01T00:00:00Z", {"evidence": (-18, "past")}),
        ("landed", "2026-04-01T00:00:00Z", {}),
        ("completed", "2026-04-01T00:00:00Z", {}),
    ],
)
def test_days_left_and_level(until, now, expected):
    assert faces(until, now) == expected


@pytest.mark.parametrize("stage", ["copying", "returning", "completed", "completed_with_errors"])
def test_a_parcel_that_was_opened_has_arrived(stage):
    assert "arrive" not in faces("shipped", "2026-01-20T00:00:00Z", jobs=[job(stage)])
    assert "arrive" in faces("shipped", "2026-01-20T00:00:00Z", jobs=[job("shipped")])


def test_a_closed_record_has_no_clock_that_ran_out():
    known = chain("completed").replay()
    known["evidence"] = None  # closed by hand: nothing was archived
    due = times.parse("2026-04-13T00:00:00Z")
    assert [face["id"] for face in clocks.read(known, {}, {}, due - clocks.BY_ID["evidence"].near)] == ["evidence"]
    assert clocks.read(known, {}, {}, due + clocks.BY_ID["evidence"].length) == []


def test_vault_credentials_count_until_the_preflight_passed():
    given = {"seed_vault_credentials_at": "2026-01-01T00:00:00Z"}
    assert faces("opened", "2026-01-02T00:00:00Z", inputs=given) == {"vault_credentials": (1, "ok")}
    assert faces("opened", "2026-01-04T00:00:00Z", inputs=given) == {"vault_credentials": (-1, "past")}
    assert faces("preflight_passed", "2026-01-04T00:00:00Z", inputs=given) == {}


def test_a_clock_says_how_long_until_when_and_what_happens_then():
    near = judge("job_created", now="2026-01-16T02:00:00Z")["clocks"][0]
    assert near["text"] == "23 hours left to give Azure carrier and tracking number (until 2026-01-17T01:00:00Z)"
    assert "deletes" in judge("job_created", now="2026-02-01T00:00:00Z")["clocks"][0]["text"]


def test_every_clock_says_where_it_comes_from():
    assert all(clock.source and clock.running and clock.over for clock in clocks.CLOCKS)


@pytest.mark.parametrize(
    ("now", "fail_on", "fails"),
    [
        ("2026-01-04T00:00:00Z", "near", False),
        ("2026-01-14T00:00:00Z", "never", False),
        ("2026-01-14T00:00:00Z", "near", True),
        ("2026-01-14T00:00:00Z", "past", False),
        ("2026-01-18T00:00:00Z", "near", True),
        ("2026-01-18T00:00:00Z", "past", True),
        ("2026-01-18T00:00:00Z", "never", False),
    ],
)
def test_the_task_fails_with_the_clocks_words_and_still_tells_the_status(tmp_path, now, fail_on, fails):
    folder = tmp_path / "srv1"
    folder.mkdir()
    told = chain("job_created")
    (folder / "record.jsonl").write_bytes(b"".join(line.encoded() for line in told.lines))
    (folder / "record.head").write_text(f'{{"hash":"{told.head}","n":{len(told.lines)}}}')
    params = {"state_dir": str(tmp_path), "seed": "srv1", "now": now, "fail_on": fail_on}
    if not fails:
        assert seed_status.run(params, False)["status"]["phase"] == "ship"
        return
    with pytest.raises(Failure, match="Azure") as failure:
        seed_status.run(params, False)
    assert failure.value.fields["status"]["clocks"][0]["text"] in failure.value.msg


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("2026-01-31T08:00:00Z", "2026-01-31T08:00:00Z"),
        ("2026-01-31T08:00:00", "2026-01-31T08:00:00Z"),
        ("2026-01-31 08:00:00.1234567Z", "2026-01-31T08:00:00Z"),
        ("2026-01-31T08:00:00+01:00", "2026-01-31T07:00:00Z"),
        ("2026-01-31T08:00:00-0530", "2026-01-31T13:30:00Z"),
    ],
)
def test_times_of_services_are_understood(text, means):
    assert times.iso(times.parse(text)) == means


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01T00:00:00Z", "2026-01-31", "1769846400", None])
def test_what_is_no_time_is_refused_with_an_example(text):
    with pytest.raises(Failure, match="2026-01-31T08:00:00Z"):
        times.parse(text, "seed_now")
