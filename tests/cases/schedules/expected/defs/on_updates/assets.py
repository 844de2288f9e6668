"""Airflow DAG `on_updates` (dag.py) as Dagster assets.

Runs when assets are updated. Plain assets: every trigger rule is all_success and nothing branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.updates import AllOf, request_on_updates

airflow_dag = AirflowDag(dag_id="on_updates", airflow="3", data_intervals=False)


@dg.asset(
    key=["on_updates", "join"],
    group_name="on_updates",
    kinds={"bash"},
    metadata={"airflow/dag_id": "on_updates", "airflow/task_id": "join"},
)
def join(context: dg.AssetExecutionContext) -> str:
    airflow = airflow_dag.context(context, task_id="join")
    run_id = airflow["run_id"]
    return run_bash(f"echo {run_id}")


job = dg.define_asset_job(
    "on_updates", selection=dg.AssetSelection.groups("on_updates"), tags={"airflow/dag_id": "on_updates"}
)


@dg.sensor(job=job)
def on_updates_asset_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Asks for a run when the assets were updated since the last one."""
    return request_on_updates(
        context,
        AllOf(
            [
                dg.AssetKey(["every_90_minutes", "load"]),
                dg.AssetKey(["catching_up", "load"]),
                dg.AssetKey(["s3", "partner", "prices"]),
            ]
        ),
        airflow="3",
    )
