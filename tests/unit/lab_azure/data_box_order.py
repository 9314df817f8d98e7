# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a client sends to make a job of Microsoft.DataBox."""

from __future__ import annotations

from lab import names

from .conftest import RECOVERY_PASSWORD

ACCOUNT = f"{names.group_id()}/providers/Microsoft.Storage/storageAccounts/{names.STORAGE_ACCOUNT}"


def body(hashes, *, level=None, key=RECOVERY_PASSWORD, **details):
    """The body for a job of the drives in `hashes` (serial → MD5 of its manifest)."""
    account = {"accountDetails": {"dataAccountType": "StorageAccount", "storageAccountId": ACCOUNT}}
    return {
        "location": "westeurope",
        "sku": {"name": "DataBoxCustomerDisk"},
        "properties": {
            "transferType": "ImportToAzure",
            "details": {
                "jobDetailsType": "DataBoxCustomerDisk",
                "contactDetails": {"contactName": "Greta Lind", "phone": "+49 221 5550123", "emailList": ["greta.lind@example.com"]},
                "shippingAddress": {"streetAddress1": "Hafenstr. 12", "city": "Köln", "postalCode": "50678", "country": "DE"},
                "returnToCustomerPackageDetails": {"carrierName": "DHL", "carrierAccountNumber": "LAB-0042"},
                "dataImportDetails": [{**account, **({"logCollectionLevel": level} if level else {})}],
                "importDiskDetailsCollection": {
                    serial: {"manifestFile": "\\DriveManifest.xml", "manifestHash": md5, "bitLockerKey": key}
                    for serial, md5 in hashes.items()
                },
                **details,
            },
        },
    }  # fmt: skip
