# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The core of the lab's Azure: `handle(Request) -> Response`, whatever server stands in front."""

from __future__ import annotations

import dataclasses
import pathlib
from typing import Any

from ..clock import stamp
from ..journal import append
from . import containers, data_box_jobs, entra, faults, import_jobs, locks, metadata, providers, storage, subscriptions, vaults
from .blobs import Blobs
from .messages import ArmError, Request, Response
from .routes import Table, names_of, tidy
from .state import State

OPEN = Table([*metadata.ROUTES, *entra.ROUTES])
RESOURCES = (locks, providers, storage, containers, vaults, import_jobs, data_box_jobs, subscriptions)
ARM = Table([route for resource in RESOURCES for route in resource.ROUTES])
VERSIONED = {"microsoft.importexport": import_jobs.check_version, "microsoft.databox": data_box_jobs.check_version}
WRITES = ("PUT", "PATCH", "DELETE")
WRITING_POSTS = ("/register", "/unregister", "/regeneratekey", "/cancel", "/markdevicesshipped")


class Cloud:
    """Entra and ARM over one state. Safe to call from several threads; one request at a time."""

    def __init__(self, state: State, blobs: Blobs, log: pathlib.Path, journal: Any) -> None:
        self.state = state
        self.blobs = blobs
        self._log = log
        self._journal = journal

    def handle(self, request: Request) -> Response:
        """Answer one request; errors become ARM's error bodies, and every request is logged without its body."""
        request = dataclasses.replace(request, method=request.method.upper(), path=tidy(request.path))
        with self.state.lock:
            response = self._answer(request)
            self._note(request, response)
        return response

    def forget_what_is_over(self) -> None:
        """Delete the jobs that the service deletes by itself."""
        with self.state.lock:
            import_jobs.expire(self)
            data_box_jobs.expire(self)

    def _answer(self, request: Request) -> Response:
        fault = faults.take(self, request)
        replaced = faults.instead(fault, request) if fault else None
        if replaced is not None:
            return replaced
        response = self._real(request)
        if fault and fault["kind"] == "lose_answer":
            return dataclasses.replace(response, dropped=True)
        if fault and fault["kind"] == "slow":
            return dataclasses.replace(response, delay=fault["seconds"])
        return response

    def _real(self, request: Request) -> Response:
        try:
            found = OPEN.find(request.method, request.path)
            if found:
                handler, names = found
                return handler(self, request, **names)
            return self._arm(request)
        except ArmError as error:
            return error.response()

    def _arm(self, request: Request) -> Response:
        entra.check(self, request)
        names = names_of(request.path)
        if names["subscription"]:
            subscriptions.check(names["subscription"])
        if not request.version:
            raise ArmError(
                400, "MissingApiVersionParameter", "The api-version query parameter (?api-version=) is required for all requests."
            )
        found = ARM.find(request.method, request.path)
        if found is None:
            raise self._unknown(request)
        self._check_use(request, names)
        locks.check(self, request)
        handler, parts = found
        return handler(self, request, **parts)

    def _check_use(self, request: Request, names: dict[str, Any]) -> None:
        """Group, provider and version, in ARM's order, for requests that use a resource type."""
        if names["types"][:1] in (["register"], ["unregister"]) or not names["types"]:
            return
        check_version = VERSIONED.get(names["provider"].lower())
        if check_version:
            check_version(request)
        if names["subscription"]:
            providers.check(self, names["provider"])
        if names["group"]:
            subscriptions.find_group(self, names["group"])

    def _unknown(self, request: Request) -> ArmError:
        if ARM.methods(request.path):
            return ArmError(405, "HttpMethodNotAllowed", f"The HTTP method '{request.method}' is not supported at scope '{request.path}'.")
        return ArmError(
            404, "InvalidResourceType", f"The resource type could not be found for '{request.path}' and api version '{request.version}'."
        )

    def _note(self, request: Request, response: Response) -> None:
        now = stamp(self.state.clock.now())
        entry = {"at": now, "method": request.method, "path": request.path, "status": response.status}
        if response.dropped:
            entry["dropped"] = True
        append(self._log, entry)
        if is_write(request) and 200 <= response.status < 300:
            self._journal.write("azure", f"{request.method} {request.path}")


def is_write(request: Request) -> bool:
    """Whether a request changes something in ARM."""
    return request.method in WRITES or (request.method == "POST" and request.path.rstrip("/").lower().endswith(WRITING_POSTS))
