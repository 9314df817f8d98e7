# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Registering resource providers."""

from __future__ import annotations

import pytest
from unit.scripted import SUBSCRIPTION, refusal

from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import resource_provider, resource_provider_info

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
    script.any_order()
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
    assert failure.msg.startswith("Not registered after 3 seconds: Microsoft.ImportExport (Registering). Azure goes on; run again later.")


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


class TestSeveralAtOnce:
    def test_all_are_asked_for_before_any_is_waited_for_and_the_waits_run_together(self, script, time, task):
        script.any_order()
        for namespace in (IMPORT_EXPORT, DATA_BOX, "Microsoft.Storage"):
            expect_state(script, "NotRegistered", namespace)
            expect_register(script, namespace, json={})
        for looks, namespace in ((1, IMPORT_EXPORT), (2, DATA_BOX), (0, "Microsoft.Storage")):
            for _unused in range(looks):
                expect_state(script, "Registering", namespace)
            expect_state(script, "Registered", namespace)
        result = task.run(resource_provider, namespaces=[IMPORT_EXPORT, DATA_BOX, "Microsoft.Storage"])
        assert [one["path"].split("/")[4] for one in result["requests"]] == [IMPORT_EXPORT, DATA_BOX, "Microsoft.Storage"]
        assert time.slept == [1, 2]

    def test_one_named_twice_in_another_case_is_one(self, script, task):
        expect_state(script, "Registered")
        result = task.run(resource_provider, namespaces=[IMPORT_EXPORT, IMPORT_EXPORT.lower(), f" {IMPORT_EXPORT} "])
        assert [one["namespace"] for one in result["providers"]] == [IMPORT_EXPORT]

    def test_a_wrong_name_among_them_registers_nothing(self, script, task):
        script.any_order()
        expect_state(script, "NotRegistered")
        script.expect("GET", path("Microsoft.Nothing"), version=VERSION, status=404, json=refusal("InvalidResourceNamespace"))
        assert task.fail(resource_provider, namespaces=[IMPORT_EXPORT, "Microsoft.Nothing"]).fields["seen"] == "Microsoft.Nothing"

    def test_each_that_is_late_is_named_with_its_state(self, script, task):
        script.any_order()
        for namespace in (IMPORT_EXPORT, DATA_BOX):
            expect_state(script, "Registering", namespace)
            expect_state(script, "Registering", namespace)
        failure = task.fail(resource_provider, namespaces=[IMPORT_EXPORT, DATA_BOX], wait_timeout=0)
        assert failure.fields["waiting"] == {IMPORT_EXPORT: "Registering", DATA_BOX: "Registering"}
        assert "run again later" in failure.fields["cure"]

    def test_a_refusal_of_one_does_not_keep_the_other_from_being_asked_for(self, script, task):
        script.any_order()
        for namespace in (IMPORT_EXPORT, DATA_BOX):
            expect_state(script, "NotRegistered", namespace)
        expect_register(script, IMPORT_EXPORT, status=403, json=refusal("AuthorizationFailed"))
        expect_register(script, DATA_BOX, json={})
        failure = task.fail(resource_provider, namespaces=[IMPORT_EXPORT, DATA_BOX])
        assert failure.msg.startswith(f"Failed to register resource provider {IMPORT_EXPORT}: AuthorizationFailed")

    def test_two_refusals_are_both_told(self, script, task):
        script.any_order()
        for namespace in (IMPORT_EXPORT, DATA_BOX):
            expect_state(script, "NotRegistered", namespace)
            expect_register(script, namespace, status=403, json=refusal("AuthorizationFailed"))
        failure = task.fail(resource_provider, namespaces=[IMPORT_EXPORT, DATA_BOX])
        assert all(namespace in failure.msg for namespace in (IMPORT_EXPORT, DATA_BOX)) and len(failure.fields["refusals"]) == 2

    def test_one_that_is_just_being_unregistered_is_let_go_first(self, script, time, task):
        expect_state(script, "Unregistering")
        expect_state(script, "Unregistering")
        expect_state(script, "NotRegistered")
        expect_register(script, json={})
        expect_state(script, "Registered")
        assert task.run(resource_provider, namespaces=[IMPORT_EXPORT])["changed"] and time.slept == [1]

    @pytest.mark.parametrize("name", ["", "  ", "Microsoft/ImportExport", "a?b", "a b"])
    def test_what_is_no_name_is_refused_before_anything_is_sent(self, script, task, name):
        assert task.fail(resource_provider, namespaces=[name]).fields["field"] == "namespaces"
        assert not script.metadata_asked


def provider(namespace, state="Registered", **more):
    kinds = [{"resourceType": "jobs", "locations": ["West Europe", "West US 2"], "apiVersions": ["2021-01-01", "2016-11-01"]}]
    return {
        "namespace": namespace,
        "registrationState": state,
        "registrationPolicy": "RegistrationRequired",
        "resourceTypes": kinds,
        **more,
    }


class TestReading:
    def test_state_types_places_and_versions(self, script, task):
        script.expect("GET", path(IMPORT_EXPORT), version=VERSION, json=provider(IMPORT_EXPORT))
        (told,) = task.run(resource_provider_info, namespaces=[IMPORT_EXPORT])["providers"]
        assert told == {
            "namespace": IMPORT_EXPORT, "registration_state": "Registered", "registration_policy": "RegistrationRequired",
            "resource_types": [
                {
                    "resource_type": "jobs", "locations": ["westeurope", "westus2"], "api_versions": ["2021-01-01", "2016-11-01"],
                    "default_api_version": None,
                }
            ],
        }  # fmt: skip

    def test_several_in_their_order(self, script, task):
        script.any_order()
        for namespace in (IMPORT_EXPORT, DATA_BOX):
            script.expect("GET", path(namespace), version=VERSION, json=provider(namespace, "NotRegistered"))
        told = task.run(resource_provider_info, namespaces=[DATA_BOX, IMPORT_EXPORT])["providers"]
        assert [(one["namespace"], one["registration_state"]) for one in told] == [
            (DATA_BOX, "NotRegistered"),
            (IMPORT_EXPORT, "NotRegistered"),
        ]

    @pytest.mark.parametrize("namespaces", [None, []])
    def test_all_over_every_page_when_none_is_named(self, script, task, namespaces):
        base = f"/subscriptions/{SUBSCRIPTION}/providers"
        link = f"{script.url}{base}?api-version={VERSION}&$skiptoken=x"
        script.expect("GET", base, version=VERSION, json={"value": [provider(IMPORT_EXPORT)], "nextLink": link})
        script.expect("GET", base, version=VERSION, query={"$skiptoken": "x"}, json={"value": [provider(DATA_BOX)]})
        told = task.run(resource_provider_info, namespaces=namespaces)["providers"]
        assert [one["namespace"] for one in told] == [DATA_BOX, IMPORT_EXPORT]

    def test_an_unknown_one_is_named(self, script, task):
        script.expect("GET", path("Microsoft.Nothing"), version=VERSION, status=404, json=refusal("InvalidResourceNamespace"))
        assert task.fail(resource_provider_info, namespaces=["Microsoft.Nothing"]).fields["field"] == "namespaces"

    def test_what_is_not_told_is_not_registered_and_empty(self, script, task):
        script.expect("GET", path(IMPORT_EXPORT), version=VERSION, json={"namespace": IMPORT_EXPORT, "resourceTypes": [{}]})
        (told,) = task.run(resource_provider_info, namespaces=[IMPORT_EXPORT])["providers"]
        assert (told["registration_state"], told["registration_policy"]) == ("NotRegistered", None)
        assert told["resource_types"] == [{"resource_type": "", "locations": [], "api_versions": [], "default_api_version": None}]
