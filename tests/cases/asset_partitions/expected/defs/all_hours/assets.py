"""Airflow DAG `all_hours` (dag.py) as Dagster assets.

Runs when assets are updated. Plain assets: every trigger rule is all_success and nothing branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.partition_updates import PartitionsOf, request_on_partitions
from ...airflow_compat.partitions import DayWindow, RollupMapper, StartOfDayMapper

airflow_dag = AirflowDag(dag_id="all_hours", airflow="3", data_intervals=False)


@dg.asset(
    key=["all_hours", "report"],
    group_name="all_hours",
    kinds={"bash"},
    metadata={"airflow/dag_id": "all_hours", "airflow/task_id": "report"},
)
def report(context: dg.AssetExecutionContext) -> str:
    airflow = airflow_dag.context(context, task_id="report")
    return run_bash(
        airflow.render(
            "echo {{ partition_key }} {{ partition_date }} {{ dag_run.run_after }} {{ dag_run.logical_date }}"
        )
    )


job = dg.define_asset_job(
    "all_hours", selection=dg.AssetSelection.groups("all_hours"), tags={"airflow/dag_id": "all_hours"}
)


@dg.sensor(job=job)
def all_hours_asset_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Asks for a run about each partition of which the assets have all updates it waits for."""
    return request_on_partitions(
        context,
        PartitionsOf(
            "sales",
            [dg.AssetKey(["hourly", "about"])],
            RollupMapper(upstream_mapper=StartOfDayMapper(), window=DayWindow()),
        ),
    )
