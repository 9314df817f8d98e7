# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the state of seeds may live, and what lies in the folder of one."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from pathlib import Path

from ..failure import Failure, refuse

SEED_NAME = re.compile(r"^[a-z][a-z0-9-]{1,22}[a-z0-9]$")
SEED_NAME_RULE = "3 to 24 lower-case letters, digits and hyphens, a letter first and no hyphen last"

# Variables that AWX and ansible-runner set for the processes they start (ansible/awx awx/main/tasks/jobs.py, ansible/ansible-runner
# src/ansible_runner/config/runner.py).
RUNNER_VARIABLES = ("AWX_PRIVATE_DATA_DIR", "AWX_ISOLATED_DATA_DIR", "AWX_HOST", "RUNNER_OMIT_EVENTS", "RUNNER_ONLY_FAILED_EVENTS")
THROWN_AWAY = ("/runner", "/tmp", "/var/tmp", "/dev/shm")
CURE = (
    "Give a folder that lasts for months: a mounted volume of the execution environment, or a folder of the user on a controller of your"
    " own; or keep the state in Azure blobs (seed_store)."
)

PLAN = "plan.json"
INVENTORY = "inventory.jsonl"
ESCROW = "escrow"
STORE = "store.json"  # the folder of a seed is a copy of what a store in Azure blobs holds


def problem(state_dir, environment, seed=None):
    """Why *state_dir* may not hold the state of a seed in a process with this *environment*, or None.

    A folder that is thrown away will do for a *seed* whose state a store in Azure blobs keeps.
    """
    text = str(state_dir or "")
    if not text:
        return "it is not set"
    if not os.path.isabs(os.path.expanduser(text)):
        return f"{text} is not an absolute path, so it depends on where the run was started"
    if not any(name in environment for name in RUNNER_VARIABLES) or (
        seed and (Path(os.path.expanduser(text)) / str(seed) / STORE).exists()
    ):
        return None
    real = os.path.realpath(os.path.expanduser(text))
    below = next((folder for folder in THROWN_AWAY if real == folder or real.startswith(folder + "/")), None)
    return f"{real} lies below {below}, which AWX throws away after the job" if below else None


def checked(state_dir, seed, environment):
    """``(state_dir, seed)`` fit for use; a Failure says which of them is not, and why."""
    if not SEED_NAME.fullmatch(str(seed)):
        raise refuse("seed (seed_name)", seed, SEED_NAME_RULE, "Set seed_name; it is also the default name of the import job.")
    wrong = problem(state_dir, environment, seed)
    if wrong:
        raise Failure(f"state_dir (seed_state_dir) cannot be used: {wrong}. {CURE}", field="seed_state_dir", seen=str(state_dir), cure=CURE)
    return Path(os.path.expanduser(str(state_dir))), str(seed)


def access_problem(state_dir):
    """Why this user cannot keep state in *state_dir* (it need not exist yet), or None."""
    path = Path(os.path.abspath(os.path.expanduser(str(state_dir))))
    existing = next(folder for folder in (path, *path.parents) if folder.exists())
    if not existing.is_dir():
        return f"{existing} is not a folder"
    return None if os.access(existing, os.W_OK | os.X_OK) else f"this user cannot write to {existing}"


@contextmanager
def usable(state_dir):
    """Turns what the file system refuses inside the block into a Failure about *state_dir*."""
    try:
        yield
    except OSError as error:
        raise Failure(
            f"state_dir (seed_state_dir) cannot be used: {error.filename or state_dir}: {error.strerror}. {CURE}",
            field="seed_state_dir",
            seen=str(error.filename or state_dir),
            cure=CURE,
        ) from error


def write_whole(path, content):
    """Write *content* (bytes) to *path* with mode 0600 so that a reader finds the old file or the new one, never half of it."""
    path = Path(path)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    os.replace(draft, path)
