# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Microsoft.ImportExport by azure-mgmt-storageimportexport: its URLs and methods, JSON in, JSON out.

The package dates from 2020. Its models know fewer properties than the service, its sender cannot use azure-identity,
and a hook in it registers providers without limit. So its client keeps the operations, and gets
* a sender that goes through the task's session, signs each request and keeps the raw answer,
* a serializer that leaves the JSON of a body as it is (`deliveryPackage` with two of the model's four fields is valid today).
adal and msrestazure's credentials are installed with it and never imported.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from . import answer, api, sdk, shapes
from .answer import Answer
from .session import Session
from .transport import Arm, Signer
from .write import Write

ACTION = "Microsoft.ImportExport/jobs/"


class Sender(sdk.SenderBase):
    """msrest's last pipeline step on the task's session; `last` is the raw answer of the calling thread."""

    def __init__(self, session: Session, signer: Signer):
        self._session, self._signer, self._local = session, signer, threading.local()

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        return None

    def build_context(self):
        return None

    def send(self, request, **_options):
        one = request.http_request
        self.forget()
        headers = {**one.headers, "Authorization": self._signer.header(one.url)}
        got = self._session.request(one.method, one.url, headers=headers, data=one.data)
        self._local.answer = answer.read(one.method, one.url, got.status_code, got.headers, got.content)
        return sdk.Response(request, sdk.RequestsClientResponse(one, got))

    def forget(self) -> None:
        self._local.answer = None

    @property
    def last(self) -> Answer | None:
        """The newest answer of the calling thread; None when none came."""
        return self._local.answer


class PlainBodies(sdk.SerializerBase):
    """A serializer that leaves bodies alone."""

    def body(self, data, data_type, **_options):
        return data


class ImportExport:
    """The jobs and locations of one subscription."""

    def __init__(self, session: Session, signer: Signer, arm: Arm):
        self._arm = arm
        self._sender = Sender(session, signer)
        # The credentials argument must not be None; the sender signs.
        self._client = sdk.StorageImportExport(signer, arm.subscription_id, base_url=arm.url)
        self._client.config.pipeline = sdk.Pipeline([], self._sender)
        for operations in (self._client.jobs, self._client.locations, self._client.bit_locker_keys):
            operations.api_version = api.IMPORT_EXPORT
            operations._serialize = PlainBodies()

    def path(self, group: str, name: str) -> str:
        """The job's path on the ARM host, which is its resource id."""
        return api.import_job(self._arm.subscription_id, group, name)

    def get(self, group: str, name: str) -> dict | None:
        """The job as JSON, None when there is none."""
        what = f"read import job {name}"
        got = self._run(what, lambda: self._client.jobs.get(name, group), "read", missing_ok=True)
        return None if got.status == 404 else shapes.identified(what, shapes.body_of(what, got))

    def list(self, group: str | None = None) -> list[dict]:
        """All jobs of the resource group, or of the subscription; what a list leaves out (driveList) needs get()."""
        what = f"list the import jobs of {f'resource group {group}' if group else 'the subscription'}"
        if group:
            pager = self._client.jobs.list_by_resource_group(group)
        else:
            pager = self._client.jobs.list_by_subscription()
        return [shapes.identified(what, one) for one in self._arm.pages(what, self._run(what, pager.advance_page, "read"))]

    def send(self, what: str, group: str, name: str, request: Write) -> dict | None:
        """Send a write on a job once; AnswerLost when its fate is unknown."""
        jobs = self._client.jobs
        calls: dict[str, Callable[[], Any]] = {
            "PUT": lambda: jobs.create(name, group, request.body),
            "PATCH": lambda: jobs.update(name, group, request.body),
            "DELETE": lambda: jobs.delete(name, group),
        }
        action = "delete" if request.method == "DELETE" else "write"
        got = self._run(what, calls[request.method], action, repeatable=False)
        return None if request.method == "DELETE" else shapes.identified(what, shapes.body_of(what, got))

    def location(self, name: str) -> Mapping[str, Any] | None:
        """The shipping location `name` ("westus" or "West US") as JSON, None when the service does not know it."""
        what = f"read the shipping address of {name}"
        got = self._run(what, lambda: self._client.locations.get(name), "Microsoft.ImportExport/locations/read", missing_ok=True)
        return None if got.status == 404 else shapes.body_of(what, got)

    def locations(self) -> list[dict]:
        """All shipping locations that the service knows, as JSON."""
        what, action = "list the shipping locations", "Microsoft.ImportExport/locations/read"
        return list(self._arm.pages(what, self._run(what, self._client.locations.list().advance_page, action)))

    def _run(self, what: str, call: Callable[[], Any], action: str, **rules) -> Answer:
        def send() -> Answer:
            # What msrest makes of an answer does not matter: the sender holds the answer itself, and the exchange judges it.
            self._sender.forget()
            try:
                call()
            except Exception:
                if self._sender.last is None:
                    raise
            return self._sender.last

        action = action if "/" in action else ACTION + action
        return self._arm.exchange.run(what, send, url=self._arm.url, action=action, **rules)
