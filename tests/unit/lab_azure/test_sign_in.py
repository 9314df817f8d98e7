# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entra and the cloud's description, as the SDKs and `az` ask for them."""

from __future__ import annotations

import pytest

from lab import names
from lab.azure.messages import Request


def test_the_right_secret_gives_a_token_that_arm_takes(azure):
    answer = azure.sign_in()
    assert (answer.status, answer.body["token_type"], answer.body["expires_in"]) == (200, "Bearer", 3599)
    assert azure.get("/subscriptions", version="2022-12-01", token=answer.body["access_token"])["value"][0]["tenantId"] == names.TENANT


def test_a_wrong_secret_gives_the_error_of_entra_and_does_not_repeat_the_secret(azure):
    answer = azure.sign_in(client_secret="wrong-secret")
    assert (answer.status, answer.body["error"], answer.body["error_codes"]) == (401, "invalid_client", [7000215])
    assert answer.body["error_description"].startswith("AADSTS7000215: Invalid client secret provided.")
    assert "wrong-secret" not in str(answer.body)


@pytest.mark.parametrize(
    ("form", "status", "code"),
    [
        ({"client_id": "00000000-0000-0000-0000-000000000000"}, 400, 700016),
        ({"scope": "https://nowhere.example/.default"}, 400, 500011),
        ({"grant_type": "password"}, 400, 70003),
    ],
)
def test_other_errors_of_entra_bear_their_numbers(azure, form, status, code):
    answer = azure.sign_in(**form)
    assert (answer.status, answer.body["error_codes"]) == (status, [code])


def test_an_unknown_tenant_is_named(azure, base):
    answer = azure.cloud.handle(Request("GET", "/contoso.example/v2.0/.well-known/openid-configuration", base=base))
    assert (answer.status, answer.body["error_codes"]) == (400, [90002])
    assert "contoso.example" in answer.body["error_description"]


def test_a_storage_token_is_no_token_for_arm(azure):
    token = azure.sign_in(scope="https://storage.azure.com/.default").body["access_token"]
    assert azure.refused("GET", "/subscriptions", version="2022-12-01", token=token)[:2] == (401, "InvalidAuthenticationTokenAudience")


def test_a_request_without_or_with_a_false_token_is_refused_with_a_challenge(azure):
    answer = azure.send("GET", "/subscriptions", version="2022-12-01", token=None)
    assert answer.status == 401
    assert answer.headers["www-authenticate"].startswith("Bearer authorization_uri=")
    assert azure.refused("GET", "/subscriptions", version="2022-12-01", token="a.b.c")[:2] == (401, "InvalidAuthenticationToken")


@pytest.mark.parametrize(("version", "kind"), [("2015-01-01", dict), ("2019-05-01", list), ("2022-09-01", dict)])
def test_the_description_of_the_cloud_has_the_form_of_its_version(azure, base, version, kind):
    answer = azure.cloud.handle(Request("GET", "/metadata/endpoints", {"api-version": version}, base=base))
    assert isinstance(answer.body, kind)
    told = answer.body[0] if kind is list else answer.body
    assert told["authentication"] == told["authentication"] | {"loginEndpoint": base, "audiences": [base]}
