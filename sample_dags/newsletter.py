"""The weekly newsletter: waits for its editors and for the ledger, is rendered, and tells the team how it went."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

from airflow.providers.smtp.notifications.smtp import SmtpNotifier
from airflow.providers.standard.operators.python import PythonOperator
from airflow.providers.standard.sensors.external_task import ExternalTaskSensor
from airflow.providers.standard.sensors.python import PythonSensor
from airflow.providers.standard.sensors.time_delta import TimeDeltaSensor
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowSkipException

DESK = Path(os.environ["EXPORT_DIR"], "newsletter")


def euros(amount: float) -> str:
    return f"{amount:.2f} €"


def day_before(logical_date: datetime) -> datetime:
    """The run of the ledger that the issue quotes."""
    return logical_date.replace(hour=20) - timedelta(days=1)


def log(event: str, context) -> None:
    DESK.mkdir(exist_ok=True)
    with (DESK / "desk.log").open("a") as file:
        file.write(f"{event} {context['ti'].task_id} {context['ds']}\n")


def started(context) -> None:
    log("started", context)


def skipped(context) -> None:
    log("skipped", context)


def compose(issue: dict, prices: list, templates_dict: dict | None = None) -> dict:
    """`issue` and `prices` arrive as the values they are, for the DAG renders its templates natively."""
    greeting = templates_dict["greeting"] if templates_dict else ""
    return {"greeting": greeting, "number": issue["number"] + 1, "lines": [*prices, issue["nested"][0]]}


def print_copies(day: str) -> None:
    raise AirflowSkipException(f"nobody asked for paper on {day}")


with DAG(
    dag_id="newsletter",
    schedule="0 9 * * 3",
    start_date=datetime(2024, 3, 1),
    catchup=False,
    render_template_as_native_obj=True,
    user_defined_macros={"house": "Teahouse"},
    user_defined_filters={"euros": euros},
    params={"recipients": 120},
    default_args={"owner": "marketing"},
    tags=["marketing", "weekly"],
) as dag:
    coffee = TimeDeltaSensor(task_id="coffee", delta=timedelta(minutes=5), deferrable=True)
    texts = PythonSensor(
        task_id="texts",
        python_callable=lambda: Path(os.environ["LANDING_DIR"]).is_dir(),
        poke_interval=5,
        exponential_backoff=True,
        max_wait=timedelta(minutes=1),
        timeout=600,
    )
    ledger = ExternalTaskSensor(
        task_id="ledger",
        external_dag_id="ledger_postings",
        external_task_id="post_day",
        execution_date_fn=day_before,
        poke_interval=5,
        timeout=30,
        soft_fail=True,
    )
    composed = PythonOperator(
        task_id="compose",
        python_callable=compose,
        op_kwargs={
            "issue": {"number": "{{ params.recipients }}", "nested": ["{{ 12.5 | euros }}", ("{{ ds }}",)]},
            "prices": "{{ [4.5, 6.25] | map('euros') | list }}",
        },
        templates_dict={"greeting": "{{ house }} on {{ ds }}"},
        trigger_rule="none_failed",
        on_execute_callback=started,
        on_success_callback=SmtpNotifier(
            to="marketing@teahouse.example",
            from_email="airflow@teahouse.example",
            subject="Newsletter of {{ ds }}",
            html_content="composed",
        ),
    )
    paper = PythonOperator(
        task_id="print_copies",
        python_callable=print_copies,
        op_args=["{{ ds }}"],
        on_skipped_callback=skipped,
    )
    [coffee, texts, ledger] >> composed >> paper
