# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers of the management classes and the words that Windows' own modules put in their place.

Source: Storage.types.ps1xml, Smb.types.ps1xml and MSFT_ScheduledTask.types.ps1xml of Windows, page "MSFT_Disk class" and its kin.
"""

from __future__ import annotations

BUS = {
    0: "Unknown",
    1: "SCSI",
    2: "ATAPI",
    3: "ATA",
    4: "1394",
    5: "SSA",
    6: "Fibre Channel",
    7: "USB",
    8: "RAID",
    9: "iSCSI",
    10: "SAS",
    11: "SATA",
    12: "SD",
    13: "MMC",
    14: "Virtual",
    15: "File Backed Virtual",
    16: "Spaces",
    17: "NVMe",
    18: "SCM",
    19: "UFS",
}
PARTITION_STYLE = {0: "RAW", 1: "MBR", 2: "GPT"}
DISK_STATUS = {2: "OK", 53264: "Online", 53265: "Not Ready", 53266: "No Media", 53267: "Offline", 53268: "Failed"}
HEALTH = {0: "Healthy", 1: "Warning", 2: "Unhealthy"}
OFFLINE_REASON = {1: "Policy", 2: "Redundant Path", 3: "Snapshot", 4: "Collision", 5: "Resource Exhaustion", 6: "Critical Write Failures"}
PROVISIONING = {0: "Unknown", 1: "Thin", 2: "Fixed"}
UNIQUE_ID_FORMAT = {0: "Vendor Specific", 1: "Vendor Id", 2: "EUI64", 3: "FCPH Name", 8: "SCSI Name String"}
PARTITION_STATUS = {0: "Unknown", 1: "Online", 3: "No Media", 4: "Offline", 5: "Failed"}
VOLUME_STATUS = {2: "OK", 53261: "Scan Needed", 53267: "Offline"}
FILE_SYSTEM_TYPE = {0: "Unknown", 5: "FAT16", 6: "FAT32", 14: "NTFS", 15: "ReFS"}
DRIVE_TYPE = {0: "Unknown", 2: "Removable", 3: "Fixed", 4: "Remote", 5: "CD-ROM"}
DEDUP_MODE = {0: "Disabled", 4: "NotAvailable"}
MEDIA_TYPE = {0: "Unspecified", 3: "HDD", 4: "SSD", 5: "SCM"}
PHYSICAL_STATUS = {2: "OK", 5: "Predictive Failure", 13: "Lost Communication"}
CANNOT_POOL = {2: "In a Pool", 4: "Removable Media", 5: "In Use by Cluster", 6: "Offline", 7: "Insufficient Capacity"}
USAGE = {1: "Auto-Select"}
TASK_STATE = {0: "Unknown", 1: "Disabled", 2: "Queued", 3: "Ready", 4: "Running"}
SHARE_STATE = {0: "Pending", 1: "Online", 2: "Offline"}
SHARE_TYPE = {0: "FileSystemDirectory", 1: "PrintQueue", 2: "CommunicationDevice", 3: "InterprocessCommunication"}
SHARE_RIGHT = {0: "Full", 1: "Change", 2: "Read", 3: "Custom"}
SHARE_CONTROL = {0: "Allow", 1: "Deny"}
AVAILABILITY = {0: "NonClustered", 1: "Clustered"}
ENUMERATION_MODE = {0: "AccessBased", 1: "Unrestricted"}
CACHING_MODE = {0: "None", 1: "Manual"}

GPT_SYSTEM = "{c12a7328-f81f-11d2-ba4b-00a0c93ec93b}"
GPT_RESERVED = "{e3c9e316-0b5c-4db8-817d-f92df00215ae}"
GPT_BASIC = "{ebd0a0a2-b9e5-4433-87c0-68b6b72699c7}"
GPT_RECOVERY = "{de94bba4-06d1-4d40-a16a-bfd50179d6ac}"
GPT_TYPE = {
    GPT_SYSTEM: "System",
    GPT_RESERVED: "Reserved",
    GPT_BASIC: "Basic",
    GPT_RECOVERY: "Recovery",
    "{5808c8aa-7e8f-42e0-85d2-e1e90434cfb3}": "LDM Metadata",
    "{af9b60a0-1431-4f62-bc68-3311714a69ad}": "LDM Data",
    "{e75caf8f-f680-4cee-afa3-b001e56efc2d}": "Space Protective",
}
MBR_TYPE = {1: "FAT12", 4: "FAT16", 5: "Extended", 7: "IFS", 12: "FAT32 XINT13"}


def number_of(words: dict[int, str], word: str) -> int:
    """The number behind a word; a word that the table lacks is a mistake of the lab."""
    return next(number for number, known in words.items() if known == word)
