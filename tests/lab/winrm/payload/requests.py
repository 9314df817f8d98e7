# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a client wants of a Windows host, once its command line and input are understood."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


class NotUnderstood(Exception):
    """A command or payload that the lab does not know. It fails loudly: a guess would pass for Windows."""


@dataclass(frozen=True)
class ModuleRun:
    """A module. `name` is fully qualified; `arguments` are the user's, without the internal ones; `internal` holds those.

    `command` is the script that receives `before` + the manifest as JSON + `after` on its standard input.
    """

    name: str
    arguments: dict[str, Any]
    internal: dict[str, Any]
    environment: dict[str, str]
    command: str
    before: bytes = field(repr=False)
    manifest: dict[str, Any] = field(repr=False)
    after: bytes = field(repr=False)
    generation: int = 2
    become_user: str | None = None

    @property
    def check_mode(self) -> bool:
        """Whether the module may change nothing."""
        return bool(self.internal.get("_ansible_check_mode"))


@dataclass(frozen=True)
class Helper:
    """Something that a connection or shell plugin does itself: `action` with `parameters`; `data` is the input (base64 lines)."""

    action: str
    parameters: dict[str, Any]
    data: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Raw:
    """Free text that a person or an action plugin wants run."""

    script: str
    stdin: bytes = field(default=b"", repr=False)


Request = ModuleRun | Helper | Raw
