# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The clouds by their real names: they lead to a server on this machine that has a certificate for them."""

from __future__ import annotations

import socket
import ssl
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
import trustme
from unit.scripted import GROUP, SECRET, metadata, serving

from ansible_collections.offlineseed.azure.plugins.module_utils.arm.cloud import CLOUDS, from_metadata
from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure
from lab import names

THING = f"{GROUP}/thing"
# (ARM, sign-in, scope). Source: azure-cli-core 2.91 cloud.py, azure-mgmt-core 1.6 get_arm_endpoints.
HOSTS = {
    "AzureCloud": ("management.azure.com", "login.microsoftonline.com", "https://management.azure.com/.default"),
    "AzureUSGovernment": ("management.usgovcloudapi.net", "login.microsoftonline.us", "https://management.core.usgovcloudapi.net/.default"),
    "AzureChinaCloud": ("management.chinacloudapi.cn", "login.chinacloudapi.cn", "https://management.chinacloudapi.cn/.default"),
}


@pytest.fixture(scope="module")
def certified(tmp_path_factory):
    """(CA file, TLS context) of a server that is every cloud at once."""
    folder = tmp_path_factory.mktemp("clouds")
    ca = trustme.CA(key_type=trustme.KeyType.ECDSA)
    ca.cert_pem.write_to_path(folder / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(*(host for arm, login, _scope in HOSTS.values() for host in (arm, login))).configure_cert(context)
    return str(folder / "ca.pem"), context


@contextmanager
def names_lead_to(port: int, monkeypatch):
    """Every name leads to `port` of this machine; yields the names that were looked up."""
    seen: set[str] = set()
    real = socket.getaddrinfo

    def lead(host, _port, *more, **options):
        seen.add(host)
        return real("127.0.0.1", port, *more, **options)

    with monkeypatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", lead)
        yield seen


def test_these_are_all_clouds():
    assert set(HOSTS) == set(CLOUDS)


@pytest.mark.parametrize("name", HOSTS)
def test_a_cloud_signs_in_at_its_own_place_and_asks_its_own_arm(task, certified, monkeypatch, name):
    arm, login, scope = HOSTS[name]
    with serving(certified[1]) as script:
        port = urlsplit(script.url).port
        script.url = f"https://{login}"
        script.expect("GET", THING, version="1", json={"id": THING})
        with names_lead_to(port, monkeypatch) as asked:
            azure = task.connect(cloud_environment=name, ca_file=certified[0])
            assert azure.arm.get("read thing", THING, "1") == {"id": THING}
        script.finish()
    assert asked == {arm, login}, "a secret or a token goes to no other host"
    [form] = script.sign_ins
    assert (form["scope"], form["client_secret"]) == (scope, SECRET)


@pytest.mark.parametrize("name", HOSTS)
def test_a_stranger_under_a_clouds_name_gets_no_secret(task, authority, monkeypatch, name):
    with serving(authority[1]) as stranger:
        with names_lead_to(urlsplit(stranger.url).port, monkeypatch), pytest.raises(Failure) as caught:
            task.connect(cloud_environment=name).arm.get("read thing", THING, "1")
        assert not stranger.sign_ins
    assert caught.value.fields["layer"] == "tls"


class TestCustomCloud:
    """A cloud that is named by the URL of its ARM, with a CA of its own: the lab's."""

    WHO = {"client_id": names.CLIENT, "tenant": names.TENANT, "secret": names.CLIENT_SECRET}

    @pytest.mark.parametrize(
        "path",
        ["", "/", "/metadata/endpoints", *(f"/metadata/endpoints?api-version={one}" for one in ("2022-09-01", "2019-05-01", "2015-01-01"))],
    )
    def test_it_is_found_by_each_form_of_its_url(self, lab, path):
        assert lab.read(cloud_environment=lab.url + path, **self.WHO) == "Microsoft.ImportExport"

    def test_without_its_ca_it_is_not_trusted(self, lab):
        with pytest.raises(Failure) as caught:
            lab.read(ca_file=None, **self.WHO)
        assert caught.value.fields["layer"] == "tls" and "ca_file" in caught.value.fields["cure"]

    def test_the_ca_of_the_environment_counts_where_no_option_is_given(self, lab, monkeypatch):
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", lab.ca)
        assert lab.read(ca_file=None, **self.WHO) == "Microsoft.ImportExport"

    @pytest.mark.parametrize("name", ["ca_file", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
    @pytest.mark.parametrize("content", [None, "no certificate"])
    def test_a_file_without_certificates_is_refused_under_its_name(self, lab, tmp_path, monkeypatch, name, content):
        file = tmp_path / "trusted.pem"
        if content is not None:
            file.write_text(content)
        if name != "ca_file":
            monkeypatch.setenv(name, str(file))
        with pytest.raises(Failure) as caught:
            lab.read(**{"ca_file": str(file) if name == "ca_file" else None, **self.WHO})
        assert (caught.value.fields["field"], caught.value.fields["seen"]) == (name, str(file))


URL = "https://arm.local.example"


@pytest.mark.parametrize(
    "spoilt",
    [
        None, [], {}, 5, "text", [None], [[]], [5, "x"],
        {"authentication": {"loginEndpoint": "http://login.example", "audiences": [URL]}},
        {"authentication": {"loginEndpoint": "//login.example", "audiences": [URL]}},
        {"authentication": {"loginEndpoint": 5, "audiences": [URL]}},
        {"authentication": {"loginEndpoint": "https://", "audiences": [URL]}},
        {"authentication": {"loginEndpoint": "https://[", "audiences": [URL]}},
        {"authentication": {"loginEndpoint": URL, "audiences": []}},
        {"authentication": {"loginEndpoint": URL, "audiences": [5]}},
        {"authentication": {"loginEndpoint": URL, "audiences": 5}},
        {**metadata(URL), "resourceManager": "http://arm.local.example"},
        {**metadata(URL), "resourceManager": ["x"]},
        {**metadata(URL), "suffixes": 5},
    ],
)  # fmt: skip
def test_a_description_to_which_no_secret_could_be_sent_is_refused(spoilt):
    with pytest.raises(Failure) as caught:
        from_metadata(URL, spoilt)
    assert caught.value.fields["field"] == "cloud_environment" and URL in caught.value.msg


@pytest.mark.parametrize("name", ["https://[", "https://", "AzureGermanCloud"])
def test_what_is_no_cloud_is_refused(task, name):
    with pytest.raises(Failure) as caught:
        assert task.connect(cloud_environment=name).cloud
    assert caught.value.fields["field"] == "cloud_environment"
