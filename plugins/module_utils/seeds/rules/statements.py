# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What no program can look up and only the user can state, by the names of ``seed_statements``."""

from __future__ import annotations

from .rule import NotTold

STATEMENTS = {
    "drives_are_bare_sata": "the drives are bare internal SATA drives (2.5-inch SSD, 2.5- or 3.5-inch HDD), none out of an enclosure",
    "may_register_entra_app": "whoever signs in at the agent may register applications in the tenant of the storage account",
    "signs_in_as_owner": "whoever signs in on the DPM or MABS server is Owner of the subscription",
    "source_writes_staging": "the source's computer account may write to the staging share and its folder",
    "antivirus_excludes_agent": "antivirus leaves out the agent's Scratch and Bin folders, cbengine.exe, and the staging folder",
    "passphrase_is_kept": "the agent's encryption passphrase is kept somewhere that outlives the server",
    "carrier_account_is_good": "the carrier account is valid, funded, and allows the return from the datacenter's country",
    "customs_papers_ready": "declarations that the datacenter's country asks for are written",
}


def line(name):
    """What to paste for a statement."""
    return f"seed_statements: {{{name}: true}}"


def look(facts, name):
    """None if the user stated *name*, a sentence if they denied it; NotTold with the line to paste if they said nothing."""
    stated = (facts.ask("inputs.seed_statements") or {}).get(name)
    if stated is None:
        raise NotTold(f"nobody has stated it yet; if {STATEMENTS[name]}, set {line(name)}")
    return None if stated is True else f"seed_statements.{name} is false"


def stated(name):
    """Check of a rule that the user's statement alone decides."""
    return lambda facts: look(facts, name)


def made(statements):
    """Names of what the user stated to be so."""
    return sorted(name for name, value in statements.items() if value is True) if isinstance(statements, dict) else []


def problem(statements):
    """What is wrong with a user's *statements*, or None."""
    if not isinstance(statements, dict):
        return f"it must be a dictionary such as {line(next(iter(STATEMENTS)))}"
    unknown = sorted(set(statements) - set(STATEMENTS))
    if unknown:
        return f"there is no statement {', '.join(unknown)}; those that are asked for are {', '.join(STATEMENTS)}"
    wrong = [name for name, value in statements.items() if value is not None and not isinstance(value, bool)]
    return f"{', '.join(wrong)} must be true or false" if wrong else None
