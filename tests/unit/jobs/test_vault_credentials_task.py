# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The private key of a credentials file in a real playbook: neither result nor `-vvvv` nor diff shows any of it."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives import serialization
from unit.jobs.test_as_tasks import WHERE, Play
from unit.jobs.test_vault_credentials import ANSWER, CERTIFICATE, NOW, pair_in, read
from unit.jobs.vault_worlds import VERSION, expect_locks, expect_vault, vault

PRIVATE = serialization.PrivateFormat.PKCS8
OPEN = serialization.NoEncryption()


@pytest.fixture
def play(tmp_path, site, task):
    return Play(tmp_path, site, task)


def forms_of_the_key(path):
    """Pieces of the key as it could slip out: the PFX's and the key's base64, its hex, its number. Its first 300 bytes are public."""
    text = read(path)[1]["ManagementCert"]
    key = pair_in(path)[0]
    der = key.private_bytes(serialization.Encoding.DER, PRIVATE, OPEN)
    pem = key.private_bytes(serialization.Encoding.PEM, PRIVATE, OPEN).decode().splitlines()[15]
    return [text[start : start + 40] for start in range(0, len(text) - 40, 400)] + [
        base64.b64encode(der)[900:940].decode(), pem, der.hex()[1400:1440], str(key.private_numbers().d)[:40], "BEGIN PRIVATE KEY",
    ]  # fmt: skip


@pytest.mark.parametrize("where", ["winrm host", "other host"])
def test_a_run_and_its_repetition_show_nothing_of_the_key(script, play, tmp_path, where):
    path = tmp_path / "vault1.VaultCredentials"
    wanted = {"resource_group": "rg-seed", "name": "vault1", "path": str(path), "now": NOW}
    expect_vault(script, vault())
    expect_locks(script)
    script.expect("PUT", CERTIFICATE, version=VERSION, json={"properties": ANSWER})
    expect_vault(script, vault())
    tasks = [{"name": name, "offlineseed.azure.vault_credentials": wanted, **WHERE[where]} for name in ("make", "keep")]
    gone = {"name": "gone", "offlineseed.azure.vault_credentials": {**wanted, "state": "absent"}, "check_mode": True, **WHERE[where]}
    results, printed = play.run(*tasks, gone, arguments=["--diff"])
    assert [results[name]["changed"] for name in ("make", "keep", "gone")] == [True, False, True], printed[-2000:]
    assert results["keep"]["thumbprint"] == results["make"]["thumbprint"] == results["gone"]["diff"]["before"]["thumbprint"]
    assert [piece for piece in forms_of_the_key(path) if piece in printed or piece in str(results)] == []
