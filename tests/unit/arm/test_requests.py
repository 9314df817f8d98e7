# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading, writing and waiting over ARM: what is sent again, after how long, and what is said when it does not help."""

from __future__ import annotations

import email.utils
import socket

import pytest
from unit.scripted import GROUP, refusal, serving

from ansible_collections.offlineseed.azure.plugins.module_utils.arm import api
from ansible_collections.offlineseed.azure.plugins.module_utils.arm.exchange import AnswerLost
from ansible_collections.offlineseed.azure.plugins.module_utils.arm.write import Write
from ansible_collections.offlineseed.azure.plugins.module_utils.failure import Failure

THING = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/one"
JOB = f"{GROUP}/providers/Microsoft.ImportExport/jobs/srv1"
IE = api.IMPORT_EXPORT
THE_JOB = {"id": JOB, "name": "srv1"}


def read(task, **options):
    return task.connect(**options).arm.get("read thing one", THING, "2023-05-01")


def write(task, method="PUT", body=None):
    return task.connect().arm.write("write thing one", Write(method, THING, "2023-05-01", body))


def patch_job(task):
    request = Write("PATCH", JOB, IE, {"properties": {"state": "Shipping"}})
    return task.connect().import_export.send("ship import job srv1", "rg-seed", "srv1", request)


def failure_of(function, *args, **options) -> Failure:
    with pytest.raises(Failure) as caught:
        function(*args, **options)
    return caught.value


def test_a_resource_that_is_not_there_is_none(script, task):
    script.expect("GET", THING, version="2023-05-01", status=404, json=refusal("ResourceNotFound"))
    assert read(task) is None


@pytest.mark.parametrize("answer", [{"raw": b""}, {"json": None}, {"json": {}}, {"raw": b"<html>Not found</html>"}])
def test_a_404_without_a_word_of_the_service_is_no_missing_resource(script, task, answer):
    script.expect("GET", THING, version="2023-05-01", status=404, **answer)
    assert failure_of(read, task).fields["code"] == "HTTP 404"


@pytest.mark.parametrize("code", ["ResourceGroupNotFound", "SubscriptionNotFound"])
def test_a_missing_group_or_subscription_is_no_missing_resource(script, task, code):
    script.expect("GET", THING, version="2023-05-01", status=404, json=refusal(code, "it could not be found."))
    failure = failure_of(read, task)
    assert failure.msg.startswith(f"Failed to read thing one: {code}: it could not be found. Cure: ")
    assert failure.fields["code"] == code


def test_error_names_verb_object_code_text_and_both_ids(script, task):
    headers = {"x-ms-request-id": "r-7", "x-ms-correlation-request-id": "c-8"}
    script.expect(
        "GET",
        THING,
        version="2023-05-01",
        status=400,
        json=refusal("Bad", "This is bad.", details=[{"message": "So is this."}]),
        headers=headers,
    )
    failure = failure_of(read, task)
    assert failure.msg == "Failed to read thing one: Bad: This is bad. So is this. (request id r-7, correlation id c-8)"
    assert (failure.fields["request_id"], failure.fields["correlation_id"]) == ("r-7", "c-8")


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_passing_error_is_tried_again_with_growing_waits(script, time, task, status):
    for _unused in range(3):
        script.expect("GET", THING, version="2023-05-01", status=status, json=refusal("Busy"))
    script.expect("GET", THING, version="2023-05-01", json={"id": THING})
    assert read(task) == {"id": THING}
    assert time.slept == [1, 2, 4]


def test_the_last_error_keeps_its_words_when_trying_again_did_not_help(script, time, task):
    for _unused in range(5):
        script.expect("GET", THING, version="2023-05-01", status=503, json=refusal("ServerBusy", "Come back."))
    failure = failure_of(read, task)
    told = "Failed to read thing one: ServerBusy: Come back. Cure: run again later. Tried 5 times, waited 15 seconds."
    assert failure.msg.startswith(told)
    assert (failure.fields["attempts"], failure.fields["waited"]) == (5, 15)
    assert time.slept == [1, 2, 4, 8]


def test_retry_after_in_seconds_is_waited_for(script, time, task):
    script.expect("GET", THING, version="2023-05-01", status=429, json=refusal("TooManyRequests"), headers={"Retry-After": "17"})
    script.expect("GET", THING, version="2023-05-01", json={})
    read(task)
    assert time.slept == [17]


def test_retry_after_as_a_date_is_waited_for(script, time, task):
    later = email.utils.formatdate(time.now() + 33, usegmt=True)
    script.expect("GET", THING, version="2023-05-01", status=503, json=refusal("Busy"), headers={"Retry-After": later})
    script.expect("GET", THING, version="2023-05-01", json={})
    read(task)
    assert time.slept == [33]


def test_retry_after_zero_names_no_time(script, time, task):
    script.expect("GET", THING, version="2023-05-01", status=429, json=refusal("TooManyRequests"), headers={"Retry-After": "0"})
    script.expect("GET", THING, version="2023-05-01", json={})
    read(task)
    assert time.slept == [1]


def test_a_retry_after_of_an_hour_ends_the_task_and_says_so(script, time, task):
    script.expect(
        "GET", THING, version="2023-05-01", status=429, json=refusal("TooManyRequests", "Slow down."), headers={"Retry-After": "3600"}
    )
    failure = failure_of(read, task)
    assert "Slow down. Azure asks to wait 3600 seconds. Cure: run again in 3600 seconds." in failure.msg
    assert failure.fields["retry_after"] == 3600
    assert time.slept == []


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "3"}])
def test_a_patch_of_a_job_that_met_503_is_sent_again(script, time, task, headers):
    script.expect("PATCH", JOB, version=IE, status=503, json=refusal("ServerBusy"), headers=headers)
    script.expect("PATCH", JOB, version=IE, body={"properties": {"state": "Shipping"}}, json=THE_JOB)
    assert patch_job(task) == THE_JOB
    assert time.slept == [3 if headers else 1]


@pytest.mark.parametrize("trouble", [{"lost": True}, {"status": 500, "json": refusal("Oops")}, {"status": 504, "json": refusal("Late")}])
def test_a_write_of_a_job_whose_fate_is_unknown_is_not_sent_again(script, task, trouble):
    script.expect("PATCH", JOB, version=IE, **trouble)
    with pytest.raises(AnswerLost):
        patch_job(task)


def test_a_read_whose_answer_is_lost_is_sent_again(script, time, task):
    script.expect("GET", THING, version="2023-05-01", lost=True)
    script.expect("GET", THING, version="2023-05-01", json={"id": THING})
    assert read(task) == {"id": THING}
    assert time.slept == [1]


def test_an_answer_that_never_comes_is_called_that(script, task):
    for _unused in range(5):
        script.expect("GET", THING, version="2023-05-01", lost=True)
    failure = failure_of(read, task)
    assert failure.fields["layer"] == "answer"
    assert script.host in failure.msg and "the connection broke before the answer was complete" in failure.msg


def test_a_page_in_place_of_json_is_called_that(script, task):
    page = b"<html><head><title>Sign in to the proxy</title></head><body>Who are you?</body></html>"
    script.expect("GET", THING, version="2023-05-01", raw=page, headers={"Content-Type": "text/html"})
    failure = failure_of(read, task)
    assert failure.msg.startswith(
        f"Failed to read thing one: the answer of {script.host} is not JSON but text/html: 'Sign in to the proxy'."
    )


def test_a_page_in_place_of_a_job_is_called_that(script, task):
    script.expect("GET", JOB, version=IE, raw=b"<html><title>Portal</title></html>", headers={"Content-Type": "text/html"})
    failure = failure_of(lambda: task.connect().import_export.get("rg-seed", "srv1"))
    assert "is not JSON but text/html: 'Portal'" in failure.msg


def test_a_gateways_error_page_is_told_by_its_title(script, time, task):
    for _unused in range(5):
        script.expect(
            "GET",
            THING,
            version="2023-05-01",
            status=502,
            raw=b"<html><title>Bad gateway</title></html>",
            headers={"Content-Type": "text/html"},
        )
    assert failure_of(read, task).msg.startswith("Failed to read thing one: HTTP 502: Bad gateway Tried 5 times, waited 15 seconds.")


def test_a_server_that_answers_with_half_json_is_called_that(script, task):
    script.expect("GET", THING, version="2023-05-01", raw=b'{"id": ')
    assert "is not JSON but application/json" in failure_of(read, task).msg


def test_a_name_that_does_not_resolve_is_called_that(task, time):
    failure = failure_of(read, task, cloud_environment="https://nowhere.invalid")
    assert failure.fields["layer"] == "name"
    assert "nowhere.invalid: the name of the server could not be resolved" in failure.msg
    assert time.slept == []


def test_a_port_that_nobody_listens_on_is_called_that(task, time):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"https://127.0.0.1:{free.getsockname()[1]}"
    failure = failure_of(read, task, cloud_environment=url)
    assert failure.fields["layer"] == "connection"
    assert len(time.slept) == 4


def test_a_certificate_of_a_stranger_is_called_that_and_the_cure_is_ca_file(task, time):
    failure = failure_of(read, task, ca_file=None)
    assert failure.fields["layer"] == "tls"
    assert "ca_file" in failure.fields["cure"]
    assert time.slept == []


def test_requests_ca_bundle_does_not_overrule_ca_file(script, task, monkeypatch, tmp_path):
    (tmp_path / "other.pem").write_text("")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "other.pem"))
    script.expect("GET", THING, version="2023-05-01", json={})
    assert read(task) == {}


def test_netrc_does_not_replace_the_token(script, task, monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password CANARY-netrc\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    script.expect("GET", THING, version="2023-05-01", json={})
    script.expect("GET", JOB, version=IE, json=THE_JOB)
    read(task)
    task.connect().import_export.get("rg-seed", "srv1")


def test_a_redirect_is_not_followed(script, task):
    script.expect("GET", THING, version="2023-05-01", status=302, headers={"Location": f"{script.url}/elsewhere"})
    assert failure_of(read, task).fields["status"] == 302


def test_all_pages_of_a_list_are_read(script, task):
    script.expect("GET", f"{GROUP}/things", version="1", json={"value": [{"n": 1}], "nextLink": f"{script.url}/next?page=2&token=%7B1%7D"})
    script.expect("GET", "/next", query={"page": "2", "token": "{1}"}, json={"value": [{"n": 2}], "nextLink": f"{script.url}/next?page=3"})
    script.expect("GET", "/next", query={"page": "3"}, json={"value": [], "nextLink": ""})
    assert task.connect().arm.list("list things", f"{GROUP}/things", "1") == [{"n": 1}, {"n": 2}]


def test_a_list_that_goes_round_in_circles_is_left(script, task):
    again = {"value": [{}], "nextLink": f"{script.url}/next?page=2"}
    script.expect("GET", f"{GROUP}/things", version="1", json=again)
    script.expect("GET", "/next", query={"page": "2"}, json=again)
    assert "the list has no end" in failure_of(lambda: task.connect().arm.list("list things", f"{GROUP}/things", "1")).msg


def test_no_token_goes_to_a_host_that_an_answer_names(script, task, authority):
    with serving(authority[1]) as stranger:
        script.expect("GET", f"{GROUP}/things", version="1", json={"value": [], "nextLink": f"{stranger.url}/next"})
        failure = failure_of(lambda: task.connect().arm.list("list things", f"{GROUP}/things", "1"))
        stranger.finish()
    assert f"{stranger.url} was named by an answer of {script.host}; no token is sent there" in failure.msg


def test_the_newest_location_of_a_long_operation_is_followed(script, time, task):
    first, second = f"{script.url}/operations/1?t=a%2Fb", f"{script.url}/operations/2"
    script.expect("PUT", THING, version="2023-05-01", body={"kind": "x"}, status=202, headers={"Location": first, "Retry-After": "7"})
    script.expect("GET", "/operations/1", query={"t": "a/b"}, status=202, headers={"Location": second, "Retry-After": "0"})
    script.expect("GET", "/operations/2", status=202)
    script.expect("GET", "/operations/2", json={"id": THING})
    assert write(task, body={"kind": "x"}) == {"id": THING}
    assert time.slept == [7, 0.4, 0.8]


def test_an_operation_with_a_status_resource_is_followed_to_its_end(script, time, task):
    status = f"{script.url}/status/1"
    script.expect("PUT", THING, version="2023-05-01", status=201, json={"id": THING}, headers={"Azure-AsyncOperation": status})
    script.expect("GET", "/status/1", json={"status": "InProgress"}, headers={"Retry-After": "2"})
    script.expect("GET", "/status/1", json={"status": "Succeeded"})
    write(task)
    assert time.slept == [0.2, 2]


def test_an_operation_that_fails_tells_why(script, task):
    script.expect("PUT", THING, version="2023-05-01", status=201, json={}, headers={"Azure-AsyncOperation": f"{script.url}/status/1"})
    script.expect("GET", "/status/1", json={"status": "Failed", **refusal("Quota", "No more accounts.")})
    assert failure_of(write, task).msg.startswith("Failed to write thing one: Quota: No more accounts.")


def test_an_operation_without_an_end_is_left_to_azure(script, time, task):
    script.expect("PUT", THING, version="2023-05-01", status=202, headers={"Location": f"{script.url}/op", "Retry-After": "400"})
    script.expect("GET", "/op", status=202, headers={"Retry-After": "400"})
    failure = failure_of(write, task)
    assert "Azure is still at it after 400 seconds. Cure: run again; Azure goes on without this task." in failure.msg


def test_a_409_that_only_means_not_now_is_tried_again(script, time, task):
    script.expect("PUT", THING, version="2023-05-01", status=409, json=refusal("StorageAccountOperationInProgress"))
    script.expect("PUT", THING, version="2023-05-01", json={})
    write(task)
    assert time.slept == [1]


def test_provider_registration_is_not_started_behind_the_users_back(script, task):
    script.expect("PUT", JOB, version=IE, status=409, json=refusal("MissingSubscriptionRegistration", "Not registered."))
    request = Write("PUT", JOB, IE, {})
    failure = failure_of(lambda: task.connect().import_export.send("create import job srv1", "rg-seed", "srv1", request))
    assert failure.fields["cure"] == "register the resource provider first (module resource_provider)"


@pytest.mark.parametrize(
    ("action", "role"),
    [
        ("Microsoft.ImportExport/register/action", "Contributor on the subscription"),
        ("Microsoft.ImportExport/jobs/write", "Contributor on the resource group"),
        ("Microsoft.Storage/storageAccounts/write", "Storage Account Contributor on the resource group"),
        ("Microsoft.Storage/storageAccounts/listKeys/action", "Storage Account Key Operator Service Role on the storage account"),
        ("Microsoft.RecoveryServices/Vaults/backupProtectedItems/read", "Backup Reader on the vault"),
    ],
)
def test_403_names_the_missing_action_and_the_narrowest_role(script, task, action, role):
    text = f"The client 'x' does not have authorization to perform action '{action}' over scope '{GROUP}' or the scope is invalid."
    script.expect("GET", THING, version="2023-05-01", status=403, json=refusal("AuthorizationFailed", text))
    failure = failure_of(read, task)
    assert failure.fields["action"] == action
    assert failure.fields["scope"] == GROUP
    assert f"the identity misses the action {action}; the narrowest built-in role with it is {role}" in failure.msg
