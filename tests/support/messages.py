"""Servers on this machine that keep what they are sent: HTTP (Slack, too) and mail."""

from __future__ import annotations

import base64
import email
import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any, cast


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was asked; paths say how: /status/404, /slack/api/…, /hook."""

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        status, text = 200, ""
        if self.path.startswith("/status/"):
            status = int(self.path.split("/")[2])
        elif self.path.startswith("/slack/"):
            text = json.dumps({"ok": "refuse" not in body, "error": "because", "body": json.loads(body)})
        elif self.path.startswith("/hook"):
            text = "invalid_payload" if "refuse" in body else "ok"
        cast("Any", self.server).seen.append((self.command, self.path, dict(self.headers), body))
        text = text or json.dumps(
            {"method": self.command, "path": self.path, "headers": dict(self.headers), "body": body}
        )
        self.send_response(status)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text.encode())

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = answer

    def log_message(self, *arguments: Any) -> None: ...


@contextmanager
def serving(server: Any) -> Iterator[Any]:
    server.seen = []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Mailbox(socketserver.StreamRequestHandler):
    """A mail server that keeps what it gets in memory and refuses addresses at nowhere.example."""

    def handle(self) -> None:
        def say(text: str) -> None:
            self.wfile.write(text.encode() + b"\r\n")

        say("220 test")
        seen: dict[str, Any] = {"to": [], "auth": None}
        while line := self.rfile.readline():
            command = line.decode().strip()
            word = command.split(" ")[0].upper()
            if word == "EHLO":
                say("250-test\r\n250 AUTH PLAIN")
            elif word == "AUTH":
                seen["auth"] = base64.b64decode(command.split(" ")[2]).decode()
                say("235 fine")
            elif word == "MAIL":
                seen["from"] = command.split("<")[1].split(">")[0]
                say("250 fine")
            elif word == "RCPT":
                address = command.split("<")[1].split(">")[0]
                seen["to"].append(address)
                say("550 no such user" if address.endswith("nowhere.example") else "250 fine")
            elif word == "DATA":
                say("354 go on")
                lines = []
                while (part := self.rfile.readline()) != b".\r\n":
                    lines.append(part)
                seen["message"] = email.message_from_bytes(b"".join(lines))
                cast("Any", self.server).seen.append(seen)
                say("250 fine")
            elif word == "QUIT":
                say("221 bye")
                return
            else:
                say("250 fine")
