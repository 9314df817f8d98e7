# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Azure SDKs against the lab over TLS: what the product uses works on the wire, and faults reach the client as real ones do."""

from __future__ import annotations

import importlib

import pytest
import requests
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceNotFoundError
from azure.identity import ClientSecretCredential
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.storage.blob import BlobServiceClient

from lab import names
from lab.azure import faults
from lab.azure.asgi import ArmServer

ACCOUNT = f"{names.group_id()}/providers/Microsoft.Storage/storageAccounts/seedlanding"


@pytest.fixture
def server(azure, azurite):
    arm = ArmServer(azure.cloud, azurite.certificates)
    arm.start()
    yield arm
    arm.stop()


@pytest.fixture
def ca(azurite):
    return str(azurite.certificates.ca)


@pytest.fixture
def credential(server, ca):
    return sign_in(server, ca, names.CLIENT_SECRET)


def sign_in(server, ca, secret):
    return ClientSecretCredential(
        names.TENANT, names.CLIENT, secret, authority=server.url, disable_instance_discovery=True, connection_verify=ca
    )


@pytest.fixture
def client(server, ca, credential):
    scopes = [f"{server.url}/.default"]
    with ResourceManagementClient(
        credential, names.SUBSCRIPTION, base_url=server.url, credential_scopes=scopes, connection_verify=ca, retry_backoff_factor=0.01
    ) as made:
        yield made


def test_groups_providers_and_a_long_running_account_work_with_the_generic_client(client):
    assert [group.name for group in client.resource_groups.list()] == ["rg-seed"]
    assert client.providers.get("Microsoft.ImportExport").registration_state == "NotRegistered"
    wanted = {"location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}
    made = client.resources.begin_create_or_update_by_id(ACCOUNT, api_version="2023-05-01", parameters=wanted).result()
    assert (made.kind, made.properties["provisioningState"]) == ("StorageV2", "Succeeded")
    with pytest.raises(ResourceNotFoundError, match="ResourceNotFound"):
        client.resources.get_by_id(ACCOUNT[:-1], api_version="2023-05-01")


def test_a_wrong_secret_is_an_authentication_error(server, ca):
    with pytest.raises(ClientAuthenticationError, match="AADSTS7000215"):
        sign_in(server, ca, "wrong").get_token(f"{server.url}/.default")


def test_blobs_are_reached_with_a_token_and_with_a_key(azure, server, ca, credential):
    azure.make_account()
    endpoint = azure.get(ACCOUNT)["properties"]["primaryEndpoints"]["blob"]
    keys = azure.send("POST", f"{ACCOUNT}/listKeys").body["keys"]
    azure.cloud.blobs.create("seedlanding", "seed-srv1")
    for secret in (credential, keys[0]["value"], keys[1]["value"]):
        with BlobServiceClient(endpoint, credential=secret, connection_verify=ca) as service:
            assert [container.name for container in service.list_containers()] == ["seed-srv1"]


@pytest.mark.parametrize(
    "fault", [{"kind": "throttle", "retry_after": 1}, {"kind": "throttle"}, {"kind": "status", "status": 503}, {"kind": "lose_request"}]
)
def test_a_client_that_retries_gets_through(azure, client, fault):
    azure.state["faults"].append(faults.new(**fault))
    assert [group.name for group in client.resource_groups.list()] == ["rg-seed"]
    assert azure.state["faults"] == []


def test_a_lost_answer_leaves_the_change_behind(azure, server, ca, credential):
    azure.state["faults"].append(faults.new("lose_answer", path="register"))
    headers = {"authorization": f"Bearer {credential.get_token(f'{server.url}/.default').token}"}
    where = f"{server.url}/subscriptions/{names.SUBSCRIPTION}/providers/Microsoft.ImportExport/register?api-version=2021-04-01"
    with pytest.raises(requests.ConnectionError):
        requests.post(where, headers=headers, verify=ca, timeout=5)
    assert azure.state["providers"]["Microsoft.ImportExport"]["state"] == "Registering"


def test_missing_rights_come_as_403_with_the_action(azure, client):
    azure.state["faults"].append(faults.new("forbidden", path="register"))
    with pytest.raises(HttpResponseError, match="Microsoft.ImportExport/register/action") as caught:
        client.providers.register("Microsoft.ImportExport")
    assert (caught.value.status_code, caught.value.error.code) == (403, "AuthorizationFailed")


def test_import_jobs_work_with_the_sdk_of_the_service(azure, server, ca, credential, job_body):
    sdk = importlib.import_module("azure.mgmt.storageimportexport")
    azure.register()

    class Credentials:
        """What msrest wants: a session that signs its requests."""

        def signed_session(self, session=None):
            session = session or requests.Session()
            session.auth = self
            return session

        def __call__(self, request):
            request.headers["authorization"] = f"Bearer {credential.get_token(f'{server.url}/.default').token}"
            return request

    client = sdk.StorageImportExport(Credentials(), names.SUBSCRIPTION, base_url=server.url)
    client.config.connection.verify = ca
    client._serialize.client_side_validation = False
    created = client.jobs.create("srv1", "rg-seed", job_body, raw=True).response
    assert (created.status_code, created.json()["location"]) == (201, "westeurope")
    assert client.jobs.get("srv1", "rg-seed").location == "West Europe"
    assert [key.drive_id for key in client.bit_locker_keys.list("srv1", "rg-seed")] == ["WD-1"]
    assert client.locations.get("West Europe").name == "West Europe"
    assert [job.name for job in client.jobs.list_by_subscription()] == ["srv1"]
    client.jobs.delete("srv1", "rg-seed")
    assert azure.state["jobs"] == {}


def test_keep_alive_connections_are_kept(server, ca):
    with requests.Session() as session:
        for _unused in range(2):
            answer = session.get(f"{server.url}/metadata/endpoints?api-version=2022-09-01", verify=ca, timeout=5)
            assert (answer.status_code, answer.headers.get("connection")) == (200, None)


def test_a_container_is_made_by_the_generic_client(azure, client):
    container = f"{azure.make_account()}/blobServices/default/containers/seed-srv1"
    client.resources.begin_create_or_update_by_id(container, api_version="2023-05-01", parameters={"properties": {}}).result()
    assert client.resources.get_by_id(container, api_version="2023-05-01").properties["publicAccess"] == "None"
