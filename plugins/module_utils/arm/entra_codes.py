# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Entra's error numbers mean, which option to correct and how: a table for the code, the documentation and the tests."""

from __future__ import annotations

from .error_codes import ErrorCode

ENTRA = (
    ErrorCode(
        "AADSTS7000215",
        "The secret is wrong.",
        "the secret is wrong (its value is wanted, not its id): correct secret / AZURE_SECRET",
        "entra",
        option="secret",
    ),
    ErrorCode(
        "AADSTS7000222",
        "The secret or certificate has expired.",
        "the secret has expired: make a new one and set secret / AZURE_SECRET",
        "entra",
        option="secret",
    ),
    ErrorCode(
        "AADSTS7000216",
        "Neither secret nor certificate was sent.",
        "a secret or certificate is missing: set secret / AZURE_SECRET or x509_certificate_path",
        "entra",
        option="secret",
    ),
    ErrorCode(
        "AADSTS700016",
        "The tenant knows no such application.",
        "the tenant knows no such application: correct client_id / AZURE_CLIENT_ID or tenant / AZURE_TENANT",
        "entra",
        option="client_id",
    ),
    ErrorCode(
        "AADSTS7000229",
        "The application has no service principal in this tenant.",
        "the application has no service principal in this tenant: create one, or correct tenant / AZURE_TENANT",
        "entra",
        option="client_id",
    ),
    ErrorCode(
        "AADSTS7000112",
        "The application is disabled.",
        "the application is disabled: have the tenant's administrator enable it, or use another client_id",
        "entra",
        option="client_id",
    ),
    ErrorCode(
        "AADSTS700027",
        "The application does not know this certificate.",
        "the application does not know this certificate: upload it, or correct x509_certificate_path",
        "entra",
        option="x509_certificate_path",
    ),
    ErrorCode(
        "AADSTS700024",
        "The assertion is not valid at this time.",
        "the token of the workload has expired, or the clock of this machine is wrong: renew oidc_token, or correct the clock",
        "entra",
        option="oidc_token",
    ),
    ErrorCode(
        "AADSTS700211",
        "The application has no federated credential for the issuer of this token.",
        "no federated credential of the application names this issuer: add one, or correct client_id / AZURE_CLIENT_ID",
        "entra",
        option="oidc_token",
    ),
    ErrorCode(
        "AADSTS700213",
        "The application has no federated credential for the subject of this token.",
        "no federated credential of the application names this subject: add one, or correct client_id / AZURE_CLIENT_ID",
        "entra",
        option="oidc_token",
    ),
    ErrorCode(
        "AADSTS70021",
        "No federated credential of the application fits this token.",
        "compare issuer, subject and audience of the federated credential with those of the token",
        "entra",
        option="oidc_token",
    ),
    ErrorCode(
        "AADSTS50027",
        "The token of the workload is no valid JWT.",
        "oidc_token is no valid token: look at oidc_token or the file of oidc_token_file_path",
        "entra",
        option="oidc_token",
    ),
    ErrorCode(
        "AADSTS90002",
        "There is no such tenant.",
        "there is no such tenant: correct tenant / AZURE_TENANT",
        "entra",
        option="tenant",
    ),
    ErrorCode(
        "AADSTS900023",
        "This is neither a GUID nor a domain of a tenant.",
        "this is no tenant: correct tenant / AZURE_TENANT",
        "entra",
        option="tenant",
    ),
    ErrorCode(
        "AADSTS500011",
        "The tenant does not know the service that the token is for.",
        "correct cloud_environment: the tenant does not know the service of this cloud",
        "entra",
        option="cloud_environment",
    ),
    ErrorCode(
        "AADSTS53003",
        "A conditional access policy forbids the sign-in.",
        "a conditional access policy forbids it: ask your tenant's administrator",
        "entra",
        option="client_id",
    ),
)

BY_NUMBER = {row.code: row for row in ENTRA}
