# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""verify_record.py, alone and on an old Python, judges every falsified record as the collection's own reader does."""

from __future__ import annotations

import ast
import hashlib
import itertools
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ansible_collections.offlineseed.azure.plugins.module_utils.canonical import canonical
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import events, phases, record, verify_record

SCRIPT = Path(verify_record.__file__)
SEED = "srv1"
AT = "2026-01-31T08:00:00Z"
STORY = [
    ("preflight_passed", {"rules": 60}),
    ("staged", {"files": 3, "bytes": 1536, "folder": "C:\\staging\\größe 한\x01"}),
    ("key_sealed", {"serial": "WD-1", "size": 200_000_000}),
]
OLDEST = "3.8"


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """State folder with a record of four events, one of them under a time that the user declared."""
    folder = tmp_path_factory.mktemp("state")
    for event, data in STORY:
        record.append(folder, SEED, event, data, AT, as_of="2026-02-01T00:00:00Z" if event == "staged" else None)
    return folder


@pytest.fixture(scope="module")
def written(told):
    """``(content of the record, of its head)``."""
    return tuple((told / SEED / name).read_bytes() for name in (record.RECORD, record.HEAD))


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Judge a record by the reader and by the script: ``both(content, head) -> line of the first damage, or None``; they must agree."""
    folder = tmp_path_factory.mktemp("forged")
    (folder / SEED).mkdir()

    heads = []

    def judge(content, head):
        (folder / SEED / record.RECORD).write_bytes(content)
        if not heads or heads[-1] != head:
            (folder / SEED / record.HEAD).write_bytes(head)
            heads.append(head)
        damages = verify_record.check(folder / SEED / record.RECORD, SEED).damages
        script = damages[0].line if damages else None
        try:
            chain = record.read(folder, SEED)
        except record.RecordDamaged as damage:
            assert script == damage.fields["line"], (damages, damage.msg)
        else:
            assert script is None, (damages, chain.lines)
        return script

    return judge


def run(*arguments, python=sys.executable):
    done = subprocess.run([python, "-W", "error", SCRIPT, *arguments], check=False, capture_output=True, text=True)
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout


def test_what_was_written_passes_with_one_sentence(told, written):
    code, said = run(told / SEED / record.RECORD)
    assert code == 0
    head = json.loads(written[1])["hash"]
    assert said.splitlines() == [
        f"{told / SEED / record.RECORD} is what was written: 4 events of seed srv1, from {AT} to {AT}, the last one is key_sealed,"
        f" its hash is {head}."
    ]


def test_script_and_reader_agree_on_every_flip_of_a_bit_and_find_it(written, both):
    content, head = written
    for place, bit in itertools.product(range(len(content)), (0, 5, 7)):
        forged = bytearray(content)
        forged[place] ^= 1 << bit
        assert both(bytes(forged), head) is not None, (place, bit)


def test_script_and_reader_agree_on_every_byte_taken_out_and_find_it(written, both):
    content, head = written
    assert all(both(content[:place] + content[place + 1 :], head) is not None for place in range(len(content)))


@pytest.mark.parametrize("inserted", [b" ", b"\n", b"0", b"\0"])
def test_script_and_reader_agree_on_every_byte_put_in_and_find_it(written, both, inserted):
    content, head = written
    assert all(both(content[:place] + inserted + content[place:], head) is not None for place in range(len(content)))


def test_script_and_reader_agree_on_every_cut_and_find_it(written, both):
    content, head = written
    assert all(both(content[:place], head) is not None for place in range(len(content)))
    assert all(both(content[place:], head) is not None for place in range(1, len(content)))


def test_script_and_reader_agree_on_every_order_of_the_lines_and_every_line_gone_or_doubled(written, both):
    content, head = written
    rows = content.splitlines(keepends=True)
    places = range(len(rows))
    for number in range(len(rows) + 2):
        for order in itertools.product(places, repeat=number):
            found = both(b"".join(rows[place] for place in order), head)
            assert (found is None) == (order == tuple(places)), order


def test_script_and_reader_agree_on_what_a_crash_may_leave(told, written, both):
    content, head = written
    rows = content.splitlines(keepends=True)
    before = canonical({"n": len(rows) - 1, "hash": json.loads(rows[-2])["hash"]}).encode()
    for end in range(len(rows[-1]) + 1):
        assert both(b"".join(rows[:-1]) + rows[-1][:end], before) is None, end
    assert both(content, before) is None
    assert both(content + b'{"at"', head) is None
    assert both(content + b'{"at"', before) is not None
    assert both(content, canonical({"n": 1, "hash": json.loads(rows[0])["hash"]}).encode()) == 3


HEADS = [b"", b"{}", b"[]", b"\xff", b'{"n":0,"hash":""}', b'{"n":-1,"hash":"x"}', b'{"n":true,"hash":"x"}', b'{"n":"4","hash":"x"}']


@pytest.mark.parametrize("head", [*HEADS, b'{"n":1e999,"hash":"x"}', b'{"n":4,"hash":null}', b"[" * 100_000, b'{"n":4,"hash":"00"}'])
def test_script_and_reader_agree_that_a_head_is_none(written, both, head):
    assert both(written[0], head) is not None


def resealed(line, **other):
    """A line with other values and a hash that fits them: what somebody forges who knows the format."""
    body = {key: value for key, value in {**json.loads(line), **other}.items() if key != "hash"}
    return canonical({**body, "hash": hashlib.sha256(canonical(body).encode()).hexdigest()}).encode() + b"\n"


@pytest.mark.parametrize(
    "other",
    [
        {"event": "dance"},
        {"event": ["opened"]},
        {"data": []},
        {"n": True},
        {"n": 1.0},
        {"n": 2},
        {"as_of": None},
        {"more": 1},
        {"prev": "00"},
    ],
)
def test_script_and_reader_agree_that_a_line_sealed_anew_is_no_event(written, both, other):
    rows = written[0].splitlines(keepends=True)
    assert both(resealed(rows[0], **other), b'{"n":1,"hash":"x"}') is not None


def test_lines_sealed_anew_are_betrayed_by_the_head(written, both):
    rows = written[0].splitlines(keepends=True)
    last = resealed(rows[-1], data={"serial": "WD-2", "size": 1})
    assert both(b"".join(rows[:-1]) + last, written[1]) == 4


BYTES = st.binary(max_size=40)


@settings(max_examples=300, deadline=None)
@given(place=st.integers(0, 1500), length=st.integers(0, 60), inserted=BYTES | st.text(max_size=8).map(lambda text: text.encode()))
@example(place=5, length=0, inserted=b"[" * 100_000)
@example(place=5, length=1, inserted="\ud800".encode("utf-8", "surrogatepass"))
@example(place=0, length=1500, inserted=b'{"n":' + b"9" * 5000 + b"}\n")
def test_script_and_reader_agree_whatever_is_put_in_place_of_anything(written, both, place, length, inserted):
    content, head = written
    forged = content[:place] + inserted + content[place + length :]
    if not forged.startswith(content):
        assert both(forged, head) is not None
    else:
        both(forged, head)


def test_each_damage_is_told_in_a_sentence_of_its_own(told, written, tmp_path):
    rows = written[0].splitlines(keepends=True)
    (tmp_path / "record.head").write_bytes(written[1])
    forged = tmp_path / "record.jsonl"
    forged.write_bytes(rows[0] + rows[1].replace(b"60", b"61") + rows[3])
    code, said = run(forged)
    assert code == 1
    first, second, last = (line for line in said.splitlines() if not line.startswith("the folder"))
    assert first.startswith("line 2: it is not what was written") and second.startswith("line 3: it is event 4")
    assert "WAS CHANGED (2 of the findings" in last


def test_a_record_without_its_head_passes_and_says_what_would_be_missed(written, tmp_path):
    alone = tmp_path / SEED / "record.jsonl"
    alone.parent.mkdir()
    alone.write_bytes(b"".join(written[0].splitlines(keepends=True)[:-1]))
    code, said = run(alone)
    assert code == 0 and "cut off at the end would not be missed" in said
    code, said = run(alone, "--hash", json.loads(written[1])["hash"])
    assert code == 1 and "no line has the hash" in said


def test_a_copy_may_lie_in_any_folder_and_belongs_to_its_seed_only(written, tmp_path):
    for name, content in zip((record.RECORD, record.HEAD), written, strict=True):
        (tmp_path / name).write_bytes(content)
    code, said = run(tmp_path / record.RECORD)
    assert code == 0 and "the record is that of seed srv1" in said
    assert run(tmp_path / record.RECORD, "--seed", SEED)[0] == 0
    code, said = run(tmp_path / record.RECORD, "--seed", "srv2")
    assert code == 1 and "line 1: it is not the beginning of the record of seed srv2" in said


def test_what_cannot_be_checked_is_neither_good_nor_bad(tmp_path, written):
    missing = tmp_path / "no.jsonl"
    assert run(missing) == (2, f"{missing} could not be checked: No such file or directory.\n")
    newer = tmp_path / "newer.jsonl"
    newer.write_bytes(resealed(written[0].splitlines(keepends=True)[0], v=2))
    code, said = run(newer)
    assert code == 2 and "version 2 of the format" in said
    (tmp_path / "gone.head").write_bytes(written[1])
    assert "give the record beside it" in run(tmp_path / "gone.head")[1]
    code, said = run(tmp_path / "gone.jsonl")
    assert code == 1 and "the file is gone" in said


def test_script_stands_alone_and_is_readable_by_an_old_python():
    tree = ast.parse(SCRIPT.read_text(), feature_version=(3, 8))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    froms = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert all(node.level == 0 for node in froms)
    assert {name.split(".")[0] for name in names | {node.module for node in froms}} <= set(sys.stdlib_module_names)


def test_script_runs_on_the_oldest_python_where_there_is_one(told):
    managed = sorted(Path.home().glob(f".pyenv/versions/{OLDEST}.*/bin/python3"))
    python = str(managed[0]) if managed else shutil.which(f"python{OLDEST}")
    if not python or subprocess.run([python, "-c", ""], check=False, capture_output=True).returncode:
        pytest.skip(f"no Python {OLDEST} is installed")
    assert run(told / SEED / record.RECORD, python=python)[0] == 0


def test_a_record_that_names_no_evidence_is_no_pass_for_a_folder_of_evidence(told, tmp_path):
    code, said = run(told / SEED / record.RECORD, "--evidence", tmp_path)
    assert code == 2 and "is what was written: 4 events" in said and "The record names no evidence" in said


def test_the_documented_table_of_events_is_that_of_the_code():
    page = (Path(__file__).resolve().parents[3] / "docs" / "formats.md").read_text(encoding="utf-8")
    table = page.split("### Events", 1)[1].split("###", 1)[0]
    rows = [tuple(cell.strip() for cell in row.strip("| ").split("|")) for row in re.findall(r"^\| `.*$", table, flags=re.MULTILINE)]
    told = {row[0].strip("`"): row[1:] for row in rows}
    assert list(told) == list(events.EVENTS)
    ends = {phase.ends: phase.name for phase in phases.PHASES}
    for name, kind in events.EVENTS.items():
        needs, numbers = (", ".join(f"`{key}`" for key in keys) for keys in (kind.needs, kind.numbers))
        assert told[name][:3] == (needs, numbers, "yes" if kind.proof else ""), name
        assert told[name][3].endswith(f"ends {ends[name]}") if name in ends else "; ends" not in told[name][3], name


def test_script_knows_the_events_and_the_origin_that_the_collection_knows():
    assert tuple(events.EVENTS) == verify_record.EVENTS
    assert verify_record.VERSION == record.VERSION
    assert verify_record.origin(SEED) == record.origin(SEED)
