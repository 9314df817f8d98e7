# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task must not let out does not get out."""

from __future__ import annotations

import pytest

from ansible_collections.offlineseed.azure.plugins.module_utils import task as task_state
from ansible_collections.offlineseed.azure.plugins.module_utils.arm.write import Write
from ansible_collections.offlineseed.azure.plugins.module_utils.task import MASK, finished, keep_secret, warn, without


@pytest.fixture(autouse=True)
def fresh():
    task_state.begin()
    yield
    task_state.begin()


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        ("longkey", MASK),
        ("a longkey in a text", f"a {MASK} in a text"),
        ({"longkey": ["longkey", {"x": ("longkey",)}]}, {MASK: [MASK, {"x": [MASK]}]}),
        (7, 7),
        (None, None),
        (True, True),
    ],
)
def test_a_secret_is_masked_wherever_it_stands(value, seen):
    assert without(value, {"longkey"}) == seen


def test_the_longest_secret_is_masked_first():
    assert without("secret-and-more", {"secret", "secret-and-more"}) == MASK


def test_a_short_secret_does_not_shoot_a_text_to_pieces():
    assert without(["ab", "abracadabra"], {"ab"}) == [MASK, "abracadabra"]


def test_a_result_ends_with_its_warnings_and_without_secrets():
    keep_secret("CANARY")
    warn("CANARY is old")
    warn("CANARY is old")
    assert finished({"msg": "CANARY", "warnings": ["first"]}) == {"msg": MASK, "warnings": ["first", f"{MASK} is old"]}


def test_a_result_without_warnings_has_none():
    assert finished({"warnings": []}) == {}


def test_a_task_starts_with_nothing_remembered():
    keep_secret("CANARY")
    task_state.begin()
    assert task_state.secrets() == frozenset()


def test_a_request_is_shown_without_its_keys():
    request = Write("PUT", "/x", "1", {"properties": {"driveList": [{"driveId": "A", "bitLockerKey": "CANARY"}]}})
    assert request.shown()["body"] == {"properties": {"driveList": [{"driveId": "A", "bitLockerKey": MASK}]}}
    assert "CANARY" not in repr(request)
