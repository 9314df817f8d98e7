# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clock, folder, engine and Azurite: the small parts that a lab stands on."""

from __future__ import annotations

import datetime
import json
import os
import socket

import pytest

from lab import azurite, shared
from lab.clock import Clock, parse, stamp
from lab.lab_folder import NOT_STATE, LabFolder, LabFolderError, _copy_unless_gone, copy_state, process_started, remove_state


def test_the_clock_goes_on_where_it_was_and_never_back(tmp_path):
    clock = Clock(tmp_path / "clock.json")
    before = clock.now()
    clock.advance(days=3, hours=6)
    again = Clock(tmp_path / "clock.json")
    assert datetime.timedelta(0) <= again.now() - before - datetime.timedelta(days=3, hours=6) < datetime.timedelta(minutes=1)
    with pytest.raises(ValueError, match="forward only"):
        clock.advance(days=-1)
    assert stamp(parse("2026-01-02T03:04:05Z")) == "2026-01-02T03:04:05Z"


def test_a_process_is_known_by_number_and_start(tmp_path):
    folder = LabFolder(tmp_path)
    mine = {"pid": os.getpid(), "started": process_started(os.getpid())}
    folder.describe(mine)
    assert folder.running() == mine
    with pytest.raises(LabFolderError, match="already runs"):
        folder.prepare()
    folder.describe({**mine, "started": mine["started"] - 1})
    assert folder.running() is None
    folder.prepare()
    assert not folder.description.exists()
    assert process_started(2**22 + 1) is None


def test_a_temporary_file_that_goes_while_it_is_copied_is_no_loss_but_one_that_cannot_be_read_is(tmp_path):
    assert _copy_unless_gone(str(tmp_path / "gone.tmp"), str(tmp_path / "copy")) == str(tmp_path / "copy")
    (tmp_path / "there").write_text("x")
    with pytest.raises(FileNotFoundError):
        _copy_unless_gone(str(tmp_path / "there"), str(tmp_path / "no folder" / "copy"))


def test_a_half_written_description_is_no_running_lab(tmp_path):
    (tmp_path / "lab.json").write_text('{"pid": ')
    assert LabFolder(tmp_path).running() is None


def test_sockets_and_pipes_are_never_copied_and_those_of_a_killed_lab_are_cleared(tmp_path):
    home = tmp_path / "hosts" / "SRV1"
    home.mkdir(parents=True)
    left = socket.socket(socket.AF_UNIX)
    left.bind(os.path.relpath(home / "model.sock"))
    left.close()
    (home / "model.json").write_text("{}")
    os.mkfifo(home / "pipe-in")
    with socket.socket(socket.AF_UNIX) as alive:
        alive.bind(os.path.relpath(home / "alive.sock"))
        copy_state(tmp_path, tmp_path.with_name("copy"))
    assert sorted(path.name for path in tmp_path.with_name("copy").rglob("*")) == ["SRV1", "hosts", "model.json"]
    LabFolder(tmp_path).prepare()
    assert not (home / "model.sock").exists()


def test_removing_a_state_leaves_what_belongs_to_the_server(tmp_path):
    for name in (*NOT_STATE, "azure.json"):
        (tmp_path / name).write_text("x")
    (tmp_path / "hosts").mkdir()
    remove_state(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(NOT_STATE)


def test_a_state_is_copied_into_an_empty_folder_only(tmp_path):
    (tmp_path / "from").mkdir()
    (tmp_path / "to").mkdir()
    (tmp_path / "to" / "mine").write_text("x")
    with pytest.raises(FileExistsError, match="not empty"):
        copy_state(tmp_path / "from", tmp_path / "to")


def test_the_engine_is_chosen_by_what_is_there(monkeypatch, tmp_path):
    program = tmp_path / "pwsh"
    monkeypatch.setenv("OFFLINESEED_PWSH", str(program))
    with pytest.raises(FileNotFoundError, match="OFFLINESEED_PWSH"):
        shared.choose_engine("auto")
    assert shared.choose_engine("standins") == ("standins", None)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert shared.choose_engine("auto") == ("pwsh", str(program))
    monkeypatch.setattr(shared, "find_pwsh", lambda: None)
    assert shared.choose_engine("auto") == ("standins", None)
    with pytest.raises(FileNotFoundError, match="OFFLINESEED_PWSH"):
        shared.choose_engine("pwsh")


def test_another_azurite_is_refused_by_its_version(monkeypatch, tmp_path):
    monkeypatch.setenv("OFFLINESEED_AZURITE", str(tmp_path))
    with pytest.raises(azurite.AzuriteError, match="npm install azurite@3.35.0"):
        azurite.find_azurite()
    (tmp_path / "package.json").write_text(json.dumps({"version": "3.37.0"}))
    with pytest.raises(azurite.AzuriteError, match="3.37.0; the lab is made for 3.35.0"):
        azurite.find_azurite()
    monkeypatch.delenv("OFFLINESEED_AZURITE")
    assert azurite.find_azurite().name == "azurite"
