# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recovery passwords: their form, and the escrow that holds them in ansible-vault files and nowhere else."""

from __future__ import annotations

import multiprocessing
import os
import stat
import subprocess

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.offlineseed.azure.plugins.module_utils.drives import escrow, names, recovery_password
from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure

# Published examples: Microsoft's pages on manage-bde and on the import job; the last is not valid, as its own digits show.
PUBLISHED = "238810-662376-448998-450120-652806-203390-606320-483076"
# azure-rest-api-specs, storageimportexport, examples of 2016-11-01 to 2021-01-01
EXAMPLES = (PUBLISHED, "000000-000000-111111-222222-333333-444444-555555-666666")
PUBLISHED_WRONG = "439675-460165-128202-118124-487224-595045-671485-413523"


@pytest.fixture
def password_file(tmp_path):
    path = tmp_path / "escrow-password"
    path.write_text("CANARY-escrow\n")
    return path


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "state" / "srv1" / "escrow"


def test_generated_passwords_are_valid_and_differ():
    made = {recovery_password.generate() for _unused in range(500)}
    assert len(made) == 500 and all(recovery_password.problem(one) is None for one in made)


def test_a_published_password_is_valid_and_a_misprinted_one_is_not():
    assert [recovery_password.problem(one) for one in EXAMPLES] == [None, None]
    assert recovery_password.problem(PUBLISHED_WRONG) is not None


@given(number=st.integers(0, 999_999))
def test_check_digit_and_divisibility_by_eleven_are_one_rule(number):
    group = f"{number:06d}"
    by_digit = int(group[5]) == recovery_password.check_digit(group[:5])
    assert by_digit == (number % 11 == 0)
    whole = "-".join(["000000"] * 7 + [group])
    assert (recovery_password.problem(whole) is None) == (number % 11 == 0 and number <= 720_885)


@pytest.mark.parametrize(
    "text",
    [None, 5, "", "123456", PUBLISHED + "-000000", PUBLISHED.replace("-", " "), PUBLISHED[:-1] + "x", " " + PUBLISHED, PUBLISHED + "\n"],
)
def test_what_is_no_password_is_refused(text):
    assert recovery_password.problem(text)


@given(group=st.integers(0, 7), digit=st.integers(0, 5), other=st.integers(1, 9))
def test_every_wrong_digit_is_noticed_and_not_repeated(group, digit, other):
    groups = PUBLISHED.split("-")
    old = groups[group]
    groups[group] = old[:digit] + str((int(old[digit]) + other) % 10) + old[digit + 1 :]
    told = recovery_password.problem("-".join(groups))
    assert told and f"group {group + 1}" in told and groups[group] not in told


def test_a_sealed_key_is_read_back_and_stays(folder, password_file):
    key = escrow.seal(folder, "WD 12 34", password_file, "srv1")
    assert recovery_password.problem(key) is None
    assert escrow.read(folder, "WD1234", password_file) == key
    content = escrow.file_of(folder, "WD1234").read_bytes()
    assert escrow.seal(folder, "WD1234", password_file, "srv1") == key
    assert escrow.file_of(folder, "WD1234").read_bytes() == content


def test_the_file_opens_with_ansible_vault_and_holds_yaml(site, folder, password_file):
    key = escrow.seal(folder, "WD-1", password_file, "srv1", created="2026-01-31T08:00:00Z")
    command = [site.program("ansible-vault"), "view", "--vault-password-file", str(password_file), str(folder / "WD-1.yml")]
    shown = subprocess.run(command, env=site.environment(), check=True, capture_output=True, text=True).stdout
    assert yaml.safe_load(shown) == {"seed": "srv1", "serial": "WD-1", "recovery_password": key, "created": "2026-01-31T08:00:00Z"}


def test_no_byte_of_the_key_lies_in_the_folder_in_clear(folder, password_file):
    key = escrow.seal(folder, "WD-1", password_file, "srv1")
    for path in folder.rglob("*"):
        content = path.read_bytes()
        assert content.startswith(b"$ANSIBLE_VAULT;1.1;AES256")
        assert key.encode() not in content and key.encode().hex().encode() not in content.replace(b"\n", b"")
    assert [path.name for path in folder.iterdir()] == ["WD-1.yml"]


def test_only_the_owner_can_read_it(folder, password_file):
    escrow.seal(folder, "WD-1", password_file, "srv1")
    assert stat.S_IMODE(os.stat(folder / "WD-1.yml").st_mode) == 0o600
    assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700


def test_an_executable_password_file_is_run(folder, password_file, tmp_path):
    script = tmp_path / "password.sh"
    script.write_text("#!/bin/sh\necho CANARY-escrow\n")
    script.chmod(0o700)
    key = escrow.seal(folder, "WD-1", script, "srv1")
    assert escrow.read(folder, "WD-1", password_file) == key


def no_secret_in(failure):
    told = f"{failure.value.msg} {failure.value.fields}"
    assert "CANARY" not in told and not recovery_password.appears_in(told)
    return told


def test_another_password_does_not_open_it_and_does_not_replace_it(folder, password_file, tmp_path):
    key = escrow.seal(folder, "WD-1", password_file, "srv1")
    other = tmp_path / "other"
    other.write_text("CANARY-other")
    for call in (lambda: escrow.read(folder, "WD-1", other), lambda: escrow.seal(folder, "WD-1", other, "srv1")):
        with pytest.raises(Failure, match="does not open with the password") as failure:
            call()
        no_secret_in(failure)
    assert escrow.read(folder, "WD-1", password_file) == key


def test_a_drive_of_another_seed_is_refused(folder, password_file):
    escrow.seal(folder, "WD-1", password_file, "srv1")
    with pytest.raises(Failure, match="belongs to seed 'srv1', not to 'srv2'") as failure:
        escrow.seal(folder, "WD-1", password_file, "srv2")
    no_secret_in(failure)


def test_a_key_that_was_never_sealed_is_an_error_that_says_where_it_should_be(folder, password_file):
    with pytest.raises(Failure, match=r"holds no key of drive WD-1.*WD-1\.yml does not exist"):
        escrow.read(folder, "WD-1", password_file)


def test_a_file_renamed_to_another_drive_is_refused(folder, password_file):
    escrow.seal(folder, "WD-1", password_file, "srv1")
    (folder / "WD-1.yml").rename(folder / "WD-2.yml")
    with pytest.raises(Failure, match="belongs to drive 'WD-1'") as failure:
        escrow.read(folder, "WD-2", password_file)
    no_secret_in(failure)


@pytest.mark.parametrize("change", [lambda content: content[:-20], lambda content: b"", lambda content: content.replace(b"6", b"7", 3)])
def test_a_damaged_file_is_refused_without_a_word_of_its_content(folder, password_file, change):
    escrow.seal(folder, "WD-1", password_file, "srv1")
    path = folder / "WD-1.yml"
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(Failure) as failure:
        escrow.read(folder, "WD-1", password_file)
    no_secret_in(failure)


def test_a_misprinted_key_in_escrow_is_refused_without_being_shown(folder, password_file):
    folder.mkdir(parents=True)
    document = {"seed": "srv1", "serial": "WD-1", "recovery_password": PUBLISHED_WRONG, "created": "x"}
    (folder / "WD-1.yml").write_bytes(escrow._encrypt(document, password_file))
    with pytest.raises(Failure, match="not divisible by 11|larger") as failure:
        escrow.read(folder, "WD-1", password_file)
    no_secret_in(failure)


@pytest.mark.parametrize("content", [None, ""])
def test_a_missing_or_empty_password_file_is_named_with_the_cure(folder, tmp_path, content):
    path = tmp_path / "absent"
    if content is not None:
        path.write_text(content)
    with pytest.raises(Failure, match="seed_escrow_password_file"):
        escrow.seal(folder, "WD-1", path, "srv1")
    assert not escrow.exists(folder, "WD-1")


def test_no_password_file_is_an_error_not_a_plain_file(folder):
    with pytest.raises(Failure, match="No password for the escrow"):
        escrow.seal(folder, "WD-1", "", "srv1")
    assert not folder.exists()


def seal_into(folder, password_file, results):
    results.put(escrow.seal(folder, "WD-1", password_file, "srv1"))


def test_two_runs_at_the_same_time_seal_one_key(folder, password_file):
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    runs = [context.Process(target=seal_into, args=(folder, password_file, results)) for _unused in range(4)]
    for run in runs:
        run.start()
    keys = {results.get(timeout=60) for _unused in runs}
    for run in runs:
        run.join()
    assert len(keys) == 1


@pytest.mark.parametrize("serial", ["../../etc/passwd", "A/B", ".", "..", "a b\tc", "Ü1", "%2F"])
def test_no_serial_leads_out_of_the_folder(folder, serial):
    path = escrow.file_of(folder, serial)
    assert path.parent == folder and "/" not in path.name and path.name not in (".", "..")
    assert names.serial("a b\tc") == "abc"
