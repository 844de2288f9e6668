"""Connections: known by their operator, by --connections, by nothing; and one whose id is not known."""

import os
from datetime import datetime

from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.providers.http.operators.http import HttpOperator
from airflow.sdk import DAG

with DAG("connections_in_doubt", schedule=None, start_date=datetime(2024, 1, 1)):
    SQLExecuteQueryOperator(task_id="exported", conn_id="sales", sql="SELECT 1")
    SQLExecuteQueryOperator(task_id="not_exported", conn_id="unheard-of", sql="SELECT 1")
    HttpOperator(task_id="by_operator", http_conn_id="rates", endpoint="latest", method="GET")
    SQLExecuteQueryOperator(task_id="unknown", conn_id=os.environ["WAREHOUSE_CONN"], sql="SELECT 1")
