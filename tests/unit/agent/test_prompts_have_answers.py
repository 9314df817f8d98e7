# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The questions of the agent's tool: each has its answer out of the seed's variables, and a command line that can be pasted."""

from __future__ import annotations

import pytest

from ansible_collections.offlineseed.azure.plugins.module_utils.agent import prompts
from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure

ADDRESS = {
    "recipient_name": "Server room",
    "street_address1": "Main Street 1",
    "street_address2": None,
    "city": "Stockholm",
    "state_or_province": " ",
    "postal_code": 11120,
    "country_or_region": "SE",
    "phone": "+46 8 000000",
    "email": "backup@corp.example",
}
FOLDER = r"C:\ProgramData\offlineseed\srv1\tool"


def rows(*letters, address=None):
    return prompts.catalogue(prompts.Asked("srv1", letters, ADDRESS if address is None else address))


def test_each_question_has_the_seeds_answer():
    told = {row["prompt"]: row["answer"] for row in rows(("WD-1", "F"))}
    assert told == {
        "import_job": "srv1",
        "drive_letter": "F",
        "confirm_format": "yes",
        "sign_in": None,
        "contact_name": "Server room",
        "contact_number": "+46 8 000000",
        "email": "backup@corp.example",
        "shipping_address": "Main Street 1, Stockholm",
        "country": "SE",
        "postal_code": "11120",
    }


def test_every_drive_is_confirmed_right_after_its_letter():
    about = [(row["prompt"], row["serial"], row["answer"]) for row in rows(("WD-2", "G"), ("WD-1", "F")) if row["serial"]]
    assert about == [
        ("drive_letter", "WD-2", "G"),
        ("confirm_format", "WD-2", "yes"),
        ("drive_letter", "WD-1", "F"),
        ("confirm_format", "WD-1", "yes"),
    ]


def test_answers_leave_out_what_is_a_persons_own():
    found = prompts.answers(rows(("WD-1", None)))
    assert {"prompt": "confirm_format", "answer": "yes"} in found
    assert not {"drive_letter", "sign_in"} & {one["prompt"] for one in found}
    assert all(isinstance(one["answer"], str) for one in found)


def test_lines_say_every_answer():
    text = "; ".join(prompts.lines(rows(("WD-1", "F"))))
    for answer in prompts.answers(rows(("WD-1", "F"))):
        assert f": {answer['answer']}" in text
    assert "Drive letter for drive WD-1" in text and text.count("your own") == 2


def test_an_answer_that_nobody_gave_is_a_persons_own():
    assert {row["answer"] for row in rows(address={}) if row["prompt"] in ("contact_name", "shipping_address", "email")} == {None}


def test_each_question_names_its_source_and_whether_its_words_are_the_tools():
    for prompt in prompts.PROMPTS:
        assert prompt.source.startswith("azure-docs") and prompt.wording
    literal = {prompt.id: prompt.literal for prompt in prompts.PROMPTS}
    assert not literal["import_job"] and not literal["sign_in"] and literal["drive_letter"] and literal["contact_name"]


@pytest.mark.parametrize(
    ("location", "argument"),
    [
        (r"\\COPY1\staging", r"s:\\COPY1\staging"),
        (r"C:\staging", r"s:C:\staging"),
        (r"\\COPY1\my staging", r'"s:\\COPY1\my staging"'),
        (r"\\COPY1\seeds$", r"'s:\\COPY1\seeds$'"),
    ],
)
def test_the_command_line_goes_into_the_folder_and_quotes_what_needs_it(location, argument):
    wanted = f"Set-Location -LiteralPath '{FOLDER}'; .\\AzureOfflineBackupDiskPrep.exe {argument}"
    assert prompts.command_line(FOLDER, location) == wanted


@pytest.mark.parametrize("location", ["C:\\a'; Remove-Item C:\\", 'C:\\"', "C:\\a\nb"])
def test_a_location_with_quotes_or_line_breaks_makes_no_command_line(location):
    with pytest.raises(Failure, match="staging_location"):
        prompts.command_line(FOLDER, location)
