# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running a module's core in the controller process: no Python start, no SDK import, no connection for each task."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import contextmanager

from ansible import constants
from ansible.errors import AnsibleActionFail
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError
from ansible.plugins.action import ActionBase

from ..module_utils import task
from ..module_utils.failure import Failure


class InControllerAction(ActionBase):
    """An action plugin whose `core` is a Python module with ARGUMENT_SPEC, optional ARGUMENT_RULES and `run(params, check_mode)`.

    The task runs here whatever its host is: the host lends its variables, not its connection. Only a task that is delegated
    to a host other than this controller runs there, as the module of the same name.
    """

    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False
    TRANSFERS_FILES = False

    core = None

    def run(self, tmp=None, task_vars=None):
        super().run(None, task_vars)
        if self._is_elsewhere():
            return self._execute_module(module_args=self._task.args, task_vars=task_vars)
        with self._environment():
            params, hidden = self._params()
            return self._result(params, hidden)

    def _result(self, params, hidden):
        """The core's result, failed or not, without anything secret."""
        task.begin()
        for value in hidden:
            task.keep_secret(value)
        try:
            result = self.core.run(params, self._task.check_mode)
        except Failure as failure:
            return task.finished({"changed": False, **failure.fields, "failed": True, "msg": failure.msg})
        except Exception as error:
            text = f"{type(error).__name__}: {error}"
            if task.without(text, task.secrets()) == text:
                raise
            # A traceback would show the secret in the error's text.
            raise AnsibleActionFail(task.without(text, task.secrets())) from None
        if not self._task.diff:
            result.pop("diff", None)
        return task.finished(result)

    def _params(self):
        """Options by the spec, with defaults and fallbacks; and the values of its no_log options."""
        rules = getattr(self.core, "ARGUMENT_RULES", {})
        outcome = ArgumentSpecValidator(self.core.ARGUMENT_SPEC, **rules).validate(dict(self._task.args))
        hidden = {str(value) for value in _no_log_values(self.core.ARGUMENT_SPEC, outcome.validated_parameters)}
        if outcome.error_messages:
            unsupported = any(isinstance(error, UnsupportedError) for error in outcome.errors)
            prefix = f"Unsupported parameters for ({self._task.action}) module: " if unsupported else ""
            raise AnsibleActionFail(task.without(prefix + "; ".join(outcome.error_messages), hidden))
        return outcome.validated_parameters, hidden

    def _is_elsewhere(self):
        """Whether the task is delegated to a host that is not this controller."""
        host = self._task.delegate_to
        if not host or host in constants.LOCALHOST:
            return False
        return getattr(self._connection, "transport", None) != "local"

    @contextmanager
    def _environment(self):
        """The `environment` of the task, for the time of the task: the SDKs and the credential lookup read os.environ."""
        wanted: dict[str, str] = {}
        for one in self._task.environment or ():
            told = self._templar.template(one) if one else {}
            if not isinstance(told, Mapping):
                raise AnsibleActionFail(f"environment must be a dictionary, not {type(told).__name__}")
            wanted.update({str(name): str(value) for name, value in told.items()})
        before = {name: os.environ.get(name) for name in wanted}
        os.environ.update(wanted)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


def _no_log_values(spec, params):
    """Every value that the spec marks no_log, at any depth."""
    for name, option in spec.items():
        value = (params or {}).get(name)
        if value is None:
            continue
        if option.get("no_log"):
            yield from _leaves(value)
        elif option.get("options"):
            for part in value if isinstance(value, list) else [value]:
                if isinstance(part, Mapping):
                    yield from _no_log_values(option["options"], part)


def _leaves(value):
    if isinstance(value, Mapping):
        for one in value.values():
            yield from _leaves(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _leaves(one)
    elif not isinstance(value, bool) and value not in (None, ""):
        yield value
