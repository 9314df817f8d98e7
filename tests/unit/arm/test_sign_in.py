# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in: who, where, how often, and what is said when Entra refuses."""

from __future__ import annotations

import datetime
import json
import os
import stat
import subprocess
import sys

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from unit.scripted import CLIENT, GROUP, SECRET, SUBSCRIPTION, metadata, refusal

from ansible_collections.offlineseed.azure.plugins.module_utils.arm import sources
from ansible_collections.offlineseed.azure.plugins.module_utils.arm.token_cache import FileCache, Token
from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure

THING = f"{GROUP}/thing"
NOW = 1_800_000_000


def read(task, **options):
    return task.connect(**options).arm.get("read thing", THING, "1")


def expect_reads(script, count, **more):
    for _ in range(count):
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
    for _ in range(3):
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


class TestTokenCache:
    def test_the_next_task_uses_the_token_of_the_last(self, script, task):
        expect_reads(script, 2, token=script.token(1))
        for _ in range(2):
            read(task, token_cache="file")
        assert len(script.sign_ins) == 1

    def test_file_and_folder_are_the_users_alone_and_tell_nothing_by_name(self, script, task, tmp_path):
        expect_reads(script, 1)
        read(task, token_cache="file")
        folder = tmp_path / "cache" / "offlineseed.azure" / "tokens"
        (file,) = folder.iterdir()
        assert (stat.S_IMODE(folder.stat().st_mode), stat.S_IMODE(file.stat().st_mode)) == (0o700, 0o600)
        assert len(file.name) == 64 and CLIENT not in file.name
        assert SECRET not in file.read_text()

    def test_another_secret_does_not_find_it(self, script, task):
        expect_reads(script, 1)
        read(task, token_cache="file")
        script.next_sign_in(401, aadsts(7000215, "Invalid client secret provided."))
        failure_of(read, task, token_cache="file", secret="another")
        assert len(script.sign_ins) == 2

    def test_a_refused_token_leaves_the_cache(self, script, task):
        expect_reads(script, 1)
        read(task, token_cache="file")
        script.expect("GET", THING, version="1", status=401, json=refusal("ExpiredAuthenticationToken"))
        expect_reads(script, 2)
        read(task, token_cache="file")
        read(task, token_cache="file")
        assert len(script.sign_ins) == 2

    @pytest.mark.parametrize(("left", "found"), [(301, True), (300, False), (-10, False)])
    def test_a_token_must_live_for_five_minutes_more(self, tmp_path, left, found):
        cache = FileCache(tmp_path / "tokens")
        cache.save("key", Token("t", NOW + left))
        assert (cache.load("key", NOW) is not None) is found

    @pytest.mark.parametrize("mode", [0o755, 0o770, 0o777])
    def test_a_folder_that_others_enter_is_refused(self, tmp_path, mode):
        cache = FileCache(tmp_path / "tokens")
        cache.save("key", Token("t", NOW + 999))
        os.chmod(cache.folder, mode)
        failure = failure_of(cache.load, "key", NOW)
        assert failure.fields["field"] == "token_cache" and f"{mode:04o}" in failure.msg

    def test_a_file_that_others_read_is_refused(self, tmp_path):
        cache = FileCache(tmp_path / "tokens")
        cache.save("key", Token("t", NOW + 999))
        os.chmod(cache.folder / "key", 0o644)
        assert "0644" in failure_of(cache.load, "key", NOW).msg

    def test_a_link_in_place_of_the_folder_is_refused(self, tmp_path):
        (tmp_path / "real").mkdir(mode=0o700)
        (tmp_path / "tokens").symlink_to(tmp_path / "real")
        assert "be no link" in failure_of(FileCache(tmp_path / "tokens").save, "key", Token("t", NOW + 999)).msg

    def test_a_link_in_place_of_the_file_is_not_followed(self, tmp_path):
        cache = FileCache(tmp_path / "tokens")
        cache.save("other", Token("t", NOW + 999))
        (cache.folder / "key").symlink_to(cache.folder / "other")
        assert cache.load("key", NOW) is None

    @pytest.mark.parametrize("text", ["", "{", "[]", '{"token": "t"}', '{"token": "t", "expires_on": "soon"}'])
    def test_a_spoilt_file_is_no_token(self, tmp_path, text):
        cache = FileCache(tmp_path / "tokens")
        cache.save("key", Token("t", NOW + 999))
        (cache.folder / "key").write_text(text)
        assert cache.load("key", NOW) is None

    def test_a_place_that_cannot_be_written_only_warns(self, script, task, tmp_path):
        (tmp_path / "file").write_text("")
        task.environ["XDG_CACHE_HOME"] = str(tmp_path / "file")
        expect_reads(script, 1)
        read(task, token_cache="file")
        from ansible_collections.offlineseed.azure.plugins.module_utils.task import finished

        (warning,) = finished({})["warnings"]
        assert "the token cache cannot be written" in warning

    def test_a_token_does_not_show_in_its_text(self):
        assert "CANARY" not in repr(Token("CANARY", 1))


class TestClouds:
    @pytest.mark.parametrize(
        "shape", [lambda url: metadata(url), lambda url: [{**metadata(url), "resourceManager": "https://x"}, metadata(url)]]
    )
    def test_a_metadata_document_is_an_object_or_a_list(self, script, task, shape):
        script.metadata = shape(script.url)
        expect_reads(script, 1)
        read(task)

    def test_the_small_document_of_an_azure_stack_is_enough(self, script, task):
        script.metadata = {"authentication": {"loginEndpoint": f"{script.url}/", "audiences": [f"{script.url}/"]}}
        expect_reads(script, 1)
        read(task)
        assert script.sign_ins[0]["scope"] == f"{script.url}/.default"

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


class TestSources:
    def find(self, params, environ=None):
        return sources.find({"auth_source": None, **params}, environ or {})

    @pytest.fixture(autouse=True)
    def home(self, tmp_path, monkeypatch):
        monkeypatch.setenv("HOME", str(tmp_path))
        return tmp_path

    def test_options_come_before_the_environment(self):
        environ = {"AZURE_CLIENT_ID": "env", "AZURE_SECRET": "env", "AZURE_SUBSCRIPTION_ID": SUBSCRIPTION}
        assert self.find({"client_id": "option", "secret": "option"}, environ).client_id == "option"

    def test_a_secret_may_stand_in_the_environment_and_the_rest_in_options(self):
        found = self.find({"client_id": "c", "tenant": "t", "subscription_id": SUBSCRIPTION}, {"AZURE_SECRET": "s"})
        assert (found.source, found.secret) == ("params", "s")

    @pytest.mark.parametrize("names", [("AZURE_SECRET", "AZURE_TENANT"), ("AZURE_CLIENT_SECRET", "AZURE_TENANT_ID")])
    def test_the_environment_is_read_by_both_sets_of_names(self, names):
        environ = {"AZURE_CLIENT_ID": "c", names[0]: "s", names[1]: "t", "AZURE_SUBSCRIPTION_ID": SUBSCRIPTION}
        found = self.find({}, environ)
        assert (found.source, found.client_id, found.secret, found.tenant) == ("env", "c", "s", "t")

    @pytest.mark.parametrize("profile", ["default", "other"])
    def test_a_section_of_the_credentials_file_is_read(self, home, profile):
        (home / ".azure").mkdir()
        (home / ".azure" / "credentials").write_text(f"[{profile}]\nclient_id=c\nsecret=100%s\ntenant=t\nsubscription_id={SUBSCRIPTION}\n")
        found = self.find({"profile": profile} if profile == "other" else {})
        assert (found.source, found.client_id, found.secret) == ("credential_file", "c", "100%s")

    def test_a_credentials_file_that_is_none_is_refused_without_its_content(self, home):
        (home / ".azure").mkdir()
        (home / ".azure" / "credentials").write_text("secret=CANARY\n")
        failure = failure_of(self.find, {"auth_source": "credential_file"})
        assert "INI file" in failure.msg and "CANARY" not in failure.msg

    def test_a_subscription_as_an_option_goes_before_the_sources_own(self):
        other = SUBSCRIPTION.replace("1", "2")
        environ = {"AZURE_CLIENT_ID": "c", "AZURE_SUBSCRIPTION_ID": SUBSCRIPTION}
        assert self.find({"subscription_id": other}, environ).subscription_id == other

    def test_no_credentials_at_all_says_where_was_looked(self):
        failure = failure_of(self.find, {"subscription_id": SUBSCRIPTION})
        assert "No credentials for Azure: looked at the options, the environment, ~/.azure/credentials and the Azure CLI." in failure.msg

    def test_a_login_of_the_cli_is_the_last_resort(self, home):
        (home / ".azure").mkdir()
        (home / ".azure" / "azureProfile.json").write_text("{}")
        assert self.find({"subscription_id": SUBSCRIPTION}).source == "cli"

    def test_a_managed_identity_is_used_only_when_asked_for(self):
        assert self.find({"auth_source": "msi", "subscription_id": SUBSCRIPTION}).source == "msi"

    @pytest.mark.parametrize("value", [None, "", "my subscription", SUBSCRIPTION[:-1]])
    def test_a_subscription_is_a_guid(self, value):
        failure = failure_of(self.find, {"client_id": "c", "subscription_id": value})
        assert failure.fields["field"] == "subscription_id"

    def test_an_unknown_source_in_the_environment_is_refused(self):
        failure = failure_of(self.find, {}, {"ANSIBLE_AZURE_AUTH_SOURCE": "magic"})
        assert (failure.fields["field"], failure.fields["seen"]) == ("auth_source", "magic")

    def test_the_secret_does_not_show_in_the_identitys_text(self):
        found = self.find({"client_id": "c", "secret": "CANARY", "subscription_id": SUBSCRIPTION})
        assert "CANARY" not in repr(found)


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


def test_neither_secret_nor_certificate_is_refused_before_anything_is_sent(script, task):
    failure = failure_of(read, task, secret=None)
    assert failure.fields["field"] == "secret" and not script.sign_ins


def test_a_missing_tenant_is_named(task):
    assert failure_of(read, task, tenant=None).fields["field"] == "tenant"


def test_a_ca_file_that_is_not_there_is_named(task):
    assert failure_of(task.connect, ca_file="/nowhere.pem").fields["field"] == "ca_file"


def test_adal_is_installed_and_never_imported():
    code = (
        "import sys, json\n"
        "from ansible_collections.offlineseed.azure.plugins.module_utils.arm import client\n"
        "from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import import_job, landing_blobs\n"
        "print(json.dumps([name for name in ('adal', 'msrestazure.azure_active_directory', 'azure.common') if name in sys.modules]))"
    )
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], env=environ, check=True, capture_output=True, text=True)
    assert json.loads(done.stdout) == []


def test_a_python_without_the_sdks_says_what_to_install():
    code = (
        "import sys\n"
        "sys.modules['azure'] = None\n"
        "from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure\n"
        "from ansible_collections.offlineseed.azure.plugins.module_utils.arm import client\n"
        "from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import import_job, landing_blobs\n"
        "try:\n    client.connect({}, environ={})\n"
        "except Failure as failure:\n    print(failure.msg)"
    )
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], env=environ, check=True, capture_output=True, text=True)
    assert "needs the Python packages azure-identity" in done.stdout and f"{sys.executable} -m pip install" in done.stdout


def test_options_and_variables_are_those_of_azcollection():
    known = {
        "auth_source", "profile", "subscription_id", "client_id", "secret", "tenant", "cloud_environment", "adfs_authority_url",
        "cert_validation_mode", "x509_certificate_path", "thumbprint", "disable_instance_discovery",
    }  # fmt: skip
    from ansible_collections.offlineseed.azure.plugins.module_utils.arm.options import AZURE_OPTIONS, ENVIRONMENT

    assert set(AZURE_OPTIONS) - known == {"ca_file", "token_cache"}
    assert set(ENVIRONMENT) == known
