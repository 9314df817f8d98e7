# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of accounts, containers, jobs, blobs and sessions: the examples of their own sources, and the part that all services take."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.offlineseed.azure.plugins.module_utils.drives import names
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import state_dir

API, PORTAL, CLASSIC = (service.pattern for service in names.JOB_SERVICES)
# (name, taken by Microsoft.DataBox, its portal, the portal of Microsoft.ImportExport, all of them). Names of examples: azure-rest-api-specs
# databox (TestJobName1), storageimportexport (myJob, myExportJob); recordings of azure-cli-extensions (test-import-job).
JOBS = [
    ("TestJobName1", True, True, False, False),
    ("myJob", True, True, False, False),
    ("myExportJob", True, True, False, False),
    ("import-job-1", True, True, True, True),
    ("srv1", True, True, True, True),
    ("ab", False, False, True, False),
    ("abc", True, True, True, True),
    ("a" * 24, True, True, True, True),
    ("a" * 25, False, False, True, False),
    ("my_job.1", True, False, False, False),
    ("-ab", True, False, False, False),
    ("ab-", True, False, True, False),
    ("1ab", True, True, False, False),
    ("a b", False, False, False, False),
    ("jöb", False, False, False, False),
    ("", False, False, False, False),
]


@pytest.mark.parametrize(("name", "api", "portal", "classic", "all_of_them"), JOBS)
def test_who_takes_which_name_of_a_job(name, api, portal, classic, all_of_them):
    taken = [bool(pattern.fullmatch(name)) for pattern in (API, PORTAL, CLASSIC, names.JOB)]
    assert taken == [api, portal, classic, all_of_them]


@given(st.text(alphabet="aZ09-_. ö", max_size=26))
def test_what_all_take_is_taken_by_each(name):
    if names.JOB.fullmatch(name):
        assert API.fullmatch(name) and PORTAL.fullmatch(name) and CLASSIC.fullmatch(name)


def test_a_seeds_name_is_a_name_for_its_job():
    assert state_dir.SEED_NAME.pattern == names.JOB.pattern


# Accounts and containers of the examples in azure-rest-api-specs storage (sto4445, sto8596, container6185, container-2 made up).
@pytest.mark.parametrize("name", ["sto4445", "abc", "a" * 24, "123"])
def test_accounts_that_are_taken(name):
    assert names.ACCOUNT.fullmatch(name)


@pytest.mark.parametrize("name", ["ab", "a" * 25, "Sto4445", "sto-4445", "stö", "sto 1", ""])
def test_accounts_that_are_refused(name):
    assert not names.ACCOUNT.fullmatch(name)


@pytest.mark.parametrize("name", ["container6185", "a-b", "0-0", "a" * 63, "a-1-b"])
def test_containers_that_are_taken(name):
    assert names.CONTAINER.fullmatch(name)


@pytest.mark.parametrize("name", ["ab", "a" * 64, "a--b", "-ab", "ab-", "My_Container", "$root", "a.b", ""])
def test_containers_that_are_refused(name):
    assert not names.CONTAINER.fullmatch(name)


@given(st.text(alphabet="ab0-", min_size=1, max_size=66))
def test_the_pattern_for_containers_is_the_one_of_the_specification(name):
    written_out = 3 <= len(name) <= 63 and not name.startswith("-") and not name.endswith("-") and "--" not in name
    assert bool(names.CONTAINER.fullmatch(name)) == written_out


STAGED = "4508156004108672185_1_0f8fad5b-d9cb-469f-a165-70867728950e_AIBBlob"


def test_a_staged_file_becomes_a_blob_of_its_name():
    path = names.blob_path("seed-srv1", STAGED)
    assert path == f"seed-srv1/{STAGED}" and names.blob_problem(path) is None and names.STAGED_FILE.match(STAGED)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("My_Container/x", "'My_Container' is no name of a container"),
        ("seed-srv1", "has 0 characters"),
        ("seed-srv1/" + "a" * 1025, "has 1025 characters"),
        ("seed-srv1/" + "a/" * 254 + "a", "more than 254 parts"),
        ("seed-srv1/a.", "dot or slash"),
        ("seed-srv1/a/", "dot or slash"),
        ("seed-srv1/a\x07", "control characters"),
        ("seed-srv1\n/a", "is no name of a container"),
    ],
)
def test_a_blob_that_would_be_renamed_is_told(path, says):
    assert says in names.blob_problem(path)


# Session ids and drive ids of the pages on WAImportExport and of the specification's examples.
@pytest.mark.parametrize("session", ["session#1", "session#2", "BackupSession#1", "j-1_a"])
def test_session_ids_of_the_pages_are_taken(session):
    assert names.SESSION_ID.match(session)


@pytest.mark.parametrize("session", ["ab", "a" * 31, "session 1", "séance", ""])
def test_session_ids_that_the_tool_refuses(session):
    assert not names.SESSION_ID.match(session)


@given(st.text(min_size=1, max_size=24), st.text(min_size=1, max_size=70), st.integers(1, 9999))
def test_a_session_id_is_one_that_the_tool_takes(seed, serial, number):
    assert names.SESSION_ID.match(names.session_id(seed, serial, number))


def test_session_ids_differ_by_seed_drive_and_number():
    made = [names.session_id(seed, serial, n) for seed in ("srv1", "srv2") for serial in ("WD-1", "WD_1", "W" * 40 + "1") for n in (1, 2)]
    assert len(set(made)) == len(made) and names.session_id("srv1", " WD-1 ", 1) == made[0]


@pytest.mark.parametrize("drive", ["9CA995BA", "9CA995BB", "WD-WMAYP0123456"])
def test_drive_ids_of_the_examples_are_taken(drive):
    assert names.DRIVE_ID.fullmatch(drive) and names.serial(f"  {drive} ") == drive


def test_a_manifests_hash_has_32_digits_or_64_as_in_the_examples():
    assert names.MANIFEST_HASH.match("109B21108597EF36D5785F08303F3638")
    assert names.MANIFEST_HASH.match("109B21108597EF36D5785F08303F3638" * 2) and names.MANIFEST_HASH.match("ab" * 16)
    assert not names.MANIFEST_HASH.match("109B21108597EF36D5785F08303F363") and not names.MANIFEST_HASH.match("g" * 32)
