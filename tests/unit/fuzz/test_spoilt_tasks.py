# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole tasks over the lab's core, one of whose answers is spoilt: a result that is true in the lab, or one Failure.

The SDKs, retries, long-running operations and cores are the real ones; only the network and the sign-in are left out. What a result claims
is compared with the lab's own state, so that no spoilt answer can pass for a success.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import fuzz
import pytest
import requests
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from unit.fuzz.in_process import ACCOUNT, KEY, as_it_is
from unit.fuzz.mutations import spoilt
from unit.jobs.worlds import order
from urllib3.exceptions import ProtocolError

from ansible_collections.offlineseed.azure.plugins.module_utils import task as task_state
from ansible_collections.offlineseed.azure.plugins.module_utils.drives import escrow
from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import (
    import_job,
    import_job_info,
    import_location_info,
    recovery_vault,
    recovery_vault_info,
    resource_provider,
    shipping_update,
    storage_account,
    storage_account_info,
)
from lab import names
from lab.azure import vaults_published
from lab.azure.for_hosts import AzureForHosts
from lab.azure.messages import Response

SHARE = 0.01  # of a family's inputs: a whole task costs as much as a hundred answers
BACKENDS = ("import_export", "data_box")
VERSIONS = {"import_export": "2016-11-01", "data_box": "2022-12-01"}
NAMED = {"resource_group": names.RESOURCE_GROUP, "name": "srv1"}
PARCEL = {**NAMED, "carrier": "DHL", "tracking_number": "JD014600003300112233"}
# Headers of a long-running operation, and what may come in their place.
STRANGE = ("", "nonsense", "https://[", "https://stranger.example/op", "/relative", "0", "-5", "1e400", "soon")
HEADERS = ("location", "azure-asyncoperation", "retry-after", "content-type")
FAILING = (400, 403, 404, 409, 412, 418, 429, 500, 502, 503)


@pytest.fixture(autouse=True)
def keys(monkeypatch):
    monkeypatch.setattr(escrow, "read", lambda folder, serial, *_more: KEY)


@pytest.fixture(params=BACKENDS)
def backend(request):
    return request.param


def params_of(core_module: Any, options: dict[str, Any]) -> dict[str, Any]:
    outcome = ArgumentSpecValidator(core_module.ARGUMENT_SPEC, **getattr(core_module, "ARGUMENT_RULES", {})).validate(options)
    assert not outcome.error_messages, outcome.error_messages
    return outcome.validated_parameters


class Spoiler:
    """Spoils the answer with the number `at`, and counts; a lost answer is one of the ways."""

    def __init__(self, at: int, chance: random.Random) -> None:
        self.at, self.chance = at, chance

    def __call__(self, number: int, answer: Response) -> tuple[int, dict[str, str], bytes]:
        status, headers, content = as_it_is(number, answer)
        if number != self.at:
            return status, headers, content
        way = self.chance.random()
        if way < 0.1:
            raise requests.exceptions.ConnectionError(ProtocolError("Connection aborted.", ConnectionResetError(104, "reset by peer")))
        if way < 0.25:
            return self.chance.choice(FAILING), headers, spoilt(answer.body or {"error": {"code": "Odd"}}, self.chance)
        if way < 0.4:
            return status, {**headers, self.chance.choice(HEADERS): self.chance.choice(STRANGE)}, content
        return status, headers, spoilt(answer.body if answer.body is not None else {}, self.chance)


def play(core: Any, module: Any, options: dict[str, Any], spoil: Callable[..., Any]) -> dict[str, Any]:
    task_state.begin()
    return module.run(params_of(module, options), False, azure=core.connect(spoil))


def every_answer_spoilt(
    core: Any, family: str, module: Any, options: dict[str, Any], true: Callable[[dict[str, Any]], bool], *, converges: bool = False
) -> None:
    """Run `module` again and again from the same state; `true(result)` compares a result with the lab.

    With `converges` an unspoilt run follows each, as after a crash: it must get there, and nothing may be there twice.
    """
    counted: list[int] = []

    def count(number: int, answer: Response) -> tuple[int, dict[str, str], bytes]:
        counted.append(number)
        return as_it_is(number, answer)

    core.reset()
    assert true(play(core, module, options, count)), "the unspoilt run must hold"
    for name, chance in fuzz.series(family, SHARE):
        core.reset()
        try:
            result = play(core, module, options, Spoiler(chance.randrange(len(counted)), chance))
        except Failure as failure:
            assert 20 < len(failure.msg) < 6000, name
            assert any(failure.fields.get(part) for part in ("what", "field")), f"{name}: {failure.msg}"
            told = json.dumps([failure.msg, failure.fields], ensure_ascii=False).encode()
        except Exception as error:
            raise AssertionError(f"{name}: {type(error).__name__}: {error}") from error
        else:
            told = json.dumps(result, ensure_ascii=False).encode()
            assert true(result), f"{name}: the result is not true: {result}"
        assert KEY.encode() not in told, f"{name}: a key is told"
        if converges:
            assert true(play(core, module, options, as_it_is)), f"{name}: the next run does not get there"


def jobs_of(core: Any, backend: str) -> dict[str, Any]:
    return core.state["jobs" if backend == "import_export" else "data_box_jobs"]


@pytest.fixture
def with_job(core, backend):
    """The core with a job srv1 on the service, made by the module itself."""
    core.reset()
    before = core._kept
    play(core, import_job, {**order(storage_account_id=ACCOUNT), "backend": backend}, as_it_is)
    core.keep()
    yield core
    core._kept = before


def test_making_a_job(core, backend):
    def true(result):
        [there] = jobs_of(core, backend).values()
        return result["job"]["name"] == "srv1" and there["name"] == "srv1"

    options = {**order(storage_account_id=ACCOUNT), "backend": backend}
    every_answer_spoilt(core, f"making a job of {backend}", import_job, options, true, converges=True)


def test_reading_a_job(with_job, backend):
    def true(result):
        return all(job["stage"] in ("creating", "unknown") and not job["succeeded"] and not job["terminal"] for job in result["jobs"])

    every_answer_spoilt(with_job, f"reading a job of {backend}", import_job_info, {**NAMED, "backend": backend}, true)


def test_listing_jobs(with_job, backend):
    def true(result):
        told = [job["name"] for job in result["jobs"]]  # a list that somebody emptied looks like an empty one
        return told in (["srv1"], []) and not any(job["succeeded"] for job in result["jobs"])

    every_answer_spoilt(with_job, f"listing jobs of {backend}", import_job_info, {"backend": backend}, true)


def test_shipping(with_job, backend):
    def true(result):
        return PARCEL["tracking_number"] in json.dumps([*jobs_of(with_job, backend).values()], default=str)

    every_answer_spoilt(with_job, f"shipping on {backend}", shipping_update, {**PARCEL, "backend": backend}, true, converges=True)


def test_canceling(with_job, backend):
    def true(result):
        [there] = jobs_of(with_job, backend).values()
        return "cancel" in json.dumps(there, default=str).casefold()

    options = {**NAMED, "state": "canceled", "backend": backend}
    every_answer_spoilt(with_job, f"canceling on {backend}", import_job, options, true)


def test_where_to_ship(core, backend):
    def true(result):
        return all(one["ship_to"] and one["address_is_public"] != bool(one["human_step"]) for one in result["locations"])

    options = {"location": names.LOCATION, "backend": backend}
    every_answer_spoilt(core, f"where to ship on {backend}", import_location_info, options, true)


def test_registering(core):
    core.reset()
    before = core._kept
    core.state["providers"]["Microsoft.RecoveryServices"]["state"] = "NotRegistered"
    core.keep()

    def true(result):
        return core.state["providers"]["Microsoft.RecoveryServices"]["state"] in ("Registered", "Registering")

    try:
        every_answer_spoilt(core, "registering", resource_provider, {"namespaces": ["Microsoft.RecoveryServices"]}, true)
    finally:
        core._kept = before


def test_a_storage_account(core):
    def true(result):
        return "seedother" in {account["name"] for account in core.state["accounts"].values()}

    options = {"resource_group": names.RESOURCE_GROUP, "name": "seedother", "location": names.LOCATION}
    every_answer_spoilt(core, "a storage account", storage_account, options, true)


def test_a_vault(core):
    def true(result):
        """Nothing in it may pass for the proof of a seed; the lab's vault holds none."""
        return not [one for one in result["protected_items"] if one["last_recovery_point"] or one["recovery_point_count"]]

    options = {"resource_group": names.RESOURCE_GROUP, "name": names.VAULT}
    every_answer_spoilt(core, "a vault", recovery_vault_info, options, true)


@pytest.fixture
def with_backups(core):
    """The core with a server, what it protects, and a DPM server."""
    core.reset()
    before, hosts = core._kept, AzureForHosts(core.cloud)
    hosts.register_server("SRV1", agent_version="2.0.9262.0")
    hosts.vault_item("SRV1", "D:\\", recovery_points=["2026-01-02T08:00:00Z"], last_backup_status="Completed")
    vaults_published.engine(core.cloud, "DPM1", managed=vaults_published.DPM, version="10.22.0.0")
    core.keep()
    yield core
    core._kept = before


def test_everything_of_a_vault(with_backups):
    def true(result):
        """Nothing is told of which nobody knows what it is."""
        told = [one for kind in ("servers", "engines", "protected_items", "engine_items", "locks") for one in result[kind] or ()]
        return all(one["name"] for one in told)

    options = {"resource_group": names.RESOURCE_GROUP, "name": names.VAULT, "gather": list(recovery_vault_info.GATHER)}
    every_answer_spoilt(with_backups, "everything of a vault", recovery_vault_info, options, true)


def test_having_a_vault(core):
    def true(result):
        return result["vault"]["name"] == names.VAULT and len(core.state["vaults"]) == 1

    options = {"resource_group": names.RESOURCE_GROUP, "name": names.VAULT, "location": names.LOCATION, "tags": {"purpose": "seeding"}}
    every_answer_spoilt(core, "having a vault", recovery_vault, options, true, converges=True)


def test_the_facts_of_an_account(core):
    def true(result):
        """What is not told is not fit."""
        told = {one["path"]: one["seen"] for one in result["fit"]}
        return all(told.get(path, "x") is not None for path in ("account.kind", "account.sku", "account.provisioning_state"))

    options = {"resource_group": names.RESOURCE_GROUP, "name": names.STORAGE_ACCOUNT, "container": "seed-srv1"}
    every_answer_spoilt(core, "the facts of an account", storage_account_info, options, true)
