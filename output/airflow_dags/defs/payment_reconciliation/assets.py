"""Airflow DAG `payment_reconciliation` (payment_reconciliation.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

import json
import os
from pathlib import Path
from typing import Any

import dagster as dg

from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.exceptions import AirflowFailException
from ...airflow_compat.task import airflow_task
from ..resources import HttpResource

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 7 * * *",
    start="2024-03-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)


def note(kind: str, context) -> None:
    EXPORT_DIR = Path(os.environ["EXPORT_DIR"])
    ti = context["ti"]
    with (EXPORT_DIR / "incidents.log").open("a") as log:
        log.write(f"{kind} {ti.dag_id}.{ti.task_id} {context['ds']} try {ti.try_number}\n")


def open_incident(context) -> None:
    note("failure", context)


def note_retry(context) -> None:
    note("retry", context)


airflow_dag = AirflowDag(dag_id="payment_reconciliation", airflow="3", cron="0 7 * * *", data_intervals=False)


@dg.asset(
    key=["payment_reconciliation", "read_settlement"],
    group_name="payment_reconciliation",
    partitions_def=intervals,
    owners=["team:payments"],
    kinds={"python"},
    tags={"payments": "", "critical": ""},
    metadata={"airflow/dag_id": "payment_reconciliation", "airflow/task_id": "read_settlement"},
)
@airflow_task(
    retries=3,
    retry_delay=600,
    retry_exponential_backoff=True,
    max_retry_delay=3600,
    execution_timeout=900,
    on_failure_callback=open_incident,
    on_retry_callback=note_retry,
    dag=airflow_dag,
    task_id="read_settlement",
)
def read_settlement(context: dg.AssetExecutionContext) -> dict:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    file = Path(os.environ["LANDING_DIR"], "settlements", f"{ds}.json")
    if not file.exists():
        raise AirflowFailException(f"no settlement for {ds}")
    return {batch["id"]: batch["gross"] - batch["fee"] for batch in json.loads(file.read_text())["batches"]}


@dg.asset(
    key=["payment_reconciliation", "fetch_payouts"],
    description="Raises for every status but 2xx; the task's retries deal with it.",
    group_name="payment_reconciliation",
    partitions_def=intervals,
    owners=["team:payments"],
    kinds={"python"},
    tags={"payments": "", "critical": ""},
    metadata={"airflow/dag_id": "payment_reconciliation", "airflow/task_id": "fetch_payouts"},
)
@airflow_task(
    retries=3,
    retry_delay=600,
    retry_exponential_backoff=True,
    max_retry_delay=3600,
    execution_timeout=900,
    on_failure_callback=open_incident,
    on_retry_callback=note_retry,
    dag=airflow_dag,
    task_id="fetch_payouts",
)
def fetch_payouts(shop_api: HttpResource) -> dict:
    response = shop_api.using(method="GET").run("/flaky/payouts")
    return {payout["batch"]: payout["net"] for payout in response.json()["payouts"]}


@dg.asset(
    key=["payment_reconciliation", "reconcile"],
    ins={
        "settled": dg.AssetIn(["payment_reconciliation", "read_settlement"]),
        "paid": dg.AssetIn(["payment_reconciliation", "fetch_payouts"]),
    },
    group_name="payment_reconciliation",
    partitions_def=intervals,
    owners=["team:payments"],
    kinds={"python"},
    tags={"payments": "", "critical": ""},
    metadata={"airflow/dag_id": "payment_reconciliation", "airflow/task_id": "reconcile"},
)
@airflow_task(
    retries=3,
    retry_delay=600,
    retry_exponential_backoff=True,
    max_retry_delay=3600,
    execution_timeout=900,
    on_failure_callback=open_incident,
    on_retry_callback=note_retry,
    dag=airflow_dag,
    task_id="reconcile",
)
def reconcile(settled: Any, paid: Any) -> list:
    return sorted(batch for batch in settled.keys() | paid.keys() if settled.get(batch) != paid.get(batch))


job = dg.define_asset_job(
    "payment_reconciliation",
    selection=dg.AssetSelection.groups("payment_reconciliation"),
    tags={"airflow/dag_id": "payment_reconciliation"},
)
schedule = dg.build_schedule_from_partitioned_job(job, name="payment_reconciliation_schedule")
