"""Airflow DAG `stock_alerts` (stock_alerts.py) as Dagster assets.

Partitioned: its tasks read the data interval. Outcome graph: `anything_late` decides which tasks run after
it; `escalate` (all_done) looks at how other tasks ended.

Alerts the buyers when shelves run low, and stays quiet otherwise.

#### For the buyers
The threshold is the Variable `stock_alert_threshold`; an alert lists every store below it.
"""

import os
from pathlib import Path
from typing import Any

import dagster as dg

from ...airflow_compat.graph import AirflowGraph
from ..resources import SqliteResource

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 12 * * *",
    start="2024-03-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)

airflow_graph = AirflowGraph(
    "stock_alerts",
    airflow="3",
    group_name="stock_alerts",
    tags={"alerts": ""},
    owners=["team:purchasing"],
    partitions_def=intervals,
)


@airflow_graph.task(
    kind="short_circuit",
    keyed=True,
    description="True when a shipment of the day has not been delivered; a false value stops everything behind.",
    kinds={"python"},
)
def anything_late(context: dg.OpExecutionContext, warehouse: SqliteResource) -> dict[str, Any]:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    xcom: dict[str, Any] = airflow_graph.xcom()
    (late,) = warehouse.get_first(
        "SELECT COUNT(*) FROM shipments WHERE shipped_on = ? AND delivered_on IS NULL",
        parameters=(ds,),
    )
    xcom["late"] = late
    return {**xcom, "return_value": late > int(os.environ.get("AIRFLOW_VAR_STOCK_ALERT_THRESHOLD", "0"))}


@airflow_graph.task(inputs={"anything_late": "anything_late"}, kinds={"python"})
def write_alert(context: dg.OpExecutionContext, anything_late: Any) -> str:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    text = f"{ds}: {anything_late.get('late')} late"
    Path(os.environ["EXPORT_DIR"], f"alert_{ds}.txt").write_text(text)
    return text


@airflow_graph.task(kinds={"python"})
def count_shipments(context: dg.OpExecutionContext) -> Any:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return f"checked {ds}"


@airflow_graph.task(
    upstream=["write_alert"],
    trigger_rule="all_done",
    kinds={"python"},
)
def escalate() -> Any:
    return "on call"


assets = airflow_graph.assets()

job = airflow_graph.job("stock_alerts")
schedule = dg.build_schedule_from_partitioned_job(job, name="stock_alerts_schedule")
