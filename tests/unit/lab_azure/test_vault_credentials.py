# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The vault's modules against the lab over TLS; and a credentials file signs in as the agent does, by its certificate."""

from __future__ import annotations

import base64
import dataclasses
import json
from xml.etree import ElementTree

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import CertificateCredential
from unit.lab_azure import openapi

from ansible_collections.offlineseed.azure.plugins.module_utils import times
from ansible_collections.offlineseed.azure.plugins.module_utils.arm.client import connect
from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import recovery_vault, recovery_vault_info, vault_credentials
from lab import names
from lab.azure import faults
from lab.azure import vaults_published as published
from lab.azure.asgi import ArmServer
from lab.azure.for_hosts import AzureForHosts

MANAGEMENT = "https://management.azure.com/.default"
FIELDS = "{http://schemas.datacontract.org/2004/07/Microsoft.Azure.Portal.RecoveryServices.Models.Common}"
WANTED = {"location": "westeurope", "redundancy": "LocallyRedundant"}


@dataclasses.dataclass
class Lab:
    """Runs cores against the lab's server; remembers what was sent, and holds each answer against the API files."""

    server: ArmServer
    ca: str
    azure: object
    sent: list = dataclasses.field(default_factory=list)

    def __post_init__(self):
        handle = self.azure.cloud.handle

        def watched(request):
            response = handle(request)
            self.sent.append(request)
            found = openapi.problems(request.method, request.path, request.version, response.status, response.body)
            assert not found, (request.method, request.path, found)
            return response

        self.azure.cloud.handle = watched

    def run(self, core, *, check=False, **options):
        known = {
            "subscription_id": names.SUBSCRIPTION, "client_id": names.CLIENT, "tenant": names.TENANT, "secret": names.CLIENT_SECRET,
            "cloud_environment": self.server.url, "ca_file": self.ca, "token_cache": "none", "resource_group": "rg-seed", "name": "vault9",
        }  # fmt: skip
        outcome = ArgumentSpecValidator(core.ARGUMENT_SPEC).validate({**known, **options})
        assert not outcome.error_messages, outcome.error_messages
        params = outcome.validated_parameters
        return core.run(params, check, azure=connect(params, environ={}))

    def writes(self):
        return [one for one in self.sent if one.method not in ("GET", "POST")]


@pytest.fixture
def lab(azure, azurite):
    server = ArmServer(azure.cloud, azurite.certificates)
    made = Lab(server, str(azurite.certificates.ca), azure)
    server.start()
    yield made
    server.stop()


@pytest.fixture
def vault(lab):
    return lab.run(recovery_vault, **WANTED)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "vault9.VaultCredentials"


def told(path):
    return {one.tag.removeprefix(FIELDS): one.text for one in ElementTree.fromstring(path.read_bytes())}


def agent(lab, path, **instead):
    """The agent's sign-in: authority, tenant, client and certificate, all out of the file."""
    known = {**told(path), **instead}
    return CertificateCredential(
        known["AadTenantId"], known["ServicePrincipalClientId"], certificate_data=base64.b64decode(known["ManagementCert"]),
        authority=known["AadAuthority"], disable_instance_discovery=True, connection_verify=lab.ca, retry_total=0,
    )  # fmt: skip


class TestVault:
    def test_it_is_made_once_and_looks_as_check_mode_said(self, lab):
        foreseen = lab.run(recovery_vault, check=True, **WANTED)
        assert lab.writes() == []
        made = lab.run(recovery_vault, **WANTED)
        assert made["requests"] == foreseen["requests"] and made["changed"] and foreseen["changed"]
        unknown = ("provisioning_state", "soft_delete_state", "soft_delete_days", "cross_region_restore")
        assert {**made["vault"], **dict.fromkeys(unknown)} == foreseen["vault"]
        assert not lab.run(recovery_vault, **WANTED)["changed"] and len(lab.writes()) == 1

    def test_redundancy_changes_before_the_first_server_and_is_refused_after(self, lab, vault):
        assert lab.run(recovery_vault, **{**WANTED, "redundancy": "GeoRedundant"})["vault"]["redundancy"] == "GeoRedundant"
        hosts = AzureForHosts(lab.azure.cloud)
        hosts.register_server("SRV1", agent_version="2.0.9262.0", vault="vault9")
        hosts.vault_item("SRV1", "D:\\", recovery_points=[], vault="vault9")
        published.delete_item(lab.azure.cloud, "SRV1", "D:\\")
        before = len(lab.writes())
        with pytest.raises(Failure, match=r"registered servers: SRV1; items in soft delete: D:\\"):
            lab.run(recovery_vault, **WANTED)
        assert len(lab.writes()) == before

    def test_the_name_of_a_deleted_vault_is_refused(self, lab, vault, azure):
        azure.send("DELETE", vault["vault"]["id"])
        with pytest.raises(Failure, match="deleted vault"):
            lab.run(recovery_vault, **WANTED)

    def test_everything_can_be_gathered(self, lab, vault):
        cloud, points = lab.azure.cloud, ["2026-01-02T08:00:00Z"]
        hosts = AzureForHosts(cloud)
        hosts.register_server("SRV1", agent_version="2.0.9262.0", vault="vault9")
        hosts.vault_item("SRV1", "D:\\", recovery_points=points, last_backup_status="Completed", vault="vault9")
        hosts.vault_item("SRV1", "E:\\", recovery_points=points, last_backup_status="Completed", vault="vault9")
        published.delete_item(cloud, "SRV1", "E:\\")
        published.engine(cloud, "DPM1", vault="vault9")
        published.engine_item(cloud, "DPM1", "FS1", "F:\\", group="files", recovery_points=points, vault="vault9")
        for number in range(60):
            published.job(cloud, "SRV1", f"{number}", start=f"2026-01-02T09:{number:02}:00Z", vault="vault9")
        lab.azure.send("PUT", f"{names.group_id()}/providers/Microsoft.Authorization/locks/keep", {"properties": {"level": "CanNotDelete"}})
        found = lab.run(recovery_vault_info, gather=list(recovery_vault_info.GATHER), now="2026-01-03T00:00:00Z", jobs_limit=55)
        assert [one["agent_version"] for one in found["servers"]] == ["2.0.9262.0"]
        assert [(one["friendly_name"], one["soft_deleted"]) for one in found["protected_items"]] == [("D:\\", False), ("E:\\", True)]
        assert [one["friendly_name"] for one in found["soft_delete"]["deleted_items"]] == ["E:\\"]
        assert (found["engines"][0]["product"], found["engine_items"][0]["last_recovery_point"]) == ("dpm", points[0])
        assert len(found["jobs"]) == 55 and found["jobs"][0]["item"] == "59"
        assert (found["storage"]["locked"], found["locks"][0]["level"], found["usages"]["MABContainersCount"]["current_value"]) == (
            True, "CanNotDelete", 1,
        )  # fmt: skip


class TestCredentials:
    def test_the_file_signs_the_agent_in(self, lab, vault, path):
        result = lab.run(vault_credentials, path=str(path))
        assert result["changed"]
        token = agent(lab, path).get_token(MANAGEMENT).token
        claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
        assert (claims["aud"], claims["appid"]) == ("https://management.azure.com", told(path)["ServicePrincipalClientId"])
        assert lab.azure.refused("GET", vault["vault"]["id"], token=token)[:2] == (403, "AuthorizationFailed")

    def test_the_vault_never_sees_the_private_half(self, lab, vault, path):
        lab.run(vault_credentials, path=str(path))
        secret = told(path)["ManagementCert"]
        put = next(one for one in lab.writes() if "/certificates/" in one.path)
        assert json.loads(put.body)["properties"]["certificate"][:4] == "MIIC"
        assert not [one for one in lab.sent if secret[:60].encode() in one.body or base64.b64decode(secret)[200:240] in one.body]
        assert secret[:60] not in (lab.azure.folder / "azure.json").read_text() + (lab.azure.folder / "requests.jsonl").read_text()

    def test_a_file_is_kept_while_it_is_valid_and_a_newer_one_leaves_it_valid(self, lab, vault, path, tmp_path):
        first = lab.run(vault_credentials, path=str(path))
        assert lab.run(vault_credentials, path=str(path))["thumbprint"] == first["thumbprint"]
        other = tmp_path / "more" / "again.VaultCredentials"
        assert lab.run(vault_credentials, path=str(other))["thumbprint"] != first["thumbprint"]
        assert agent(lab, path).get_token(MANAGEMENT).token and agent(lab, other).get_token(MANAGEMENT).token

    def test_after_48_hours_the_file_is_of_no_use_and_the_next_run_makes_another(self, lab, vault, path):
        lab.run(vault_credentials, path=str(path), now=times.iso(lab.azure.clock.now()))
        lab.azure.clock.advance(hours=49)
        with pytest.raises(ClientAuthenticationError, match="AADSTS700027"):
            agent(lab, path).get_token(MANAGEMENT)
        result = lab.run(vault_credentials, path=str(path), now=times.iso(lab.azure.clock.now()))
        assert "expired" in result["reason"] and agent(lab, path).get_token(MANAGEMENT).token

    @pytest.mark.parametrize("wrong", ["key", "client", "tenant"])
    def test_a_file_that_was_tampered_with_signs_nobody_in(self, lab, vault, path, tmp_path, wrong):
        lab.run(vault_credentials, path=str(path))
        lab.run(recovery_vault, **{**WANTED, "name": "vault8"})
        other = tmp_path / "other.VaultCredentials"
        lab.run(vault_credentials, name="vault8", path=str(other))
        instead = {
            "key": {"ManagementCert": told(other)["ManagementCert"]}, "tenant": {"AadTenantId": "00000000-0000-0000-0000-000000000000"},
            "client": {"ServicePrincipalClientId": told(other)["ServicePrincipalClientId"]},
        }  # fmt: skip
        with pytest.raises((ClientAuthenticationError, ValueError)):
            agent(lab, path, **instead[wrong]).get_token(MANAGEMENT)

    def test_a_lost_answer_costs_nothing_but_time(self, lab, vault, path, azure):
        azure.state["faults"].append(faults.new("lose_answer", path="/certificates/", method="PUT"))
        assert lab.run(vault_credentials, path=str(path))["changed"] and agent(lab, path).get_token(MANAGEMENT).token
