# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long it takes to fill drives: a rate for each, measured or assumed, and the hours that follow from it."""

from __future__ import annotations

from dataclasses import dataclass

MB = 10**6
HOUR = 3600


@dataclass(frozen=True)
class Assumed:
    """A rate that counts until one is measured: *mb_per_s*, of *what*, after which *source*."""

    id: str
    mb_per_s: float
    what: str
    source: str


# A drive gets slower from the outer tracks to the inner ones; over the whole of it the mean is (outer - inner) / ln(outer / inner).
ASSUMED = {
    rate.id: rate
    for rate in (
        Assumed(
            "hard_disk",
            144,
            "a hard disk, mean over all of its tracks (200 MB/s outside, 100 inside)",
            "product manuals of 3.5-inch SATA drives, where the inner tracks reach 0.47 to 0.52 of the outer ones; 2026-11",
        ),
        Assumed("solid_state", 500, "a solid-state drive on SATA III, until its cache is full", "6 Gb/s with 8b/10b coding; 2026-11"),
    )
}
DEFAULT = "hard_disk"
ENCRYPTING = "0: the drive is empty when BitLocker is switched on for its used space only, so what is written is encrypted on its way"
VERIFYING = (
    "0: the copy is hashed in the same pass, and the proof reads the manifest only; set verify_mb_per_s if you read the drives once more"
)


@dataclass(frozen=True)
class Rates:
    """Rates in MB/s, None where nothing is known: each drive is written at *write*, read back at *verify*, and all of them together are
    fed at most *staging* from the staging folder."""

    write: float | None = None
    verify: float | None = None
    staging: float | None = None


def of_drive(size_of_files, measured, rates):
    """Hours to fill one drive with that many bytes: ``{copying, encrypting, verifying, together, mb_per_s, rate_from}``."""
    rate, source = _rate(measured, rates)
    copying = size_of_files / (rate * MB) / HOUR
    verifying = size_of_files / (rates.verify * MB) / HOUR if rates.verify else 0.0
    return {
        "copying": round(copying, 2),
        "encrypting": 0.0,
        "verifying": round(verifying, 2),
        "together": round(copying + verifying, 2),
        "mb_per_s": round(rate, 1),
        "rate_from": source,
    }


def _rate(measured, rates):
    if measured:
        rate, source = measured / MB, "measured on this drive"
    elif rates.write:
        rate, source = rates.write, "given (write_mb_per_s)"
    else:
        assumed = ASSUMED[DEFAULT]
        rate, source = assumed.mb_per_s, f"assumed: {assumed.what}; {assumed.source}"
    if rates.staging and rates.staging < rate:
        return rates.staging, "given (staging_mb_per_s): the staging folder is read no faster"
    return rate, source


def of_all(each, size_of_files, rates):
    """Hours for all drives: ``{side_by_side, one_after_another, limited_by}``; *each* are the hours of the drives."""
    slowest = max((one["together"] for one in each), default=0.0)
    fed = size_of_files / (rates.staging * MB) / HOUR if rates.staging else 0.0
    return {
        "side_by_side": round(max(slowest, fed), 2),
        "one_after_another": round(sum(one["together"] for one in each), 2),
        "limited_by": "the staging folder" if fed > slowest else "the drive that takes longest",
    }
