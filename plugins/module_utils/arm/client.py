# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that one task needs of Azure, put together from its options. Nothing is sent before it is asked for."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property

from .. import task
from ..failure import Failure, refuse
from . import answer, api, cloud, credential, sdk, sources, token_cache
from .blobs import Container
from .exchange import Exchange
from .import_export import ImportExport
from .kept_blobs import KeptBlobs
from .network import trouble_in
from .retries import Pace
from .session import open_session
from .transport import Arm, Signer

CLOUD_SECONDS = 3600  # how long a private cloud's own description is believed
STORAGE_SCOPE = "https://storage.azure.com/.default"


class Azure:
    """A signed-in subscription: `arm` (generic), `import_export`, `container()`, `kept_blobs()`."""

    def __init__(self, params: Mapping, environ: Mapping[str, str], pace: Pace):
        sdk.require()
        self.pace = pace
        self.identity = sources.find(params, environ)
        task.keep_secret(self.identity.secret)
        task.keep_secret(self.identity.oidc_token)
        self._session = open_session(params.get("ca_file"), self.identity.validate)
        self._cache = token_cache.open_cache(params.get("token_cache") or "file", environ)

    @cached_property
    def subscription_id(self) -> str:
        """The subscription that was given; of a managed identity also the only one that it sees."""
        return self.identity.subscription_id or self._only_subscription()

    @cached_property
    def cloud(self) -> cloud.Cloud:
        return cloud.find(self.identity.cloud_environment or "AzureCloud", self._metadata)

    @cached_property
    def credential(self) -> credential.CachedCredential:
        def make():
            return credential.build(self.identity, self.cloud, self._session)

        return credential.CachedCredential(self.identity, self.cloud, self._cache, make, self._sign_in, self.pace.clock)

    @cached_property
    def arm(self) -> Arm:
        return self._arm_of(self.subscription_id)

    @cached_property
    def import_export(self) -> ImportExport:
        return ImportExport(self._session, self._signer, self.arm)

    def container(self, account_url: str, name: str, key: tuple[str, str] | None = None) -> Container:
        """The container `name` behind `account_url`, by account key (account name, key) or by Entra token."""
        renewing = Exchange(self.pace, lambda: self.credential.forget(STORAGE_SCOPE))
        return Container(self._session, renewing, account_url, name, key or self.credential)

    def kept_blobs(self, account_url: str, name: str, key: tuple[str, str] | None = None) -> KeptBlobs:
        """The same for a container that keeps files."""
        renewing = Exchange(self.pace, lambda: self.credential.forget(STORAGE_SCOPE))
        return KeptBlobs(self._session, renewing, account_url, name, key or self.credential)

    @cached_property
    def _signer(self) -> Signer:
        return Signer(self.credential, self.cloud.scope, self.cloud.resource_manager)

    @cached_property
    def _exchange(self) -> Exchange:
        return Exchange(self.pace, self._signer.forget)

    def _arm_of(self, subscription_id: str) -> Arm:
        return Arm(self._session, self._signer, self._exchange, self.cloud.resource_manager, subscription_id, self.credential)

    def _only_subscription(self) -> str:
        """azure.azcollection takes the first of several; which one that is, nobody can say beforehand, so several are refused here."""
        what = "list the subscriptions of the managed identity"
        found = self._arm_of("none").list(what, "/subscriptions", api.SUBSCRIPTIONS)
        ids = sorted(str(one["subscriptionId"]) for one in found if one.get("subscriptionId") and one.get("state", "Enabled") == "Enabled")
        if len(ids) == 1:
            return ids[0]
        seen = f"{len(ids)} subscriptions: {', '.join(ids)}" if ids else "no subscription"
        cure = "set it" if ids else "give the managed identity a role in the subscription"
        raise refuse("subscription_id", None, "set", f"The managed identity sees {seen}. Cure: {cure}.")

    def _metadata(self, url: str) -> object:
        """The metadata document at `url`, out of the cache for CLOUD_SECONDS; None where the server has none."""
        key, now = token_cache.key_of("cloud", url), self.pace.clock()
        held = self._cache.read(key) or {}
        if isinstance(held.get("until"), (int, float)) and held["until"] > now:
            return held.get("document")
        document = self._fetch_metadata(url)
        if document is not None:
            self._cache.write(key, {"until": now + CLOUD_SECONDS, "document": document})
        return document

    def _fetch_metadata(self, url: str) -> object:
        def send() -> answer.Answer:
            got = self._session.request("GET", url, headers={"Accept": "application/json"})
            if got.status_code == 404:
                return answer.Answer("GET", url, 204, got.headers, None)
            return answer.read("GET", url, got.status_code, got.headers, got.content)

        return Exchange(self.pace, _nothing).run(f"read the metadata document {url}", send, url=url).body

    def _sign_in(self, fetch):
        """Run a token request of azure-identity under the task's retry rules; its errors become one sentence."""
        result = None

        def send() -> answer.Answer:
            nonlocal result
            try:
                result = fetch()
            except Failure:
                raise
            except Exception as error:
                # A machine's own service does not come back by waiting; what else the SDKs raise is many things, none documented.
                if trouble_in(error) and self.identity.source != "msi":
                    raise
                got = self._session.last
                if got is None or got.status_code not in RETRIED_SIGN_IN:
                    raise credential.sign_in_failed(error, self.identity, self.cloud) from None
                return answer.read("POST", self.cloud.login, got.status_code, got.headers, got.content)
            return answer.Answer("POST", self.cloud.login, 200, {}, None)

        Exchange(self.pace, _nothing).run("sign in to Azure", send, url=self.cloud.login)
        return result


RETRIED_SIGN_IN = frozenset({429, 500, 502, 503, 504})


def _nothing():
    return None


def connect(params: Mapping, pace: Pace | None = None, environ: Mapping[str, str] | None = None) -> Azure:
    """The Azure of a task: `params` as validated against `AZURE_OPTIONS`. Fails in words when credentials are missing."""
    return Azure(params, os.environ if environ is None else environ, pace or Pace())
