# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths and versions of the ARM services that are used. Source: the OpenAPI files in Azure/azure-rest-api-specs."""

from __future__ import annotations

from urllib.parse import quote

IMPORT_EXPORT = "2016-11-01"
DATA_BOX = "2022-12-01"
RESOURCES = "2021-04-01"
SUBSCRIPTIONS = "2022-12-01"
STORAGE = "2023-05-01"
RECOVERY_SERVICES = "2024-04-01"
BACKUP = "2024-04-01"


def subscription(subscription_id: str) -> str:
    return f"/subscriptions/{quote(subscription_id)}"


def resource_group(subscription_id: str, name: str) -> str:
    return f"{subscription(subscription_id)}/resourceGroups/{quote(name)}"


def provider(subscription_id: str, namespace: str) -> str:
    return f"{subscription(subscription_id)}/providers/{quote(namespace)}"


def import_job(subscription_id: str, group: str, name: str) -> str:
    return f"{resource_group(subscription_id, group)}/providers/Microsoft.ImportExport/jobs/{quote(name)}"


def data_box_jobs(subscription_id: str, group: str | None = None) -> str:
    scope = resource_group(subscription_id, group) if group else subscription(subscription_id)
    return f"{scope}/providers/Microsoft.DataBox/jobs"


def data_box_job(subscription_id: str, group: str, name: str) -> str:
    return f"{data_box_jobs(subscription_id, group)}/{quote(name)}"


def data_box_region(subscription_id: str, region: str) -> str:
    return f"{subscription(subscription_id)}/providers/Microsoft.DataBox/locations/{quote(region)}"


def storage_account(subscription_id: str, group: str, name: str) -> str:
    return f"{resource_group(subscription_id, group)}/providers/Microsoft.Storage/storageAccounts/{quote(name)}"


def container(account_id: str, name: str) -> str:
    return f"{account_id}/blobServices/default/containers/{quote(name)}"


def vault(subscription_id: str, group: str, name: str) -> str:
    return f"{resource_group(subscription_id, group)}/providers/Microsoft.RecoveryServices/vaults/{quote(name)}"
