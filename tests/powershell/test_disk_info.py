# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""win_disk_info and win_disk_prep_info tell what is there, as documented, and change nothing."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.engine

SIZE = 256 << 20
ONE = {"serial": "ZB1", "size": SIZE}


@pytest.fixture
def disks(bench):
    """The disks of COPY1 by serial number, after some were plugged in."""
    host = bench.host("COPY1")
    host.attach_disk("ZB1", SIZE)
    host.attach_disk("TWIN", SIZE)
    host.attach_disk("TWIN", SIZE)
    host.attach_disk("STICK", SIZE, bus="USB", removable=True)
    host.attach_disk("BIG4K", SIZE, sector=4096)
    before = host.hashes()
    found = bench.run("win_disk_info", "COPY1", staging_path=r"\\COPY1\staging")
    assert host.hashes() == before and not found["changed"]
    return found


def of(disks, serial):
    return [disk for disk in disks["disks"] if disk["serial"] == serial]


def ids(disk):
    return {reason["id"] for reason in disk["reasons"]}


def test_a_new_drive_is_eligible_and_empty(disks):
    (drive,) = of(disks, "ZB1")
    assert drive["eligible"] and drive["empty"] and drive["reasons"] == [] and drive["partition_style"] == "RAW"


def test_every_other_disk_says_why_not(disks):
    (system,) = of(disks, "S4EVNX0COPY1")
    assert {"boot", "system", "page_file", "work_folder", "staging", "shared", "not_empty"} <= ids(system) and system["staging"]
    assert all("duplicate_serial" in ids(twin) and not twin["eligible"] for twin in of(disks, "TWIN"))
    assert "wrong_bus" in ids(of(disks, "STICK")[0]) and "sector_size" in ids(of(disks, "BIG4K")[0])
    assert ids(of(disks, "BYSTANDER01")[0]) == {"not_empty"}


def test_the_host_is_told_with_its_policies(disks):
    host = disks["host"]
    assert (host["name"], host["virtual"], host["bitlocker"], host["fips"], host["language_mode"]) == (
        "COPY1",
        False,
        True,
        False,
        "FullLanguage",
    )
    assert host["policies"]["FDVRecoveryPassword"] is None


def test_progress_of_a_seed_that_has_done_nothing_is_told_without_a_trace(bench):
    host = bench.host("COPY1")
    host.attach_disk("ZB1", SIZE)
    before = host.hashes()
    told = bench.run("win_disk_prep_info", "COPY1", seed="srv1", drives=[ONE, {"serial": "GONE", "size": 1}])
    assert [drive["standing"] for drive in told["drives"]] == ["blank", "absent"] and not told["running"] and told["source"] is None
    assert host.hashes() == before


@pytest.mark.parametrize("path, readable", [(r"C:\staging", True), (r"\\COPY1\staging", True), (r"C:\nowhere", False)])
def test_the_account_that_copies_is_asked_whether_it_can_read(bench, path, readable):
    told = bench.run("win_disk_prep_info", "COPY1", seed="srv1", drives=[], probe_staging_path=path)
    assert told["source"]["readable"] is readable and bool(told["source"]["error"]) is not readable
    assert not bench.host("COPY1").tasks.known
