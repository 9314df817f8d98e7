# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The prompts of the console, and a person's answers to them (azure-docs, backup-azure-backup-import-export; screenshots of 2016)."""

from __future__ import annotations

from typing import Any

from .refusal import ConsoleRefused

# The person of the lab, where no account is named for the sign-in.
PERSON = "operator@lab.example"
# id -> what the screen shows. Order: as they are asked.
PROMPTS = {
    "import_job": "Several import jobs are associated with this staging location. Choose one:",
    "drive_letter": "Please enter the drive letter corresponding to the mounted disk that you wish to prepare.",
    "confirm_format": (
        "You have specified to format drive {letter}, and all data on this drive will be lost. "
        'Enter "yes" to continue, or anything else to abort:'
    ),
    "sign_in": "Sign in to Azure in the browser window.",
    "contact_name": "Contact Name",
    "contact_number": "Contact Number",
    "email": "Valid Email Id",
    "shipping_address": "Shipping Address",
    "country": "Country",
    "postal_code": "Postal Code",
}
CONTACT = ("contact_name", "contact_number", "email", "shipping_address", "country", "postal_code")
NOT_ALWAYS_ASKED = ("import_job", "drive_letter", "confirm_format", "sign_in")


class Screen:
    """What the console shows; `lines` is read by people, so a secret on it is masked here as it is not on the real one."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, *lines: str) -> None:
        """Print lines."""
        self.lines += lines


class Answers:
    """Answers by prompt, each used once."""

    def __init__(self, given: list[dict[str, str]], screen: Screen) -> None:
        self._left, self._screen = [_checked(answer) for answer in given], screen

    def take(self, prompt: str, default: str | None = None, **about: str) -> str:
        """Ask; the first answer of this prompt that is not used yet."""
        text = PROMPTS[prompt].format(**about)
        found = next((answer for answer in self._left if answer["prompt"] == prompt), None)
        if found is None and default is None:
            raise ConsoleRefused(f"the console asks '{text}' ({prompt}) and there is no answer for it. Give one and run the tool again.")
        if found:
            self._left.remove(found)
        answer = (found or {"answer": default})["answer"].strip()
        self._screen.say(f"{text} {answer}")
        return answer

    def contact(self) -> dict[str, str]:
        """All answers about the person who gets the drives back."""
        told = {prompt: self.take(prompt) for prompt in CONTACT}
        blank = next((prompt for prompt, answer in told.items() if not answer), None)
        if blank:
            raise ConsoleRefused(f"{PROMPTS[blank]} ({blank}) is blank; all of {', '.join(CONTACT)} are mandatory.")
        if "@" not in told["email"].strip("@"):
            raise ConsoleRefused(f"'{told['email']}' is no e-mail address ({PROMPTS['email']}).")
        return told

    @property
    def unused(self) -> list[dict[str, str]]:
        """Answers that nobody asked for."""
        return self._left


def _checked(answer: Any) -> dict[str, str]:
    if not isinstance(answer, dict) or set(answer) != {"prompt", "answer"}:
        raise ConsoleRefused(f"an answer is {{prompt, answer}}, not {answer!r}.")
    if answer["prompt"] not in PROMPTS:
        raise ConsoleRefused(f"the console has no prompt '{answer['prompt']}'; it asks {', '.join(PROMPTS)}.")
    return {"prompt": answer["prompt"], "answer": str(answer["answer"])}
