# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make rehearsal DATA=/any/folder`: odd content is taken, what cannot make the journey is one clear error before anything begins."""

from __future__ import annotations

import os
import pathlib
import subprocess

import pytest

from lab import by_hand, given, rehearsal, sample
from lab.windows.host import copy_into
from lab.windows.mars import staged
from setup.site import CHECKOUT

ODD = (
    b"new\nline", b"quote'\" .txt", b"back\\slash", b"co:lon*?", b"trailing. ", b"{{ jinja }}", b"[bold]x[/bold]", b"CON", b"case", b"CASE",
    b"n" * 255, b"-rf", b"$HOME`id`", b"a/" * 100 + b"deep", "nfd u\u0308".encode(), "nfc \u00fc".encode(), b".hidden/.file",
)  # fmt: skip


class Drive:
    """A volume, as far as copying into it goes."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder


@pytest.fixture
def odd(tmp_path):
    """Names that break quoting and printing, links of all kinds, a pipe, folders without a file."""
    folder = tmp_path / "odd"
    for name in ODD:
        sample.put(folder / os.fsdecode(name), name * 3)
    (folder / "empty" / "one").mkdir(parents=True)
    for link, to in (("link", "CON"), ("loop", ".."), ("nowhere", "gone")):
        (folder / link).symlink_to(to)
    os.mkfifo(folder / "pipe")
    return folder


def test_odd_content_comes_back_identical_links_and_pipes_left_out(odd, tmp_path):
    given.check(odd, tmp_path / "lab")
    server, vault, back = tmp_path / "server", tmp_path / "vault", tmp_path / "back"
    copy_into(odd, Drive(server))
    staged.write(server, vault, "1", lambda _bytes: None)
    staged.restore(vault, back)
    assert sample.fingerprints(back) == sample.fingerprints(odd)
    assert set(sample.fingerprints(odd)) == {os.fsdecode(name) for name in ODD}
    assert (back / "empty" / "one").is_dir()


def test_a_folder_without_a_file_is_refused(odd, tmp_path):
    with pytest.raises(given.Unfit, match="empty holds no file"):
        given.check(odd / "empty", tmp_path / "lab")


@pytest.mark.parametrize("name", [b"bad \xff.txt", b"bad \xff/inside.txt"])
def test_a_name_that_no_windows_server_can_hold_is_named_in_letters_that_print(odd, tmp_path, name):
    sample.put(odd / os.fsdecode(name), b"x")
    with pytest.raises(given.Unfit, match=r"bad \\xff(\.txt)? is not UTF-8, .*rename") as refusal:
        given.check(odd, tmp_path / "lab")
    str(refusal.value).encode()


@pytest.mark.parametrize("locked", ["CON", "empty"])
def test_what_cannot_be_read_is_named_and_never_left_out_in_silence(odd, tmp_path, locked, monkeypatch):
    refuse_for_root_too(monkeypatch, odd / locked)
    with pytest.raises(given.Unfit, match=f"{locked} cannot be read: Permission denied"):
        given.check(odd, tmp_path / "lab")


@pytest.mark.parametrize(("data", "lab"), [("a", "a/build"), ("a/build/lab", "a/build"), ("a", "a")])
def test_a_folder_that_overlaps_the_labs_own_is_refused(tmp_path, data, lab):
    """The one would be copied into itself, the other be emptied before it is read."""
    (tmp_path / data).mkdir(parents=True)
    (tmp_path / data / "file").write_text("x")
    with pytest.raises(given.Unfit, match="lie one in the other"):
        given.check(tmp_path / data, tmp_path / lab)
    assert (tmp_path / data / "file").exists()


@pytest.mark.parametrize("main", [rehearsal.main, by_hand.main])
def test_both_commands_say_it_in_one_sentence_and_touch_nothing(main, tmp_path, capsys):
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab" / "mine").write_text("x")
    assert main(["--folder", str(tmp_path / "lab"), "--data", str(tmp_path / "lab")]) == 1
    told = capsys.readouterr().out
    assert "FAILED: " in told and "lie one in the other" in told and "Traceback" not in told
    assert [path.name for path in (tmp_path / "lab").iterdir()] == ["mine"]


@pytest.mark.parametrize("target", ["rehearsal", "lab"])
def test_make_hands_over_any_name_of_a_folder_as_it_is(target, tmp_path):
    """`make` prints the command; a shell that runs it must see the name in one piece."""
    name = "/a \"b\" `id` c"
    alone = {variable: value for variable, value in os.environ.items() if not variable.startswith("MAKE")}  # not inside of `make test`
    quoted = ("make", "-n", target, "VENV=printf '%s|'", "PYTHON=:", f"DATA={name}")
    said = subprocess.run(quoted, cwd=CHECKOUT, env=alone, capture_output=True, text=True, check=True).stdout
    command = said.strip().splitlines()[-1].removeprefix("@")
    seen = subprocess.run(["sh", "-c", command], env={**os.environ, "DATA": name}, capture_output=True, text=True, check=True)
    assert seen.stdout.split("|")[-2] == name


def refuse_for_root_too(monkeypatch, forbidden: pathlib.Path) -> None:
    """Permissions do not stop root, as which tests may run: the two calls that meet them are refused by hand."""
    def refusing(real):
        def call(path, *more, **options):
            if os.fspath(path) == str(forbidden):
                raise PermissionError(13, "Permission denied", str(forbidden))
            return real(path, *more, **options)

        return call

    monkeypatch.setattr(os, "scandir", refusing(os.scandir))
    monkeypatch.setattr(given, "open", refusing(open), raising=False)
