# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible.windows.win_feature, the real module, installs BitLocker on the model; the stand-in answers the same."""

from __future__ import annotations

import json

import pytest

from lab import standins
from lab.powershell.try_module import payload

WANTED = {"name": ["BitLocker"], "include_sub_features": True, "include_management_tools": True}


@pytest.fixture(params=["pwsh", "standins"])
def install(request, network, site):
    """``install(check=False, **options)``: the module's result on COPY1, a host without BitLocker."""
    host = network.host("COPY1")
    host.facts["bitlocker"] = False

    def on_the_engine(options, check):
        bench = request.getfixturevalue("bench")
        script = site.collections / "ansible_collections" / "ansible" / "windows" / "plugins" / "modules" / "win_feature.ps1"
        outcome = bench.engine.run_module(bench.host("COPY1"), payload(script, options, check, False), "Administrator")
        return json.loads(outcome.out)

    def on_the_stand_in(options, check):
        return standins.call(host, "ansible.windows.win_feature", options, {"_ansible_check_mode": check})

    run = on_the_engine if request.param == "pwsh" else on_the_stand_in
    return lambda check=False, **options: run({**WANTED, **options}, check), host


def test_bitlocker_is_installed_and_wants_a_restart_that_nobody_makes(install):
    run, host = install
    booted = host.booted
    done = run()
    assert (done["changed"], done["reboot_required"], done["success"]) == (True, True, True), done
    assert host.facts["bitlocker"] is False and host.booted == booted
    again = run()
    assert (again["changed"], again["feature_result"]) == (False, [])
    host.reboot()
    assert host.facts["bitlocker"] is True
    assert run()["reboot_required"] is False


def test_check_mode_installs_nothing_and_says_that_it_would(install):
    run, host = install
    before = host.hashes()
    done = run(check=True)
    assert (done["changed"], done["reboot_required"]) == (True, True) and host.hashes() == before


def test_a_client_has_no_such_features(install):
    run, host = install
    host.facts["os_caption"] = "Microsoft Windows 10 Pro"
    done = run()
    assert done["failed"] and "'ServerManager' was not loaded" in done["msg"]
