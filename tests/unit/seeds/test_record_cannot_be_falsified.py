# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The record: what was written is what is read, whatever a crash, a second writer or a falsifier does to the file."""

from __future__ import annotations

import contextlib
import itertools
import json
import multiprocessing
import os
import stat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import events, record

SEED = "srv1"
AT = "2026-01-31T08:00:00Z"
STORY = [
    ("preflight_passed", {"rules": 60}),
    ("target_ready", {"storage_account_id": "/x"}),
    ("staged", {"files": 3, "bytes": 1536, "folder": "C:\\staging\\größe"}),
    ("key_sealed", {"serial": "WD-1", "size": 200_000_000}),
]


@pytest.fixture
def told(tmp_path):
    """State folder with a record of five events."""
    for event, data in STORY:
        record.append(tmp_path, SEED, event, data, AT)
    return tmp_path


def path(folder, name=record.RECORD):
    return folder / SEED / name


def replay(folder):
    return record.read(folder, SEED).replay()


def test_a_record_begins_with_opened_and_numbers_its_lines(told):
    chain = record.read(told, SEED)
    assert [line.event for line in chain.lines] == ["opened", *(event for event, _unused in STORY)]
    assert [line.n for line in chain.lines] == [1, 2, 3, 4, 5]
    assert [json.loads(line)["n"] for line in path(told).read_text().splitlines()] == [1, 2, 3, 4, 5]


def test_each_line_holds_the_hash_of_the_one_before(told):
    lines = [json.loads(line) for line in path(told).read_text().splitlines()]
    assert lines[0]["prev"] == record.origin(SEED)
    assert all(after["prev"] == before["hash"] for before, after in itertools.pairwise(lines))


def test_replay_knows_what_was_told(told):
    known = replay(told)
    assert known["staged"] == {"files": 3, "bytes": 1536, "folder": "C:\\staging\\größe", "at": AT}
    assert known["drives"]["WD-1"]["state"] == "sealed"
    assert known["events"] == 5 and known["head"] == record.read(told, SEED).head


def test_only_the_owner_can_read_folder_and_file(told):
    assert stat.S_IMODE(os.stat(told / SEED).st_mode) == 0o700
    assert {stat.S_IMODE(os.stat(path(told, name)).st_mode) for name in (record.RECORD, record.HEAD)} == {0o600}


def test_what_the_record_holds_already_is_not_written_again(told):
    before = path(told).read_bytes()
    for event, data in STORY:
        assert record.append(told, SEED, event, data, "2026-02-01T00:00:00Z")[1] is False
    assert path(told).read_bytes() == before


def test_a_time_given_by_the_user_counts_and_the_real_one_stays(told):
    record.append(told, SEED, "prepared", {}, AT, as_of="2026-03-01T00:00:00Z")
    last = json.loads(path(told).read_text().splitlines()[-1])
    assert (last["at"], last["as_of"]) == (AT, "2026-03-01T00:00:00Z")
    assert replay(told)["prepared"]["at"] == "2026-03-01T00:00:00Z"


def test_nothing_is_written_after_completed(told):
    record.append(told, SEED, "completed", {}, AT)
    with pytest.raises(Failure, match="closed"):
        record.append(told, SEED, "landed", {"blobs": 3, "bytes": 1536}, AT)


def test_a_forgotten_job_lets_shipping_begin_again(told):
    record.append(told, SEED, "job_created", {"id": "/jobs/srv1", "name": "srv1"}, AT)
    record.append(told, SEED, "shipped", {"carrier": "FedEx", "tracking_number": "1"}, AT)
    record.append(told, SEED, "job_forgotten", {"name": "srv1", "why": "deleted after two weeks"}, AT)
    known = replay(told)
    assert known["job"] is None and known["parcel"] is None and "shipped" not in known["ended"]
    assert record.append(told, SEED, "job_created", {"id": "/jobs/srv1", "name": "srv1"}, AT)[1]


# What is found: every byte, every line.


def found_at(folder):
    with pytest.raises(record.RecordDamaged) as damage:
        record.read(folder, SEED)
    assert str(damage.value.fields["line"]) in damage.value.msg
    return damage.value.fields["line"]


def test_every_flip_of_a_bit_of_every_byte_is_found_and_named(told):
    whole = path(told).read_bytes()
    for place in range(len(whole)):
        for bit in (0, 5, 7):
            changed = bytearray(whole)
            changed[place] ^= 1 << bit
            path(told).write_bytes(bytes(changed))
            number = whole[:place].count(b"\n") + 1
            assert found_at(told) in (number, number + 1), (place, bit)


def test_every_byte_that_is_taken_out_is_found(told):
    whole = path(told).read_bytes()
    for place in range(len(whole)):
        path(told).write_bytes(whole[:place] + whole[place + 1 :])
        number = whole[:place].count(b"\n") + 1
        assert found_at(told) in (number, number + 1), place


@pytest.mark.parametrize("inserted", [b" ", b"\n", b"x", b"\0"])
def test_every_byte_that_is_put_in_is_found(told, inserted):
    whole = path(told).read_bytes()
    for place in range(len(whole)):
        path(told).write_bytes(whole[:place] + inserted + whole[place:])
        found_at(told)


def test_every_cut_at_the_end_is_found(told):
    whole = path(told).read_bytes()
    for end in range(len(whole)):
        path(told).write_bytes(whole[:end])
        assert found_at(told) == whole[:end].count(b"\n") + 1, end


def test_every_line_that_is_dropped_moved_or_doubled_is_found(told):
    lines = path(told).read_bytes().splitlines(keepends=True)
    for one in range(len(lines)):
        for forged in (lines[:one] + lines[one + 1 :], lines[:one] + [lines[one], lines[one]] + lines[one + 1 :]):
            path(told).write_bytes(b"".join(forged))
            found_at(told)
    for order in itertools.permutations(range(len(lines))):
        if list(order) != sorted(order):
            path(told).write_bytes(b"".join(lines[place] for place in order))
            found_at(told)


def test_a_record_that_is_gone_is_found(told):
    path(told).unlink()
    assert found_at(told) == 1


def test_a_record_of_another_seed_is_found(told):
    (told / "srv2").mkdir()
    for name in (record.RECORD, record.HEAD):
        (told / "srv2" / name).write_bytes(path(told, name).read_bytes())
    with pytest.raises(record.RecordDamaged, match="another seed"):
        record.read(told, "srv2")


def test_a_changed_head_is_found(told):
    head = path(told, record.HEAD)
    for forged in (b"", b"{}", head.read_bytes().replace(b'"n":5', b'"n":3'), head.read_bytes()[:-10] + b'00000000"}'):
        head.write_bytes(forged)
        with pytest.raises(record.RecordDamaged):
            record.read(told, SEED)


def test_nothing_is_appended_to_a_record_that_was_changed(told):
    path(told).write_bytes(path(told).read_bytes().replace(b"1536", b"1537"))
    before = path(told).read_bytes()
    with pytest.raises(record.RecordDamaged, match="line 4"):
        record.append(told, SEED, "prepared", {}, AT)
    assert path(told).read_bytes() == before


# What is healed: a crash at any byte of a write.


def crash_states(folder):
    """What a kill can leave while ``prepared`` is appended: (record, head) before, at every byte, and before the head is written."""
    before, head_before = path(folder).read_bytes(), path(folder, record.HEAD).read_bytes()
    record.append(folder, SEED, "prepared", {"plan_hash": "é" * 3}, AT)
    after, head_after = path(folder).read_bytes(), path(folder, record.HEAD).read_bytes()
    return [(after[:end], head_before) for end in range(len(before), len(after) + 1)] + [(after, head_after)]


def test_a_kill_at_every_byte_loses_nothing_and_is_told(told):
    states = crash_states(told)
    for number, (content, head) in enumerate(states):
        for torn in (told / SEED).glob("record.torn*"):
            torn.unlink()
        path(told).write_bytes(content)
        path(told, record.HEAD).write_bytes(head)
        assert replay(told)["staged"]["files"] == 3
        record.append(told, SEED, "prepared", {"plan_hash": "é" * 3}, AT)
        chain = record.read(told, SEED)
        assert chain.replay()["prepared"]["plan_hash"] == "ééé" and not chain.torn
        healed = [line.data for line in chain.lines if line.event == "healed"]
        half = 0 < number < len(states) - 3
        assert len(healed) == (1 if half else 0) or number == len(states) - 3
        if half:
            assert (told / SEED / healed[0]["kept_in"]).read_bytes() == content[content.rfind(b"\n") + 1 :]
        assert [line.event for line in chain.lines].count("prepared") == 1


class Killed(BaseException):
    """What nothing of ours catches."""


def killed_at(monkeypatch, number):
    """The process dies in the place of its *number*-th fsync: what was written before it lies on the disk."""
    left = iter(range(number))

    def dies(_descriptor):
        if next(left, None) is None:
            raise Killed

    monkeypatch.setattr(record.os, "fsync", dies)


@pytest.mark.parametrize("number", range(10))
@pytest.mark.parametrize("whole", [False, True])
def test_a_kill_at_every_step_of_the_healing_is_healed_too(told, monkeypatch, number, whole):
    content, head = crash_states(told)[-3 if whole else 30]
    path(told).write_bytes(content)
    path(told, record.HEAD).write_bytes(head)
    killed_at(monkeypatch, number)
    with contextlib.suppress(Killed):
        record.append(told, SEED, "prepared", {"plan_hash": "é" * 3}, AT)
    monkeypatch.undo()
    record.append(told, SEED, "prepared", {"plan_hash": "é" * 3}, AT)
    chain = record.read(told, SEED)
    assert [line.event for line in chain.lines].count("prepared") == 1 and not chain.torn
    assert [line.event for line in chain.lines if line.event != "healed"] == ["opened", *(event for event, _data in STORY), "prepared"]
    lost = content[content.rfind(b"\n") + 1 :]
    assert whole or any(kept.read_bytes() == lost for kept in (told / SEED).glob("record.torn*")), "no byte is lost"


def test_a_kill_at_every_byte_of_the_line_that_tells_of_a_healing_is_healed_too(told):
    content, head = crash_states(told)[30]
    path(told).write_bytes(content)
    path(told, record.HEAD).write_bytes(head)
    record.append(told, SEED, "preflight_passed", {"rules": 61}, AT)
    lines = path(told).read_bytes().splitlines(keepends=True)
    place = next(number for number, line in enumerate(lines) if b'"healed"' in line)
    before, telling = b"".join(lines[:place]), lines[place]
    for end in range(len(telling) + 1):
        path(told).write_bytes(before + telling[:end])
        path(told, record.HEAD).write_bytes(head)
        record.append(told, SEED, "prepared", {"plan_hash": "éé"}, AT)
        chain = record.read(told, SEED)
        assert chain.replay()["prepared"]["plan_hash"] == "éé" and chain.replay()["staged"]["files"] == 3 and not chain.torn, end


def test_bytes_of_an_acknowledged_line_that_are_gone_are_never_taken_for_a_crash(told):
    for content, head in crash_states(told)[1:-2:7]:
        path(told).write_bytes(content)
        path(told, record.HEAD).write_bytes(head)
        record.append(told, SEED, "target_ready", {"storage_account_id": "/other"}, AT)
        path(told).write_bytes(path(told).read_bytes()[:-4])
        with pytest.raises(record.RecordDamaged):
            record.read(told, SEED)


def test_a_record_whose_first_line_was_torn_begins_anew(tmp_path):
    record.append(tmp_path, SEED, "preflight_passed", {}, AT)
    whole = path(tmp_path).read_bytes()
    path(tmp_path, record.HEAD).unlink()
    path(tmp_path).write_bytes(whole[:20])
    record.append(tmp_path, SEED, "preflight_passed", {}, AT)
    assert [line.event for line in record.read(tmp_path, SEED).lines] == ["opened", "healed", "preflight_passed"]


def test_reading_heals_nothing(told):
    path(told).write_bytes(path(told).read_bytes() + b'{"at":"2026')
    before = path(told).read_bytes()
    assert record.read(told, SEED).torn == b'{"at":"2026'
    assert path(told).read_bytes() == before


def write_many(folder, writer, count):
    for number in range(count):
        record.append(folder, SEED, "key_sealed", {"serial": f"W{writer}-{number}"}, AT)


def test_writers_at_the_same_time_make_one_chain(tmp_path):
    processes = [multiprocessing.get_context("fork").Process(target=write_many, args=(tmp_path, writer, 12)) for writer in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 4
    chain = record.read(tmp_path, SEED)
    assert len(chain.replay()["drives"]) == 48
    assert [line.event for line in chain.lines].count("opened") == 1


# What may not be written.


@pytest.mark.parametrize(
    ("event", "data", "match"),
    [
        ("dance", {}, "no record knows"),
        ("staged", {"files": 1}, "lacks bytes"),
        ("staged", {"files": "one", "bytes": 1}, "whole number"),
        ("staged", {"files": True, "bytes": 1}, "whole number"),
        ("key_sealed", {"serial": "WD-1", "note": "000000-000011-000022-000033-000044-000055-000066-000077"}, "never holds a key"),
        ("target_ready", {"when": {1, 2}}, "JSON"),
        ("target_ready", {"name": "\ud800"}, "JSON"),
    ],
)
def test_an_event_that_is_not_one_is_refused_and_nothing_is_written(told, event, data, match):
    before = path(told).read_bytes()
    with pytest.raises(Failure, match=match) as refused:
        record.append(told, SEED, event, data, AT)
    assert "000011" not in refused.value.msg
    assert path(told).read_bytes() == before


def test_numbers_that_templates_made_text_are_numbers_again(told):
    record.append(told, SEED, "landed", {"blobs": "3", "bytes": "1536"}, AT)
    assert replay(told)["landed"]["bytes"] == 1536


def test_every_event_has_its_teller_and_every_phase_end_is_an_event():
    assert all(callable(kind.told) for kind in events.EVENTS.values())
    assert set(events.EVENTS) >= events.PHASE_ENDS


DATA = {
    "files": 1,
    "bytes": 512,
    "plan_hash": "ab",
    "drives": [],
    "serial": "S1",
    "manifest_file": "\\D",
    "manifest_hash": "CD",
    "protector": "{1}",
    "id": "/j",
    "name": "srv1",
    "carrier": "DHL",
    "tracking_number": "1",
    "why": "gone",
    "blobs": 1,
    "conclusion": "proven",
    "counts": {"proven": 1},
    "recovery_point": AT,
    "seed": SEED,
}
EVENTS = st.lists(st.sampled_from([name for name in events.EVENTS if name not in ("healed", "completed")]), max_size=12)


@settings(max_examples=60, deadline=None)
@given(happened=EVENTS)
def test_whatever_is_appended_is_read_back_and_told_once(tmp_path_factory, happened):
    folder = tmp_path_factory.mktemp("state")
    written = 0
    for event in happened:
        data = {key: DATA[key] for key in events.EVENTS[event].needs}
        written += record.append(folder, SEED, event, data, AT)[1]
        assert record.append(folder, SEED, event, data, AT)[1] is False
    chain = record.read(folder, SEED)
    opened_by_itself = bool(happened) and happened[0] != "opened" and written
    assert len(chain.lines) == written + bool(opened_by_itself and chain.lines[0].event == "opened")
    assert json.loads(json.dumps(chain.replay())) == chain.replay()
