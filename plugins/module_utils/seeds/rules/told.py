# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules that hold for a seed and that preflight does not check, with the reason and with who sees to them instead."""

from __future__ import annotations

from .rule import Told

TOLD = (
    Told(
        "AG-18",
        "the source's volumes have room for shadow copies",
        "how much a backup needs shows only while it runs, and Windows enlarges the room by itself unless a limit was set",
        "the agent's own error names it; vssadmin List ShadowStorage shows a limit, vssadmin Resize ShadowStorage lifts it",
        ("S6",),
    ),
    Told(
        "CP-03",
        "BitLocker may be used without a TPM, where a tool complains about that",
        "data drives need no TPM, so no rule can say that the policy is needed",
        "a person, if a tool complains: policy 'Require additional authentication at startup', allow BitLocker without a compatible TPM",
        ("S12",),
    ),
    Told(
        "DR-06",
        "a drive has one NTFS data volume; only the first is read, and Microsoft's tools want a letter for it",
        "drives are blank at preflight",
        "win_disk_prep makes exactly one NTFS volume on each drive and checks it at the end",
        ("S10", "S12"),
    ),
    Told(
        "DR-13",
        "drive, journal and manifest are not changed after the preparation",
        "there is nothing to compare before the preparation",
        "win_disk_prep compares the manifest's hash after a real lock and unlock; import_job takes the hash from the record",
        ("S12",),
    ),
    Told(
        "NM-09",
        "a session of WAImportExport has an id of 3 to 30 letters, digits, _, - and #, used once",
        "nobody gives it: it is made of seed, drive and number",
        "drives/names.py, session_id",
        ("S17",),
    ),
    Told(
        "NM-11",
        "a manifest's hash is MD5 of 32 digits (64 in examples)",
        "there is no manifest before the preparation",
        "win_disk_prep computes it; import_job and drive_manifest refuse another form",
        ("IE", "S12"),
    ),
    Told(
        "NM-12",
        "a drive's BitLocker key is a recovery password of 48 digits, each group of six divisible by 11",
        "keys are made when drives are prepared",
        "the controller makes it and seals it in escrow; every use checks it (drives/recovery_password.py)",
        ("IE",),
    ),
    Told(
        "AZ-12",
        "a job writes to one storage account",
        "a seed has one variable for it",
        "import_job takes exactly one account",
        ("S10",),
    ),
    Told(
        "SH-02",
        "a tracking number belongs to one job",
        "there is no parcel yet",
        "shipping_update refuses the number of another open job of the subscription",
        ("S2",),
    ),
    Told(
        "SH-03",
        "all drives of a job travel in one parcel, and no drive of another job with them",
        "there is no parcel yet",
        "the step hand_over_parcel lists the serials of this job's parcel",
        ("S2", "S14"),
    ),
    Told(
        "SH-06",
        "drives travel without cables and caddies, in antistatic bags with padding, each labelled",
        "a program does not see a parcel",
        "the step hand_over_parcel says how to pack",
        ("S13", "S14", "S32"),
    ),
    Told(
        "SH-09",
        "the carrier gives a tracking number, which is kept until the job is complete",
        "there is no parcel yet",
        "shipping_update wants carrier and tracking number; the record keeps both",
        ("S2",),
    ),
)
