# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options for signing in to Azure, and what is alike in the documentation of every Azure module."""

from __future__ import annotations


class ModuleDocFragment:
    """The options of the action group C(offlineseed.azure.azure); names and environment variables are those of azure.azcollection."""

    DOCUMENTATION = r"""
options:
  auth_source:
    description:
      - Where the credentials come from.
      - V(auto) takes the first that is there of the options, the environment, C(~/.azure/credentials) and the Azure CLI.
      - V(env) reads the environment, V(credential_file) a section of C(~/.azure/credentials), V(cli) asks C(az), V(msi) uses the managed
        identity of the machine.
      - Of several proofs in one place the first of O(oidc_token), O(oidc_token_file_path), O(secret) and O(x509_certificate_path) is taken.
      - Falls back to the environment variable E(ANSIBLE_AZURE_AUTH_SOURCE), then to V(auto).
    type: str
    choices:
      - auto
      - cli
      - credential_file
      - env
      - msi
  profile:
    description:
      - Section of C(~/.azure/credentials). Falls back to E(AZURE_PROFILE), then to C(default).
    type: str
  subscription_id:
    description:
      - The subscription, a GUID. Falls back to E(AZURE_SUBSCRIPTION_ID), with O(auth_source=cli) to the current subscription of C(az), with
        O(auth_source=msi) to the only subscription that the managed identity sees.
    type: str
  client_id:
    description:
      - Application id of the service principal, or client id of a user-assigned managed identity. Falls back to E(AZURE_CLIENT_ID).
    type: str
  secret:
    description:
      - Client secret of the service principal. Falls back to E(AZURE_SECRET), then to E(AZURE_CLIENT_SECRET).
    type: str
  tenant:
    description:
      - Tenant that the service principal belongs to, a GUID or a domain. Falls back to E(AZURE_TENANT), then to E(AZURE_TENANT_ID).
    type: str
  cloud_environment:
    description:
      - V(AzureCloud), V(AzureUSGovernment) or V(AzureChinaCloud), or the https URL of the ARM endpoint or metadata document of another
        cloud.
      - Falls back to E(AZURE_CLOUD_ENVIRONMENT), with O(auth_source=cli) to the cloud of the subscription in C(az), then to V(AzureCloud).
    type: str
  adfs_authority_url:
    description:
      - Where to sign in, if it is not the place that the cloud names. Falls back to E(AZURE_ADFS_AUTHORITY_URL).
    type: str
  cert_validation_mode:
    description:
      - V(ignore) accepts any TLS certificate, which lets anybody on the way read the secret and the keys of the drives. Prefer
        O(ca_file).
      - Falls back to E(AZURE_CERT_VALIDATION_MODE), then to V(validate).
    type: str
    choices:
      - ignore
      - validate
  x509_certificate_path:
    description:
      - PEM file with certificate and private key of the service principal, in place of O(secret). Falls back to
        E(AZURE_X509_CERTIFICATE_PATH).
    type: path
  thumbprint:
    description:
      - SHA-1 thumbprint that the certificate in O(x509_certificate_path) must have. Falls back to E(AZURE_THUMBPRINT).
    type: str
  oidc_token:
    description:
      - Token (JWT) of a workload, for example of a CI job, that a federated credential of the application trusts.
      - Falls back to E(AZURE_FEDERATED_TOKEN).
    type: str
  oidc_token_file_path:
    description:
      - File with such a token, as Kubernetes writes it. It is read for each sign-in. Falls back to E(AZURE_FEDERATED_TOKEN_FILE).
    type: path
  disable_instance_discovery:
    description:
      - Do not ask login.microsoftonline.com whether the place to sign in is genuine. It is never asked for a cloud that is named by URL.
      - Falls back to E(AZURE_DISABLE_INSTANCE_DISCOVERY).
    type: bool
  ca_file:
    description:
      - PEM file with the certificates to trust, for a private cloud or a TLS inspecting proxy. Without it requests decides
        (E(REQUESTS_CA_BUNDLE)).
    type: path
  token_cache:
    description:
      - V(file) keeps the access token (not the secret) for the next task, and the description of a cloud that is named by URL for an
        hour, in files of mode 0600 in a folder of mode 0700, C(~/.cache/offlineseed.azure/tokens) or the same below E(XDG_CACHE_HOME).
      - V(none) signs in anew in every task.
    type: str
    choices:
      - file
      - none
    default: file
requirements:
  - azure-identity >= 1.17.1
  - azure-mgmt-resource >= 23.0.0
  - azure-mgmt-storageimportexport
  - azure-storage-blob >= 12.19.0
notes:
  - The task runs in the process of ansible-playbook on the controller, whatever host it is for; that is where the Python packages have to
    be. Only when it is delegated to another host than the controller it runs there, as an ordinary module.
  - E(AZURE_SUBSCRIPTION_ID) and its kin are read from the environment of ansible-playbook and from the keyword C(environment).
  - azure-mgmt-storageimportexport installs the retired library adal. It is never imported.
"""
