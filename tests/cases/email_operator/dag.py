"""Airflow 2: a mail with templates, a copy and a file."""

from datetime import datetime

from airflow import DAG
from airflow.operators.email import EmailOperator

with DAG("email_operator", schedule_interval="@daily", start_date=datetime(2024, 1, 1), catchup=False):
    EmailOperator(
        task_id="report",
        to=["sales@example.com", "board@example.com"],
        cc="archive@example.com",
        subject="Sales of {{ ds }}",
        html_content="<p>The report of {{ ds }} is attached.</p>",
        files=["/srv/reports/{{ ds_nodash }}.csv"],
    )
