# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
r"""The wire between a generated command in PowerShell and the model of its host: one Unix socket a host, one line each way.

Request: `{"command": NAME, "bound": {PARAMETER: VALUE}, "set": NAME OF THE SET, "session": {"account", "logon"}}`.
Values: text, numbers, booleans, lists and hash tables as they are; a CIM instance as a hash table of its properties with `_type`; a date
as `{"_datetime"}`; a credential as `{"_type": "PSCredential", "UserName", "Password"}`; a secure string as
`{"_type": "SecureString", "value"}`.
Reply: the Answer of `host.command` and two keys of the wire's own: `drives` ({"C": folder}, as they are after the command) and `types`
({class: {property: CIM type}}, for the properties that are neither text nor boolean). In an Answer, `{"_datetime": ISO}` is a moment,
`{"_timespan": SECONDS}` a span, and any hash table with `_type` an object of that type. New-PSDrive on a share is answered with one
object whose `_folder` is the real folder. A registry path comes as the command `Registry` with `Operation` (the cmdlet's name), `Path`
(`HKLM:\…`), `Name`, `Recurse`; Test-Path is answered with true or false, the others with objects that carry `PSPath`. The command
`#enter` is the socket's own: it answers with the drives and tells the model nothing.

Every command is also written to the lab's commands.jsonl, as Windows' module logging would see it: text parameters in clear, anything
that is an object by the name of its type.
"""

from __future__ import annotations

import json
import os
import pathlib
import re
import socketserver
import tempfile
import threading
from typing import Any

from ..clock import stamp
from ..journal import append
from . import registry
from .signatures import property_types

LONGEST_PATH = 100  # sockaddr_un holds 108 bytes
_ISO = re.compile(r"\d{4}-\d\d-\d\dT")


class ModelSocket:
    """Serves one host's model. `path` is what a process of that host must know."""

    def __init__(self, host: Any, record: pathlib.Path) -> None:
        self.host, self.record = host, record
        self._lock = threading.Lock()
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self.path = str(pathlib.Path(host.folder).absolute() / "model.sock")
        if len(os.fsencode(self.path)) > LONGEST_PATH:
            self._scratch = tempfile.TemporaryDirectory(prefix="offlineseed-model-")
            self.path = os.path.join(self._scratch.name, host.name)
        pathlib.Path(self.path).unlink(missing_ok=True)
        self._server = socketserver.ThreadingUnixStreamServer(self.path, self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, name=f"model {host.name}", daemon=True).start()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        pathlib.Path(self.path).unlink(missing_ok=True)
        if self._scratch is not None:
            self._scratch.cleanup()

    def _handler(self) -> type[socketserver.StreamRequestHandler]:
        answer = self.answer

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                for line in self.rfile:
                    self.wfile.write(json.dumps(answer(json.loads(line))).encode() + b"\n")

        return Handler

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """The reply to one request; a failure of the model itself is an error that names it, never silence."""
        reply = {"objects": [], "errors": [], "warnings": [], "terminating": False}
        if request["command"] != "#enter":
            self._write(request)
            reply = self._command(request)
        return {
            **reply,
            "objects": _protect(reply["objects"]),
            "types": _types(reply["objects"]),
            "drives": {letter: str(path) for letter, path in self.host.drives().items()},
        }

    def _command(self, request: dict[str, Any]) -> dict[str, Any]:
        command = request["command"]
        try:
            if command == "Registry" and hasattr(self.host, "registry"):
                return registry.answer(self.host, request["bound"])
            return self.host.command(command, request["bound"], request["set"], session=request["session"])
        except Exception as error:  # the model's own fault: it must reach the module's author
            text = f"The lab's model failed at {command}: {type(error).__name__}: {error}"
            return {
                "objects": [],
                "errors": [{"id": "LabModelFailed", "message": text, "category": "NotImplemented", "hresult": 0}],
                "warnings": [],
                "terminating": True,
            }

    def _write(self, request: dict[str, Any]) -> None:
        session = request["session"]
        append(
            self.record,
            {
                "at": stamp(self.host.clock.now()),
                "host": self.host.name,
                "account": session["account"],
                "logon": session["logon"],
                "command": request["command"],
                "set": request["set"],
                "bound": {name: as_logged(value) for name, value in request["bound"].items()},
            },
            self._lock,
        )


def as_logged(value: Any) -> Any:
    """A bound parameter as it lands in the event log: text in clear, objects as the name of their type."""
    if isinstance(value, list):
        return [as_logged(one) for one in value]
    if not isinstance(value, dict):
        return value
    if "_datetime" in value:
        return value["_datetime"]
    return value.get("_type", "System.Collections.IDictionary")


def _protect(value: Any) -> Any:
    """Text that looks like a moment, marked so that ConvertFrom-Json leaves it text."""
    if isinstance(value, list):
        return [_protect(one) for one in value]
    if isinstance(value, dict):
        return value if "_datetime" in value else {name: _protect(one) for name, one in value.items()}
    return {"_string": value} if isinstance(value, str) and _ISO.match(value) else value


def _types(objects: Any) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    waiting = [objects]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, dict):
            waiting.extend(value.values())
            if isinstance(value.get("_type"), str) and value["_type"] not in found:
                found[value["_type"]] = property_types(value["_type"])
    return {name: types for name, types in found.items() if types}
