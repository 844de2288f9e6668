"""Airflow DAG `own_files` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

import csv
import json
import os
from pathlib import Path
from typing import Any

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.bridge import execute_operator
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.files import DAG_FILES
from ...airflow_compat.task import airflow_task
from ...lib.team.queries import query

HERE = DAG_FILES
BASE = str(DAG_FILES)

ABOVE = os.path.join(BASE, "..", "elsewhere.txt")

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)


def names(folder):
    return sorted(os.listdir(folder))


airflow_dag = AirflowDag(
    dag_id="own_files",
    airflow="3",
    cron="0 0 * * *",
    data_intervals=False,
    template_searchpath=(str(Path(__file__).parent),),
)


@dg.asset(
    key=["own_files", "rates"],
    group_name="own_files",
    partitions_def=intervals,
    kinds={"python"},
    metadata={"airflow/dag_id": "own_files", "airflow/task_id": "rates"},
)
def rates() -> Any:
    path = DAG_FILES / "conf/rates.csv"
    with open(path) as file:
        return {row["currency"]: float(row["rate"]) for row in csv.DictReader(file)}


@dg.asset(
    key=["own_files", "script"],
    group_name="own_files",
    partitions_def=intervals,
    output_required=False,
    kinds={"bash"},
    metadata={"airflow/dag_id": "own_files", "airflow/task_id": "script"},
)
@airflow_task()
def script(context: dg.AssetExecutionContext) -> str:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return run_bash(f"python {DAG_FILES}/scripts/total.py {ds}")


@dg.asset(
    key=["own_files", "inside"],
    group_name="own_files",
    partitions_def=intervals,
    output_required=False,
    kinds={"bash"},
    metadata={"airflow/dag_id": "own_files", "airflow/task_id": "inside"},
)
@airflow_task()
def inside() -> str:
    return run_bash(
        "python total.py 2 && echo $CONF", env={"CONF": BASE}, append_env=True, cwd=f"{BASE}/scripts"
    )


@dg.asset(
    key=["own_files", "count"],
    group_name="own_files",
    partitions_def=intervals,
    output_required=False,
    kinds={"airflow"},
    metadata={"airflow/dag_id": "own_files", "airflow/task_id": "count"},
)
@airflow_task()
def count(context: dg.AssetExecutionContext) -> dict[str, Any]:
    from ...lib.dag_airflow import CountLines

    airflow = airflow_dag.context(context, task_id="count")
    operator = CountLines(task_id="count", name="rates.csv")
    return airflow.keyed(execute_operator(operator, airflow))


@dg.asset(
    key=["own_files", "first_line"],
    ins={"count": dg.AssetIn(["own_files", "count"])},
    group_name="own_files",
    partitions_def=intervals,
    kinds={"python"},
    metadata={"airflow/dag_id": "own_files", "airflow/task_id": "first_line"},
)
def first_line(count: Any) -> Any:
    return count.get("first")


@dg.asset(
    key=["own_files", "hive"],
    group_name="own_files",
    partitions_def=intervals,
    output_required=False,
    kinds={"airflow"},
    metadata={"airflow/dag_id": "own_files", "airflow/task_id": "hive"},
)
@airflow_task()
def hive(context: dg.AssetExecutionContext) -> Any:
    from ...lib.dag_airflow import HiveQuery

    airflow = airflow_dag.context(context, task_id="hive")
    operator = HiveQuery(task_id="hive", hql="queries/daily.hql")
    return execute_operator(operator, airflow)


@dg.asset(
    key=["own_files", "limits"],
    group_name="own_files",
    partitions_def=intervals,
    kinds={"python"},
    metadata={"airflow/dag_id": "own_files", "airflow/task_id": "limits"},
)
def limits(context: dg.AssetExecutionContext) -> Any:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return json.loads((HERE / "conf" / "limits.json").read_text())[ds[:4]]


@dg.asset(
    key=["own_files", "names"],
    group_name="own_files",
    partitions_def=intervals,
    kinds={"python"},
    metadata={"airflow/dag_id": "own_files", "airflow/task_id": "names"},
)
def names_task() -> Any:
    return names(folder=(DAG_FILES / "conf"))


@dg.asset(
    key=["own_files", "statement"],
    group_name="own_files",
    partitions_def=intervals,
    kinds={"python"},
    metadata={"airflow/dag_id": "own_files", "airflow/task_id": "statement"},
)
def statement() -> Any:
    table = "sales"
    return query("totals.sql").format(table=table)


@dg.asset(
    key=["own_files", "above"],
    group_name="own_files",
    partitions_def=intervals,
    kinds={"python"},
    metadata={"airflow/dag_id": "own_files", "airflow/task_id": "above"},
)
def above() -> Any:
    return (DAG_FILES / "dag.py").name, os.path.exists(ABOVE)


@dg.asset(
    key=["own_files", "nowhere"],
    group_name="own_files",
    partitions_def=intervals,
    kinds={"python"},
    metadata={"airflow/dag_id": "own_files", "airflow/task_id": "nowhere"},
)
def nowhere() -> Any:
    return names(folder=(DAG_FILES / "later"))


job = dg.define_asset_job(
    "own_files", selection=dg.AssetSelection.groups("own_files"), tags={"airflow/dag_id": "own_files"}
)
schedule = dg.build_schedule_from_partitioned_job(job, name="own_files_schedule")
