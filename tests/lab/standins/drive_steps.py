# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of preparing a drive, as `_DriveStep.psm1` and `_DriveProof.psm1` take them: each looks first and does what is left."""

from __future__ import annotations

import hashlib
import pathlib
import shutil
import uuid
from typing import Any

from ..windows.tasks import Task
from . import ModuleFailure
from .drive_facts import drive_facts
from .drive_guard import foreign_partitions, standing_of
from .drive_papers import claim_file, claim_of, set_claim, utc_now
from .drive_volume import (
    Wanted,
    add_key,
    conversion,
    dismount_drive,
    free_of,
    is_protected,
    judgement_of,
    lock_drive,
    mount_drive,
    protectors,
    reset_drive,
    unlock_drive,
    write_first_papers,
)
from .work_folder import ROOT, read_paper, work_folder, write_paper

TASK_PATH = "\\offlineseed\\"
PARTS = ("lists", "worker", "orders", "progress", "proofs", "evidence")
SPARE, BYTES_A_RANGE, RANGE, BYTES_A_FILE = 1 << 20, 200, 4 << 20, 2048
FIPS = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa\\FipsAlgorithmPolicy"


def seed_folder(host: Any, seed: str) -> pathlib.Path:
    """The real folder of a seed's work folder; it need not exist."""
    return host.path(f"{ROOT}\\{seed}")


def new_seed_folders(host: Any, seed: str) -> pathlib.Path:
    """The protected work folder of a seed with its parts."""
    folder = host.path(work_folder(host, seed))
    for part in PARTS:
        (folder / part).mkdir(exist_ok=True)
    return folder


def assert_fit(host: Any) -> None:
    """Refuse a host whose policies keep the copying from working."""
    if host.registry.get(FIPS, "Enabled") == 1:
        raise ModuleFailure(
            "The FIPS policy (FipsAlgorithmPolicy, Enabled = 1) forbids MD5, which the manifest of Azure Import/Export is made of. "
            "Prepare the drives on a host without it."
        )
    if not host.facts.get("bitlocker", True):
        raise ModuleFailure(
            "BitLocker is not installed on this host. Install it (Install-WindowsFeature -Name BitLocker -IncludeAllSubFeature), "
            "restart the host, and run again."
        )


# -- looking ---------------------------------------------------------------------------------------------------------------------
def _worker(host: Any, seed: str) -> dict[str, Any]:
    task = host.tasks.find(seed, TASK_PATH)
    if task is None:
        return {"running": False, "exit": None}
    return {"running": host.tasks.running(task), "exit": task.last_result}


def blank_state(wanted: Wanted, standing: str, reasons: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "serial": wanted["serial"], "size": wanted["size"], "plan_hash": wanted["plan_hash"], "state": "planned", "standing": standing,
        "wipes": False, "holds": [], "files_total": None, "files_done": 0, "bytes_total": None, "bytes_done": 0, "manifest_file": None,
        "manifest_hash": None, "manifest_size": None, "protector": None, "message": None, "evidence": [],
        "reasons": [{"id": r["id"], "text": r["text"]} for r in reasons],
    }  # fmt: skip


def _add_proof(host: Any, wanted: Wanted, state: dict[str, Any]) -> None:
    proof = read_paper(seed_folder(host, wanted["seed"]) / "proofs" / f"{wanted['serial']}.json")
    if proof is None or proof["seed"] != wanted["seed"] or proof["protector"] not in wanted["proven"]:
        return
    state.update({name: proof[name] for name in ("manifest_file", "manifest_hash", "manifest_size", "plan_hash")})
    papers = seed_folder(host, wanted["seed"]) / "evidence" / wanted["serial"]
    state["evidence"] = [one for one in proof.get("evidence") or [] if (papers / one["name"]).exists()]
    state.update(files_total=proof["files"], files_done=proof["files"], bytes_total=proof["bytes"], bytes_done=proof["bytes"])


def _add_progress(host: Any, wanted: Wanted, state: dict[str, Any], worker: dict[str, Any], content: dict[str, Any]) -> None:
    folder, name = seed_folder(host, wanted["seed"]), f"{wanted['serial']}.json"
    progress, order = read_paper(folder / "progress" / name), read_paper(folder / "orders" / name)
    last = content["journal"]["last"] if content["journal"] else None
    state["state"] = "sealed" if last and last.get("event") == "opened" else "interrupted"
    if progress is not None:
        state.update({key: progress[key] for key in ("files_total", "files_done", "bytes_total", "bytes_done", "message")})
    present = order is not None and progress is not None and progress["attempt"] == order["attempt"]
    if worker["running"] and order is not None:
        state["state"] = "copying"
        state["message"] = state["message"] if present else None
    if present and progress["state"] == "failed":
        state["state"] = "failed"
    copying = worker["running"] and present and progress["state"] == "copying"
    if last and last.get("event") == "manifest" and not copying:
        state.update(state="copied", message=None, manifest_file=last["file"], manifest_hash=last["md5"], manifest_size=last["size"])


def _state_of(host: Any, wanted: Wanted, judgement: dict[str, Any], worker: dict[str, Any]) -> dict[str, Any]:
    standing = judgement["standing"]
    state = blank_state(wanted, standing, judgement["reasons"])
    if standing == "absent":
        text = (
            f"no disk of this host shows the serial number '{wanted['serial']}' ({wanted['size']} bytes expected); "
            "attach it and look at its label"
        )
        state.update(state="refused", reasons=[{"id": "absent", "text": text}])
    elif standing == "refused":
        state["state"] = "refused"
    elif standing == "prepared":
        state.update(state="proven", protector=wanted["proven"][0], reasons=[])
        _add_proof(host, wanted, state)
    elif standing == "locked":
        state["message"] = "locked; the escrowed key will be tried"
    elif standing == "ours":
        volume = next(v for v in judgement["drive"]["volumes"] if v["content"] and v["content"]["marker"])
        _add_progress(host, wanted, state, worker, volume["content"])
        state["protector"] = next(iter((volume["encryption"] or {"protectors": []})["protectors"]), None)
        state["state"] = _sealed_state(state["state"], volume["encryption"])
    else:
        state["wipes"] = standing != "blank"
    if judgement["drive"] is not None:
        state["holds"] = holdings(judgement["drive"])
    return state


def _sealed_state(state: str, encryption: dict[str, Any] | None) -> str:
    """A drive without key or encryption is `unsealed`, whatever lies on it; a copied one may still be encrypting."""
    if state == "copying":
        return state
    if encryption is None or not encryption["protectors"] or encryption["conversion"] == "fully_decrypted":
        return "unsealed"
    return "encrypting" if state == "copied" and encryption["conversion"] != "fully_encrypted" else state


def holdings(drive: dict[str, Any]) -> list[str]:
    """What a person is told that a disk holds: each partition but Microsoft's reserved one, with its volume."""
    told = []
    for partition in foreign_partitions(drive):
        volume = next((v for v in drive["volumes"] if v["path"] in partition["access_paths"]), None)
        named = ""
        if volume is not None:
            named = f", volume '{volume['label']}' {volume['file_system']} with {volume['size'] - volume['free']} bytes used"
            if volume["encryption"] and volume["encryption"]["lock"] == "locked":
                named = ", locked by BitLocker"
        told.append(f"{partition['type']} partition of {partition['size']} bytes{named}")
    return told


def states(host: Any, seed: str, wanted: list[Wanted], staging_path: str | None) -> dict[str, Any]:
    """Look at all drives of a seed in one snapshot."""
    facts, worker = drive_facts(host, staging_path), _worker(host, seed)
    return {"drives": [_state_of(host, one, standing_of(facts, one), worker) for one in wanted], "running": worker["running"]}


def _one_state(host: Any, wanted: Wanted) -> dict[str, Any]:
    return states(host, wanted["seed"], [wanted], wanted["staging_path"])["drives"][0]


# -- begin and attach --------------------------------------------------------------------------------------------------------------
def begin(host: Any, wanted: Wanted, key: str, method: str) -> tuple[bool, dict[str, Any]]:
    """Clear, format, mount, mark and encrypt a drive that guard, consent and plan all name; one that is ours goes on."""
    assert_fit(host)
    new_seed_folders(host, wanted["seed"])
    if judgement_of(host, wanted)["standing"] == "locked":
        opened = _open_locked(host, wanted, key, method)
        if opened[1]["standing"] != "locked" or not wanted["wipe"]:
            return opened
        wanted["key_refused"] = True
    judgement, formatted = reset_drive(host, wanted)
    if formatted:
        root, _unused, _unused = mount_drive(host, wanted)
        write_first_papers(host, wanted, root)
        return True, _complete(host, wanted, key, method)[1]
    if judgement["standing"] == "ours":
        return _complete(host, wanted, key, method)
    return False, _state_of(host, wanted, judgement, _worker(host, wanted["seed"]))


def attach(host: Any, wanted: Wanted, key: str, method: str) -> tuple[bool, dict[str, Any]]:
    """Unlock and mount a drive of ours again; never clears or formats."""
    assert_fit(host)
    new_seed_folders(host, wanted["seed"])
    state = _one_state(host, wanted)
    if state["standing"] == "locked":
        return _open_locked(host, wanted, key, method)
    return _complete(host, wanted, key, method) if state["standing"] == "ours" else (False, state)


def _complete(host: Any, wanted: Wanted, key: str, method: str) -> tuple[bool, dict[str, Any]]:
    _unused, volume, mounted = mount_drive(host, wanted)
    claim = claim_of(host, wanted["serial"])
    had_data = claim is None or claim["had_data"] is not False
    protector, sealed = add_key(host, volume, key, method, had_data)
    if claim is None or claim["state"] != "begun" or claim["protector"] != protector:
        set_claim(host, wanted, "begun", protector, had_data)
    return mounted or sealed, _one_state(host, wanted)


def _open_locked(host: Any, wanted: Wanted, key: str, method: str) -> tuple[bool, dict[str, Any]]:
    judgement = judgement_of(host, wanted)
    locked = next(v for v in judgement["drive"]["volumes"] if v["encryption"] and v["encryption"]["lock"] == "locked")
    if not unlock_drive(host, locked["path"], key):
        state = _state_of(host, wanted, judgement, _worker(host, wanted["seed"]))
        text = (
            f"disk {judgement['drive']['number']}, serial '{wanted['serial']}': "
            "it holds a locked BitLocker volume that the escrowed key does not open, "
            "so it is not one that this seed prepared; look at it, or set wipe: true for it"
        )
        return False, state | {"state": "refused", "reasons": [{"id": "key_refused", "text": text}]}
    mount_drive(host, wanted)
    opened = _one_state(host, wanted)
    if opened["standing"] == "refused":
        lock_drive(host, locked["path"])
        dismount_drive(host, wanted)
    return (True, _complete(host, wanted, key, method)[1]) if opened["standing"] == "ours" else (True, opened)


# -- start -------------------------------------------------------------------------------------------------------------------------
def start(host: Any, seed: str, orders: list[tuple[Wanted, str]], staging_path: str, max_rate: int) -> dict[str, Any]:
    """An order for each drive, and the worker runs; a drive that cannot be copied to is `failed` and gets none."""
    assert_fit(host)
    folder = new_seed_folders(host, seed)
    if not _worker(host, seed)["running"]:
        for old in (folder / "orders").glob("*.json"):
            old.unlink()
    refused = {w["serial"]: text for w, sha256 in orders if (text := _order(host, folder, w, sha256, staging_path, max_rate))}
    if len(refused) < len(orders):
        _start_worker(host, seed)
    answer = states(host, seed, [w for w, _unused in orders], staging_path)
    for state in answer["drives"]:
        if state["serial"] in refused:
            state.update(state="failed", message=refused[state["serial"]])
    return answer


def _start_worker(host: Any, seed: str) -> None:
    from .worker import copy_worker

    if _worker(host, seed)["running"]:
        return
    host.workers["copy"] = copy_worker
    text = f"Copies staged files of seed {seed} to its drives"
    host.tasks.register(
        Task(seed, TASK_PATH, "", "stand-in", seed, "S-1-5-18", "ServiceAccount", "HighestAvailable", description=text, worker="copy"), True
    )
    host.tasks.start(host.tasks.find(seed, TASK_PATH))


def _order(host: Any, folder: pathlib.Path, wanted: Wanted, sha256: str, source: str, max_rate: int) -> str | None:
    name = f"{wanted['serial']}.json"
    state = _one_state(host, wanted)
    if state["standing"] != "ours":
        return f"it is {state['standing']}, not open for copying; run again"
    listing = folder / "lists" / f"{wanted['serial']}.jsonl"
    if not listing.exists() or hashlib.sha256(listing.read_bytes()).hexdigest() != sha256.lower():
        return f"{ROOT}\\{wanted['seed']}\\lists\\{listing.name} is missing or torn; run again, it is put again"
    root, volume, _unused = mount_drive(host, wanted)
    done = sum(f.stat().st_size for f in (host.path(root) / "data").glob("*"))
    ranges = round(wanted["bytes"] / RANGE + wanted["files"])
    needed = max(0, wanted["bytes"] - done) + ranges * BYTES_A_RANGE + wanted["files"] * BYTES_A_FILE + SPARE
    free = free_of(host, volume)
    if free < needed:
        return f"it has {free} bytes free, the rest of its files needs {needed} ({needed - free} missing); name a bigger drive"
    (folder / "progress" / name).unlink(missing_ok=True)
    about = {key: wanted[key] for key in ("seed", "serial", "plan_hash")}
    write_paper(
        folder / "orders" / name,
        {
            "v": 1, "attempt": str(uuid.uuid4()), **about, "source": source, "mount": root,
            "list": f"{ROOT}\\{wanted['seed']}\\lists\\{listing.name}", "max_rate": max_rate,
        },
    )  # fmt: skip
    return None


# -- prove and cancel --------------------------------------------------------------------------------------------------------------
def prove(host: Any, wanted: Wanted, key: str) -> tuple[bool, dict[str, Any]]:
    """Lock, unlock with the escrowed key, manifest as the journal says; then lock and unmount for good."""
    state = _one_state(host, wanted)
    if state["state"] != "copied":
        return False, state
    root, volume, _unused = mount_drive(host, wanted)
    complaint = _test_proof(host, state, key, root, volume)
    if complaint:
        return True, state | {"state": "failed", "message": f"not proven: {complaint}"}
    state["evidence"] = _copy_evidence(host, wanted, host.path(root))
    lock_drive(host, volume)
    dismount_drive(host, wanted)
    _save_proof(host, wanted, state)
    return True, state | {"state": "proven", "standing": "prepared", "message": None}


def _test_proof(host: Any, state: dict[str, Any], key: str, root: str, volume: str) -> str | None:
    seen = conversion(host, volume)
    if seen["ConversionStatus"] != 1:
        return f"the encryption stands at {seen['EncryptionPercentage']} % (conversion status {seen['ConversionStatus']})"
    if not is_protected(host, volume):
        return "BitLocker protection is off; resume it (manage-bde -protectors -enable) and run again"
    held = protectors(host, volume, 0)
    if len(held) != 1 or protectors(host, volume, 3) != held:
        raise ModuleFailure(f"the volume has the key protectors {', '.join(held)}, expected one recovery password and nothing else")
    state["protector"] = held[0]
    if complaint := _test_manifest(host, root, state):
        return complaint
    lock_drive(host, volume)
    if not unlock_drive(host, volume, key):
        return (
            "the escrowed key does not open the drive: the escrow file of this drive is not the one it was prepared with; "
            "put it back, or set wipe: true"
        )
    if not is_protected(host, volume):
        return "BitLocker protection is off after unlocking"
    return _test_manifest(host, root, state)


def _test_manifest(host: Any, root: str, state: dict[str, Any]) -> str | None:
    folder = host.path(root)
    if read_paper(folder / "offlineseed" / "marker.json") is None:
        return f"the marker of the drive cannot be read in {root}"
    if not (folder / "DriveManifest.xml").exists():
        return "DriveManifest.xml is not on the drive"
    content = (folder / "DriveManifest.xml").read_bytes()
    seen = hashlib.md5(content, usedforsecurity=False).hexdigest().upper()
    if (len(content), seen) != (state["manifest_size"], state["manifest_hash"]):
        return (
            f"DriveManifest.xml has {len(content)} bytes and MD5 {seen}, "
            f"the journal says {state['manifest_size']} and {state['manifest_hash']}"
        )
    return None


def _copy_evidence(host: Any, wanted: Wanted, root: pathlib.Path) -> list[dict[str, Any]]:
    """Journal and manifest stay behind when the drive leaves."""
    folder, kept = new_seed_folders(host, wanted["seed"]) / "evidence" / wanted["serial"], []
    folder.mkdir(exist_ok=True)
    for path in (root / "DriveManifest.xml", root / "offlineseed" / "journal.jsonl"):
        content = path.read_bytes()
        (folder / path.name).write_bytes(content)
        kept.append({"name": path.name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)})
    return kept


def _save_proof(host: Any, wanted: Wanted, state: dict[str, Any]) -> None:
    folder, name = new_seed_folders(host, wanted["seed"]), f"{wanted['serial']}.json"
    claim = claim_of(host, wanted["serial"])
    about = {key: wanted[key] for key in ("seed", "serial", "size", "plan_hash")}
    manifest = {key: state[key] for key in ("protector", "manifest_file", "manifest_hash", "manifest_size", "evidence")}
    write_paper(
        folder / "proofs" / name, {"v": 1, **about, **manifest, "files": wanted["files"], "bytes": wanted["bytes"], "at": utc_now()}
    )
    set_claim(host, wanted, "proven", state["protector"], claim is None or claim["had_data"] is not False)
    for part in ("orders", "progress"):
        (folder / part / name).unlink(missing_ok=True)
    state.update(files_done=wanted["files"], files_total=wanted["files"], bytes_done=wanted["bytes"], bytes_total=wanted["bytes"])


def cancel(host: Any, seed: str, wanted: list[Wanted], staging_path: str | None) -> dict[str, Any]:
    """The worker is gone, drives of ours are locked and unmounted, their claims given up; nothing on a drive is deleted."""
    task = host.tasks.find(seed, TASK_PATH)
    changed = task is not None
    if task is not None:
        host.tasks.unregister(task)
    before = states(host, seed, wanted, staging_path)["drives"]
    for one, state in zip(wanted, before, strict=True):
        if state["standing"] == "ours":
            _unused, volume, _unused = mount_drive(host, one)
            if is_protected(host, volume):
                lock_drive(host, volume)
            dismount_drive(host, one)
            changed = True
        changed |= _remove_claim(host, one)
    return {"changed": changed, **states(host, seed, wanted, staging_path)}


def _remove_claim(host: Any, wanted: Wanted) -> bool:
    claim = claim_of(host, wanted["serial"])
    if claim is None or claim["seed"] != wanted["seed"]:
        return False
    claim_file(host, wanted["serial"]).unlink()
    for part in ("orders", "progress"):
        (seed_folder(host, wanted["seed"]) / part / f"{wanted['serial']}.json").unlink(missing_ok=True)
    shutil.rmtree(seed_folder(host, wanted["seed"]) / "evidence" / wanted["serial"], ignore_errors=True)
    return True
