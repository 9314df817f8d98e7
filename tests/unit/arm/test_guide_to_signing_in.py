# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/guide_signing_in.md is true: each example signs in to the lab, and each option and variable is the code's."""

from __future__ import annotations

import datetime
import json
import os
import re
import time
from pathlib import Path

import jwt
import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from ansible_collections.offlineseed.azure.plugins.module_utils.arm.options import AZURE_OPTIONS, ENVIRONMENT
from ansible_collections.offlineseed.azure.plugins.module_utils.arm.sources import PROOFS
from lab import names
from lab.azure import entra, entra_assertions

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "guide_signing_in.md").read_text(encoding="utf-8")
PEM = serialization.Encoding.PEM


def examples() -> dict[str, dict]:
    """heading → the `seed_azure` below it"""
    found = {}
    for section in re.split(r"^## ", GUIDE, flags=re.MULTILINE)[1:]:
        for text in re.findall(r"^```yaml\n(.*?)^```", section, flags=re.MULTILINE | re.DOTALL):
            document = yaml.safe_load(text)
            if isinstance(document, dict) and "seed_azure" in document:
                found[section.splitlines()[0]] = document["seed_azure"]
    return found


@pytest.fixture
def ready(lab, tmp_path, monkeypatch):
    """What the examples presuppose: key, token, machine identity, az, profile. Returns what stands for the guide's paths."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "seeds")])
    day = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, day, day + datetime.timedelta(9999)).sign(key, hashes.SHA256())
    text = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()) + made.public_bytes(PEM)
    (tmp_path / "seeds.pem").write_bytes(text)
    entra_assertions.register(lab.cloud, "certificates", made.public_bytes(PEM).decode())
    public = key.public_key().public_bytes(PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    entra_assertions.register(lab.cloud, "federated", {"issuer": "https://ci", "subject": "seeds", "key": public})
    claims = {"iss": "https://ci", "sub": "seeds", "aud": entra_assertions.EXCHANGE, "exp": int(time.time()) + 600}
    (tmp_path / "token").write_text(jwt.encode(claims, key, algorithm="RS256"))
    entra_assertions.register(lab.cloud, "identities", "system")
    for variable in ("IDENTITY_ENDPOINT", "MSI_ENDPOINT", "AZURE_CONFIG_DIR"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", lab.url)
    answer = json.dumps({"accessToken": entra._make(lab.cloud, lab.url), "expires_on": int(time.time()) + 3600, "expiresOn": ""})
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "az").write_text(
        f"""#!/bin/sh\ncase "$*" in *show*) echo '{{"id": "{names.SUBSCRIPTION}"}}';; *) echo '{answer}';; esac\n"""
    )
    (tmp_path / "bin" / "az").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    [profile] = re.findall(r"^```ini\n(.*?)^```", GUIDE, flags=re.MULTILINE | re.DOTALL)
    (tmp_path / ".azure").mkdir()
    (tmp_path / ".azure" / "credentials").write_text(profile.replace("secret=...", f"secret={names.CLIENT_SECRET}"))
    return {
        "secret": names.CLIENT_SECRET, "x509_certificate_path": str(tmp_path / "seeds.pem"),
        "oidc_token_file_path": str(tmp_path / "token"),
        "cloud_environment": lab.url, "ca_file": lab.ca,
    }  # fmt: skip


@pytest.mark.parametrize("heading", examples())
def test_each_example_signs_in(lab, ready, heading):
    example = examples()[heading]
    options = {name: ready.get(name, value) for name, value in example.items()}
    given = {"subscription_id": None, "cloud_environment": lab.url, "ca_file": lab.ca, "token_cache": "none", **options}
    assert set(example) <= set(AZURE_OPTIONS)
    assert lab.read(**given) == "Microsoft.ImportExport"


def test_each_way_has_an_example():
    shown = {name for example in examples().values() for name in example}
    ways = {example.get("auth_source") for example in examples().values()}
    assert set(PROOFS) - {"oidc_token", "thumbprint"} <= shown and {"profile", "cloud_environment", "ca_file", "token_cache"} <= shown
    assert {"msi", "cli"} <= ways


def test_the_table_of_variables_is_the_codes():
    rows = dict(re.findall(r"^\| `(\w+)` \| (`[A-Z0-9_`, ]+) \|$", GUIDE, flags=re.MULTILINE))
    assert {name: tuple(re.findall(r"`(\w+)`", told)) for name, told in rows.items()} == ENVIRONMENT
