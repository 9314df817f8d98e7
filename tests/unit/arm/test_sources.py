# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where credentials are looked for, in which order, and what is said when there are none."""

from __future__ import annotations

import pytest
from unit.scripted import SUBSCRIPTION

from ansible_collections.offlineseed.azure.plugins.module_utils.arm import sources
from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure


def failure_of(function, *args, **options) -> Failure:
    with pytest.raises(Failure) as caught:
        function(*args, **options)
    return caught.value


class TestSources:
    def find(self, params, environ=None):
        return sources.find({"auth_source": None, **params}, environ or {})

    @pytest.fixture(autouse=True)
    def home(self, tmp_path, monkeypatch):
        monkeypatch.setenv("HOME", str(tmp_path))
        return tmp_path

    def test_options_come_before_the_environment(self):
        environ = {"AZURE_CLIENT_ID": "env", "AZURE_SECRET": "env", "AZURE_SUBSCRIPTION_ID": SUBSCRIPTION}
        assert self.find({"client_id": "option", "secret": "option"}, environ).client_id == "option"

    def test_a_secret_may_stand_in_the_environment_and_the_rest_in_options(self):
        found = self.find({"client_id": "c", "tenant": "t", "subscription_id": SUBSCRIPTION}, {"AZURE_SECRET": "s"})
        assert (found.source, found.secret) == ("params", "s")

    @pytest.mark.parametrize("names", [("AZURE_SECRET", "AZURE_TENANT"), ("AZURE_CLIENT_SECRET", "AZURE_TENANT_ID")])
    def test_the_environment_is_read_by_both_sets_of_names(self, names):
        environ = {"AZURE_CLIENT_ID": "c", names[0]: "s", names[1]: "t", "AZURE_SUBSCRIPTION_ID": SUBSCRIPTION}
        found = self.find({}, environ)
        assert (found.source, found.client_id, found.secret, found.tenant) == ("env", "c", "s", "t")

    @pytest.mark.parametrize("profile", ["default", "other"])
    def test_a_section_of_the_credentials_file_is_read(self, home, profile):
        (home / ".azure").mkdir()
        (home / ".azure" / "credentials").write_text(f"[{profile}]\nclient_id=c\nsecret=100%s\ntenant=t\nsubscription_id={SUBSCRIPTION}\n")
        found = self.find({"profile": profile} if profile == "other" else {})
        assert (found.source, found.client_id, found.secret) == ("credential_file", "c", "100%s")

    def test_a_credentials_file_that_is_none_is_refused_without_its_content(self, home):
        (home / ".azure").mkdir()
        (home / ".azure" / "credentials").write_text("secret=CANARY\n")
        failure = failure_of(self.find, {"auth_source": "credential_file"})
        assert "INI file" in failure.msg and "CANARY" not in failure.msg

    def test_a_subscription_as_an_option_goes_before_the_sources_own(self):
        other = SUBSCRIPTION.replace("1", "2")
        environ = {"AZURE_CLIENT_ID": "c", "AZURE_SUBSCRIPTION_ID": SUBSCRIPTION}
        assert self.find({"subscription_id": other}, environ).subscription_id == other

    def test_no_credentials_at_all_says_where_was_looked(self):
        failure = failure_of(self.find, {"subscription_id": SUBSCRIPTION})
        assert "No credentials for Azure: looked at the options, the environment, ~/.azure/credentials and the Azure CLI." in failure.msg

    def test_a_login_of_the_cli_is_the_last_resort(self, home):
        (home / ".azure").mkdir()
        (home / ".azure" / "azureProfile.json").write_text("{}")
        assert self.find({"subscription_id": SUBSCRIPTION}).source == "cli"

    def test_a_managed_identity_is_used_only_when_asked_for(self):
        assert self.find({"auth_source": "msi", "subscription_id": SUBSCRIPTION}).source == "msi"

    @pytest.mark.parametrize("value", [None, "", "my subscription", SUBSCRIPTION[:-1]])
    def test_a_subscription_is_a_guid(self, value):
        failure = failure_of(self.find, {"client_id": "c", "subscription_id": value})
        assert failure.fields["field"] == "subscription_id"

    def test_an_unknown_source_in_the_environment_is_refused(self):
        failure = failure_of(self.find, {}, {"ANSIBLE_AZURE_AUTH_SOURCE": "magic"})
        assert (failure.fields["field"], failure.fields["seen"]) == ("auth_source", "magic")

    def test_the_secret_does_not_show_in_the_identitys_text(self):
        found = self.find({"client_id": "c", "secret": "CANARY", "subscription_id": SUBSCRIPTION})
        assert "CANARY" not in repr(found)
