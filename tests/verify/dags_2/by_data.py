"""Airflow 2.11: runs by datasets or by the clock, by an alias, looked up while the file is loaded, of intervals."""

from datetime import datetime

from airflow import DAG
from airflow.datasets import Dataset, DatasetAlias
from airflow.operators.empty import EmptyOperator
from airflow.timetables.datasets import DatasetOrTimeSchedule
from airflow.timetables.trigger import CronTriggerTimetable

ORDERS = Dataset("s3://shop/orders")
START = datetime(2024, 1, 1)

with DAG("makes", schedule=None, start_date=START):
    EmptyOperator(task_id="make", outlets=[ORDERS])

either = DatasetOrTimeSchedule(timetable=CronTriggerTimetable("0 1 * * 3", timezone="UTC"), datasets=[ORDERS])
with DAG("either", schedule=either, start_date=START, catchup=False):
    EmptyOperator(task_id="look")

with DAG("by_alias", schedule=[DatasetAlias("whatever")], start_date=START):
    EmptyOperator(task_id="look")

with DAG("nightly", schedule="0 2 * * *", start_date=START, catchup=False):
    EmptyOperator(task_id="look")
