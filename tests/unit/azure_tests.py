# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests of the Azure side start from: a scripted Azure, a task that runs a core against it, and an eye on the secrets."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from unit.scripted import CLIENT, SECRET, SUBSCRIPTION, TENANT, Script, Time, authority, serving

from ansible_collections.offlineseed.azure.plugins.module_utils import task as task_state
from ansible_collections.offlineseed.azure.plugins.module_utils.arm.client import connect
from ansible_collections.offlineseed.azure.plugins.module_utils.arm.retries import Pace
from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure

__all__ = ["Task", "authority", "script", "task", "time"]


@pytest.fixture
def script(authority):
    """The scripted Azure of this test; what is left over or came too much fails the test."""
    with serving(authority[1]) as one:
        yield one
    one.finish()


@pytest.fixture
def time():
    return Time()


class Task:
    """Runs cores as an action plugin would, and looks that nothing secret comes out."""

    def __init__(self, script: Script, time: Time, ca_file: str, environ: dict[str, str], caplog) -> None:
        self.script, self.time, self.environ, self._caplog = script, time, environ, caplog
        self.canaries = {SECRET, "CANARY"}
        self.options: dict[str, Any] = {
            "subscription_id": SUBSCRIPTION, "client_id": CLIENT, "tenant": TENANT, "secret": SECRET,
            "cloud_environment": script.url, "ca_file": ca_file, "token_cache": "none",
        }  # fmt: skip
        self.pace = Pace(sleep=time.sleep, chance=lambda: 0.0, clock=time.now)

    def connect(self, **options: Any):
        """The Azure of a task with these options."""
        return connect({**self.options, **options}, self.pace, self.environ)

    def params(self, core, options: dict[str, Any]) -> dict[str, Any]:
        given = {name: value for name, value in {**self.options, **options}.items() if value is not None}
        outcome = ArgumentSpecValidator(core.ARGUMENT_SPEC, **getattr(core, "ARGUMENT_RULES", {})).validate(given)
        assert not outcome.error_messages, outcome.error_messages
        return outcome.validated_parameters

    def run(self, core, *, check: bool = False, **options: Any) -> dict[str, Any]:
        """The core's result."""
        params = self.params(core, options)
        result = core.run(params, check, azure=connect(params, self.pace, self.environ))
        self.look_for_secrets(result)
        json.dumps(result)
        return result

    def fail(self, core, **options: Any) -> Failure:
        """The Failure that the core must raise."""
        with pytest.raises(Failure) as caught:
            self.run(core, **options)
        self.look_for_secrets([caught.value.msg, caught.value.fields])
        json.dumps(caught.value.fields)
        return caught.value

    def look_for_secrets(self, told: Any) -> None:
        for where, text in (("result", repr(told)), ("log", self._caplog.text)):
            found = [canary for canary in self.canaries if canary in text]
            assert not found, f"{found} in the {where}: {text}"


@pytest.fixture
def task(script, time, authority, caplog, tmp_path, monkeypatch):
    """A task with a service principal in its options, in an empty environment."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("HTTPS_PROXY", "https_proxy", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    caplog.set_level(logging.DEBUG)
    task_state.begin()
    yield Task(script, time, authority[0], {"XDG_CACHE_HOME": str(tmp_path / "cache")}, caplog)
    task_state.begin()
