# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first example of every module runs in the lab as it is printed, but for serial numbers, sizes and hashes of drives."""

from __future__ import annotations

import json
import re

import pytest
import yaml

from ansible_collections.offlineseed.azure.plugins.module_utils.seeds import record
from lab import names
from lab.story import Waiting
from setup.site import CHECKOUT
from stories.states import DRIVE, SEED

MODULES = CHECKOUT / "plugins" / "modules"
ON_COPY_HOST = ("win_disk_info", "win_disk_prep", "win_disk_prep_info", "win_staging", "win_staging_info")
# Their examples read files of a drive that has come back; tests/unit/drives/test_verification_modules.py plays them.
FILES_OF_A_JOURNEY = {"drive_manifest", "import_evidence", "import_verify"}
DRIVE_SERIAL = re.compile(r"\bWD-WX\w+\b")


def example_of(path) -> str:
    """The printed examples of a module."""
    text = path.read_text()
    if path.suffix == ".yml":
        return yaml.safe_load(text)["EXAMPLES"]
    return re.search(r'EXAMPLES = r?"""(.*?)"""', text, re.DOTALL).group(1)


def modules() -> dict[str, str]:
    found = {path.stem: example_of(path) for path in sorted(MODULES.iterdir()) if path.suffix in (".py", ".yml")}
    return {name: example for name, example in found.items() if name not in FILES_OF_A_JOURNEY}


def told(example: str, drive: dict) -> dict:
    """The first task of an example, about the drive that the lab has."""
    serials = list(dict.fromkeys(DRIVE_SERIAL.findall(example)))
    for number, serial in enumerate(serials):
        example = example.replace(serial, drive["serial"] if number == 0 else f"OTHER-{number}")
    example = re.sub(r"(serial: " + re.escape(drive["serial"]) + r"\n\s+size: )\d+", rf"\g<1>{drive['size']}", example)
    example = re.sub(r"manifest_hash: [0-9A-F]{32}\b", f"manifest_hash: {drive['manifest_hash']}", example)
    return yaml.safe_load(example)[0]


def play_of(name: str, task: dict) -> dict:
    return {
        "name": name,
        "hosts": names.COPY_HOST.lower() if name in ON_COPY_HOST else SEED,
        "gather_facts": False,
        "module_defaults": {"group/offlineseed.azure.azure": "{{ hostvars['srv1'].seed_azure }}"},
        "tasks": [task],
    }


@pytest.fixture(scope="module")
def examples(states, tmp_path_factory):
    """A play for each module, run one after the other in check mode where the job waits for its parcel; the log."""
    with states.player("prepared", tmp_path_factory.mktemp("examples") / "lab") as player:
        player.good("ship")
        drive = record.read(player.state_dir.parent, SEED).replay()["drives"][DRIVE]
        plays = [play_of(name, told(example, drive)) for name, example in modules().items()]
        folder = player.controller.folder
        (folder / "examples.yml").write_text(yaml.safe_dump(plays, sort_keys=False))
        known = yaml.safe_load((folder / "host_vars" / SEED / "seed.yml").read_text())
        more = {name: known[name] for name in ("seed_state_dir", "seed_escrow_password_file")}
        account = f"{names.group_id()}/providers/Microsoft.Storage/storageAccounts/{names.STORAGE_ACCOUNT}"
        more |= {"agent_info": {}, "disk_info": {}, "landing": {"account": {"id": account}}}
        before = player.hashes()
        run = player.controller.run(
            SEED, player.now(), Waiting("examples"), "--check", "-e", json.dumps(more), playbook=str(folder / "examples.yml")
        )
        assert player.hashes()["bystander"] == before["bystander"] and player.hashes()["arm"] == before["arm"]
        yield run.log.read_text()


@pytest.mark.parametrize("name", modules())
def test_example_runs(examples, name):
    play = examples.split(f"PLAY [{name}] ", 1)
    assert len(play) == 2, f"the plays ended before {name}:\n{examples[-2500:]}"
    told_of_it = play[1].split("PLAY [", 1)[0]
    assert "fatal:" not in told_of_it and ("ok: [" in told_of_it or "changed: [" in told_of_it), told_of_it[:3000]
