# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one HTTPS session of a task: every SDK sends through it, so trust, timeouts and redirects are decided here only."""

from __future__ import annotations

import os
import threading

from ..failure import refuse
from . import sdk

TIMEOUT = (10, 60)  # seconds to connect, seconds between two bytes of an answer
CONNECTIONS = 8
USER_AGENT = "offlineseed.azure"
MACHINE_SERVICE = "http://169.254.169.254/"  # a machine's managed identity; no proxy can stand between
CERTIFICATE = b"-----BEGIN CERTIFICATE-----"
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")  # what requests trusts in place of its own list
NO_PROXY = {"http": None, "all": None}


class Session(sdk.SessionBase):
    """A requests session that answers for all SDKs alike, whatever options they pass.

    * `verify` is given with every request: requests lets REQUESTS_CA_BUNDLE overrule what a session was told.
    * No redirects: ARM does not use them, and a sign-in page must not look like an answer.
    * No retries of its own (`Exchange` decides), no netrc (it would replace the Authorization header).
    * `last` is the newest answer, for clients that do not hand on what they got: azure-identity on 429, azure-storage-blob
      where an error's XML is not what it expects.
    """

    def __init__(self, verify):
        super().__init__()
        self.verify = verify
        self.auth = _leave_alone
        self.headers["User-Agent"] = USER_AGENT
        self._local = threading.local()
        self.mount("https://", sdk.HTTPAdapter(pool_connections=CONNECTIONS, pool_maxsize=CONNECTIONS))

    def request(self, method, url, **options):
        options.update(verify=self.verify, timeout=TIMEOUT, allow_redirects=False)
        if url.startswith(MACHINE_SERVICE):
            options["proxies"] = NO_PROXY
        self._local.last = None
        self._local.last = super().request(method, url, **options)
        return self._local.last

    def prepare_request(self, request):
        """Leaves a URL as it is: requests would write %7E as ~, which a signed URL may not like."""
        ready = super().prepare_request(request)
        if not request.params and request.url.isascii():
            ready.url = request.url.partition("#")[0]
        return ready

    @property
    def last(self):
        """The answer to the newest request of the calling thread; None when it got none."""
        return getattr(self._local, "last", None)


def _leave_alone(request):
    return request


def open_session(ca_file: str | None, validate: bool) -> Session:
    """A session that trusts `ca_file` (PEM), else what requests trusts; nothing is checked when `validate` is false."""
    sdk.require()
    if not validate:
        # The user has said so; a warning for each request would only go to the terminal beside the task's result.
        sdk.silence_unverified()
        return Session(False)
    if ca_file:
        _check_bundle("ca_file", ca_file)
        return Session(ca_file)
    for name in BUNDLES:
        if os.environ.get(name):
            _check_bundle(name, os.environ[name])
    return Session(True)


def _check_bundle(name: str, path: str) -> None:
    """Refuse a file that requests could not use; its own error comes at the first request and names no option."""
    must = "a PEM file with the certificates to trust"
    if os.path.isdir(path) and name != "ca_file":
        return  # a folder of hashed certificates
    try:
        with open(path, "rb") as file:
            # Loading it would cost a tenth of a second with a whole list of authorities.
            found = CERTIFICATE in file.read()
    except OSError as error:
        raise refuse(name, path, must, f"Reading it failed: {error.strerror}.") from None
    if not found:
        raise refuse(name, path, must, "It holds no certificate.")


def transport(session: Session):
    """What azure-core clients (identity, resources, blobs) want in order to send through `session`."""
    return sdk.RequestsTransport(session=session, session_owner=False)
