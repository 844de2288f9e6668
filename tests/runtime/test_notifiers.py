"""Callbacks that tell people set up their resources when they are called; see test_alerts for what they say."""

from __future__ import annotations

import socketserver
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from support.messages import Mailbox, serving

from migrator.runtime.compat.dag import AirflowDag
from migrator.runtime.compat.notifiers import mail_alert, with_resources
from migrator.runtime.compat.task import airflow_task
from migrator.runtime.resources.smtp import SmtpResource

DAG = AirflowDag(dag_id="dag", airflow="2")
SERVER = SmtpResource(
    host=dg.EnvVar("TEST_MAIL_HOST"), port=dg.EnvVar.int("TEST_MAIL_PORT"), from_email=dg.EnvVar("TEST_MAIL_FROM")
)


def failing(*callbacks: Any) -> dg.ExecuteInProcessResult:
    """A run of an asset that fails and calls these callbacks."""

    @dg.asset
    @airflow_task(on_failure_callback=list(callbacks), dag=DAG, task_id="broken")
    def broken() -> None:
        raise ValueError("the <reason>")

    return dg.materialize([broken], raise_on_error=False)


def test_a_server_that_is_not_configured_is_only_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("TEST_MAIL_HOST", raising=False)
    called: list[str] = []
    result = failing(mail_alert(SERVER, "a@x.org"), lambda airflow: called.append(airflow["ti"].state))
    (failure,) = result.get_step_failure_events()
    assert "the <reason>" in str(failure.step_failure_data.error)
    assert called == ["failed"]
    assert "TEST_MAIL_HOST" in caplog.text


def test_mail_and_functions_get_their_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def tell(first: str, airflow: Any, *, server: SmtpResource, room: str) -> None:
        server.send_email("b@x.org", f"{first} {room}", airflow["ti"].log_url)

    with serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailbox)) as mailbox:
        monkeypatch.setenv("TEST_MAIL_HOST", "127.0.0.1")
        monkeypatch.setenv("TEST_MAIL_PORT", str(mailbox.server_address[1]))
        monkeypatch.setenv("TEST_MAIL_FROM", "me@x.org")
        monkeypatch.setenv("DAGSTER_WEBSERVER_URL", "https://dagster.x.org/")
        result = failing(mail_alert(SERVER, ["a@x.org"]), with_resources(tell, "in", server=SERVER, room="blue"))
    alert, told = (seen["message"] for seen in mailbox.seen)
    text = alert.get_payload()[0].get_payload(decode=True).decode()
    url = f"https://dagster.x.org/runs/{result.run_id}"
    assert f'Exception:<br>the &lt;reason&gt;<br>Log: <a href="{url}">' in text
    assert told["Subject"] == "in blue"
    assert told.get_payload()[0].get_payload(decode=True).decode() == url
