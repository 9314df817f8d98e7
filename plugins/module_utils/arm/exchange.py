# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sending a request until there is an answer that counts: the retry rules of every SDK, in one loop.

The SDKs' own retries are off. msrest's are half broken on urllib3 2 (it sets `method_whitelist`, which urllib3 2 ignores,
so that PATCH and POST are never repeated) and lose the error's body when they give up; azure-core's wait for any
Retry-After, however long.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from ..failure import Failure
from . import errors, shapes
from .answer import UNREADABLE, Answer
from .network import Trouble, trouble_in
from .retries import BUSY_CODES, REFUSED, TEMPORARY, Pace, retry_after

Result = TypeVar("Result")
NO_CODE = "HTTP 404"


class AnswerLost(Exception):
    """A write may or may not have been carried out. Whoever sent it has to look before it is sent again."""

    def __init__(self, failure: Failure):
        super().__init__(failure.msg)
        self.failure = failure


@dataclass(frozen=True)
class Exchange:
    """`pace` says how often and how long; `renew` drops a token that was refused with 401."""

    pace: Pace
    renew: Callable[[], None]

    def run(
        self,
        what: str,
        send: Callable[[], Answer],
        *,
        url: str,
        action: str | None = None,
        missing_ok: bool = False,
        repeatable: bool = True,
    ) -> Answer:
        """Call `send` until it answers for good; returns a 2xx answer (with `missing_ok` a 404 for a missing resource as well).

        `what` reads on from "Failed to"; `action` is the RBAC action, for a 403 that does not name it. With `repeatable` false
        a write whose fate is unknown raises AnswerLost instead of being sent again.
        """
        attempt, waited, renewed = 0, 0.0, False
        while True:
            attempt += 1
            try:
                answer = send()
            except Failure:
                raise  # the sign-in inside failed, and has said so
            except Exception as error:
                waited += self._after_trouble(what, url, error, attempt, waited, repeatable)
                continue
            if answer.ok:
                return _readable(what, answer)
            if missing_ok and _is_missing(answer):
                return answer
            if answer.status == 401 and not renewed:
                renewed = True
                self.renew()
                continue
            if not self._worth_repeating(answer):
                raise errors.refused(what, answer, attempt, action, waited)
            if not repeatable and answer.status not in REFUSED and answer.status != 409:
                raise AnswerLost(errors.refused(what, answer, attempt, action, waited))
            waited += self._wait(what, answer, attempt, waited, action)

    @staticmethod
    def _worth_repeating(answer: Answer) -> bool:
        return answer.status in TEMPORARY or (answer.status == 409 and answer.code in BUSY_CODES)

    def _after_trouble(self, what: str, url: str, error: Exception, attempt: int, waited: float, repeatable: bool) -> float:
        """Wait if trying again can help, and say how long; otherwise raise what the trouble means."""
        trouble: Trouble | None = trouble_in(error)
        if trouble is None:
            raise errors.unread(what, url, error) from error
        failure = errors.unreached(what, url, trouble, attempt, waited)
        if trouble.sent and not repeatable:
            raise AnswerLost(failure) from error
        if not trouble.passing or attempt >= self.pace.attempts:
            raise failure from error
        return self._sleep(self.pace.backoff(attempt))

    def _wait(self, what: str, answer: Answer, attempt: int, waited: float, action: str | None) -> float:
        asked = retry_after(answer.headers, self.pace.clock())
        if asked is not None and asked > self.pace.patience:
            raise errors.too_long_to_wait(what, answer, asked, waited)
        if attempt >= self.pace.attempts:
            raise errors.refused(what, answer, attempt, action, waited)
        # A service that names 0 seconds names none: five tries within a moment would help nobody.
        return self._sleep(asked or self.pace.backoff(attempt))

    def _sleep(self, seconds: float) -> float:
        self.pace.sleep(seconds)
        return seconds


def _is_missing(answer: Answer) -> bool:
    """Whether the service says that there is no such resource; what a proxy says with 404, or an empty answer, has no code of it."""
    return answer.status == 404 and answer.code not in (NO_CODE, "ResourceGroupNotFound", "SubscriptionNotFound")


def _readable(what: str, answer: Answer) -> Answer:
    if answer.body is UNREADABLE:
        raise errors.not_json(what, answer)
    return shapes.check(what, answer)
