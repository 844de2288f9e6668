"""Airflow 2: what a DAG and its tasks call when they have ended."""

import json
from datetime import datetime
from pathlib import Path

from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.empty import EmptyOperator
from airflow.providers.slack.hooks.slack_webhook import SlackWebhookHook
from airflow.providers.slack.notifications.slack import SlackNotifier
from airflow.providers.smtp.notifications.smtp import SmtpNotifier

LISTENERS = json.loads(Path("/etc/listeners.json").read_text())


def tell(context):
    print(context["reason"], context["dag_run"].run_id)


def tell_chat(context):
    SlackWebhookHook(slack_webhook_conn_id="chat").send_text(context["ti"].log_url)


with DAG(
    "callbacks",
    schedule_interval="@daily",
    start_date=datetime(2024, 1, 1),
    catchup=False,
    params={"size": 1},
    on_success_callback=tell,
    on_failure_callback=[tell, tell_chat, SlackNotifier(text="{{ dag.dag_id }} failed", channel="#ops")],
    default_args={"on_failure_callback": SlackNotifier(text="{{ ti.task_id }} failed")},
):
    BashOperator(task_id="first", bash_command="echo {{ params.size }}")
    BashOperator(task_id="no_equal", bash_command="true", on_success_callback=SmtpNotifier(to="ops@example.com"))

with DAG(
    "alerts",
    schedule_interval=None,
    start_date=datetime(2024, 1, 1),
    default_args={"email": ["ops@example.com"], "email_on_retry": False, "retries": 1},
):
    mailed = BashOperator(task_id="mailed", bash_command="true", on_retry_callback=tell)
    BashOperator(task_id="quoting", bash_command="true", on_failure_callback=SlackNotifier(text=mailed.output))
    BashOperator(task_id="silent", bash_command="true", email_on_failure=False)
    BashOperator(task_id="unknown", bash_command="true", email=LISTENERS["mail"])
    EmptyOperator(task_id="empty")

with DAG(
    "unknown_callbacks",
    schedule_interval=None,
    start_date=datetime(2024, 1, 1),
    on_failure_callback=LISTENERS["failed"],
):
    BashOperator(task_id="second", bash_command="true")
