"""Branches by the day of the week, by the decorator and by a query; a short circuit that leaves later trigger
rules alone; and, in a DAG by itself, a branch that is left to a person."""

from datetime import datetime

from airflow.providers.common.sql.operators.sql import BranchSQLOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import ShortCircuitOperator
from airflow.providers.standard.operators.weekday import BranchDayOfWeekOperator
from airflow.sdk import DAG, task

with DAG("decision_by_day", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False):
    by_day = BranchDayOfWeekOperator(
        task_id="by_day",
        week_day={"Saturday", "Sunday"},
        use_task_logical_date=True,
        follow_task_ids_if_true="weekend",
        follow_task_ids_if_false=["weekday"],
    )
    by_day >> [EmptyOperator(task_id="weekend"), EmptyOperator(task_id="weekday")]

    @task.branch
    def choose(ds=None) -> str:
        return "small" if ds < "2024-06-01" else "large"

    choose() >> [EmptyOperator(task_id="small"), EmptyOperator(task_id="large")]

    open_today = ShortCircuitOperator(
        task_id="open_today", python_callable=lambda ds: ds[-2:] != "01", ignore_downstream_trigger_rules=False
    )
    open_today >> EmptyOperator(task_id="sell") >> EmptyOperator(task_id="close", trigger_rule="all_done")

with DAG("decision_by_query", schedule=None, start_date=datetime(2024, 1, 1)):
    by_query = BranchSQLOperator(
        task_id="by_query",
        conn_id="warehouse",
        sql="SELECT COUNT(*) FROM orders",
        follow_task_ids_if_true="some",
        follow_task_ids_if_false="none",
    )
    by_query >> [EmptyOperator(task_id="some"), EmptyOperator(task_id="none")]
