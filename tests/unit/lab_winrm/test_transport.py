# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stock clients (pywinrm, pypsrp) talk to the WSMan server, and every planned fault shows as such a fault does on Windows."""

from __future__ import annotations

import contextlib
import pathlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.wsman import WSMan
from winrm.exceptions import InvalidCredentialsError, WinRMOperationTimeoutError, WinRMTransportError, WSManFaultError
from winrm.protocol import Protocol

from lab import certificates
from lab.powershell.pool import Outcome, Running
from lab.winrm import Faults, WinRm

PASSWORD = "CANARY-password"


class Echo:
    """In place of an engine: answers a script with its own text, `seconds` later, or with `size` bytes."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.stopped = threading.Event()

    def add(self, host: Any) -> None:
        """Nothing to prepare."""

    def stop_processes(self, host: Any) -> None:
        """The host went down."""
        self.stopped.set()

    def run_script(
        self, host: Any, script: str, account: str, stdin: bytes = b"", running: Running | None = None, plain_errors: bool = False
    ) -> Outcome:
        """`wait N` sleeps, `size N` answers N bytes, `fail` ends with code 3, everything else is repeated."""
        self.ran.append(script)
        word, _blank, number = script.replace("\nexit $LASTEXITCODE", "").partition(" ")
        if word == "wait":
            deadline = time.monotonic() + float(number)
            while time.monotonic() < deadline:
                if self.stopped.is_set() or (running is not None and running.ended):
                    return Outcome(None, b"", b"")
                time.sleep(0.02)
        if word == "size":
            return Outcome(0, b"x" * int(number), b"")
        return Outcome(3 if word == "fail" else 0, f"{account}: {script}".encode(), b"seen\n" if word == "fail" else b"")


@pytest.fixture
def server(host: Any, tmp_path: pathlib.Path):
    """(port, CA file, faults, engine) of one listening host."""
    made, faults, engine = certificates.ensure(tmp_path), Faults(), Echo()
    winrm = WinRm(faults)
    port = winrm.start(host, made, engine, {"Administrator": PASSWORD})
    yield port, str(made.ca), faults, engine
    winrm.stop()


def client(server: Any, user: str = "Administrator", password: str = PASSWORD, timeout: int = 5) -> Protocol:
    """A pywinrm client."""
    return Protocol(
        f"https://127.0.0.1:{server[0]}/wsman",
        transport="basic",
        username=user,
        password=password,
        ca_trust_path=server[1],
        operation_timeout_sec=timeout,
        read_timeout_sec=timeout + 5,
    )


@contextlib.contextmanager
def runspace_pool(server: Any, auth: str = "basic") -> Iterator[RunspacePool]:
    """An open pool of a pypsrp client."""
    with (
        WSMan("127.0.0.1", port=server[0], username="Administrator", password=PASSWORD, auth=auth, cert_validation=server[1]) as wsman,
        RunspacePool(wsman) as pool,
    ):
        yield pool


def run(protocol: Protocol, command: str) -> tuple[bytes, bytes, int]:
    """Open a shell, run, close."""
    shell = protocol.open_shell(codepage=65001)
    try:
        started = protocol.run_command(shell, command)
        return protocol.get_command_output(shell, started)
    finally:
        protocol.close_shell(shell)


def test_a_command_gives_output_errors_and_code(server: Any) -> None:
    assert run(client(server), "fail now") == (b"Administrator: fail now\r\n", b"seen\r\n", 3)


@pytest.mark.parametrize("user", ["administrator", "SRV1\\Administrator", ".\\Administrator"])
def test_a_local_account_has_several_spellings(server: Any, user: str) -> None:
    assert run(client(server, user), "hi")[0] == b"Administrator: hi\r\n"


@pytest.mark.parametrize(("user", "password"), [("Administrator", "wrong"), ("nobody", PASSWORD), ("OTHER\\Administrator", PASSWORD)])
def test_wrong_credentials_are_refused(server: Any, user: str, password: str) -> None:
    with pytest.raises(InvalidCredentialsError):
        client(server, user, password).open_shell()


@pytest.mark.parametrize("user", ["Administrator", "SRV1\\Administrator"])
def test_ntlm_authenticates_the_connection(server: Any, user: str) -> None:
    protocol = Protocol(
        f"https://127.0.0.1:{server[0]}/wsman",
        transport="ntlm",
        username=user,
        password=PASSWORD,
        ca_trust_path=server[1],
        read_timeout_sec=25,
    )
    assert run(protocol, "hi") == (b"Administrator: hi\r\n", b"", 0)


def test_negotiate_authenticates_psrp(server: Any) -> None:
    with runspace_pool(server, auth="negotiate") as pool:
        shell = PowerShell(pool)
        shell.add_script("hi")
        assert shell.invoke() == ["Administrator: hi"]


def test_a_wrong_password_over_ntlm_is_refused(server: Any) -> None:
    protocol = Protocol(
        f"https://127.0.0.1:{server[0]}/wsman", transport="ntlm", username="Administrator", password="wrong", ca_trust_path=server[1]
    )
    with pytest.raises(InvalidCredentialsError):
        protocol.open_shell()


@pytest.mark.parametrize("header", ["Negotiate bm9uc2Vuc2U=", "Negotiate ?", "Basic ?", "Basic bm9jb2xvbg==", "Kerberos x"])
def test_a_header_that_proves_nothing_is_refused(server: Any, header: str) -> None:
    answer = requests.post(f"https://127.0.0.1:{server[0]}/wsman", data=b"", headers={"Authorization": header}, verify=server[1], timeout=5)
    assert (answer.status_code, "Negotiate" in answer.headers["WWW-Authenticate"]) == (401, True)


def test_long_output_comes_in_pieces_that_fit_the_envelope(server: Any) -> None:
    protocol = client(server)
    sizes: list[int] = []
    send = protocol.transport.send_message
    protocol.transport.send_message = lambda message: sizes.append(len(reply := send(message))) or reply
    assert len(run(protocol, "size 400000")[0]) == 400002
    assert max(sizes) <= 153600


def test_a_command_that_takes_longer_than_the_operation_timeout_is_asked_again(server: Any) -> None:
    started = time.monotonic()
    assert run(client(server, timeout=1), "wait 2.5")[2] == 0
    assert 2.4 < time.monotonic() - started < 10


def test_input_is_read_until_its_end(server: Any) -> None:
    protocol = client(server)
    shell = protocol.open_shell()
    command = protocol.run_command(shell, "hi", console_mode_stdin=False)
    protocol.send_command_input(shell, command, b"one")
    assert server[3].ran == []
    protocol.send_command_input(shell, command, b"two", end=True)
    assert protocol.get_command_output(shell, command)[2] == 0
    assert server[3].ran == ["hi"]


def test_a_signal_ends_the_command(server: Any) -> None:
    protocol = client(server)
    shell = protocol.open_shell()
    command = protocol.run_command(shell, "wait 60")
    protocol.cleanup_command(shell, command)
    with pytest.raises(WSManFaultError):
        protocol.get_command_output_raw(shell, command)


def test_a_shell_that_is_not_there_is_a_fault(server: Any) -> None:
    with pytest.raises(WSManFaultError) as caught:
        client(server).run_command("11111111-1111-1111-1111-111111111111", "hi")
    assert caught.value.wsman_fault_code == 2150858843


def test_an_unknown_operation_is_refused_by_name(server: Any) -> None:
    with runspace_pool(server) as pool, pytest.raises(Exception, match="does not model the operation"):
        pool.disconnect()


def test_what_is_no_soap_is_a_bad_request(server: Any) -> None:
    answer = requests.post(
        f"https://127.0.0.1:{server[0]}/wsman", data=b"<a", auth=("Administrator", PASSWORD), verify=server[1], timeout=5
    )
    assert answer.status_code == 400


def test_another_path_is_not_found(server: Any) -> None:
    answer = requests.post(f"https://127.0.0.1:{server[0]}/other", data=b"", auth=("Administrator", PASSWORD), verify=server[1], timeout=5)
    assert answer.status_code == 404


def test_a_runspace_pool_runs_scripts_one_after_another(server: Any) -> None:
    with runspace_pool(server) as pool:
        for text in ("one", "two"):
            shell = PowerShell(pool)
            shell.add_script(text)
            assert shell.invoke() == [f"Administrator: {text}"]


def test_a_long_object_over_psrp_arrives_whole(server: Any) -> None:
    with runspace_pool(server) as pool:
        shell = PowerShell(pool)
        shell.add_script("size 700000")
        assert [len(one) for one in shell.invoke()] == [700000]


def test_a_pipeline_that_is_no_script_is_refused(server: Any) -> None:
    with runspace_pool(server) as pool:
        shell = PowerShell(pool)
        shell.add_cmdlet("Get-Disk")
        with pytest.raises(Exception, match="does not know this"):
            shell.invoke()


# -- faults ------------------------------------------------------------------------------------------------------------------------


def test_a_dropped_connection_at_accept_is_a_connection_error(server: Any) -> None:
    server[2].add(point="accept", action="drop")
    with pytest.raises(requests.exceptions.ConnectionError):
        client(server).open_shell()
    assert client(server).open_shell()


@pytest.mark.parametrize(("action", "applied"), [("drop", False), ("drop_after", True)])
def test_a_drop_at_the_command_tells_whether_it_was_applied(server: Any, action: str, applied: bool) -> None:
    server[2].add(point="Command", action=action)
    protocol = client(server)
    shell = protocol.open_shell()
    with pytest.raises(requests.exceptions.ConnectionError):
        protocol.run_command(shell, "hi")
    time.sleep(0.3)
    assert server[3].ran == (["hi"] if applied else [])


def test_a_drop_at_receive_leaves_the_work_done(server: Any) -> None:
    server[2].add(point="Receive", action="drop", host="SRV1")
    protocol = client(server)
    shell = protocol.open_shell()
    command = protocol.run_command(shell, "hi")
    with pytest.raises(requests.exceptions.ConnectionError):
        protocol.get_command_output(shell, command)
    assert server[3].ran == ["hi"]


@pytest.mark.parametrize(
    ("action", "point", "error"),
    [
        ("unauthorized", "Create", InvalidCredentialsError),
        ("unavailable", "Create", WinRMTransportError),
        ("timeout", "Send", WinRMOperationTimeoutError),
        ("quota", "Command", WSManFaultError),
        ("no_shell", "Command", WSManFaultError),
    ],
)
def test_a_fault_reaches_the_client_as_what_it_is(server: Any, action: str, point: str, error: type[Exception]) -> None:
    server[2].add(point=point, action=action)
    protocol = client(server)
    with pytest.raises(error):
        shell = protocol.open_shell()
        command = protocol.run_command(shell, "hi", console_mode_stdin=point != "Send")
        protocol.send_command_input(shell, command, b"", end=True)


def test_the_quota_fault_has_the_number_that_newer_plugins_look_for(server: Any) -> None:
    server[2].add(point="Command", action="quota")
    protocol = client(server)
    with pytest.raises(WSManFaultError) as caught:
        protocol.run_command(protocol.open_shell(), "hi")
    assert caught.value.wmierror_code == 0x803381A6


def test_a_slow_answer_is_only_slow(server: Any) -> None:
    server[2].add(point="Receive", action="slow", seconds=0.7)
    started = time.monotonic()
    assert run(client(server), "hi")[2] == 0
    assert time.monotonic() - started > 0.6


def test_a_fault_comes_when_it_is_due_and_as_often_as_asked(server: Any) -> None:
    faults: Faults = server[2]
    faults.add(point="Send", action="timeout", skip=1, times=2)
    assert [faults.consult("SRV1", "Send") is not None for _unused in range(5)] == [False, True, True, False, False]
    assert [one["action"] for one in faults.happened] == ["timeout", "timeout"]


def test_chance_is_repeatable() -> None:
    def draw() -> list[bool]:
        faults = Faults(seed=7)
        faults.add(point="Send", action="drop", times=None, probability=0.3)
        return [faults.consult("SRV1", "Send") is not None for _unused in range(40)]

    assert draw() == draw()
    assert 0 < sum(draw()) < 40


@pytest.mark.parametrize("wrong", [{"point": "Nowhere", "action": "drop"}, {"point": "Send", "action": "explode"}])
def test_an_unknown_fault_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="the lab knows"):
        Faults().add(**wrong)


# -- power -------------------------------------------------------------------------------------------------------------------------


def test_a_host_that_is_off_refuses_connections_until_it_is_on(server: Any, host: Any) -> None:
    host.running = False
    wait_until(lambda: not listens(server[0]))
    host.running = True
    wait_until(lambda: listens(server[0]))
    assert run(client(server), "hi")[2] == 0


def test_a_restart_cuts_the_command_and_forgets_the_shell(server: Any, host: Any) -> None:
    protocol = client(server, timeout=20)
    shell = protocol.open_shell()
    command = protocol.run_command(shell, "wait 60")
    threading.Timer(0.5, lambda: setattr(host, "booted", "later")).start()
    with pytest.raises(requests.exceptions.ConnectionError):
        protocol.get_command_output(shell, command)
    wait_until(lambda: listens(server[0]))
    with pytest.raises(WSManFaultError):
        client(server).run_command(shell, "hi")


def listens(port: int) -> bool:
    """Whether something answers on the port."""
    with socket.socket() as wire:
        return wire.connect_ex(("127.0.0.1", port)) == 0


def wait_until(holds: Any, seconds: float = 5) -> None:
    """Wait for what must come."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)
