# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lab writes for the machine that runs ansible-playbook: an inventory, host vars, secrets and the environment to set.

`answers.yml` in the host's folder is the person's and is never touched: seed_drives, seed_parcel, seed_accept_undocumented.
"""

from __future__ import annotations

import os
import pathlib
from typing import Any

import yaml

from . import names
from .shared import CHECKOUT

SOURCE, COPY_HOST = names.SOURCE.lower(), names.COPY_HOST.lower()
GROUP = "lab_windows"
ESCROW_PASSWORD = "CANARY-escrow-password-0123456789"


def write(folder: pathlib.Path, told: dict[str, Any]) -> None:
    """Write everything with the addresses of `told` (lab.json)."""
    for place in (f"group_vars/{GROUP}", f"host_vars/{SOURCE}", "state", "cache"):
        (folder / place).mkdir(parents=True, exist_ok=True)
    _yaml(folder / "inventory.yml", inventory(told))
    _yaml(folder / "group_vars" / GROUP / "connection.yml", connection(told))
    _yaml(folder / "group_vars" / GROUP / "secrets.yml", SECRETS, mode=0o600)
    _yaml(folder / "host_vars" / SOURCE / "seed.yml", seed(folder, told))
    _text(folder / "ansible.cfg", "# Nothing here: no configuration of the user's own plays along.\n[defaults]\n")
    _text(folder / "escrow-password", ESCROW_PASSWORD + "\n", mode=0o600)
    _text(folder / "environment", "".join(f"export {name}='{value}'\n" for name, value in environment(folder).items()))


SECRETS = {"lab_client_secret": names.CLIENT_SECRET, "lab_winrm_password": names.WINRM_PASSWORD}


def inventory(told: dict[str, Any]) -> dict[str, Any]:
    """Two hosts in the two groups of the playbooks, and one group that says how both are reached."""
    ports = {name.lower(): host["port"] for name, host in told["hosts"].items()}
    sources = {"hosts": {SOURCE: {"ansible_port": ports[SOURCE]}}}
    copy_hosts = {"hosts": {COPY_HOST: {"ansible_port": ports[COPY_HOST]}}}
    return {"all": {"children": {GROUP: {"children": {"seed_sources": sources, "seed_copy_hosts": copy_hosts}}}}}


def connection(told: dict[str, Any]) -> dict[str, Any]:
    """How both hosts are reached."""
    return {
        "ansible_connection": "winrm",
        "ansible_host": "127.0.0.1",
        "ansible_user": names.WINRM_USER,
        "ansible_password": "{{ lab_winrm_password }}",
        "ansible_winrm_transport": "basic",
        "ansible_winrm_scheme": "https",
        "ansible_winrm_ca_trust_path": str(pathlib.Path(told["folder"]) / "ca.pem"),
    }


def seed(folder: pathlib.Path, told: dict[str, Any]) -> dict[str, Any]:
    """All that a seed must be told, but for the person's answers."""
    return {
        "seed_name": SOURCE,
        "seed_state_dir": str(folder / "state"),
        "seed_summary_file": str(folder / "summary.json"),
        "seed_escrow_password_file": str(folder / "escrow-password"),
        "seed_subscription_id": names.SUBSCRIPTION,
        "seed_resource_group": names.RESOURCE_GROUP,
        "seed_location": names.LOCATION,
        "seed_vault": {"name": names.VAULT, "resource_group": names.RESOURCE_GROUP},
        "seed_storage_account": names.STORAGE_ACCOUNT,
        "seed_container": names.CONTAINER,
        "seed_staging_path": names.STAGING,
        "seed_staging_path_on_copy_host": names.STAGING_ON_COPY_HOST,
        "seed_copy_host": COPY_HOST,
        "seed_return_address": RETURN_ADDRESS,
        "seed_return_shipping": {"carrier": "DHL", "account_number": "LAB-0042"},
        "seed_offline_method": "wizard",
        "seed_azure": {
            "subscription_id": names.SUBSCRIPTION,
            "tenant": names.TENANT,
            "client_id": names.CLIENT,
            "secret": "{{ lab_client_secret }}",
            "cloud_environment": told["arm"],
            "ca_file": str(pathlib.Path(told["folder"]) / "ca.pem"),
        },
    }


RETURN_ADDRESS = {
    "recipient_name": "Greta Lind",
    "street_address1": "Hafenstraße 12",
    "city": "Köln",
    "state_or_province": "NRW",
    "postal_code": "50678",
    "country_or_region": "Germany",
    "phone": "+49 221 5550123",
    "email": "greta.lind@example.com",
}


def environment(folder: pathlib.Path) -> dict[str, str]:
    """What to set before ansible-playbook in the lab: the collection of this checkout, no configuration of the user's own."""
    build = CHECKOUT / "build"
    return {
        "ANSIBLE_CONFIG": str(folder / "ansible.cfg"),
        "ANSIBLE_COLLECTIONS_PATH": f"{build / 'dev'}{os.pathsep}{build / 'collections'}",
        "ANSIBLE_INVENTORY": str(folder / "inventory.yml"),
        "ANSIBLE_LOCALHOST_WARNING": "False",
        "XDG_CACHE_HOME": str(folder / "cache"),
    }


def _yaml(path: pathlib.Path, content: Any, mode: int = 0o644) -> None:
    _text(path, "---\n" + yaml.safe_dump(content, sort_keys=False, allow_unicode=True), mode)


def _text(path: pathlib.Path, content: str, mode: int = 0o644) -> None:
    fresh = path.with_name(path.name + ".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as stream:
        stream.write(content)
    os.replace(fresh, path)
