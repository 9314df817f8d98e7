# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bearer tokens between two tasks: each task is a new process, and asking Entra anew costs two round trips.

A token lies in a file of mode 0600 in a folder of mode 0700, both owned by the user that runs; a folder or file that
others could have touched is refused. The name of a file is a digest, so that it tells neither tenant nor client.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .. import task
from ..failure import Failure

MARGIN = 300  # seconds of life that a cached token must have left


@dataclass(frozen=True)
class Token:
    """A bearer token and the second (Unix time) at which it ends."""

    token: str
    expires_on: int

    def __repr__(self):
        return f"Token(expires_on={self.expires_on})"


class NoCache:
    """What stands in for the cache when the user asked for none."""

    def load(self, key: str, now: float) -> Token | None:
        return None

    def save(self, key: str, token: Token) -> None:
        return None

    def read(self, key: str) -> dict | None:
        return None

    def write(self, key: str, value: dict) -> None:
        return None

    def forget(self, key: str) -> None:
        return None


class FileCache:
    """Tokens in `folder`. A folder that cannot be made or written (a read-only home) is only a slower run: a warning says so."""

    def __init__(self, folder: Path):
        self.folder = folder

    def load(self, key: str, now: float) -> Token | None:
        """The token kept under `key` if it lives for MARGIN seconds more."""
        held = self.read(key) or {}
        try:
            token = Token(str(held["token"]), int(held["expires_on"]))
        except (ValueError, KeyError, TypeError):
            return None
        return token if token.expires_on - now > MARGIN else None

    def save(self, key: str, token: Token) -> None:
        """Keep `token` under `key`."""
        self.write(key, {"token": token.token, "expires_on": token.expires_on})

    def read(self, key: str) -> dict | None:
        """The JSON object under `key`; None when there is none."""
        try:
            self._check(self.folder, os.lstat(self.folder), 0o700)
            descriptor = os.open(self.folder / key, os.O_RDONLY | os.O_NOFOLLOW)
        except OSError:
            return None
        with open(descriptor, encoding="utf-8") as file:
            self._check(self.folder / key, os.fstat(descriptor), 0o600)
            try:
                held = json.load(file)
            except ValueError:
                return None
        return held if isinstance(held, dict) else None

    def write(self, key: str, value: dict) -> None:
        """Keep a JSON object under `key`; readers see the old file or the new one, never a part."""
        draft = self.folder / f".{key}.{os.getpid()}"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._check(self.folder, os.lstat(self.folder), 0o700)
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            with open(descriptor, "w", encoding="utf-8") as file:
                json.dump(value, file)
            os.replace(draft, self.folder / key)
        except OSError as error:
            with contextlib.suppress(OSError):
                draft.unlink()
            task.warn(f"Sign-in is repeated in every task: the token cache cannot be written ({error}). token_cache: none silences this.")

    def forget(self, key: str) -> None:
        """Drop a token that the service no longer takes."""
        (self.folder / key).unlink(missing_ok=True)

    @staticmethod
    def _check(path: Path, status: os.stat_result, mode: int) -> None:
        seen = stat.S_IMODE(status.st_mode)
        if status.st_uid == os.geteuid() and not seen & ~mode & 0o777 and not stat.S_ISLNK(status.st_mode):
            return
        raise Failure(
            f"Token cache {path}: owner {status.st_uid}, mode {seen:04o}; it must belong to the user that runs (uid {os.geteuid()}) "
            f"with mode {mode:04o} and be no link. Remove it, or set token_cache: none.",
            field="token_cache",
            seen=f"owner {status.st_uid}, mode {seen:04o}",
            cure=f"remove {path}, or set token_cache: none",
        )


def open_cache(choice: str, environ: Mapping[str, str]):
    """The cache that option `token_cache` asks for."""
    if choice == "none":
        return NoCache()
    home = environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return FileCache(Path(home, "offlineseed.azure", "tokens"))


def key_of(*parts: str | None) -> str:
    """Name of a cache file: a digest over everything that decides which token it is."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
