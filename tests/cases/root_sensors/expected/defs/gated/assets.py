"""Airflow DAG `gated` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Its runs begin when their sensors would let them go on
(--root-sensors). Plain assets: every trigger rule is all_success and nothing branches.
"""

from pathlib import Path
from typing import Any

import dagster as dg

from ...airflow_compat.context import AirflowContext
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.gates import request_when

LANDING = Path("landing")

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 6 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
)


def has_arrived(ds, shop, **context):
    return (LANDING / f"{shop}-{ds}.csv").exists()


airflow_dag = AirflowDag(dag_id="gated", airflow="2", cron="0 6 * * *")


@dg.asset(
    key=["gated", "load"],
    group_name="gated",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=2, delay=300),
    kinds={"python"},
    metadata={"airflow/dag_id": "gated", "airflow/task_id": "load"},
)
def load(context: dg.AssetExecutionContext) -> None:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    (LANDING / f"loaded-{ds}").touch()


job = dg.define_asset_job(
    "gated", selection=dg.AssetSelection.groups("gated"), tags={"airflow/dag_id": "gated"}
)


@dg.sensor(job=job, minimum_interval_seconds=120)
def gated_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Asks for each run that has fallen due when `arrived` would let it go on."""

    def arrived_holds(airflow: AirflowContext) -> Any:
        return has_arrived(shop="north", ds=airflow["ds"], **airflow.as_kwargs(without={"ds"}))

    return request_when(context, intervals, airflow_dag, [arrived_holds], timeout=14400)
