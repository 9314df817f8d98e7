# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a modelled command answers, and how it fails.

An answer is a dict that travels as one JSON line:
`{"objects": [...], "errors": [{"id", "message", "category", "hresult"}], "warnings": [str], "terminating": bool}`.
An object is a dict of properties with three keys of its own: `_type` (class name), `_namespace` (CIM namespace, with `/`) and
`_numbers` (the raw number behind each word, as `CimInstanceProperties[name].Value` shows it). A moment in time is `{"_datetime": "...Z"}`.
"""

from __future__ import annotations

import datetime
from typing import Any

from ..clock import stamp

ACCESS_DENIED = 0x80070005


class WindowsError(Exception):
    """A command of Windows failed: `id` is the FullyQualifiedErrorId, `hresult` an unsigned number (0 = none)."""

    def __init__(self, id: str, message: str, category: str = "NotSpecified", hresult: int = 0, terminating: bool = False) -> None:
        super().__init__(message)
        self.id, self.message, self.category, self.hresult, self.terminating = id, message, category, hresult, terminating

    def record(self) -> dict[str, Any]:
        """The error as it stands in an answer."""
        return {"id": self.id, "message": self.message, "category": self.category, "hresult": self.hresult}


class NotModelled(WindowsError):
    """The lab does not model this: loud, so that nobody mistakes a guess for Windows."""

    def __init__(self, what: str) -> None:
        super().__init__("LabNotModelled", f"The lab does not model {what}.", "NotImplemented", terminating=True)


class AccessDenied(WindowsError):
    """Windows' access is denied, with the account and the reason for the reader of a lab's log."""

    def __init__(self, path: str, account: str, why: str) -> None:
        super().__init__(
            "UnauthorizedAccess",
            f"Access to the path '{path}' is denied.",
            "PermissionDenied",
            ACCESS_DENIED,
        )
        self.path, self.account, self.why = path, account, why


# Labels of MicrosoftDocs/windows-driver-docs, storage-management-api-common-return-codes.md and the method pages.
STORAGE_TEXT = {
    1: "Not Supported",
    2: "Unspecified error",
    4: "Failed",
    5: "Invalid Parameter",
    6: "In Use",
    8: "The requested object could not be found.",
    40000: "Not enough available capacity",
    40001: "Access denied",
    40003: "Cache out of date",
    40004: "I/O error",
    40005: "You must specify a size by using either the Size or the UseMaximumSize parameter, and only one of them.",
    41000: "The disk has not been initialized.",
    41001: "The disk has already been initialized.",
    41002: "The disk is read only.",
    41003: "The disk is offline.",
    41004: "The disk's partition limit has been reached.",
    41006: "A parameter is not valid for this type of partition.",
    41008: "Cannot clear with data partitions present.",
    41009: "Critical disk: the operation is not allowed on a system, boot or page file disk.",
    41010: "The specified partition type is not valid.",
    41012: "The specified offset is not valid.",
    41014: "The disk is not large enough to support a GPT partition style.",
    41019: "The disk must be removed from the cluster first.",
    42002: "The requested access path is already in use.",
    42004: "Cannot assign access paths to hidden partitions.",
    42005: "Cannot remove a volume GUID path.",
    42006: "The drive letter of a boot or page file volume cannot be removed.",
    42007: "The access path is not valid.",
    42010: "Cannot perform the requested operation on a system or critical partition.",
    42012: "The volume already has a drive letter.",
    43001: "The specified file system is not supported.",
    43006: "The drive is read only.",
    43014: "Cannot perform the requested operation when the file system is unknown.",
}


def storage_error(number: int, command: str) -> WindowsError:
    """An error of the Storage module: its id is `StorageWMI NUMBER,COMMAND` and only the number is to be trusted."""
    return WindowsError(f"StorageWMI {number},{command}", STORAGE_TEXT[number], "NotSpecified", 0)


def answer(objects: list[dict[str, Any]] | None = None, warnings: list[str] | None = None) -> dict[str, Any]:
    """A good answer."""
    return {"objects": objects or [], "errors": [], "warnings": warnings or [], "terminating": False}


def failure(error: WindowsError, objects: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """An answer that holds one error and what came before it."""
    return {"objects": objects or [], "errors": [error.record()], "warnings": [], "terminating": error.terminating}


def moment(when: datetime.datetime | None) -> dict[str, str] | None:
    """A time as it travels in an object."""
    return None if when is None else {"_datetime": stamp(when)}
