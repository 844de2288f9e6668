"""Airflow DAG `template_files` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from pathlib import Path
from typing import Any

import dagster as dg

from ...airflow_compat.dag import AirflowDag
from ..resources import SqlResource, fetch_all

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
)


def show(query, limit):
    print(query, limit)


airflow_dag = AirflowDag(dag_id="template_files", airflow="2", cron="0 0 * * *")


@dg.asset(
    key=["template_files", "one"],
    group_name="template_files",
    partitions_def=intervals,
    kinds={"sql"},
    metadata={"airflow/dag_id": "template_files", "airflow/task_id": "one", "dagster/table_name": "orders"},
)
def one(context: dg.AssetExecutionContext, sqlite_default: SqlResource) -> Any:
    airflow = airflow_dag.context(context, task_id="one")
    return sqlite_default.run(
        airflow.render(Path(__file__).with_name("load.sql").read_text()), handler=fetch_all
    )


@dg.asset(
    key=["template_files", "several"],
    group_name="template_files",
    partitions_def=intervals,
    kinds={"sql"},
    metadata={"airflow/dag_id": "template_files", "airflow/task_id": "several"},
)
def several(context: dg.AssetExecutionContext, sqlite_default: SqlResource) -> Any:
    airflow = airflow_dag.context(context, task_id="several")
    return sqlite_default.run(
        [
            airflow.render(Path(__file__).with_name("clean.sql").read_text()),
            airflow.render(Path(__file__).with_name("load.sql").read_text()),
            "VACUUM",
        ],
        handler=fetch_all,
    )


@dg.asset(
    key=["template_files", "constant"],
    group_name="template_files",
    partitions_def=intervals,
    kinds={"sql"},
    metadata={"airflow/dag_id": "template_files", "airflow/task_id": "constant"},
)
def constant(context: dg.AssetExecutionContext, sqlite_default: SqlResource) -> Any:
    airflow = airflow_dag.context(context, task_id="constant")
    return sqlite_default.run(
        [
            airflow.render(Path(__file__).with_name("clean.sql").read_text()),
            airflow.render(Path(__file__).with_name("load.sql").read_text()),
        ],
        handler=fetch_all,
    )


@dg.asset(
    key=["template_files", "own_suffix"],
    group_name="template_files",
    partitions_def=intervals,
    kinds={"python"},
    metadata={"airflow/dag_id": "template_files", "airflow/task_id": "own_suffix"},
)
def own_suffix(context: dg.AssetExecutionContext) -> None:
    airflow = airflow_dag.context(context, task_id="own_suffix")
    return show(query=airflow.render(Path(__file__).with_name("load.sql").read_text()), limit=10)


@dg.asset(
    key=["template_files", "only_a_name"],
    group_name="template_files",
    partitions_def=intervals,
    kinds={"python"},
    metadata={"airflow/dag_id": "template_files", "airflow/task_id": "only_a_name"},
)
def only_a_name() -> None:
    return show(query="load.sql", limit=10)


@dg.asset(
    key=["template_files", "read"],
    group_name="template_files",
    partitions_def=intervals,
    kinds={"python"},
    metadata={"airflow/dag_id": "template_files", "airflow/task_id": "read"},
)
def read(context: dg.AssetExecutionContext) -> Any:
    airflow = airflow_dag.context(context, task_id="read")
    queries = [
        airflow.render(Path(__file__).with_name("clean.sql").read_text()),
        airflow.render(Path(__file__).with_name("load.sql").read_text()),
    ]
    return [len(query) for query in queries]


@dg.asset(
    key=["template_files", "read_dict"],
    group_name="template_files",
    partitions_def=intervals,
    kinds={"python"},
    metadata={"airflow/dag_id": "template_files", "airflow/task_id": "read_dict"},
)
def read_dict(context: dg.AssetExecutionContext) -> Any:
    airflow = airflow_dag.context(context, task_id="read_dict")
    templates_dict = {"query": airflow.render(Path(__file__).with_name("load.sql").read_text())}
    return templates_dict["query"]


job = dg.define_asset_job(
    "template_files",
    selection=dg.AssetSelection.groups("template_files"),
    tags={"airflow/dag_id": "template_files"},
)
schedule = dg.build_schedule_from_partitioned_job(job, name="template_files_schedule")
