# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The staged files as the inventory lists them, or as they may be before anything is staged."""

from __future__ import annotations

import json

from ..drives import lists, names
from ..drives.plan import File
from ..failure import Failure

FIELD = "inventory_file"
PART = 1024**3


def read(path):
    """Files that the inventory at *path* lists: JSON lines ``{name, size, mtime}``, plain or in gzip."""
    files, number = [], 0
    try:
        for number, line in lists.texts(path, FIELD):
            entry = json.loads(line)
            name, size = entry["name"], entry["size"]
            if not name or not isinstance(name, str):
                raise TypeError(f"name is {name!r}")
            if not isinstance(size, int) or isinstance(size, bool) or size < 0 or size % names.SECTOR:
                raise _no_pages(name, size, number)
            files.append(File(name, size))
    except lists.NoSuchList:
        raise Failure(
            f"Inventory {path} does not exist. The phase stage makes it: run stage first.", field=FIELD, seen=str(path), needs="stage"
        ) from None
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Failure(f"Inventory {path} line {number} is not {{name, size, mtime}}: {error}. Run stage again.", field=FIELD) from error
    _check_once(files, path)
    return files


def _no_pages(name, size, number):
    return Failure(
        f"Staged file {name} (inventory line {number}) has {size} bytes; page blobs hold whole 512-byte pages. "
        "Run the initial backup again: the agent writes such files.",
        field=FIELD,
        seen=size,
    )


def _check_once(files, path):
    if len({file.name for file in files}) == len(files):
        return
    seen = set()
    twice = next(file.name for file in files if file.name in seen or seen.add(file.name))
    raise Failure(f"Inventory {path} lists {twice!r} twice. Run stage again.", field=FIELD, seen=twice)


def estimated(size):
    """Files of together *size* bytes, as they may be: of one GiB each, and what is left."""
    whole, rest = divmod(-(-size // names.SECTOR) * names.SECTOR, PART)
    return [File(f"part {number}", PART) for number in range(whole)] + ([File("rest", rest)] if rest else [])
