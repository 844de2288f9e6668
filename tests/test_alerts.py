"""Tasks tell people the same on both engines, and as often: tests/alerts."""

from __future__ import annotations

import html
import json
import re
import socketserver
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.header import decode_header, make_header
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from support.converted import Converted, Record
from support.engines import on_airflow, on_dagster
from support.messages import Echo, Mailbox, serving
from support.sample_world import World

from migrator import migrate
from migrator.rules.connections import parse_export
from migrator.write import write

DAGS = Path(__file__).with_name("alerts")
RUNS = {
    "mails.py": ("mails", "mails_of_graph", "notified", "called_back", "called_back_by_airflow", "written_by_hand"),
    "slack.py": ("slack",),
}
FILES = {"2": ["mails.py"], "3": ["mails.py", "slack.py"]}  # Airflow 2 has no Slack provider here


@dataclass
class Told:
    """What one engine told people in its runs."""

    runs: list[Record]
    mails: list[Record]
    posts: list[Any]
    called: list[Record]


@contextmanager
def world(folder: Path) -> Iterator[tuple[World, Any, Any]]:
    """A mail server and something like Slack, and where to find them."""
    folder.mkdir()
    called = folder / "called"
    called.touch()
    with (
        serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailbox)) as mailbox,
        serving(ThreadingHTTPServer(("127.0.0.1", 0), Echo)) as slack,
    ):
        port, url = mailbox.server_address[1], f"http://127.0.0.1:{slack.server_port}"
        extra = {"disable_ssl": True, "disable_tls": True, "from_email": "airflow@x.org"}
        server = {"conn_type": "smtp", "host": "127.0.0.1", "port": port, "extra": extra}
        api = {"conn_type": "slack", "password": "xoxb", "extra": {"base_url": f"{url}/slack/api/"}}
        hook = {"conn_type": "slackwebhook", "password": f"{url}/hook"}
        env = {
            "CALLED": str(called),
            "AIRFLOW__SMTP__SMTP_HOST": "127.0.0.1",
            "AIRFLOW__SMTP__SMTP_PORT": str(port),
            "AIRFLOW__SMTP__SMTP_STARTTLS": "False",
            "AIRFLOW__SMTP__SMTP_MAIL_FROM": "airflow@x.org",
            "AIRFLOW__EMAIL__FROM_EMAIL": "airflow@x.org",
            "AIRFLOW_CONN_SMTP_DEFAULT": json.dumps(server),
            "AIRFLOW_CONN_SLACK_API_DEFAULT": json.dumps(api),
            "AIRFLOW_CONN_SLACK_DEFAULT": json.dumps(hook),
            "AIRFLOW_CONN_CHAT": json.dumps({"conn_type": "http", "host": url}),
            "AIRFLOW_VAR_ROOM": "upstairs",
            "AIRFLOW_CONN_CHECKED": f"sqlite://{quote(f'{folder}/checked.db', safe='')}",
        }
        here = {
            "SMTP_DEFAULT_HOST": "127.0.0.1",
            "SMTP_DEFAULT_PORT": str(port),
            "SMTP_DEFAULT_FROM_EMAIL": "airflow@x.org",
            "SLACK_API_DEFAULT_TOKEN": "xoxb",
            "SLACK_API_DEFAULT_BASE_URL": f"{url}/slack/api/",
            "SLACK_DEFAULT_URL": f"{url}/hook",
            "CHAT_BASE_URL": url,
            "CHECKED_URL": f"sqlite:///{folder}/checked.db",
        }
        yield World(folder, env, here), mailbox, slack


@pytest.fixture(scope="session", params=["2", "3"], ids=["airflow2", "airflow3"])
def both(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    pytestconfig: pytest.Config,
    python_of: Callable[[str], str],
) -> tuple[Told, Told]:
    line = request.param
    python, folder = python_of(line), tmp_path_factory.mktemp(f"alerts_{line}")
    dags = folder / "dags"
    dags.mkdir()
    for name in FILES[line]:
        (dags / name).write_text((DAGS / name).read_text())
    runs: list[Record] = [
        {"file": file, "dag_id": dag, "logical_date": "2024-03-04T06:00:00+00:00", "run_type": "scheduled"}
        for file in FILES[line]
        for dag in RUNS[file]
    ]
    export = {"slack_api_default": {"conn_type": "slack", "extra": {"base_url": "http://127.0.0.1/api/"}}}
    migration = migrate(dags, airflow_version=line, connections=parse_export(json.dumps(export)))
    told = {f.message for f in migration.rendered.findings if f.severity != "info"}
    assert told == {"The callback Own needs Airflow when it is called"}
    assert write(migration.rendered, folder / "defs").ok
    converted = Converted(folder / "defs")
    both = []
    for engine in ("airflow", "dagster"):
        with world(folder / engine) as (where, mailbox, slack):
            if engine == "airflow":
                done = on_airflow(python, dags, runs, where, folder, pytestconfig.cache.mkdir("airflow"))
            else:
                done = on_dagster(python, converted, runs, where, folder, {"called_back_by_airflow"})
            called = [json.loads(row) for row in (folder / engine / "called").read_text().splitlines()]
            both.append(Told(done, [mail(one) for one in mailbox.seen], [post(one) for one in slack.seen], called))
    return both[0], both[1]


def mail(seen: Record) -> Record:
    """What matters of a mail: from whom, to whom, about which task and try, and why."""
    message = seen["message"]
    subject = str(make_header(decode_header(message["Subject"])))
    (part,) = message.get_payload()
    text = part.get_payload(decode=True).decode()
    if subject.startswith("Airflow alert: "):
        # Airflow 3 puts all that a task instance is into the subject.
        names = re.findall(r"<TaskInstance: \w+\.(\w+) (\S+)", subject) or re.findall(
            r"task_id='(\w+)'.*? run_id='([^']+)'", subject
        )
        subject = f"alert of {names[0]}"
        lines = text.split("Log: ")[0].split("Dagster run: ")[0]
        # A failed check says in its own words what it has found.
        text = html.unescape(lines if names[0][0] != "checked" else lines.partition("<br>")[0])
    return {"from": seen["from"], "to": seen["to"], "subject": subject, "text": text}


def post(seen: Any) -> Any:
    """What was asked of Slack."""
    _, path, _, body = seen
    asked = {
        key: json.loads(item) if isinstance(item, str) and item[:1] in "[{" and item else item
        for key, item in json.loads(body).items()
    }
    asked.pop("icon_url", None)  # a picture at Airflow's own place
    return [path, {key: item for key, item in asked.items() if item not in ([], None)}]


def ordered(rows: list[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))


def test_no_run_is_harmed(both: tuple[Told, Told]) -> None:
    states = [
        {f"{run['dag_id']}.{t['task_id']}.{t['map_index']}": t["state"] for run in told.runs for t in run["tasks"]}
        for told in both
    ]
    assert states[1] == states[0]


def test_mails(both: tuple[Told, Told]) -> None:
    there, here = both
    assert ordered(here.mails) == ordered(there.mails)
    assert len(there.mails) > 10


def test_posts(both: tuple[Told, Told]) -> None:
    there, here = both
    assert ordered(here.posts) == ordered(there.posts)


def test_callbacks(both: tuple[Told, Told]) -> None:
    there, here = both
    for row in (*there.called, *here.called):
        if row["event"] == "execute":  # Airflow 2 says "running" where an executor has started the task
            del row["state"]
    assert ordered(here.called) == ordered(there.called)
    assert {row["event"] for row in there.called} >= {"called", "execute", "success", "failure", "retry", "skipped"}
