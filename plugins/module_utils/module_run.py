# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a module runs its core: validated options in, one result or one failure out."""

from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule

from . import task
from .failure import Failure


def run_module(argument_spec, core):
    """Run `core.run(params, check_mode)` as a module with `argument_spec` and the core's ARGUMENT_RULES (required_if and its kin)."""
    module = AnsibleModule(argument_spec=argument_spec, supports_check_mode=True, **getattr(core, "ARGUMENT_RULES", {}))
    task.begin()
    try:
        result, end = core.run(module.params, module.check_mode), module.exit_json
    except Failure as failure:
        result, end = {**failure.fields, "msg": failure.msg}, module.fail_json
    module.no_log_values.update(task.secrets())
    if not module._diff:
        result.pop("diff", None)
    result = task.finished(result)
    for warning in result.pop("warnings", ()):
        module.warn(warning)
    end(**result)
