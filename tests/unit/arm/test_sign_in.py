# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in: who, where, how often, and what is said when Entra refuses."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from unit.scripted import CLIENT, GROUP, SECRET, metadata, refusal

from ansible_collections.offlineseed.azure.plugins.module_utils.arm.cloud import from_metadata
from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure

THING = f"{GROUP}/thing"
NOW = 1_800_000_000


def read(task, **options):
    return task.connect(**options).arm.get("read thing", THING, "1")


def expect_reads(script, count, **more):
    for _unused in range(count):
        script.expect("GET", THING, version="1", json={}, **more)


def failure_of(function, *args, **options) -> Failure:
    with pytest.raises(Failure) as caught:
        function(*args, **options)
    return caught.value


def aadsts(number: int, text: str) -> dict:
    description = f"AADSTS{number}: {text} Trace ID: 1 Correlation ID: 2 Timestamp: 3"
    return {"error": "invalid_client", "error_description": description, "error_codes": [number]}


def test_secret_client_and_scope_are_sent_to_the_tenant(script, task):
    expect_reads(script, 1)
    read(task)
    (form,) = script.sign_ins
    assert (form["client_id"], form["client_secret"], form["grant_type"]) == (CLIENT, SECRET, "client_credentials")
    assert form["scope"] == f"{script.url}/.default"


def test_one_task_signs_in_once(script, task):
    expect_reads(script, 3)
    azure = task.connect()
    for _unused in range(3):
        azure.arm.get("read thing", THING, "1")
    assert len(script.sign_ins) == 1


@pytest.mark.parametrize(
    ("number", "option", "words"),
    [
        (7000215, "secret", "correct secret / AZURE_SECRET"),
        (7000222, "secret", "the secret has expired"),
        (700016, "client_id", "correct client_id"),
        (90002, "tenant", "correct tenant"),
    ],
)
def test_a_refused_sign_in_names_the_option_to_correct(script, task, number, option, words):
    script.next_sign_in(401, aadsts(number, "It is not right."))
    failure = failure_of(read, task)
    assert failure.msg.startswith(f"Failed to sign in to Azure at {script.url}: AADSTS{number}: It is not right. Cure: ")
    assert words in failure.msg
    assert (failure.fields["field"], failure.fields["code"]) == (option, f"AADSTS{number}")
    assert "Trace ID" not in failure.msg
    task.look_for_secrets([failure.msg, failure.fields])


def test_a_busy_entra_is_asked_again(script, time, task):
    script.next_sign_in(429, {"error": "temporarily_unavailable", "error_description": "busy"}, **{"Retry-After": "4"})
    script.next_sign_in(503, {"error": "temporarily_unavailable", "error_description": "busy"})
    expect_reads(script, 1)
    read(task)
    assert time.slept == [4, 2]


def test_a_place_to_sign_in_that_cannot_be_reached_is_called_that(script, task):
    script.metadata = {**metadata(script.url), "authentication": {"loginEndpoint": "https://login.invalid", "audiences": [script.url]}}
    failure = failure_of(read, task)
    assert failure.msg.startswith("Failed to sign in to Azure: login.invalid: the name of the server could not be resolved")
    assert failure.fields["layer"] == "name"


def test_a_token_that_arm_refuses_is_renewed_once(script, task):
    script.expect("GET", THING, version="1", status=401, json=refusal("InvalidAuthenticationToken"))
    expect_reads(script, 1)
    read(task)
    assert len(script.sign_ins) == 2


def test_a_token_that_stays_refused_is_an_error(script, task):
    script.expect("GET", THING, version="1", status=401, json=refusal("InvalidAuthenticationTokenTenant", "Wrong tenant."))
    script.expect("GET", THING, version="1", status=401, json=refusal("InvalidAuthenticationTokenTenant", "Wrong tenant."))
    failure = failure_of(read, task)
    assert "InvalidAuthenticationTokenTenant: Wrong tenant." in failure.msg
    assert "option tenant" in failure.fields["cure"]


class TestClouds:
    @pytest.mark.parametrize("shape", [metadata, lambda url: [{**metadata(url), "resourceManager": "https://x"}, metadata(url)]])
    def test_a_metadata_document_is_an_object_or_a_list(self, script, task, shape):
        script.metadata = shape(script.url)
        expect_reads(script, 1)
        read(task)

    def test_the_small_document_of_an_azure_stack_is_enough(self, script, task):
        script.metadata = {"authentication": {"loginEndpoint": f"{script.url}/", "audiences": [f"{script.url}/"]}}
        expect_reads(script, 1)
        read(task)
        assert script.sign_ins[0]["scope"] == f"{script.url}/.default"

    def test_older_versions_are_asked_for_where_the_newest_is_not_known(self, script, task):
        script.metadata = lambda query: [metadata(script.url)] if query["api-version"] == "2019-05-01" else {}
        expect_reads(script, 1)
        read(task)
        assert script.metadata_asked == ["2022-09-01", "2019-05-01"]

    def test_a_cloud_without_any_document_is_refused(self, script, task):
        script.metadata = lambda query: {}
        assert "has no metadata document" in failure_of(read, task).msg

    def test_a_cloud_with_its_own_federation_signs_in_there(self):
        document = {"authentication": {"loginEndpoint": "https://adfs.local/adfs", "audiences": ["https://management.local/x/"]}}
        cloud = from_metadata("https://management.local", document)
        assert (cloud.login, cloud.tenant, cloud.scope) == ("https://adfs.local", "adfs", "https://management.local/x/.default")

    def test_a_url_with_a_version_is_asked_as_it_is(self, script, task):
        expect_reads(script, 1)
        read(task, cloud_environment=f"{script.url}/metadata/endpoints?api-version=2019-05-01")
        assert script.metadata_asked == ["2019-05-01"]

    @pytest.mark.parametrize("name", ["Azure", "http://example.com", "ftp://x", "AZUREPUBLICCLOUD"])
    def test_a_cloud_that_is_none_is_refused(self, task, name):
        failure = failure_of(read, task, cloud_environment=name)
        assert failure.fields["field"] == "cloud_environment" and name in failure.msg

    def test_a_document_without_a_place_to_sign_in_is_refused(self, script, task):
        script.metadata = {"authentication": {}}
        assert "names no authentication.loginEndpoint" in failure_of(read, task).msg


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """(path of a PEM file with key and certificate, thumbprint)"""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "me")])
    day = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, day, day + datetime.timedelta(9999)).sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    text = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()) + made.public_bytes(pem)
    path = tmp_path_factory.mktemp("certificate") / "me.pem"
    path.write_bytes(text)
    return str(path), made.fingerprint(hashes.SHA1()).hex().upper()


def test_a_certificate_signs_in_where_there_is_no_secret(script, task, certificate):
    expect_reads(script, 1)
    read(task, secret=None, x509_certificate_path=certificate[0], thumbprint=certificate[1])
    assert "client_assertion" in script.sign_ins[0]


def test_a_certificate_with_another_thumbprint_is_refused(task, certificate):
    failure = failure_of(read, task, secret=None, x509_certificate_path=certificate[0], thumbprint="00:11")
    assert failure.fields["field"] == "thumbprint"


def test_a_certificate_file_that_is_not_there_is_named(task):
    failure = failure_of(read, task, secret=None, x509_certificate_path="/nowhere/me.pem")
    assert failure.fields["field"] == "x509_certificate_path" and "No such file" in failure.msg


class TestOtherWays:
    def az(self, tmp_path, monkeypatch, text):
        """A program az that says `text`, first on the path."""
        program = tmp_path / "bin" / "az"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\n{text}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")

    def test_the_cli_lends_its_token_and_is_asked_once_for_all_tasks(self, script, task, tmp_path, monkeypatch):
        answer = json.dumps({"accessToken": "CANARY-from-az", "expires_on": NOW * 2, "expiresOn": "2040-01-01 00:00:00.000000"})
        self.az(tmp_path, monkeypatch, f"echo x >> {tmp_path}/asked\necho '{answer}'")
        expect_reads(script, 2, token="CANARY-from-az")
        for _unused in range(2):
            read(task, auth_source="cli", token_cache="file")
        assert (tmp_path / "asked").read_text() == "x\n"

    def test_a_cli_that_nobody_is_logged_in_to_says_az_login(self, task, tmp_path, monkeypatch):
        self.az(tmp_path, monkeypatch, "echo \"ERROR: Please run 'az login' to setup account.\" >&2; exit 1")
        failure = failure_of(read, task, auth_source="cli")
        assert failure.msg.startswith("Failed to sign in to Azure at az: ") and failure.fields["cure"] == "run az login"

    def test_a_managed_identity_asks_the_machines_own_service(self, script, task, monkeypatch):
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"{script.url}/msi/token")
        monkeypatch.setenv("IDENTITY_HEADER", "header")
        query = {"api-version": "2019-08-01", "resource": script.url}
        token = {"access_token": "CANARY-from-msi", "expires_on": str(NOW * 2), "token_type": "Bearer", "resource": script.url}
        script.expect("GET", "/msi/token", query=query, json=token, proof="none")
        expect_reads(script, 1, token="CANARY-from-msi")
        read(task, auth_source="msi", client_id=None)


def test_neither_secret_nor_certificate_is_refused_before_anything_is_sent(script, task):
    failure = failure_of(read, task, secret=None)
    assert failure.fields["field"] == "secret" and not script.sign_ins


def test_a_missing_tenant_is_named(task):
    assert failure_of(read, task, tenant=None).fields["field"] == "tenant"


@pytest.mark.filterwarnings("error")
def test_certificates_are_not_looked_at_only_when_that_is_asked_for(script, task):
    expect_reads(script, 1)
    read(task, ca_file=None, cert_validation_mode="ignore")


def test_a_ca_file_that_is_not_there_is_named(task):
    assert failure_of(task.connect, ca_file="/nowhere.pem").fields["field"] == "ca_file"


def test_adal_is_installed_and_never_imported(site):
    code = (
        "import sys, json\n"
        "from ansible_collections.offlineseed.azure.plugins.module_utils.arm import client\n"
        "from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import import_job, landing_blobs\n"
        "print(json.dumps([name for name in ('adal', 'msrestazure.azure_active_directory', 'azure.common') if name in sys.modules]))"
    )
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(site.dev), *sys.path])}
    done = subprocess.run([sys.executable, "-c", code], env=environ, check=True, capture_output=True, text=True)
    assert json.loads(done.stdout) == []


def test_a_python_without_the_sdks_says_what_to_install(site):
    code = (
        "import sys\n"
        "sys.modules['azure'] = None\n"
        "from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure\n"
        "from ansible_collections.offlineseed.azure.plugins.module_utils.arm import client\n"
        "from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import import_job, landing_blobs\n"
        "try:\n    client.connect({}, environ={})\n"
        "except Failure as failure:\n    print(failure.msg)"
    )
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(site.dev), *sys.path])}
    done = subprocess.run([sys.executable, "-c", code], env=environ, check=True, capture_output=True, text=True)
    assert "needs the Python packages azure-identity" in done.stdout and f"{sys.executable} -m pip install" in done.stdout


def test_options_and_variables_are_those_of_azcollection():
    known = {
        "auth_source", "profile", "subscription_id", "client_id", "secret", "tenant", "cloud_environment", "adfs_authority_url",
        "cert_validation_mode", "x509_certificate_path", "thumbprint", "disable_instance_discovery", "oidc_token", "oidc_token_file_path",
    }  # fmt: skip
    from ansible_collections.offlineseed.azure.plugins.module_utils.arm.options import AZURE_OPTIONS, ENVIRONMENT

    assert set(AZURE_OPTIONS) - known == {"ca_file", "token_cache"}
    assert set(ENVIRONMENT) == known
