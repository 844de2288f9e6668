"""Airflow DAG `newsletter` (newsletter.py) as Dagster assets.

Partitioned: its tasks read the data interval. Outcome graph: `compose` (none_failed) looks at how other tasks
ended.
"""

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg

from ...airflow_compat.crossdag import other_dag_done
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.exceptions import AirflowSkipException
from ...airflow_compat.graph import AirflowGraph
from ...airflow_compat.notifiers import mail
from ...airflow_compat.sensors import poke_until, wait_until
from ...airflow_compat.templates import native_value
from ..resources import NewsletterParams, smtp_default

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 9 * * 3",
    start="2024-03-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)


def euros(amount: float) -> str:
    return f"{amount:.2f} €"


def day_before(logical_date: datetime) -> datetime:
    """The run of the ledger that the issue quotes."""
    return logical_date.replace(hour=20) - timedelta(days=1)


def log(event: str, context) -> None:
    DESK = Path(os.environ["EXPORT_DIR"], "newsletter")
    DESK.mkdir(exist_ok=True)
    with (DESK / "desk.log").open("a") as file:
        file.write(f"{event} {context['ti'].task_id} {context['ds']}\n")


def started(context) -> None:
    log("started", context)


def skipped(context) -> None:
    log("skipped", context)


airflow_dag = AirflowDag(
    dag_id="newsletter",
    airflow="3",
    cron="0 9 * * 3",
    data_intervals=False,
    render_template_as_native_obj=True,
    user_defined_macros={"house": "Teahouse"},
    user_defined_filters={"euros": euros},
)

ledger_postings_dag = AirflowDag(
    dag_id="ledger_postings", airflow="3", cron="0 20 * * *", data_intervals=False
)

_notify = mail(
    smtp_default,
    to="marketing@teahouse.example",
    from_email="airflow@teahouse.example",
    subject="Newsletter of {{ ds }}",
    html_content="composed",
)

airflow_graph = AirflowGraph(
    "newsletter",
    airflow="3",
    airflow_dag=airflow_dag,
    group_name="newsletter",
    tags={"marketing": "", "weekly": ""},
    owners=["team:marketing"],
    partitions_def=intervals,
)


@airflow_graph.task()
def coffee(context: dg.OpExecutionContext, newsletter_params: NewsletterParams) -> Any:
    airflow = airflow_dag.context(context, task_id="coffee", params=newsletter_params.model_dump())
    return wait_until(
        (airflow.get("data_interval_end") or airflow["dag_run"].run_after) + timedelta(minutes=5)
    )


@airflow_graph.task()
def texts() -> Any:
    return poke_until(
        lambda: Path(os.environ["LANDING_DIR"]).is_dir(),
        poke_interval=5,
        timeout=600,
        exponential_backoff=True,
        max_wait=60,
    )


@airflow_graph.task(deps=[["ledger_postings", "post_day"]])
def ledger(context: dg.OpExecutionContext, newsletter_params: NewsletterParams) -> None:
    airflow = airflow_dag.context(context, task_id="ledger", params=newsletter_params.model_dump())
    poke_until(
        lambda: other_dag_done(
            context,
            ledger_postings_dag,
            day_before(airflow["logical_date"]),
            tasks=[["ledger_postings", "post_day"]],
            soft_fail=True,
        ),
        poke_interval=5,
        timeout=30,
        soft_fail=True,
    )


@airflow_graph.task(
    upstream=["coffee", "ledger", "texts"],
    trigger_rule="none_failed",
    on_execute_callback=started,
    on_success_callback=_notify,
    description="`issue` and `prices` arrive as the values they are, for the DAG renders its templates natively.",
    kinds={"python"},
)
def compose(context: dg.OpExecutionContext, newsletter_params: NewsletterParams) -> dict:
    airflow = airflow_dag.context(context, task_id="compose", params=newsletter_params.model_dump())
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    issue = {
        "number": native_value(newsletter_params.recipients),
        "nested": [airflow.render("{{ 12.5 | euros }}"), (ds,)],
    }
    prices = airflow.render("{{ [4.5, 6.25] | map('euros') | list }}")
    templates_dict = {"greeting": airflow.render("{{ house }} on {{ ds }}")}
    greeting = templates_dict["greeting"] if templates_dict else ""
    return {"greeting": greeting, "number": issue["number"] + 1, "lines": [*prices, issue["nested"][0]]}


@airflow_graph.task(
    upstream=["compose"],
    on_skipped_callback=skipped,
    kinds={"python"},
)
def print_copies(context: dg.OpExecutionContext) -> None:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    day = ds
    raise AirflowSkipException(f"nobody asked for paper on {day}")


assets = airflow_graph.assets()

job = airflow_graph.job("newsletter")
schedule = dg.build_schedule_from_partitioned_job(job, name="newsletter_schedule")
