# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of the job model: stages, forms of names, the address rule, the two directions of the mapping."""

from __future__ import annotations

from pathlib import Path

import pages.stages
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.jobs.worlds import KEYS, job, location, location_path, order

from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import limits, locations
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs.import_export import create_body, differences, job_from
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs.import_job import order_from
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs.key_check import VERDICTS
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs.locations import destination
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs.stages import (
    ACTORS,
    BY_NAME,
    COPY_STATES,
    DRIVE_MEANINGS,
    DRIVE_STATES,
    OF_LENT_DEVICES,
    RESOLUTIONS,
    STAGES,
    WAITS,
    drive_state,
    stage_of,
)

WORDS = {"creating", "shipped", "received", "copying", "returning", "completed", "completed_with_errors", "canceled", "unknown"}


class TestStages:
    def test_the_words_are_those_of_the_model(self):
        assert [stage.name for stage in STAGES] == list(BY_NAME) and set(BY_NAME) == WORDS

    def test_no_word_of_the_service_stands_in_two_rows(self):
        words = [word for stage in STAGES for word in stage.words]
        assert len(words) == len(set(words))

    @pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
    def test_every_row_says_what_it_means_and_who_acts(self, stage):
        assert stage.meaning.endswith(".") and stage.actor in ("person", "carrier", "azure", "nobody")
        assert not (stage.terminal and (stage.cancellable or stage.accepts_parcel))
        assert stage.terminal or not stage.succeeded

    def test_the_page_is_what_the_tables_say(self):
        page = (Path(__file__).parents[3] / "docs" / "job_stages.md").read_text(encoding="utf-8")
        assert page == pages.stages.page(), "run `python -m pages` (with PYTHONPATH=tests) and commit docs/job_stages.md"

    def test_the_page_has_every_word_of_every_table(self):
        page = pages.stages.page()
        for stage in STAGES:
            row = next(line for line in page.splitlines() if line.startswith(f"| `{stage.name}` | {stage.meaning}"))
            assert f"| {stage.actor} |" in row and (not stage.clock or f"{stage.clock.days} days, then {stage.clock.then}" in row)
            assert all(f"`{word}`" in page for word in (*stage.words, *(one.word for one in stage.data_box)))
            assert all(one.portal in page for one in stage.data_box if one.portal)
        assert all(f"`{word}`" in page for word in (*DRIVE_STATES, *COPY_STATES, *WAITS, *RESOLUTIONS, *VERDICTS, *OF_LENT_DEVICES))

    def test_every_state_of_a_drive_says_what_it_means(self):
        ours = {*DRIVE_STATES.values(), *(state for state, _meaning in COPY_STATES.values()), "unknown"}
        assert set(DRIVE_MEANINGS) == ours and set(ACTORS) == {stage.actor for stage in STAGES}

    @pytest.mark.parametrize(
        ("word", "name"), [("Creating", "creating"), ("SHIPPING", "shipped"), ("Faulted", "unknown"), (None, "unknown"), ("", "unknown")]
    )
    def test_a_word_finds_its_row(self, word, name):
        assert stage_of(word).name == name

    def test_clocks_are_those_of_the_documents(self):
        days = {stage.name: stage.clock.days for stage in STAGES if stage.clock}
        assert days == {"creating": 14, "shipped": 14, "completed": 90, "completed_with_errors": 90}

    @pytest.mark.parametrize(("word", "state"), [("NeverReceived", "never_received"), (None, "specified"), ("Odd", "unknown")])
    def test_a_drives_word_is_translated(self, word, state):
        assert drive_state(word) == state


class TestForms:
    @pytest.mark.parametrize(
        ("form", "value"),
        [
            ("name of the import job", "srv1"), ("name of the import job", "a" * 24), ("name of the import job", "a-1"),
            ("container", "a-b"), ("container", "0" * 63), ("storage account", "abc"), ("resource_group", "RG_(1).x"),
            ("manifest_hash", "0" * 64), ("manifest_file", "\\DriveManifest.xml"),
        ],
    )  # fmt: skip
    def test_good_values_pass(self, form, value):
        assert limits.check(form, value) == value

    @given(st.text(max_size=70))
    def test_a_container_that_passes_is_one_that_azure_takes(self, text):
        try:
            limits.check("container", text)
        except Failure as failure:
            assert failure.fields["field"] == "container" and failure.fields["cure"]
        else:
            assert 3 <= len(text) <= 63 and text.isascii() and text == text.lower()
            assert text[0].isalnum() and text[-1].isalnum() and "--" not in text
            assert all(character.isalnum() or character == "-" for character in text)

    @given(st.text(max_size=30))
    def test_a_job_name_that_passes_is_one_that_every_service_takes(self, text):
        try:
            limits.check("name of the import job", text)
        except Failure:
            return
        assert 3 <= len(text) <= 24 and text[0].isalpha() and text[-1].isalnum() and text == text.lower() and text.isascii()

    @pytest.mark.parametrize("value", ["srv1\n", "srv1 ", None, 7])
    def test_nearly_good_values_do_not_pass(self, value):
        with pytest.raises(Failure):
            limits.check("name of the import job", value)


class TestDestination:
    def fetch(self, *records):
        known = {record["name"]: record for record in records}
        return known.get

    def test_a_location_in_its_own_list_is_shipped_to(self):
        goal = destination("West Europe", self.fetch(location("westeurope", "northeurope", "westeurope")))
        assert (goal.region, goal.ship_to.city) == ("westeurope", "Middenmeer")

    def test_a_closed_location_sends_to_its_first_alternate(self):
        goal = destination("eastus2", self.fetch(location("eastus2", "eastus"), location("eastus", city="Ashburn")))
        assert (goal.region, goal.ship_to.city) == ("eastus", "Ashburn")

    def test_a_location_without_a_list_is_shipped_to(self):
        record = location("westus")
        del record["properties"]["alternateLocations"]
        assert destination("westus", self.fetch(record)).region == "westus"

    def test_shifted_fields_are_shown_as_they_are(self):
        record = location("southeastasia", stateOrProvince="539539", postalCode="Singapore (SG)", countryOrRegion="+659017 9066")
        ship_to = destination("southeastasia", self.fetch(record)).ship_to
        assert (ship_to.state_or_province, ship_to.postal_code, ship_to.instruction) == ("539539", "Singapore (SG)", None)

    def test_extra_shipping_information_becomes_the_instruction(self):
        record = location("westus", additionalShippingInformation=" Gate 7 ")
        assert destination("westus", self.fetch(record)).ship_to.instruction == "Gate 7"

    @pytest.mark.parametrize("text", ["West US", "westus", location_path("westus"), " west us "])
    def test_all_ways_to_write_a_region_are_one(self, text):
        assert locations.short(text) == "westus"


class TestMapping:
    def test_what_was_created_is_no_different_from_the_order(self, task):
        from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import import_job

        wanted = order_from(task.params(import_job, order()))
        goal = destination("westeurope", location)
        made = create_body(wanted, goal, KEYS)
        for drive in made["properties"]["driveList"]:
            del drive["bitLockerKey"]
        unlike = differences(made, wanted, ("westeurope",))
        assert (unlike.fixed, unlike.patch) == ({}, {})

    def test_a_job_survives_the_way_to_a_result(self):
        result = job_from(job()).as_result()
        assert result["drives"] == [
            {
                "serial": "WD-1", "state": "specified", "percent": None, "bytes_copied": None, "manifest_file": "\\DriveManifest.xml",
                "manifest_hash": "109B21108597EF36D5785F08303F3638", "error_log": None, "verbose_log": None,
            }
        ]  # fmt: skip
        assert result["return_address"]["postal_code"] == "1015 CJ"
        assert isinstance(result["ship_to"]["carriers"], list)
