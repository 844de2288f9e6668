"""Each kind of schedule that is not a cron expression, and what asks for runs in Dagster instead."""

from datetime import datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, Asset, AssetAlias, asset, dag, task
from airflow.timetables.assets import AssetOrTimeSchedule
from airflow.timetables.events import EventsTimetable
from airflow.timetables.trigger import CronTriggerTimetable, MultipleCronTriggerTimetable

START = datetime(2024, 1, 1)
orders = Asset("s3://lake/orders")
items = Asset("items", uri="s3://lake/items")
prices = Asset("s3://partner/prices")


@dag(schedule=timedelta(minutes=90), start_date=START, max_active_runs=2, dagrun_timeout=timedelta(minutes=45))
def every_90_minutes():
    @task(outlets=[orders])
    def load(ds=None):
        return ds

    load()


every_90_minutes()


@dag(schedule="0 6 * * *", start_date=START, catchup=True)
def catching_up():
    @task(outlets=[items, AssetAlias("more")])
    def load():
        return 1

    load()


catching_up()


@asset(schedule="@daily", uri="s3://lake/stock")
def stock():
    return 3


@asset(schedule=[stock])
def stock_value(stock):
    return 4


with DAG("on_updates", schedule=[orders, items, prices]):
    BashOperator(task_id="join", bash_command="echo {{ run_id }}")

with DAG("on_some_updates", schedule=(orders & items) | Asset.ref(uri="s3://lake/stock")):
    BashOperator(task_id="join", bash_command="echo joined")

with DAG(
    "on_updates_and_time",
    start_date=START,
    schedule=AssetOrTimeSchedule(timetable=CronTriggerTimetable("0 7 * * 1", timezone="Europe/Berlin"), assets=[stock]),
):
    BashOperator(task_id="report", bash_command="echo {{ ts }}")

with DAG("on_an_alias", schedule=[AssetAlias("more")]):
    BashOperator(task_id="join", bash_command="echo joined")

with DAG(
    "several_crons",
    start_date=START,
    schedule=MultipleCronTriggerTimetable("0 6 * * *", "30 18 * * 1-5", timezone="UTC"),
):
    BashOperator(task_id="count", bash_command="echo {{ ds }}")

with DAG("matches", start_date=START, schedule=EventsTimetable([datetime(2027, 5, 1), datetime(2027, 2, 3, 20)])):
    BashOperator(task_id="score", bash_command="echo {{ ds }}")

with DAG("once", start_date=START, schedule="@once"):
    BashOperator(task_id="set_up", bash_command="echo {{ ds }}")

with DAG("always", start_date=START, schedule="@continuous", max_active_runs=1):
    BashOperator(task_id="poll", bash_command="echo {{ data_interval_start }}")

with DAG("in_order", start_date=START, schedule="@daily", default_args={"depends_on_past": True}):
    BashOperator(task_id="balance", bash_command="echo {{ ds }}") >> BashOperator(task_id="book", bash_command="echo 1")
