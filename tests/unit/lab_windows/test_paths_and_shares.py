# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows paths, and who reaches what through a share: the network logon has no second hop."""

from __future__ import annotations

import pytest

from lab import names
from lab.windows import Host, Network, Session
from lab.windows.access import Acl, from_sddl, rule, to_sddl
from lab.windows.answer import AccessDenied, WindowsError
from lab.windows.session import ENGINE

from .conftest import Shell

SHARE = names.STAGING


def test_names_compare_without_case(source: Host) -> None:
    (source.path("C:\\ProgramData") / "Größe").mkdir()
    assert source.path("c:/PROGRAMDATA/gröSSE".replace("SS", "ß")).is_dir()


@pytest.mark.parametrize("path", ["relative\\x", "C:x\\..\\..\\y<", "C:\\a|b", "C:\\con?"])
def test_impossible_path_is_refused(source: Host, path: str) -> None:
    with pytest.raises(WindowsError):
        source.path(path)


def test_missing_drive_is_not_found(source: Host) -> None:
    with pytest.raises(WindowsError) as refused:
        source.path("Q:\\x")
    assert refused.value.id == "DriveNotFound"


def test_volume_path_leads_to_its_files(source: Host) -> None:
    volume = source.storage.lettered("D").volume
    assert (source.path(volume.path + "zz.bin")).stat().st_size == 512


def test_network_logon_has_no_second_hop(source: Host) -> None:
    with pytest.raises(AccessDenied) as refused:
        source.path(SHARE, Session("Administrator", "network"))
    assert "second hop" in refused.value.why


def test_explicit_credential_reaches_the_share(source: Host) -> None:
    who = ("LAB\\Administrator", names.WINRM_PASSWORD)
    assert source.path(SHARE, Session("Administrator", "network", who)).is_dir()


def test_wrong_password_is_a_logon_failure(source: Host) -> None:
    with pytest.raises(WindowsError) as refused:
        source.path(SHARE, Session("Administrator", "network", ("Administrator", "wrong")))
    assert refused.value.hresult == 0x8007052E


def test_system_reaches_the_share_as_the_computer_account(source: Host, copy_host: Host) -> None:
    assert source.path(SHARE, ENGINE, write=True).is_dir()
    copy_host.access.set(names.STAGING_ON_COPY_HOST, Acl(True, [rule("BUILTIN\\Administrators", "FullControl")]))
    with pytest.raises(AccessDenied) as refused:
        source.path(SHARE, ENGINE)
    assert "folder's list" in refused.value.why
    copy_host.shares["staging"]["access"] = [{"who": "BUILTIN\\Administrators", "right": "Full"}]
    with pytest.raises(AccessDenied) as refused:
        source.path(SHARE, ENGINE)
    assert "share's list" in refused.value.why


def test_share_on_the_host_itself_needs_no_second_hop(copy_host: Host) -> None:
    assert copy_host.path(SHARE, Session("Administrator", "network")) == copy_host.path(names.STAGING_ON_COPY_HOST)


def test_system_of_a_workgroup_host_is_anonymous(source: Host) -> None:
    source.facts["part_of_domain"] = False
    with pytest.raises(AccessDenied) as refused:
        source.path(SHARE, ENGINE)
    assert "workgroup" in refused.value.why


def test_unknown_share_and_host_that_is_off(source: Host, copy_host: Host) -> None:
    with pytest.raises(WindowsError) as refused:
        source.path("\\\\COPY1\\nothing", ENGINE)
    assert refused.value.hresult == 0x80070043
    copy_host.stop()
    with pytest.raises(WindowsError) as refused:
        source.path(SHARE, ENGINE)
    assert refused.value.hresult == 0x80070035


def test_access_list_goes_through_sddl_and_back(network: Network, copy_host: Host, shell: Shell) -> None:
    path = "C:\\ProgramData\\worker"
    copy_host.path(path).mkdir()
    sddl = "O:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)"
    shell("Set-Acl", LiteralPath=path, AclObject={"Sddl": sddl})
    told = shell("Get-Acl", LiteralPath=path)[0]
    assert told["AreAccessRulesProtected"]
    assert [(a["IdentityReference"], a["FileSystemRights"]) for a in told["Access"]] == [
        ("NT AUTHORITY\\SYSTEM", "FullControl"), ("BUILTIN\\Administrators", "FullControl"),
    ]  # fmt: skip
    assert from_sddl(told["Sddl"], network.account_names()) == from_sddl(sddl, network.account_names())


def test_accounts_of_the_domain_survive_sddl(network: Network, copy_host: Host) -> None:
    text = to_sddl(copy_host.access, names.STAGING_ON_COPY_HOST)
    assert "LAB\\SRV1$" in [r["who"] for r in from_sddl(text, network.account_names()).rules]


def test_new_drive_on_a_share_answers_the_real_folder(shell: Shell, source: Host) -> None:
    answer = shell("New-PSDrive", Name="x", PSProvider="FileSystem", Root=SHARE)[0]
    assert answer["Root"] == str(shell.host.path(names.STAGING_ON_COPY_HOST))
    refused = source.command("New-PSDrive", {"Name": "x", "PSProvider": "FileSystem", "Root": SHARE})
    assert refused["errors"][0]["category"] == "PermissionDenied"
    with_credential = {"_type": "PSCredential", "username": "LAB\\Administrator", "password": names.WINRM_PASSWORD}
    assert not source.command("New-PSDrive", {"Name": "x", "PSProvider": "FileSystem", "Root": SHARE, "Credential": with_credential})[
        "errors"
    ]
