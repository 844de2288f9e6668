"""Airflow DAG `slack_api_post_operator` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

import json
from typing import Any

import dagster as dg

from ..resources import SlackResource

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)


@dg.asset(
    key=["slack_api_post_operator", "tell"],
    group_name="slack_api_post_operator",
    partitions_def=intervals,
    kinds={"slack"},
    metadata={"airflow/dag_id": "slack_api_post_operator", "airflow/task_id": "tell"},
)
def tell(context: dg.AssetExecutionContext, slack_data: SlackResource) -> dict[str, Any]:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return slack_data.call(
        "chat.postMessage",
        channel="#data",
        username="loader",
        text=f"Orders of {ds} are loaded",
        icon_url="https://raw.githubusercontent.com/apache/airflow/main/airflow-core/src/airflow/ui/public/pin_100.png",
        attachments="[]",
        blocks=json.dumps([{"type": "section", "text": {"type": "mrkdwn", "text": f"*{ds}*"}}]),
    )


job = dg.define_asset_job(
    "slack_api_post_operator",
    selection=dg.AssetSelection.groups("slack_api_post_operator"),
    tags={"airflow/dag_id": "slack_api_post_operator"},
)
schedule = dg.build_schedule_from_partitioned_job(job, name="slack_api_post_operator_schedule")
