# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Register resource providers of a subscription and wait until they are."""

from __future__ import annotations

from ..arm import api
from ..arm.client import connect
from ..arm.options import AZURE_OPTIONS
from ..arm.write import Write
from ..failure import Failure, refuse
from .outcome import nothing_to_do, outcome

ARGUMENT_SPEC = {
    **AZURE_OPTIONS,
    "namespaces": {"type": "list", "elements": "str", "required": True},
    "wait_timeout": {"type": "int", "default": 600},
}
REGISTERED = "Registered"
PAUSES = (1.0, 10.0)  # seconds between two looks: the first, and what they grow to


def run(params, check_mode, azure=None):
    """`{providers: [{namespace, registration_state}], requests, diff}`; in check mode the state that registering leads to."""
    if not params["namespaces"]:
        raise refuse("namespaces", params["namespaces"], "at least one namespace", "Give for example Microsoft.ImportExport.")
    azure = azure or connect(params)
    before = {namespace: _state(azure, namespace) for namespace in params["namespaces"]}
    wanted = [namespace for namespace, state in before.items() if state != REGISTERED]
    requests = [_register(azure, namespace) for namespace in wanted if before[namespace] != "Registering"]
    if not check_mode:
        for request, namespace in zip(requests, (one for one in wanted if before[one] != "Registering"), strict=True):
            azure.arm.write(f"register resource provider {namespace}", request, action=f"{namespace}/register/action")
        _wait(azure, wanted, params["wait_timeout"])
    told = {"providers": [{"namespace": namespace, "registration_state": REGISTERED} for namespace in params["namespaces"]]}
    if not requests:
        return nothing_to_do(before, **told)
    return outcome(requests, before, dict.fromkeys(before, REGISTERED), **told)


def _register(azure, namespace: str) -> Write:
    return Write("POST", f"{api.provider(azure.subscription_id, namespace)}/register", api.RESOURCES)


def _state(azure, namespace: str) -> str:
    what = f"read resource provider {namespace}"
    found = azure.arm.get(what, api.provider(azure.subscription_id, namespace), api.RESOURCES)
    if found is None:
        raise refuse("namespaces", namespace, "the namespace of a resource provider", "Correct it, for example Microsoft.ImportExport.")
    return found.get("registrationState") or "NotRegistered"


def _wait(azure, namespaces: list[str], timeout: float) -> None:
    """Look until every one of `namespaces` is registered; a Failure after `timeout` seconds."""
    waited, pause = 0.0, PAUSES[0]
    waiting = list(namespaces)
    while True:
        waiting = [namespace for namespace in waiting if _state(azure, namespace) != REGISTERED]
        if not waiting:
            return
        if waited + pause > timeout:
            raise Failure(
                f"Not registered after {round(waited)} seconds: {', '.join(waiting)}. Azure goes on; run again later.",
                field="wait_timeout",
                seen=timeout,
                cure="run again later, or give a longer wait_timeout",
            )
        azure.pace.sleep(pause)
        waited, pause = waited + pause, min(pause * 2, PAUSES[1])
