# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""BitLocker on one volume: states, protectors and return codes of Win32_EncryptableVolume.

Source: MicrosoftDocs/win32, SecProv/win32-encryptablevolume.md and its method pages; winerror.h for the numbers.
How long a conversion takes is assumed: it is a pure function of the time since it began, so that reading a status changes nothing.
"""

from __future__ import annotations

import hashlib
import secrets
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

S_OK = 0
E_ACCESSDENIED = 0x80070005
E_INVALIDARG = 0x80070057
LOCKED_VOLUME = 0x80310000
NOT_ENCRYPTED = 0x80310001
NOT_ACTIVATED = 0x80310008
KEY_REQUIRED = 0x8031001D
NOT_DATA_VOLUME = 0x80310019
PROTECTION_DISABLED = 0x80310021
RECOVERY_KEY_REQUIRED = 0x80310022
FAILED_AUTHENTICATION = 0x80310027
CANNOT_ENCRYPT_NO_KEY = 0x8031002E
PROTECTOR_NOT_FOUND = 0x80310033
INVALID_PASSWORD_FORMAT = 0x80310035
NOT_DECRYPTED = 0x80310039
VOLUME_HANDLE_OPEN = 0x80310059
POLICY_RECOVERY_PASSWORD_NOT_ALLOWED = 0x8031005C
FULL_ENCRYPTION_NOT_ALLOWED_ON_TP_STORAGE = 0x803100A5

FULLY_DECRYPTED, FULLY_ENCRYPTED, ENCRYPTING, DECRYPTING = 0, 1, 2, 3
UNPROTECTED, PROTECTED, UNKNOWN = 0, 1, 2
NUMERICAL_PASSWORD = 3
METHODS = (3, 4, 6, 7)
USED_SPACE_ONLY = 1
XTS_AES_128 = 6
GROUP_LIMIT = 720885


def is_recovery_password(text: str) -> bool:
    """48 digits in eight groups of six; each group is divisible by 11 and at most 720885."""
    groups = text.replace(" ", "-").split("-")
    return len(groups) == 8 and all(
        len(g) == 6 and g.isascii() and g.isdigit() and int(g) % 11 == 0 and int(g) <= GROUP_LIMIT for g in groups
    )


def new_recovery_password() -> str:
    """A recovery password as Windows generates one."""
    return "-".join(f"{secrets.randbelow(65536) * 11:06d}" for _unused in range(8))


def _veil(salt: str, text: bytes) -> bytes:
    """Cover or uncover 55 characters: the password must come back from an unlocked volume, and must not lie in a lab's folder in clear."""
    cover = hashlib.sha512(salt.encode()).digest()
    return bytes(a ^ b for a, b in zip(text, cover, strict=False))


@dataclass
class Protector:
    """A key protector: its password is kept veiled, as on a real drive it lies there encrypted."""

    id: str
    type: int
    name: str | None
    salt: str
    veiled: str

    @classmethod
    def new(cls, name: str | None, password: str) -> Protector:
        """A recovery password protector."""
        salt = secrets.token_hex(8)
        veiled = _veil(salt, password.replace(" ", "-").encode()).hex()
        return cls("{" + str(uuid.uuid4()).upper() + "}", NUMERICAL_PASSWORD, name, salt, veiled)

    @property
    def password(self) -> str:
        """The recovery password, as GetKeyProtectorNumericalPassword tells it."""
        return _veil(self.salt, bytes.fromhex(self.veiled)).decode()

    def opens_with(self, password: str) -> bool:
        """Does this password open the volume?"""
        return self.type == NUMERICAL_PASSWORD and password.replace(" ", "-") == self.password


@dataclass
class Encryption:
    """The BitLocker state of a volume. `began` and `seconds` describe a running conversion (real time, epoch)."""

    target: int = FULLY_DECRYPTED
    method: int = 0
    flags: int = 0
    began: float = 0.0
    seconds: float = 0.0
    locked: bool = False
    suspended: bool = False
    auto_unlock: bool = False
    protectors: list[Protector] = field(default_factory=list)

    @classmethod
    def load(cls, state: dict[str, Any]) -> Encryption:
        """From `dataclasses.asdict`."""
        return cls(**{**state, "protectors": [Protector(**p) for p in state["protectors"]]})

    def _share(self) -> float:
        return 1.0 if self.seconds <= 0 else min(1.0, (time.time() - self.began) / self.seconds)

    @property
    def conversion(self) -> int:
        """ConversionStatus of this moment."""
        if self._share() >= 1.0:
            return self.target
        return ENCRYPTING if self.target == FULLY_ENCRYPTED else DECRYPTING

    @property
    def percentage(self) -> int:
        """EncryptionPercentage, whole percent."""
        share = int(self._share() * 100)
        return share if self.target == FULLY_ENCRYPTED else (100 - share if self.seconds else 0)

    @property
    def protection(self) -> int:
        """ProtectionStatus: on only when fully encrypted with its keys in force; unknown while locked."""
        if self.locked:
            return UNKNOWN
        return PROTECTED if self.conversion == FULLY_ENCRYPTED and self.protectors and not self.suspended else UNPROTECTED

    @property
    def activated(self) -> bool:
        """Has BitLocker been set up here at all?"""
        return bool(self.protectors) or self.conversion != FULLY_DECRYPTED

    def protect(self, name: str | None, password: str | None) -> tuple[int, str | None]:
        """ProtectKeyWithNumericalPassword: return code and protector id."""
        if self.locked:
            return LOCKED_VOLUME, None
        if password is not None and not is_recovery_password(password):
            return INVALID_PASSWORD_FORMAT, None
        protector = Protector.new(name, password or new_recovery_password())
        self.protectors.append(protector)
        return S_OK, protector.id

    def encrypt(self, method: int, flags: int, seconds: float) -> int:
        """Encrypt: begins the conversion and returns at once."""
        if self.locked:
            return LOCKED_VOLUME
        if method not in (0, *METHODS) or flags & ~0x10003:
            return E_INVALIDARG
        if not self.protectors:
            return CANNOT_ENCRYPT_NO_KEY
        if self.target == FULLY_ENCRYPTED:
            return S_OK
        self.target, self.method, self.flags, self.began, self.seconds = FULLY_ENCRYPTED, method or XTS_AES_128, flags, time.time(), seconds
        return S_OK

    def decrypt(self, seconds: float) -> int:
        """Decrypt: begins the way back; the protectors stay until it is done."""
        if self.locked:
            return LOCKED_VOLUME
        self.target, self.method, self.began, self.seconds = FULLY_DECRYPTED, 0, time.time(), seconds
        return S_OK

    def why_not_lock(self, in_use: bool) -> int:
        """The code with which Lock refuses, or S_OK."""
        if self.conversion == FULLY_DECRYPTED:
            return NOT_ENCRYPTED
        if self.protection != PROTECTED and not self.locked:
            return PROTECTION_DISABLED
        if not any(p.type == NUMERICAL_PASSWORD for p in self.protectors):
            return RECOVERY_KEY_REQUIRED
        return E_ACCESSDENIED if in_use else S_OK

    def why_not_unlock(self, password: str) -> int:
        """The code with which UnlockWithNumericalPassword refuses, or S_OK."""
        if not self.activated:
            return NOT_ACTIVATED
        if not any(p.type == NUMERICAL_PASSWORD for p in self.protectors):
            return PROTECTOR_NOT_FOUND
        if not is_recovery_password(password):
            return INVALID_PASSWORD_FORMAT
        return S_OK if any(p.opens_with(password) for p in self.protectors) else FAILED_AUTHENTICATION
