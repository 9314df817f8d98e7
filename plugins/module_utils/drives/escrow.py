# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recovery passwords of a seed's drives, one ansible-vault file a drive. There is no plain variant.

A file opens with ``ansible-vault view`` and holds YAML: seed, serial, recovery_password, created.
"""

from __future__ import annotations

import importlib
import json
import os
from pathlib import Path

from .. import times
from ..failure import Failure
from . import names, recovery_password

CURE_PASSWORD = "Set seed_escrow_password_file to the file (or the executable script) that yields the escrow's password."


def seal(escrow_dir, serial, password_file, seed, created=None):
    """Recovery password of the drive *serial*: the one in escrow, else a new one that is in escrow before it is returned.

    The file is written with mode 0600, synced and read back. An existing file is never written again; one that
    belongs to another seed, or that the password does not open, is a Failure.
    """
    path = file_of(escrow_dir, serial)
    if not path.exists():
        document = {
            "seed": seed,
            "serial": names.serial(serial),
            "recovery_password": recovery_password.generate(),
            "created": created or times.iso(times.clock()),
        }
        _create(path, _encrypt(document, password_file))
    held = _open(path, password_file)
    if held.get("seed") != seed:
        raise Failure(
            f"Escrow {path} belongs to seed {held.get('seed')!r}, not to {seed!r}. A drive stands in one seed only: "
            "take another drive, or end that seed first.",
            field="escrow_dir",
            seen=held.get("seed"),
        )
    return _password_in(held, path, serial)


def read(escrow_dir, serial, password_file):
    """Recovery password of the drive *serial* out of escrow."""
    path = file_of(escrow_dir, serial)
    if not path.exists():
        raise Failure(
            f"Escrow holds no key of drive {names.serial(serial)}: {path} does not exist. "
            "Put the file back from your backup of seed_state_dir; without it the drive cannot be opened.",
            field="escrow_dir",
            seen=str(path),
        )
    return _password_in(_open(path, password_file), path, serial)


def exists(escrow_dir, serial):
    """Whether escrow holds a key of the drive *serial*."""
    return file_of(escrow_dir, serial).exists()


def file_of(escrow_dir, serial):
    """Path of the escrow file of a drive."""
    return Path(escrow_dir) / names.file_name(serial, ".yml")


def _create(path, sealed):
    """Write *sealed* so that the file is there wholly or not at all, and never in place of another."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with open(draft, "wb", opener=_only_mine) as out:
        out.write(sealed)
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _only_mine(path, flags):
    return os.open(path, flags | os.O_TRUNC, 0o600)


def _encrypt(document, password_file):
    lines = [f"{key}: {json.dumps(value)}" for key, value in document.items()]
    text = (
        "# Recovery password of a drive of offlineseed.azure. It opens the drive: keep it away from the parcel.\n" + "\n".join(lines) + "\n"
    )
    secret = _secret(password_file)
    sealed = _ansible("parsing.vault").VaultLib([("default", secret)]).encrypt(text.encode(), secret)
    return sealed if sealed.endswith(b"\n") else sealed + b"\n"


def _open(path, password_file):
    """The YAML in *path*. Whatever goes wrong, the error says where, never what stands there."""
    secret = _secret(password_file)
    try:
        text = _ansible("parsing.vault").VaultLib([("default", secret)]).decrypt(path.read_bytes())
    except (_ansible("errors").AnsibleError, ValueError):
        raise Failure(
            f"Escrow file {path} does not open with the password of {password_file}, or it was changed. "
            f"{CURE_PASSWORD} It has to be the password that sealed the file.",
            field="escrow_password_file",
            seen=str(password_file),
            cure=CURE_PASSWORD,
        ) from None
    yaml = importlib.import_module("yaml")
    try:
        held = yaml.safe_load(text)
    except yaml.YAMLError:
        held = None
    if not isinstance(held, dict):
        raise Failure(
            f"Escrow file {path} opens but holds no YAML of this collection. Put it back from your backup.",
            field="escrow_dir",
            seen=str(path),
        )
    return held


def _password_in(held, path, serial):
    password = held.get("recovery_password")
    wrong = recovery_password.problem(password)
    if wrong is None and held.get("serial") != names.serial(serial):
        wrong = f"it belongs to drive {held.get('serial')!r}"
    if wrong:
        raise Failure(
            f"The key in escrow file {path} is not one of drive {names.serial(serial)}: {wrong}.", field="escrow_dir", seen=str(path)
        )
    return password


def _secret(password_file):
    if not password_file:
        raise Failure(f"No password for the escrow is given. {CURE_PASSWORD}", field="escrow_password_file", cure=CURE_PASSWORD)
    path = os.path.abspath(os.path.expanduser(str(password_file)))
    vault = _ansible("parsing.vault")
    try:
        secret = vault.get_file_vault_secret(filename=path, loader=_ansible("parsing.dataloader").DataLoader())
        secret.load()
    except (_ansible("errors").AnsibleError, OSError, ValueError) as error:
        raise Failure(
            f"The escrow's password could not be read from {path}: {type(error).__name__}: {error}. {CURE_PASSWORD}",
            field="escrow_password_file",
            seen=path,
            cure=CURE_PASSWORD,
        ) from error
    return secret


def _ansible(name):
    """A module of ansible-core, found when it is needed: only the controller has it."""
    try:
        return importlib.import_module(f"ansible.{name}")
    except ImportError as error:
        raise Failure(f"Escrow needs ansible-core where this task runs: {error}. Run the task on the controller.") from error
