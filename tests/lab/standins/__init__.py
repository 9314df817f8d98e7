# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where no PowerShell is found: one short Python handler a module, over the same model. Argument validation is the module's own.

    @handler("offlineseed.azure.win_disk_info")
    def win_disk_info(host, params, check_mode, session): ...

A handler returns the module's result, or raises `ModuleFailure(msg, **fields)`. `session` has `account` and `logon`.
"""

from __future__ import annotations

import importlib
import pkgutil
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import specification

Handler = Callable[[Any, dict[str, Any], bool, "Session"], dict[str, Any]]
HANDLERS: dict[str, Handler] = {}
HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


@dataclass(frozen=True)
class Session:
    """Who acts, and how the account logged on: `network` (WinRM, no second hop) or `system`."""

    account: str
    logon: str = "network"


class ModuleFailure(Exception):
    """The module ends with `failed`; keyword arguments become keys of its result."""

    def __init__(self, msg: str, **fields: Any) -> None:
        super().__init__(msg)
        self.msg, self.fields = msg, fields


def handler(name: str) -> Callable[[Handler], Handler]:
    """Register the stand-in of a module (its fully qualified name)."""

    def register(function: Handler) -> Handler:
        if name in HANDLERS and HANDLERS[name] is not function:
            raise ValueError(f"{name} has two stand-ins: {HANDLERS[name].__module__} and {function.__module__}")
        HANDLERS[name] = function
        return function

    return register


def load() -> None:
    """Import every module of this package, so that its handlers register."""
    for found in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{found.name}")


def call(
    host: Any, name: str, arguments: dict[str, Any], internal: dict[str, Any], account: str = "Administrator", logon: str = "network"
) -> dict[str, Any]:
    """The result of a module, as the real one prints it: validated arguments in, `invocation` without secrets out."""
    load()
    function = HANDLERS.get(name)
    if function is None:
        return {"failed": True, "msg": f"The lab has no stand-in for the module {name}."}
    spec = specification.of(name)
    params, errors = specification.validate(spec, arguments)
    if errors:
        return {"failed": True, "msg": "; ".join(errors), **_invocation(spec, params)}
    check_mode = bool(internal.get("_ansible_check_mode"))
    if check_mode and not spec.supports_check_mode:
        return {
            "skipped": True,
            "msg": f"remote module ({name}) does not support check mode",
            "changed": False,
            **_invocation(spec, params),
        }
    try:
        result = {"changed": False, **function(host, params, check_mode, Session(account, logon))}
    except ModuleFailure as failure:
        result = {"changed": False, **failure.fields, "failed": True, "msg": failure.msg}
    except Exception as error:  # as a real module's unhandled exception reaches Ansible
        result = {"failed": True, "msg": f"Unhandled exception while executing module: {error}", "exception": traceback.format_exc()}
    if not internal.get("_ansible_diff"):
        result.pop("diff", None)
    return _without_secrets(result, specification.secrets(spec, params)) | _invocation(spec, params)


def _invocation(spec: specification.Specification, params: dict[str, Any]) -> dict[str, Any]:
    return {"invocation": {"module_args": specification.shown(spec, params, HIDDEN)}}


def _without_secrets(value: Any, secrets: set[str]) -> Any:
    if isinstance(value, dict):
        return {name: _without_secrets(one, secrets) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_secrets(one, secrets) for one in value]
    if isinstance(value, str):
        for secret in secrets:
            value = HIDDEN if value == secret else value.replace(secret, "********")
    return value
