"""Airflow DAG `passes_on` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from pathlib import Path
from typing import Any

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.sensors import poke_until

LANDING = Path("landing")

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
)


def has_arrived(ds, shop, **context):
    return (LANDING / f"{shop}-{ds}.csv").exists()


airflow_dag = AirflowDag(dag_id="passes_on", airflow="2", cron="0 0 * * *")


@dg.asset(
    key=["passes_on", "found"],
    group_name="passes_on",
    partitions_def=intervals,
    metadata={"airflow/dag_id": "passes_on", "airflow/task_id": "found"},
)
def found(context: dg.AssetExecutionContext) -> Any:
    airflow = airflow_dag.context(context, task_id="found")
    return poke_until(
        lambda: has_arrived(
            shop="south",
            ds=context.partition_time_window.start.strftime("%Y-%m-%d"),
            **airflow.as_kwargs(without={"ds"}),
        )
    )


@dg.asset(
    key=["passes_on", "work"],
    ins={"found": dg.AssetIn(["passes_on", "found"])},
    group_name="passes_on",
    partitions_def=intervals,
    kinds={"bash"},
    metadata={"airflow/dag_id": "passes_on", "airflow/task_id": "work"},
)
def work(found: Any) -> str:
    return run_bash(f"echo {found}")


job = dg.define_asset_job(
    "passes_on", selection=dg.AssetSelection.groups("passes_on"), tags={"airflow/dag_id": "passes_on"}
)
schedule = dg.build_schedule_from_partitioned_job(job, name="passes_on_schedule")
