"""Branches of every kind in Airflow 2, which pushes what they return: with what they choose, and beside others."""

import sys
from datetime import datetime, time

from airflow import DAG
from airflow.decorators import task
from airflow.operators.datetime import BranchDateTimeOperator
from airflow.operators.empty import EmptyOperator
from airflow.operators.latest_only import LatestOnlyOperator
from airflow.operators.python import BranchExternalPythonOperator, BranchPythonOperator, ShortCircuitOperator
from airflow.operators.weekday import BranchDayOfWeekOperator
from airflow.providers.common.sql.operators.sql import BranchSQLOperator
from airflow.utils.task_group import TaskGroup

COMMON = {"schedule": "@daily", "start_date": datetime(2024, 1, 1), "catchup": False}


def size_of(count):
    if count > 100:
        return "large.review"
    return ["small", "tell"] if count else None


def elsewhere():
    return "far"


def pushed(value):
    return f"after {value}"


def choices(name, rule="all_success"):
    return [EmptyOperator(task_id=f"{name}_{way}", trigger_rule=rule) for way in ("in", "out")]


# Each branch keeps to itself: its assets are optional outputs.
for count in (0, 5, 500):
    with DAG(f"size_of_{count}", **COMMON):
        size = BranchPythonOperator(task_id="size", python_callable=size_of, op_args=[count])
        with TaskGroup("large"):
            review = EmptyOperator(task_id="review")
            review >> EmptyOperator(task_id="approve")
        small = task(pushed, task_id="small")(size.output)
        size >> [review, small, EmptyOperator(task_id="tell")]
        task(pushed, task_id="again")(small)

with DAG("alone", **COMMON):
    LatestOnlyOperator(task_id="latest") >> EmptyOperator(task_id="rare") >> EmptyOperator(task_id="rarer")
    ShortCircuitOperator(task_id="stop", python_callable=lambda: 0) >> EmptyOperator(task_id="stopped")
    ShortCircuitOperator(task_id="go", python_callable=lambda: "yes") >> EmptyOperator(task_id="gone_on")

# The same and others, with rules that look at what was not chosen.
with DAG("beside", **COMMON):
    joined = EmptyOperator(task_id="joined", trigger_rule="none_failed_min_one_success")
    (
        BranchSQLOperator(
            task_id="query",
            conn_id="warehouse",
            sql="SELECT 'no'",
            follow_task_ids_if_true="query_in",
            follow_task_ids_if_false=["query_out"],
        )
        >> choices("query")
        >> joined
    )
    (
        BranchDateTimeOperator(
            task_id="campaign",
            target_lower=datetime(2024, 3, 1),
            target_upper=time(23, 0),
            use_task_logical_date=True,
            follow_task_ids_if_true="campaign_in",
            follow_task_ids_if_false="campaign_out",
        )
        >> choices("campaign", "none_failed")
        >> joined
    )
    BranchDayOfWeekOperator(
        task_id="weekday",
        week_day="Tuesday",
        use_task_logical_date=True,
        follow_task_ids_if_true="weekday_in",
        follow_task_ids_if_false="weekday_out",
    ) >> choices("weekday", "all_done")
    BranchExternalPythonOperator(task_id="process", python=sys.executable, python_callable=elsewhere) >> [
        EmptyOperator(task_id="far"),
        EmptyOperator(task_id="near"),
    ]
