"""Airflow DAG `updated` (dag.py) as Dagster assets.

Runs when assets are updated. Plain assets: every trigger rule is all_success and nothing branches.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.events import Asset
from ...airflow_compat.updates import AnyOf, request_on_updates

ORDERS = Asset("orders")
LAKE = Asset("lake", "s3://lake/orders")
SHARDS = Asset("shards")

airflow_dag = AirflowDag(
    dag_id="updated", airflow="3", data_intervals=False, sources=[AirflowDag(dag_id="updates", airflow="3")]
)


@dg.asset(
    key=["updated", "why"],
    group_name="updated",
    kinds={"python"},
    metadata={"airflow/dag_id": "updated", "airflow/task_id": "why"},
)
def why(context: dg.AssetExecutionContext) -> Any:
    airflow = airflow_dag.context(context, task_id="why")
    triggering_asset_events = airflow["triggering_asset_events"]
    return {
        asset.name: [event.extra for event in events] for asset, events in triggering_asset_events.items()
    }


@dg.asset(
    key=["updated", "since"],
    group_name="updated",
    kinds={"python"},
    metadata={"airflow/dag_id": "updated", "airflow/task_id": "since"},
)
def since(context: dg.AssetExecutionContext) -> Any:
    airflow = airflow_dag.context(context, task_id="since")
    triggering_asset_events = airflow["triggering_asset_events"]
    return [events[0].source_run_id for events in triggering_asset_events.values()]


@dg.asset(
    key=["updated", "values_of_sources"],
    group_name="updated",
    kinds={"python"},
    metadata={"airflow/dag_id": "updated", "airflow/task_id": "values_of_sources"},
)
def values_of_sources(context: dg.AssetExecutionContext) -> Any:
    airflow = airflow_dag.context(context, task_id="values_of_sources")
    triggering_asset_events = airflow["triggering_asset_events"]
    return [events[0].source_task_instance.xcom_pull() for events in triggering_asset_events.values()]


@dg.asset(
    key=["updated", "last"],
    group_name="updated",
    kinds={"python"},
    metadata={"airflow/dag_id": "updated", "airflow/task_id": "last"},
)
def last(context: dg.AssetExecutionContext) -> Any:
    airflow = airflow_dag.context(
        context,
        task_id="last",
        inlets={
            Asset("orders"): [dg.AssetKey(["updates", "load"]), dg.AssetKey(["updates", "load_regions"])],
            Asset("lake", "s3://lake/orders"): [
                dg.AssetKey(["updates", "copy"]),
                dg.AssetKey(["updates", "copy_quietly"]),
            ],
            Asset("elsewhere"): [dg.AssetKey(["elsewhere"])],
        },
    )
    inlet_events = airflow["inlet_events"]
    runs = [event.source_dag_run.run_id for event in inlet_events[LAKE]]
    return [*runs, inlet_events[ORDERS][-1].extra, len(inlet_events.for_asset(name="elsewhere"))]


@dg.asset(
    key=["updated", "last_shard"],
    group_name="updated",
    kinds={"python"},
    metadata={"airflow/dag_id": "updated", "airflow/task_id": "last_shard"},
)
def last_shard(context: dg.AssetExecutionContext) -> Any:
    airflow = airflow_dag.context(context, task_id="last_shard")
    inlet_events = airflow["inlet_events"]
    return inlet_events[SHARDS][-1].extra


@dg.asset(
    key=["updated", "how_many"],
    group_name="updated",
    kinds={"bash"},
    metadata={"airflow/dag_id": "updated", "airflow/task_id": "how_many"},
)
def how_many(context: dg.AssetExecutionContext) -> str:
    airflow = airflow_dag.context(context, task_id="how_many")
    return run_bash(airflow.render("echo {{ triggering_asset_events | length }}"))


job = dg.define_asset_job(
    "updated", selection=dg.AssetSelection.groups("updated"), tags={"airflow/dag_id": "updated"}
)


@dg.sensor(job=job)
def updated_asset_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Asks for a run when the assets were updated since the last one."""
    return request_on_updates(
        context,
        AnyOf(
            [
                dg.AssetKey(["updates", "load"]),
                AnyOf([dg.AssetKey(["updates", "copy"]), dg.AssetKey(["updates", "copy_quietly"])]),
            ]
        ),
        airflow="3",
        assets={
            Asset("orders"): [dg.AssetKey(["updates", "load"])],
            Asset("lake", "s3://lake/orders"): [
                dg.AssetKey(["updates", "copy"]),
                dg.AssetKey(["updates", "copy_quietly"]),
            ],
        },
    )
