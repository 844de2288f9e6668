"""Airflow DAG `dag_arguments` (dag.py) as Dagster assets.

Partitioned: it backfills (catchup). Plain assets: every trigger rule is all_success and nothing branches.

The nightly load.
"""

import dagster as dg

from ...airflow_compat.callbacks import call_back
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.schedules import request_due

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="30 2 * * 1-5",
    start="2024-01-01T00:00:00+0000",
    end="2024-12-31T02:30:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
)


def tell(context):
    print("failed")


airflow_dag = AirflowDag(dag_id="dag_arguments", airflow="2", cron="30 2 * * 1-5")


@dg.asset(
    key=["dag_arguments", "begin"],
    group_name="dag_arguments",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=2, delay=300),
    pool="warehouse",
    owners=["team:sales"],
    tags={"nightly": "", "sales": ""},
    op_tags={"dagster/priority": "5"},
    metadata={"airflow/dag_id": "dag_arguments", "airflow/task_id": "begin"},
)
def begin() -> None:
    pass


@dg.asset(
    key=["dag_arguments", "end"],
    deps=[["dag_arguments", "begin"]],
    group_name="dag_arguments",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=2, delay=300),
    pool="warehouse",
    owners=["ops@example.com"],
    tags={"nightly": "", "sales": ""},
    op_tags={"dagster/priority": "5"},
    metadata={"airflow/dag_id": "dag_arguments", "airflow/task_id": "end"},
)
def end() -> None:
    pass


job = dg.define_asset_job(
    "dag_arguments",
    selection=dg.AssetSelection.groups("dag_arguments"),
    tags={"airflow/dag_id": "dag_arguments", "dagster/max_runtime": "7200"},
    executor_def=dg.multiprocess_executor.configured({"max_concurrent": 4}),
)


@dg.sensor(job=job)
def dag_arguments_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Asks for each run that falls due from the cut-over on, once."""
    return request_due(context, intervals, cutover=dg.EnvVar("MIGRATION_CUTOVER").get_value())


@dg.run_status_sensor(run_status=dg.DagsterRunStatus.FAILURE, monitored_jobs=[job])
def dag_arguments_on_failure(context: dg.RunStatusSensorContext) -> None:
    call_back(context, airflow_dag, tell)
