"""Airflow DAG `hooks` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from pathlib import Path
from typing import Any

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.exceptions import AirflowSkipException
from ...airflow_compat.hooks import Hooks, run_if, skip_if
from ...airflow_compat.task import airflow_task
from ..resources import HooksParams

LIMIT = 3

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)


def need_space(context):
    """Raises where the disk of the run's folder is said to be full."""
    if Path(f"/tmp/full_{context['ds_nodash']}").exists():
        raise RuntimeError("no space left")


def not_too_many(context, result):
    if len(result) > LIMIT:
        raise AirflowSkipException(f"{len(result)} rows are too many")


def note(context, result=None):
    print(context["ti"].task_id, "has ended")


def summary() -> str:
    return "echo summary"


airflow_dag = AirflowDag(dag_id="hooks", airflow="3", cron="0 0 * * *", data_intervals=False)


@dg.asset(
    key=["hooks", "rows"],
    group_name="hooks",
    partitions_def=intervals,
    output_required=False,
    kinds={"python"},
    metadata={"airflow/dag_id": "hooks", "airflow/task_id": "rows"},
)
@airflow_task(
    hooks=Hooks(pre_execute=[need_space], post_execute=[not_too_many]), dag=airflow_dag, task_id="rows"
)
def rows() -> list:
    return [1, 2, 3]


@dg.asset(
    key=["hooks", "reload"],
    deps=[["hooks", "rows"]],
    group_name="hooks",
    partitions_def=intervals,
    output_required=False,
    kinds={"python"},
    metadata={"airflow/dag_id": "hooks", "airflow/task_id": "reload"},
)
@airflow_task(
    hooks=Hooks(
        pre_execute=[run_if(lambda context: context["params"]["full"], "only in full loads")],
        params="hooks_params",
    ),
    dag=airflow_dag,
    task_id="reload",
)
def reload(hooks_params: HooksParams) -> None:
    print("reloading")


@dg.asset(
    key=["hooks", "summary"],
    ins={"rows": dg.AssetIn(["hooks", "rows"])},
    group_name="hooks",
    partitions_def=intervals,
    output_required=False,
    kinds={"bash"},
    metadata={"airflow/dag_id": "hooks", "airflow/task_id": "summary"},
)
@airflow_task(
    hooks=Hooks(
        pre_execute=[
            run_if(lambda context: (context["params"]["limit"] > 5, "the limit is low")),
            skip_if(lambda context: len(context["ti"].xcom_pull(task_ids="rows")) < 2),
        ],
        xcoms={"rows": "rows"},
        params="hooks_params",
        task_params={"limit": 7},
    ),
    dag=airflow_dag,
    task_id="summary",
)
def summary_asset(hooks_params: HooksParams, rows: Any) -> str:
    return run_bash(summary())


@dg.asset(
    key=["hooks", "quiet"],
    group_name="hooks",
    partitions_def=intervals,
    output_required=False,
    kinds={"bash"},
    metadata={"airflow/dag_id": "hooks", "airflow/task_id": "quiet"},
)
@airflow_task(
    hooks=Hooks(post_execute=[note], params="hooks_params"),
    retries=1,
    retry_delay=300,
    dag=airflow_dag,
    task_id="quiet",
)
def quiet(hooks_params: HooksParams) -> str:
    return run_bash("echo quiet")


@dg.asset(
    key=["hooks", "never_executed"],
    group_name="hooks",
    partitions_def=intervals,
    metadata={"airflow/dag_id": "hooks", "airflow/task_id": "never_executed"},
)
def never_executed() -> None:
    pass


job = dg.define_asset_job(
    "hooks", selection=dg.AssetSelection.groups("hooks"), tags={"airflow/dag_id": "hooks"}
)
schedule = dg.build_schedule_from_partitioned_job(job, name="hooks_schedule")
