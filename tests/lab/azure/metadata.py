# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`/metadata/endpoints`: the description of a cloud that clients of sovereign and private clouds read first."""

from __future__ import annotations

from typing import Any

from .. import names
from .messages import Request, Response


def endpoints(cloud: Any, request: Request) -> Response:
    """2015-01-01 answers one small object, 2022-09-01 and newer one object, the versions between an array of one."""
    base = request.base
    if request.version < "2018":
        return Response(
            200,
            {
                "galleryEndpoint": "",
                "graphEndpoint": base,
                "portalEndpoint": base,
                "authentication": {"loginEndpoint": base, "audiences": [base]},
            },
        )
    described = {
        "name": "OfflineSeedLab",
        "portal": base,
        "authentication": {"loginEndpoint": base, "audiences": [base], "tenant": names.TENANT, "identityProvider": "AAD"},
        "graph": base,
        "graphAudience": base,
        "media": base,
        "batch": base,
        "gallery": base,
        "resourceManager": base,
        "sqlManagement": base,
        "vmImageAliasDoc": base,
        "activeDirectoryDataLake": base,
        "suffixes": {
            "storage": "blob.lab.invalid",
            "keyVaultDns": "vault.lab.invalid",
            "acrLoginServer": "acr.lab.invalid",
            "sqlServerHostname": "db.lab.invalid",
        },
    }
    return Response(200, described if request.version >= "2022" else [described])


ROUTES = [("GET", "/metadata/endpoints", endpoints)]
