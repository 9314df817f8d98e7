# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry of a host: the JSON file that the PowerShell of the lab reads too (its form: `PsLab.Registry`)."""

from __future__ import annotations

import fcntl
import json
import os
import pathlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

HIVES = {"HKEY_LOCAL_MACHINE": "HKLM", "HKLM:": "HKLM", "HKEY_CURRENT_USER": "HKCU", "HKCU:": "HKCU"}


def _parts(key: str) -> list[str]:
    parts = [part for part in key.replace("/", "\\").split("\\") if part]
    return [HIVES.get(parts[0].upper(), parts[0].upper()), *parts[1:]]


def _kind(value: Any) -> dict[str, Any]:
    if isinstance(value, (bool, int)):
        return {"kind": "DWord", "data": int(value)}
    return {"kind": "MultiString", "data": value} if isinstance(value, list) else {"kind": "String", "data": value}


class Registry:
    """Keys as `HKLM\\SOFTWARE\\…`; names compare without case. `key.lock` beside the file is shared with the engine."""

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with open(str(self.path) + ".lock", "a+b") as hold:
            fcntl.flock(hold, fcntl.LOCK_EX)
            yield

    def _read(self) -> dict[str, Any]:
        return json.loads(self.path.read_text(encoding="utf-8")) if self.path.exists() else {}

    def _change(self, change: Callable[[dict[str, Any]], None]) -> None:
        with self._locked():
            root = self._read()
            change(root)
            fresh = str(self.path) + ".python"
            pathlib.Path(fresh).write_text(json.dumps(root, indent=1, ensure_ascii=False), encoding="utf-8")
            os.replace(fresh, self.path)

    @staticmethod
    def _find(root: dict[str, Any], key: str) -> dict[str, Any] | None:
        node: dict[str, Any] | None = {"keys": root}
        for part in _parts(key):
            keys = (node or {}).get("keys", {})
            node = next((child for name, child in keys.items() if name.lower() == part.lower()), None)
        return node

    def get(self, key: str, name: str) -> Any:
        """A value, or None."""
        node = self._find(self._read(), key) or {}
        return next((v["data"] for n, v in node.get("values", {}).items() if n.lower() == name.lower()), None)

    def has(self, key: str) -> bool:
        """Is there such a key?"""
        return self._find(self._read(), key) is not None

    def values(self, key: str) -> dict[str, Any]:
        """All values of a key by name."""
        return {n: v["data"] for n, v in (self._find(self._read(), key) or {}).get("values", {}).items()}

    def keys(self, key: str) -> list[str]:
        """The names of the keys below."""
        return sorted((self._find(self._read(), key) or {}).get("keys", {}))

    def set(self, key: str, **values: Any) -> None:
        """Set values (str, int as DWord, list of str), making the key; None removes a value."""

        def change(root: dict[str, Any]) -> None:
            keys = root
            node: dict[str, Any] = {}
            for part in _parts(key):
                name = next((n for n in keys if n.lower() == part.lower()), part)
                node = keys.setdefault(name, {})
                keys = node.setdefault("keys", {})
            for name, value in values.items():
                if value is None:
                    node.get("values", {}).pop(name, None)
                else:
                    node.setdefault("values", {})[name] = _kind(value)

        self._change(change)

    def remove(self, key: str) -> None:
        """Remove a key and all below."""

        def change(root: dict[str, Any]) -> None:
            parent, last = _parts(key)[:-1], _parts(key)[-1]
            node = self._find(root, "\\".join(parent)) if parent else {"keys": root}
            keys = (node or {}).get("keys", {})
            for name in [n for n in keys if n.lower() == last.lower()]:
                del keys[name]

        self._change(change)

    def state(self) -> dict[str, Any]:
        """All of it, for a hash."""
        return self._read()
