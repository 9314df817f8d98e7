# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Azurite, the real blob service of the lab: started, told its accounts, stopped so that its databases are whole."""

from __future__ import annotations

import json
import os
import pathlib
import select
import shutil
import subprocess
import time

from .certificates import Certificates
from .shared import BUILD

HERE = pathlib.Path(__file__).resolve().parent
VERSION = "3.35.0"
READY_SECONDS = 30
CLOSE_SECONDS = 20


class AzuriteError(RuntimeError):
    """Azurite could not be started or did not answer."""


def find_node() -> str:
    """A Node 20 or newer: OFFLINESEED_NODE, the one that `make setup` chose (build/node/bin/node), or PATH."""
    for candidate in (os.environ.get("OFFLINESEED_NODE"), str(BUILD / "node" / "bin" / "node"), shutil.which("node")):
        if candidate and os.access(candidate, os.X_OK):
            return candidate
    raise AzuriteError("no Node was found for Azurite; put node 20 or newer on PATH, or set OFFLINESEED_NODE to its path")


def find_azurite() -> pathlib.Path:
    """The folder of the installed package azurite: OFFLINESEED_AZURITE or build/node/node_modules/azurite of the checkout."""
    home = pathlib.Path(os.environ.get("OFFLINESEED_AZURITE") or BUILD / "node" / "node_modules" / "azurite")
    if not (home / "package.json").exists():
        raise AzuriteError(f"Azurite is not in {home}; install it there (npm install azurite@{VERSION}) or set OFFLINESEED_AZURITE")
    seen = json.loads((home / "package.json").read_text(encoding="utf-8"))["version"]
    if seen != VERSION:
        raise AzuriteError(f"Azurite in {home} is {seen}; the lab is made for {VERSION} (npm install azurite@{VERSION})")
    return home


class Azurite:
    """One blob service over a folder. Its port is chosen at the first start and kept for later starts of the same object."""

    def __init__(self, folder: pathlib.Path, certificates: Certificates) -> None:
        self.folder = folder
        self.certificates = certificates
        self.port = 0
        self._accounts: dict[str, list[str]] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._rest = b""

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process else None

    def endpoint(self, account: str) -> str:
        """The blob endpoint of an account as ARM would tell it, with its closing slash."""
        return f"https://127.0.0.1:{self.port}/{account}/"

    def start(self) -> None:
        """Start and wait until it listens."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder.parent / "azurite.log", "ab") as log:
            self._process = subprocess.Popen(
                self._command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=self.folder,
                env=self._environment(),
                start_new_session=True,
            )
        self.port = self._answer(READY_SECONDS)["port"]
        if self._accounts:
            self.set_accounts(self._accounts)

    def _command(self) -> list[str]:
        certificates = self.certificates
        return [
            find_node(), str(HERE / "azure" / "azurite_server.js"),
            "--location", str(self.folder), "--blobHost", "127.0.0.1", "--blobPort", str(self.port),
            "--cert", str(certificates.chain.resolve()), "--key", str(certificates.key.resolve()),
            "--oauth", "basic", "--disableTelemetry", "--skipApiVersionCheck", "--silent",
        ]  # fmt: skip

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AZURITE_", "NODE_"))}
        return {**kept, "LAB_AZURITE_HOME": str(find_azurite()), "AZURITE_ACCOUNTS": _nobody()}

    def set_accounts(self, accounts: dict[str, list[str]]) -> None:
        """Replace the accounts: {name: [key1, key2]} in base64; in force at once."""
        self._accounts = dict(accounts)
        if self._process is None:
            return
        pipe = self._process.stdin
        pipe.write((json.dumps({"accounts": self._accounts or {"nobody": [_nobody().split(":")[1]]}}) + "\n").encode())
        pipe.flush()
        self._answer(READY_SECONDS)

    def _answer(self, seconds: float) -> dict:
        """The next JSON line that the process writes; lines that are no JSON are Azurite's own talk."""
        until = time.monotonic() + seconds
        while True:
            line = self._line(until)
            if line.startswith(b"{"):
                answer = json.loads(line)
                if "error" in answer:
                    raise AzuriteError(f"Azurite did not start: {answer['error']}")
                return answer

    def _line(self, until: float) -> bytes:
        stream = self._process.stdout
        while b"\n" not in self._rest:
            ready, _unused, _unused = select.select([stream], [], [], max(0.0, until - time.monotonic()))
            piece = os.read(stream.fileno(), 65536) if ready else b""
            if not piece:
                why = "ended" if ready else "did not answer in time"
                raise AzuriteError(f"Azurite {why}; its log is {self.folder.parent / 'azurite.log'}")
            self._rest += piece
        line, self._rest = self._rest.split(b"\n", 1)
        return line.strip()

    def stop(self) -> None:
        """Close its databases and end it; killed where it does not leave by itself."""
        process, self._process = self._process, None
        if process is None:
            return
        process.stdin.close()
        try:
            process.wait(CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
        self._rest = b""


def _nobody() -> str:
    """An account that nobody uses, since Azurite without any falls back to its well-known one."""
    return "nobody:bm9ib2R5"
