"""Helper modules below src/: some that use Airflow, and one that is called as the module it wraps."""

from datetime import datetime

from airflow import DAG
from airflow.decorators import task

from warehouse import places
from warehouse.alerts import Alerts
from warehouse.formats import *
from warehouse.readings import clean, expect

WIDTHS = shorten([0.125, 7.0])

with DAG("module_names", schedule=None, start_date=datetime(2024, 1, 1), catchup=False):

    @task
    def check_readings():
        return expect([3.0, 4.0, 11.0])

    @task
    def summarise(readings):
        return clean(readings)

    @task(on_failure_callback=Alerts.failed)
    def publish(summary):
        # The folder is the same for all stations.
        places.make(places.FOLDER)
        return f"{places.FOLDER}/{shorten(summary)}{WIDTHS}"

    publish(summarise(check_readings()))
