# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What preflight needs to know of a host is told, the same by PowerShell and by the stand-ins, and null where Windows does not tell."""

from __future__ import annotations

import socket

import pytest

from .bench import StandinBench

SOFTWARE = "HKLM\\SOFTWARE\\Microsoft"
TLS12 = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.2\\Client"
CBS = f"{SOFTWARE}\\Windows\\CurrentVersion\\Component Based Servicing\\RebootPending"
# They differ from second to second, or by what runs the module.
OWN = ("time", "powershell", "time_zone")


@pytest.fixture
def bench(either):
    """On the engine and on the stand-ins."""
    return either


def host_of(bench, module="win_disk_info", name="COPY1", **options):
    return bench.run(module, name, **options)["host"]


def test_a_plain_server_is_told(bench):
    host = host_of(bench)
    assert (host["is_server"], host["is_64_bit"], host["installation_type"]) == (True, True, "Server")
    assert host["net_release"] == 528049 and host["execution_policy"] is None and host["browsers"] == ["ie"]
    assert host["tls12"] == {"enabled": None, "disabled_by_default": None, "strong_crypto": None}
    assert (host["restart_pending"], host["long_paths"], host["azurerm"], host["reached"]) == (False, False, [], [])


@pytest.mark.parametrize(
    ("key", "values", "fact", "seen"),
    [
        (f"{SOFTWARE}\\Windows NT\\CurrentVersion", {"InstallationType": "Server Core"}, "installation_type", "Server Core"),
        (f"{SOFTWARE}\\NET Framework Setup\\NDP\\v4\\Full", {"Release": None}, "net_release", None),
        (f"{SOFTWARE}\\PowerShell\\1\\ShellIds\\Microsoft.PowerShell", {"ExecutionPolicy": "Restricted"}, "execution_policy", "Restricted"),
        ("HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\PowerShell", {"ExecutionPolicy": "AllSigned"}, "execution_policy", "AllSigned"),
        (TLS12, {"Enabled": 0}, "tls12", {"enabled": 0, "disabled_by_default": None, "strong_crypto": None}),
        (f"{SOFTWARE}\\Windows\\CurrentVersion\\App Paths\\msedge.exe", {}, "browsers", ["edge", "ie"]),
        (CBS, {}, "restart_pending", True),
        ("HKLM\\SYSTEM\\CurrentControlSet\\Control\\FileSystem", {"LongPathsEnabled": 1}, "long_paths", True),
    ],
)
def test_what_the_registry_says_is_told(bench, key, values, fact, seen):
    bench.host("COPY1").registry.set(key, **values)
    assert host_of(bench)[fact] == seen


def test_a_group_policy_beats_the_machines_execution_policy(bench):
    registry = bench.host("COPY1").registry
    registry.set(f"{SOFTWARE}\\PowerShell\\1\\ShellIds\\Microsoft.PowerShell", ExecutionPolicy="RemoteSigned")
    registry.set("HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\PowerShell", ExecutionPolicy="Restricted")
    assert host_of(bench)["execution_policy"] == "Restricted"


def test_names_are_tried_only_where_they_are_given(bench):
    with socket.create_server(("127.0.0.1", 0)) as open_one, socket.create_server(("127.0.0.1", 0)) as soon_closed:
        good, gone = (f"127.0.0.1:{one.getsockname()[1]}" for one in (open_one, soon_closed))
        soon_closed.close()
        told = host_of(bench, "win_backup_agent_info", "SRV1", reach=[good, gone])["reached"]
    assert [one["target"] for one in told] == [good, gone] and [one["reached"] for one in told] == [True, False]
    assert told[0]["error"] is None and "refused" in told[1]["error"].lower()


def test_a_feature_is_told_on_its_way_to_work(bench):
    host = bench.host("COPY1")
    assert host_of(bench)["bitlocker_feature"] == "installed"
    host.facts["bitlocker"] = False
    assert host_of(bench)["bitlocker_feature"] == "available"
    host.facts["after_restart"] = {"bitlocker": True}
    assert host_of(bench)["bitlocker_feature"] == "install_pending"
    host.facts["os_caption"] = "Microsoft Windows 10 Pro"
    assert host_of(bench)["bitlocker_feature"] is None


def test_the_agents_tool_scratch_and_volumes_are_told(bench):
    told = bench.run("win_backup_agent_info", "SRV1")
    agent = told["agent"]
    assert agent["disk_prep_tool"] is True and agent["dpm_version"] is None and agent["temp_files"] == 0
    assert (agent["scratch"]["kind"], agent["scratch"]["traits"]) == ("fixed", [])
    assert agent["scheduled_task"]["account"] == "SYSTEM"
    [volume] = told["policy"]["volumes"]
    assert (volume["name"], volume["kind"], volume["file_system"]) == ("D:\\", "fixed", "NTFS")
    assert volume["used_bytes"] == told["policy"]["selected_bytes"] <= volume["size"]


def test_what_is_wrong_with_the_agents_folders_is_told(bench):
    host = bench.host("SRV1")
    for number in range(3):
        host.path(f"C:\\Windows\\Temp\\{number}.tmp").write_bytes(b"")
    tool = "Utils\\AzureOfflineBackupDiskPrep\\AzureOfflineBackupDiskPrep.exe"
    host.path(f"C:\\Program Files\\Microsoft Azure Recovery Services Agent\\{tool}").unlink()
    agent = bench.run("win_backup_agent_info", "SRV1")["agent"]
    assert agent["temp_files"] == 3 and agent["disk_prep_tool"] is False


@pytest.mark.parametrize("either", ["pwsh"], indirect=True)
def test_engine_and_stand_ins_tell_the_same(bench, network):
    for module, name in (("win_backup_agent_info", "SRV1"), ("win_backup_agent_info", "COPY1"), ("win_disk_info", "COPY1")):
        here, there = bench.run(module, name), StandinBench(None, network).run(module, name)
        for told in (here, there):
            told["host"] = {key: value for key, value in told["host"].items() if key not in OWN}
        assert here == there
