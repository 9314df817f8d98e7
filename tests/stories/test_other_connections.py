# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same playbooks over the other connection that Ansible has for Windows."""

from __future__ import annotations

import json


def test_a_drive_is_prepared_over_psrp(begin):
    player = begin("named")
    psrp = {
        "ansible_connection": "psrp",
        "ansible_psrp_protocol": "https",
        "ansible_psrp_auth": "basic",
        "ansible_psrp_ca_cert": str(player.lab.folder / "ca.pem"),
    }
    entry = player.good("prepare", "-e", json.dumps(psrp))
    assert entry["phase"] == "ship", entry
