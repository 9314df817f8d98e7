# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about the copy host: what it is, and which policies stand in the way of BitLocker and of the worker."""

from __future__ import annotations

from .agent import ARTICLE
from .rule import BLOCK, COPY_HOST, Rule

REQUIREMENTS = "Microsoft, Azure Import/Export system requirements (storage-import-export-requirements)"
POLICY = "Microsoft, BitLocker policy settings (HKLM\\SOFTWARE\\Policies\\Microsoft\\FVE)"
ENCRYPTION_METHODS = {3: "Aes128", 4: "Aes256", 6: "XtsAes128", 7: "XtsAes256"}


def _physical(facts):
    if not facts.need("copy.host.virtual"):
        return None
    return (
        f"the copy host {facts.ask('copy.host.name', '')} is a virtual machine ({facts.ask('copy.host.manufacturer', '')}"
        f" {facts.ask('copy.host.model', '')})"
    )


def _bitlocker(facts):
    return None if facts.need("copy.host.bitlocker") else "BitLocker is not installed on the copy host"


def _fips(facts):
    return "the copy host enforces FIPS algorithms" if facts.need("copy.host.fips") else None


def _language(facts):
    seen = facts.need("copy.host.language_mode")
    return None if str(seen).replace(" ", "").lower() == "fulllanguage" else f"PowerShell on the copy host runs in {seen}"


def policy(facts, name):
    """Number of a BitLocker policy, or None where it is not set; the whole table has to be told."""
    told = {key.lower(): value for key, value in facts.need("copy.host.policies").items()}
    value = told.get(name.lower())
    return None if value is None or value == "" else int(value)


def _policy(name, wrong, says):
    def check(facts):
        seen = policy(facts, name)
        return f"the policy {name} is {seen}: {says}" if seen is not None and wrong(seen, facts) else None

    return check


def _other_method(seen, facts):
    return ENCRYPTION_METHODS.get(seen) != (facts.input("seed_encryption_method") or "Aes256")


RULES = (
    Rule(
        "CP-01",
        BLOCK,
        COPY_HOST,
        "the copy host is a physical machine",
        "Set seed_copy_host to a physical Windows computer that drives can be attached to.",
        ARTICLE,
        _physical,
    ),
    Rule(
        "CP-02",
        BLOCK,
        COPY_HOST,
        "BitLocker is installed on the copy host",
        "On a server: Install-WindowsFeature BitLocker -IncludeManagementTools, then restart it.",
        REQUIREMENTS,
        _bitlocker,
    ),
    Rule(
        "FV-01",
        BLOCK,
        COPY_HOST,
        "BitLocker policy allows recovery passwords on fixed data drives",
        "Allow 48-digit recovery passwords in Choose how BitLocker-protected fixed drives can be recovered: the datacenter opens the drives"
        " with one.",
        POLICY,
        _policy("FDVRecoveryPassword", lambda seen, facts: seen == 0, "recovery passwords are forbidden"),
    ),
    Rule(
        "FV-02",
        BLOCK,
        COPY_HOST,
        "BitLocker policy does not make encryption wait for a backup to Active Directory",
        "Clear 'Do not enable BitLocker until recovery information is stored to AD DS' for fixed drives on the copy host.",
        POLICY,
        _policy("FDVRequireActiveDirectoryBackup", lambda seen, facts: seen == 1, "encryption waits for a backup of the key to AD"),
    ),
    Rule(
        "FV-03",
        BLOCK,
        COPY_HOST,
        "BitLocker policy leaves the encryption type of fixed drives open, or asks for used space only",
        "Set 'Enforce drive encryption type on fixed data drives' to not configured on the copy host: blank drives are encrypted as they"
        " fill.",
        POLICY,
        _policy("FDVEncryptionType", lambda seen, facts: seen == 1, "full encryption is enforced"),
    ),
    Rule(
        "FV-04",
        BLOCK,
        COPY_HOST,
        "BitLocker policy allows writing to drives that are not encrypted yet",
        "Clear 'Deny write access to fixed drives not protected by BitLocker' on the copy host: a drive is formatted before it is"
        " encrypted.",
        POLICY,
        _policy("FDVDenyWriteAccess", lambda seen, facts: seen == 1, "unprotected fixed drives are read-only"),
    ),
    Rule(
        "FV-05",
        BLOCK,
        COPY_HOST,
        "BitLocker policy sets no other encryption method for fixed drives",
        "Set the method of fixed drives to AES-CBC 256-bit (or not configured) in 'Choose drive encryption method and cipher strength' on"
        " the copy host.",
        POLICY,
        _policy("EncryptionMethodWithXtsFdv", _other_method, "another encryption method is enforced"),
    ),
    Rule(
        "FP-01",
        BLOCK,
        COPY_HOST,
        "the copy host does not enforce FIPS algorithms",
        "Use a copy host without 'System cryptography: Use FIPS compliant algorithms': the manifest of an import job is made of MD5, which"
        " that policy switches off.",
        "Microsoft, DriveManifest format of Azure Import/Export; FIPS policy of Windows",
        _fips,
    ),
    Rule(
        "LM-01",
        BLOCK,
        COPY_HOST,
        "PowerShell on the copy host runs in FullLanguage mode",
        "Exempt the account that Ansible uses from AppLocker or WDAC script rules on the copy host, or use another copy host.",
        "Microsoft, about_Language_Modes",
        _language,
    ),
)
