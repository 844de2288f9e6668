"""Airflow DAG `updates` (dag.py) as Dagster assets.

No schedule, as in Airflow. Outcome graph: `shard` is mapped.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.bridge import airflow_function
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.events import Asset, Metadata, told
from ...airflow_compat.exceptions import UnfinishedTaskError
from ...airflow_compat.graph import AirflowGraph

ORDERS = Asset("orders")
LAKE = Asset("lake", "s3://lake/orders")
SHARDS = Asset("shards")


def copy(ti=None):
    yield Metadata(LAKE, {"by": ti.task_id})
    return "copied"


airflow_dag = AirflowDag(dag_id="updates", airflow="3")

airflow_graph = AirflowGraph("updates", airflow="3", airflow_dag=airflow_dag, group_name="updates")


@airflow_graph.task(kinds={"python"})
def load(context: dg.OpExecutionContext) -> None:
    airflow = airflow_dag.context(context, task_id="load")
    outlet_events = airflow["outlet_events"]
    outlet_events[ORDERS].extra = {"rows": 3}


@airflow_graph.task(
    task_id="copy",
    upstream=["load"],
    kinds={"python"},
)
def copy_asset(context: dg.OpExecutionContext) -> Any:
    airflow = airflow_dag.context(context, task_id="copy")
    return told(airflow["outlet_events"], copy(ti=airflow["ti"]))


@airflow_graph.task(upstream=["load"])
def copy_quietly() -> None:
    raise UnfinishedTaskError(
        "A2D202: The function is a generator, whose items Airflow takes as asset metadata."
    )


@airflow_graph.task(upstream=["load"], kinds={"python"})
def find(context: dg.OpExecutionContext) -> None:
    from ...lib.dag_airflow import find

    airflow = airflow_dag.context(context, task_id="find")
    return airflow_function(find)(outlet_events=airflow["outlet_events"])


@airflow_graph.task(upstream=["load"], kinds={"python"})
def load_regions(context: dg.OpExecutionContext) -> None:
    airflow = airflow_dag.context(context, task_id="load_regions")
    outlet_events = airflow["outlet_events"]
    outlet_events[ORDERS].add_partitions(["north", "south"])


@airflow_graph.task(expand={"number": [1, 2]}, kinds={"python"})
def shard(context: dg.OpExecutionContext, number: Any) -> None:
    airflow = airflow_dag.context(context, task_id="shard")
    outlet_events = airflow["outlet_events"]
    outlet_events[SHARDS].extra = {"number": number}


assets = airflow_graph.assets()

job = airflow_graph.job("updates")
