# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The listing of the staging folder travels as a file, whole or not at all."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleActionFail

from ansible_collections.offlineseed.azure.plugins.action import win_staging_info

from .windows_host import Host, action, sha256

LISTING = rb'{"mtime":"2026-01-02T03:04:05Z","name":"1_1_x_AIBBlob","size":512}' + b"\n"
ON_HOST = r"C:\ProgramData\offlineseed\srv1\staging.jsonl"


def told(content: bytes = LISTING, **more):
    return {"changed": False, "listing": ON_HOST, "listing_sha256": sha256(content), "files": 1, **more}


def test_listing_is_fetched_into_a_folder_that_is_made(tmp_path):
    host, place = Host(staging=LISTING), tmp_path / "srv1" / "inventory.jsonl"
    made, _unused = action(win_staging_info, host, {"fetch_to": str(place)}, told())
    result = made.run(task_vars={})
    assert place.read_bytes() == LISTING
    assert (result["changed"], result["fetched"]) == (True, str(place))
    assert [one.name for one in place.parent.iterdir()] == ["inventory.jsonl"]


def test_the_same_listing_is_not_fetched_again(tmp_path):
    host, place = Host(staging=LISTING), tmp_path / "inventory.jsonl"
    place.write_bytes(LISTING)
    made, _unused = action(win_staging_info, host, {"fetch_to": str(place)}, told())
    assert made.run(task_vars={})["changed"] is False
    assert host.fetches == []


def test_another_listing_replaces_the_file(tmp_path):
    host, place = Host(staging=LISTING), tmp_path / "inventory.jsonl"
    place.write_bytes(b"old")
    made, _unused = action(win_staging_info, host, {"fetch_to": str(place)}, told())
    assert made.run(task_vars={})["changed"] is True
    assert place.read_bytes() == LISTING


def test_a_listing_that_arrives_cut_short_leaves_the_old_one_in_place(tmp_path):
    host, place = Host(staging=LISTING[:20]), tmp_path / "inventory.jsonl"
    place.write_bytes(b"old")
    made, _unused = action(win_staging_info, host, {"fetch_to": str(place)}, told())
    with pytest.raises(AnsibleActionFail, match=sha256(LISTING)):
        made.run(task_vars={})
    assert place.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["inventory.jsonl"]


@pytest.mark.parametrize("answer", [
    told(listing=None), {"failed": True, "msg": "no", "listing": ON_HOST, "listing_sha256": "0"}, {"unreachable": True, "msg": "no"}])
def test_without_a_listing_nothing_is_fetched(tmp_path, answer):
    host, place = Host(), tmp_path / "inventory.jsonl"
    made, _unused = action(win_staging_info, host, {"fetch_to": str(place)}, answer)
    result = made.run(task_vars={})
    assert result.get("fetched") is None and host.fetches == [] and not place.exists()


def test_without_fetch_to_the_listing_stays_on_the_host(tmp_path):
    host = Host(staging=LISTING)
    made, calls = action(win_staging_info, host, {"path": r"C:\staging"}, told())
    result = made.run(task_vars={})
    assert (result["listing"], host.fetches) == (ON_HOST, [])
    assert calls == [{"name": "offlineseed.azure.win_staging_info", "args": {"path": r"C:\staging"}}]
