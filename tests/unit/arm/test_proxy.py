# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Through an HTTPS proxy: a real one on this machine that takes CONNECT, and proxies that refuse, hang up or are not there."""

from __future__ import annotations

import base64
import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure
from lab import names

WHO = {"client_id": names.CLIENT, "tenant": names.TENANT, "secret": names.CLIENT_SECRET}
PROVIDER = "Microsoft.ImportExport"


class _Proxy(BaseHTTPRequestHandler):
    def do_CONNECT(self):
        seen = self.server.seen
        seen.append((self.path, self.headers.get("Proxy-Authorization")))
        if self.server.status is None:
            self.close_connection = True
            return
        if self.server.status != 200:
            self.send_error(self.server.status)
            return
        host, _colon, port = self.path.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=10) as far:
            self.send_response(200)
            self.end_headers()
            back = threading.Thread(target=_carry, args=(far, self.connection), daemon=True)
            back.start()
            _carry(self.connection, far)
            back.join(10)
        self.close_connection = True

    def log_message(self, *_args):
        return None


def _carry(source, target):
    try:
        while part := source.recv(65536):
            target.sendall(part)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return  # one side hung up


@contextmanager
def proxy(status: int | None = 200):
    """(URL, what was asked of it) of a proxy that answers CONNECT with `status`, or hangs up where that is None."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Proxy)
    server.daemon_threads = True
    server.status, server.seen = status, []
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", server.seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def failure_of(lab) -> Failure:
    with pytest.raises(Failure) as caught:
        lab.read(**WHO)
    assert "CANARY" not in f"{caught.value.msg} {caught.value.fields}"
    return caught.value


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy"])
def test_metadata_sign_in_and_arm_all_go_through_the_proxy(lab, monkeypatch, variable):
    with proxy() as (url, seen):
        monkeypatch.setenv(variable, url)
        assert lab.read(**WHO) == PROVIDER
    host = lab.url.removeprefix("https://")
    assert seen and {path for path, _proof in seen} == {host}


@pytest.mark.parametrize("variable", ["NO_PROXY", "no_proxy"])
def test_a_server_in_no_proxy_is_asked_directly(lab, monkeypatch, variable):
    with proxy() as (url, seen):
        monkeypatch.setenv("HTTPS_PROXY", url)
        monkeypatch.setenv(variable, "example.com,127.0.0.1")
        assert lab.read(**WHO) == PROVIDER
    assert not seen


def test_name_and_password_of_the_proxy_are_sent_to_it_alone(lab, monkeypatch):
    with proxy() as (url, seen):
        monkeypatch.setenv("HTTPS_PROXY", url.replace("//", "//me:CANARY-proxy@"))
        assert lab.read(**WHO) == PROVIDER
    assert {proof for _path, proof in seen} == {"Basic " + base64.b64encode(b"me:CANARY-proxy").decode()}


@pytest.mark.parametrize(("status", "words"), [(407, "407"), (403, "403"), (502, "502")])
def test_a_proxy_that_refuses_is_called_that_and_is_not_asked_again(lab, monkeypatch, status, words):
    with proxy(status) as (url, seen):
        monkeypatch.setenv("HTTPS_PROXY", url.replace("//", "//me:CANARY-proxy@"))
        failure = failure_of(lab)
    assert failure.fields["layer"] == "proxy" and words in failure.msg and "the proxy did not connect" in failure.msg
    assert "HTTPS_PROXY" in failure.fields["cure"] and "NO_PROXY" in failure.fields["cure"]
    assert len(seen) == 1


def test_a_proxy_that_hangs_up_looks_like_any_broken_connection_and_is_tried_again(lab, monkeypatch):
    with proxy(None) as (url, seen):
        monkeypatch.setenv("HTTPS_PROXY", url)
        assert failure_of(lab).fields["layer"] in ("answer", "proxy")
    assert len(seen) == 5


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "http://proxy.invalid:3128", "http://", "http://:3128", "nonsense://x"])
def test_a_proxy_that_is_not_there_is_not_called_a_missing_azure(lab, monkeypatch, url):
    monkeypatch.setenv("HTTPS_PROXY", url)
    failure = failure_of(lab)
    assert failure.fields["layer"] == "proxy" and "the proxy did not connect" in failure.msg


def test_tls_that_fails_behind_the_proxy_is_not_the_proxys_trouble(lab, monkeypatch):
    with proxy() as (url, _seen):
        monkeypatch.setenv("HTTPS_PROXY", url)
        with pytest.raises(Failure) as caught:
            lab.read(**WHO, ca_file=None)
    assert caught.value.fields["layer"] == "tls"
