"""Airflow DAG `email_operator` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

import dagster as dg

from ..resources import SmtpResource

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
)


@dg.asset(
    key=["email_operator", "report"],
    group_name="email_operator",
    partitions_def=intervals,
    kinds={"email"},
    metadata={"airflow/dag_id": "email_operator", "airflow/task_id": "report"},
)
def report(context: dg.AssetExecutionContext, smtp_default: SmtpResource) -> None:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    ds_nodash = context.partition_time_window.start.strftime("%Y%m%d")
    smtp_default.send_email(
        to=["sales@example.com", "board@example.com"],
        subject=f"Sales of {ds}",
        html_content=f"<p>The report of {ds} is attached.</p>",
        files=[f"/srv/reports/{ds_nodash}.csv"],
        cc="archive@example.com",
    )


job = dg.define_asset_job(
    "email_operator",
    selection=dg.AssetSelection.groups("email_operator"),
    tags={"airflow/dag_id": "email_operator"},
)
schedule = dg.build_schedule_from_partitioned_job(job, name="email_operator_schedule")
