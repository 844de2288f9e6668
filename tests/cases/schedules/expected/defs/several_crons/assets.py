"""Airflow DAG `several_crons` (dag.py) as Dagster assets.

Not partitioned: there are several cron expressions. Plain assets: every trigger rule is all_success and
nothing branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag

airflow_dag = AirflowDag(dag_id="several_crons", airflow="3", data_intervals=False)


@dg.asset(
    key=["several_crons", "count"],
    group_name="several_crons",
    kinds={"bash"},
    metadata={"airflow/dag_id": "several_crons", "airflow/task_id": "count"},
)
def count(context: dg.AssetExecutionContext) -> str:
    airflow = airflow_dag.context(context, task_id="count")
    ds = airflow["ds"]
    return run_bash(f"echo {ds}")


job = dg.define_asset_job(
    "several_crons",
    selection=dg.AssetSelection.groups("several_crons"),
    tags={"airflow/dag_id": "several_crons"},
)
schedule = dg.ScheduleDefinition(
    name="several_crons_schedule",
    job=job,
    cron_schedule=["0 6 * * *", "30 18 * * 1-5"],
    execution_timezone="UTC",
)
