# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The test plugins: on a clock, on a seed, at another time, and in a real playbook."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from unit.seeds.stories import SHIP_TO, judge

from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import clocks
from ansible_collections.offlineseed.azure.plugins.test.clocks import TestModule as Plugin

TESTS = Plugin().tests()
overdue, due_soon, needs_person = (TESTS[name] for name in ("overdue", "due_soon", "needs_person"))
SIDECARS = Path(__file__).resolve().parents[3] / "plugins" / "test"


def seed(now, until="job_created", **observations):
    return judge(until, now=now, **observations)


@pytest.mark.parametrize(
    ("now", "late", "soon"),
    [("2026-01-04T00:00:00Z", False, False), ("2026-01-15T00:00:00Z", False, True), ("2026-01-18T00:00:00Z", True, False)],
)
def test_a_clock_and_its_seed_are_judged_alike(now, late, soon):
    entry = seed(now)
    for value in (entry, entry["clocks"][0]):
        assert (overdue(value), due_soon(value)) == (late, soon)


@pytest.mark.parametrize("now", ["2026-01-04T00:00:00Z", "2026-01-13T01:00:00Z", "2026-01-17T01:00:00Z", "2026-01-17T01:00:01Z"])
def test_an_old_summary_is_judged_by_the_time_that_is_given(now):
    old = seed("2026-01-03T01:00:01Z")
    assert (overdue(old, now=now), due_soon(old, now=now)) == (overdue(seed(now)), due_soon(seed(now)))


def test_only_the_clock_that_is_named_counts():
    entry = seed("2026-01-20T00:00:00Z", "shipped")
    assert overdue(entry, "arrive") and not overdue(entry, "tracking") and not overdue(entry, clock="evidence")


def test_a_seed_without_a_running_clock_is_not_late():
    assert not overdue(seed("2026-01-20T00:00:00Z", "opened")) and not due_soon(seed("2026-01-20T00:00:00Z", "opened"))


def test_a_seed_needs_the_person_who_does_the_next_step():
    shipping = seed("2026-01-04T00:00:00Z", ship_to=SHIP_TO)
    assert needs_person(shipping) and needs_person(shipping, "shipping") and not needs_person(shipping, "operator")
    assert needs_person(seed("2026-01-04T00:00:00Z", error={"what": "a", "seen": "b"}), who="operator")
    assert not needs_person(seed("2026-01-20T00:00:00Z", "completed"))
    assert not needs_person({"next": {"who": "nobody"}})


@pytest.mark.parametrize("value", [None, "srv1", [], {}, {"due": "2026-01-04T00:00:00Z"}, {"seed": "srv1"}])
def test_what_is_neither_clock_nor_seed_is_refused(value):
    for test in TESTS.values():
        with pytest.raises(AnsibleFilterError, match=r"it was given a "):
            test(value)


def test_a_clock_that_does_not_exist_and_a_time_that_is_none_are_refused():
    entry = seed("2026-01-04T00:00:00Z")
    with pytest.raises(AnsibleFilterError, match="'arival'; there are vault_credentials, tracking"):
        overdue(entry, "arival")
    with pytest.raises(AnsibleFilterError, match="now is 'today'"):
        due_soon(entry, now="today")


@pytest.mark.parametrize("name", TESTS)
def test_every_test_has_its_sidecar_and_the_sidecar_its_clocks(name):
    told = yaml.safe_load((SIDECARS / f"{name}.yml").read_text())["DOCUMENTATION"]
    assert told["name"] == name
    if "clock" in told["options"]:
        assert tuple(told["options"]["clock"]["choices"]) == clocks.IDS
    assert {path.stem for path in SIDECARS.glob("*.yml")} == set(TESTS)


PLAY = """
- hosts: localhost
  gather_facts: false
  tasks:
    - name: Seeds are judged
      ansible.builtin.assert:
        that:
          - seeds | select('offlineseed.azure.overdue') | map(attribute='seed') | list == ['late']
          - seeds | select('offlineseed.azure.overdue', 'arrive') | list == []
          - seeds | select('offlineseed.azure.due_soon', now='2026-01-15T00:00:00Z') | map(attribute='seed') | list == ['late', 'good']
          - seeds[1].clocks[0] is not offlineseed.azure.due_soon
          - seeds[1] is offlineseed.azure.needs_person('shipping')
    - name: Deadlines are asked for
      offlineseed.azure.seed_status:
        state_dir: "{{ folder }}"
        seed: srv9
        calendar: true
        inputs:
          seed_no_shipping_days: [2026-12-25]
          seed_dpm_online_at: "2026-12-01T08:00:00Z"
        now: "2026-12-02T08:00:00Z"
      register: result
    - name: Deadlines lie in a file
      ansible.builtin.copy:
        content: "{{ result.calendar }}"
        dest: "{{ folder }}/srv9.ics"
        mode: "0600"
"""


def test_a_playbook_uses_them_on_the_summary_and_writes_the_calendar(site, tmp_path):
    entries = [{**seed("2026-01-18T00:00:00Z"), "seed": "late"}, {**seed("2026-01-04T00:00:00Z", ship_to=SHIP_TO), "seed": "good"}]
    (tmp_path / "play.yml").write_text(PLAY)
    (tmp_path / "vars.json").write_text(json.dumps({"seeds": entries, "folder": str(tmp_path)}))
    command = [site.program("ansible-playbook"), tmp_path / "play.yml", "-e", f"@{tmp_path}/vars.json"]
    done = subprocess.run(command, env=site.environment(), check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    written = (tmp_path / "srv9.ics").read_bytes()
    assert written.startswith(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") and written.endswith(b"END:VCALENDAR\r\n")
    assert b"DTSTART:20261216T080000Z\r\n" in written
