# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input: one clear error that names the field, what was seen and the cure, before anything is changed."""

from __future__ import annotations

import json

import pytest

from lab import names
from stories.states import SEED, Player


@pytest.fixture(scope="module")
def fresh(states, tmp_path_factory):
    """One lab for all that preflight refuses: nothing is changed in it, so the next test finds it as it was."""
    with states.player("fresh", tmp_path_factory.mktemp("bad") / "lab") as player:
        yield player


def refused(player: Player, *said: str, phase: str = "seed", **variables) -> dict:
    """A run with these variables fails, says all of `said`, and changes nothing but the work folder of the preflight's own probe."""
    before, record = standing(player), player.state_dir / "record.jsonl"
    written = record.read_bytes() if record.exists() else b""
    entry, log = player.bad(phase, "-e", json.dumps(variables))
    assert standing(player) == before
    assert (record.read_bytes() if record.exists() else b"") == written
    told = json.dumps([entry.get("error"), entry.get("next")], ensure_ascii=False)
    for word in said:
        assert word in told, f"{word!r} is not in {told}\n{log[-2500:]}"
    assert log.count("Traceback") == 0
    return entry


def standing(player: Player) -> dict:
    """What a refusal leaves as it is: Azure, the bystander, the disks of all hosts, staging, the agent."""
    return {**player.hashes(), "model": player.control.show()["hosts"]}


def test_container_with_capitals_is_refused(fresh):
    refused(fresh, "seed_container", "My_Container", "lower", seed_container="My_Container")


def test_job_name_of_25_characters_is_refused(fresh):
    refused(fresh, "seed_job_name", "a" * 25, "24", seed_job_name="a" * 25)


def test_staging_path_that_does_not_exist_is_refused(fresh):
    refused(fresh, "seed_staging_path", r"C:\\nowhere", seed_staging_path_on_copy_host=r"C:\nowhere")


def test_share_that_the_copying_account_cannot_read_is_refused(fresh):
    refused(fresh, "seed_staging_path", "secrets", seed_staging_path_on_copy_host=r"\\SRV1\secrets")


def test_copy_host_that_is_a_virtual_machine_is_refused(fresh):
    refused(fresh, "seed_copy_host", "physical", seed_copy_host=SEED, seed_staging_path_on_copy_host=r"\\COPY1\staging")


def test_wrong_client_secret_is_one_clear_error(fresh):
    secret = "CANARY-not-the-secret"
    azure = fresh_azure(fresh) | {"secret": secret}
    entry = refused(fresh, "secret", "AADSTS7000215", seed_azure=azure)
    assert secret not in json.dumps(entry)


def test_missing_return_address_is_named_weeks_before_it_is_needed(fresh):
    refused(fresh, "phone", seed_return_address={"recipient_name": "Greta"})


def test_account_of_kind_blob_storage_is_refused(begin):
    player = begin("fresh")
    player.control.make_account(kind="BlobStorage")
    refused(player, "BlobStorage", "StorageV2")


def test_forbidden_provider_registration_names_the_missing_action(begin):
    player = begin("fresh")
    player.good("preflight")
    player.control.fault(kind="forbidden", path="/providers/Microsoft.ImportExport/register")
    entry, log = player.bad("target")
    told = json.dumps(entry)
    assert "Microsoft.ImportExport/register/action" in told and "AuthorizationFailed" in told, told
    assert player.control.show()["accounts"] == {}


def test_staged_file_of_513_bytes_is_refused(begin):
    player = begin("entered")
    folder = player.lab.folder / "hosts" / names.COPY_HOST / "C" / "staging" / f"{names.STORAGE_ACCOUNT}_{SEED}"
    folder.mkdir()
    name = "1234567890123456789_9_11111111-2222-3333-4444-555555555555_BaseBlob"
    (folder / name).write_bytes(b"x" * 513)
    entry, _log = player.bad("stage")
    told = json.dumps(entry)
    assert name in told and "512" in told, told
    assert entry["phase"] == "stage"


def test_tracking_number_missing_is_named(begin):
    player = begin("prepared")
    player.good("ship")
    before = player.hashes()
    entry, _log = player.bad("ship", "-e", json.dumps({"seed_parcel": {"carrier": "DHL", "tracking_number": ""}}))
    assert "tracking_number" in json.dumps(entry) and player.hashes() == before


@pytest.mark.parametrize("limit", [(), ("--limit", SEED)])
def test_host_that_is_down_still_gets_closing_lines(begin, limit):
    player = begin("fresh")
    player.control.power(host=names.SOURCE, on=False)
    run = player.run("seed", *limit)
    log = run.log.read_text()
    assert run.exit_code == 4
    assert run.summary["state"] == "unreachable" and SEED in log.rsplit("PLAY RECAP", 1)[1], log[-2000:]
    assert run.summary["next"]["text"]


def fresh_azure(player: Player) -> dict:
    import yaml

    return yaml.safe_load((player.controller.folder / "host_vars" / SEED / "seed.yml").read_text())["seed_azure"]
