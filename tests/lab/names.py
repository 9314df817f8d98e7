# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's constants: who and where everything is. Nothing here is secret but what is made up for one folder."""

from __future__ import annotations

TENANT = "99999999-8888-7777-6666-555555555555"
SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
CLIENT = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
CLIENT_OBJECT = "abababab-cdcd-efef-0101-232323232323"
CLIENT_SECRET = "CANARY~client-secret.of-the-lab_0123456789"

RESOURCE_GROUP = "rg-seed"
LOCATION = "westeurope"
VAULT = "vault1"
STORAGE_ACCOUNT = "seedlanding"
CONTAINER = "seed-srv1"

SOURCE = "SRV1"
COPY_HOST = "COPY1"
STAGING = r"\\COPY1\staging"
STAGING_ON_COPY_HOST = r"C:\staging"
WINRM_USER = "Administrator"
WINRM_PASSWORD = "CANARY-winrm-password-0123456789"


def group_id(group: str = RESOURCE_GROUP) -> str:
    """The ARM id of a resource group of the lab's subscription."""
    return f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}"
