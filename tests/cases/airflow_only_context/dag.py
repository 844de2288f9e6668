"""What only Airflow has: events of assets in the context, a file of commands that is not there, a choice of tasks, and
the place of the DAG file."""

import json
import os
from datetime import datetime
from pathlib import Path

from airflow.providers.common.sql.operators.sql import BranchSQLOperator
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, AssetAlias, task, teardown


@task(inlets=[AssetAlias("found")])
def last_event(inlet_events=None):
    return str(inlet_events)


HERE = Path(__file__).parent


@task
def beside_the_file():
    return [(HERE / "tables.json").exists(), Path(__file__).name]


@task.bash
def list_it(asset_state_store=None):
    return f"ls {Path(__file__).name} {asset_state_store}"


@teardown
def close():
    print("closed")


def settings():
    with open("settings.json") as file:
        return json.load(file)


with DAG("airflow_only_context", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False):
    clean = BashOperator(task_id="clean", bash_command="clean_up.sh")
    told = EmptyOperator(task_id="told", on_failure_callback=settings()["on_failure"])
    choice = BranchSQLOperator(
        task_id="choice",
        conn_id="warehouse",
        sql="SELECT 1",
        follow_task_ids_if_true=["clean"],
        follow_task_ids_if_false=["told"],
    )
    [last_event(), beside_the_file(), list_it()] >> choice >> [clean, told] >> close()
    if os.environ.get("WITH_ARCHIVE"):
        clean >> EmptyOperator(task_id="archive")
    for name in os.environ.get("REGIONS", "").split(","):
        clean >> EmptyOperator(task_id="regions")
