"""Airflow DAG `ops_notifications` (ops_notifications.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.notifiers import mail_alert
from ...airflow_compat.task import airflow_task
from ..resources import SlackWebhookResource, SmtpResource, SqliteResource, fetch_all, smtp_default

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 8 * * 1-5",
    start="2024-03-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)

airflow_dag = AirflowDag(dag_id="ops_notifications", airflow="3", cron="0 8 * * 1-5", data_intervals=False)

_mail_alert = mail_alert(smtp_default, ["ops@teahouse.example"])


@dg.asset(
    key=["ops_notifications", "open_shipments"],
    group_name="ops_notifications",
    partitions_def=intervals,
    owners=["team:platform"],
    kinds={"sql"},
    tags={"alerts": ""},
    metadata={"airflow/dag_id": "ops_notifications", "airflow/task_id": "open_shipments"},
)
@airflow_task(
    on_failure_callback=_mail_alert,
    on_retry_callback=_mail_alert,
    retries=1,
    retry_delay=300,
    dag=airflow_dag,
    task_id="open_shipments",
)
def open_shipments(warehouse: SqliteResource) -> Any:
    return warehouse.run("SELECT COUNT(*) FROM shipments WHERE delivered_on IS NULL", handler=fetch_all)


@dg.asset(
    key=["ops_notifications", "slack_digest"],
    ins={"open_shipments": dg.AssetIn(["ops_notifications", "open_shipments"])},
    group_name="ops_notifications",
    partitions_def=intervals,
    owners=["team:platform"],
    kinds={"slack"},
    tags={"alerts": ""},
    metadata={"airflow/dag_id": "ops_notifications", "airflow/task_id": "slack_digest"},
)
@airflow_task(
    on_failure_callback=_mail_alert,
    on_retry_callback=_mail_alert,
    retries=1,
    retry_delay=300,
    dag=airflow_dag,
    task_id="slack_digest",
)
def slack_digest(
    context: dg.AssetExecutionContext, slack_ops: SlackWebhookResource, open_shipments: Any
) -> None:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    slack_ops.send(text=f":truck: {open_shipments[0][0]} open shipments on {ds}", channel="#operations")


@dg.asset(
    key=["ops_notifications", "mail_digest"],
    ins={"open_shipments": dg.AssetIn(["ops_notifications", "open_shipments"])},
    group_name="ops_notifications",
    partitions_def=intervals,
    owners=["team:platform"],
    kinds={"email"},
    tags={"alerts": ""},
    metadata={"airflow/dag_id": "ops_notifications", "airflow/task_id": "mail_digest"},
)
@airflow_task(
    on_failure_callback=_mail_alert,
    on_retry_callback=_mail_alert,
    retries=1,
    retry_delay=300,
    dag=airflow_dag,
    task_id="mail_digest",
)
def mail_digest(context: dg.AssetExecutionContext, smtp_default: SmtpResource, open_shipments: Any) -> None:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    smtp_default.send_email(
        to=["management@teahouse.example"],
        subject=f"Shipments {ds}",
        html_content=f"<p>{open_shipments[0][0]} open shipments</p>",
    )


job = dg.define_asset_job(
    "ops_notifications",
    selection=dg.AssetSelection.groups("ops_notifications"),
    tags={"airflow/dag_id": "ops_notifications"},
)
schedule = dg.build_schedule_from_partitioned_job(job, name="ops_notifications_schedule")
