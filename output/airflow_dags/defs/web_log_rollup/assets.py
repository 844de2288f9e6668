"""Airflow DAG `web_log_rollup` (web_log_rollup.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

import os
from typing import Any

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.task import airflow_task

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="5 * * * *",
    start="2024-03-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)


def busiest_client(ds: str | None = None) -> str:
    LANDING_DIR = os.environ["LANDING_DIR"]
    clients = f"cut -d' ' -f1 {LANDING_DIR}/web/{ds}/*.log"
    return f"{clients} | sort | uniq -c | sort -rn | awk 'NR == 1 {{print $2}}'"


airflow_dag = AirflowDag(dag_id="web_log_rollup", airflow="3", cron="5 * * * *", data_intervals=False)


@dg.asset(
    key=["web_log_rollup", "count_requests"],
    group_name="web_log_rollup",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=1, delay=60),
    owners=["team:web_platform"],
    kinds={"bash"},
    tags={"web": ""},
    metadata={"airflow/dag_id": "web_log_rollup", "airflow/task_id": "count_requests"},
)
def count_requests(context: dg.AssetExecutionContext) -> str:
    airflow = airflow_dag.context(context, task_id="count_requests")
    return run_bash(
        "echo counting $LOG_FILE in $(basename $PWD); wc -l < $LOG_FILE | tr -d ' '",
        env={"LOG_FILE": airflow.render("access_{{ logical_date.strftime('%H') }}.log")},
        append_env=True,
        cwd=airflow.render(os.environ["LANDING_DIR"] + "/web/{{ ds }}"),
    )


@dg.asset(
    key=["web_log_rollup", "count_errors"],
    deps=[["web_log_rollup", "count_requests"]],
    group_name="web_log_rollup",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=1, delay=60),
    output_required=False,
    owners=["team:web_platform"],
    kinds={"bash"},
    tags={"web": ""},
    metadata={"airflow/dag_id": "web_log_rollup", "airflow/task_id": "count_errors"},
)
@airflow_task()
def count_errors(context: dg.AssetExecutionContext) -> str:
    airflow = airflow_dag.context(context, task_id="count_errors")
    return run_bash(
        airflow.render(
            "cd "
            + os.environ["LANDING_DIR"]
            + "/web/{{ ds }} && awk '$4 >= 500' access_{{ logical_date.strftime('%H') }}.log | wc -l | tr -d ' '"
        )
    )


@dg.asset(
    key=["web_log_rollup", "archive_previous_hour"],
    deps=[["web_log_rollup", "count_errors"]],
    group_name="web_log_rollup",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=1, delay=60),
    output_required=False,
    owners=["team:web_platform"],
    kinds={"bash"},
    tags={"web": ""},
    metadata={"airflow/dag_id": "web_log_rollup", "airflow/task_id": "archive_previous_hour"},
)
@airflow_task()
def archive_previous_hour(context: dg.AssetExecutionContext) -> str:
    airflow = airflow_dag.context(
        context,
        task_id="archive_previous_hour",
        params={"landing_dir": os.environ["LANDING_DIR"], "export_dir": os.environ["EXPORT_DIR"]},
    )
    return run_bash(
        airflow.render(
            'file={{ params.landing_dir }}/web/{{ ds }}/access_{{ macros.datetime.strftime(logical_date - macros.timedelta(hours=1), \'%H\') }}.log; [ -f "$file" ] || exit 99; gzip -c "$file" > {{ params.export_dir }}/$(basename "$file").gz'
        )
    )


@dg.asset(
    key=["web_log_rollup", "busiest_client"],
    group_name="web_log_rollup",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=1, delay=60),
    output_required=False,
    owners=["team:web_platform"],
    kinds={"bash"},
    tags={"web": ""},
    metadata={"airflow/dag_id": "web_log_rollup", "airflow/task_id": "busiest_client"},
)
@airflow_task()
def busiest_client_asset(context: dg.AssetExecutionContext) -> str:
    airflow = airflow_dag.context(context, task_id="busiest_client")
    return run_bash(
        airflow.render(busiest_client(ds=context.partition_time_window.start.strftime("%Y-%m-%d"))),
        env={"LC_ALL": "C"},
        append_env=True,
    )


@dg.asset(
    key=["web_log_rollup", "error_rate"],
    ins={
        "requests": dg.AssetIn(["web_log_rollup", "count_requests"]),
        "errors": dg.AssetIn(["web_log_rollup", "count_errors"]),
        "client": dg.AssetIn(["web_log_rollup", "busiest_client"]),
    },
    group_name="web_log_rollup",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=1, delay=60),
    owners=["team:web_platform"],
    kinds={"python"},
    tags={"web": ""},
    metadata={"airflow/dag_id": "web_log_rollup", "airflow/task_id": "error_rate"},
)
def error_rate(requests: Any, errors: Any, client: Any) -> dict:
    return {"rate": round(int(errors) / int(requests), 3), "busiest": client}


job = dg.define_asset_job(
    "web_log_rollup",
    selection=dg.AssetSelection.groups("web_log_rollup"),
    tags={"airflow/dag_id": "web_log_rollup"},
)
schedule = dg.build_schedule_from_partitioned_job(job, name="web_log_rollup_schedule")
