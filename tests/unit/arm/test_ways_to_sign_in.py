# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each way of signing in, against the lab's Entra over TLS: once as it should be, and each way in which it fails with one clear error."""

from __future__ import annotations

import datetime
import json
import os
import socket
import time

import jwt
import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from ansible_collections.offlineseed.azure.plugins.module_utils import task as task_state
from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure
from lab import names
from lab.azure import entra, entra_assertions

PROVIDER = "Microsoft.ImportExport"
WHO = {"client_id": names.CLIENT, "tenant": names.TENANT}
PEM = serialization.Encoding.PEM
ISSUER, SUBJECT = "https://ci.example.com", "repo:company/seeds:ref:refs/heads/main"


def failure_of(function, *args, **options) -> Failure:
    with pytest.raises(Failure) as caught:
        function(*args, **options)
    told = f"{caught.value.msg} {caught.value.fields}"
    assert "CANARY" not in told and "eyJ" not in told, "the error shows a secret"
    return caught.value


def key_text(key, password: bytes | None = None) -> bytes:
    how = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, how)


@pytest.fixture(scope="module")
def keys():
    return {"rsa": rsa.generate_private_key(65537, 2048), "ec": ec.generate_private_key(ec.SECP256R1())}


@pytest.fixture(scope="module")
def certificates(keys):
    """kind of key → certificate"""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "seeds")])
    day = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
    made = {}
    for kind, key in keys.items():
        builder = x509.CertificateBuilder(name, name, key.public_key(), 1, day, day + datetime.timedelta(9999))
        made[kind] = builder.sign(key, hashes.SHA256())
    return made


class TestSecret:
    def test_it_signs_in(self, lab):
        assert lab.read(**WHO, secret=names.CLIENT_SECRET) == PROVIDER

    @pytest.mark.parametrize(
        ("options", "field", "code"),
        [
            ({"secret": "wrong"}, "secret", "AADSTS7000215"),
            ({"client_id": names.SUBSCRIPTION}, "client_id", "AADSTS700016"),
            ({"tenant": "contoso.example"}, "tenant", None),
            ({"tenant": "no tenant"}, "tenant", None),
            ({"tenant": None}, "tenant", None),
            ({"secret": None}, "secret", None),
            ({"adfs_authority_url": "http://sts.example.com"}, "adfs_authority_url", None),
        ],
    )
    def test_a_wrong_one_names_the_option_to_correct(self, lab, options, field, code):
        failure = failure_of(lab.read, **{**WHO, "secret": names.CLIENT_SECRET, **options})
        assert (failure.fields["field"], failure.fields.get("code")) == (field, code)
        assert failure.fields["cure"]


class TestCertificate:
    @pytest.fixture
    def file(self, tmp_path, keys, certificates):
        path = tmp_path / "seeds.pem"
        path.write_bytes(key_text(keys["rsa"]) + certificates["rsa"].public_bytes(PEM))
        return path

    def options(self, file, certificates, **more):
        return {**WHO, "x509_certificate_path": str(file), "thumbprint": certificates["rsa"].fingerprint(hashes.SHA1()).hex(":"), **more}

    def test_the_key_signs_and_entra_checks_the_signature(self, lab, file, certificates):
        entra_assertions.register(lab.cloud, "certificates", certificates["rsa"].public_bytes(PEM).decode())
        assert lab.read(**self.options(file, certificates)) == PROVIDER

    def test_azcollections_order_of_key_and_certificate_does_not_matter(self, lab, file, keys, certificates):
        file.write_bytes(certificates["rsa"].public_bytes(PEM) + key_text(keys["rsa"]))
        entra_assertions.register(lab.cloud, "certificates", certificates["rsa"].public_bytes(PEM).decode())
        assert lab.read(**self.options(file, certificates, thumbprint=None)) == PROVIDER

    def test_one_that_the_application_does_not_know_is_called_that(self, lab, file, certificates):
        failure = failure_of(lab.read, **self.options(file, certificates))
        assert (failure.fields["field"], failure.fields["code"]) == ("x509_certificate_path", "AADSTS700027")

    @pytest.mark.parametrize("spoilt", ["no key", "encrypted", "elliptic", "nonsense", "another key", "folder"])
    def test_a_file_that_cannot_be_used_is_refused_before_anything_is_sent(self, lab, file, keys, certificates, spoilt):
        certificate = certificates["rsa"].public_bytes(PEM)
        content = {
            "no key": certificate,
            "encrypted": key_text(keys["rsa"], b"CANARY-pass") + certificate,
            "elliptic": key_text(keys["ec"]) + certificates["ec"].public_bytes(PEM),
            "nonsense": b"\x00\xff CANARY",
            "another key": b"",
            "folder": b"",
        }[spoilt]
        if spoilt == "folder":
            file.unlink()
            file.mkdir()
        else:
            file.write_bytes(content)
        failure = failure_of(lab.read, **self.options(file, certificates, thumbprint=None))
        assert failure.fields["field"] == "x509_certificate_path" and str(file) in failure.msg
        assert "token" not in (lab.folder / "requests.jsonl").read_text()

    def test_another_thumbprint_is_refused(self, lab, file, certificates):
        failure = failure_of(lab.read, **self.options(file, certificates, thumbprint="00" * 20))
        assert failure.fields["field"] == "thumbprint"


class TestWorkload:
    """A token of Kubernetes or a CI, which a federated credential of the application trusts."""

    @pytest.fixture(autouse=True)
    def trusted(self, lab, keys):
        key = keys["rsa"].public_key().public_bytes(PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
        entra_assertions.register(lab.cloud, "federated", {"issuer": ISSUER, "subject": SUBJECT, "key": key})

    def token(self, keys, **claims) -> str:
        told = {"iss": ISSUER, "sub": SUBJECT, "aud": entra_assertions.EXCHANGE, "exp": int(time.time()) + 600, **claims}
        return jwt.encode(told, keys["rsa"], algorithm="RS256")

    def test_a_token_signs_in(self, lab, keys):
        assert lab.read(**WHO, oidc_token=self.token(keys)) == PROVIDER

    def test_a_file_signs_in_and_is_read_anew(self, lab, keys, tmp_path):
        file = tmp_path / "token"
        file.write_text(self.token(keys) + "\n")
        azure = lab.connect(**WHO, oidc_token_file_path=str(file))
        assert azure.credential.token(azure.cloud.scope)
        file.write_text(self.token(keys, sub="somebody else"))
        azure.credential.forget(azure.cloud.scope)
        assert failure_of(azure.credential.token, azure.cloud.scope).fields["code"] == "AADSTS700213"

    def test_the_environment_that_a_cluster_gives_its_pods_is_enough(self, lab, keys, tmp_path):
        (tmp_path / "token").write_text(self.token(keys))
        environ = {"AZURE_CLIENT_ID": names.CLIENT, "AZURE_TENANT_ID": names.TENANT, "AZURE_FEDERATED_TOKEN_FILE": str(tmp_path / "token")}
        assert lab.read(environ) == PROVIDER

    def test_a_secret_given_as_an_option_is_not_passed_over_for_a_token_of_the_environment(self, lab):
        assert lab.read({"AZURE_FEDERATED_TOKEN": "nonsense"}, **WHO, secret=names.CLIENT_SECRET) == PROVIDER

    @pytest.mark.parametrize(
        ("claims", "code"),
        [
            ({"iss": "https://other.example.com"}, "AADSTS700211"),
            ({"sub": "repo:company/other"}, "AADSTS700213"),
            ({"exp": 1}, "AADSTS700024"),
            ({"aud": "another"}, "AADSTS50027"),
        ],
    )
    def test_one_that_entra_does_not_trust_says_what_does_not_fit(self, lab, keys, claims, code):
        failure = failure_of(lab.read, **WHO, oidc_token=self.token(keys, **claims))
        assert (failure.fields["field"], failure.fields["code"]) == ("oidc_token", code)

    def test_what_is_no_token_is_called_that(self, lab):
        assert failure_of(lab.read, **WHO, oidc_token="CANARY").fields["code"] == "AADSTS50027"

    @pytest.mark.parametrize("content", [None, b"", b"\n", b"\xff\xfe"])
    def test_a_file_without_a_token_is_named(self, lab, tmp_path, content):
        if content is not None:
            (tmp_path / "token").write_bytes(content)
        failure = failure_of(lab.read, **WHO, oidc_token_file_path=str(tmp_path / "token"))
        assert failure.fields["field"] == "oidc_token_file_path"


class TestManagedIdentity:
    @pytest.fixture(autouse=True)
    def machine(self, lab, monkeypatch):
        for name in ("IDENTITY_ENDPOINT", "IDENTITY_HEADER", "IMDS_ENDPOINT", "MSI_ENDPOINT", "MSI_SECRET"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", lab.url)

    @pytest.mark.parametrize(("identity", "client_id"), [("system", None), (names.CLIENT, names.CLIENT)])
    def test_that_of_the_machine_and_one_of_the_users_sign_in(self, lab, identity, client_id):
        entra_assertions.register(lab.cloud, "identities", identity)
        assert lab.read(auth_source="msi", client_id=client_id) == PROVIDER

    def test_the_only_subscription_that_it_sees_is_taken(self, lab):
        entra_assertions.register(lab.cloud, "identities", "system")
        azure = lab.connect(auth_source="msi", subscription_id=None)
        assert azure.subscription_id == names.SUBSCRIPTION and azure.arm.subscription_id == names.SUBSCRIPTION

    @pytest.mark.parametrize("client_id", [None, names.SUBSCRIPTION])
    def test_one_that_the_machine_has_not_is_called_that(self, lab, client_id):
        failure = failure_of(lab.read, auth_source="msi", client_id=client_id)
        assert failure.msg.startswith("Failed to sign in to Azure at the managed identity: ")
        assert "give this machine a managed identity" in failure.fields["cure"]

    def test_a_machine_without_that_service_fails_at_once_and_is_not_called_a_broken_entra(self, lab, monkeypatch):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", f"http://127.0.0.1:{free.getsockname()[1]}")
        started = time.monotonic()
        failure = failure_of(lab.read, auth_source="msi")
        assert failure.msg.startswith("Failed to sign in to Azure at the managed identity: ")
        assert time.monotonic() - started < 5

    def test_the_machines_service_is_never_reached_through_a_proxy(self, lab, monkeypatch):
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
        session = lab.connect(auth_source="msi")._session
        seen = {}
        monkeypatch.setattr(type(session), "send", lambda self, request, **options: seen.update(options) or requests.Response())
        session.request("GET", "http://169.254.169.254/metadata/identity/oauth2/token")
        assert not seen["proxies"].get("http") and not seen["proxies"].get("all")


class TestAzureCli:
    """A program `az` that is really started; what it says is the lab's."""

    @pytest.fixture
    def az(self, lab, tmp_path, monkeypatch):
        """Makes an az that answers `account get-access-token` and `account show` with the given shell text."""
        folder = tmp_path / "bin"
        folder.mkdir()
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
        monkeypatch.delenv("AZURE_CONFIG_DIR", raising=False)

        def make(token: str | None = None, show: str = "exit 3") -> None:
            made = entra._make(lab.cloud, lab.url)
            answer = json.dumps({"accessToken": made, "expires_on": int(time.time()) + 3600, "expiresOn": "2040-01-01 00:00:00.0"})
            token = f"echo '{answer}'" if token is None else token
            (folder / "az").write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\ncase "$*" in *show*) {show};; *) {token};; esac\n')
            (folder / "az").chmod(0o755)

        return make

    def profile(self, tmp_path, content: str) -> None:
        (tmp_path / ".azure").mkdir(exist_ok=True)
        (tmp_path / ".azure" / "azureProfile.json").write_text(content, encoding="utf-8-sig")

    def test_it_lends_its_token(self, lab, az):
        az()
        assert lab.read(auth_source="cli") == PROVIDER

    def test_its_current_subscription_and_cloud_are_taken_without_starting_it(self, lab, az, tmp_path):
        az()
        others = {"id": names.TENANT, "isDefault": False, "environmentName": "AzureChinaCloud"}
        self.profile(
            tmp_path,
            json.dumps({"subscriptions": [others, {"id": names.SUBSCRIPTION, "isDefault": True, "environmentName": "AzureCloud"}]}),
        )
        azure = lab.connect(auth_source="cli", subscription_id=None, cloud_environment=None)
        assert (azure.subscription_id, azure.cloud.name) == (names.SUBSCRIPTION, "AzureCloud")
        azure = lab.connect(auth_source="cli", subscription_id=names.TENANT, cloud_environment=None)
        assert azure.cloud.name == "AzureChinaCloud"
        assert not (tmp_path / "asked").exists()

    @pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"subscriptions": 5}', '{"subscriptions": [5, {}]}'])
    def test_without_its_file_the_program_is_asked(self, lab, az, tmp_path, content):
        az(show=f"""echo '{{"id": "{names.SUBSCRIPTION}", "environmentName": "AzureUSGovernment"}}'""")
        self.profile(tmp_path, content)
        azure = lab.connect(auth_source="cli", subscription_id=None, cloud_environment=None)
        assert (azure.subscription_id, azure.cloud.name) == (names.SUBSCRIPTION, "AzureUSGovernment")
        assert (tmp_path / "asked").read_text() == "account show --output json\n"

    @pytest.mark.parametrize(
        ("show", "words"),
        [
            ("echo 'Please run az login to setup account.' >&2; exit 1", "Please run az login"),
            ("echo nonsense", "names no subscription"),
            ("echo '[]'", "names no subscription"),
            ("echo", "names no subscription"),
            ("exit 3", "exit code 3"),
        ],
    )
    def test_one_that_knows_no_subscription_is_called_that(self, lab, az, show, words):
        az(show=show)
        failure = failure_of(lab.connect, auth_source="cli", subscription_id=None)
        assert failure.msg.startswith("Failed to read the login of the Azure CLI: ") and words in failure.msg

    @pytest.mark.parametrize(
        ("token", "words"),
        [
            ("echo \"ERROR: Please run 'az login' to setup account.\" >&2; exit 1", "az login"),
            ("echo CANARY-nonsense", "Unexpected output"),
            ("echo '{}'", ""),
            ("exit 1", ""),
        ],
    )
    def test_one_that_lends_no_token_is_one_clear_error(self, lab, az, token, words):
        az(token=token)
        failure = failure_of(lab.read, auth_source="cli")
        assert failure.msg.startswith("Failed to sign in to Azure at az: ") and words in failure.msg
        assert failure.fields["cure"] == "run az login"

    def test_a_machine_without_it_is_told_to_install_it(self, lab, monkeypatch, tmp_path):
        monkeypatch.setenv("PATH", str(tmp_path))
        assert "install the Azure CLI" in failure_of(lab.read, auth_source="cli").fields["cure"]
        assert "install the Azure CLI" in failure_of(lab.connect, auth_source="cli", subscription_id=None).fields["cure"]


class TestProfilesAndEnvironment:
    def write(self, tmp_path, **sections) -> None:
        (tmp_path / ".azure").mkdir(exist_ok=True)
        lines = [line for name, pairs in sections.items() for line in (f"[{name}]", *(f"{key}={value}" for key, value in pairs.items()))]
        (tmp_path / ".azure" / "credentials").write_text("\n".join(lines) + "\n")

    def complete(self, lab, **more):
        return {**WHO, "secret": names.CLIENT_SECRET, "subscription_id": names.SUBSCRIPTION, "cloud_environment": lab.url, **more}

    def nothing(self, **more):
        return {"subscription_id": None, "cloud_environment": None, **more}

    @pytest.mark.parametrize(
        ("environ", "options"),
        [({}, {"profile": "work"}), ({"AZURE_PROFILE": "work"}, {}), ({}, {"profile": "work", "auth_source": "credential_file"})],
    )
    def test_a_profile_signs_in(self, lab, tmp_path, environ, options):
        self.write(tmp_path, default={"client_id": "another"}, work=self.complete(lab))
        assert lab.read(environ, **self.nothing(**options)) == PROVIDER

    @pytest.mark.parametrize(("environ", "options"), [({}, {"profile": "wrok"}), ({"AZURE_PROFILE": "wrok"}, {})])
    def test_a_profile_that_is_not_there_is_named_and_no_other_is_taken(self, lab, tmp_path, environ, options):
        self.write(tmp_path, default=self.complete(lab), work=self.complete(lab))
        failure = failure_of(lab.read, environ, **self.nothing(**options))
        assert (failure.fields["field"], failure.fields["seen"]) == ("profile", "wrok") and "It has default, work." in failure.msg

    def test_the_environment_signs_in(self, lab):
        environ = {
            "AZURE_CLIENT_ID": names.CLIENT, "AZURE_TENANT": names.TENANT, "AZURE_SECRET": names.CLIENT_SECRET,
            "AZURE_SUBSCRIPTION_ID": names.SUBSCRIPTION, "AZURE_CLOUD_ENVIRONMENT": lab.url,
        }  # fmt: skip
        assert lab.read(environ, **self.nothing()) == PROVIDER
        assert lab.read(environ, **self.nothing(auth_source="env")) == PROVIDER

    def test_the_order_is_options_environment_file(self, lab, tmp_path):
        self.write(tmp_path, default=self.complete(lab, client_id="of-file"))
        environ = {
            "AZURE_CLIENT_ID": "of-environment",
            "AZURE_TENANT": names.TENANT,
            "AZURE_SECRET": "s",
            "AZURE_SUBSCRIPTION_ID": names.SUBSCRIPTION,
        }
        taken = [
            lab.connect(environ, client_id="of-options", secret="s", tenant="t").identity.client_id,
            lab.connect(environ).identity.client_id,
            lab.connect({}).identity.client_id,
        ]
        assert taken == ["of-options", "of-environment", "of-file"]

    @pytest.mark.parametrize("word", ["Validate", "false", "no"])
    def test_an_unknown_word_does_not_switch_certificates_off(self, lab, word):
        failure = failure_of(lab.read, {"AZURE_CERT_VALIDATION_MODE": word}, **WHO, secret=names.CLIENT_SECRET)
        assert (failure.fields["field"], failure.fields["seen"]) == ("cert_validation_mode", word)

    def test_the_word_ignore_in_the_environment_does(self, lab):
        assert lab.read({"AZURE_CERT_VALIDATION_MODE": "ignore"}, **WHO, secret=names.CLIENT_SECRET, ca_file=None) == PROVIDER


def test_a_token_is_kept_out_of_results_whichever_way_it_came(lab, monkeypatch):
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", lab.url)
    entra_assertions.register(lab.cloud, "identities", "system")
    azure = lab.connect(auth_source="msi")
    token = azure.credential.token(azure.cloud.scope).token
    assert token not in str(task_state.finished({"msg": f"the header was Bearer {token}"}))
