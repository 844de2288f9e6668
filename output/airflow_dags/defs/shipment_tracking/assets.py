"""Airflow DAG `shipment_tracking` (shipment_tracking.py) as Dagster assets.

Not partitioned: no task reads its dates. Outcome graph: `open_shipments` is mapped; `label_command` is
mapped; `print_label` is mapped.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.graph import AirflowGraph
from ...airflow_compat.mapping import task_output
from ..resources import SqliteResource

airflow_graph = AirflowGraph(
    "shipment_tracking",
    airflow="3",
    group_name="shipment_tracking",
    tags={"logistics": "", "mapping": ""},
    owners=["team:logistics"],
)


@airflow_graph.task(kinds={"python"})
def carriers(warehouse: SqliteResource) -> list:
    rows = warehouse.get_records("SELECT DISTINCT carrier FROM shipments ORDER BY carrier")
    return [carrier for (carrier,) in rows]


@airflow_graph.task(
    multiple_outputs=True,
    expand={"carrier": task_output("carriers")},
    kinds={"python"},
)
def open_shipments(warehouse: SqliteResource, carrier: Any) -> dict:
    since = "2024-03-01"
    (count,) = warehouse.get_first(
        "SELECT COUNT(*) FROM shipments WHERE carrier = ? AND shipped_on >= ? AND delivered_on IS NULL",
        parameters=(carrier, since),
    )
    return {"carrier": carrier, "open": count}


@airflow_graph.task(inputs={"answers": "open_shipments"}, kinds={"python"})
def total(answers: Any) -> Any:
    return sum(answer["open"] for answer in answers)


@airflow_graph.task(expand={"answer": task_output("open_shipments")}, kinds={"python"})
def label_command(answer: Any) -> str:
    return f"echo {answer['carrier']}={answer['open']}"


@airflow_graph.task(expand={"bash_command": task_output("label_command")}, kinds={"bash"})
def print_label(bash_command: Any) -> str:
    return run_bash(bash_command)


assets = airflow_graph.assets()

job = airflow_graph.job("shipment_tracking")
schedule = dg.ScheduleDefinition(
    name="shipment_tracking_schedule", job=job, cron_schedule="0 */4 * * *", execution_timezone="UTC"
)
