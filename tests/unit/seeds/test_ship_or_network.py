# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ship or network: in days, by formulas with known answers, and never a verdict that the figures beside it deny."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import deciding, planned
from ansible_collections.offlineseed.azure.plugins.module_utils.seeds.deciding import DAY, Line, Seed

TB, GB = 10**12, 10**9
FORTNIGHT = {"staging": 0, "hand_over": 0, "transit": 2, "receipt": 2, "copy": 10, "vault": 0}
LINES = st.builds(Line, st.floats(1, 10_000), st.floats(0.1, 1), st.floats(1, 24), st.integers(0, 50 * GB))
SEEDS = st.builds(Seed, st.integers(10 * GB, 80 * TB), st.integers(1, 10), st.floats(0.01, 10), st.just({}))


def seed(size, fill_days=1.0, drives=1, **given_days):
    return Seed(size, drives, fill_days, given_days or FORTNIGHT)


@pytest.mark.parametrize(("mbit", "tb"), [(10, 1.4), (50, 7), (100, 14), (200, 31), (500, 95), (1000, 311)])
def test_break_even_of_a_fortnight_and_200_megabytes_a_second(mbit, tb):
    size = 40 * TB
    one = seed(size, fill_days=size / 200e6 / DAY)
    even = deciding.decide(one, Line(mbit))["break_even"]["bytes"]
    assert even["least"] == even["most"] and even["most"] / TB == pytest.approx(tb, rel=0.04)


def test_a_line_as_fast_as_the_drives_has_no_size_from_which_shipping_is_faster():
    one = seed(TB, fill_days=TB / 100e6 / DAY)
    assert deciding.decide(one, Line(1000, share=1.0))["break_even"]["bytes"]["most"] is None


@pytest.mark.parametrize(("mbit", "days"), [(20, 51.4), (100, 10.3), (1000, 1.0)])
def test_ten_terabytes_over_a_line_of_which_nine_tenths_count(mbit, days):
    assert deciding.decide(seed(10 * TB), Line(mbit))["network_days"] == pytest.approx(days, abs=0.1)


def test_what_changes_daily_slows_both_ways():
    quiet, busy = Line(100), Line(100, change=500 * GB)
    before, after = deciding.decide(seed(10 * TB), quiet), deciding.decide(seed(10 * TB), busy)
    assert after["network_days"] > before["network_days"] and after["ship_days"]["most"] > before["ship_days"]["most"]
    assert after["break_even"] == before["break_even"]


def test_a_line_that_cannot_carry_the_daily_change_is_told_and_nothing_is_advised():
    told = deciding.decide(seed(10 * TB), Line(10, change=200 * GB))
    assert told["way"] == "neither" and told["network_days"] is None and told["ship_days"]["most"] is None
    assert "no backup to Azure can keep up" in told["because"] and not told["would_change"]


def test_without_a_line_there_is_no_verdict_but_the_line_that_would_be_as_fast():
    told = deciding.decide(seed(10 * TB))
    assert told["way"] == "unknown" and told["network_days"] is None and told["break_even"]["bytes"] is None
    speed = told["break_even"]["mbit_per_s"]["most"]
    assert deciding.decide(seed(10 * TB), Line(speed * 1.01))["way"] == "network"
    assert deciding.decide(seed(10 * TB), Line(speed * 0.99))["way"] == "ship"
    assert f"{speed:g} Mbit/s" in told["because"]


@settings(max_examples=200, deadline=None)
@given(one=SEEDS, line=LINES)
def test_the_verdict_is_what_its_own_figures_say(one, line):
    told = deciding.decide(one, line)
    least, most, network = told["ship_days"]["least"], told["ship_days"]["most"], told["network_days"]
    if told["way"] == "ship":
        assert network >= most - 0.1
    elif told["way"] == "network":
        assert network <= least + 0.1
    elif told["way"] == "either":
        assert least - 0.1 <= network <= most + 0.1
    else:
        assert told["way"] == "neither" and network is None
    speeds = [row["network_days"] for row in told["table"] if row["network_days"] is not None]
    assert speeds == sorted(speeds, reverse=True)


@settings(max_examples=200, deadline=None)
@given(one=SEEDS, line=LINES)
def test_what_would_change_the_verdict_really_changes_it(one, line):
    told = deciding.decide(one, line)
    if told["way"] == "neither":
        return
    speeds, sizes = told["break_even"]["mbit_per_s"], told["break_even"]["bytes"]
    for speed, way in ((speeds["most"] * 1.02 + 0.2, "network"), (speeds["least"] * 0.98 - 0.2, "ship")):
        faster = line.with_speed(speed)
        if speed > 0 and faster.bytes_a_day > line.change * 1.01:
            assert deciding.decide(one, faster)["way"] == way
    if sizes["most"] and told["way"] != "ship":
        bigger = round(sizes["most"] * 1.05)
        assert deciding.decide(Seed(bigger, 1, one.fill_days * bigger / one.size, {}), line)["way"] == "ship"


def test_days_that_the_user_knows_take_the_place_of_the_spans_and_say_so():
    told = deciding.decide(seed(TB, fill_days=0.5, transit=2, copy=7))
    parts = {part["id"]: part for part in told["ship_parts"]}
    assert (parts["transit"]["least"], parts["transit"]["most"], parts["transit"]["source"]) == (2, 2, "given")
    assert parts["receipt"]["most"] == 5 and "business days" in parts["receipt"]["source"]
    assert all(part["source"] for part in parts.values())
    assert told["ship_days"] == {"least": 10.5, "most": 16.5, "filling": 0.5}


def test_cost_is_by_the_users_own_prices_only():
    prices = {"currency": "EUR", "drive": 200, "handling": 80, "parcel": 25, "labour": 400, "network": 90}
    assert deciding.decide(seed(TB, drives=4))["cost"] is None
    assert deciding.decide(seed(TB, drives=4), None, prices)["cost"] == {"currency": "EUR", "ship": 1570.0, "network": 90.0}


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("line", {"mbit_per_s": 0}, "mbit_per_s of line is 0"),
        ("line", {"mbit_per_s": float("nan")}, "mbit_per_s of line is nan"),
        ("line", {"mbit_per_s": 10, "share": 90}, "share of line is 90"),
        ("line", {"mbit_per_s": 10, "hours_per_day": 25}, "it must lie between 0.01 and 24"),
        ("rates", {"write_mb_per_s": -1}, "write_mb_per_s of rates is -1"),
        ("shipping_days", {"transit": -1}, "transit of shipping_days"),
        ("prices", {"currency": "EUR", "drive": float("inf")}, "drive of prices is inf"),
    ],
)
def test_figures_that_make_no_sense_are_refused_by_name(option, value, says):
    with pytest.raises(Failure, match=says):
        planned.check({option: value})


@pytest.mark.parametrize("given_value", [{"line": {"speed": 5}}, {"line": 7}, {"line": {"mbit_per_s": "fast"}}, {"drive_size": "big"}])
def test_a_variable_of_a_role_that_is_not_as_documented_is_refused_by_its_name(given_value):
    with pytest.raises(Failure, match="seed_deciding"):
        planned.from_inputs(given_value, "seed_deciding")


def test_a_variable_of_a_role_may_hold_numbers_as_text():
    params = planned.from_inputs({"line": {"mbit_per_s": "100"}, "drive_size": "8000000000000"}, "seed_deciding")
    assert params["line"] == {"mbit_per_s": 100.0, "share": 0.9, "hours_per_day": 24.0, "change_bytes_per_day": 0}
    assert params["drive_size"] == 8 * TB
