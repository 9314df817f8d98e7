# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each Azure module where there is nothing to do, beside a task that does nothing, in one run of one playbook.

Where azure.azcollection is installed, its closest module is measured in the same run; where it is not, there is no such line.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.offlineseed.azure.plugins.module_utils.arm import api
from ansible_collections.offlineseed.azure.plugins.module_utils.arm.client import Azure, connect
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import import_job, shipping_update, storage_account
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs.backends import SERVICES
from benchmark.measure import Lap, Measure, laps, typical
from lab import controller_folder, names
from lab.lab import Lab
from lab.playbook import Controller
from lab.rehearsal import SEED, Stopped
from lab.story import Story
from setup.site import Site

ROUNDS = 15
TIMES_NOTHING = 2.5  # not reached by vault_credentials: OpenSSL takes 30 ms to check the RSA key in the file, and a torn key must not pass
TIMES_FASTER = 50
GROUP = {"resource_group": names.RESOURCE_GROUP}
ACCOUNT = {**GROUP, "name": names.STORAGE_ACCOUNT}
JOB = {**GROUP, "name": "bench"}
PARCEL = {"carrier": "DHL", "tracking_number": "BENCH-0001"}
FOLDER = "{{ seed_state_dir | dirname }}"
LANDING = {**GROUP, "account": names.STORAGE_ACCOUNT, "container": names.CONTAINER, "inventory_file": f"{FOLDER}/inventory.jsonl"}
ACCOUNT_ID = f"{names.group_id()}/providers/Microsoft.Storage/storageAccounts/{names.STORAGE_ACCOUNT}"
OVER = {"name": "over", "terminal": True, "storage_account_id": ACCOUNT_ID, "drives": []}  # a job of which everything is archived
# Module -> its options for a task without a change, once those of MADE_FIRST have made what is there then.
TASKS: dict[str, dict[str, Any]] = {
    "import_job": {**JOB, "escrow_dir": "{{ seed_state_dir }}/escrow"},  # the order is filled in below
    "import_job_info": JOB,
    "shipping_update": {**JOB, **PARCEL},
    "import_location_info": {"location": names.LOCATION},
    "storage_account": {**ACCOUNT, "location": names.LOCATION, "container": names.CONTAINER},
    "storage_account_info": {**ACCOUNT, "container": names.CONTAINER},
    "resource_provider": {"namespaces": ["Microsoft.ImportExport"]},
    "resource_provider_info": {"namespaces": ["Microsoft.ImportExport"]},
    "recovery_vault": {**GROUP, "name": names.VAULT, "location": names.LOCATION},
    "recovery_vault_info": {**GROUP, "name": names.VAULT},
    "vault_credentials": {**GROUP, "name": names.VAULT, "path": f"{FOLDER}/bench.VaultCredentials"},
    "landing_blobs": LANDING,
    "landing_blobs_info": LANDING,
    "import_evidence": {"container": names.CONTAINER, "evidence_dir": f"{FOLDER}/evidence", "job": OVER},
}
MADE_FIRST = ("recovery_vault", "vault_credentials", "import_evidence")
# Ours -> the closest of azure.azcollection, with its options.
CLOSEST = {
    "storage_account": ("azure_rm_storageaccount", {**ACCOUNT, "account_type": "Standard_LRS", "kind": "StorageV2"}),
    "storage_account_info": ("azure_rm_storageaccount_info", ACCOUNT),
    "recovery_vault_info": ("azure_rm_recoveryservicesvault_info", {**GROUP, "name": names.VAULT}),
    "landing_blobs_info": ("azure_rm_storageblob", {**GROUP, "storage_account_name": names.STORAGE_ACCOUNT, "container": names.CONTAINER}),
    "import_job_info": (
        "azure_rm_resource_info",
        {**GROUP, "provider": "ImportExport", "resource_type": "jobs", "resource_name": "bench", "api_version": api.IMPORT_EXPORT},
    ),
}

# A module of azure.azcollection runs in a Python of its own, here that of the controller. One that fails (3.12.0 does not come to terms
# with a custom cloud) was quicker than it would have been, so its line still says something; it tells that it failed.
THEIRS = {
    "delegate_to": "localhost",
    "vars": {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"},
    "ignore_errors": True,
}


def measured(lab: Lab, story: Story, folder: Path, environment: dict[str, str]) -> list[Measure]:
    """Play the tasks in `lab`; `environment` has the stopwatch, which writes to OFFLINESEED_STOPWATCH, and the task that does nothing."""
    prepare(lab)
    folder.mkdir(parents=True, exist_ok=True)
    theirs = playbook(lab, folder / "azure_modules.yml")
    controller = Controller(lab.folder / "controller")
    controller.extra_environment = environment
    with story.waiting("Azure modules") as waiting:
        run = controller.run(SEED, lab.control.show()["now"], waiting, playbook=str(folder / "azure_modules.yml"))
    if run.exit_code:
        raise Stopped(f"the tasks of the Azure modules ended with {run.exit_code}\n{run.trouble}")
    return measures(laps(Path(environment["OFFLINESEED_STOPWATCH"])), theirs)


def prepare(lab: Lab) -> None:
    """Have in the lab what the tasks will find: account, container, a shipped job; and the playbook that asks for them."""
    settings = controller_folder.seed(lab.folder / "controller", lab.told)["seed_azure"]
    params = {**settings, "secret": names.CLIENT_SECRET, "token_cache": "none"}
    azure = connect(params)
    for namespace in ("Microsoft.ImportExport", "Microsoft.DataBox"):
        azure.arm.post(f"register {namespace}", f"{api.provider(azure.subscription_id, namespace)}/register", api.RESOURCES)
        for _look in range(4):  # the lab's providers come nearer to Registered with every look
            azure.arm.get(f"read {namespace}", api.provider(azure.subscription_id, namespace), api.RESOURCES)
    storage_account.run(complete(storage_account, TASKS["storage_account"]), False, azure)
    _ship_a_job(azure)
    (lab.folder / "controller" / "inventory.jsonl").write_text(json.dumps({"name": "staged_AIBBlob", "size": 512}) + "\n")


def complete(core: Any, options: dict[str, Any]) -> dict[str, Any]:
    """The options with the defaults of the module."""
    outcome = ArgumentSpecValidator(core.ARGUMENT_SPEC).validate(options)
    if outcome.error_messages:
        raise Stopped("; ".join(outcome.error_messages))
    return outcome.validated_parameters


def order() -> dict[str, Any]:
    """What the job of the measure is made of."""
    return {
        **JOB,
        "location": names.LOCATION,
        "storage_account_id": ACCOUNT_ID,
        "drives": [{"serial": "BENCH-1", "manifest_file": "\\DriveManifest.xml", "manifest_hash": "A" * 32}],
        "return_address": controller_folder.RETURN_ADDRESS,
        "return_shipping": {"carrier": "DHL", "account_number": "LAB-0042"},
    }


def _ship_a_job(azure: Azure) -> None:
    wanted = import_job.order_from(complete(import_job, order()))
    jobs = SERVICES["import_export"](azure)
    made = jobs.create(wanted, jobs.destination(wanted.location), {"BENCH-1": "-".join(["000011"] * 8)})
    jobs.send_once("make the job", wanted.resource_group, wanted.name, made)
    parcel = shipping_update.parcel_from(complete(shipping_update, {**JOB, **PARCEL, "drive_count": 1}))
    for request in jobs.ship(wanted.resource_group, wanted.name, parcel, {}):
        jobs.send_once("ship the job", wanted.resource_group, wanted.name, request)


def playbook(lab: Lab, path: Path) -> list[str]:
    """Write the playbook; the modules of azure.azcollection that it measures as well."""
    tasks = {**TASKS, "import_job": {**order(), **TASKS["import_job"]}}
    round_of = [step for module, options in tasks.items() for step in (_nothing(), _ours(module, options))]
    theirs = [CLOSEST[module] for module in tasks if module in CLOSEST] if _azcollection() else []
    slow = [{"name": name, f"azure.azcollection.{name}": options, **THEIRS} for name, options in theirs]
    (path.parent / "azure_round.yml").write_text(yaml.safe_dump(round_of, sort_keys=False))
    (path.parent / "azcollection_round.yml").write_text(yaml.safe_dump(slow, sort_keys=False))
    play = {
        "name": "What a task of each Azure module costs where there is nothing to do",
        "hosts": "srv1",
        "gather_facts": False,
        "module_defaults": {"group/offlineseed.azure.azure": "{{ seed_azure }}", "group/azure.azcollection.all": _for_azcollection()},
        "tasks": [
            *({"name": f"Made by {module}", f"offlineseed.azure.{module}": tasks[module]} for module in MADE_FIRST),
            {"name": "Warm up", "ansible.builtin.include_tasks": "azure_round.yml"},
            {"name": "Rounds", "ansible.builtin.include_tasks": "azure_round.yml", "loop": f"{{{{ range({ROUNDS}) | list }}}}"},
        ],
    }
    if slow:
        play["tasks"].append({"name": "Theirs", "ansible.builtin.include_tasks": "azcollection_round.yml", "loop": [1, 2, 3]})
    else:
        del play["module_defaults"]["group/azure.azcollection.all"]
    path.write_text(yaml.safe_dump([play], sort_keys=False))
    return [name for name, _options in theirs]


def _nothing() -> dict[str, Any]:
    return {"name": "Nothing", "nothing": None, "register": "_ours", "failed_when": "_ours is failed or _ours.changed"}


def _ours(module: str, options: dict[str, Any]) -> dict[str, Any]:
    return {"name": module, f"offlineseed.azure.{module}": options, "register": "_ours", "failed_when": "_ours is failed or _ours.changed"}


def _azcollection() -> bool:
    roots = str(Site.of_checkout().environment().get("ANSIBLE_COLLECTIONS_PATH", "")).split(":")
    return any(Path(root, "ansible_collections", "azure", "azcollection").is_dir() for root in roots)


def _for_azcollection() -> dict[str, Any]:
    known = ("subscription_id", "tenant", "client_id", "secret", "cloud_environment")
    return {name: f"{{{{ seed_azure.{name} }}}}" for name in known}


def measures(found: list[Lap], theirs: list[str]) -> list[Measure]:
    """A line for each module: seconds, and how many times a task that does nothing."""
    nothing = typical(found, "Nothing")
    lines = []
    for module in TASKS:
        ours = typical(found, module)
        lines += [
            Measure(f"{module} without a change (median of {ROUNDS + 1})", ours, "s"),
            Measure(f"{module} against a task that does nothing", ours / nothing, "times", TIMES_NOTHING),
        ]
        name = CLOSEST.get(module, ("",))[0]
        if name in theirs:
            # An aim is the largest value that is good enough, so the quotient is told upside down.
            end = ", which failed" if any(lap.failed for lap in found if lap.task == name) else ""
            part = ours / typical(found, name)
            lines.append(Measure(f"{module} as a part of azure.azcollection.{name}{end}", part, "", 1 / TIMES_FASTER))
    return lines
