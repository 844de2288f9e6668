"""Airflow 3: messages by the Slack API."""

from datetime import datetime

from airflow.providers.slack.operators.slack import SlackAPIPostOperator
from airflow.sdk import DAG

with DAG("slack_api_post_operator", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False):
    SlackAPIPostOperator(
        task_id="tell",
        slack_conn_id="slack_data",
        channel="#data",
        text="Orders of {{ ds }} are loaded",
        username="loader",
        blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": "*{{ ds }}*"}}],
    )
