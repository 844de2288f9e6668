"""Helper modules that use Airflow, and need none of it in the end: the runtime module stands in."""

from datetime import datetime

from airflow import DAG
from airflow.operators.python import PythonOperator

from team.legacy.units import to_celsius
from team.limits import MODE, limit_of
from team.readings import *
from team.service import WeatherService


def fetch(station, ti):
    service = WeatherService("weather_service")
    return service.read(station)


def check(ti):
    return checked(ti.xcom_pull(task_ids="fetch"), limit_of("rain"))


def convert(ti):
    return [to_celsius(value) for value in ti.xcom_pull(task_ids="check")]


def tell():
    return MODE


with DAG("stand_ins", schedule=None, start_date=datetime(2024, 1, 1), catchup=False):
    fetched = PythonOperator(task_id="fetch", python_callable=fetch, op_args=["port"], retries=2)
    checks = PythonOperator(task_id="check", python_callable=check)
    fetched >> checks >> PythonOperator(task_id="convert", python_callable=convert)
    PythonOperator(task_id="tell", python_callable=tell)
