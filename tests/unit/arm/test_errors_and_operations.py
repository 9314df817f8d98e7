# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors in one sentence with what can be done, out of tables; and the page of the documentation that is made of them."""

from __future__ import annotations

import datetime
import json
import socket
import threading
from pathlib import Path

import pages.errors
import pytest
from unit.scripted import GROUP, refusal

from ansible_collections.offlineseed.azure.plugins.module_utils.arm import entra_codes, error_codes, errors, network, retries, roles
from ansible_collections.offlineseed.azure.plugins.module_utils.arm.answer import read as answer_of
from ansible_collections.offlineseed.azure.plugins.module_utils.arm.options import AZURE_OPTIONS
from ansible_collections.offlineseed.azure.plugins.module_utils.arm.write import Write
from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure
from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import service

ROOT = Path(__file__).resolve().parents[3]
THING = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/one"
VERSION = "2023-05-01"
ROWS = (*error_codes.ARM, *error_codes.STORAGE, *entra_codes.ENTRA)
LOCK = f"{THING}/providers/Microsoft.Authorization/locks/DATABOX_SERVICE"


def failure_of(task, method="GET", **options) -> Failure:
    with pytest.raises(Failure) as caught:
        azure = task.connect(**options)
        if method == "GET":
            azure.arm.get("read thing one", THING, VERSION)
        else:
            azure.arm.write("change thing one", Write(method, THING, VERSION, {}))
    return caught.value


class TestTables:
    def test_a_code_stands_in_one_row_with_meaning_cure_and_source(self):
        codes = [row.code for row in ROWS]
        assert len(codes) == len(set(codes))
        for row in ROWS:
            assert row.meaning.endswith(".") and row.cure and not row.cure.endswith(".") and row.source in error_codes.SOURCES, row
            assert row.option is None or row.option in {*AZURE_OPTIONS, "location", "name", "resource_group"}, row

    def test_dates_are_dates(self):
        assert datetime.date.fromisoformat(error_codes.AS_OF) and datetime.date.fromisoformat(roles.AS_OF)

    def test_codes_that_the_collection_acts_on_are_explained(self):
        acted_on = retries.BUSY_CODES | service.REFUSALS | errors.DENIED - {"Forbidden"}
        assert not acted_on - set(error_codes.BY_CODE)

    def test_a_409_that_passes_says_how_long_it_lasts(self):
        assert not [code for code in retries.BUSY_CODES if not error_codes.BY_CODE[code].clock]

    def test_the_page_is_made_of_these_tables(self):
        page = (ROOT / "docs" / "guide_errors.md").read_text(encoding="utf-8")
        assert page == pages.errors.page(), "run `python -m pages` (with PYTHONPATH=tests) and commit docs/guide_errors.md"
        assert not [row.code for row in ROWS if f"| `{row.code}` |" not in page]
        assert not [layer for layer in network.LAYERS if f"| `{layer}` |" not in page]


class TestRefusals:
    def test_409_names_the_lock_in_the_way(self, script, task):
        text = (
            f"The scope '{THING}' cannot perform delete operation because following scope(s) are locked: '{LOCK}'. Please remove the lock."
        )
        script.expect("DELETE", THING, version=VERSION, status=409, json=refusal("ScopeLocked", text))
        failure = failure_of(task, "DELETE")
        assert failure.fields["in_the_way"] == LOCK
        assert "It lasts: until the lock is removed. Cure: remove the lock" in failure.msg

    def test_409_names_the_operation_in_the_way_and_is_tried_again_until_patience_ends(self, script, time, task):
        uri = "https://management.azure.com/subscriptions/s/providers/Microsoft.Storage/locations/westeurope/operations/7?api-version=1"
        text = f"Another operation on this or dependent resource is in progress. To retrieve status of the operation use uri: {uri}."
        for _unused in range(5):
            script.expect("PUT", THING, version=VERSION, status=409, json=refusal("AnotherOperationInProgress", text))
        failure = failure_of(task, "PUT")
        assert failure.fields["in_the_way"] == uri and failure.fields["waited"] == 15 == sum(time.slept)
        assert "It lasts: until that operation ends" in failure.msg and "Tried 5 times, waited 15 seconds." in failure.msg

    @pytest.mark.parametrize(("status", "code"), [(409, "Conflict"), (412, "PreconditionFailed")])
    def test_a_clash_is_not_tried_again_and_says_how_long_it_lasts(self, script, time, task, status, code):
        script.expect("PUT", THING, version=VERSION, status=status, json=refusal(code))
        assert failure_of(task, "PUT").fields["clock"] and not time.slept

    def test_a_clash_with_a_time_tells_that(self, script, task):
        script.expect("PUT", THING, version=VERSION, status=409, json=refusal("Odd"), headers={"Retry-After": "90"})
        assert "It lasts: Azure asks to come back after 90 seconds." in failure_of(task, "PUT").msg

    def test_429_says_how_long_was_waited(self, script, time, task):
        for _unused in range(5):
            script.expect("GET", THING, version=VERSION, status=429, json=refusal("TooManyRequests"), headers={"Retry-After": "20"})
        failure = failure_of(task)
        assert (failure.fields["attempts"], failure.fields["waited"]) == (5, 80) and "Tried 5 times, waited 80 seconds." in failure.msg
        assert time.slept == [20] * 4

    def test_429_that_asks_for_too_much_says_when_to_run_again(self, script, time, task):
        script.expect("GET", THING, version=VERSION, status=429, json=refusal("TooManyRequests"), headers={"Retry-After": "20"})
        script.expect("GET", THING, version=VERSION, status=429, json=refusal("TooManyRequests"), headers={"Retry-After": "3600"})
        failure = failure_of(task)
        assert "Azure asks to wait 3600 seconds after 20 seconds of waiting. Cure: run again in 3600 seconds." in failure.msg
        assert failure.fields["waited"] == 20 and time.slept == [20]

    @pytest.mark.parametrize("method", ["PUT", "POST", "PATCH", "DELETE", "GET"])
    @pytest.mark.parametrize("status", [400, 402, 403, 405, 409, 410, 412, 413, 418, 422, 501])
    def test_what_must_not_be_repeated_is_sent_once(self, script, time, task, method, status):
        script.expect(method, THING, version=VERSION, status=status, json=refusal("Whatever"))
        failure_of(task, method)
        assert not time.slept

    @pytest.mark.parametrize(
        ("body", "told"),
        [
            ({"error": {"code": "Odd", "message": {"lang": "en", "value": "Words."}}}, "Odd: Words."),
            ({"error": {"code": ["x"], "message": 5}}, "HTTP 400: 5"),
            ({"error": {"code": "Odd", "message": "m" * 5000, "details": 5}}, "Odd: " + "m" * 2000 + "…"),
            ({"error": None}, "HTTP 400: the service gave no reason."),
            ({"error": ["x"]}, "HTTP 400: the service gave no reason."),
            ([1], "HTTP 400: the service gave no reason."),
        ],
    )
    def test_odd_bodies_are_told_as_far_as_they_say_something(self, body, told):
        failure = errors.refused("read thing one", answer_of("GET", "https://x/y", 400, {}, json.dumps(body).encode()))
        assert failure.msg.startswith(f"Failed to read thing one: {told}")

    @pytest.mark.parametrize(
        ("action", "role"),
        [
            ("Microsoft.DataBox/register/action", "Data Box Contributor"),
            ("Microsoft.Databox/locations/regionConfiguration/action", "Data Box Reader"),
            ("Microsoft.DataBox/jobs/markDevicesShipped/action", "Data Box Contributor"),
            ("Microsoft.ImportExport/locations/read", "Reader"),
            ("Microsoft.RecoveryServices/Vaults/certificates/write", "Backup Operator"),
            ("Microsoft.RecoveryServices/Vaults/write", "Backup Contributor"),
            ("Microsoft.Authorization/locks/delete", "User Access Administrator"),
            ("Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete", "Storage Blob Data Contributor"),
            ("Microsoft.Unheard/of/write", "Contributor"),
        ],
    )
    def test_the_narrowest_role(self, action, role):
        assert roles.narrowest(action)[0] == role


class TestNetwork:
    """Which of the ends failed: the name, the connection, TLS or HTTP. The proxy has tests of its own."""

    def test_tls_that_is_none(self, task):
        with socket.create_server(("127.0.0.1", 0)) as plain:

            def talk():
                one, _address = plain.accept()
                one.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
                one.close()

            threading.Thread(target=talk, daemon=True).start()
            failure = failure_of(task, cloud_environment=f"https://127.0.0.1:{plain.getsockname()[1]}")
        assert failure.fields["layer"] in ("tls", "answer")

    def test_each_layer_says_what_to_do(self):
        for layer, (text, _sent, cure) in network.LAYERS.items():
            assert text and cure and layer in ("name", "connection", "proxy", "tls", "answer")


class TestLongOperations:
    def write(self, task, method="PUT", timeout=600):
        return task.connect().arm.write("change thing one", Write(method, THING, VERSION, {}), timeout=timeout)

    def begin(self, script, method="PUT", status=202, **headers):
        script.expect(method, THING, version=VERSION, status=status, headers={name.replace("_", "-"): one for name, one in headers.items()})

    def test_the_newest_location_wins_over_the_status_resource(self, script, task):
        self.begin(script, Location=f"{script.url}/results/1", Azure_AsyncOperation=f"{script.url}/status/1")
        script.expect(
            "GET",
            "/results/1",
            status=202,
            headers={"Location": f"{script.url}/results/2", "Azure-AsyncOperation": f"{script.url}/status/2"},
        )
        script.expect("GET", "/results/2", json={"id": THING})
        assert self.write(task) == {"id": THING}

    def test_as_recorded_the_last_location_is_the_resource_itself(self, script, time, task):
        """azure-cli-extensions src/databox, test_databox_custom_disk.yaml: 202 → signed URL → 202, the resource → 200."""
        self.begin(script, Location=f"{script.url}/operationResults/7?api-version=1&t=638&c=MII&s=abc-_&h=x~y", Retry_After="10")
        query = {"api-version": "1", "t": "638", "c": "MII", "s": "abc-_", "h": "x~y"}
        script.expect("GET", "/operationResults/7", query=query, status=202, headers={"Location": script.url + THING + "?api-version=1"})
        script.expect("GET", THING, version="1", json={"id": THING})
        assert self.write(task) == {"id": THING} and time.slept == [10, 0.4]

    def test_a_deletion_ends_with_204(self, script, task):
        self.begin(script, "DELETE", Location=f"{script.url}/results/7-deleteorder")
        script.expect("GET", "/results/7-deleteorder", status=202)
        script.expect("GET", "/results/7-deleteorder", status=204)
        assert self.write(task, "DELETE") is None

    def test_a_signed_url_is_sent_as_it_was_given(self, script, task):
        seen, real = [], script.answer
        script.answer = lambda method, target, *more: seen.append(target) or real(method, target, *more)
        signed = "/op%2Fresults/1?api-version=1&t=a%2Fb%7E%2D&s=x+y%20z&h=%7b&empty=&c=%C3%A9"
        self.begin(script, Location=script.url + signed)
        query = {"api-version": "1", "t": "a/b~-", "s": "x y z", "h": "{", "empty": "", "c": "é"}
        script.expect("GET", "/op%2Fresults/1", query=query, json={})
        self.write(task)
        [asked] = [target for target in seen if target.startswith("/op")]
        assert asked == signed.replace("%7b", "%7B"), "only the case of a digit may change (urllib3 does that)"

    @pytest.mark.parametrize("after", ["0", "-5", "soon", "nan"])
    def test_no_time_that_azure_names_makes_it_be_asked_without_a_pause(self, script, time, task, after):
        self.begin(script, Location=f"{script.url}/op", Retry_After=after)
        script.expect("GET", "/op", status=202, headers={"Retry-After": after})
        script.expect("GET", "/op", json={})
        self.write(task)
        assert time.slept == [0.2, 0.4]

    def test_a_lost_look_is_repeated_and_the_write_is_not(self, script, task):
        self.begin(script, Location=f"{script.url}/op")
        script.expect("GET", "/op", lost=True)
        script.expect("GET", "/op", json={"id": THING})
        assert self.write(task) == {"id": THING}

    @pytest.mark.parametrize(
        ("link", "words"),
        [
            ("https://stranger.example/op", "no token is sent there"),
            ("https://[", "no URL"),
            ("http://{host}/op", "no token is sent there"),
        ],
    )
    def test_a_location_that_leads_astray_gets_no_token(self, script, task, link, words):
        self.begin(script, Location=link.format(host=script.host))
        with pytest.raises(Failure, match=words):
            self.write(task)

    def test_a_location_without_a_host_is_completed(self, script, task):
        self.begin(script, Location="/op?api-version=1")
        script.expect("GET", "/op", version="1", json={"id": THING})
        assert self.write(task) == {"id": THING}

    def test_202_without_any_url_is_over_as_far_as_can_be_told(self, script, task):
        self.begin(script)
        assert self.write(task) is None

    @pytest.mark.parametrize("word", ["Failed", "Canceled"])
    def test_a_status_resource_at_the_location_can_say_that_it_failed(self, script, task, word):
        self.begin(script, Location=f"{script.url}/op")
        script.expect("GET", "/op", json={"status": "Running"})
        script.expect("GET", "/op", json={"status": word, **refusal("Quota", "No more.")})
        with pytest.raises(Failure, match="Failed to change thing one: Quota: No more."):
            self.write(task)
