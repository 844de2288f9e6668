"""Airflow 2: checks that pass and fail, with tries; values that are no dicts where their keys are pushed."""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.decorators import task
from airflow.providers.common.sql.operators.sql import SQLCheckOperator, SQLExecuteQueryOperator, SQLValueCheckOperator

WHEN = {"schedule_interval": "0 6 * * *", "start_date": datetime(2024, 1, 1), "catchup": False}
DEFAULTS = {"conn_id": "warehouse", "retries": 2, "retry_delay": timedelta(seconds=1)}

with DAG("checked", default_args=DEFAULTS, **WHEN):
    made = SQLExecuteQueryOperator(task_id="made", sql="CREATE TABLE IF NOT EXISTS counted AS SELECT 0 AS n")
    made >> SQLCheckOperator(task_id="some", sql="SELECT n FROM counted")

with DAG("checked_finally", default_args=DEFAULTS, **WHEN):
    made = SQLExecuteQueryOperator(task_id="made", sql="SELECT 1")
    final = SQLValueCheckOperator(task_id="three", sql="SELECT 2", pass_value=3, retry_on_failure=False)
    made >> final >> SQLExecuteQueryOperator(task_id="after", sql="SELECT 1")

with DAG("checked_well", default_args=DEFAULTS, **WHEN):
    made = SQLExecuteQueryOperator(task_id="made", sql="SELECT 1")
    made >> SQLCheckOperator(task_id="some", sql="SELECT 1") >> SQLExecuteQueryOperator(task_id="after", sql="SELECT 1")

with DAG("outputs", **WHEN):

    @task(multiple_outputs=True)
    def a_list():
        return [1, 2]

    @task(multiple_outputs=True, retries=1, retry_delay=timedelta(seconds=1))
    def a_number_as_key():
        return {1: "one"}

    @task
    def a_dict_it_says() -> dict:
        return "no dict"

    @task(multiple_outputs=True)
    def nothing():
        return None

    @task(multiple_outputs=True)
    def two_keys():
        return {"a": 1, "b": [2]}

    @task(multiple_outputs=True, do_xcom_push=False)
    def pushes_nothing():
        return [5]

    @task
    def reads(a, b):
        return [a, b]

    a_list(), a_number_as_key(), a_dict_it_says(), nothing(), pushes_nothing()
    found = two_keys()
    reads(found["a"], found["b"])

with DAG("outputs_by_outcome", **WHEN):

    @task(trigger_rule="all_done")
    def at_the_end():
        return "done"

    @task(multiple_outputs=True)
    def a_text():
        return "text"

    @task(multiple_outputs=True, retries=1, retry_delay=timedelta(seconds=1))
    def another_key():
        return {None: "one"}

    @task(multiple_outputs=True)
    def fine():
        return {"a": 1}

    [a_text(), another_key(), fine()] >> at_the_end()
