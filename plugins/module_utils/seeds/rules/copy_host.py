# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about the copy host: what it is, and which policies stand in the way of BitLocker and of the worker."""

from __future__ import annotations

from .checks import is_word, never, number_at_least, version
from .rule import BLOCK, COPY_HOST, INFORM, WARN, NotHere, NotTold, Rule
from .source_host import AZURERM, azurerm, browser, reached, tls12

ENCRYPTION_METHODS = {3: "Aes128", 4: "Aes256", 6: "XtsAes128", 7: "XtsAes256"}
NET_451 = 378675
XTS_SINCE = "10.0.10586"
NEWEST_LISTED = "10.0.14393"  # the page lists servers as far as 2012 R2 and Windows 10; what came later is neither listed nor excluded
LONGEST_PATH = 256
STAGED_NAME = 85  # <19 digits>_<n>_<GUID>_BaseBlob
INSTALLED, PENDING = "installed", "install_pending"
RESTART = "CP-08"
WITH_A_TOOL = ("diskprep", "waimportexport")


def _physical(facts):
    if not facts.need("copy.host.virtual"):
        return None
    return (
        f"the copy host {facts.ask('copy.host.name', '')} is a virtual machine ({facts.ask('copy.host.manufacturer', '')}"
        f" {facts.ask('copy.host.model', '')})"
    )


def _bitlocker(facts):
    if facts.need("copy.host.bitlocker") or facts.ask("copy.host.bitlocker_feature") == PENDING:
        return None
    return "BitLocker is not installed on the copy host"


def _restarted(facts):
    """BitLocker is at work after a restart only; it shows as absent until then."""
    if facts.need("copy.host.bitlocker"):
        return None
    feature = facts.ask("copy.host.bitlocker_feature")
    if feature is None:
        raise NotHere("the system tells of no feature BitLocker that could wait for a restart")
    if feature != PENDING:
        return None
    return f"BitLocker is installed on the copy host {facts.ask('copy.host.name', '')}, but the restart that it waits for has not been"


def with_a_tool(facts):
    """Whether one of Microsoft's tools prepares the drives; our own way needs less."""
    return facts.input("seed_disk_prep_method") in WITH_A_TOOL


def _only_with_a_tool(check):
    return lambda facts: check(facts) if with_a_tool(facts) else None


def _listed_windows(facts):
    seen = facts.need("copy.host.os_version")
    new = version(seen) > version(NEWEST_LISTED)
    return f"Windows on the copy host is {seen}, which Microsoft's list for its tools does not name: untested" if new else None


def _elevated(facts):
    seen = facts.look("copy.host.elevated")
    if seen is None:
        raise NotTold("the system does not tell whether the account has an administrator's full rights")
    return None if seen else "the account that Ansible uses on the copy host has no administrator's full rights"


def _xts(facts):
    wanted = facts.input("seed_encryption_method") or "Aes256"
    if not str(wanted).startswith("Xts"):
        return None
    seen = facts.need("copy.host.os_version")
    return None if version(seen) >= version(XTS_SINCE) else f"seed_encryption_method is {wanted}, Windows on the copy host is {seen}"


def _long_paths(facts):
    folder = f"{facts.input('seed_staging_path_on_copy_host')}\\{facts.input('seed_storage_account')}_{facts.input('seed_job_name')}\\"
    length = len(folder) + STAGED_NAME
    if length <= LONGEST_PATH or facts.need("copy.host.long_paths"):
        return None
    return f"staged files have paths of {length} characters, and the copy host does not allow more than {LONGEST_PATH}"


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


POLICIES = ("copy.host.policies",)

RULES = (
    Rule(
        "CP-01",
        BLOCK,
        COPY_HOST,
        "the copy host is a physical machine",
        "Set seed_copy_host to a physical Windows computer that drives can be attached to.",
        ("S1", "S2", "S3"),
        _physical,
        needs=("copy.host.virtual",),
    ),
    Rule(
        "CP-02",
        BLOCK,
        COPY_HOST,
        "BitLocker is installed on the copy host",
        "On a server: set seed_install_prerequisites: true, or run Install-WindowsFeature BitLocker -IncludeAllSubFeature"
        " -IncludeManagementTools there, then restart it. On a client: use an edition with BitLocker.",
        ("S2", "S10"),
        _bitlocker,
        needs=("copy.host.bitlocker",),
        asks=("copy.host.bitlocker_feature",),
        firm=True,
    ),
    Rule(
        "CP-04",
        WARN,
        COPY_HOST,
        "Windows on the copy host is one that Microsoft lists for its own tools, where they prepare the drives",
        "If the tool misbehaves, use a listed Windows (Windows 10, Server 2012 R2 and older).",
        ("S10",),
        _only_with_a_tool(_listed_windows),
        asks=("inputs.seed_disk_prep_method", "copy.host.os_version"),
    ),
    Rule(
        "CP-05",
        BLOCK,
        COPY_HOST,
        "the copy host has .NET Framework 4.5.1 or newer",
        "Install the .NET Framework (4.8 is current).",
        ("S10",),
        number_at_least("copy.host.net_release", NET_451, "the .NET Framework's release number is {seen}"),
        needs=("copy.host.net_release",),
        unknown_blocks=False,
    ),
    Rule(
        "CP-06",
        BLOCK,
        COPY_HOST,
        "Ansible works with an administrator's full rights on the copy host",
        "Use an account of the group Administrators; for local ones see LocalAccountTokenFilterPolicy.",
        ("S2",),
        _elevated,
        needs=("copy.host.elevated",),
        unknown_blocks=False,
    ),
    Rule(
        "CP-07",
        BLOCK,
        COPY_HOST,
        "the copy host reaches Azure on port 443, where one of Microsoft's tools makes the job there",
        "Let the copy host out to login.microsoftonline.com, management.azure.com and the portal.",
        ("S2",),
        _only_with_a_tool(reached("copy.host", "the copy host")),
        asks=("inputs.seed_disk_prep_method", "copy.host.reached"),
        unknown_blocks=False,
    ),
    Rule(
        RESTART,
        BLOCK,
        COPY_HOST,
        "the copy host was restarted since BitLocker was installed",
        "Restart the copy host when nobody works on it: Restart-Computer, or shutdown /r /t 0. Nothing here restarts it.",
        ("S10",),
        _restarted,
        needs=("copy.host.bitlocker",),
        asks=("copy.host.bitlocker_feature",),
        firm=True,
    ),
    Rule(
        "CP-09",
        WARN,
        COPY_HOST,
        "the copy host waits for no restart",
        "Restart it before the drives are filled: a restart in the middle locks them, and updates may force one.",
        ("PRACTICE",),
        never("copy.host.restart_pending", "an installed feature or update waits for a restart of the copy host"),
        needs=("copy.host.restart_pending",),
    ),
    Rule(
        "CP-10",
        WARN,
        COPY_HOST,
        f"the copy host has AzureRM {AZURERM}, where Microsoft's disk preparation tool is used",
        f"Install-Module AzureRM -RequiredVersion {AZURERM}, remove others; not needed if the copy host is the DPM or MABS server.",
        ("S2", "S3"),
        _only_with_a_tool(azurerm("copy.host", "the copy host")),
        asks=("inputs.seed_disk_prep_method", "copy.host.azurerm"),
    ),
    Rule(
        "CP-11",
        BLOCK,
        COPY_HOST,
        "the copy host has a browser to sign in, where Microsoft's disk preparation tool is used",
        "Install Microsoft Edge.",
        ("S2", "S3"),
        _only_with_a_tool(browser("copy.host", "the copy host")),
        asks=("inputs.seed_disk_prep_method", "copy.host.browsers"),
        unknown_blocks=False,
    ),
    Rule(
        "CP-12",
        BLOCK,
        COPY_HOST,
        "TLS 1.2 is on at the copy host, where one of Microsoft's tools makes the job there",
        "Remove the values that switch it off (SCHANNEL, TLS 1.2, Client); before Windows 10 set SchUseStrongCrypto to 1.",
        ("S6",),
        _only_with_a_tool(tls12("copy.host", "the copy host")),
        asks=("inputs.seed_disk_prep_method", "copy.host.tls12", "copy.host.os_version"),
        unknown_blocks=False,
    ),
    Rule(
        "DR-12",
        INFORM,
        COPY_HOST,
        "no staged file has a path of more than 256 characters, or the copy host allows such",
        "Use a shorter staging path, or set LongPathsEnabled to 1 (HKLM\\SYSTEM\\CurrentControlSet\\Control\\FileSystem).",
        ("S12",),
        _long_paths,
        asks=("inputs.seed_staging_path_on_copy_host", "copy.host.long_paths"),
    ),
    Rule(
        "FV-01",
        BLOCK,
        COPY_HOST,
        "BitLocker policy allows recovery passwords on fixed data drives",
        "Allow 48-digit recovery passwords in Choose how BitLocker-protected fixed drives can be recovered: the datacenter opens the drives"
        " with one.",
        ("FVE",),
        _policy("FDVRecoveryPassword", lambda seen, facts: seen == 0, "recovery passwords are forbidden"),
        needs=POLICIES,
    ),
    Rule(
        "FV-02",
        BLOCK,
        COPY_HOST,
        "BitLocker policy does not make encryption wait for a backup to Active Directory",
        "Clear 'Do not enable BitLocker until recovery information is stored to AD DS' for fixed drives on the copy host.",
        ("FVE",),
        _policy("FDVRequireActiveDirectoryBackup", lambda seen, facts: seen == 1, "encryption waits for a backup of the key to AD"),
        needs=POLICIES,
    ),
    Rule(
        "FV-03",
        BLOCK,
        COPY_HOST,
        "BitLocker policy leaves the encryption type of fixed drives open, or asks for used space only",
        "Set 'Enforce drive encryption type on fixed data drives' to not configured on the copy host: blank drives are encrypted as they"
        " fill.",
        ("FVE",),
        _policy("FDVEncryptionType", lambda seen, facts: seen == 1, "full encryption is enforced"),
        needs=POLICIES,
    ),
    Rule(
        "FV-04",
        BLOCK,
        COPY_HOST,
        "BitLocker policy allows writing to drives that are not encrypted yet",
        "Clear 'Deny write access to fixed drives not protected by BitLocker' on the copy host: a drive is formatted before it is"
        " encrypted.",
        ("FVE",),
        _policy("FDVDenyWriteAccess", lambda seen, facts: seen == 1, "unprotected fixed drives are read-only"),
        needs=POLICIES,
    ),
    Rule(
        "FV-05",
        BLOCK,
        COPY_HOST,
        "BitLocker policy sets no other encryption method for fixed drives",
        "Set the method of fixed drives to AES-CBC 256-bit (or not configured) in 'Choose drive encryption method and cipher strength' on"
        " the copy host.",
        ("FVE",),
        _policy("EncryptionMethodWithXtsFdv", _other_method, "another encryption method is enforced"),
        needs=POLICIES,
    ),
    Rule(
        "FV-06",
        BLOCK,
        COPY_HOST,
        "an XTS encryption method is used on Windows 10 1511, Server 2016 or newer only",
        "Set seed_encryption_method to Aes256, which every Windows since 2012 reads.",
        ("PRACTICE",),
        _xts,
        asks=("inputs.seed_encryption_method", "copy.host.os_version"),
    ),
    Rule(
        "FP-01",
        BLOCK,
        COPY_HOST,
        "the copy host does not enforce FIPS algorithms",
        "Use a copy host without 'System cryptography: Use FIPS compliant algorithms': the manifest of an import job is made of MD5, which"
        " that policy switches off.",
        ("IE", "PRACTICE"),
        never("copy.host.fips", "the copy host enforces FIPS algorithms"),
        needs=("copy.host.fips",),
    ),
    Rule(
        "LM-01",
        BLOCK,
        COPY_HOST,
        "PowerShell on the copy host runs in FullLanguage mode",
        "Exempt the account that Ansible uses from AppLocker or WDAC script rules on the copy host, or use another copy host.",
        ("LANG",),
        is_word("copy.host.language_mode", ("fulllanguage",), "PowerShell on the copy host runs in {seen}"),
        needs=("copy.host.language_mode",),
    ),
)
