"""Airflow 2: what a DAG and its tasks call when they have ended."""

import json
from datetime import datetime
from pathlib import Path

from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.providers.slack.notifications.slack import SlackNotifier

LISTENERS = json.loads(Path("/etc/listeners.json").read_text())


def tell(context):
    print(context["reason"], context["dag_run"].run_id)


with DAG(
    "callbacks",
    schedule_interval="@daily",
    start_date=datetime(2024, 1, 1),
    catchup=False,
    params={"size": 1},
    on_success_callback=tell,
    on_failure_callback=[tell, SlackNotifier(text="{{ dag.dag_id }} failed", channel="#ops")],
    default_args={"on_failure_callback": SlackNotifier(text="{{ ti.task_id }} failed")},
):
    BashOperator(task_id="first", bash_command="echo {{ params.size }}")

with DAG(
    "unknown_callbacks",
    schedule_interval=None,
    start_date=datetime(2024, 1, 1),
    on_failure_callback=LISTENERS["failed"],
):
    BashOperator(task_id="second", bash_command="true")
