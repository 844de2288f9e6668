"""Sensors that DAGs merely begin with, which start the runs where --root-sensors asks for it."""

from datetime import datetime, timedelta
from pathlib import Path

from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator
from airflow.providers.common.sql.sensors.sql import SqlSensor
from airflow.sensors.date_time import DateTimeSensor
from airflow.sensors.filesystem import FileSensor
from airflow.sensors.python import PythonSensor

LANDING = Path("landing")
START = datetime(2024, 1, 1)


def has_arrived(ds, shop, **context):
    return (LANDING / f"{shop}-{ds}.csv").exists()


def load(ds):
    (LANDING / f"loaded-{ds}").touch()


with DAG("gated", schedule_interval="0 6 * * *", start_date=START, catchup=False, default_args={"retries": 2}):
    arrived = PythonSensor(
        task_id="arrived",
        python_callable=has_arrived,
        op_kwargs={"shop": "north"},
        poke_interval=120,
        timeout=timedelta(hours=4),
        mode="reschedule",
    )
    arrived >> PythonOperator(task_id="load", python_callable=load)

with DAG("gated_by_several", schedule_interval=timedelta(hours=6), start_date=START, catchup=True) as several:
    file = FileSensor(task_id="file", filepath="in/{{ ds }}.csv", soft_fail=True)
    later = DateTimeSensor(task_id="later", target_time="{{ data_interval_end + macros.timedelta(hours=1) }}")
    row = SqlSensor(task_id="row", conn_id="warehouse", sql="SELECT 1 FROM days WHERE day = '{{ ds }}'", poke_interval=30)
    [file, later, row] >> BashOperator(task_id="work", bash_command="echo {{ ds }}")

with DAG("begins_otherwise", schedule_interval="@daily", start_date=START, catchup=False):
    waits = FileSensor(task_id="waits", filepath="/in/orders.csv")
    [waits, BashOperator(task_id="prepare", bash_command="true")] >> BashOperator(task_id="work", bash_command="true")

with DAG("looks_at_the_end", schedule_interval="@daily", start_date=START, catchup=False):
    FileSensor(task_id="waits", filepath="/in/orders.csv") >> BashOperator(
        task_id="report", bash_command="true", trigger_rule="all_done"
    )

with DAG("on_demand", schedule_interval=None, start_date=START, catchup=False):
    FileSensor(task_id="waits", filepath="/in/orders.csv") >> BashOperator(task_id="work", bash_command="true")

with DAG("one_at_a_time", schedule_interval="@daily", start_date=START, catchup=False, max_active_runs=1):
    FileSensor(task_id="waits", filepath="/in/orders.csv") >> BashOperator(task_id="work", bash_command="true")

with DAG("tells_somebody", schedule_interval="@daily", start_date=START, catchup=False):
    waits = FileSensor(task_id="waits", filepath="/in/orders.csv", on_failure_callback=print)
    waits >> BashOperator(task_id="work", bash_command="true")

with DAG("passes_on", schedule_interval="@daily", start_date=START, catchup=False):
    found = PythonSensor(task_id="found", python_callable=has_arrived, op_kwargs={"shop": "south"})
    found >> BashOperator(task_id="work", bash_command="echo {{ ti.xcom_pull(task_ids='found') }}")
