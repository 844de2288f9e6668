"""Airflow DAG `returns_triage` (returns_triage.py) as Dagster assets.

Partitioned: its tasks read the data interval. Outcome graph: `choose_route` decides which tasks run after it;
`report` (none_failed_min_one_success) looks at how other tasks ended.
"""

import csv
import os
from pathlib import Path
from typing import Any

import dagster as dg

from ...airflow_compat.exceptions import AirflowSkipException
from ...airflow_compat.graph import AirflowGraph

REVIEW_LIMIT = 500.0

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 8 * * *",
    start="2024-03-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)

airflow_graph = AirflowGraph(
    "returns_triage",
    airflow="3",
    group_name="returns_triage",
    tags={"returns": ""},
    owners=["team:customer_care"],
    partitions_def=intervals,
)


@airflow_graph.task(kinds={"python"})
def read_returns(context: dg.OpExecutionContext) -> list:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    file = Path(os.environ["LANDING_DIR"], "returns", f"{ds}.csv")
    if not file.exists():
        raise AirflowSkipException(f"no returns on {ds}")
    with file.open(newline="") as lines:
        return list(csv.DictReader(lines))


@airflow_graph.task(
    inputs={"returns": "read_returns"},
    kind="branch",
    kinds={"python"},
)
def choose_route(returns: Any) -> Any:
    largest = max(float(line["amount"]) for line in returns)
    return "open_review" if largest > REVIEW_LIMIT else "refund_all"


@airflow_graph.task(
    upstream=["choose_route", "read_returns"],
    inputs={"returns": "read_returns"},
    kinds={"python"},
)
def refund_all(returns: Any) -> Any:
    return round(sum(float(line["amount"]) for line in returns), 2)


@airflow_graph.task(
    upstream=["choose_route", "read_returns"],
    inputs={"returns": "read_returns"},
    kinds={"python"},
)
def open_review(returns: Any) -> list:
    return [line["return_id"] for line in returns if float(line["amount"]) > REVIEW_LIMIT]


@airflow_graph.task(
    inputs={"returns": "read_returns", "refunded": "refund_all", "reviews": "open_review"},
    trigger_rule="none_failed_min_one_success",
    multiple_outputs=True,
    kinds={"python"},
)
def report(returns: Any, refunded: Any, reviews: Any) -> dict:
    return {"returns": len(returns), "refunded": refunded, "reviews": reviews}


@airflow_graph.task(upstream=["report"])
def done() -> None:
    pass


assets = airflow_graph.assets()

job = airflow_graph.job("returns_triage")
schedule = dg.build_schedule_from_partitioned_job(job, name="returns_triage_schedule")
