"""Airflow DAG `told_when_run` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

import dagster as dg

from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.events import Asset

REGIONS = Asset("regions", "s3://lake/regions")

airflow_dag = AirflowDag(dag_id="told_when_run", airflow="3")


@dg.asset(
    key=["told_when_run", "tell"],
    group_name="told_when_run",
    kinds={"python"},
    metadata={"airflow/dag_id": "told_when_run", "airflow/task_id": "tell"},
)
def tell(context: dg.AssetExecutionContext) -> None:
    airflow = airflow_dag.context(context, task_id="tell")
    outlet_events = airflow["outlet_events"]
    outlet_events[REGIONS].add_partitions(["north", "south"])


job = dg.define_asset_job(
    "told_when_run",
    selection=dg.AssetSelection.groups("told_when_run"),
    tags={"airflow/dag_id": "told_when_run"},
)
