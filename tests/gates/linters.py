# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gates that read the sources: ruff, antsibull, ansible-lint, and the checker for Windows PowerShell 5.1."""

from __future__ import annotations

from gates.gate import Answer, run
from lab.shared import find_pwsh, shared
from setup.site import COLLECTION, Site


def ruff(site: Site) -> Answer:
    return run([site.program("ruff"), "check", "."], site)


def changelog(site: Site) -> Answer:
    return run([site.program("antsibull-changelog"), "lint"], site, folder=site.tree / COLLECTION, env=site.environment(site.tree))


def documentation(site: Site) -> Answer:
    """Markup, references and examples of every module, plugin and role, and the pages of docs/docsite."""
    command = [site.program("antsibull-docs"), "lint-collection-docs", "--plugin-docs", "--validate-collection-refs=dependent"]
    return run([*command, "--skip-rstcheck", "."], site, folder=site.tree / COLLECTION, env=site.environment(site.tree))


def ansible_lint(site: Site) -> Answer:
    command = [site.program("ansible-lint"), "--offline", "--profile", "production", "--nocolor", "-q"]
    return run(command, site, folder=site.tree / COLLECTION, env=site.environment(site.tree))


def powershell_51(site: Site) -> Answer:
    """No construct, command or parameter that Windows PowerShell 5.1 lacks."""
    checker, engine = shared("pwsh", "check-powershell.ps1"), find_pwsh()
    if not checker or not engine:
        missing = "its checker" if not checker else "a PowerShell engine"
        return Answer(None, left_out=(f"Windows PowerShell 5.1 compatibility was not checked: {missing} was not found.",))
    sources = [folder for folder in ("plugins/modules", "plugins/module_utils") if any((site.root / folder).glob("*.ps*1"))]
    if not sources:
        return Answer(True)
    agent = shared("pwsh", "commands-backup.json")  # the agent's own commands: no part of Windows
    extra = ["-Extra", agent] if agent else []
    return run([engine, "-NoProfile", "-File", checker, *sources, *extra], site, env={**site.environment(), "TERM": "dumb"})
