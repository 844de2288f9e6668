"""Two DAGs in one file, each with a function `load` of its own that needs Airflow."""

from datetime import datetime

from airflow.decorators import dag, task
from airflow.providers.ftp.hooks.ftp import FTPHook


@dag(dag_id="hourly_loads", schedule=None, start_date=datetime(2024, 1, 1), catchup=False)
def hourly():
    @task
    def load():
        return FTPHook("archive").list_directory("hourly")

    load()


@dag(dag_id="daily_loads", schedule=None, start_date=datetime(2024, 1, 1), catchup=False)
def daily():
    @task
    def load():
        return FTPHook("archive").list_directory("daily")

    load()


hourly()
daily()
