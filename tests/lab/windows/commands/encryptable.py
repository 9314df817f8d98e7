# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The methods of Win32_EncryptableVolume, as Invoke-CimMethod calls them: a return code and the out parameters.

Source: MicrosoftDocs/win32, SecProv/*-win32-encryptablevolume.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..answer import NotModelled
from ..encryption import (
    E_INVALIDARG,
    FULL_ENCRYPTION_NOT_ALLOWED_ON_TP_STORAGE,
    FULLY_DECRYPTED,
    KEY_REQUIRED,
    LOCKED_VOLUME,
    NOT_ACTIVATED,
    NOT_DATA_VOLUME,
    NOT_DECRYPTED,
    POLICY_RECOVERY_PASSWORD_NOT_ALLOWED,
    S_OK,
    USED_SPACE_ONLY,
    is_recovery_password,
)
from ..storage import in_use
from ..volume import Volume

if TYPE_CHECKING:
    from ..host import Host

Out = tuple[int, dict[str, Any]]
FVE_POLICY = "HKLM\\SOFTWARE\\Policies\\Microsoft\\FVE"


def _policy(host: Host, name: str) -> Any:
    return host.registry.get(FVE_POLICY, name)


def protect(host: Host, v: Volume, args: dict[str, Any]) -> Out:
    """ProtectKeyWithNumericalPassword."""
    if _policy(host, "FDVRecoveryPassword") == 0:
        return POLICY_RECOVERY_PASSWORD_NOT_ALLOWED, {"VolumeKeyProtectorID": None}
    code, protector = v.encryption.protect(args.get("FriendlyName"), args.get("NumericalPassword"))
    if code == S_OK:
        host.change("protector added", volume=v.guid, protector=protector)
    return code, {"VolumeKeyProtectorID": protector}


def encrypt(host: Host, v: Volume, args: dict[str, Any]) -> Out:
    """Encrypt: a policy may set the method or the kind; thin storage refuses a full conversion."""
    method, flags = int(args.get("EncryptionMethod") or 0), int(args.get("EncryptionFlags") or 0)
    wanted = _policy(host, "EncryptionMethodWithXtsFdv")
    if method and wanted and method != wanted:
        return E_INVALIDARG, {}
    disk, _unused = host.storage.where(v)
    if disk.thin and not flags & USED_SPACE_ONLY:
        return FULL_ENCRYPTION_NOT_ALLOWED_ON_TP_STORAGE, {}
    pace = host.facts.get("encryption_seconds", {"used": 0.3, "full": 1.0})
    code = v.encryption.encrypt(method or wanted or 0, flags, pace["used" if flags & USED_SPACE_ONLY else "full"])
    if code == S_OK:
        host.change("encryption started", volume=v.guid, method=v.encryption.method, flags=flags)
    return code, {}


def decrypt(host: Host, v: Volume, args: dict[str, Any]) -> Out:
    """Decrypt."""
    code = v.encryption.decrypt(0.3)
    if code == S_OK:
        host.change("decryption started", volume=v.guid)
    return code, {}


def conversion_status(host: Host, v: Volume, args: dict[str, Any]) -> Out:
    """GetConversionStatus; a factor n scales the percentage by 10^n."""
    empty = dict.fromkeys(("ConversionStatus", "EncryptionPercentage", "EncryptionFlags", "WipingStatus", "WipingPercentage"), 0)
    if v.locked:
        return LOCKED_VOLUME, empty
    e = v.encryption
    factor = int(args.get("PrecisionFactor") or 0)
    if factor > 4:
        return E_INVALIDARG, empty
    return S_OK, empty | {"ConversionStatus": e.conversion, "EncryptionPercentage": e.percentage * 10**factor, "EncryptionFlags": e.flags}


def protection_status(host: Host, v: Volume, args: dict[str, Any]) -> Out:
    """GetProtectionStatus."""
    return S_OK, {"ProtectionStatus": v.encryption.protection}


def lock_status(host: Host, v: Volume, args: dict[str, Any]) -> Out:
    """GetLockStatus."""
    return S_OK, {"LockStatus": int(v.locked)}


def encryption_method(host: Host, v: Volume, args: dict[str, Any]) -> Out:
    """GetEncryptionMethod."""
    code = LOCKED_VOLUME if v.locked else S_OK
    return code, {
        "EncryptionMethod": 0 if v.locked else v.encryption.method,
        "SelfEncryptionDriveEncryptionMethod": "",
        "EncryptionMethodFlags": 0,
    }


def key_protectors(host: Host, v: Volume, args: dict[str, Any]) -> Out:
    """GetKeyProtectors; works on a locked volume too."""
    kind = int(args.get("KeyProtectorType") or 0)
    if not v.encryption.activated:
        return NOT_ACTIVATED, {"VolumeKeyProtectorID": None}
    return S_OK, {"VolumeKeyProtectorID": [p.id for p in v.encryption.protectors if kind in (0, p.type)]}


def _protector(v: Volume, args: dict[str, Any]) -> Any:
    return next((p for p in v.encryption.protectors if p.id.lower() == str(args.get("VolumeKeyProtectorID")).lower()), None)


def key_protector_type(host: Host, v: Volume, args: dict[str, Any]) -> Out:
    """GetKeyProtectorType."""
    found = _protector(v, args)
    if not v.encryption.activated:
        return NOT_ACTIVATED, {"KeyProtectorType": 0}
    return (S_OK, {"KeyProtectorType": found.type}) if found else (E_INVALIDARG, {"KeyProtectorType": 0})


def key_protector_name(host: Host, v: Volume, args: dict[str, Any]) -> Out:
    """GetKeyProtectorFriendlyName."""
    found = _protector(v, args)
    if not v.encryption.activated:
        return NOT_ACTIVATED, {"FriendlyName": None}
    return (S_OK, {"FriendlyName": found.name}) if found else (E_INVALIDARG, {"FriendlyName": None})


def read_password(host: Host, v: Volume, args: dict[str, Any]) -> Out:
    """GetKeyProtectorNumericalPassword: an unlocked volume tells it."""
    found = _protector(v, args)
    if v.locked:
        return LOCKED_VOLUME, {"NumericalPassword": None}
    if not v.encryption.activated:
        return NOT_ACTIVATED, {"NumericalPassword": None}
    return (S_OK, {"NumericalPassword": found.password}) if found else (E_INVALIDARG, {"NumericalPassword": None})


def delete_protector(host: Host, v: Volume, args: dict[str, Any]) -> Out:
    """DeleteKeyProtector; the last one of an encrypted volume stays."""
    e, found = v.encryption, _protector(v, args)
    if v.locked:
        return LOCKED_VOLUME, {}
    if found is None:
        return (E_INVALIDARG if e.activated else NOT_ACTIVATED), {}
    if len(e.protectors) == 1 and e.conversion != FULLY_DECRYPTED:
        return KEY_REQUIRED, {}
    e.protectors.remove(found)
    host.change("protector removed", volume=v.guid, protector=found.id)
    return S_OK, {}


def suspend(host: Host, v: Volume, args: dict[str, Any]) -> Out:
    """DisableKeyProtectors: the keys lie open until EnableKeyProtectors."""
    if v.locked:
        return LOCKED_VOLUME, {}
    v.encryption.suspended = True
    host.change("protection suspended", volume=v.guid)
    return S_OK, {}


def resume(host: Host, v: Volume, args: dict[str, Any]) -> Out:
    """EnableKeyProtectors."""
    if not v.encryption.protectors:
        return NOT_ACTIVATED, {}
    if v.encryption.suspended:
        v.encryption.suspended = False
        host.change("protection resumed", volume=v.guid)
    return S_OK, {}


def lock(host: Host, v: Volume, args: dict[str, Any]) -> Out:
    """Lock: refuses while a file is open, unless forced."""
    if v.locked:
        return S_OK, {}
    if host.storage.where(v)[1].boot:
        return NOT_DATA_VOLUME, {}
    code = v.encryption.why_not_lock(not args.get("ForceDismount") and in_use(v.folder))
    if code == S_OK:
        host.storage.lock(v)
        host.change("volume locked", volume=v.guid)
    return code, {}


def unlock(host: Host, v: Volume, args: dict[str, Any]) -> Out:
    """UnlockWithNumericalPassword."""
    code = v.encryption.why_not_unlock(str(args.get("NumericalPassword") or ""))
    if code == S_OK and v.locked:
        host.storage.unlock(v)
        host.change("volume unlocked", volume=v.guid)
    return code, {}


def prepare(host: Host, v: Volume, args: dict[str, Any]) -> Out:
    """PrepareVolume and PrepareVolumeEx."""
    return (NOT_DECRYPTED if v.encryption.activated else S_OK), {}


def valid_password(host: Host, v: Volume, args: dict[str, Any]) -> Out:
    """IsNumericalPasswordValid."""
    return S_OK, {"IsNumericalPasswordValid": is_recovery_password(str(args.get("NumericalPassword") or ""))}


def auto_unlock(host: Host, v: Volume, args: dict[str, Any]) -> Out:
    """IsAutoUnlockEnabled."""
    if not v.encryption.activated:
        return NOT_ACTIVATED, {"IsAutoUnlockEnabled": False, "VolumeKeyProtectorID": None}
    return S_OK, {"IsAutoUnlockEnabled": v.encryption.auto_unlock, "VolumeKeyProtectorID": None}


# method: (function, its arguments)
METHODS: dict[str, tuple[Callable[[Host, Volume, dict[str, Any]], Out], frozenset[str]]] = {
    name: (run, frozenset(arguments.split()))
    for name, run, arguments in (
        ("ProtectKeyWithNumericalPassword", protect, "FriendlyName NumericalPassword"),
        ("Encrypt", encrypt, "EncryptionMethod EncryptionFlags"),
        ("Decrypt", decrypt, ""),
        ("GetConversionStatus", conversion_status, "PrecisionFactor"),
        ("GetProtectionStatus", protection_status, ""),
        ("GetLockStatus", lock_status, ""),
        ("GetEncryptionMethod", encryption_method, ""),
        ("GetKeyProtectors", key_protectors, "KeyProtectorType"),
        ("GetKeyProtectorType", key_protector_type, "VolumeKeyProtectorID"),
        ("GetKeyProtectorFriendlyName", key_protector_name, "VolumeKeyProtectorID"),
        ("GetKeyProtectorNumericalPassword", read_password, "VolumeKeyProtectorID"),
        ("DeleteKeyProtector", delete_protector, "VolumeKeyProtectorID"),
        ("DisableKeyProtectors", suspend, "DisableCount"),
        ("EnableKeyProtectors", resume, ""),
        ("Lock", lock, "ForceDismount"),
        ("UnlockWithNumericalPassword", unlock, "NumericalPassword"),
        ("PrepareVolume", prepare, "DiscoveryVolumeType ForceEncryptionType"),
        ("PrepareVolumeEx", prepare, "DiscoveryVolumeType InitializationFlags"),
        ("IsNumericalPasswordValid", valid_password, "NumericalPassword"),
        ("IsAutoUnlockEnabled", auto_unlock, ""),
    )
}


def call(host: Host, volume: Volume, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Call a method by name (without case): the object that Invoke-CimMethod returns, ReturnValue an unsigned number."""
    name = next((n for n in METHODS if n.lower() == method.lower()), None)
    if name is None:
        raise NotModelled(f"the method {method} of Win32_EncryptableVolume")
    run, known = METHODS[name]
    strangers = {a for a in arguments if a.lower() not in {k.lower() for k in known}}
    if strangers:
        raise NotModelled(f"argument {', '.join(sorted(strangers))} of {name}")
    spelt = {k: v for k in known for a, v in arguments.items() if a.lower() == k.lower()}
    code, out = run(host, volume, spelt)
    return {"_type": "CimMethodResult", "ReturnValue": code, **out, "PSComputerName": None}
