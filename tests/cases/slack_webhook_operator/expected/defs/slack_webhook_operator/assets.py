"""Airflow DAG `slack_webhook_operator` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

import dagster as dg

from ..resources import SlackWebhookResource

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)


@dg.asset(
    key=["slack_webhook_operator", "tell"],
    group_name="slack_webhook_operator",
    partitions_def=intervals,
    kinds={"slack"},
    metadata={"airflow/dag_id": "slack_webhook_operator", "airflow/task_id": "tell"},
)
def tell(context: dg.AssetExecutionContext, slack_alerts: SlackWebhookResource) -> None:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    slack_alerts.send(text=f"Orders of {ds} are loaded", channel="#data")


job = dg.define_asset_job(
    "slack_webhook_operator",
    selection=dg.AssetSelection.groups("slack_webhook_operator"),
    tags={"airflow/dag_id": "slack_webhook_operator"},
)
schedule = dg.build_schedule_from_partitioned_job(job, name="slack_webhook_operator_schedule")
