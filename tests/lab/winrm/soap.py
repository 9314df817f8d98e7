# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""WS-Management messages: read requests, write answers and faults. Pure.

Source: MS-WSMV (Web Services Management Protocol Extensions for Windows) and what pywinrm and pypsrp send and read.
"""

from __future__ import annotations

import base64
import re
import uuid
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from xml.sax.saxutils import escape

NAMES = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "a": "http://schemas.xmlsoap.org/ws/2004/08/addressing",
    "x": "http://schemas.xmlsoap.org/ws/2004/09/transfer",
    "w": "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
    "p": "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd",
    "rsp": "http://schemas.microsoft.com/wbem/wsman/1/windows/shell",
    "cfg": "http://schemas.microsoft.com/wbem/wsman/1/config",
}
ANONYMOUS = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"
DEFAULT_TIMEOUT = 60.0
DEFAULT_ENVELOPE = 153600
SHELL = NAMES["rsp"]
POWERSHELL = "http://schemas.microsoft.com/powershell/"
_ROOT = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in NAMES.items())
_DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?")


class Fault(Exception):
    """A request that the service refuses. `code` is a WSMan fault code, `wmi` an error code of the WMI plug-in."""

    def __init__(self, code: int, reason: str, subcode: str = "w:InternalError", wmi: int | None = None) -> None:
        super().__init__(reason)
        self.code, self.reason, self.subcode, self.wmi = code, reason, subcode, wmi


def operation_timeout() -> Fault:
    """Nothing came within the client's OperationTimeout; clients ask again."""
    return Fault(
        2150858793, "The WS-Management service cannot complete the operation within the time specified in OperationTimeout.", "w:TimedOut"
    )


def shell_not_found(shell: str) -> Fault:
    """The shell is gone, or never was."""
    return Fault(
        2150858843, f"The WS-Management service cannot process the request because it cannot find the shell {shell}.", "w:InvalidSelectors"
    )


def operation_quota() -> Fault:
    """ERROR_WSMAN_QUOTA_MAX_OPERATIONS: newer winrm plugins make a new shell."""
    return Fault(0, "The maximum number of concurrent operations for this user has been exceeded.", "w:QuotaLimit", wmi=0x803381A6)


@dataclass(frozen=True)
class Message:
    """A request. `action` is the last part of its URI (Create, Command, Send, Receive, Signal, Delete, Get …)."""

    action: str
    full_action: str
    resource: str
    message_id: str
    shell_id: str | None
    timeout: float
    envelope: int
    options: dict[str, str]
    body: ET.Element

    def find(self, path: str) -> ET.Element | None:
        """An element of the body."""
        return self.body.find(path, NAMES)

    def texts(self, path: str) -> list[str]:
        """The texts of elements of the body."""
        return [element.text or "" for element in self.body.findall(path, NAMES)]


def parse(data: bytes) -> Message:
    """Read a request. Raises ValueError for what is no SOAP request."""
    try:
        root = ET.fromstring(data)
    except ET.ParseError as error:
        raise ValueError(f"the request is no XML: {error}") from None
    header, body = root.find("s:Header", NAMES), root.find("s:Body", NAMES)
    if header is None:
        raise ValueError("the request has no SOAP header")
    action = _text(header, "a:Action")
    return Message(
        action.rsplit("/", 1)[-1],
        action,
        _text(header, "w:ResourceURI"),
        _text(header, "a:MessageID"),
        next((one.text for one in header.findall("w:SelectorSet/w:Selector", NAMES) if one.get("Name") == "ShellId"), None),
        seconds(_text(header, "w:OperationTimeout")),
        int(_text(header, "w:MaxEnvelopeSize") or DEFAULT_ENVELOPE),
        {one.get("Name", ""): one.text or "" for one in header.findall("w:OptionSet/w:Option", NAMES)},
        body if body is not None else ET.Element("none"),
    )


def seconds(duration: str) -> float:
    """An XML duration of hours, minutes and seconds."""
    found = _DURATION.fullmatch(duration)
    if not found:
        return DEFAULT_TIMEOUT
    hours, minutes, rest = (float(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + rest


def _text(header: ET.Element, path: str) -> str:
    element = header.find(path, NAMES)
    return (element.text or "").strip() if element is not None else ""


def render(message: Message, body: str) -> bytes:
    """An answer to a request."""
    return _envelope(message.full_action + "Response", message.message_id, body)


def render_fault(message: Message | None, fault: Fault) -> bytes:
    """A fault as the answer to a request (HTTP status 500)."""
    detail = (
        f'<f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" Code="{fault.code}" Machine="localhost">'
        f"<f:Message>{escape(fault.reason)}</f:Message></f:WSManFault>"
    )
    if fault.wmi is not None:
        detail = (
            '<e:MSFT_WmiError xmlns:e="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/MSFT_WmiError">'
            f"<e:error_Code>{fault.wmi}</e:error_Code><e:Message>{escape(fault.reason)}</e:Message></e:MSFT_WmiError>"
        )
    body = (
        f"<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>{fault.subcode}</s:Value></s:Subcode></s:Code>"
        f'<s:Reason><s:Text xml:lang="en-US">{escape(fault.reason)}</s:Text></s:Reason>'
        f"<s:Detail>{detail}</s:Detail></s:Fault>"
    )
    return _envelope("http://schemas.dmtf.org/wbem/wsman/1/wsman/fault", message.message_id if message else "", body)


def _envelope(action: str, relates_to: str, body: str) -> bytes:
    return (
        f'<s:Envelope {_ROOT} xml:lang="en-US"><s:Header><a:Action>{action}</a:Action>'
        f"<a:MessageID>uuid:{str(uuid.uuid4()).upper()}</a:MessageID>"
        f"<a:To>{ANONYMOUS}</a:To><a:RelatesTo>{escape(relates_to)}</a:RelatesTo></s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def created(shell_id: str, resource: str, owner: str) -> str:
    """The body that tells a new shell."""
    return (
        f"<x:ResourceCreated><a:Address>http://localhost/wsman</a:Address><a:ReferenceParameters><w:ResourceURI>{escape(resource)}</w:ResourceURI>"
        f'<w:SelectorSet><w:Selector Name="ShellId">{shell_id}</w:Selector></w:SelectorSet></a:ReferenceParameters></x:ResourceCreated>'
        f"<rsp:Shell><rsp:ShellId>{shell_id}</rsp:ShellId><rsp:ResourceUri>{escape(resource)}</rsp:ResourceUri><rsp:Owner>{escape(owner)}</rsp:Owner>"
        "<rsp:ClientIP>127.0.0.1</rsp:ClientIP><rsp:IdleTimeOut>PT7200.000S</rsp:IdleTimeOut><rsp:InputStreams>stdin</rsp:InputStreams>"
        "<rsp:OutputStreams>stdout stderr</rsp:OutputStreams></rsp:Shell>"
    )


def command_started(command_id: str) -> str:
    """The body that tells a new command."""
    return f"<rsp:CommandResponse><rsp:CommandId>{command_id}</rsp:CommandId></rsp:CommandResponse>"


def received(streams: list[tuple[str, bytes]], command_id: str | None, state: str, code: int | None = None) -> str:
    """The body with output. `state` is Running or Done; a pool of runspaces (no command) has none."""
    at = f' CommandId="{command_id}"' if command_id else ""
    parts = [f'<rsp:Stream Name="{name}"{at}>{base64.b64encode(data).decode()}</rsp:Stream>' for name, data in streams]
    if command_id:
        ended = f"<rsp:ExitCode>{code}</rsp:ExitCode>" if code is not None else ""
        parts.append(f'<rsp:CommandState{at} State="{SHELL}/CommandState/{state}">{ended}</rsp:CommandState>')
    return f"<rsp:ReceiveResponse>{''.join(parts)}</rsp:ReceiveResponse>"


def configuration(kilobytes: int) -> str:
    """The part of the service's configuration that clients ask for."""
    return f"<cfg:Config><cfg:MaxEnvelopeSizekb>{kilobytes}</cfg:MaxEnvelopeSizekb></cfg:Config>"
