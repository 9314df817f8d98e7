# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a rehearsal tells on the terminal: lines that stay, and a sign of life while something takes longer than a few seconds."""

from __future__ import annotations

import contextlib
import textwrap
import threading
import time
from collections.abc import Iterator

from rich.console import Console

WIDEST = 140  # columns
HEARTBEAT = 15  # seconds between two signs of life where the output is no terminal


class Waiting:
    """What is being waited for; ``now`` may be changed while waiting."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.detail = ""
        self.started = time.monotonic()

    def now(self, detail: str) -> None:
        self.detail = detail

    @property
    def seconds(self) -> int:
        return int(time.monotonic() - self.started)

    def __str__(self) -> str:
        return f"{self.what} ({self.seconds} s){f': {self.detail}' if self.detail else ''}"


class Story:
    """Prints to a terminal with colour and a spinner, to anything else as plain lines."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False, soft_wrap=True)

    def heading(self, text: str) -> None:
        self.console.print(f"\n{text}", style="bold", markup=False)

    def tell(self, text: str, style: str | None = None) -> None:
        self.console.print(text, style=style, markup=False)

    def asked(self, text: str) -> None:
        """What the product wants a person to do."""
        self._under("asks", text, "yellow")

    def done(self, text: str) -> None:
        """What the person did."""
        self._under("person", text, "yellow")

    def proof(self, text: str) -> None:
        """Something that now holds."""
        self._under("proven", text, "green")

    def _under(self, label: str, text: str, style: str) -> None:
        """A paragraph with its label in front, as wide as a line is read with ease."""
        width = min(self.console.width, WIDEST) if self.console.is_terminal else WIDEST
        indent = " " * 12
        self.tell(textwrap.fill(text, width, initial_indent=f"    {label:<8}", subsequent_indent=indent, break_on_hyphens=False), style)

    def failure(self, text: str) -> None:
        self.tell(f"FAILED: {text}", "bold red")

    @contextlib.contextmanager
    def waiting(self, what: str) -> Iterator[Waiting]:
        """Shows what is waited for until the block ends; leaves no line on a terminal."""
        waiting = Waiting(what)
        over = threading.Event()
        show = self._spin if self.console.is_terminal else self._beat
        thread = threading.Thread(target=show, args=(waiting, over), daemon=True)
        thread.start()
        try:
            yield waiting
        finally:
            over.set()
            thread.join()

    def _spin(self, waiting: Waiting, over: threading.Event) -> None:
        with self.console.status("") as status:
            while not over.wait(0.2):
                if waiting.seconds >= 1:
                    status.update(str(waiting)[: self.console.width - 4].replace("[", "\\["))

    def _beat(self, waiting: Waiting, over: threading.Event) -> None:
        while not over.wait(HEARTBEAT):
            self.tell(f"            {waiting}")
