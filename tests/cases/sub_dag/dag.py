"""A DAG that runs as one task, in Airflow 1."""

from datetime import datetime

from airflow import DAG
from airflow.operators.dummy_operator import DummyOperator
from airflow.operators.subdag_operator import SubDagOperator

with DAG("sub_dag", schedule_interval=None, start_date=datetime(2024, 1, 1)) as dag:
    inner = DAG("sub_dag.section", schedule_interval=None, start_date=datetime(2024, 1, 1))
    DummyOperator(task_id="part", dag=inner)
    SubDagOperator(task_id="section", subdag=inner) >> DummyOperator(task_id="end", trigger_rule="all_done")
