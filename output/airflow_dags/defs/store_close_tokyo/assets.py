"""Airflow DAG `store_close_tokyo` (store_close.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from datetime import timezone

import dagster as dg
import pendulum

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.schedules import request_due

TOKYO = pendulum.timezone("Asia/Tokyo")

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="30 0 * * *",
    start="2024-03-01T00:00:00+0900",
    timezone="Asia/Tokyo",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)

airflow_dag = AirflowDag(
    dag_id="store_close_tokyo", airflow="3", cron="30 0 * * *", timezone="Asia/Tokyo", data_intervals=False
)


@dg.asset(
    key=["store_close_tokyo", "business_day"],
    description="The day that has just ended in the store, beside Airflow's UTC date.",
    group_name="store_close_tokyo",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=1, delay=300),
    owners=["team:store_ops"],
    kinds={"python"},
    tags={"stores": ""},
    metadata={"airflow/dag_id": "store_close_tokyo", "airflow/task_id": "business_day"},
)
def business_day(context: dg.AssetExecutionContext) -> dict:
    airflow = airflow_dag.context(context, task_id="business_day")
    data_interval_start = airflow["data_interval_start"]
    ds = context.partition_time_window.start.astimezone(timezone.utc).strftime("%Y-%m-%d")
    local = data_interval_start.in_timezone(TOKYO)
    return {"ds": ds, "local": local.to_date_string(), "closed": local.subtract(days=1).to_date_string()}


@dg.asset(
    key=["store_close_tokyo", "label"],
    deps=[["store_close_tokyo", "business_day"]],
    group_name="store_close_tokyo",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=1, delay=300),
    owners=["team:store_ops"],
    kinds={"bash"},
    tags={"stores": ""},
    metadata={"airflow/dag_id": "store_close_tokyo", "airflow/task_id": "label"},
)
def label(context: dg.AssetExecutionContext) -> str:
    airflow = airflow_dag.context(context, task_id="label")
    return run_bash(
        airflow.render(
            "echo close {{ ds }}, {{ data_interval_start.in_timezone('Asia/Tokyo').strftime('%d.%m %H:%M') }}"
        )
    )


job = dg.define_asset_job(
    "store_close_tokyo",
    selection=dg.AssetSelection.groups("store_close_tokyo"),
    tags={"airflow/dag_id": "store_close_tokyo"},
)


@dg.sensor(job=job)
def store_close_tokyo_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Asks for each run that falls due from the cut-over on, once."""
    return request_due(context, intervals, cutover=dg.EnvVar("MIGRATION_CUTOVER").get_value())
