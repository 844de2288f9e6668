"""Airflow 2: statements on MySQL whose parameters are templates."""

from datetime import datetime

from airflow import DAG
from airflow.providers.mysql.operators.mysql import MySqlOperator

with DAG("mysql_operator", schedule_interval="@daily", start_date=datetime(2023, 6, 1), catchup=False):
    MySqlOperator(
        task_id="expire",
        mysql_conn_id="shop",
        sql="UPDATE carts SET state = 'expired' WHERE changed < %s",
        parameters=["{{ ds }}"],
    ) >> MySqlOperator(task_id="open_carts", mysql_conn_id="shop", sql="SELECT COUNT(*) FROM carts", database="reports")
