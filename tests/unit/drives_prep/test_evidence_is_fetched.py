# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Journal and manifest of a proven drive come to the controller once, whole, and nowhere else than into the drive's folder."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure
from ansible_collections.offlineseed.azure.plugins.plugin_utils import drive_evidence

WORK = "C:\\ProgramData\\offlineseed\\srv1"


class Connection:
    """Gives what the host has, and notes what was asked for."""

    def __init__(self, **files):
        self.files, self.asked = files, []

    def fetch_file(self, remote, local):
        self.asked.append(remote)
        Path(local).write_bytes(self.files[remote.rsplit("\\", 1)[-1].partition(".")[0]])


def state(content=b"{}\n", name="journal.jsonl", serial="WD-1"):
    return {"serial": serial, "evidence": [{"name": name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}]}


def test_a_paper_is_fetched_once_and_again_where_it_was_changed(tmp_path):
    host = Connection(journal=b"{}\n")
    assert drive_evidence.fetch(host, WORK, [state()], str(tmp_path)) is True
    assert host.asked == [f"{WORK}\\evidence\\WD-1\\journal.jsonl"]
    assert drive_evidence.fetch(host, WORK, [state()], str(tmp_path)) is False and len(host.asked) == 1
    (tmp_path / "WD-1" / "journal.jsonl").write_text("other")
    assert drive_evidence.fetch(host, WORK, [state()], str(tmp_path)) is True
    assert [path.name for path in (tmp_path / "WD-1").iterdir()] == ["journal.jsonl"]


def test_without_a_folder_or_before_the_proof_nothing_is_fetched(tmp_path):
    host = Connection()
    assert drive_evidence.fetch(host, WORK, [state()], None) is False
    assert drive_evidence.fetch(host, WORK, [{"serial": "WD-1", "evidence": []}, {"serial": "WD-2"}], str(tmp_path)) is False
    assert host.asked == []


def test_another_content_than_the_host_said_is_refused_and_leaves_nothing(tmp_path):
    with pytest.raises(Failure, match="the copy host said"):
        drive_evidence.fetch(Connection(journal=b"torn"), WORK, [state()], str(tmp_path))
    assert list((tmp_path / "WD-1").iterdir()) == []


@pytest.mark.parametrize("name", ["..\\..\\passwords", "../record.jsonl", "escrow.yml", ""])
def test_a_host_cannot_name_another_file(tmp_path, name):
    with pytest.raises(Failure, match="a paper of drive WD-1"):
        drive_evidence.fetch(Connection(), WORK, [state(name=name)], str(tmp_path))


def test_a_serial_number_that_is_no_name_is_refused(tmp_path):
    with pytest.raises(Failure, match="a paper of drive"):
        drive_evidence.fetch(Connection(journal=b"{}\n"), WORK, [state(serial="..")], str(tmp_path / "evidence"))
    assert list(tmp_path.iterdir()) == []


def test_a_serial_number_cannot_lead_out_of_the_folder(tmp_path):
    target = tmp_path / "evidence"
    drive_evidence.fetch(Connection(journal=b"{}\n"), WORK, [state(serial="../escrow")], str(target))
    assert [path.name for path in target.iterdir()] == ["..%2Fescrow"] and not (tmp_path / "escrow").exists()
