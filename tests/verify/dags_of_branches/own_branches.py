"""Branch operators of the user's own, as Airflow 2 has their bases: from the bare one, and from one that chooses."""

from datetime import datetime

from airflow import DAG
from airflow.operators.branch import BaseBranchOperator
from airflow.operators.empty import EmptyOperator
from airflow.operators.weekday import BranchDayOfWeekOperator


class ToTheFirst(BaseBranchOperator):
    def choose_branch(self, context):
        return "first"


class OnMondays(BranchDayOfWeekOperator):
    def __init__(self, **kwargs):
        super().__init__(week_day="Monday", use_task_logical_date=True, **kwargs)


with DAG("own_branches", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False):
    ToTheFirst(task_id="own") >> [EmptyOperator(task_id="first"), EmptyOperator(task_id="second")]
    OnMondays(task_id="monday", follow_task_ids_if_true="yes", follow_task_ids_if_false="no") >> [
        EmptyOperator(task_id="yes"),
        EmptyOperator(task_id="no", trigger_rule="none_failed"),
    ]
