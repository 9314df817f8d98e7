# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways to run: the built collection by its name, a user's own playbook, a checkout, and two roles in a foreign playbook."""

from __future__ import annotations

import os
import subprocess

import pytest
import yaml

from lab.story import Waiting
from setup.site import CHECKOUT
from setup.trees import copy_checkout
from stories.states import SEED, Player


def run(player: Player, playbook, collections=None, *options):
    controller = player.controller
    found = f"{collections}{os.pathsep}{controller.site.collections}"
    controller.extra_environment = {"ANSIBLE_COLLECTIONS_PATH": found} if collections else {}
    return controller.run(SEED, player.now(), Waiting("run"), *options, playbook=str(playbook))


@pytest.fixture(scope="session")
def installed(tmp_path_factory, site):
    """The collection as a user gets it: built as a tarball, installed with ansible-galaxy."""
    place = tmp_path_factory.mktemp("installed")
    tree = copy_checkout(site)
    galaxy = site.program("ansible-galaxy")
    env = site.environment()
    subprocess.run([galaxy, "collection", "build", "--output-path", str(place), str(tree)], env=env, check=True, capture_output=True)
    [tarball] = place.glob("offlineseed-azure-*.tar.gz")
    subprocess.run(
        [galaxy, "collection", "install", "--offline", "--no-deps", "--force", str(tarball), "-p", str(place / "collections")],
        env=env,
        check=True,
        capture_output=True,
    )
    return place / "collections"


@pytest.fixture(scope="module")
def player(standin_states, tmp_path_factory):
    with standin_states.player("fresh", tmp_path_factory.mktemp("ways") / "lab") as player:
        yield player


def test_built_collection_runs_by_its_name(player, installed):
    done = run(player, "offlineseed.azure.seed", installed)
    assert done.exit_code == 0 and done.summary["next"]["id"] == "enter_offline_values", done.trouble


def test_users_own_playbook_of_one_line_runs(player, installed, tmp_path):
    own = tmp_path / "seed.yml"
    own.write_text("- ansible.builtin.import_playbook: offlineseed.azure.seed\n")
    done = run(player, own, installed)
    assert done.exit_code == 0 and done.summary["next"]["id"] == "enter_offline_values", done.trouble


def test_checkout_runs(player):
    done = run(player, CHECKOUT / "playbooks" / "seed.yml", None)
    assert done.exit_code == 0 and done.summary["next"]["id"] == "enter_offline_values", done.trouble


FOREIGN = """
- hosts: warehouse
  gather_facts: false
  tasks:
    - ansible.builtin.include_role:
        name: offlineseed.azure.prepare
    - ansible.builtin.include_role:
        name: offlineseed.azure.ship
    - ansible.builtin.assert:
        that:
          - seed_result.phase == 'ship'
          - seed_result.status.next.id == 'hand_over_parcel'
"""


def test_foreign_playbook_embeds_prepare_and_ship_with_its_own_groups(standin_states, tmp_path):
    with standin_states.player("named", tmp_path / "lab") as player:
        folder = player.controller.folder
        known = yaml.safe_load((folder / "inventory.yml").read_text())
        children = known["all"]["children"]["lab_windows"]["children"]
        children["warehouse"] = children.pop("seed_sources")
        children["dock"] = children.pop("seed_copy_hosts")
        (folder / "inventory.yml").write_text(yaml.safe_dump(known))
        (folder / "foreign.yml").write_text(FOREIGN)
        done = run(player, folder / "foreign.yml")
        assert done.exit_code == 0, done.trouble
