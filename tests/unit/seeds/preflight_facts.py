# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts of a world in order: every rule holds. Tests change one thing and look at one rule."""

from __future__ import annotations

import copy

from ansible_collections.offlineseed.azure.plugins.module_utils.seeds.rules.statements import STATEMENTS

NOW = "2026-01-31T08:00:00Z"
DISK = {
    "number": 2,
    "serial": "WD-SEED0001",
    "size": 200_000_000,
    "bus": "SATA",
    "logical_sector_size": 512,
    "boot": False,
    "system": False,
    "page_file": False,
    "clustered": False,
    "pooled": False,
    "staging": False,
    "removable": False,
    "offline": False,
    "read_only": False,
    "health": "healthy",
    "eligible": True,
    "empty": True,
    "seed": None,
    "reasons": [],
}
TLS = {"enabled": None, "disabled_by_default": None, "strong_crypto": None}
HOST = {
    "powershell": "5.1.17763.1",
    "is_server": True,
    "is_64_bit": True,
    "installation_type": "Server",
    "os_version": "10.0.17763",
    "net_release": 528049,
    "execution_policy": None,
    "tls12": TLS,
    "browsers": ["ie"],
    "azurerm": ["3.7.0"],
    "restart_pending": False,
    "elevated": True,
    "long_paths": False,
    "reached": [{"target": "management.azure.com", "reached": True, "error": None}],
}
GOOD = {
    "now": NOW,
    "controller": {"state_dir_problem": None, "escrow_password_problem": None},
    "source": {
        "agent": {
            "installed": True,
            "version": "2.0.9262.0",
            "registered": True,
            "vault": "vault1",
            "resource_group": "RG-Seed",
            "service": "Running",
            "subscription_id": "11111111-2222-3333-4444-555555555555",
            "passphrase_set": True,
            "offline_cmdlets": False,
            "commands": True,
            "product": "mars",
            "disk_prep_tool": True,
            "dpm_version": None,
            "temp_files": 12,
            "scratch": {
                "path": "C:\\scratch",
                "provider_path": "C:\\scratch",
                "exists": True,
                "free_bytes": 10**10,
                "kind": "fixed",
                "traits": [],
            },
            "scheduled_task": {"exists": True, "enabled": True, "account": "SYSTEM", "next_run": None},
        },
        "policy": {
            "system_state": False,
            "selected_bytes": 10**8,
            "volumes": [{"name": "D:\\", "kind": "fixed", "file_system": "NTFS", "size": 10**9, "used_bytes": 10**8}],
            "datasources": [{"name": "D:\\", "file_specs": ["D:\\"], "excluded": []}],
        },
        "job": None,
        "host": {**HOST, "name": "SRV1", "time": NOW},
    },
    "copy": {
        "disks": [DISK],
        "host": {
            **HOST,
            "name": "COPY1",
            "virtual": False,
            "bitlocker": True,
            "bitlocker_feature": "installed",
            "fips": False,
            "language_mode": "FullLanguage",
            "policies": {},
        },
    },
    "staging": {
        "path_exists": True,
        "exists": False,
        "files": 0,
        "bytes": 0,
        "free_bytes": 10**9,
        "misaligned": [],
        "foreign": [],
        "read_error": None,
    },
    "copying_account": {"source_readable": True},
    "target": {
        "provider": {"providers": [{"namespace": "Microsoft.ImportExport", "registration_state": "Registered"}]},
        "account": {
            "account": {
                "id": "/subscriptions/s/resourceGroups/rg-seed/providers/Microsoft.Storage/storageAccounts/seedlanding",
                "name": "seedlanding",
                "kind": "StorageV2",
                "sku": "Standard_LRS",
                "location": "westeurope",
                "provisioning_state": "Succeeded",
                "primary_status": "available",
                "https_only": True,
                "minimum_tls_version": "TLS1_2",
                "blob_public_access": False,
                "version_immutability": False,
                "immutability_state": "Disabled",
                "network_default_action": "Allow",
                "network_bypass": "AzureServices",
                "public_network_access": "Enabled",
                "shared_key_access": True,
                "nfs": False,
                "hierarchical_namespace": False,
                "key_source": "Microsoft.Storage",
                "key_vault_key": None,
            },
            "container": {
                "name": "seed-srv1",
                "exists": True,
                "public_access": "None",
                "lease_state": "Available",
                "immutability_policy": False,
                "legal_hold": False,
                "version_immutability": False,
            },
            "locks": [{"name": "DATABOX_SERVICE", "level": "CanNotDelete", "scope": "/subscriptions/s", "notes": ""}],
        },
        "vault": {
            "vault": {"name": "vault1", "provisioning_state": "Succeeded"},
            "servers": [{"name": "srv1.corp.example"}, {"name": "srv2"}],
            "usages": {"MABContainersCount": {"current_value": 2, "limit": 50}},
        },
        "jobs": [],
        "locations": [
            {"location": "westeurope", "job_location": "westeurope", "address_is_public": True, "carriers": {"outbound": ["DHL", "FedEx"]}}
        ],
        "subscription": {"quota_id": "PayAsYouGo_2014-09-01"},
    },
    "inputs": {
        "seed_name": "srv1",
        "seed_job_name": "srv1",
        "seed_state_dir": "/srv/seeds",
        "seed_escrow_password_file": "/srv/escrow",
        "seed_subscription_id": "11111111-2222-3333-4444-555555555555",
        "seed_resource_group": "rg-seed",
        "seed_location": "West Europe",
        "seed_vault": {"name": "vault1", "resource_group": "rg-seed"},
        "seed_storage_account": "seedlanding",
        "seed_container": "seed-srv1",
        "seed_staging_path": "\\\\COPY1\\staging",
        "seed_staging_path_on_copy_host": "C:\\staging",
        "seed_copy_host": "copy1",
        "source_host": "srv1",
        "seed_drives": [{"serial": "WD-SEED0001", "size": 200_000_000}],
        "seed_accept_undocumented": True,
        "seed_offline_method": "wizard",
        "seed_statements": dict.fromkeys(STATEMENTS, True),
        "seed_return_address": {
            "recipient_name": "Backup Team",
            "street_address1": "Gatan 1",
            "city": "Kiruna",
            "postal_code": "981 31",
            "country_or_region": "Sweden",
            "phone": "+46 980 700 00",
            "email": "backup@example.org",
        },
        "seed_return_shipping": {"carrier": "DHL", "account_number": "123456789"},
    },
}


def facts(**changes):
    """A world in order but for *changes*: ``source__agent__version="1"``; the value ``GONE`` takes a fact away."""
    told = copy.deepcopy(GOOD)
    for path, value in changes.items():
        *above, last = path.split("__")
        here = told
        for part in above:
            here = here[int(part)] if isinstance(here, list) else here[part]
        if value is GONE:
            del here[last]
        else:
            here[int(last) if isinstance(here, list) else last] = value
    return told


GONE = object()


def remove(told, path):
    """Take the fact at a dotted path away."""
    *above, last = path.split(".")
    here = told
    for part in above:
        here = here[part]
    del here[last]


def disk(**changes):
    """The named drive with *changes*, as the only disk."""
    return {"copy__disks": [{**DISK, **changes}]}


def volume(**changes):
    """The selected volume with *changes*, as the only one."""
    return {"source__policy__volumes": [{**GOOD["source"]["policy"]["volumes"][0], **changes}]}


def without(*keys):
    """The named drive without some of its facts."""
    return {"copy__disks": [{key: value for key, value in DISK.items() if key not in keys}]}
