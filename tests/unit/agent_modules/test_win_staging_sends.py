# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory goes to the host as a file, and the host keeps no copy of it."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleActionFail

from ansible_collections.offlineseed.azure.plugins.action import win_staging

from .windows_host import TMP, Host, action

SENT = TMP + r"\inventory.jsonl"


def test_module_gets_the_path_of_the_copy_on_the_host(tmp_path):
    inventory = tmp_path / "inventory.jsonl"
    inventory.write_bytes(b"{}\n")
    host = Host()
    made, calls = action(win_staging, host, {"inventory_file": str(inventory), "path": r"C:\staging"}, {"changed": True, "removed": 1})
    assert made.run(task_vars={})["removed"] == 1
    assert host.sent == {SENT: b"{}\n"}
    assert calls == [{"name": "offlineseed.azure.win_staging", "args": {"inventory_file": SENT, "path": r"C:\staging"}}]
    assert host.removed == [TMP]


def test_copy_is_removed_when_the_module_breaks(tmp_path):
    inventory = tmp_path / "inventory.jsonl"
    inventory.write_bytes(b"{}\n")
    host = Host()
    made, _unused = action(win_staging, host, {"inventory_file": str(inventory)}, RuntimeError("connection lost"))
    with pytest.raises(RuntimeError, match="connection lost"):
        made.run(task_vars={})
    assert host.removed == [TMP]


@pytest.mark.parametrize(("args", "said"), [
    ({}, "inventory_file is missing"),
    ({"inventory_file": "/nowhere/inventory.jsonl"}, "/nowhere/inventory.jsonl"),
])
def test_a_missing_inventory_is_refused_before_the_host_is_asked(args, said):
    host = Host()
    made, calls = action(win_staging, host, args, {})
    with pytest.raises(AnsibleActionFail, match=said):
        made.run(task_vars={})
    assert calls == [] and host._shell.tmpdir is None
