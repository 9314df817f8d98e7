# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Register resource providers of a subscription, all at once, and wait until they are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from ..arm import api
from ..arm.client import connect
from ..arm.options import AZURE_OPTIONS
from ..arm.write import Write
from ..failure import Failure, refuse
from .outcome import nothing_to_do, outcome
from .resource_provider_info import AT_ONCE, REGISTERED, asked_for, state_of

ARGUMENT_SPEC = {
    **AZURE_OPTIONS,
    "namespaces": {"type": "list", "elements": "str", "required": True},
    "wait_timeout": {"type": "int", "default": 600},
}
UNDER_WAY = "Registering"
LEAVING = "Unregistering"
PAUSES = (1.0, 10.0)  # seconds between two looks: the first, and what they grow to


def run(params, check_mode, azure=None):
    """`{providers: [{namespace, registration_state}], requests, diff}`; in check mode the state that registering leads to.

    Every namespace is looked at before the first is registered. A Failure names each that is not registered within the time, with the
    state that it was seen in, and each registration that was refused.
    """
    namespaces = asked_for(params["namespaces"])
    if not namespaces:
        raise refuse("namespaces", params["namespaces"], "at least one namespace", "Give for example Microsoft.ImportExport.")
    if params["wait_timeout"] < 0:
        raise refuse("wait_timeout", params["wait_timeout"], "0 or more seconds", "Give for example 600.")
    azure = azure or connect(params)
    before = _states(azure, namespaces)
    waiting = [namespace for namespace in namespaces if before[namespace] != REGISTERED]
    requests = {namespace: _register(azure, namespace) for namespace in waiting if before[namespace] != UNDER_WAY}
    if waiting and not check_mode:
        _wait_while_leaving(azure, [one for one in requests if before[one] == LEAVING], params["wait_timeout"])
        _send(azure, requests)
        _wait(azure, waiting, params["wait_timeout"])
    told = {"providers": [{"namespace": namespace, "registration_state": REGISTERED} for namespace in namespaces]}
    if not requests:
        return nothing_to_do(before, **told)
    return outcome(requests.values(), before, dict.fromkeys(before, REGISTERED), **told)


def _register(azure, namespace: str) -> Write:
    return Write("POST", f"{api.provider(azure.subscription_id, namespace)}/register", api.RESOURCES)


def _states(azure, namespaces: list[str]) -> dict[str, str]:
    if len(namespaces) == 1:
        return {namespaces[0]: state_of(azure, namespaces[0])}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(namespaces, pool.map(lambda one: state_of(azure, one), namespaces), strict=True))


def _send(azure, requests: dict[str, Write]) -> None:
    """Ask for every registration; one that is refused does not keep the others from being asked for."""

    def send(namespace: str) -> Failure | None:
        try:
            azure.arm.write(f"register resource provider {namespace}", requests[namespace], action=f"{namespace}/register/action")
        except Failure as failure:
            return failure
        return None

    with ThreadPoolExecutor(AT_ONCE) as pool:
        refused = [failure for failure in pool.map(send, requests) if failure]
    if len(refused) == 1:
        raise refused[0]
    if refused:
        raise Failure(" ".join(one.msg for one in refused), **refused[0].fields, refusals=[one.msg for one in refused])


def _wait_while_leaving(azure, namespaces: list[str], timeout: float) -> None:
    _look_until(azure, namespaces, timeout, lambda state: state != LEAVING, "Still being unregistered")


def _wait(azure, namespaces: list[str], timeout: float) -> None:
    _look_until(azure, namespaces, timeout, lambda state: state == REGISTERED, "Not registered")


def _look_until(azure, namespaces: list[str], timeout: float, done, complaint: str) -> None:
    """Look until every one of `namespaces` is in a state that is `done`; a Failure after `timeout` seconds."""
    waited, pause = 0.0, PAUSES[0]
    waiting = list(namespaces)
    while waiting:
        seen = _states(azure, waiting)
        waiting = [namespace for namespace in waiting if not done(seen[namespace])]
        if waiting and waited + pause > timeout:
            named = ", ".join(f"{namespace} ({seen[namespace]})" for namespace in waiting)
            raise Failure(
                f"{complaint} after {round(waited)} seconds: {named}. Azure goes on; run again later.",
                field="wait_timeout",
                seen=timeout,
                cure="run again later, or give a longer wait_timeout",
                waiting={namespace: seen[namespace] for namespace in waiting},
            )
        if waiting:
            azure.pace.sleep(pause)
            waited, pause = waited + pause, min(pause * 2, PAUSES[1])
