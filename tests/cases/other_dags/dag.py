"""Airflow 3: waiting for another DAG, and starting one."""

from datetime import datetime

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.providers.standard.sensors.external_task import ExternalTaskMarker, ExternalTaskSensor
from airflow.sdk import DAG

with DAG("other_dags", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False):
    wait = ExternalTaskSensor(task_id="wait", external_dag_id="orders", external_task_id="load")
    start = TriggerDagRunOperator(task_id="start", trigger_dag_id="reports", conf={"day": "{{ ds }}"})
    wait >> start >> ExternalTaskMarker(task_id="mark", external_dag_id="reports", external_task_id="collect")
