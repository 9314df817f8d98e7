# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The key pair of a vault credentials file: made here, its public half for the vault, both halves as a PFX for the agent.

Source: Azure/azure-powershell, CertUtils of RecoveryServices (subject, key size, usage, lifetime).
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from . import vault_credentials_pfx as pfx

SUBJECT = "Windows Azure Tools"
KEY_BITS = 2048
SET_BACK = timedelta(hours=3)  # between not-before and the making, for clocks that differ


@dataclass(frozen=True)
class Pair:
    """A certificate with its private key. `secret` (base64 of the PFX) is shown to nobody."""

    thumbprint: str
    issued_at: datetime
    expires_at: datetime
    public: str = field(repr=False)
    secret: str = field(repr=False)


def make(friendly_name: str, now: datetime, hours: int) -> Pair:
    """A new pair that is valid for `hours` from `now`."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, SUBJECT)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SET_BACK)
        .not_valid_after(now + timedelta(hours=hours))
        .add_extension(x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return _pair(certificate, base64.b64encode(pfx.write(key, certificate, friendly_name)).decode())


def read(secret: str) -> Pair | None:
    """The pair in a PFX without password, in base64; None where there is none, or key and certificate do not belong together."""
    from cryptography.hazmat.primitives.serialization import pkcs12

    try:
        key, certificate, _more = pkcs12.load_key_and_certificates(base64.b64decode(secret, validate=True), None)
    except ValueError:
        return None
    if key is None or certificate is None or key.public_key() != certificate.public_key():
        return None
    return _pair(certificate, secret)


def _pair(certificate, secret: str) -> Pair:
    from cryptography.hazmat.primitives import hashes, serialization

    thumbprint = certificate.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303 - a name by convention, no protection
    public = base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()
    return Pair(thumbprint, _utc(certificate, "not_valid_before") + SET_BACK, _utc(certificate, "not_valid_after"), public, secret)


def _utc(certificate, name: str) -> datetime:
    """An aware time; cryptography has them since 42."""
    aware = getattr(certificate, f"{name}_utc", None)
    return aware or getattr(certificate, name).replace(tzinfo=timezone.utc)
