# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Registering resource providers."""

from __future__ import annotations

import pytest
from unit.scripted import SUBSCRIPTION, refusal

from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import resource_provider

VERSION = "2021-04-01"
IMPORT_EXPORT, DATA_BOX = "Microsoft.ImportExport", "Microsoft.DataBox"


def path(namespace):
    return f"/subscriptions/{SUBSCRIPTION}/providers/{namespace}"


def expect_state(script, state, namespace=IMPORT_EXPORT):
    script.expect("GET", path(namespace), version=VERSION, json={"namespace": namespace, "registrationState": state})


def expect_register(script, namespace=IMPORT_EXPORT, **answer):
    script.expect("POST", f"{path(namespace)}/register", version=VERSION, body=None, **answer)


def test_a_registered_provider_is_left_alone(script, task):
    expect_state(script, "Registered")
    result = task.run(resource_provider, namespaces=[IMPORT_EXPORT])
    assert not result["changed"]
    assert result["providers"] == [{"namespace": IMPORT_EXPORT, "registration_state": "Registered"}]


def test_only_what_is_not_registered_is_registered_and_waited_for(script, time, task):
    expect_state(script, "Registered", DATA_BOX)
    expect_state(script, "NotRegistered")
    expect_register(script, json={"registrationState": "Registering"})
    for _unused in range(5):
        expect_state(script, "Registering")
    expect_state(script, "Registered")
    result = task.run(resource_provider, namespaces=[DATA_BOX, IMPORT_EXPORT])
    assert result["changed"] and len(result["requests"]) == 1
    assert result["diff"] == {
        "before": {DATA_BOX: "Registered", IMPORT_EXPORT: "NotRegistered"}, "after": {DATA_BOX: "Registered", IMPORT_EXPORT: "Registered"},
    }  # fmt: skip
    assert time.slept == [1, 2, 4, 8, 10]


def test_a_registration_under_way_is_only_waited_for(script, task):
    expect_state(script, "Registering")
    expect_state(script, "Registered")
    assert not task.run(resource_provider, namespaces=[IMPORT_EXPORT])["changed"]


def test_check_mode_shows_the_request_and_sends_none(script, task):
    expect_state(script, "NotRegistered")
    result = task.run(resource_provider, check=True, namespaces=[IMPORT_EXPORT])
    assert result["requests"] == [{"method": "POST", "path": f"{path(IMPORT_EXPORT)}/register?api-version={VERSION}", "body": None}]
    assert result["providers"][0]["registration_state"] == "Registered"


def test_waiting_ends_at_the_timeout(script, time, task):
    expect_state(script, "Registering")
    for _unused in range(3):
        expect_state(script, "Registering")
    failure = task.fail(resource_provider, namespaces=[IMPORT_EXPORT], wait_timeout=5)
    assert failure.msg.startswith("Not registered after 3 seconds: Microsoft.ImportExport. Azure goes on; run again later.")


def test_a_forbidden_registration_names_the_action_and_the_role(script, task):
    expect_state(script, "NotRegistered")
    text = f"You have no authorization to perform action '{IMPORT_EXPORT}/register/action' over scope '/subscriptions/{SUBSCRIPTION}'."
    expect_register(script, status=403, json=refusal("AuthorizationFailed", text))
    failure = task.fail(resource_provider, namespaces=[IMPORT_EXPORT])
    assert failure.msg.startswith("Failed to register resource provider Microsoft.ImportExport: AuthorizationFailed: ")
    assert (failure.fields["action"], failure.fields["role"]) == (f"{IMPORT_EXPORT}/register/action", "Contributor")
    assert "Contributor on the subscription" in failure.fields["cure"]


def test_a_namespace_that_is_none_is_named(script, task):
    script.expect("GET", path("Microsoft.Nothing"), version=VERSION, status=404, json=refusal("InvalidResourceNamespace"))
    assert task.fail(resource_provider, namespaces=["Microsoft.Nothing"]).fields["seen"] == "Microsoft.Nothing"


def test_an_empty_list_is_refused(task):
    assert task.fail(resource_provider, namespaces=[]).fields["field"] == "namespaces"


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_registration_is_tried_again(script, time, task, status):
    expect_state(script, "NotRegistered")
    expect_register(script, status=status, json=refusal("Busy"), headers={"Retry-After": "6"})
    expect_register(script, json={})
    expect_state(script, "Registered")
    task.run(resource_provider, namespaces=[IMPORT_EXPORT])
    assert time.slept == [6]
