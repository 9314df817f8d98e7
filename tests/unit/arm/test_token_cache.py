# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens between two tasks: found again, kept from others, never trusted for long."""

from __future__ import annotations

import os
import stat

import pytest
from unit.scripted import CLIENT, GROUP, SECRET, refusal

from ansible_collections.offlineseed.azure.plugins.module_utils.arm.token_cache import FileCache, Token
from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure
from ansible_collections.offlineseed.azure.plugins.module_utils.task import finished

THING = f"{GROUP}/thing"
NOW = 1_800_000_000


def read(task, **options):
    return task.connect(**options).arm.get("read thing", THING, "1")


def expect_reads(script, count, **more):
    for _unused in range(count):
        script.expect("GET", THING, version="1", json={}, **more)


def failure_of(function, *args, **options) -> Failure:
    with pytest.raises(Failure) as caught:
        function(*args, **options)
    return caught.value


class TestTokenCache:
    def test_the_next_task_uses_the_token_of_the_last(self, script, task):
        expect_reads(script, 2, token=script.token(1))
        for _unused in range(2):
            read(task, token_cache="file")
        assert len(script.sign_ins) == 1

    def test_file_and_folder_are_the_users_alone_and_tell_nothing_by_name(self, script, task, tmp_path):
        expect_reads(script, 1)
        read(task, token_cache="file")
        folder = tmp_path / "cache" / "offlineseed.azure" / "tokens"
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        for file in folder.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
            assert len(file.name) == 64 and CLIENT not in file.name
            assert SECRET not in file.read_text()

    def test_a_clouds_own_description_is_believed_for_an_hour(self, script, time, task):
        expect_reads(script, 3)
        for seconds in (0, 3000, 1000):
            time.at += seconds
            read(task, token_cache="file")
        assert len(script.metadata_asked) == 2

    def test_another_secret_does_not_find_it(self, script, task):
        expect_reads(script, 1)
        read(task, token_cache="file")
        script.next_sign_in(401, {"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret provided."})
        failure_of(read, task, token_cache="file", secret="another")
        assert len(script.sign_ins) == 2

    def test_a_refused_token_leaves_the_cache(self, script, task):
        expect_reads(script, 1)
        read(task, token_cache="file")
        script.expect("GET", THING, version="1", status=401, json=refusal("ExpiredAuthenticationToken"))
        expect_reads(script, 2)
        read(task, token_cache="file")
        read(task, token_cache="file")
        assert len(script.sign_ins) == 2

    @pytest.mark.parametrize(("left", "found"), [(301, True), (300, False), (-10, False)])
    def test_a_token_must_live_for_five_minutes_more(self, tmp_path, left, found):
        cache = FileCache(tmp_path / "tokens")
        cache.save("key", Token("t", NOW + left))
        assert (cache.load("key", NOW) is not None) is found

    @pytest.mark.parametrize("mode", [0o755, 0o770, 0o777])
    def test_a_folder_that_others_enter_is_refused(self, tmp_path, mode):
        cache = FileCache(tmp_path / "tokens")
        cache.save("key", Token("t", NOW + 999))
        os.chmod(cache.folder, mode)
        failure = failure_of(cache.load, "key", NOW)
        assert failure.fields["field"] == "token_cache" and f"{mode:04o}" in failure.msg

    def test_a_file_that_others_read_is_refused(self, tmp_path):
        cache = FileCache(tmp_path / "tokens")
        cache.save("key", Token("t", NOW + 999))
        os.chmod(cache.folder / "key", 0o644)
        assert "0644" in failure_of(cache.load, "key", NOW).msg

    def test_what_belongs_to_somebody_else_is_refused(self, tmp_path, monkeypatch):
        cache = FileCache(tmp_path / "tokens")
        cache.save("key", Token("CANARY", NOW + 999))
        monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
        for use in (lambda: cache.load("key", NOW), lambda: cache.save("other", Token("CANARY", NOW + 999))):
            failure = failure_of(use)
            assert failure.fields["field"] == "token_cache" and "must belong to the user that runs" in failure.msg
            assert "CANARY" not in failure.msg

    def test_a_link_in_place_of_the_folder_is_refused(self, tmp_path):
        (tmp_path / "real").mkdir(mode=0o700)
        (tmp_path / "tokens").symlink_to(tmp_path / "real")
        assert "be no link" in failure_of(FileCache(tmp_path / "tokens").save, "key", Token("t", NOW + 999)).msg

    def test_a_link_in_place_of_the_file_is_not_followed(self, tmp_path):
        cache = FileCache(tmp_path / "tokens")
        cache.save("other", Token("t", NOW + 999))
        (cache.folder / "key").symlink_to(cache.folder / "other")
        assert cache.load("key", NOW) is None

    @pytest.mark.parametrize("text", ["", "{", "[]", '{"token": "t"}', '{"token": "t", "expires_on": "soon"}'])
    def test_a_spoilt_file_is_no_token(self, tmp_path, text):
        cache = FileCache(tmp_path / "tokens")
        cache.save("key", Token("t", NOW + 999))
        (cache.folder / "key").write_text(text)
        assert cache.load("key", NOW) is None

    def test_a_place_that_cannot_be_written_only_warns(self, script, task, tmp_path):
        (tmp_path / "file").write_text("")
        task.environ["XDG_CACHE_HOME"] = str(tmp_path / "file")
        expect_reads(script, 1)
        read(task, token_cache="file")
        (warning,) = finished({})["warnings"]
        assert "the token cache cannot be written" in warning

    def test_a_token_does_not_show_in_its_text(self):
        assert "CANARY" not in repr(Token("CANARY", 1))
