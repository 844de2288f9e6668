"""Airflow DAG `hr_headcount_report` (legacy/hr_headcount_report.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

import json
import os
from datetime import timedelta
from typing import Any

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ..resources import SmtpResource

HEADCOUNT = {"stores": 41, "logistics": 12, "office": 9}

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * 0",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
)

airflow_dag = AirflowDag(dag_id="hr_headcount_report", airflow="2", cron="0 0 * * 0")


@dg.asset(
    key=["hr_headcount_report", "write_headcount"],
    group_name="hr_headcount_report",
    partitions_def=intervals,
    freshness_policy=dg.FreshnessPolicy.cron("0 2 * * 0", lower_bound_delta=timedelta(hours=2)),
    io_manager_key="xcom_airflow_2",
    owners=["team:people_analytics"],
    kinds={"python"},
    metadata={"airflow/dag_id": "hr_headcount_report", "airflow/task_id": "write_headcount"},
)
def write_headcount(context: dg.AssetExecutionContext) -> Any:
    airflow = airflow_dag.context(context, task_id="write_headcount")
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    prev_ds = airflow["prev_ds"]
    yesterday_ds_nodash = airflow["yesterday_ds_nodash"]
    templates_dict = {"title": f"Week of {ds} ({yesterday_ds_nodash} closed)"}
    path = os.path.join(os.environ["EXPORT_DIR"], "headcount_%s.json" % ds)
    with open(path, "w") as f:
        json.dump(
            {"week": ds, "before": str(prev_ds), "title": templates_dict["title"], "heads": HEADCOUNT}, f
        )
    return sum(HEADCOUNT.values())


@dg.asset(
    key=["hr_headcount_report", "remember"],
    deps=[["hr_headcount_report", "write_headcount"]],
    group_name="hr_headcount_report",
    partitions_def=intervals,
    freshness_policy=dg.FreshnessPolicy.cron("0 2 * * 0", lower_bound_delta=timedelta(hours=2)),
    io_manager_key="xcom_airflow_2",
    owners=["team:people_analytics"],
    kinds={"bash"},
    metadata={"airflow/dag_id": "hr_headcount_report", "airflow/task_id": "remember"},
)
def remember(context: dg.AssetExecutionContext) -> str:
    airflow = airflow_dag.context(context, task_id="remember")
    prev_ds = airflow["prev_ds"]
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    next_ds = airflow["next_ds"]
    tomorrow_ds_nodash = airflow["tomorrow_ds_nodash"]
    return run_bash(f"echo {prev_ds}/{ds}/{next_ds}/{tomorrow_ds_nodash}")


@dg.asset(
    key=["hr_headcount_report", "mail_heads"],
    ins={"write_headcount": dg.AssetIn(["hr_headcount_report", "write_headcount"])},
    group_name="hr_headcount_report",
    partitions_def=intervals,
    freshness_policy=dg.FreshnessPolicy.cron("0 2 * * 0", lower_bound_delta=timedelta(hours=2)),
    io_manager_key="xcom_airflow_2",
    owners=["team:people_analytics"],
    kinds={"email"},
    metadata={"airflow/dag_id": "hr_headcount_report", "airflow/task_id": "mail_heads"},
)
def mail_heads(context: dg.AssetExecutionContext, smtp_default: SmtpResource, write_headcount: Any) -> None:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    smtp_default.send_email(
        to="heads@teahouse.example",
        subject=f"Headcount {ds}",
        html_content=f"<b>{write_headcount}</b> people",
    )


job = dg.define_asset_job(
    "hr_headcount_report",
    selection=dg.AssetSelection.groups("hr_headcount_report"),
    tags={"airflow/dag_id": "hr_headcount_report"},
)
schedule = dg.build_schedule_from_partitioned_job(job, name="hr_headcount_report_schedule")
