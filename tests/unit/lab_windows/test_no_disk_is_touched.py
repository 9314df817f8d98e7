# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""As a property over generated hosts: no disk is ever touched that consent, plan and guard do not all name."""

from __future__ import annotations

import pathlib
import tempfile
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lab.clock import Clock
from lab.standins.drive_facts import drive_facts
from lab.standins.drive_guard import reasons_against
from lab.windows import Host, Network, worlds

from .prepared_drives import MIB, Seed, stage

SERIALS = ("AA1", "AA2", "AA3", "")
SIZES = (20 * MIB, 20 * MIB + 512, 24 * MIB)
TRAITS = st.fixed_dictionaries(
    {
        "serial": st.sampled_from(SERIALS), "size": st.sampled_from(SIZES),
        "bus": st.sampled_from(("SATA", "SATA", "SATA", "SAS", "USB", "NVMe")),
        "unique_id": st.sampled_from(("", "", "5000C50000000001")), "content": st.sampled_from((None, None, "gpt", "mbr", "data")),
        "offline": st.booleans(), "removable": st.booleans(), "clustered": st.booleans(), "pooled": st.booleans(),
        "read_only": st.booleans(),
    }
)  # fmt: skip
CALM = ("offline", "removable", "clustered", "pooled", "read_only")


def host_with(folder: pathlib.Path, disks: list[dict[str, Any]], calm: bool) -> Host:
    network = Network(folder / "lab", Clock(folder / "clock.json"))
    network.folder.mkdir()
    host = network.add_host("COPY1", worlds.PHYSICAL)
    worlds.system_disk(host, "SATA")
    data = folder / "data"
    data.mkdir()
    (data / "somebody's.txt").write_text("precious")
    for traits in disks:
        given_traits = (
            traits | (dict.fromkeys(CALM, False) if calm else {}) | {"content": data if traits["content"] == "data" else traits["content"]}
        )
        host.attach_disk(**given_traits)
    host.path("C:\\staging").mkdir()
    return host


def seen(host: Host) -> list[Any]:
    """What each disk is and holds, the system disk left out."""
    return [
        (d.number, d.serial, d.style, d.offline, d.read_only, [(p.offset, p.volume.digest() if p.volume else None) for p in d.partitions])
        for d in host.storage.disks
        if not d.boot
    ]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    disks=st.lists(TRAITS, min_size=1, max_size=3), calm=st.booleans(), meant=st.integers(0, 2),
    consent=st.sampled_from(("right", "right", "right", "other serial", "other size")),
    planned=st.sampled_from(("same", "same", "same", "other serial", "other size")), wipe=st.booleans(),
)  # fmt: skip
def test_no_disk_is_touched_that_consent_plan_and_guard_do_not_all_name(
    disks: list[dict[str, Any]], calm: bool, meant: int, consent: str, planned: str, wipe: bool
) -> None:
    drive = disks[meant % len(disks)]
    serial = "ZZ9" if consent == "other serial" else drive["serial"] or "AA1"
    size = drive["size"] + (512 if consent == "other size" else 0)
    with tempfile.TemporaryDirectory() as folder:
        host = host_with(pathlib.Path(folder), disks, calm)
        seed = Seed(host, stage(host, (512,)), serial, size, wipe=wipe)
        more = {"other serial": {"planned_serial": "AA9"}, "other size": {"planned_size": 1}}.get(planned, {})
        wanted = {
            "seed": "srv1", "serial": serial, "size": size, "wipe": wipe, "plan_hash": "ab" * 32, "proven": [], "key_refused": False,
            "planned_serial": serial, "planned_size": size, **more,
        }  # fmt: skip
        every = drive_facts(host, "C:\\staging")
        named = [
            d["number"]
            for d in every
            if d["serial"] == serial and not [r for r in reasons_against(d, every, wanted) if r["kind"] != "consent"]
        ]
        before = seen(host)
        answer = seed.begin(**more)
        after = seen(host)
        touched = [b[0] for b, a in zip(before, after, strict=True) if a != b]
        assert touched == (named if answer["drive"]["standing"] == "ours" else [])
        if touched:
            (number,) = touched
            traits = next(d for d in host.storage.disks if d.number == number)
            assert (traits.serial, traits.size, planned) == (serial, size, "same")
            assert wipe or disks[number - 1]["content"] != "data"
