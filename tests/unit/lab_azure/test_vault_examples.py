# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every printed example about the vault, and the play of the guide, run as they stand against the lab, in a real playbook."""

from __future__ import annotations

import re
import subprocess

import pytest
import yaml

from lab import names
from lab.azure.asgi import ArmServer
from setup.site import CHECKOUT

MODULES = ("recovery_vault", "recovery_vault_info", "vault_credentials")


def examples(module):
    """Tasks of a module's examples that call one of the vault's modules."""
    text = (CHECKOUT / "plugins" / "modules" / f"{module}.py").read_text()
    tasks = yaml.safe_load(re.search(r'EXAMPLES = r"""(.*?)"""', text, re.DOTALL).group(1))
    return [task for task in tasks if any(f"offlineseed.azure.{name}" in task for name in MODULES)]


def play_of_the_guide():
    """The play under "A vault, if there is none"."""
    page = (CHECKOUT / "docs" / "guide_first_seed.md").read_text()
    text = page.split("## A vault, if there is none", 1)[1].split("```yaml\n", 1)[1].split("```", 1)[0]
    return yaml.safe_load(text)


@pytest.fixture
def player(azure, azurite, site, tmp_path):
    server = ArmServer(azure.cloud, azurite.certificates)
    server.start()
    settings = {
        "AZURE_SUBSCRIPTION_ID": names.SUBSCRIPTION, "AZURE_CLIENT_ID": names.CLIENT, "AZURE_TENANT": names.TENANT,
        "AZURE_SECRET": names.CLIENT_SECRET, "AZURE_CLOUD_ENVIRONMENT": server.url, "REQUESTS_CA_BUNDLE": str(azurite.certificates.ca),
        "HOME": str(tmp_path), "ANSIBLE_LOCAL_TEMP": str(tmp_path / "tmp"), "ANSIBLE_NOCOLOR": "1",
    }  # fmt: skip

    def play(plays, *arguments):
        (tmp_path / "play.yml").write_text(yaml.safe_dump(plays, sort_keys=False))
        command = [site.program("ansible-playbook"), "-i", "localhost,", "play.yml", "--diff", *arguments]
        environment = {**site.environment(), **settings}
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr
        assert "CANARY" not in done.stdout
        return done.stdout

    yield play
    server.stop()


def test_the_examples_run_and_run_again_without_a_change(player, azure, tmp_path):
    tasks = [task for module in MODULES for task in examples(module)]
    keeping = [task for task in tasks if task.get("offlineseed.azure.vault_credentials", {}).get("state") != "absent"]
    assert len(tasks) - len(keeping) == 1 and len(keeping) == 5
    plays = [{"hosts": "localhost", "gather_facts": False, "vars": {"seed_state_dir": str(tmp_path / "state")}, "tasks": keeping}]
    assert "changed=3 " in player(plays)
    assert "changed=0 " in player(plays)
    assert [name for name, _vault in sorted(azure.state["vaults"].items())] == ["vault1", "vault2"]
    plays[0]["tasks"] = [task for task in tasks if task not in keeping]
    assert "changed=1 " in player(plays) and not list((tmp_path / "state").iterdir())


def test_the_play_of_the_guide_makes_vault_and_file(player, azure, tmp_path):
    azure.send("PUT", names.group_id("rg-backup"), {"location": "westeurope"})
    plays = play_of_the_guide()
    path = str(tmp_path / "vault1.VaultCredentials")
    plays[0]["tasks"][1]["offlineseed.azure.vault_credentials"]["path"] = path
    assert "changed=2 " in player(plays, "--check")
    assert "changed=2 " in player(plays)
    assert "changed=0 " in player(plays)
    assert azure.state["vaults"]["vault1"]["group"] == "rg-backup"
    assert (tmp_path / "vault1.VaultCredentials").stat().st_mode & 0o777 == 0o600
