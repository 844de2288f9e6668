"""Airflow DAG `about_the_same` (dag.py) as Dagster assets.

Runs when assets are updated. Plain assets: every trigger rule is all_success and nothing branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.dates import PartitionKeys
from ...airflow_compat.partition_updates import PartitionsOf, request_on_partitions
from ...airflow_compat.updates import AllOf

airflow_dag = AirflowDag(dag_id="about_the_same", airflow="3", data_intervals=False)


@dg.asset(
    key=["about_the_same", "report"],
    group_name="about_the_same",
    kinds={"bash"},
    metadata={"airflow/dag_id": "about_the_same", "airflow/task_id": "report"},
)
def report(context: dg.AssetExecutionContext) -> str:
    airflow = airflow_dag.context(context, task_id="report")
    return run_bash(
        airflow.render(
            "echo {{ partition_key }} {{ partition_date }} {{ dag_run.run_after }} {{ dag_run.logical_date }}"
        )
    )


job = dg.define_asset_job(
    "about_the_same",
    selection=dg.AssetSelection.groups("about_the_same"),
    tags={"airflow/dag_id": "about_the_same"},
)


@dg.sensor(job=job)
def about_the_same_asset_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Asks for a run about each partition of which the assets have all updates it waits for."""
    return request_on_partitions(
        context,
        AllOf(
            [
                PartitionsOf("sales", [dg.AssetKey(["hourly", "about"])]),
                PartitionsOf(
                    "regions",
                    [dg.AssetKey(["told_when_run", "tell"]), dg.AssetKey(["without_partitions", "tell"])],
                ),
            ]
        ),
        sources=[
            AirflowDag(
                dag_id="hourly",
                airflow="3",
                cron="0 * * * *",
                data_intervals=False,
                partition_keys=PartitionKeys("%Y-%m-%dT%H:%M:%S"),
            )
        ],
    )
