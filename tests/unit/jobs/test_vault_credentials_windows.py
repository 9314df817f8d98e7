# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The credentials file as .NET reads it: by the data contract that the agent's side has, and its key from the PFX in it."""

from __future__ import annotations

import datetime
import json
import subprocess

import pytest
from unit.jobs.test_vault_credentials import ANSWER

from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import vault_credentials_certificate, vault_credentials_file

# The contract, as Azure/azure-powershell declares it (names and order).
READER = r"""
$members = ($args[1] -split ',' | ForEach-Object -Begin { $n = 0 } -Process {
    $type = if ($_ -eq 'ResourceId') { 'long' } else { 'string' }
    "[DataMember(Order = $n)] public $type $_ { get; set; }"; $n++ }) -join "`n"
Add-Type -ReferencedAssemblies System.Runtime, System.Runtime.Serialization.Primitives -TypeDefinition @"
using System.Runtime.Serialization;
namespace Microsoft.Azure.Portal.RecoveryServices.Models.Common { [DataContract] public class RSBackupVaultAADCreds { $members } }
"@
$type = [Microsoft.Azure.Portal.RecoveryServices.Models.Common.RSBackupVaultAADCreds]
$stream = [IO.File]::OpenRead($args[0])
$told = [System.Runtime.Serialization.DataContractSerializer]::new($type).ReadObject($stream)
$content = [Convert]::FromBase64String($told.ManagementCert)
$certificate = [System.Security.Cryptography.X509Certificates.X509Certificate2]::new($content)
$key = [System.Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPrivateKey($certificate)
$data = [Text.Encoding]::UTF8.GetBytes('assertion')
$signed = $key.SignData($data, 'SHA256', [System.Security.Cryptography.RSASignaturePadding]::Pkcs1)
$public = [System.Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPublicKey($certificate)
$told.ManagementCert = ''
@{
    told = $told; thumbprint = $certificate.Thumbprint; subject = $certificate.Subject
    usage = @($certificate.Extensions | ForEach-Object { $_.EnhancedKeyUsages } | ForEach-Object { $_.Value })
    signs = $public.VerifyData($data, $signed, 'SHA256', [System.Security.Cryptography.RSASignaturePadding]::Pkcs1)
} | ConvertTo-Json -Depth 4
"""


@pytest.mark.engine
def test_dotnet_reads_every_element_and_signs_with_the_key(pwsh, tmp_path):
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    pair = vault_credentials_certificate.make("vault1-vaultcredentials", now, 48)
    vault = {"name": "vault1", "location": "westeurope"}
    file = tmp_path / "vault1.VaultCredentials"
    file.write_bytes(vault_credentials_file.xml("11111111-2222-3333-4444-555555555555", vault, "rg-ä&b", ANSWER, pair.secret))
    (tmp_path / "reader.ps1").write_text(READER)
    order = ",".join(vault_credentials_file.ORDER)
    command = [pwsh, "-NoProfile", "-NonInteractive", "-File", str(tmp_path / "reader.ps1"), str(file), order]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0 and not done.stderr, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert (found["thumbprint"], found["subject"], found["signs"]) == (pair.thumbprint, "CN=Windows Azure Tools", True)
    assert found["usage"] == ["1.3.6.1.5.5.7.3.2"]
    told = found["told"]
    assert (told["ResourceId"], told["ResourceGroup"], told["IdMgmtRestEndpoint"]) == (
        ANSWER["resourceId"], "rg-ä&b", ANSWER["azureManagementEndpointAudience"],
    )  # fmt: skip
    assert [name for name in vault_credentials_file.ORDER if told[name] is None] == []
