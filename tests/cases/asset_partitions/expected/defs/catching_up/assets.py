"""Airflow DAG `catching_up` (dag.py) as Dagster assets.

Partitioned, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.dates import PartitionKeys
from ...airflow_compat.schedules import request_due

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="30 6 * * 1",
    start="02.March.2026_06:30",
    end="08.June.2026_06:30",
    timezone="UTC",
    fmt="%d.%B.%Y_%H:%M",
    end_offset=1,
)

airflow_dag = AirflowDag(
    dag_id="catching_up",
    airflow="3",
    cron="30 6 * * 1",
    data_intervals=False,
    partition_keys=PartitionKeys("%d.%B.%Y_%H:%M"),
)


@dg.asset(
    key=["catching_up", "report"],
    group_name="catching_up",
    partitions_def=intervals,
    kinds={"bash"},
    metadata={"airflow/dag_id": "catching_up", "airflow/task_id": "report"},
)
def report(context: dg.AssetExecutionContext) -> str:
    airflow = airflow_dag.context(context, task_id="report")
    return run_bash(
        airflow.render(
            "echo {{ partition_key }} {{ partition_date }} {{ dag_run.run_after }} {{ dag_run.logical_date }}"
        )
    )


job = dg.define_asset_job(
    "catching_up", selection=dg.AssetSelection.groups("catching_up"), tags={"airflow/dag_id": "catching_up"}
)


@dg.sensor(job=job)
def catching_up_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Asks for each run that falls due from the cut-over on, once."""
    return request_due(context, intervals, cutover=dg.EnvVar("MIGRATION_CUTOVER").get_value())
