"""A branch that skips a task whose rule had decided already: the tasks after it have gone by the state it had then."""

from datetime import datetime

from airflow.providers.standard.operators.python import BranchPythonOperator, PythonOperator
from airflow.sdk import DAG


def fails():
    raise ValueError("no such table")


def works():
    return 1


def picks():
    return "other"


with DAG("late_branches", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False):
    broken = PythonOperator(task_id="broken", python_callable=fails)
    lost = PythonOperator(task_id="lost", python_callable=works)
    slow = PythonOperator(task_id="slow", python_callable=works, trigger_rule="all_done")
    pick = BranchPythonOperator(task_id="pick", python_callable=picks, trigger_rule="all_done")
    other = PythonOperator(task_id="other", python_callable=works)
    no_skip = PythonOperator(task_id="no_skip", python_callable=works, trigger_rule="none_skipped")
    follow = PythonOperator(task_id="follow", python_callable=works)
    late = PythonOperator(task_id="late", python_callable=works, trigger_rule="none_skipped")
    broken >> lost >> [no_skip, follow]
    broken >> slow >> pick >> [lost, other]
    [lost, other] >> late
