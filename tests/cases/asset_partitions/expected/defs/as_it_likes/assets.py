"""Airflow DAG `as_it_likes` (dag.py) as Dagster assets.

Plain assets: every trigger rule is all_success and nothing branches.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.dag import AirflowDag

airflow_dag = AirflowDag(dag_id="as_it_likes", airflow="3", data_intervals=False)


@dg.asset(
    key=["as_it_likes", "which"],
    group_name="as_it_likes",
    kinds={"python"},
    metadata={"airflow/dag_id": "as_it_likes", "airflow/task_id": "which"},
)
def which(context: dg.AssetExecutionContext) -> Any:
    airflow = airflow_dag.context(context, task_id="which")
    triggering_asset_events = airflow["triggering_asset_events"]
    return len(triggering_asset_events)


job = dg.define_asset_job(
    "as_it_likes", selection=dg.AssetSelection.groups("as_it_likes"), tags={"airflow/dag_id": "as_it_likes"}
)
