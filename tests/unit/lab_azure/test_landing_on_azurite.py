# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listing, comparing and removing blobs over several pages of a real blob service."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from ansible_collections.offlineseed.azure.plugins.module_utils.arm import blobs as arm_blobs
from ansible_collections.offlineseed.azure.plugins.module_utils.arm.exchange import Exchange
from ansible_collections.offlineseed.azure.plugins.module_utils.arm.retries import Pace
from ansible_collections.offlineseed.azure.plugins.module_utils.arm.session import open_session
from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import landing_blobs, landing_blobs_info

CONTAINER = "seed-srv1"
STAGED = [f"{638_000_000_000_000_000 + number}_0_{number:04}_AIBBlob" for number in range(250)]
OF_OTHERS = ["0-before", "638000000000000100_note.txt", "zz-after"]


class Task:
    """The lab's core behind what a task needs of Azure."""

    def __init__(self, azure, azurite, account):
        self._azure, self._keys = azure, azure.send("POST", f"{account}/listKeys").body
        self._session = open_session(str(azurite.certificates.ca), True)
        self.subscription_id = account.split("/")[2]
        self.arm = SimpleNamespace(get=lambda what, path, version, action=None: azure.get(path), post=lambda *asked, **more: self._keys)

    def container(self, url, name, key=None):
        return arm_blobs.Container(self._session, Exchange(Pace(), lambda: None), url, name, key)


@pytest.fixture
def landed(azure, azurite, tmp_path, monkeypatch):
    """250 staged files as page blobs, three blobs of others among them, and pages of 100."""
    monkeypatch.setattr(arm_blobs, "PAGE", 100)
    account = azure.make_account()
    azure.cloud.blobs.create("seedlanding", CONTAINER)
    with azure.cloud.blobs.container("seedlanding", CONTAINER) as client, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: client.get_blob_client(name).create_page_blob(512), STAGED))
        for name in OF_OTHERS:
            client.upload_blob(name, b"theirs")
    inventory = tmp_path / "inventory.jsonl"
    inventory.write_text("".join(json.dumps({"name": name, "size": 512}) + "\n" for name in reversed(STAGED)))
    where = {"storage_account_id": account, "account": None, "resource_group": None, "container": CONTAINER, "auth_mode": "key"}
    options = {**where, "inventory_file": str(inventory), "prefix": None, "list_file": None, "remove_service_lock": False}
    return Task(azure, azurite, account), options


def names(azure):
    return [name for name, _size in azure.cloud.blobs.files("seedlanding", CONTAINER)]


def test_every_page_is_compared_and_listed_once(landed, azure, tmp_path):
    task, options = landed
    listed = tmp_path / "list.jsonl"
    result = landing_blobs_info.run({**options, "list_file": str(listed)}, False, task)
    blobs = result["blobs"]
    assert (result["complete"], blobs["present"], blobs["extra"]) == (True, 250, sorted(OF_OTHERS))
    assert [json.loads(line)["name"] for line in listed.read_text().splitlines()] == sorted(STAGED + OF_OTHERS)
    assert result["listed"]["count"] == 253


def test_a_prefix_lists_only_what_begins_so(landed):
    task, options = landed
    result = landing_blobs_info.run({**options, "inventory_file": None, "prefix": "638000000000000100"}, False, task)
    assert result["listed"]["count"] == 2


def test_exactly_the_seeds_blobs_go_over_all_pages(landed, azure):
    task, options = landed
    result = landing_blobs.run(options, False, task)
    assert (result["removed_count"], result["removed_bytes"], result["kept"]) == (250, 250 * 512, sorted(OF_OTHERS))
    assert names(azure) == sorted(OF_OTHERS)
    again = landing_blobs.run(options, False, task)
    assert (again["changed"], again["removed_count"]) == (False, 0)


def test_a_leased_blob_is_told_and_stops_its_removal_with_the_cure(landed, azure):
    task, options = landed
    with azure.cloud.blobs.container("seedlanding", CONTAINER) as client:
        lease = client.get_blob_client(STAGED[7]).acquire_lease(-1)
    assert landing_blobs_info.run(options, False, task)["blobs"]["leased"] == [STAGED[7]]
    with pytest.raises(Failure) as caught:
        landing_blobs.run(options, False, task)
    assert STAGED[7] in caught.value.msg and "lease" in caught.value.fields["cure"]
    lease.release()
    landing_blobs.run(options, False, task)
    assert names(azure) == sorted(OF_OTHERS)
