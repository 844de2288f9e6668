"""Airflow 2: places in the graph, one with a documentation and one by its old name."""

from datetime import datetime

from airflow import DAG
from airflow.operators.dummy import DummyOperator
from airflow.operators.empty import EmptyOperator

with DAG("empty_operator", schedule=None, start_date=datetime(2024, 1, 1), tags=["structure"]):
    begin = EmptyOperator(task_id="begin", doc_md="Where it begins.")
    left, right = EmptyOperator(task_id="left"), DummyOperator(task_id="right")
    begin >> [left, right] >> EmptyOperator(task_id="end")
