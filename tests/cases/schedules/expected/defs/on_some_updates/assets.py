"""Airflow DAG `on_some_updates` (dag.py) as Dagster assets.

Runs when assets are updated. Plain assets: every trigger rule is all_success and nothing branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.updates import AllOf, AnyOf, request_on_updates


@dg.asset(
    key=["on_some_updates", "join"],
    group_name="on_some_updates",
    kinds={"bash"},
    metadata={"airflow/dag_id": "on_some_updates", "airflow/task_id": "join"},
)
def join() -> str:
    return run_bash("echo joined")


job = dg.define_asset_job(
    "on_some_updates",
    selection=dg.AssetSelection.groups("on_some_updates"),
    tags={"airflow/dag_id": "on_some_updates"},
)


@dg.sensor(job=job)
def on_some_updates_asset_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Asks for a run when the assets were updated since the last one."""
    return request_on_updates(
        context,
        AnyOf(
            [
                AllOf([dg.AssetKey(["every_90_minutes", "load"]), dg.AssetKey(["catching_up", "load"])]),
                dg.AssetKey(["stock", "stock"]),
            ]
        ),
        airflow="3",
    )
