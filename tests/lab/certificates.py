# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's own certificate authority: one CA and one server certificate a folder, kept so that a loaded lab is still trusted."""

from __future__ import annotations

import dataclasses
import os
import pathlib

import trustme

NAMES = ("127.0.0.1", "localhost", "::1")


@dataclasses.dataclass(frozen=True)
class Certificates:
    """Paths of PEM files: what clients trust, and what the lab's servers show."""

    ca: pathlib.Path
    chain: pathlib.Path
    key: pathlib.Path


def ensure(folder: pathlib.Path) -> Certificates:
    """The certificates of a lab folder, made at the first call."""
    made = Certificates(folder / "ca.pem", folder / "server.pem", folder / "server.key")
    if not all(path.exists() for path in (made.ca, made.chain, made.key)):
        _make(made)
    return made


def _make(made: Certificates) -> None:
    authority = trustme.CA(organization_name="offlineseed.azure lab", key_type=trustme.KeyType.ECDSA)
    server = authority.issue_cert(*NAMES, common_name="localhost", key_type=trustme.KeyType.ECDSA)
    authority.cert_pem.write_to_path(made.ca)
    made.chain.write_bytes(b"".join(blob.bytes() for blob in server.cert_chain_pems))
    with os.fdopen(os.open(made.key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(server.private_key_pem.bytes())
