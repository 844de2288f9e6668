"""Morning digest for the operations channel and the management mailing list."""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.providers.slack.operators.slack_webhook import SlackWebhookOperator
from airflow.providers.smtp.operators.smtp import EmailOperator
from airflow.sdk import DAG

with DAG(
    dag_id="ops_notifications",
    schedule="0 8 * * 1-5",
    start_date=datetime(2024, 3, 1),
    catchup=False,
    default_args={
        "owner": "platform",
        "email": ["ops@teahouse.example"],
        "email_on_failure": True,
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
    },
    tags=["alerts"],
) as dag:
    open_shipments = SQLExecuteQueryOperator(
        task_id="open_shipments",
        conn_id="warehouse",
        sql="SELECT COUNT(*) FROM shipments WHERE delivered_on IS NULL",
    )
    slack = SlackWebhookOperator(
        task_id="slack_digest",
        slack_webhook_conn_id="slack_ops",
        message=":truck: {{ ti.xcom_pull(task_ids='open_shipments')[0][0] }} open shipments on {{ ds }}",
        channel="#operations",
    )
    mail = EmailOperator(
        task_id="mail_digest",
        to=["management@teahouse.example"],
        subject="Shipments {{ ds }}",
        html_content="<p>{{ ti.xcom_pull(task_ids='open_shipments')[0][0] }} open shipments</p>",
        conn_id="smtp_default",
    )
    open_shipments >> [slack, mail]
