# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Azure SDKs, imported in one place and as early as possible.

An action plugin is loaded in the parent process, so what is imported here is paid once and inherited by the fork of
every task. That is why modules that the SDKs import only at their first request are named here as well.
A Python without the SDKs can still import this file (ansible-test, a playbook that is only parsed): `require()`
says what is missing when a task really needs Azure.
"""

from __future__ import annotations

import importlib
import logging
import sys
import warnings

from ..failure import Failure

# What the SDKs would import at their first request.
LATE = (
    "encodings.idna",
    "encodings.utf_8_sig",
    "netrc",
    "azure.core.pipeline.transport._requests_basic",
    "azure.core.rest._http_response_impl",
    "azure.core.rest._requests_basic",
)
PACKAGES = ("azure-identity", "azure-mgmt-resource", "azure-mgmt-storageimportexport", "azure-storage-blob")

try:
    import azure.identity
    import requests
    from azure.core.credentials import AccessToken
    from azure.core.pipeline.policies import SansIOHTTPPolicy
    from azure.core.pipeline.transport import RequestsTransport
    from azure.core.rest import HttpRequest
    from azure.mgmt.resource.resources import ResourceManagementClient
    from azure.mgmt.storageimportexport import StorageImportExport
    from msrest import Serializer
    from msrest.pipeline import HTTPSender, Pipeline, Response
    from msrest.universal_http.requests import RequestsClientResponse
    from requests.adapters import HTTPAdapter
    from urllib3 import exceptions as urllib3_exceptions

    for name in LATE:
        importlib.import_module(name)
except ImportError as error:
    MISSING: ImportError | None = error
    SessionBase = SenderBase = SignPolicyBase = SerializerBase = object
else:
    MISSING = None
    SessionBase = requests.Session
    SenderBase = HTTPSender
    SignPolicyBase = SansIOHTTPPolicy
    SerializerBase = Serializer
    # azure-identity logs a refused sign-in as a warning, which without a handler would go to the terminal beside our error.
    for talker in ("azure", "msal", "msrest", "urllib3"):
        logging.getLogger(talker).addHandler(logging.NullHandler())

__all__ = [
    "MISSING", "PACKAGES", "AccessToken", "HTTPAdapter", "HttpRequest", "Pipeline", "RequestsClientResponse", "RequestsTransport",
    "ResourceManagementClient", "Response", "SenderBase", "SerializerBase", "SessionBase", "SignPolicyBase",
    "StorageImportExport", "azure", "requests", "require", "silence_unverified", "urllib3_exceptions",
]  # fmt: skip


def silence_unverified():
    """Keep urllib3 from warning of each request whose certificate nobody looks at."""
    warnings.simplefilter("ignore", urllib3_exceptions.InsecureRequestWarning)


def require():
    """Fail in words when the SDKs are not installed in the Python that runs this task."""
    if MISSING is not None:
        raise Failure(
            f"This task needs the Python packages {', '.join(PACKAGES)}, but {MISSING}. "
            f"Install them for the Python that runs it: {sys.executable} -m pip install {' '.join(PACKAGES)}",
            what="Azure SDKs for Python",
            seen=str(MISSING),
            cure=f"{sys.executable} -m pip install {' '.join(PACKAGES)}",
        )
