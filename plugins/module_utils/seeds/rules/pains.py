# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What hurt people, as public threads and the vendor's own pages tell it, and which rule or part of the collection keeps it away.

Numbers are those of the research that the rules come from (threads and pages of MicrosoftDocs/azure-docs, Azure/azure-powershell and
others, read in 2026). A row without rules is held by something else, or is none of a seed's matters; it says which.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Pain:
    """One row: *what* happened, the *rules* that look for it before anything is changed, and *held_by* for what holds it later."""

    number: int
    what: str
    rules: tuple = ()
    held_by: str = ""


NOT_OURS = "no part of a seed: "

PAINS = (
    Pain(1, "an agent older than 2.0.9250.0 uses an interface that is gone", ("AG-02",)),
    Pain(2, "the installer of MABS brings an agent that is too old", ("AG-02", "AG-16")),
    Pain(3, "no tracking number in two weeks: Azure deletes the job", ("SH-01",), "clock tracking; step hand_over_parcel says the day"),
    Pain(4, "the drives must arrive in two weeks more", (), "clock arrive, with days on which nobody ships"),
    Pain(5, "one tracking number on two jobs", (), "shipping_update refuses the number of another open job"),
    Pain(6, "drives of two jobs in one parcel", (), "step hand_over_parcel lists the serials of one job"),
    Pain(7, "a lost journal means to copy all again", (), "the journal of a drive is fetched and hashed after every run of win_disk_prep"),
    Pain(8, "the first copy session cannot be resumed", (), "win_disk_prep goes on where its journal ends"),
    Pain(9, "the source changed between crash and resume", (), "win_disk_prep compares names and sizes with the inventory"),
    Pain(10, "the portal refuses a journal of more than 2 MB", (), "jobs are made through the API; drive_manifest tells such journals"),
    Pain(11, "the columns of version 2's files are documented wrongly", (), f"{NOT_OURS}no such file is written"),
    Pain(12, "a syntax line lacks a slash", (), f"{NOT_OURS}no command line of WAImportExport is typed"),
    Pain(13, "the help says /k, the switch is /bk", (), f"{NOT_OURS}no command line of WAImportExport is typed"),
    Pain(14, "an example mixes two drive letters", (), "drives are known by serial number, never by letter"),
    Pain(15, "version 2 of the tool prepares drives for blobs wrongly", (), f"{NOT_OURS}the tool of version 2 is never run"),
    Pain(16, "the default for a blob of the same name changed to overwrite", (), "landing_blobs_info compares every blob"),
    Pain(17, "staged data imported as block blobs", ("AZ-03", "ST-11"), "manifests name page blobs; a block blob is a verdict of its own"),
    Pain(18, "paths of more than 256 characters", ("DR-12",)),
    Pain(19, "long names are renamed silently on the drive", (), "staged names are short; drive_manifest compares every name"),
    Pain(20, "a container with a bad name is renamed at the datacenter", ("NM-02",), "a renamed container is a verdict with its repair"),
    Pain(21, "renames happen although the table says they do not", (), "import_verify counts every rename as unproven"),
    Pain(22, "USB disks, external disks and disks out of an enclosure are not accepted", ("DR-01", "DR-02")),
    Pain(23, "is there a limit of 10 TB a drive?", ("DR-03",)),
    Pain(24, "which Windows may the copy host have?", ("CP-04",)),
    Pain(25, "only the first data volume is read", ("DR-18",), "win_disk_prep makes exactly one NTFS volume"),
    Pain(26, "BitLocker switched off on a drive: the upload fails", (), "win_disk_prep proves protection after a real lock and unlock"),
    Pain(27, "100 % encrypted, but protection off and no protector", (), "win_disk_prep looks at protection, conversion and protectors"),
    Pain(28, "BitLocker blocked by group policy", ("FV-01", "FV-02", "FV-03", "FV-04", "FV-05")),
    Pain(29, "an offline disk ends in a stack trace", ("DR-16",)),
    Pain(30, "a wrong recovery password", (), "every password is checked digit by digit and proven by unlocking"),
    Pain(31, "a manifest of an earlier job on the drive", ("DR-18",), "the drive guard wants wipe: true for what is not empty"),
    Pain(32, "a session id used twice", (), "session ids are made of seed, drive and number"),
    Pain(33, "page blobs that are no multiple of 512 bytes", ("ST-11",)),
    Pain(34, "too little room in the staging folder", ("ST-03",)),
    Pain(35, "the copy host is a virtual machine", ("CP-01",)),
    Pain(36, "the copy host cannot reach the staging folder by the same path", ("ST-05", "ST-10", "ST-12")),
    Pain(37, "Azure PowerShell 3.7.0 and a browser of old are still asked for", ("AG-14", "AG-15", "CP-10", "CP-11")),
    Pain(38, "a sign-in window, and the right to register applications", ("AZ-15", "AG-15")),
    Pain(39, "old DPM: a certificate by hand", ("AG-16",), "only servers before the update rollup need it, and these are refused"),
    Pain(40, "the cmdlet for vault credentials broke again and again", (), "vault_credentials asks Azure's interface itself"),
    Pain(41, "vault credentials expire", ("AG-20", "AG-03"), "clock vault_credentials"),
    Pain(42, "the agent's items cannot be listed from Az PowerShell", ("AG-08",), "recovery_vault_info lists them"),
    Pain(43, "removing a policy with its backups wants a PIN", (), f"{NOT_OURS}no policy and no backup is ever removed"),
    Pain(44, "a DPM or MABS server offline for more than 15 days", (), "clock dpm_offline"),
    Pain(45, "the portal's pages move", (), f"{NOT_OURS}nothing here is done in the portal"),
    Pain(46, "the procedure does not work", (), "make rehearsal plays it whole"),
    Pain(47, "system state cannot be seeded; CSP subscriptions not on old servers", ("AG-23", "AZ-17")),
    Pain(48, "parcels refused without inbound id; India wants papers", ("SH-07", "SH-08"), "step ask_inbound_id"),
    Pain(49, "the return needs a carrier account with money on it", ("SH-04", "SH-11", "SH-12")),
    Pain(50, "never received, or one drive too many in the parcel", (), "clock arrive; import_job_info tells each drive's state"),
    Pain(51, "a storage account behind a network that lets no trusted service in", ("AZ-08", "AZ-09")),
    Pain(52, "premium accounts and NFS 3.0", ("AZ-05", "AZ-06")),
    Pain(53, "account moved, deleted, or its keys changed while the drives travel", (), "storage_account_info tells drift"),
    Pain(54, "keys of the customer that are gone", ("AZ-21",)),
    Pain(55, "a blob with a lease, an immutable policy, a wrong type", ("AZ-20",)),
    Pain(56, "a file share that is too small", (), f"{NOT_OURS}seeds land in blobs"),
    Pain(57, "the lock DATABOX_SERVICE stops the cleaning", (), "storage_account_info tells the service's lock from others"),
    Pain(58, "jobs and logs are deleted after 90 days", (), "phase track archives logs and job as evidence; clock evidence"),
    Pain(59, "Linux users have no tool to validate drives", (), "drive_manifest and verify_record.py run wherever Python does"),
    Pain(60, "the JSON of SplitCopy is not documented", (), f"{NOT_OURS}that is about Azure Files"),
    Pain(61, "managed disks confuse", (), f"{NOT_OURS}no managed disk is made"),
    Pain(62, "pages disagree on names, ciphers and endings", ("NM-06", "FV-05", "FV-06")),
    Pain(63, "fees and both ways of shipping are the customer's", (), f"{NOT_OURS}fees are no matter of preflight"),
    Pain(64, "files that change while copied, deduplicated sources, antivirus", ("AG-19", "ST-08"), "win_disk_prep compares sizes"),
)
