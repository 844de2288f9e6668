"""Airflow DAG `shards_updated` (dag.py) as Dagster assets.

Runs when assets are updated. Plain assets: every trigger rule is all_success and nothing branches.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.updates import request_on_updates

airflow_dag = AirflowDag(
    dag_id="shards_updated",
    airflow="3",
    data_intervals=False,
    sources=[AirflowDag(dag_id="updates", airflow="3")],
)


@dg.asset(
    key=["shards_updated", "why_shards"],
    group_name="shards_updated",
    kinds={"python"},
    metadata={"airflow/dag_id": "shards_updated", "airflow/task_id": "why_shards"},
)
def why_shards(context: dg.AssetExecutionContext) -> Any:
    airflow = airflow_dag.context(context, task_id="why_shards")
    triggering_asset_events = airflow["triggering_asset_events"]
    return {
        asset.name: [event.extra for event in events] for asset, events in triggering_asset_events.items()
    }


@dg.asset(
    key=["shards_updated", "how_many"],
    group_name="shards_updated",
    kinds={"bash"},
    metadata={"airflow/dag_id": "shards_updated", "airflow/task_id": "how_many"},
)
def how_many(context: dg.AssetExecutionContext) -> str:
    airflow = airflow_dag.context(context, task_id="how_many")
    return run_bash(airflow.render("echo {{ triggering_asset_events | length }}"))


job = dg.define_asset_job(
    "shards_updated",
    selection=dg.AssetSelection.groups("shards_updated"),
    tags={"airflow/dag_id": "shards_updated"},
)


@dg.sensor(job=job)
def shards_updated_asset_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Asks for a run when the assets were updated since the last one."""
    return request_on_updates(context, dg.AssetKey(["updates", "shard"]), airflow="3")
