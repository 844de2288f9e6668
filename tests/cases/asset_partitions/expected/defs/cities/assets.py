"""Airflow DAG `cities` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.events import Asset

airflow_dag = AirflowDag(dag_id="cities", airflow="3")


@dg.asset(
    key=["cities", "cities"],
    group_name="cities",
    kinds={"python"},
    metadata={"airflow/dag_id": "cities", "airflow/task_id": "cities"},
)
def cities(context: dg.AssetExecutionContext) -> Any:
    airflow = airflow_dag.context(context, task_id="cities")
    outlet_events = airflow["outlet_events"]
    self = Asset("cities", "s3://lake/cities")
    outlet_events[self].add_partitions("berlin")
    return self.uri


job = dg.define_asset_job(
    "cities", selection=dg.AssetSelection.groups("cities"), tags={"airflow/dag_id": "cities"}
)
