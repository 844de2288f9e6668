"""Serving the report on this machine, for browsers that keep pages from disk apart from each other."""

from __future__ import annotations

import webbrowser
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from .names import FOLDER, INDEX

HOST = "127.0.0.1"


class _Handler(SimpleHTTPRequestHandler):
    """Files of the report, said nothing about in the terminal."""

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def list_directory(self, path: object) -> None:
        """No listings: what there is, the index links to."""
        self.send_error(404)

    def parse_request(self) -> bool:
        """Only requests that name this machine: a page elsewhere whose name resolves to it may not read the report."""
        if not super().parse_request():
            return False
        host = self.headers.get("Host", "").rpartition(":")[0]
        if host not in (HOST, "localhost"):
            self.send_error(403)
            return False
        return True

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


def server(defs: Path, port: int = 0) -> ThreadingHTTPServer:
    """A server of the report in an output folder, on the loopback interface only.

    Raises FileNotFoundError when there is no report, OSError when the port is taken.
    """
    folder = defs / FOLDER
    if not (folder / INDEX).is_file():
        raise FileNotFoundError(f"{defs} holds no report: `migrate PATH --out {defs}` writes one.")
    try:
        return ThreadingHTTPServer((HOST, port), partial(_Handler, directory=str(folder.resolve())))
    except OSError as error:
        raise OSError(f"Port {port} cannot be used: {error.strerror or error}.") from error


def serve(defs: Path, port: int, say: Callable[[str], object], *, browser: bool = True) -> None:
    """Serve until interrupted; says the address, and opens it."""
    with server(defs, port) as running:
        address = f"http://{HOST}:{running.server_address[1]}/"
        say(f"The report is at {address} (Ctrl-C ends this)")
        if browser:
            webbrowser.open(address)
        try:
            running.serve_forever()
        except KeyboardInterrupt:
            return
