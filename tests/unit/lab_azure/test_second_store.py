# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a seed in Azure blobs: controllers that lose their disk, two that work at once, a run that dies between two writes."""

from __future__ import annotations

import json
import shutil
import stat

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.offlineseed.azure.plugins.module_utils.arm.kept_blobs import Kept, KeptBlobs
from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import (
    record,
    second_store,
    seed_record,
    seed_status,
    seed_store,
    state_dir,
)
from lab import names
from lab.azure.asgi import ArmServer

ACCOUNT, CONTAINER = "seedstate", "offlineseed"
AWX = "AWX_PRIVATE_DATA_DIR"
NAME = "production/srv1/"


@pytest.fixture
def server(azure, azurite):
    azure.make_account(ACCOUNT)
    arm = ArmServer(azure.cloud, azurite.certificates)
    arm.start()
    yield arm
    arm.stop()


class Controller:
    """One machine that runs playbooks, with a disk of its own."""

    def __init__(self, folder, server, ca, auth_mode):
        self.folder = folder
        self.store = {
            "resource_group": names.RESOURCE_GROUP,
            "account": ACCOUNT,
            "container": CONTAINER,
            "prefix": "production",
            "auth_mode": auth_mode,
            "azure": {
                "subscription_id": names.SUBSCRIPTION, "tenant": names.TENANT, "client_id": names.CLIENT, "secret": names.CLIENT_SECRET,
                "cloud_environment": server.url, "ca_file": ca, "token_cache": "none",
            },
        }  # fmt: skip

    @property
    def seed(self):
        return self.folder / "srv1"

    def run(self, core, check_mode=False, **options):
        given = {"state_dir": str(self.folder), "seed": "srv1", "store": self.store, **options}
        outcome = ArgumentSpecValidator(core.ARGUMENT_SPEC).validate({name: value for name, value in given.items() if value is not None})
        assert not outcome.error_messages, outcome.error_messages
        told = core.run(outcome.validated_parameters, check_mode)
        assert names.CLIENT_SECRET not in json.dumps(told)
        return told

    def sync(self, **options):
        return self.run(seed_store, **options)

    def say(self, event, **data):
        return self.run(seed_record, event=event, data=data)

    def write(self, name, content):
        path = self.seed / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def events(self):
        return [line.event for line in record.read(self.folder, "srv1").lines]

    def lose_the_disk(self):
        shutil.rmtree(self.folder)


@pytest.fixture(params=["login", "key"])
def auth_mode(request):
    return request.param


@pytest.fixture
def controllers(tmp_path, server, azurite, monkeypatch):
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)

    def make(name, auth_mode="login"):
        return Controller(tmp_path / name, server, str(azurite.certificates.ca), auth_mode)

    return make


@pytest.fixture
def one(controllers):
    return controllers("one")


def blob(azure, name):
    with azure.cloud.blobs.container(ACCOUNT, CONTAINER) as client:
        return client.download_blob(NAME + name).readall()


def test_a_controller_that_loses_its_disk_goes_on_where_it_was(azure, controllers, auth_mode):
    one = controllers("one", auth_mode)
    assert one.sync()["record"] == "unchanged"
    one.say("preflight_passed", rules=3)
    one.write("escrow/WD-1.yml", b"$ANSIBLE_VAULT;1.1;AES256\n6162\n")
    one.write("plan.json", b"{}")
    one.write("evidence/job.json", b'{"job": 1}')
    one.write("notes.txt", b"not state")
    assert one.sync()["kept"] == ["escrow/WD-1.yml", "evidence/job.json", "plan.json"]
    before = {
        path.relative_to(one.seed): path.read_bytes() for path in one.seed.rglob("*") if path.is_file() and path.name != state_dir.STORE
    }
    one.lose_the_disk()
    told = one.sync()
    assert (told["record"], told["events"]) == ("fetched", 2)
    assert told["fetched"] == ["escrow/WD-1.yml", "evidence/job.json", "plan.json"]
    after = {
        path.relative_to(one.seed): path.read_bytes() for path in one.seed.rglob("*") if path.is_file() and path.name != state_dir.STORE
    }
    assert after == {name: content for name, content in before.items() if name.name != "notes.txt"}
    assert all(stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 for path in one.seed.rglob("*"))
    one.say("target_ready", storage_account_id="x")
    assert blob(azure, "record.jsonl") == record.content(one.folder, "srv1")
    again = one.sync()
    assert (again["changed"], again["kept"], again["fetched"]) == (False, [], [])


def test_inside_awx_a_folder_that_is_thrown_away_will_do_with_a_store_only(one, monkeypatch, controllers, tmp_path):
    monkeypatch.setenv(AWX, str(tmp_path))
    monkeypatch.setattr(state_dir, "THROWN_AWAY", (str(tmp_path),))
    with pytest.raises(Failure, match="throws away"):
        one.run(seed_record, store=None, event="preflight_passed", data={"rules": 1})
    one.sync()
    one.say("preflight_passed", rules=1)
    assert seed_status.run({"state_dir": str(one.folder), "seed": "srv1"}, False)["phase"] == "target"


def test_a_copy_is_not_written_without_its_store(one):
    one.sync()
    with pytest.raises(Failure, match="is kept in seedstate/offlineseed/production/srv1.*is a copy"):
        one.run(seed_record, store=None, event="preflight_passed", data={"rules": 1})
    assert one.events() == []


def test_two_controllers_cannot_fork_the_record(azure, controllers):
    one, two = controllers("one"), controllers("two")
    one.sync()
    one.say("preflight_passed", rules=1)
    two.sync()
    two.say("target_ready", storage_account_id="two")
    with pytest.raises(Failure, match="Another run has written to the record of seed srv1"):
        one.say("target_ready", storage_account_id="one")
    assert b'"two"' in blob(azure, "record.jsonl") and b'"one"' not in blob(azure, "record.jsonl")
    told = one.sync()
    assert told["set_aside"] == "record.not-kept-1.jsonl" and b'"one"' in (one.seed / told["set_aside"]).read_bytes()
    assert record.content(one.folder, "srv1") == blob(azure, "record.jsonl")
    one.say("offline_configured", by="one")
    assert two.sync()["record"] == "fetched" and two.events() == one.events()


def test_an_append_whose_answer_was_lost_is_not_repeated(azure, one, monkeypatch):
    one.sync()
    one.say("preflight_passed", rules=1)
    real = second_store.SecondStore._note

    def dies(self):
        raise KeyboardInterrupt

    monkeypatch.setattr(second_store.SecondStore, "_note", dies)
    with pytest.raises(KeyboardInterrupt):
        one.say("target_ready", storage_account_id="x")
    monkeypatch.setattr(second_store.SecondStore, "_note", real)
    one.say("offline_configured", by="x")
    assert blob(azure, "record.jsonl") == record.content(one.folder, "srv1")
    assert one.events() == ["opened", "preflight_passed", "target_ready", "offline_configured"]


def test_an_event_that_did_not_reach_the_store_is_sent_by_the_next_run(azure, one, monkeypatch):
    one.sync()
    one.say("preflight_passed", rules=1)
    monkeypatch.setattr(second_store.SecondStore, "send_record", lambda self: None)
    one.say("target_ready", storage_account_id="x")
    monkeypatch.undo()
    assert b"target_ready" not in blob(azure, "record.jsonl")
    assert one.sync()["record"] == "sent"
    assert blob(azure, "record.jsonl") == record.content(one.folder, "srv1")


def test_a_folder_that_was_kept_on_disk_moves_into_a_store(azure, one):
    one.run(seed_record, store=None, event="preflight_passed", data={"rules": 1})
    one.write("escrow/WD-1.yml", b"sealed")
    told = one.sync()
    assert (told["record"], told["kept"]) == ("sent", ["escrow/WD-1.yml"])
    assert blob(azure, "record.jsonl") == record.content(one.folder, "srv1")


def test_two_records_of_one_seed_are_a_conflict_and_both_stay(azure, controllers):
    one, two = controllers("one"), controllers("two")
    one.sync()
    one.say("preflight_passed", rules=1)
    two.run(seed_record, store=None, event="preflight_passed", data={"rules": 2})
    before = record.content(two.folder, "srv1"), blob(azure, "record.jsonl")
    with pytest.raises(Failure, match="hold different records of seed srv1"):
        two.sync()
    assert before == (record.content(two.folder, "srv1"), blob(azure, "record.jsonl"))


@pytest.mark.parametrize("number", range(3))
def test_a_run_that_dies_while_it_takes_the_record_over_begins_anew(controllers, monkeypatch, number):
    one, two = controllers("one"), controllers("two")
    one.sync()
    one.say("preflight_passed", rules=1)
    two.sync()
    one.say("target_ready", storage_account_id="x")
    left = iter(range(number))

    def dies(_descriptor):
        if next(left, None) is None:
            raise KeyboardInterrupt

    monkeypatch.setattr(record.os, "fsync", dies)
    with pytest.raises(KeyboardInterrupt):
        two.sync()
    monkeypatch.undo()
    two.sync()
    assert two.events() == one.events() and record.content(two.folder, "srv1") == record.content(one.folder, "srv1")


def test_what_was_kept_is_not_fetched_again_and_what_changes_then_is_kept(azure, one):
    one.sync()
    one.write("plan.json", b"first")
    one.write("evidence/verdicts.jsonl", b"{}")
    assert one.sync()["kept"] == ["evidence/verdicts.jsonl", "plan.json"]
    one.write("evidence/verdicts.jsonl", b'{"verdict": "proven"}')
    told = one.sync()
    assert (told["fetched"], told["kept"]) == ([], ["evidence/verdicts.jsonl"])
    assert blob(azure, "evidence/verdicts.jsonl") == b'{"verdict": "proven"}' == (one.seed / "evidence/verdicts.jsonl").read_bytes()
    again = one.sync()
    assert (again["changed"], again["fetched"], again["kept"]) == (False, [], [])


def test_a_key_is_never_replaced_by_another(azure, controllers):
    one, two = controllers("one"), controllers("two")
    for controller in (one, two):
        controller.sync()
    one.write("escrow/WD-1.yml", b"key of one")
    two.write("escrow/WD-1.yml", b"key of two")
    one.sync()
    with pytest.raises(Failure, match="escrow/WD-1.yml.*differ"):
        two.sync()
    assert blob(azure, "escrow/WD-1.yml") == b"key of one" and (two.seed / "escrow/WD-1.yml").read_bytes() == b"key of two"


def test_a_key_that_the_store_holds_is_not_replaced_by_what_was_made_of_it_here(azure, one):
    one.sync()
    one.write("escrow/WD-1.yml", b"the key")
    one.sync()
    one.write("escrow/WD-1.yml", b"another key")
    with pytest.raises(Failure, match="escrow/WD-1.yml.*differ"):
        one.sync()
    assert blob(azure, "escrow/WD-1.yml") == b"the key"


def test_a_file_that_two_changed_is_the_stores(controllers):
    one, two = controllers("one"), controllers("two")
    one.sync()
    one.write("plan.json", b"first")
    one.sync()
    two.sync()
    two.write("plan.json", b"second")
    two.sync()
    assert one.sync()["fetched"] == ["plan.json"] and (one.seed / "plan.json").read_bytes() == b"second"


def test_a_record_in_the_store_that_was_changed_is_refused_and_the_copy_stays(azure, controllers):
    one, two = controllers("one"), controllers("two")
    one.sync()
    one.say("preflight_passed", rules=1)
    told = blob(azure, "record.jsonl").replace(b'"rules":1', b'"rules":9')
    with azure.cloud.blobs.container(ACCOUNT, CONTAINER) as client:
        client.delete_blob(NAME + "record.jsonl")
        client.get_blob_client(NAME + "record.jsonl").upload_blob(told, blob_type="AppendBlob")
    with pytest.raises(Failure, match="was changed: line 2"):
        two.sync()
    assert not (two.seed / record.RECORD).exists()


def test_a_record_that_shrank_in_the_store_is_told(azure, one):
    one.sync()
    one.say("preflight_passed", rules=1)
    with azure.cloud.blobs.container(ACCOUNT, CONTAINER) as client:
        client.delete_blob(NAME + "record.jsonl")
    with pytest.raises(Failure, match="holds 0 bytes of the record"):
        one.sync()
    assert one.events() == ["opened", "preflight_passed"]


@pytest.mark.parametrize(
    "name",
    [
        "../../evil",
        "evidence/../../evil",
        "evidence/..",
        "escrow/..\\evil.yml",
        "store.json",
        "record.head",
        "evidence/./x",
        "escrow/a/b.yml",
        "/etc/x",
    ],
)
def test_a_blob_with_another_name_is_not_written_here(one, name, monkeypatch):
    one.sync()
    monkeypatch.setattr(KeptBlobs, "under", lambda self, prefix: iter([Kept(prefix + name, 4, "0x1")]))
    monkeypatch.setattr(KeptBlobs, "fetch", lambda self, kept, path: pytest.fail(f"{kept} was fetched to {path}"))
    assert one.sync()["fetched"] == []


def test_check_mode_writes_nothing_to_the_store(azure, one):
    one.run(seed_record, store=None, event="preflight_passed", data={"rules": 1})
    told = one.sync(check_mode=True)
    assert (told["record"], told["kept"]) == ("unchanged", [])
    assert azure.cloud.blobs.files(ACCOUNT, CONTAINER) == []
    assert not (one.seed / state_dir.STORE).exists()


def test_the_landing_zone_is_no_store_and_another_store_is_not_taken_for_this_one(one):
    with pytest.raises(Failure, match=r"store\.container is 'offlineseed'"):
        one.sync(landing={"account": ACCOUNT, "container": CONTAINER})
    one.sync()
    one.store["prefix"] = "other"
    with pytest.raises(Failure, match="is a copy of the store seedstate/offlineseed/production/srv1"):
        one.sync()


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [("account", "Seed_State", "store.account"), ("container", "Seeds", "store.container"), ("prefix", "../x", "store.prefix")],
)
def test_a_name_that_azure_does_not_know_is_refused(one, field, value, word):
    one.store[field] = value
    with pytest.raises(Failure, match=word):
        one.sync()
    assert not one.folder.exists()


def test_many_events_stand_in_the_store_as_they_stand_on_disk(azure, one):
    one.sync()
    for number in range(12):
        one.say("key_sealed", serial=f"WD-{number}")
    assert blob(azure, "record.jsonl") == record.content(one.folder, "srv1")
    one.lose_the_disk()
    assert one.sync()["events"] == 13
