"""Operators without a rule: one of the repository's own, which comes along, and one of a provider."""

from datetime import datetime

from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.providers.amazon.aws.operators.s3 import S3DeleteObjectsOperator
from operators import CountFilesOperator

BUCKET = "landing"

with DAG("custom_operator", schedule_interval="@daily", start_date=datetime(2024, 1, 1), catchup=False):
    count = CountFilesOperator(task_id="count", folder="/landing/{{ ds }}", pattern="*.csv", retries=1)
    tell = BashOperator(task_id="tell", bash_command="echo {{ ti.xcom_pull(task_ids='count') }} files")
    clean = S3DeleteObjectsOperator(task_id="clean", bucket=BUCKET, prefix=f"{BUCKET}/{{{{ ds_nodash }}}}/")
    lost = CountFilesOperator(task_id="lost", folder="/landing", pattern="nowhere.pattern")
    count >> tell >> clean >> lost
