"""The world the sample DAGs run in: landing files, a warehouse, connections, Variables, loopback servers.

    with sample_world(folder) as world:
        subprocess.run([...], env=os.environ | world.env)

Every engine gets a fresh world of its own, so that what they leave behind can be compared. Nothing leaves the
machine: the servers listen on loopback, at ports the system picks.
"""

from __future__ import annotations

import json
import shutil
import socketserver
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

SAMPLE_DAGS = Path(__file__).parents[2] / "sample_dags"
DATA = SAMPLE_DAGS / "data"


@dataclass(frozen=True)
class World:
    """A folder with `landing/`, `exports/` and `warehouse.db`, and what was sent to the servers."""

    folder: Path
    env: dict[str, str]
    posted: list[tuple[str, Any]] = field(default_factory=list)  # (path, JSON body), in the order of arrival
    mails: list[str] = field(default_factory=list)  # as received, headers included

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.folder / "warehouse.db")) as connection:
            return connection.execute(query).fetchall()

    def export(self, name: str) -> str:
        """The text of a file below `exports/`."""
        return (self.folder / "exports" / name).read_text()


@contextmanager
def sample_world(folder: Path) -> Iterator[World]:
    """Make the world in an empty or missing folder, and serve it until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(DATA / "landing", folder / "landing")
    (folder / "exports").mkdir()
    with closing(sqlite3.connect(folder / "warehouse.db")) as connection:
        connection.executescript((DATA / "warehouse.sql").read_text())
    posted: list[tuple[str, Any]] = []
    mails: list[str] = []
    with ExitStack() as stack:
        web = stack.enter_context(serving(ThreadingHTTPServer(("127.0.0.1", 0), shop_api(posted))))
        mail = stack.enter_context(serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), mail_sink(mails))))
        yield World(folder, environment(folder, web, mail), posted, mails)


def environment(folder: Path, web_port: int, mail_port: int) -> dict[str, str]:
    landing, exports = str(folder / "landing"), str(folder / "exports")
    connections = {
        "WAREHOUSE": json.dumps({"conn_type": "sqlite", "host": str(folder / "warehouse.db")}),
        "SHOP_API": f"http://reader:s3cret@127.0.0.1:{web_port}",
        "LANDING_ZONE": json.dumps({"conn_type": "fs", "extra": {"path": landing}}),
        "FS_DEFAULT": json.dumps({"conn_type": "fs", "extra": {"path": "/"}}),
    }
    variables = {
        "LANDING_DIR": landing,
        "EXPORT_DIR": exports,
        "PRICE_MARKUP": "1.15",
        "REPORT_CURRENCY": "EUR",
        "PRICING_RULES": json.dumps({"rounding": 2, "excluded": ["POT-100"], "floors": {"tea": 5.0}}),
    }
    return (
        {"LANDING_DIR": landing, "EXPORT_DIR": exports, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
        | {f"AIRFLOW_CONN_{name}": value for name, value in connections.items()}
        | {f"AIRFLOW_VAR_{name}": value for name, value in variables.items()}
        | {
            "AIRFLOW__SMTP__SMTP_HOST": "127.0.0.1",
            "AIRFLOW__SMTP__SMTP_PORT": str(mail_port),
            "AIRFLOW__SMTP__SMTP_STARTTLS": "False",
            "AIRFLOW__SMTP__SMTP_SSL": "False",
            "AIRFLOW__SMTP__SMTP_MAIL_FROM": "airflow@teahouse.example",
        }
    )


@contextmanager
def serving(server: socketserver.TCPServer) -> Iterator[int]:
    """Serve in a thread; gives the port."""
    server.daemon_threads = True  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    with server:
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def shop_api(posted: list[tuple[str, Any]]) -> type[BaseHTTPRequestHandler]:
    """GET /name answers data/api/name.json, /name?page=2 name_page_2.json; /flaky/name fails at first."""
    failed: set[str] = set()

    class ShopApi(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            name = url.path.strip("/")
            if name.startswith("flaky/"):
                if self.path not in failed:
                    failed.add(self.path)
                    return self.answer(503, {"error": "try again"})
                name = name.removeprefix("flaky/")
            if "page" in (query := parse_qs(url.query)):
                name += f"_page_{query['page'][0]}"
            file = DATA / "api" / f"{name}.json"
            if not file.is_file():
                return self.answer(404, {"error": f"no {name}"})
            return self.answer(200, json.loads(file.read_text()))

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or "null")
            posted.append((self.path, body))
            self.answer(201, {"accepted": len(body) if isinstance(body, list) else 1})

        def answer(self, status: int, body: Any) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Silent: the tests look at what arrived, not at a log."""

    return ShopApi


def mail_sink(mails: list[str]) -> type[socketserver.StreamRequestHandler]:
    """As much SMTP as a client needs to hand over a mail."""

    class MailSink(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 mail sink")
            while line := self.rfile.readline():
                command = line[:4].upper().strip()
                if command == b"DATA":
                    self.say("354 go on")
                    lines = iter(self.rfile.readline, b".\r\n")
                    mails.append(b"".join(lines).decode())
                    self.say("250 kept")
                elif command == b"QUIT":
                    return self.say("221 bye")
                else:
                    self.say("250 ok")

        def say(self, answer: str) -> None:
            self.wfile.write(f"{answer}\r\n".encode())

    return MailSink
