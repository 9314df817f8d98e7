# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All 32 locations of the public recording (azure-cli-extensions src/import-export, April 2020): shown in one line, complete, raw kept."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path

import pytest

from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import import_location_info
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs.locations import data_box_ship_to, destination, short
from lab.azure import data_box_address, regions

RECORDED = json.loads((Path(regions.__file__).parent / "locations.json").read_text(encoding="utf-8"))["locations"]
ADDRESS = ("street_address1", "city", "country_or_region")
BLANKS = re.compile(r"^\s|\s$|\s{2}|[^\S ]")  # around a text, two of them, or one that is no plain blank


def record(name):
    return {
        "id": f"/providers/Microsoft.ImportExport/locations/{name}",
        "name": RECORDED[name]["name"],
        "properties": RECORDED[name]["properties"],
    }


def entry(name):
    return import_location_info._import_export_entry(name, record, {one: record(one) for one in RECORDED})


def texts(value):
    if isinstance(value, dict):
        return [text for one in value.values() for text in texts(one)]
    return [text for one in value for text in texts(one)] if isinstance(value, (list, tuple)) else [value] if isinstance(value, str) else []


def words(value):
    return [word for text in texts(value) for word in text.split()]


def test_the_recording_is_whole_and_has_the_oddities_that_it_is_kept_for():
    assert len(RECORDED) == 32
    odd = [text for text in texts(RECORDED) if text.strip() != text and text.strip()]
    assert any(text.startswith("\n") for text in odd) and any(text.endswith("\n") for text in odd)
    assert sum("phone" not in one["properties"] for one in RECORDED.values()) > 5


@pytest.mark.parametrize("name", RECORDED)
class TestEachRecord:
    def test_no_line_break_and_no_double_blank_is_left(self, name):
        shown = entry(name)
        wrong = [text for text in texts({**shown["ship_to"], "oddities": None}) if BLANKS.search(text)]
        assert not wrong, wrong

    def test_no_word_of_the_address_is_lost(self, name):
        shown = entry(name)
        said = {part: value for part, value in record(shown["job_location"])["properties"].items() if part != "alternateLocations"}
        assert set(words(said)) <= set(words(shown["ship_to"]))
        for part, value in said.items():  # and the words of a field stay together and in their order
            for text in texts(value):
                assert " ".join(text.split()) in [*texts(shown["ship_to"]), *texts(shown["carriers"])], part

    def test_the_record_is_kept_as_it_came(self, name):
        before = copy.deepcopy(RECORDED)
        shown = entry(name)
        assert shown["raw"] == {one: record(one) for one in (name, shown["job_location"])} and before == RECORDED

    def test_alternates_lead_to_a_place_that_takes_parcels(self, name):
        shown, own = entry(name), [short(one) for one in RECORDED[name]["properties"]["alternateLocations"]]
        assert shown["alternates"] == own and shown["job_location"] == (name if name in own else own[0])
        assert destination(shown["job_location"], record).region == shown["job_location"]

    def test_an_address_is_public_or_a_human_step_says_whom_to_ask(self, name):
        shown = entry(name)
        public = any(shown["ship_to"][part] for part in ADDRESS)
        assert (shown["address_is_public"], shown["human_step"] is None) == (public, public)
        if not public:
            assert "adbops@microsoft.com" in shown["human_step"] and "inbound id" in shown["human_step"]
            assert RECORDED[shown["job_location"]]["properties"]["recipientName"] in shown["ship_to"]["instruction"]

    def test_the_carriers_of_both_ways_are_those_of_the_record(self, name):
        shown = entry(name)
        carriers = RECORDED[shown["job_location"]]["properties"]["supportedCarriers"]
        assert shown["carriers"] == {"inbound": carriers, "outbound": carriers} and carriers

    def test_every_oddity_is_told(self, name):
        shown = entry(name)
        said, told = RECORDED[shown["job_location"]]["properties"], " ".join(shown["oddities"])
        if not shown["address_is_public"]:
            return
        assert ("phone is not given" in told) == (not said.get("phone", "").strip())
        odd = [part for part, text in said.items() if isinstance(text, str) and text != text.strip()]
        assert all(f"{part} had blanks or line breaks around it" in told for part in odd)

    def test_the_same_place_in_the_words_of_data_box_is_as_complete(self, name):
        told = data_box_address.address_of(name)
        shown = data_box_ship_to(told)
        parts = {part: value for part, value in told.items() if part not in ("datacenterAddressType", "dataCenterAzureLocation")}
        assert set(words(parts)) <= set(words([getattr(shown, part) for part in shown.__dataclass_fields__]))
        assert not [text for text in texts(vars(shown)) if BLANKS.search(text)]


def test_the_record_with_shifted_fields_is_shown_as_it_is_and_told():
    shown = entry("southeastasia")
    assert (shown["ship_to"]["postal_code"], shown["ship_to"]["country_or_region"]) == ("Singapore (SG)", "+659017 9066")
    assert "country_or_region is '+659017 9066': the fields of this record may be shifted, compare raw" in shown["oddities"]


def test_blanks_inside_a_text_are_told():
    odd = copy.deepcopy(record("westus"))
    odd["properties"]["streetAddress1"] = "3020\r\nCoronado\u00a0 Drive"
    shown = import_location_info._import_export_entry("westus", lambda _name: odd, {"westus": odd})
    assert shown["ship_to"]["street_address1"] == "3020 Coronado Drive"
    assert "streetAddress1 had line breaks or more than one blank inside" in shown["oddities"]


def test_an_extension_of_the_telephone_is_not_lost():
    assert data_box_ship_to({"street1": "A 1", "phone": " 408 1 ", "phoneExtension": "55"}).phone == "408 1 ext. 55"
