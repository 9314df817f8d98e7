# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One drive: chosen by its letter, refused or formatted, encrypted and filled."""

from __future__ import annotations

import datetime
import hashlib
import pathlib
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..commands import encryptable
from ..encryption import FULLY_ENCRYPTED, S_OK, USED_SPACE_ONLY, new_recovery_password
from ..volume import CLUSTER, OVERHEAD_LIMIT
from . import papers
from .refusal import ConsoleRefused

if TYPE_CHECKING:
    from ..disk import Disk, Partition
    from ..host import Host
    from .staging import Seed

LABEL = "OfflineBackup"
RANGE = 4 << 20
MANIFEST_A_FILE, MANIFEST_A_RANGE = 1024, 160  # bytes in the manifest, at most
LOOK_AGAIN = 0.05  # seconds between two looks at the conversion
Files = list[tuple[str, int]]


@dataclass(frozen=True)
class Chosen:
    """A drive behind a letter."""

    disk: Disk
    partition: Partition

    @property
    def serial(self) -> str:
        """The drive's id: its serial number without blanks."""
        return "".join(self.disk.serial.split())


def choose(host: Host, letter: str, kept: dict[str, pathlib.Path], taken: list[str]) -> Chosen:
    """The drive of a letter. `kept`: what must not lie on it, by name; `taken`: serials of this run."""
    if len(letter) != 1 or not (letter.isascii() and letter.isalpha()):
        raise ConsoleRefused(f"'{letter}' is no drive letter; enter one letter without a colon.")
    partition = host.storage.lettered(letter)
    if partition is None or partition.volume is None:
        raise ConsoleRefused(f"there is no drive {letter.upper()} on {host.name}; attach the disk, and give its volume a letter.")
    disk, _unused = host.storage.where(partition.volume)
    chosen = Chosen(disk, partition)
    reason = next((text for text, is_so in _reasons(chosen, kept, taken) if is_so), None)
    if reason:
        raise ConsoleRefused(
            f"drive {letter.upper()} (disk {disk.number}, serial {disk.serial or 'unknown'}) cannot be prepared: {reason}."
        )
    return chosen


def _reasons(chosen: Chosen, kept: dict[str, pathlib.Path], taken: list[str]) -> list[tuple[str, bool]]:
    disk, volume = chosen.disk, chosen.partition.volume
    system = disk.boot or disk.system or disk.page_file
    return [
        ("it is a system disk", system),
        ("the disk is read only", disk.read_only),
        ("it is locked by BitLocker; unlock it, or take another disk", volume.locked),
        *((f"{what} lies on it", not volume.locked and path.is_relative_to(volume.folder)) for what, path in kept.items()),
        ("it was prepared in this run", chosen.serial in taken),
        ("it has no serial number, which the import job needs", not chosen.serial),
        (f"the disk has {len(disk.volumes)} volumes; it must have a single data volume", len(disk.volumes) != 1),
    ]


def fitting(chosen: Chosen, files: Files) -> Files:
    """Of the files that are left, in their order, each that still fits on the formatted drive; refuses where none does."""
    size = chosen.partition.volume.size
    room = size - min(OVERHEAD_LIMIT, size // 64) - CLUSTER
    found = []
    for name, length in files:
        if _needed(length) <= room:
            found.append((name, length))
            room -= _needed(length)
    if not found:
        smallest = min(length for _name, length in files)
        raise ConsoleRefused(
            f"drive {chosen.partition.letter} is too small: it takes {max(0, room)} bytes, the smallest file that is left has {smallest}. "
            "Attach a larger disk."
        )
    return found


def _needed(length: int) -> int:
    return -(-length // CLUSTER) * CLUSTER + MANIFEST_A_FILE + -(-length // RANGE) * MANIFEST_A_RANGE


def refuse_without_bitlocker(host: Host) -> None:
    """Refuse where the drives could not be encrypted."""
    if not host.facts.get("bitlocker", True):
        raise ConsoleRefused(f"BitLocker is not installed on {host.name}; install the feature and restart.")
    if host.registry.get(encryptable.FVE_POLICY, "FDVRecoveryPassword") == 0:
        raise ConsoleRefused(f"a policy of {host.name} forbids recovery passwords on data drives (FDVRecoveryPassword = 0).")


def prepare(host: Host, chosen: Chosen, seed: Seed, files: Files, folder: str) -> dict[str, Any]:
    """Format, encrypt, copy; the papers lie in `folder` and on the drive. Answers the drive, `key` among it."""
    journal = f"{folder}\\Journal{uuid.uuid4()}"
    _write(host, f"{journal}.jrn", papers.journal_begun(_now(host), folder))
    key = _encrypted(host, chosen)
    copied = [_copy(seed, name, size, chosen.partition.volume.folder) for name, size in files]
    content = papers.manifest(chosen.serial, seed.container, copied)
    (chosen.partition.volume.folder / papers.MANIFEST.strip("\\")).write_bytes(content)
    manifest_hash = hashlib.md5(content, usedforsecurity=False).hexdigest().upper()
    told = papers.drive(chosen.serial, key, manifest_hash)
    _write(host, f"{journal}.jrn", papers.journal_ended(_now(host), told))
    _write(host, f"{journal}_DriveInfo_{chosen.serial}.xml", papers.drive_info(told))
    host.change("drive prepared by the console", serial=chosen.disk.serial, files=len(files), manifest_hash=manifest_hash)
    return {
        "serial": chosen.serial, "letter": chosen.partition.letter, "manifest_hash": manifest_hash, "files": len(files),
        "bytes": sum(size for _name, size in files), "journal": f"{journal}.jrn",
        "drive_info": f"{journal}_DriveInfo_{chosen.serial}.xml", "key": key,
    }  # fmt: skip


def _encrypted(host: Host, chosen: Chosen) -> str:
    """Format the volume and turn BitLocker on; its recovery password."""
    volume, key = chosen.partition.volume, new_recovery_password()
    with host.lock:
        volume.format("NTFS", LABEL, CLUSTER)
        host.change("formatted", serial=chosen.disk.serial, label=LABEL, file_system="NTFS")
        _bitlocker(host, chosen, "ProtectKeyWithNumericalPassword", NumericalPassword=key)
        _bitlocker(host, chosen, "Encrypt", EncryptionMethod=0, EncryptionFlags=USED_SPACE_ONLY)
    while volume.encryption.conversion != FULLY_ENCRYPTED:
        time.sleep(LOOK_AGAIN)
    return key


def _bitlocker(host: Host, chosen: Chosen, method: str, **arguments: Any) -> None:
    code = encryptable.call(host, chosen.partition.volume, method, arguments)["ReturnValue"]
    if code != S_OK:
        raise ConsoleRefused(f"BitLocker on drive {chosen.partition.letter} refused {method} with 0x{code:08X}.")


def _copy(seed: Seed, name: str, size: int, root: pathlib.Path) -> papers.Copied:
    """Copy one staged file; a file that is not as it was listed ends the run."""
    copied = papers.Copied(name, size)
    target = root.joinpath(*papers.file_path(seed.container, name).strip("\\").split("\\"))
    target.parent.mkdir(exist_ok=True)
    offset = 0
    try:
        with open(seed.folder / name, "rb") as source, open(target, "wb") as out:
            while block := source.read(RANGE):
                out.write(block)
                copied.ranges.append((offset, len(block), hashlib.md5(block, usedforsecurity=False).hexdigest().upper()))
                offset += len(block)
    except OSError as error:
        raise ConsoleRefused(f"{seed.path}\\{name} could not be copied: {error.strerror}. Cure that and run the tool again.") from error
    if offset != size:
        raise ConsoleRefused(f"{seed.path}\\{name} had {size} bytes and has {offset} now. Let nothing write there, and run the tool again.")
    return copied


def _write(host: Host, path: str, text: str) -> None:
    with open(host.path(path), "a", encoding="utf-8") as stream:
        stream.write(text)


def _now(host: Host) -> datetime.datetime:
    return host.clock.now()
