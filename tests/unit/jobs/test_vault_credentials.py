# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The credentials file: its form, when it is kept, what is refused, and that its key is nowhere else."""

from __future__ import annotations

import base64
import os
import pathlib
import stat
from xml.etree import ElementTree

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from unit.jobs.vault_worlds import VAULT, VERSION, expect_locks, expect_vault, lock, vault
from unit.scripted import ANYTHING, SUBSCRIPTION, refusal

from ansible_collections.offlineseed.azure.plugins.module_utils import task as task_state
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import vault_credentials, vault_credentials_file

NOW = "2026-01-31T20:05:06Z"
NAMESPACE = "{http://schemas.datacontract.org/2004/07/Microsoft.Azure.Portal.RecoveryServices.Models.Common}"
CERTIFICATE = f"{VAULT}/certificates/vault1{SUBSCRIPTION}-1-31-2026-vaultcredentials"
ANSWER = {
    "authType": "AzureActiveDirectory", "resourceId": 8726350008099341699, "aadAuthority": "https://login.windows.net",
    "aadTenantId": "9b0c2069-2eba-489f-95f4-eca15cb602ab", "servicePrincipalClientId": "4932d0bd-b5f9-4659-94a0-7ab02d918933",
    "servicePrincipalObjectId": "2d60221e-cef5-4e13-ba66-b33701a533bb", "azureManagementEndpointAudience": "https://id1.example/restapi/?a=1&b=<2>",
}  # fmt: skip


@pytest.fixture
def path(tmp_path):
    return tmp_path / "seeds" / "vault1.VaultCredentials"


def wanted(path, **more):
    return {"resource_group": "rg-seed", "name": "vault1", "path": str(path), "now": NOW, **more}


def expect_certificate(script, **answer):
    script.expect("PUT", CERTIFICATE, version=VERSION, body=ANYTHING, **{"json": {"properties": ANSWER}, **answer})


def expect_new(script, **answer):
    expect_vault(script, vault(location="westeurope"))
    expect_locks(script)
    expect_certificate(script, **answer)


@pytest.fixture
def made(script, task, path):
    """A file that was made, and the task's result."""
    expect_new(script)
    result = task.run(vault_credentials, **wanted(path))
    watch(task, path)
    return result


def read(path):
    """(names of the elements in order, name → text)"""
    root = ElementTree.fromstring(path.read_bytes())
    assert root.tag == f"{NAMESPACE}RSBackupVaultAADCreds"
    return [one.tag.removeprefix(NAMESPACE) for one in root], {one.tag.removeprefix(NAMESPACE): one.text for one in root}


def pair_in(path):
    return pkcs12.load_key_and_certificates(base64.b64decode(read(path)[1]["ManagementCert"]), None)[:2]


def watch(task, path):
    """From here on the task must not show any form of the key in the file."""
    text = read(path)[1]["ManagementCert"]
    key = pair_in(path)[0].private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    task.canaries |= {text, text[:64], text[400:464], base64.b64encode(key).decode()[900:964], key.hex()[1400:1464]}


class TestForm:
    def test_elements_stand_in_the_order_of_the_data_contract(self, made, path):
        names, told = read(path)
        assert names == [
            "Version", "SubscriptionId", "ResourceType", "ResourceName", "ManagementCert", "ResourceId", "ResourceGroup", "Location",
            "ProviderNamespace", "AadAuthority", "AadTenantId", "ServicePrincipalClientId", "IdMgmtRestEndpoint", "AgentLinks",
        ]  # fmt: skip
        expected = {
            "Version": "2.0", "SubscriptionId": SUBSCRIPTION, "ResourceType": "Vaults", "ResourceName": "vault1",
            "ResourceId": "8726350008099341699", "ResourceGroup": "rg-seed", "Location": "westeurope",
            "ProviderNamespace": "Microsoft.RecoveryServices", "AadAuthority": "https://login.windows.net",
            "AadTenantId": ANSWER["aadTenantId"], "ServicePrincipalClientId": ANSWER["servicePrincipalClientId"],
            "IdMgmtRestEndpoint": "https://id1.example/restapi/?a=1&b=<2>",
        }  # fmt: skip
        assert {name: told[name] for name in expected} == expected
        assert [link.split(",")[0] for link in told["AgentLinks"].split(";")] == [
            "WABUpdateKBLink", "StorageQuotaPurchaseLink", "WebPortalLink", "WABprivacyStatement",
        ]  # fmt: skip

    def test_it_is_utf8_without_a_mark_and_with_the_declaration(self, made, path):
        assert path.read_bytes().startswith(b'<?xml version="1.0" encoding="utf-8"?>\n<RSBackupVaultAADCreds xmlns:i=')

    def test_the_certificate_is_what_the_agent_expects(self, made, path):
        key, certificate = pair_in(path)
        assert (key.key_size, certificate.subject.rfc4514_string(), certificate.issuer) == (
            2048,
            "CN=Windows Azure Tools",
            certificate.subject,
        )
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        assert [one.dotted_string for one in usage] == ["1.3.6.1.5.5.7.3.2"]
        assert (str(certificate.not_valid_before_utc), str(certificate.not_valid_after_utc)) == (
            "2026-01-31 17:05:06+00:00",
            "2026-02-02 20:05:06+00:00",
        )
        assert made["thumbprint"] == certificate.fingerprint(hashes.SHA1()).hex().upper()
        assert (made["issued_at"], made["expires_at"]) == (NOW, "2026-02-02T20:05:06Z")

    def test_the_key_is_sealed_as_every_windows_reads_it(self, made, path):
        content = base64.b64decode(read(path)[1]["ManagementCert"])
        triple_des, sha1 = bytes.fromhex("060a2a864886f70d010c0103"), bytes.fromhex("06052b0e03021a0500")
        assert content.count(triple_des) == 2 and content.count(sha1) == 1

    def test_the_vault_gets_the_public_half_only(self, made, path):
        (request,) = made["requests"]
        assert request["body"]["properties"]["authType"] == "AAD"
        certificate = x509.load_der_x509_certificate(base64.b64decode(request["body"]["properties"]["certificate"]))
        assert certificate == pair_in(path)[1]

    def test_only_its_owner_may_read_it_and_its_new_folder(self, made, path):
        assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(path.parent.stat().st_mode)) == (0o600, 0o700)
        assert [one.name for one in path.parent.iterdir()] == [path.name]

    def test_the_key_is_kept_secret_for_the_task(self, made, path):
        assert read(path)[1]["ManagementCert"] in task_state.secrets()


class TestKeeping:
    def again(self, script, task, path, **options):
        expect_vault(script, vault())
        return task.run(vault_credentials, **wanted(path, **options))

    def test_a_file_that_is_valid_long_enough_stays(self, made, script, task, path):
        before = path.read_bytes()
        result = self.again(script, task, path, now="2026-02-02T08:05:05Z")
        assert not result["changed"] and path.read_bytes() == before
        assert (result["thumbprint"], result["issued_at"], result["reason"]) == (made["thumbprint"], NOW, None)
        assert result["diff"]["before"] == result["diff"]["after"] and result["requests"] == []

    @pytest.mark.parametrize(
        ("options", "why"),
        [
            ({"now": "2026-02-02T08:05:06Z"}, "expires 2026-02-02T20:05:06Z"),
            ({"now": "2026-02-03T00:00:00Z"}, "expired 2026-02-02T20:05:06Z"),
            ({"min_validity": 47, "now": "2026-01-31T21:05:06Z"}, "expires"), ({"now": "2026-01-31T10:00:00Z"}, "not valid before"),
        ],
    )  # fmt: skip
    def test_one_near_its_end_or_before_its_beginning_is_replaced(self, made, script, task, path, options, why):
        expect_vault(script, vault())
        expect_locks(script)
        result = task.run(vault_credentials, check=True, **wanted(path, **options))
        assert result["changed"] and why in result["reason"]
        assert result["diff"]["before"]["thumbprint"] == made["thumbprint"]

    def test_one_of_another_vault_is_replaced_and_said_so(self, made, script, task, path):
        other = VAULT.replace("vault1", "vault2")
        script.expect("GET", other, version=VERSION, json={**vault(), "name": "vault2"})
        expect_locks(script, scope=other)
        result = task.run(vault_credentials, check=True, **wanted(path, name="vault2"))
        assert result["reason"] == "the one there was of vault vault1 in rg-seed"

    @pytest.mark.parametrize("spoil", [
        lambda text: b"", lambda text: text[: len(text) // 2], lambda text: text.replace(b"<ManagementCert>MI", b"<ManagementCert>XX"),
        lambda text: text.replace(b"AadTenantId>", b"AadTenant>"), lambda text: b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + text[39:],
        lambda text: text.replace(b"Models.Common", b"Models"), lambda text: b"\xff\xfe\x00",
    ])  # fmt: skip
    def test_what_is_no_whole_file_is_replaced(self, made, script, task, path, spoil):
        path.write_bytes(spoil(path.read_bytes()))
        expect_vault(script, vault())
        expect_locks(script)
        assert "no complete vault credentials file" in task.run(vault_credentials, check=True, **wanted(path))["reason"]

    def test_rights_of_others_are_taken_away_and_told(self, made, script, task, path):
        path.chmod(0o644)
        result = self.again(script, task, path)
        assert result["changed"] and stat.S_IMODE(path.stat().st_mode) == 0o600
        assert "could be read by others (mode 0644)" in result["warnings"][0]
        assert (result["diff"]["before"]["mode"], result["diff"]["after"]["mode"]) == ("0644", "0600")
        assert not self.again(script, task, path)["changed"]

    def test_check_mode_makes_no_key_and_no_file(self, script, task, path):
        expect_vault(script, vault())
        expect_locks(script)
        result = task.run(vault_credentials, check=True, **wanted(path))
        assert result["changed"] and not path.parent.exists()
        (request,) = result["requests"]
        assert request["path"].startswith(CERTIFICATE) and "made when it is sent" in request["body"]["properties"]["certificate"]
        assert (result["thumbprint"], result["expires_at"]) == (None, "2026-02-02T20:05:06Z")

    def test_check_mode_leaves_the_mode_of_a_file(self, made, script, task, path):
        path.chmod(0o640)
        expect_vault(script, vault())
        assert task.run(vault_credentials, check=True, **wanted(path))["changed"] and stat.S_IMODE(path.stat().st_mode) == 0o640


class TestAbsent:
    def test_it_removes_the_file_without_asking_azure(self, made, task, path):
        result = task.run(vault_credentials, **wanted(path, state="absent"))
        assert result["changed"] and not path.exists()
        assert (result["diff"]["before"]["thumbprint"], result["diff"]["after"]) == (made["thumbprint"], {})
        assert not task.run(vault_credentials, **wanted(path, state="absent"))["changed"]

    def test_check_mode_leaves_it(self, made, task, path):
        assert task.run(vault_credentials, check=True, **wanted(path, state="absent"))["changed"] and path.exists()

    def test_it_removes_no_other_file(self, task, tmp_path):
        precious = tmp_path / "thesis.docx"
        precious.write_text("x")
        assert task.fail(vault_credentials, **wanted(precious, state="absent")).fields["field"] == "path" and precious.exists()

    def test_it_needs_no_credentials(self, path):
        params = {**wanted(path), "state": "absent"}
        assert vault_credentials.run(params, False)["changed"] is False


class TestPlace:
    def test_a_folder_where_everybody_writes_is_refused_unless_sticky(self, script, task, tmp_path):
        loose = tmp_path / "loose"
        loose.mkdir()
        loose.chmod(0o777)
        failure = task.fail(vault_credentials, **wanted(loose / "a.VaultCredentials"))
        assert "mode 0777" in failure.msg and f"chmod o-w {loose}" in failure.fields["cure"] and not script.metadata_asked
        loose.chmod(0o1777)
        expect_new(script)
        assert task.run(vault_credentials, **wanted(loose / "a.VaultCredentials"))["changed"]

    def test_a_link_is_refused_not_followed(self, script, task, tmp_path, path):
        path.parent.mkdir()
        path.symlink_to(tmp_path / "elsewhere")
        expect_vault(script, vault())
        assert task.fail(vault_credentials, **wanted(path)).fields["must"] == "a file or nothing"

    def test_a_folder_in_place_of_the_file_is_refused(self, script, task, path):
        path.mkdir(parents=True)
        expect_vault(script, vault())
        assert task.fail(vault_credentials, **wanted(path)).fields["field"] == "path"

    def test_a_folder_that_may_not_be_written_is_told_before_azure_is_given_a_certificate(self, script, task, path):
        if os.geteuid() == 0:
            path = pathlib.Path("/sys/srv1.VaultCredentials")  # where not even root makes a file
        else:
            path.parent.mkdir(mode=0o500)
        expect_vault(script, vault())
        expect_locks(script)
        told = task.fail(vault_credentials, **wanted(path)).msg
        assert "Permission denied" in told or "Read-only file system" in told

    def test_a_folder_that_cannot_be_made_is_told_before_azure_is_given_a_certificate(self, script, task, path):
        path.parent.write_text("a file")
        failure = task.fail(vault_credentials, **wanted(path))
        assert failure.fields["field"] == "path" and not script.metadata_asked

    def test_a_full_disk_leaves_the_old_file_and_no_draft(self, made, script, task, path, monkeypatch):
        before = path.read_bytes()
        expect_vault(script, vault())
        expect_locks(script)
        script.expect("PUT", CERTIFICATE.replace("1-31", "2-2"), version=VERSION, json={"properties": ANSWER})

        def full(_number):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(vault_credentials_file.os, "fsync", full)
        failure = task.fail(vault_credentials, **wanted(path, now="2026-02-02T20:00:00Z"))
        assert "No space left on device" in failure.msg
        assert path.read_bytes() == before and [one.name for one in path.parent.iterdir()] == [path.name]

    @pytest.mark.parametrize("name", ["vault1.xml", "vault1", "VaultCredentials"])
    def test_another_ending_is_refused(self, task, tmp_path, name):
        assert "ends with .VaultCredentials" in task.fail(vault_credentials, **wanted(tmp_path / name)).msg

    def test_a_relative_path_is_refused(self, task):
        assert task.fail(vault_credentials, **wanted("vault1.VaultCredentials")).fields["must"] == "absolute"


class TestRefusals:
    @pytest.mark.parametrize(
        ("options", "field"),
        [
            ({"validity": 0}, "validity"), ({"validity": 241}, "validity"), ({"min_validity": 48}, "min_validity"),
            ({"min_validity": -1}, "min_validity"),
            ({"validity": 12}, "min_validity"), ({"name": "a_b"}, "name"), ({"resource_group": "a."}, "resource_group"),
            ({"now": "soon"}, "now"),
        ],
    )  # fmt: skip
    def test_bad_input_is_refused_before_anything_is_sent(self, script, task, path, options, field):
        assert task.fail(vault_credentials, **wanted(path, **options)).fields["field"] == field and not script.metadata_asked

    def test_a_missing_vault_names_the_module_that_makes_one(self, script, task, path):
        expect_vault(script)
        assert "module recovery_vault" in task.fail(vault_credentials, **wanted(path)).fields["cure"]

    def test_check_mode_warns_of_a_missing_vault_that_an_earlier_task_may_make(self, script, task, path):
        expect_vault(script)
        expect_locks(script)
        result = task.run(vault_credentials, check=True, **wanted(path))
        assert result["changed"] and "is not there" in task_state.finished(result)["warnings"][0]

    def test_a_read_only_lock_is_named(self, script, task, path):
        expect_vault(script, vault())
        expect_locks(script, lock(scope=VAULT))
        assert "lock 'keep', ReadOnly" in task.fail(vault_credentials, **wanted(path)).msg

    @pytest.mark.parametrize(
        "field", ["resourceId", "aadTenantId", "servicePrincipalClientId", "azureManagementEndpointAudience", "aadAuthority"]
    )
    def test_an_answer_without_what_the_agent_needs_makes_no_file(self, script, task, path, field):
        expect_new(script, json={"properties": {name: value for name, value in ANSWER.items() if name != field}})
        assert field in task.fail(vault_credentials, **wanted(path)).msg and list(path.parent.iterdir()) == []

    def test_an_answer_about_another_certificate_makes_no_file(self, script, task, path):
        expect_new(script, json={"properties": {**ANSWER, "thumbprint": "AB" * 20}})
        assert "proxy" in task.fail(vault_credentials, **wanted(path)).fields["cure"] and not path.exists()

    @pytest.mark.parametrize("answer", [{"json": []}, {"json": {"properties": [1]}}, {"raw": b"<html>hello</html>"}, {"json": None}])
    def test_an_answer_that_is_none_makes_no_file_and_no_traceback(self, script, task, path, answer):
        expect_new(script, **answer)
        assert task.fail(vault_credentials, **wanted(path)).fields["cure"] and not path.exists()

    def test_403_names_the_action_and_the_role(self, script, task, path):
        expect_new(script, status=403, json=refusal("AuthorizationFailed", "no"))
        failure = task.fail(vault_credentials, **wanted(path))
        assert (failure.fields["action"], failure.fields["role"]) == (
            "Microsoft.RecoveryServices/vaults/certificates/write",
            "Backup Operator",
        )

    def test_a_lost_answer_is_asked_for_again(self, script, task, path):
        expect_new(script, lost=True)
        expect_certificate(script)
        assert task.run(vault_credentials, **wanted(path))["changed"]
