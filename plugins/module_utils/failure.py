# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one exception that ends a task: a sentence for people and fields for programs."""

from __future__ import annotations


class Failure(Exception):
    """What was tried, what was seen and what the reader can do about it.

    *msg* is one sentence or more for people. *fields* go into the task's result beside it; by habit ``field``, ``seen`` and ``cure``.
    Neither may hold a secret.
    """

    def __init__(self, msg, **fields):
        super().__init__(msg)
        self.msg = msg
        self.fields = fields

    def as_result(self):
        """Result of a failed task: ``{failed, msg, ...fields}``."""
        return {"failed": True, "msg": self.msg, **self.fields}


def shown(value):
    """A value as people write it: text in quotes with its backslashes single."""
    return f"'{value}'" if isinstance(value, str) else repr(value)


def refuse(field, seen, must, cure):
    """A Failure about an input: *field* holds *seen*, it must be *must*, and *cure* says what to do."""
    return Failure(f"{field} is {shown(seen)}; it must be {must}. {cure}", field=field, seen=seen, must=must, cure=cure)
