"""Airflow 3: a message by an incoming webhook."""

from datetime import datetime

from airflow.providers.slack.operators.slack_webhook import SlackWebhookOperator
from airflow.sdk import DAG

with DAG("slack_webhook_operator", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False):
    SlackWebhookOperator(
        task_id="tell", slack_webhook_conn_id="slack_alerts", message="Orders of {{ ds }} are loaded", channel="#data"
    )
