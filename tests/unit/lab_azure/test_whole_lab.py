# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lab as a process: it starts, lives beside others, is saved and loaded, and leaves nothing when it is killed."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import pytest
import yaml

from lab import __main__ as command_line
from lab import names
from lab.control import Control, ControlError
from lab.lab import Lab
from lab.lab_folder import LabFolderError, process_started
from lab.shared import CHECKOUT

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    (folder / "a file.txt").write_bytes(b"content" * 1000)
    (folder / "empty").touch()
    return folder


@pytest.fixture
def start(tmp_path, data):
    """Starts labs in folders below tmp_path; ends those that still run."""
    running = []

    def begin(name="lab", **more):
        lab = Lab.start(tmp_path / name, engine="standins", **{"data": data, **more})
        running.append(lab)
        return lab

    yield begin
    for lab in running:
        lab.stop()


@pytest.fixture(scope="module")
def standing(tmp_path_factory, data):
    """One lab for the tests that leave it as it is, or nearly."""
    with Lab.start(tmp_path_factory.mktemp("standing") / "lab", engine="standins", data=data) as lab:
        yield lab


def children(pid):
    """All processes below one."""
    found = []
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == pid:
            found += [int(entry.name), *children(int(entry.name))]
    return found


def wait_until_gone(pids, seconds=10):
    until = time.monotonic() + seconds
    while any(process_started(pid) for pid in pids) and time.monotonic() < until:
        time.sleep(0.05)
    return [pid for pid in pids if process_started(pid)]


def test_it_is_ready_in_15_seconds_and_tells_where_everything_is(start):
    began = time.monotonic()
    lab = start()
    assert time.monotonic() - began < 15
    told = lab.told
    assert (told["engine"], set(told["hosts"])) == ("standins", {"SRV1", "COPY1"})
    assert oct((lab.folder / "lab.json").stat().st_mode & 0o777) == "0o600"
    vars_of_seed = yaml.safe_load((lab.folder / "controller" / "host_vars" / "srv1" / "seed.yml").read_text())
    assert vars_of_seed["seed_azure"]["cloud_environment"] == told["arm"]
    assert not {"seed_drives", "seed_parcel", "seed_accept_undocumented"} & set(vars_of_seed)
    assert names.CLIENT_SECRET not in json.dumps(vars_of_seed)


def test_two_labs_live_side_by_side_and_one_folder_takes_one(start):
    first, second = start("one"), start("two")
    assert first.told["arm"] != second.told["arm"]
    first.control.attach(serial="WD-1", size=100 << 20)
    assert "WD-1" not in second.control.show()["hosts"]["COPY1"]["disks"]
    with pytest.raises(LabFolderError, match="already runs"):
        start("one")


def test_a_killed_lab_leaves_no_process_and_the_next_one_starts(start):
    lab = start()
    lab.control.attach(serial="WD-1", size=100 << 20)
    pid = lab.told["pid"]
    below = children(pid)
    assert below
    os.kill(pid, signal.SIGKILL)
    assert wait_until_gone([pid, *below]) == []
    again = start()
    assert "WD-1" in again.control.show()["hosts"]["COPY1"]["disks"]


def test_a_lab_ends_with_the_process_that_started_it(tmp_path, data):
    folder = tmp_path / "lab"
    code = f"from lab.lab import Lab; Lab.start({str(folder)!r}, 'standins', {str(data)!r}); print('up', flush=True); input()"
    starter = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=CHECKOUT / "tests")
    assert starter.stdout.readline() == b"up\n"
    pid = json.loads((folder / "lab.json").read_text())["pid"]
    everything = [pid, *children(pid)]
    starter.kill()
    starter.wait()
    starter.communicate()
    assert wait_until_gone(everything) == []


def test_a_saved_state_comes_back_in_another_folder_with_new_addresses(start, tmp_path):
    lab = start()
    control = lab.control
    control.attach(serial="WD-1", size=100 << 20)
    control.days(n=0.1)
    lab.save(tmp_path / "saved")
    saved = control.hashes()
    control.attach(serial="WD-2", size=100 << 20)
    assert control.hashes()["model"] != saved["model"]
    assert control.hashes()["bystander"] == saved["bystander"] != ""
    with Lab.load(tmp_path / "saved", tmp_path / "loaded", engine="standins") as loaded:
        assert loaded.control.hashes() == saved
        assert loaded.told["arm"] != lab.told["arm"]
        vars_of_seed = yaml.safe_load((tmp_path / "loaded" / "controller" / "host_vars" / "srv1" / "seed.yml").read_text())
        assert str(tmp_path / "loaded") in vars_of_seed["seed_azure"]["ca_file"]
    control.load(saved=str(tmp_path / "saved"))
    assert control.hashes() == saved
    with pytest.raises(ControlError, match="not empty"):
        lab.save(tmp_path / "saved")


def test_the_control_refuses_what_it_does_not_know_in_words(standing):
    control = standing.control
    for call, words in (
        (control.dance, "no 'dance'"),
        (lambda: control.attach(serial="X", host="NOSUCH"), "COPY1, SRV1"),
        (control.ship, "no prepared drive"),
        (lambda: control.wizard(values={"container": "x"}), "staging_path"),
        (lambda: control.fault(kind="earthquake"), "throttle"),
        (lambda: control.days(n=-1), "forward"),
    ):
        with pytest.raises(ControlError, match=words):
            call()


def test_the_command_line_does_what_the_control_does(standing, capsys):
    folder = str(standing.folder)
    assert command_line.main(["attach", "--folder", folder, "--serial", "WD-7", "--size", "100000000", "bus=SAS"]) == 0
    assert command_line.main(["fault", "--folder", folder, "throttle", "method=PUT", "retry_after=2"]) == 0
    assert command_line.main(["days", "--folder", folder, "0.5"]) == 0
    capsys.readouterr()
    assert command_line.main(["show", "--folder", folder]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["hosts"]["COPY1"]["disks"]["WD-7"]["size"], told["faults"][0]["kind"]) == (100000000, "throttle")
    assert command_line.main(["show", "--folder", folder + "x"]) == 1
    assert "no lab runs in" in capsys.readouterr().err


def test_a_folder_without_a_lab_is_named():
    with pytest.raises(LabFolderError, match="no lab runs in"):
        Control("/nonexistent/lab").show()


def test_a_person_runs_the_agents_tool_by_the_control_and_a_refusal_comes_in_words(start):
    lab = start()
    values = {
        "staging_path": names.STAGING, "storage_account": names.STORAGE_ACCOUNT, "container": names.CONTAINER,
        "subscription_id": names.SUBSCRIPTION, "import_job_name": "srv1",
    }  # fmt: skip
    lab.control.wizard(values=values)
    lab.control.back_up_now()
    lab.control.make_account()
    installed = lab.folder / "hosts" / "SRV1" / "C" / "Program Files" / "Microsoft Azure Recovery Services Agent" / "Utils"
    shutil.copytree(installed / "AzureOfflineBackupDiskPrep", lab.folder / "hosts" / "COPY1" / "C" / "prep")
    lab.control.attach(serial="WD-1")
    letter = lab.control.give_letter(serial="WD-1")["letter"]
    line = f"cd 'C:\\prep'; .\\AzureOfflineBackupDiskPrep.exe s:{names.STAGING}"
    answers = {"drive_letter": letter, "confirm_format": "yes", "contact_name": "G", "contact_number": "1", "email": "g@example.com"}
    answers |= {"shipping_address": "Hafenstr. 12", "country": "DE", "postal_code": "50678"}
    told = [{"prompt": name, "answer": answer} for name, answer in answers.items()]
    with pytest.raises(ControlError, match=r"ConsoleRefused: .*MissingSubscriptionRegistration"):
        lab.control.run_disk_prep(command_line=line, answers=told)
    assert lab.control.show()["hosts"]["COPY1"]["disks"]["WD-1"]["labels"] == ["OfflineBackup"]
    assert lab.control.ship(tracking_number="T-1")["serials"] == ["WD-1"]
