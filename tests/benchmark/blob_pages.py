# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A storage account with any number of page blobs that nobody stored: each page of the list is made when it is asked for.

Runs as a process of its own (``python -m benchmark.blob_pages FOLDER COUNT``), so that what it needs is not counted as the collection's.
"""

from __future__ import annotations

import json
import ssl
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import trustme
from unit.scripted import metadata, openid

ACCOUNT = "bench"
CONTAINER = "landing"
BLOB = (
    "<Blob><Name>{name}</Name><Properties><Creation-Time>Fri, 02 Jan 2026 03:04:05 GMT</Creation-Time>"
    "<Last-Modified>Fri, 02 Jan 2026 03:04:05 GMT</Last-Modified><Etag>0x8DE4{number:011X}</Etag><Content-Length>{size}</Content-Length>"
    "<Content-Type>application/octet-stream</Content-Type><Content-Encoding/><Content-Language/><Content-MD5/><Cache-Control/>"
    "<Content-Disposition/><x-ms-blob-sequence-number>0</x-ms-blob-sequence-number><BlobType>PageBlob</BlobType>"
    "<LeaseStatus>unlocked</LeaseStatus><LeaseState>available</LeaseState><ServerEncrypted>true</ServerEncrypted></Properties></Blob>"
)


def name_of(number: int) -> str:
    """As the agent names its files, in the order of the list."""
    return f"{638_000_000_000_000_000 + number}_{number % 7}_0f8fad5b-d9cb-469f-a165-{number:012x}_AIBBlob"


def size_of(number: int) -> int:
    return 512 * (1 + number % 1000)


def inventory(path: Path, count: int) -> Path:
    """The list of staged files that fits these blobs."""
    with path.open("w") as out:
        out.writelines(json.dumps({"name": name_of(number), "size": size_of(number)}) + "\n" for number in range(count))
    return path


class Handler(BaseHTTPRequestHandler):
    """Sign-in, the account, and the list of its one container."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query))
        url = self.server.url
        if parts.path == "/metadata/endpoints":
            return self._json(metadata(url))
        if parts.path.endswith("/openid-configuration"):
            return self._json(openid(url))
        if parts.path.casefold().endswith(f"/storageaccounts/{ACCOUNT}"):
            said = {"primaryEndpoints": {"blob": f"{url}/{ACCOUNT}/"}, "provisioningState": "Succeeded"}
            return self._json({"id": parts.path, "name": ACCOUNT, "properties": said})
        if query.get("comp") == "list":
            return self._page(int(query.get("marker") or 0), int(query["maxresults"]))
        return self._json({"error": {"code": "NotFound", "message": self.path}}, 404)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._json({"token_type": "Bearer", "expires_in": 3600, "access_token": "token"})

    def _json(self, body: object, status: int = 200) -> None:
        self._send(json.dumps(body).encode(), "application/json", status)

    def _page(self, start: int, most: int) -> None:
        end = min(start + most, self.server.count)
        following = str(end) if end < self.server.count else ""
        self._send("".join(page(start, end, following)).encode(), "application/xml")

    def _send(self, body: bytes, kind: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        return None


def page(start: int, end: int, following: str) -> Iterator[str]:
    """One page of the list, in XML."""
    yield '<?xml version="1.0" encoding="utf-8"?><EnumerationResults><Blobs>'
    for number in range(start, end):
        yield BLOB.format(name=name_of(number), number=number, size=size_of(number))
    yield f"</Blobs><NextMarker>{following}</NextMarker></EnumerationResults>"


class Server(ThreadingHTTPServer):
    daemon_threads = True
    url: str
    count: int


def main() -> None:
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    ca = trustme.CA(key_type=trustme.KeyType.ECDSA)
    ca.cert_pem.write_to_path(folder / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1", key_type=trustme.KeyType.ECDSA).configure_cert(context)
    server = Server(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.url, server.count = f"https://127.0.0.1:{server.server_address[1]}", count
    sys.stdout.write(server.url + "\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
