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

from migrator.rules.connections import DATABASES, RESOURCES, parse_export, resource_for

SAMPLE_DAGS = Path(__file__).parents[2] / "sample_dags"
DATA = SAMPLE_DAGS / "data"


@dataclass(frozen=True)
class World:
    """A folder with `landing/`, `exports/` and `warehouse.db`, and what was sent to the servers."""

    folder: Path
    env: dict[str, str]  # of Airflow
    dagster_env: dict[str, str]  # of the generated project, without what it shares with Airflow
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
        connections = connections_of(folder, web, mail)
        env = environment(folder, connections, mail)
        yield World(folder, env, dagster_environment(connections), posted, mails)


def connections_of(folder: Path, web_port: int, mail_port: int) -> dict[str, dict[str, Any]]:
    """By connection id, as `airflow connections export` writes them."""
    return {
        "warehouse": {"conn_type": "sqlite", "host": str(folder / "warehouse.db")},
        "shop_api": {
            "conn_type": "http",
            "host": "127.0.0.1",
            "port": web_port,
            "login": "reader",
            "password": "s3cret",
        },
        "landing_zone": {"conn_type": "fs", "extra": {"path": str(folder / "landing")}},
        "fs_default": {"conn_type": "fs", "extra": {"path": "/"}},
        "smtp_default": {
            "conn_type": "smtp",
            "host": "127.0.0.1",
            "port": mail_port,
            "extra": {"from_email": "airflow@teahouse.example", "disable_ssl": True, "disable_tls": True},
        },
    }


def environment(folder: Path, connections: dict[str, dict[str, Any]], mail_port: int) -> dict[str, str]:
    landing, exports = str(folder / "landing"), str(folder / "exports")
    shop = connections["shop_api"]
    given = {
        "WAREHOUSE": json.dumps(connections["warehouse"]),
        "SHOP_API": f"http://{shop['login']}:{shop['password']}@{shop['host']}:{shop['port']}",
        "LANDING_ZONE": json.dumps(connections["landing_zone"]),
        "FS_DEFAULT": json.dumps(connections["fs_default"]),
        "SMTP_DEFAULT": json.dumps(connections["smtp_default"]),
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
        | {f"AIRFLOW_CONN_{name}": value for name, value in given.items()}
        | {f"AIRFLOW_VAR_{name}": value for name, value in variables.items()}
        | {  # Airflow 2 has its mail server in its configuration
            "AIRFLOW__SMTP__SMTP_HOST": "127.0.0.1",
            "AIRFLOW__SMTP__SMTP_PORT": str(mail_port),
            "AIRFLOW__SMTP__SMTP_STARTTLS": "False",
            "AIRFLOW__SMTP__SMTP_SSL": "False",
            "AIRFLOW__SMTP__SMTP_MAIL_FROM": "airflow@teahouse.example",
        }
    )


def dagster_environment(connections: dict[str, dict[str, Any]]) -> dict[str, str]:
    """The variables that configure the generated resources, by the table the resources are made from.

    A database may also be asked for by its URL, where the DAG files do not say what kind it is.
    """
    known = parse_export(json.dumps(connections))
    env: dict[str, str] = {}
    for conn_id, parts in connections.items():
        kind = parts["conn_type"]
        values = {**parts, **parts.get("extra", {}), **known[conn_id].values, "uri": f"sqlite:///{parts.get('host')}"}
        for wanted in (kind, "sql") if kind in DATABASES else (kind,):
            sources = {row.name: row.source.removeprefix("extra.") for row in RESOURCES[wanted].fields}
            resource = resource_for(conn_id, wanted, known[conn_id])
            for (name, _), variable in zip(resource.arguments, resource.env, strict=True):
                env[variable.name] = str(values[sources[name]])
    return env


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
