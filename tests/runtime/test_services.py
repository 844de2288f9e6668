"""The resources for HTTP, Slack, mail and folders against real servers on this machine."""

from __future__ import annotations

import base64
import email
import json
import smtplib
import socketserver
from collections.abc import Iterator
from email.message import Message
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

import pytest
import requests
from support.messages import Echo, Mailbox, serving

from migrator.runtime.resources.filesystem import FileSystemResource
from migrator.runtime.resources.http import HttpResource
from migrator.runtime.resources.slack import SlackResource
from migrator.runtime.resources.slack_webhook import SlackWebhookResource
from migrator.runtime.resources.smtp import SmtpResource, addresses


@pytest.fixture(scope="module")
def echo() -> Iterator[Any]:
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Echo)) as server:
        server.url = f"http://127.0.0.1:{server.server_port}"
        yield server


def test_http_methods(echo: Any) -> None:
    api = HttpResource(base_url=echo.url, login="me", password="secret", headers={"X-All": "1"})
    got = api.run("search", data={"q": "a b"}, headers={"X-One": "2"}).json()
    assert (got["method"], got["path"], got["body"]) == ("GET", "/search?q=a+b", "")
    assert (got["headers"]["X-All"], got["headers"]["X-One"]) == ("1", "2")
    assert got["headers"]["Authorization"] == "Basic " + base64.b64encode(b"me:secret").decode()
    got = api.run("/things", method="post", data=json.dumps({"a": 1})).json()
    assert (got["method"], got["path"], got["body"]) == ("POST", "/things", '{"a": 1}')
    got = api.run("things", method="PUT", json={"a": 1}).json()
    assert (got["headers"]["Content-Type"], got["body"]) == ("application/json", '{"a": 1}')
    assert api.run("things", method="HEAD", data={"a": 1}).status_code == 200
    assert api.run().json()["path"] == "/"


def test_http_options(echo: Any) -> None:
    api = HttpResource(base_url=echo.url.removeprefix("http://"))
    with pytest.raises(requests.HTTPError, match="404"):
        api.run("status/404")
    assert api.run("status/404", extra_options={"check_response": False, "timeout": 5}).status_code == 404
    assert api.run("x", extra_options={"verify": False, "allow_redirects": False, "stream": True}).ok
    with pytest.raises(requests.ConnectionError):
        HttpResource(base_url="http://127.0.0.1:1").run("x")


def test_http_same_as_airflow_hook(echo: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    hooks = pytest.importorskip("airflow.providers.http.hooks.http", reason="Airflow is not installed beside pytest")
    host = echo.url.removeprefix("http://")
    monkeypatch.setenv(
        "AIRFLOW_CONN_API", f'{{"conn_type": "http", "host": "{echo.url}", "login": "u", "password": "p"}}'
    )
    api = HttpResource(base_url=f"http://{host}", login="u", password="p")
    dull = ("Date", "User-Agent")
    for method in ("GET", "POST", "PUT", "DELETE", "HEAD", "PATCH"):
        for endpoint in ("a", "/a/b", "a?x=1", "", None):
            for data in (None, {"a": "1", "b": ["x", "y"]}, '{"a": 1}'):
                ours = api.run(endpoint, data, {"Accept": "x"}, method=method)
                theirs = hooks.HttpHook(method=method, http_conn_id="api").run(endpoint, data, {"Accept": "x"})
                assert ours.status_code == theirs.status_code
                one, two = echo.seen[-2:]
                assert one[0:2] == two[0:2]
                assert one[3] == two[3]
                assert {k: v for k, v in one[2].items() if k not in dull} == {
                    k: v for k, v in two[2].items() if k not in dull
                }


def test_slack(echo: Any) -> None:
    slack = SlackResource(token="xoxb", base_url=f"{echo.url}/slack/api/")
    answer = slack.post_message("#ops", "done", username="bot", blocks=None)
    assert answer["body"] == {"channel": "#ops", "text": "done", "username": "bot"}
    method, path, headers, _ = echo.seen[-1]
    assert (method, path, headers["Authorization"]) == ("POST", "/slack/api/chat.postMessage", "Bearer xoxb")
    with pytest.raises(RuntimeError, match=r"refused chat\.delete: because"):
        slack.call("chat.delete", text="refuse")


def test_slack_webhook(echo: Any) -> None:
    hook = SlackWebhookResource(url=f"{echo.url}/hook")
    hook.send_text("done")
    assert json.loads(echo.seen[-1][3]) == {"text": "done"}
    hook.send(text="a", blocks=[{"type": "divider"}], icon_emoji=":x:")
    assert json.loads(echo.seen[-1][3]) == {"text": "a", "blocks": [{"type": "divider"}], "icon_emoji": ":x:"}
    with pytest.raises(RuntimeError, match="invalid_payload"):
        hook.send(text="refuse")
    with pytest.raises(RuntimeError, match="500"):
        SlackWebhookResource(url=f"{echo.url}/status/500").send(text="a")


@pytest.fixture
def mailbox() -> Iterator[Any]:
    with serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailbox)) as server:
        yield server


def test_mail(mailbox: Any, tmp_path: Path) -> None:
    attached = tmp_path / "report.csv"
    attached.write_text("a,b")
    smtp = SmtpResource(
        host="127.0.0.1", port=mailbox.server_address[1], login="me", password="pw", from_email="me@x.org"
    )
    smtp.send_email(
        "a@x.org, b@x.org;c@x.org",
        "Größe",
        "<b>grün</b>",
        files=[str(attached)],
        cc=["d@x.org"],
        bcc="e@x.org",
        custom_headers={"Reply-To": "r@x.org"},
    )
    (seen,) = mailbox.seen
    message: Message = seen["message"]
    assert seen["from"] == "me@x.org"
    assert seen["to"] == ["a@x.org", "b@x.org", "c@x.org", "d@x.org", "e@x.org"]
    assert seen["auth"] == "\0me\0pw"
    assert (message["To"], message["Cc"], message["Bcc"]) == ("a@x.org, b@x.org, c@x.org", "d@x.org", None)
    assert message["Reply-To"] == "r@x.org"
    assert str(email.header.make_header(email.header.decode_header(message["Subject"]))) == "Größe"
    html, file = cast("list[Message]", message.get_payload())
    assert (html.get_content_type(), cast("bytes", html.get_payload(decode=True)).decode()) == (
        "text/html",
        "<b>grün</b>",
    )
    assert (file.get_filename(), file.get_payload(decode=True)) == ("report.csv", b"a,b")


def test_mail_refused(mailbox: Any) -> None:
    smtp = SmtpResource(host="127.0.0.1", port=mailbox.server_address[1], from_email="me@x.org")
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        smtp.send_email("a@nowhere.example", "s", "h")
    with pytest.raises(OSError, match="refused"):
        SmtpResource(host="127.0.0.1", port=1).send_email("a@x.org", "s", "h")


def test_mail_same_as_airflow(mailbox: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    hooks = pytest.importorskip("airflow.providers.smtp.hooks.smtp", reason="Airflow is not installed beside pytest")
    port = mailbox.server_address[1]
    extra = '{"disable_tls": true, "disable_ssl": true, "from_email": "me@x.org"}'
    monkeypatch.setenv(
        "AIRFLOW_CONN_MAIL",
        json.dumps(
            {"conn_type": "smtp", "host": "127.0.0.1", "port": port, "login": "me", "password": "pw", "extra": extra}
        ),
    )
    attached = tmp_path / "report.csv"
    attached.write_text("a,b")
    arguments: dict[str, Any] = {
        "to": ["a@x.org", "b@x.org"],
        "subject": "Größe",
        "html_content": "<b>grün</b>",
        "files": [str(attached)],
        "cc": "d@x.org",
        "bcc": ["e@x.org"],
    }
    SmtpResource(host="127.0.0.1", port=port, login="me", password="pw", from_email="me@x.org").send_email(**arguments)
    with hooks.SmtpHook("mail") as hook:
        hook.send_email_smtp(**arguments)
    ours, theirs = mailbox.seen
    assert (ours["from"], ours["to"]) == (theirs["from"], theirs["to"])

    def parts(message: Message) -> list[Any]:
        return [
            (
                part.get_content_type(),
                part.get_filename(),
                None if part.is_multipart() else part.get_payload(decode=True),
            )
            for part in message.walk()
        ]

    assert parts(ours["message"]) == parts(theirs["message"])
    for header in ("Subject", "From", "To", "Cc", "Bcc", "MIME-Version"):
        assert ours["message"][header] == theirs["message"][header], header


def test_addresses() -> None:
    assert addresses(" a@x.org ;b@x.org,, c@x.org ") == ["a@x.org", "b@x.org", "c@x.org"]
    assert addresses(["a@x.org"]) == ["a@x.org"]
    assert addresses("") == []


def test_files(tmp_path: Path) -> None:
    files = FileSystemResource(path=str(tmp_path))
    assert files.get_path() == str(tmp_path)
    assert files.join("a/b") == str(tmp_path / "a/b")
    assert files.join("/absolute") == "/absolute"
    (tmp_path / "empty").mkdir()
    (tmp_path / "full" / "deep").mkdir(parents=True)
    (tmp_path / "full" / "deep" / "x.csv").touch()
    cases = {"nothing": False, "empty": False, "full": True, "*.csv": False, "full/*/*.csv": True, "**/*.csv": False}
    assert {name: files.exists(name) for name in cases} == cases
    assert files.exists("**/*.csv", recursive=True)
