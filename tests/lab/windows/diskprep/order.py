# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The import job that the tool makes in Azure, as the person who signed in.

Resource group and region are those of the storage account; address and contact as typed; no return carrier is asked for (all assumed).
"""

from __future__ import annotations

from typing import Any

from .refusal import ConsoleRefused
from .staging import Seed

STORAGE, DATA_BOX = "2023-05-01", "2022-12-01"


class Order:
    """The signed-in session of one run, for one seed; `azure` is `lab.azure.for_hosts`."""

    def __init__(self, azure: Any, seed: Seed, person: str) -> None:
        self._azure, self._seed, self._person = azure, seed, person
        self._account = self._find_account()

    def _ask(self, method: str, path: str, version: str, body: Any = None) -> tuple[int, Any]:
        try:
            return self._azure.arm(method, path, version, body)
        except ConnectionError as error:
            raise ConsoleRefused(f"the connection to Azure was lost ({error}); look in the portal whether the job exists.") from error

    def _find_account(self) -> dict[str, Any]:
        status, found = self._ask("GET", f"/subscriptions/{self._seed.subscription}/providers/Microsoft.Storage/storageAccounts", STORAGE)
        if status != 200:
            raise self._refused("list the storage accounts", found)
        account = next((one for one in found["value"] if one["name"].lower() == self._seed.account.lower()), None)
        if account is None:
            raise ConsoleRefused(f"the subscription {self._seed.subscription} has no storage account {self._seed.account}.")
        return account

    def _refused(self, what: str, answer: Any) -> ConsoleRefused:
        error = (answer or {}).get("error") or {}
        return ConsoleRefused(f"{self._person} could not {what}: {error.get('code')}: {error.get('message')}")

    @property
    def group(self) -> str:
        """The resource group of account and job."""
        return self._account["id"].split("/")[4]

    @property
    def region(self) -> str:
        """The region of account and job."""
        return self._account["location"]

    @property
    def job_id(self) -> str:
        """The ARM id of the job."""
        return f"/subscriptions/{self._seed.subscription}/resourceGroups/{self.group}/providers/Microsoft.DataBox/jobs/{self._seed.job}"

    def make(self, drives: list[dict[str, Any]], contact: dict[str, str]) -> dict[str, Any]:
        """Make the job; the address to ship to. A name that is taken is refused, and nothing is changed."""
        status, found = self._ask("GET", self.job_id, DATA_BOX)
        if status == 200:
            raise ConsoleRefused(
                f"Import job {self._seed.job} exists (status {found['properties']['status']}) and was not changed: it holds the keys and "
                "hashes of an earlier run, which do not fit the drives of this one. Delete it and run the tool again, or use another name."
            )
        if status != 404:
            raise self._refused("look for the import job", found)
        status, found = self._ask("PUT", self.job_id, DATA_BOX, self._body(drives, contact))
        if status not in (200, 202):
            raise self._refused("create the import job", found)
        status, found = self._ask("GET", f"{self.job_id}?$expand=details", DATA_BOX)
        if status != 200:
            raise self._refused("read the import job", found)
        return found["properties"]["details"]["datacenterAddress"]

    def _body(self, drives: list[dict[str, Any]], contact: dict[str, str]) -> dict[str, Any]:
        return {
            "location": self.region,
            "sku": {"name": "DataBoxCustomerDisk"},
            "properties": {
                "transferType": "ImportToAzure",
                "details": {
                    "jobDetailsType": "DataBoxCustomerDisk",
                    "contactDetails": {
                        "contactName": contact["contact_name"], "phone": contact["contact_number"], "emailList": [contact["email"]],
                    },
                    "shippingAddress": {
                        "streetAddress1": contact["shipping_address"], "postalCode": contact["postal_code"], "country": contact["country"],
                    },
                    "returnToCustomerPackageDetails": {},
                    "dataImportDetails": [
                        {"accountDetails": {"dataAccountType": "StorageAccount", "storageAccountId": self._account["id"]}}
                    ],
                    "importDiskDetailsCollection": {
                        one["serial"]: {
                            "manifestFile": "\\DriveManifest.xml", "manifestHash": one["manifest_hash"], "bitLockerKey": one["key"],
                        }
                        for one in drives
                    },
                    "enableManifestBackup": False,
                },
            },
        }  # fmt: skip
