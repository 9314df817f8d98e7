# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A PFX without a password as .NET writes it (3DES, SHA-1), the only form that every Windows since Server 2012 R2 imports.

The cryptography library cannot write it: without a password it seals with HMAC-SHA-256, which Windows reads since Server 2019 only, and
its builder refuses an empty password. Nobody is protected by either, as the password is empty: the file's mode protects the key.
Source: RFC 7292 (PKCS #12), appendix B for the key derivation; dotnet/runtime, X509Certificate2.Export.
"""

from __future__ import annotations

import hashlib
import hmac
import os

from ..failure import Failure

ITERATIONS = 2000
EMPTY = b"\x00\x00"  # the empty password as a BMPString with its end
BLOCK, DIGEST = 64, 20  # of SHA-1, in bytes
FOR_KEY, FOR_IV, FOR_MAC = 1, 2, 3

SEQUENCE, SET, INTEGER, OCTETS, NULL, OID, BMP = 0x30, 0x31, 0x02, 0x04, 0x05, 0x06, 0x1E
EXPLICIT_0, IMPLICIT_0 = 0xA0, 0x80


def write(key, certificate, friendly_name: str) -> bytes:
    """PFX of a private key and its certificate (objects of the cryptography library)."""
    from cryptography.hazmat.primitives import hashes, serialization

    private = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    public = certificate.public_bytes(serialization.Encoding.DER)
    key_id = certificate.fingerprint(hashes.SHA1())  # noqa: S303 - a name by convention, no protection
    about = _attributes(key_id, friendly_name)
    shrouded, how = _encrypted(private)
    keys = _der(SEQUENCE, _bag("1.2.840.113549.1.12.10.1.2", _der(SEQUENCE, how, _der(OCTETS, shrouded)), about))
    wrapped = _der(SEQUENCE, _oid("1.2.840.113549.1.9.22.1"), _der(EXPLICIT_0, _der(OCTETS, public)))
    certificates = _der(SEQUENCE, _bag("1.2.840.113549.1.12.10.1.3", wrapped, about))
    safe = _der(SEQUENCE, _data(keys), _encrypted_data(certificates))
    return _der(SEQUENCE, _number(3), _data(safe), _seal(safe))


def _attributes(key_id: bytes, friendly_name: str) -> bytes:
    told = (("1.2.840.113549.1.9.21", _der(OCTETS, key_id)), ("1.2.840.113549.1.9.20", _der(BMP, friendly_name.encode("utf-16-be"))))
    return _der(SET, *sorted(_der(SEQUENCE, _oid(name), _der(SET, value)) for name, value in told))


def _bag(kind: str, content: bytes, attributes: bytes) -> bytes:
    return _der(SEQUENCE, _oid(kind), _der(EXPLICIT_0, content), attributes)


def _data(content: bytes) -> bytes:
    return _der(SEQUENCE, _oid("1.2.840.113549.1.7.1"), _der(EXPLICIT_0, _der(OCTETS, content)))


def _encrypted_data(content: bytes) -> bytes:
    sealed, how = _encrypted(content)
    inner = _der(SEQUENCE, _oid("1.2.840.113549.1.7.1"), how, _der(IMPLICIT_0, sealed))
    return _der(SEQUENCE, _oid("1.2.840.113549.1.7.6"), _der(EXPLICIT_0, _der(SEQUENCE, _number(0), inner)))


def _encrypted(content: bytes) -> tuple[bytes, bytes]:
    """(content under 3DES-CBC, the algorithm identifier pbeWithSHAAnd3-KeyTripleDES-CBC with its salt)."""
    salt = os.urandom(8)
    sealed = _triple_des(_derived(FOR_KEY, salt, 24), _derived(FOR_IV, salt, 8), content)
    parameters = _der(SEQUENCE, _der(OCTETS, salt), _number(ITERATIONS))
    return sealed, _der(SEQUENCE, _oid("1.2.840.113549.1.12.1.3"), parameters)


def _triple_des(key: bytes, iv: bytes, content: bytes) -> bytes:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import ciphers

    try:
        from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
    except ImportError:  # before 43
        from cryptography.hazmat.primitives.ciphers.algorithms import TripleDES
    missing = 8 - len(content) % 8
    try:
        encryptor = ciphers.Cipher(TripleDES(key), ciphers.modes.CBC(iv)).encryptor()
    except UnsupportedAlgorithm:
        cure = "run this task on a controller whose OpenSSL has 3DES (one without FIPS mode), or download the file in the portal"
        raise Failure(f"This controller has no 3DES, which the agent's file needs. Cure: {cure}.", field="path", cure=cure) from None
    return encryptor.update(content + bytes([missing]) * missing) + encryptor.finalize()


def _seal(safe: bytes) -> bytes:
    """MacData: HMAC-SHA-1 over what the PFX holds."""
    salt = os.urandom(8)
    digest = hmac.new(_derived(FOR_MAC, salt, DIGEST), safe, hashlib.sha1).digest()
    algorithm = _der(SEQUENCE, _oid("1.3.14.3.2.26"), _der(NULL))
    return _der(SEQUENCE, _der(SEQUENCE, algorithm, _der(OCTETS, digest)), _der(OCTETS, salt), _number(ITERATIONS))


def _derived(purpose: int, salt: bytes, length: int) -> bytes:
    """RFC 7292 B.2 with SHA-1 and the empty password."""
    mixed = bytearray(_repeated(salt) + _repeated(EMPTY))
    made = b""
    while len(made) < length:
        digest = bytes([purpose]) * BLOCK + bytes(mixed)
        for _round in range(ITERATIONS):
            digest = hashlib.sha1(digest).digest()  # noqa: S324 - the format's own
        made += digest
        step = int.from_bytes((digest * 4)[:BLOCK], "big") + 1
        for start in range(0, len(mixed), BLOCK):
            block = int.from_bytes(mixed[start : start + BLOCK], "big") + step
            mixed[start : start + BLOCK] = (block % (1 << (8 * BLOCK))).to_bytes(BLOCK, "big")
    return made[:length]


def _repeated(text: bytes) -> bytes:
    """`text` again and again up to a whole block."""
    return (text * (BLOCK // len(text) + 1))[:BLOCK]


def _der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def _number(value: int) -> bytes:
    return _der(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    return _der(OID, b"".join(_base_128(arc) for arc in [40 * first + second, *rest]))


def _base_128(arc: int) -> bytes:
    made = [arc & 0x7F]
    while arc := arc >> 7:
        made.append(0x80 | arc & 0x7F)
    return bytes(reversed(made))
