"""Airflow DAG `without_partitions` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.events import Asset

REGIONS = Asset("regions", "s3://lake/regions")

airflow_dag = AirflowDag(dag_id="without_partitions", airflow="3")


@dg.asset(
    key=["without_partitions", "tell"],
    group_name="without_partitions",
    kinds={"python"},
    metadata={"airflow/dag_id": "without_partitions", "airflow/task_id": "tell"},
)
def tell(context: dg.AssetExecutionContext) -> None:
    airflow = airflow_dag.context(context, task_id="tell")
    outlet_events = airflow["outlet_events"]
    outlet_events[REGIONS].add_partitions(["north", "south"])


@dg.asset(
    key=["without_partitions", "stock"],
    deps=[["without_partitions", "tell"]],
    group_name="without_partitions",
    kinds={"bash"},
    metadata={"airflow/dag_id": "without_partitions", "airflow/task_id": "stock"},
)
def stock() -> str:
    return run_bash("echo stock")


job = dg.define_asset_job(
    "without_partitions",
    selection=dg.AssetSelection.groups("without_partitions"),
    tags={"airflow/dag_id": "without_partitions"},
)
